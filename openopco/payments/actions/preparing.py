"""A batch of transfers, prepared by an accountant: what is due, gathered by payee; cancelled, or one of its transfers
withdrawn, while it has not left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from django.db.models import F, QuerySet
from django.utils import timezone

from openopco import journal, opco
from openopco.base.actions import action
from openopco.base.fields import cents
from openopco.base.sequences import next_value
from openopco.billing import dues
from openopco.billing.models import Due
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import InvalidValue
from openopco.organisations.accounts import number_of
from openopco.payments import moves
from openopco.payments.actions.words import said
from openopco.payments.enums import BatchState, OrderState
from openopco.payments.errors import BatchMoved, NoDebtorAccount, NothingToPay, UnknownReference
from openopco.payments.gathering import LeftOut, Paid, due_on, payees_of
from openopco.payments.models import DebtorAccount, OrderLine, PaymentBatch, PaymentOrder
from openopco.payments.rules import Gathered, Owed, chunks, gather, wrong_day
from openopco.payments.sepa import Transfer
from openopco.rights import Actor, Permission, require

SUBJECT = "payment_batch"
# Dues read, and rows written, at once.
AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Prepared:
    """`left_out` are the payees that can't be paid, with why."""

    batch: PaymentBatch
    left_out: tuple[LeftOut, ...]


@action
def prepare_batch(*, actor: Actor, fund: str, execution_date: date) -> Prepared:
    """Gathers all that is due on a fund to payees that can be paid that day. The account's row makes two accountants who
    prepare at once come one after the other. Raises Forbidden, InvalidValue, NoDebtorAccount, NothingToPay."""
    require(actor, Permission.PAYMENT_PREPARE)
    now = timezone.now()
    if why := wrong_day(execution_date, paris_today(now)):
        raise InvalidValue(why)
    in_force = DebtorAccount.objects.select_for_update().filter(fund=fund, confirmed_at__isnull=False, ended_at=None)
    debtor = in_force.first()
    if debtor is None:
        raise NoDebtorAccount
    batch = PaymentBatch.objects.create(
        message_id=_message_id(execution_date),
        debtor=debtor,
        fund=fund,
        execution_date=execution_date,
        prepared_by_id=actor.person_id,
        prepared_by_label=actor.label[:200],
        prepared_at=now,
    )
    left_out = _Gathering(batch).run()
    if batch.count == 0:
        raise NothingToPay
    batch.save(update_fields=["count", "total"])
    moves.order(orders_of(batch, OrderState.PREPARE))
    tell(batch, "prepared", actor, laisses=len(left_out))
    return Prepared(batch, tuple(left_out))


@action
def cancel_batch(*, actor: Actor, batch_id: int) -> PaymentBatch:
    """What it paid is due again. Accountants. Raises Forbidden, BatchMoved, UnknownReference."""
    batch = locked(batch_id)
    require(actor, Permission.PAYMENT_PREPARE)
    require_prepared(batch)
    moves.drop(orders_of(batch, OrderState.PREPARE), OrderState.ANNULE, on=paris_today(timezone.now()))
    batch.state, batch.cancelled_at = BatchState.ANNULE, timezone.now()
    batch.cancelled_by_id, batch.cancelled_by_label = actor.person_id, actor.label[:200]
    batch.save()
    tell(batch, "cancelled", actor)
    return batch


@action
def withdraw_order(*, actor: Actor, order_id: int, reason: str) -> PaymentBatch:
    """Takes one transfer out of a batch that has not left, and says why; a batch left empty is cancelled. Accountants.
    Raises Forbidden, BatchMoved, InvalidValue, UnknownReference."""
    found = PaymentOrder.objects.filter(pk=order_id).first()
    if found is None:
        raise UnknownReference
    batch = locked(found.batch_id)
    require(actor, Permission.PAYMENT_PREPARE)
    require_prepared(batch)
    told = said(reason, where_none="Dites pourquoi ce virement est retiré.")
    one = orders_of(batch, OrderState.PREPARE).filter(pk=order_id)
    if not one.exists():
        raise BatchMoved
    moves.drop(one, OrderState.ANNULE, on=paris_today(timezone.now()), reason=told)
    PaymentBatch.objects.filter(pk=batch.pk).update(count=F("count") - 1, total=F("total") - cents(found.amount))
    tell(batch, "withdrawn", actor, reference=found.end_to_end, motif=told)
    batch.refresh_from_db()
    return batch if batch.count else cancel_batch(actor=actor, batch_id=batch.pk)


def orders_of(batch: PaymentBatch, state: OrderState) -> QuerySet[PaymentOrder]:
    return PaymentOrder.objects.filter(batch=batch, state=state)


def locked(batch_id: int) -> PaymentBatch:
    """The batch, held until the transaction ends. Raises UnknownReference."""
    found = PaymentBatch.objects.select_for_update().filter(pk=batch_id).first()
    if found is None:
        raise UnknownReference
    return found


