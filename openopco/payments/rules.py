"""What goes in one transfer, and what a bank's word does to one. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from itertools import groupby

from openopco.kernel.calendar import add_calendar_days, format_date, is_working_day
from openopco.kernel.money import format_euros
from openopco.payments.enums import BatchStage, BatchState, EventKind, OrderState, Outcome
from openopco.payments.sepa.characters import MOST_REMITTANCE, to_sepa

ZERO = Decimal(0)
FARTHEST_DAYS = 60


@dataclass(frozen=True, slots=True)
class Owed:
    """One `Due` as a transfer takes it. `invoice` is the provider's number, empty for a refund."""

    due_id: int
    commitment_id: int
    claim_id: int
    amount: Decimal
    invoice: str
    dossier: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """One transfer to be: what it pays, and what its payee reads."""

    owed: tuple[Owed, ...]
    remittance: str

    @property
    def amount(self) -> Decimal:
        return sum((each.amount for each in self.owed), ZERO)


def gather(owed: Sequence[Owed], payer: str) -> list[Gathered]:
    """The transfers to one payee: a single one where every invoice and every dossier can be read on his statement, else one
    for each claim. `owed` comes claim by claim. Raises ValueError where even one claim's numbers don't fit."""
    claims = [tuple(group) for _, group in groupby(owed, key=lambda each: each.claim_id)]
    together = to_sepa(", ".join(_numbers(each) for each in claims))
    if len(together) <= MOST_REMITTANCE:
        return [Gathered(tuple(owed), _signed(together, payer))]
    return [Gathered(each, _signed(to_sepa(_numbers(each)), payer)) for each in claims]


def _numbers(claim: Sequence[Owed]) -> str:
    first = claim[0]
    return f"FACTURE {first.invoice} DOSSIER {first.dossier}" if first.invoice else f"DOSSIER {first.dossier}"


def _signed(numbers: str, payer: str) -> str:
    """The payer's name takes what is left of the room."""
    if len(numbers) > MOST_REMITTANCE:
        raise ValueError("the numbers of the invoice and of the dossier don't fit")
    return to_sepa(f"{numbers} {payer}")[:MOST_REMITTANCE].strip()


def wrong_day(day: date, today: date) -> str:
    """Why transfers can't be executed on that day, in a sentence; nothing where they can."""
    if day < today:
        return "Cette date est passée."
    if day > add_calendar_days(today, FARTHEST_DAYS):
        return f"Choisissez une date dans les {FARTHEST_DAYS} jours."
    if not is_working_day(day):
        return f"Le {format_date(day)} n'est pas un jour ouvré : les banques ne font pas de virement."
    return ""


def stage_of(state: BatchState, *, waiting: int, settled: int, rejected: int, returned: int) -> BatchStage:
    """Where a batch is, with how many of its transfers wait for the bank's word, stay debited, were rejected, were given back."""
    if state != BatchState.EMIS:
        return BatchStage(state.value)
    if waiting:
        return BatchStage.EN_PARTIE if settled or returned else BatchStage.EMIS
    if settled:
        return BatchStage.DEBITE
    if rejected and returned:
        return BatchStage.SANS_SUITE
    return BatchStage.REJETE if rejected else BatchStage.RENDU


# --- what the bank told ----------------------------------------------------------------------------------------------


class Move(Enum):
    """What an event does to the transfer it names. `SETTLE_AND_GIVE_BACK`: what comes back had left."""

    SETTLE = "settle"
    REJECT = "reject"
    GIVE_BACK = "give back"
    SETTLE_AND_GIVE_BACK = "settle and give back"


