"""What happened to the money between two days, as journal entries: two lines each, a debit and a credit of the same amount. The
accounts are named, not numbered: each OPCO has its own chart."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from openopco.base.sheets import Column
from openopco.billing.models import Due
from openopco.funding.enums import Fund
from openopco.funding.models import CommitmentChange
from openopco.kernel.calendar import PARIS, paris_today
from openopco.payments.enums import OrderState
from openopco.payments.models import DueCredit, OrderLine, Recovery

READ_AT_ONCE = 1000
ENGAGED, ENGAGED_BESIDE = "Engagements donnés (hors bilan)", "Contrepartie des engagements (hors bilan)"
COSTS, OWED, ORDERED, BANK = "Charges de formation", "Sommes dues aux bénéficiaires", "Virements ordonnés", "Banque"
TO_RECOVER = "Trop-perçus à recouvrer"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `debit` or `credit`, in euros, never both."""

    day: date
    piece: str
    account: str
    label: str
    debit: Decimal | None
    credit: Decimal | None
    dossier: str
    fund: str


COLUMNS = (
    Column("Date", lambda entry: entry.day, 11),
    Column("Pièce", lambda entry: entry.piece, 26),
    Column("Compte", lambda entry: entry.account, 36),
    Column("Libellé", lambda entry: entry.label, 40),
    Column("Débit", lambda entry: entry.debit),
    Column("Crédit", lambda entry: entry.credit),
    Column("Dossier", lambda entry: entry.dossier, 16),
    Column("Fonds", lambda entry: str(Fund(entry.fund).label), 30),
)


@dataclass(frozen=True, slots=True)
class _Moved:
    """A fact that moved money from one account to another; a negative amount moves it back."""

    day: date
    piece: str
    label: str
    debit: str
    credit: str
    amount: Decimal
    dossier: str
    fund: str

    def entries(self) -> Iterator[Entry]:
        debit, credit = (self.debit, self.credit) if self.amount > 0 else (self.credit, self.debit)
        amount = abs(self.amount)
        yield Entry(self.day, self.piece, debit, self.label, amount, None, self.dossier, self.fund)
        yield Entry(self.day, self.piece, credit, self.label, None, amount, self.dossier, self.fund)


def entries(first: date, last: date) -> Iterator[Entry]:
    """Those of both days and of all between, in order. Memory doesn't grow with them. The caller has checked the right."""
    sources = (_engaged, _found_done, _credited, _ordered, _settled, _ended, _recovered)
    for moved in heapq.merge(*(source(first, last) for source in sources), key=lambda each: each.day):
        yield from moved.entries()


def _between(name: str, first: date, last: date) -> dict[str, Any]:
    start, end = (datetime.combine(day, time(), tzinfo=PARIS) for day in (first, last + timedelta(days=1)))
    return {f"{name}__gte": start, f"{name}__lt": end}


def _read(rows: QuerySet[Any], made: Callable[[Any], _Moved]) -> Iterator[_Moved]:
    return (made(row) for row in rows.iterator(chunk_size=READ_AT_ONCE))


def _engaged(first: date, last: date) -> Iterator[_Moved]:
    changes = CommitmentChange.objects.filter(**_between("at", first, last)).select_related("commitment__dossier")
    return _read(
        changes.order_by("at", "pk"),
        lambda row: _Moved(
            paris_today(row.at),
            f"ENG-{row.pk}",
            "Engagement" if row.delta > 0 else "Désengagement",
            ENGAGED,
            ENGAGED_BESIDE,
            row.delta,
            row.commitment.dossier.number or "",
            row.commitment.fund,
        ),
    )


def _found_done(first: date, last: date) -> Iterator[_Moved]:
    owed = Due.objects.filter(**_between("created_at", first, last)).select_related("claim__invoice", "claim__dossier")
    return _read(
        owed.order_by("created_at", "pk"),
        lambda row: _Moved(
            paris_today(row.created_at),
            row.claim.invoice.number if row.claim.invoice else f"DR-{row.claim_id}",
            "Service fait",
            COSTS,
            OWED,
            row.amount,
            row.claim.dossier.number or "",
            row.fund,
        ),
    )


def _credited(first: date, last: date) -> Iterator[_Moved]:
    taken = DueCredit.objects.filter(**_between("noted_at", first, last))
    found = taken.select_related("due__claim__dossier", "overpayment").order_by("noted_at", "pk")
    return _read(
        found,
        lambda row: _Moved(
            paris_today(row.noted_at),
            row.overpayment.number if row.overpayment else f"AV-{row.pk}",
            f"Avoir : {row.reason}",
            TO_RECOVER if row.overpayment else OWED,
            COSTS,
            row.amount,
            row.due.claim.dossier.number or "",
            row.due.fund,
        ),
    )


def _lines(**asked: Any) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(**asked).select_related("order__batch", "commitment__dossier")


def _of_line(row: OrderLine, day: date, label: str, debit: str, credit: str, amount: Decimal) -> _Moved:
    dossier = row.commitment.dossier.number or ""
    return _Moved(day, row.order.end_to_end, label, debit, credit, amount, dossier, row.commitment.fund)


def _ordered(first: date, last: date) -> Iterator[_Moved]:
    found = _lines(**_between("order__batch__prepared_at", first, last)).order_by("order__batch__prepared_at", "pk")
    return _read(
        found,
        lambda row: _of_line(
            row, paris_today(row.order.batch.prepared_at), "Ordonnancement", OWED, ORDERED, row.amount
        ),
    )


def _settled(first: date, last: date) -> Iterator[_Moved]:
    found = _lines(order__settled_on__gte=first, order__settled_on__lte=last).order_by("order__settled_on", "pk")
    return _read(found, lambda row: _of_line(row, row.order.settled_on, "Paiement", ORDERED, BANK, row.amount))


def _ended(first: date, last: date) -> Iterator[_Moved]:
    found = _lines(order__ended_on__gte=first, order__ended_on__lte=last).order_by("order__ended_on", "pk")
    for row in found.iterator(chunk_size=READ_AT_ONCE):
        day, state = row.order.ended_on, row.order.state
        assert day is not None
        if state != OrderState.RENDU:
            label = "Annulation du virement" if state == OrderState.ANNULE else f"Rejet : {row.order.reason}"
            yield _of_line(row, day, label, ORDERED, OWED, row.amount)
            continue
        # What its payee owed comes back with the rest.
        for account, amount in ((OWED, row.amount - row.credited), (TO_RECOVER, row.credited)):
            if amount:
                yield _of_line(row, day, f"Retour : {row.order.reason}", BANK, account, amount)


def _recovered(first: date, last: date) -> Iterator[_Moved]:
    found = Recovery.objects.filter(received_on__gte=first, received_on__lte=last).order_by("received_on", "pk")
    return _read(
        found.select_related("overpayment__line__commitment__dossier"),
        lambda row: _Moved(
            row.received_on,
            row.reference,
            f"Remboursement{'' if row.amount > 0 else ' rendu'} {row.overpayment.number}",
            BANK,
            TO_RECOVER,
            row.amount,
            row.overpayment.line.commitment.dossier.number or "",
            row.overpayment.line.commitment.fund,
        ),
    )