def require_prepared(batch: PaymentBatch) -> None:
    if batch.state != BatchState.PREPARE:
        raise BatchMoved


def _message_id(day: date) -> str:
    return f"VIR-{day.year}-{next_value(f'payments.batch.{day.year}'):06d}"


def tell(batch: PaymentBatch, what: str, actor: Actor, **more: object) -> None:
    payload = {"lot": batch.message_id, "virements": batch.count, "montant": f"{batch.total:.2f}", **more}
    journal.record(
        subject_kind=SUBJECT, subject_id=batch.pk, event=f"payment_batch.{what}", actor=actor, payload=payload
    )


# --- gathered --------------------------------------------------------------------------------------------------------


class _Gathering:
    """Goes through the payees a stretch at a time: memory doesn't grow with the batch."""

    def __init__(self, batch: PaymentBatch) -> None:
        self._batch, self._payer = batch, opco.identity().name
        self._left_out: list[LeftOut] = []

    def run(self) -> list[LeftOut]:
        for stretch in self._stretches():
            self._write([made for paid, owed in _owed_to(self._batch.fund, stretch) for made in self._made(paid, owed)])
        return self._left_out

    def _stretches(self) -> Iterator[list[Paid]]:
        """Payees of one kind, with about `AT_ONCE` dues between them."""
        column, stretch, size = "", list[Paid](), 0
        for each in payees_of(self._batch.fund, self._batch.execution_date):
            if isinstance(each, LeftOut):
                self._left_out.append(each)
                continue
            if stretch and (size + each.count > AT_ONCE or each.column != column):
                yield stretch
                stretch, size = [], 0
            column = each.column
            stretch.append(each)
            size += each.count
        if stretch:
            yield stretch

    def _made(self, paid: Paid, owed: Sequence[Owed]) -> list[tuple[PaymentOrder, Gathered]]:
        """The transfers to one payee; none, and why, where a bank would refuse them for their form."""
        try:
            iban = number_of(paid.account)
            made = [(self._order(paid, each, iban), each) for each in gather(owed, self._payer)]
        except ValueError:
            dues.put_back([each.due_id for each in owed])
            reason = "Le virement ne peut pas s'écrire : vérifiez le titulaire du compte et les numéros de facture."
            self._left_out.append(LeftOut(paid.column, paid.payee, reason, paid.count, paid.total))
            return []
        self._batch.count += len(made)
        self._batch.total += sum((each.amount for _, each in made), start=self._batch.total * 0)
        return made

    def _order(self, paid: Paid, gathered: Gathered, iban: str) -> PaymentOrder:
        """Raises ValueError."""
        Transfer("R", gathered.amount, paid.account.holder, iban, gathered.remittance)
        return PaymentOrder(  # type: ignore[misc]
            batch=self._batch,
            account=paid.account,
            holder=paid.account.holder,
            masked=paid.account.masked,
            amount=gathered.amount,
            remittance=gathered.remittance,
            **{paid.column: paid.payee},
        )

    def _write(self, made: list[tuple[PaymentOrder, Gathered]]) -> None:
        first = self._batch.count - len(made) + 1
        for rank, (order, _) in enumerate(made, start=first):
            order.end_to_end = f"{self._batch.message_id}-{rank:06d}"
        PaymentOrder.objects.bulk_create([order for order, _ in made])
        OrderLine.objects.bulk_create(
            OrderLine(order=order, due_id=each.due_id, commitment_id=each.commitment_id, amount=each.amount)  # type: ignore[misc]
            for order, gathered in made
            for each in gathered.owed
        )


class _Row(NamedTuple):
    """As `_READ` reads it."""

    payee: int
    due_id: int
    commitment_id: int
    claim_id: int
    amount: Decimal
    credited: Decimal
    invoice: str | None
    dossier: str | None

    @property
    def owed(self) -> Owed:
        left = self.amount - self.credited
        return Owed(self.due_id, self.commitment_id, self.claim_id, left, self.invoice or "", self.dossier or "")


_READ = ("pk", "commitment_id", "claim_id", "amount", "credited", "claim__invoice__number", "claim__dossier__number")


def _owed_to(fund: str, stretch: Sequence[Paid]) -> Iterator[tuple[Paid, list[Owed]]]:
    """What is taken of what is due to each, claim by claim: on its way from now on, and nobody else's."""
    column = f"{stretch[0].column}_id"
    paid = {each.payee.pk: each for each in stretch}
    wanted = list(due_on(fund).filter(**{f"{column}__in": list(paid)}).order_by("pk").values_list("pk", flat=True))
    rows: list[_Row] = []
    for some in chunks(wanted, AT_ONCE):
        held = dues.take(some)
        rows.extend(_Row(*row) for row in Due.objects.filter(pk__in=held).values_list(column, *_READ))
    rows.sort(key=lambda row: (row.payee, row.claim_id, row.due_id))
    for payee, group in groupby(rows, key=lambda row: row.payee):
        yield paid[payee], [row.owed for row in group]
