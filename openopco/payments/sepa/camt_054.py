"""`camt.054`: what moved on the account, or is about to (`PENDING`). Our transfers leave it (`BOOKED`), some come back
(`RETURNED`)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import BinaryIO, Final

from lxml import etree

from openopco.payments.sepa import events as told
from openopco.payments.sepa.errors import Malformed, WrongSums
from openopco.payments.sepa.events import Event, Kind
from openopco.payments.sepa.reading import elements, local, text

MESSAGES: Final = frozenset({"camt.054.001.02", "camt.054.001.08"})
ENDS: Final = frozenset({"TxDtls", "Ntry", "Ntfctn"})
BOOKED, KNOWN_STATUSES = "BOOK", frozenset({"BOOK", "PDNG", "INFO", "FUTR"})
# Of `BkTxCd/Domn/Fmly/SubFmlyCd`: money that came back, by the bank's own word.
RETURNS: Final = frozenset({"RRTN", "RPCR", "RRCT"})
_AMOUNTS = ("{*}Amt", "{*}AmtDtls/{*}TxAmt/{*}Amt", "{*}AmtDtls/{*}InstdAmt/{*}Amt")


def read_camt_054(source: BinaryIO) -> Iterator[Event]:
    """The events of a notice, in its order; entries that are not booked yet say that the bank has what they name. Raises
    RefusedBankFile, perhaps after some of them: nothing is to be kept of a file before its end."""
    return events(elements(source, messages=MESSAGES, ends=ENDS))


def events(found: Iterable[etree._Element]) -> Iterator[Event]:
    """Those of the elements named in ENDS, as they end."""
    notice = _Notice()
    for element in found:
        match local(element):
            case "TxDtls":
                yield from notice.detail(element)
            case "Ntry":
                yield from notice.entry(element)
            case "Ntfctn":
                notice.close(element)
    if not notice.was_read:
        raise Malformed


class _Notice:
    """Entries, and in each its details: counted and summed against what each announces."""

    def __init__(self) -> None:
        self.was_read = False
        self._entries, self._sum = 0, Decimal(0)
        self._details, self._detailed, self._has_amounts = 0, Decimal(0), True

    def detail(self, element: etree._Element) -> Iterator[Event]:
        entry = told.ancestor(element, "Ntry")
        if entry is None:
            raise Malformed
        amount = _amount_of(element)
        self._details += 1
        self._has_amounts = self._has_amounts and amount is not None
        self._detailed += (amount or Decimal(0)) * (1 if _direction(element, entry) == _direction(entry, entry) else -1)
        yield from self._told(element, entry, amount)

    def entry(self, element: etree._Element) -> Iterator[Event]:
        """One without details speaks for itself; one with them says their sum."""
        amount = told.euros(element.find("{*}Amt"))
        if amount is None:
            raise Malformed
        self._check_details(element, amount)
        if not self._details:
            yield from self._told(element, element, amount)
        self._entries, self._sum = self._entries + 1, self._sum + amount
        self._details, self._detailed, self._has_amounts = 0, Decimal(0), True

    def close(self, element: etree._Element) -> None:
        """Raises WrongSums where the summary isn't that of the entries."""
        self.was_read = True
        count, total = text(element, "TxsSummry/TtlNtries/NbOfNtries"), text(element, "TxsSummry/TtlNtries/Sum")
        if (count and count.lstrip("0") != (str(self._entries).lstrip("0"))) or (
            total and told.amount(total) != self._sum
        ):
            raise WrongSums
        self._entries, self._sum = 0, Decimal(0)

    def _check_details(self, entry: etree._Element, amount: Decimal) -> None:
        announced = text(entry, "NtryDtls/Btch/NbOfTxs")
        if not self._details:
            return
        if announced and announced.lstrip("0") != str(self._details):
            raise WrongSums
        if self._has_amounts and self._detailed != amount:
            raise WrongSums

    def _told(self, element: etree._Element, entry: etree._Element, amount: Decimal | None) -> Iterator[Event]:
        """Nothing of money to come that names nothing of ours: it is told once it has come."""
        event = self._event(element, entry, amount)
        if _status(entry) == BOOKED:
            yield event
        elif event.kind is not Kind.RECEIVED and (event.batch or event.end_to_end):
            yield replace(event, kind=Kind.PENDING, day=None)

    def _event(self, element: etree._Element, entry: etree._Element, amount: Decimal | None) -> Event:
        reason = text(element, "RtrInf/Rsn/Cd")[:4] or text(element, "RtrInf/Rsn/Prtry")[:35]
        return Event(
            _kind(element, entry, reason),
            batch=_batch(element, entry),
            end_to_end=told.reference(text(element, "Refs/EndToEndId")),
            amount=amount,
            day=told.day(text(entry, "BookgDt/Dt") or text(entry, "BookgDt/DtTm")),
            reason=reason,
            note=text(element, "RtrInf/AddtlInf")[:105],
            origin=self._origin(element, entry),
        )

    def _origin(self, element: etree._Element, entry: etree._Element) -> str:
        """The bank's own reference, or the place in the notice."""
        reference = text(element, "Refs/AcctSvcrRef") or text(entry, "AcctSvcrRef")
        notice = told.ancestor(entry, "Ntfctn")
        place = f"{text(notice, 'Id') if notice is not None else ''}/{self._entries}"
        return f"{reference or place}/{self._details}"


def _kind(element: etree._Element, entry: etree._Element, reason: str) -> Kind:
    if _direction(element, entry) == "DBIT":
        return Kind.BOOKED
    families = {text(each, "BkTxCd/Domn/Fmly/SubFmlyCd") for each in (element, entry)}
    is_back = reason or families & RETURNS or text(entry, "RvslInd") in {"true", "1"}
    return Kind.RETURNED if is_back else Kind.RECEIVED


def _direction(element: etree._Element, entry: etree._Element) -> str:
    found = text(element, "CdtDbtInd") or text(entry, "CdtDbtInd")
    if found not in {"CRDT", "DBIT"}:
        raise Malformed
    return found


def _status(entry: etree._Element) -> str:
    """A text in version 02, a choice since."""
    found = text(entry, "Sts/Cd") or text(entry, "Sts")
    if found not in KNOWN_STATUSES:
        raise Malformed
    return found


def _batch(element: etree._Element, entry: etree._Element) -> str:
    of_the_detail = text(element, "Refs/PmtInfId") or text(element, "Refs/MsgId")
    return told.reference(of_the_detail or text(entry, "NtryDtls/Btch/PmtInfId") or text(entry, "NtryDtls/Btch/MsgId"))


def _amount_of(element: etree._Element) -> Decimal | None:
    return next((amount for path in _AMOUNTS if (amount := told.euros(element.find(path))) is not None), None)