@dataclass(frozen=True, slots=True)
class Told:
    """An event, as far as it is judged. `amount` and `day` are None where the bank doesn't tell them; `batch` is the file of ours
    that it names, if any."""

    kind: EventKind
    amount: Decimal | None
    day: date | None
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    words: str = ""
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A transfer of ours, as far as it is judged: the reference of its batch, and whether its payee gave back some of it."""

    state: OrderState
    amount: Decimal
    batch: str
    batch_state: BatchState
    refunded: bool


@dataclass(frozen=True, slots=True)
class Days:
    """What the day of an event is held against. `released`: its batch left; `settled`: the transfer was debited."""

    today: date
    released: date | None
    settled: date | None = None

    def refuse(self, told: Told) -> Verdict | None:
        """A bank may date of the morrow what it tells in the evening."""
        if told.day is None:
            return None
        if told.day > add_calendar_days(self.today, 1):
            return _misdated(told.day, "un jour qui n'est pas encore venu")
        if self.released is not None and told.day < self.released:
            return _misdated(told.day, f"et le lot est parti le {format_date(self.released)}")
        if told.kind == EventKind.RETURNED and self.settled is not None and told.day < self.settled:
            return _misdated(told.day, f"et le virement a été débité le {format_date(self.settled)}")
        return None


def _misdated(day: date, why: str) -> Verdict:
    words = f"La banque date ce fait du {format_date(day)}, {why} : rien n'a été changé. Appelez-la."
    return Verdict(Outcome.REFUSE, words)


UNKNOWN = Verdict(Outcome.INCONNU, "Aucun virement de l'OPCO ne porte cette référence.")
RECEIVED = Verdict(
    Outcome.INCONNU,
    "Une somme reçue : si elle rembourse un trop-perçu, notez-la dans « Trop-perçus », sous sa référence.",
)
NOTHING = Verdict(Outcome.SANS_EFFET)
_NOT_SENT = Verdict(Outcome.REFUSE, "Ce virement n'est pas parti : la banque ne devrait pas le connaître.")
_BATCH_NOT_SENT = Verdict(Outcome.REFUSE, "Ce lot n'est pas parti : la banque ne devrait pas le connaître.")
_UNRECEIVED = Verdict(
    Outcome.REFUSE,
    "Ce lot a été déclaré non reçu par la banque, et ce qu'il payait est de nouveau dû : appelez-la avant tout autre paiement.",
)
_DEBITED_AFTER = Verdict(
    Outcome.REFUSE, "La banque dit débité un virement qu'elle avait rejeté : appelez-la avant tout autre paiement."
)
_BATCH_DEBITED_AFTER = Verdict(
    Outcome.REFUSE,
    "La banque dit débité un lot dont elle avait rejeté tous les virements : appelez-la avant tout autre paiement.",
)
_REJECTED_AFTER = Verdict(
    Outcome.REFUSE, "La banque dit rejeté un virement qu'elle avait débité : elle ne peut que le rendre. Appelez-la."
)
_RETURNED_AFTER = Verdict(Outcome.REFUSE, "La banque dit rendu un virement qu'elle avait rejeté : appelez-la.")
ALREADY_REFUNDED = Verdict(
    Outcome.REFUSE,
    "La banque rend ce que le bénéficiaire a déjà remboursé en partie : rendez-lui son remboursement, puis notez-le ici.",
)
_APPLIED = Verdict(Outcome.APPLIQUE)

_NEXT: dict[tuple[EventKind, OrderState], Verdict] = {
    (EventKind.PENDING, OrderState.EMIS): _APPLIED,
    (EventKind.ACCEPTED, OrderState.EMIS): _APPLIED,
    (EventKind.BOOKED, OrderState.EMIS): Verdict(Outcome.APPLIQUE, move=Move.SETTLE),
    (EventKind.BOOKED, OrderState.REJETE): _DEBITED_AFTER,
    (EventKind.REJECTED, OrderState.EMIS): Verdict(Outcome.APPLIQUE, move=Move.REJECT),
    (EventKind.REJECTED, OrderState.REGLE): _REJECTED_AFTER,
    (EventKind.REJECTED, OrderState.RENDU): _REJECTED_AFTER,
    (EventKind.RETURNED, OrderState.EMIS): Verdict(Outcome.APPLIQUE, move=Move.SETTLE_AND_GIVE_BACK),
    (EventKind.RETURNED, OrderState.REGLE): Verdict(Outcome.APPLIQUE, move=Move.GIVE_BACK),
    (EventKind.RETURNED, OrderState.REJETE): _RETURNED_AFTER,
}


def judge(told: Told, sent: Sent, days: Days) -> Verdict:
    """Of a transfer of ours."""
    if told.kind == EventKind.RECEIVED:
        return RECEIVED
    if sent.batch_state == BatchState.NON_RECU:
        return _UNRECEIVED
    if wrong := _refuse_other(told, sent):
        return wrong
    if sent.state in (OrderState.PREPARE, OrderState.ANNULE):
        return _NOT_SENT
    if wrong := days.refuse(told):
        return wrong
    if told.kind == EventKind.RETURNED and sent.state == OrderState.REGLE and sent.refunded:
        return ALREADY_REFUNDED
    return _NEXT.get((told.kind, sent.state), NOTHING)


def _refuse_other(told: Told, sent: Sent) -> Verdict | None:
    """What is told of another batch, or of another amount, is perhaps of another transfer."""
    if told.batch and told.batch != sent.batch:
        words = f"La banque dit ce virement du lot {told.batch}, il est du lot {sent.batch} : rien n'a été changé. Appelez-la."
        return Verdict(Outcome.REFUSE, words)
    if told.amount is not None and told.amount != sent.amount:
        said, right = format_euros(told.amount), format_euros(sent.amount)
        return Verdict(Outcome.REFUSE, f"La banque dit {said}, le virement est de {right} : rien n'a été changé.")
    return None


@dataclass(frozen=True, slots=True)
class BatchSums:
    """The transfers of a file that wait for the bank's word, their sum, and that of those it debited, given back or not."""

    waiting: int
    amount: Decimal
    debited: Decimal

    @property
    def not_rejected(self) -> Decimal:
        return self.amount + self.debited


