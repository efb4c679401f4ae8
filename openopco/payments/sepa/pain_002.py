"""`pain.002`: what the bank made of a file of ours, whole or transfer by transfer."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import BinaryIO, Final

from lxml import etree

from openopco.payments.sepa import events as told
from openopco.payments.sepa.errors import Malformed, UnknownMessage, WrongSums
from openopco.payments.sepa.events import Event, Kind
from openopco.payments.sepa.reading import elements, local, text

MESSAGES: Final = frozenset({"pain.002.001.03", "pain.002.001.10"})
ENDS: Final = frozenset({"OrgnlGrpInfAndSts", "TxInfAndSts", "OrgnlPmtInfAndSts"})
# Whatever else it says promises nothing yet, but that the bank has what it is said of; `PART` speaks through its lines.
KINDS: Final = {
    **dict.fromkeys(("ACTC", "ACCP", "ACSP", "ACSC", "ACWC", "ACCC", "ACFC"), Kind.ACCEPTED),
    "RJCT": Kind.REJECTED,
}
SILENT: Final = frozenset({"PART", "PDNG", "RCVD", "PATC", "ACWP"})


def read_pain_002(source: BinaryIO) -> Iterator[Event]:
    """The events of a report, in its order. Raises RefusedBankFile, perhaps after some of them: nothing is to be kept of a
    file before its end."""
    return events(elements(source, messages=MESSAGES, ends=ENDS))


def events(found: Iterable[etree._Element]) -> Iterator[Event]:
    """Those of the elements named in ENDS, as they end."""
    report = _Report()
    for element in found:
        match local(element):
            case "OrgnlGrpInfAndSts":
                yield from report.group(element)
            case "TxInfAndSts":
                yield from report.transfer(element)
            case "OrgnlPmtInfAndSts":
                yield from report.payment(element)
    report.check()
    yield from report.silence()


class _Report:
    def __init__(self) -> None:
        self._batch = self._status = ""
        self._announced: dict[str, tuple[int, Decimal | None]] = {}
        self._most: int | None = None
        self._counted: Counter[str] = Counter()
        self._summed: dict[str, Decimal] = defaultdict(Decimal)
        self._has_amounts, self._has_spoken = True, False

    def group(self, element: etree._Element) -> Iterator[Event]:
        name = text(element, "OrgnlMsgNmId")
        if not name.startswith("pain.001"):
            raise UnknownMessage(f"réponse à {name}")
        self._batch = told.reference(text(element, "OrgnlMsgId"))
        if not self._batch:
            raise Malformed
        self._status = text(element, "GrpSts")
        if count := text(element, "OrgnlNbOfTxs"):
            self._most = _count(count)
        for line in element.findall("{*}NbOfTxsPerSts"):
            total = text(line, "DtldCtrlSum")
            announced = (_count(text(line, "DtldNbOfTxs")), told.amount(total) if total else None)
            self._announced[text(line, "DtldSts")] = announced
        yield from self._of_the_batch(element, self._status)

    def payment(self, element: etree._Element) -> Iterator[Event]:
        """A file of ours has one: what is said of it is said of the file."""
        status = text(element, "PmtInfSts")
        if status != self._status:
            yield from self._of_the_batch(element, status)

    def transfer(self, element: etree._Element) -> Iterator[Event]:
        above = told.ancestor(element, "OrgnlPmtInfAndSts")
        inherited = text(above, "PmtInfSts") if above is not None else ""
        status = text(element, "TxSts") or inherited or self._status
        amount = told.euros(element.find("{*}OrgnlTxRef/{*}Amt/{*}InstdAmt"))
        self._count(status, amount)
        kind = _kind(status)
        end_to_end = told.reference(text(element, "OrgnlEndToEndId"))
        if not end_to_end:
            if kind is Kind.PENDING:
                return
            raise Malformed
        self._has_spoken = True
        reason = _reason(element) or (_reason(above) if above is not None else "")
        yield Event(kind, self._batch, end_to_end, amount, None, reason, _note(element))

    def silence(self) -> Iterator[Event]:
        """A report that says nothing else of a file says that the bank has it."""
        if not self._has_spoken:
            yield Event(Kind.PENDING, self._batch)

    def check(self) -> None:
        """What was announced by status is what was listed of it. A bank may list its refusals alone. Raises WrongSums,
        Malformed where no file of ours was named."""
        if not self._batch:
            raise Malformed
        if self._most is not None and sum(self._counted.values()) > self._most:
            raise WrongSums
        for status, (count, total) in self._announced.items():
            listed = self._counted[status]
            if listed and listed != count:
                raise WrongSums
            if listed and total is not None and self._has_amounts and self._summed[status] != total:
                raise WrongSums

    def _count(self, status: str, amount: Decimal | None) -> None:
        self._counted[status] += 1
        self._summed[status] += amount or 0
        self._has_amounts = self._has_amounts and amount is not None

    def _of_the_batch(self, element: etree._Element, status: str) -> Iterator[Event]:
        if status not in ("", "PART"):
            self._has_spoken = True
            yield Event(_kind(status), self._batch, reason=_reason(element), note=_note(element))


def _kind(status: str) -> Kind:
    """Raises Malformed for a status that nobody has defined."""
    if status not in KINDS and status not in SILENT:
        raise Malformed
    return KINDS.get(status, Kind.PENDING)


def _reason(element: etree._Element) -> str:
    return text(element, "StsRsnInf/Rsn/Cd")[:4] or text(element, "StsRsnInf/Rsn/Prtry")[:35]


def _note(element: etree._Element) -> str:
    return text(element, "StsRsnInf/AddtlInf")[:105]


def _count(raw: str) -> int:
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 15):
        raise Malformed
    return int(raw)
