"""What the bank and the tables don't agree on, mended by a person: a file that never reached it, a transfer that it gave back
after its payee had refunded some of it."""

from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone

from openopco.base.actions import action
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.errors import Conflict
from openopco.kernel.money import format_euros
from openopco.payments import moves
from openopco.payments.actions.overpaying import hand_back, refuse_to_come, statement_reference
from openopco.payments.actions.preparing import locked, orders_of, tell
from openopco.payments.actions.returns import day_of, judge_order, one_at_a_time, overpayments_held, reason_of, seen
from openopco.payments.actions.words import said
from openopco.payments.enums import TO_SEE, BatchState, EventKind, OrderState, Outcome
from openopco.payments.errors import BatchMoved, Received, UnknownReference
from openopco.payments.models import BankEvent, PaymentBatch, PaymentOrder
from openopco.payments.rules import ALREADY_REFUNDED, Told
from openopco.rights import Actor, Permission, Subject, require

ZERO = Decimal(0)


@action
def declare_unreceived(*, actor: Actor, batch_id: int, reason: str) -> PaymentBatch:
    """The bank never received the file of a released batch: what it paid is due again, and nothing that the bank tells later of
    its references is applied. An accountant who did not release it, while the bank has said nothing of it. Raises Forbidden,
    BatchMoved, Received, InvalidValue, UnknownReference."""
    one_at_a_time()
    batch = locked(batch_id)
    require(actor, Permission.PAYMENT_RELEASE, Subject(typed_by=batch.released_by_id))
    if batch.state != BatchState.EMIS:
        raise BatchMoved("Ce lot n'est plus à l'état « émis » : quelqu'un l'a déclaré non reçu, ou il n'est pas parti.")
    told = said(reason, where_none="Dites comment vous le savez.")
    if words_of_the_bank(batch).exists():
        raise Received("La banque a parlé de ce lot : elle l'a reçu. Ce qu'elle refuse ou rend redevient dû.")
    today = paris_today(timezone.now())
    moves.drop(orders_of(batch, OrderState.EMIS), OrderState.ANNULE, on=today, reason=told)
    batch.state, batch.cancelled_at, batch.cancel_reason = BatchState.NON_RECU, timezone.now(), told
    batch.cancelled_by_id, batch.cancelled_by_label = actor.person_id, actor.label[:200]
    batch.save()
    tell(batch, "unreceived", actor, motif=told)
    return batch


def words_of_the_bank(batch: PaymentBatch) -> QuerySet[BankEvent]:
    """What it told of a batch or of its transfers that was applied, or that somebody still has to see."""
    counts = BankEvent.objects.filter(outcome__in=[Outcome.APPLIQUE, *sorted(TO_SEE)])
    return counts.filter(Q(batch=batch) | Q(order__batch=batch))


@action
def hand_back_refund(*, actor: Actor, event_id: int, given_on: date, reference: str) -> BankEvent:
    """The bank gave back a transfer of which the payee had refunded some. The OPCO has given him back his refund, as its
    statement tells: that refund counts no more, and what the bank gave back then counts as ever. Accountants. Raises Forbidden,
    Conflict, InvalidValue, UnknownReference."""
    require(actor, Permission.PAYMENT_RECORD)
    one_at_a_time()
    event = BankEvent.objects.select_for_update().filter(pk=event_id).first()
    if event is None:
        raise UnknownReference
    if event.order_id is None:
        raise Conflict
    order = PaymentOrder.objects.select_for_update(of=("self",)).select_related("batch").get(pk=event.order_id)
    owed = [each for each in overpayments_held([order.pk]) if each.recovered]
    if not owed or not is_return_of(event, order):
        raise Conflict
    told = statement_reference(reference)
    refuse_to_come(given_on)
    total = sum((each.recovered for each in owed), ZERO)
    for each in owed:
        hand_back(each, on=given_on, reference=told, actor=actor)
    day = day_of(event.day, order, paris_today(timezone.now()))
    reason = reason_of(event.reason_code, event.note)
    one = PaymentOrder.objects.filter(pk=order.pk)
    moves.give_back(one, on=day, reason=reason, code=event.reason_code, answer=event.file)
    words = (
        f"{format_euros(total)} rendus au bénéficiaire le {format_date(given_on)}, référence {told} ; virement rendu."
    )
    seen(event, words, actor)
    return event


def is_return_of(event: BankEvent, order: PaymentOrder) -> bool:
    """Whether it waits to be seen for no other reason than that the payee had refunded some of it."""
    named = event.batch.message_id if event.batch else ""
    told = Told(EventKind(event.kind), event.amount, event.day, named)
    verdict = judge_order(told, order, refunded=True, today=paris_today(timezone.now()))
    return event.outcome == Outcome.REFUSE and verdict == ALREADY_REFUNDED