def judge_batch(told: Told, state: BatchState, sums: BatchSums, days: Days) -> Verdict:
    """Of a whole file of ours."""
    if state == BatchState.NON_RECU:
        return _UNRECEIVED
    if state != BatchState.EMIS:
        return _BATCH_NOT_SENT
    if wrong := days.refuse(told):
        return wrong
    if told.kind in (EventKind.PENDING, EventKind.ACCEPTED):
        return _APPLIED if sums.waiting else NOTHING
    if told.kind == EventKind.REJECTED:
        return _rejected(sums)
    if told.kind == EventKind.BOOKED:
        return _booked(told, sums)
    return Verdict(
        Outcome.REFUSE, "La banque parle d'un lot entier sans nommer ses virements : demandez-lui le détail."
    )


def _rejected(sums: BatchSums) -> Verdict:
    if sums.debited:
        return Verdict(Outcome.REFUSE, "La banque rejette un lot dont des virements ont été débités : appelez-la.")
    return Verdict(Outcome.APPLIQUE, move=Move.REJECT) if sums.waiting else NOTHING


def _booked(told: Told, sums: BatchSums) -> Verdict:
    """One debit for all that it did not reject: it may have told some of it already, transfer by transfer."""
    if not sums.not_rejected:
        return _BATCH_DEBITED_AFTER
    if told.amount is None and not sums.waiting:
        return NOTHING
    if told.amount != sums.not_rejected:
        said = "ne dit pas le montant" if told.amount is None else f"dit {format_euros(told.amount)}"
        return Verdict(
            Outcome.REFUSE,
            f"La banque {said}, et les virements de ce lot qu'elle n'a pas rejetés font {format_euros(sums.not_rejected)} : "
            "rien n'a été changé.",
        )
    return Verdict(Outcome.APPLIQUE, move=Move.SETTLE) if sums.waiting else NOTHING


def chunks(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
