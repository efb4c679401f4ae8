"""What moves with transfers: the dues they pay, the commitments these draw on. A few statements whatever their number; the
caller is in a transaction and holds the orders, or their batch. First the dues, then the commitments, then the envelopes, then
the tallies of the batches: the order of locks that everybody keeps."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from openopco.base.fields import cents
from openopco.billing import dues
from openopco.funding.actions import paying
from openopco.payments.enums import OrderState, OverpaymentState
from openopco.payments.models import BankFile, OrderLine, Overpayment, PaymentBatch, PaymentOrder
from openopco.payments.rules import chunks

AT_ONCE = 5000
# What a line is worth, now that credit notes took back some of it.
NET = F("amount") - F("credited")


def lines_of(orders: QuerySet[PaymentOrder]) -> QuerySet[OrderLine]:
    """The live lines of transfers."""
    return OrderLine.objects.filter(order__in=orders.order_by().values("pk"), is_live=True)


def order(orders: QuerySet[PaymentOrder]) -> None:
    """They were just prepared; their dues are on their way already (`dues.take`)."""
    paying.order(lines_of(orders), NET)


def settle(orders: QuerySet[PaymentOrder], *, on: date, answer: BankFile | None) -> None:
    """The bank debited them."""
    lines = lines_of(orders)
    _each(dues.mark_paid, lines)
    paying.pay(lines, NET)
    _count(orders, settled=1)
    orders.update(state=OrderState.REGLE, settled_on=on, answer=answer)


def drop(
    orders: QuerySet[PaymentOrder],
    state: OrderState,
    *,
    on: date,
    reason: str = "",
    code: str = "",
    answer: BankFile | None = None,
) -> None:
    """Cancelled, or rejected by the bank: what they paid is due again."""
    lines = lines_of(orders)
    _each(dues.put_back, lines)
    paying.order_no_more(lines, NET)
    if state == OrderState.REJETE:
        _count(orders, rejected=1)
    _end(orders, lines, state=state, ended_on=on, reason=reason, reason_code=code, answer=answer)


def give_back(orders: QuerySet[PaymentOrder], *, on: date, reason: str, code: str, answer: BankFile | None) -> None:
    """The bank gave back what it had debited: due again, but for what their payees owed, which is so recovered."""
    lines = lines_of(orders)
    _each(dues.put_back, lines)
    paying.take_back(lines, NET)
    owed = Overpayment.objects.filter(line__in=lines.order_by().values("pk"))
    owed.update(recovered=F("amount"), state=OverpaymentState.SOLDE)
    _count(orders, settled=-1, returned=1)
    _end(orders, lines, state=OrderState.RENDU, ended_on=on, reason=reason, reason_code=code, answer=answer)


def _count(orders: QuerySet[PaymentOrder], **signs: int) -> None:
    """What their batches tell of them, before they move."""
    sums = orders.order_by().values("batch").annotate(number=Count("pk"), total=Sum("amount"))
    for each in sorted(sums, key=lambda row: row["batch"]):
        changes: dict[str, Any] = {}
        for name, sign in signs.items():
            changes[name] = F(name) + sign * each["number"]
            changes[f"{name}_total"] = F(f"{name}_total") + cents(sign * each["total"])
        PaymentBatch.objects.filter(pk=each["batch"]).update(**changes)


def _end(orders: QuerySet[PaymentOrder], lines: QuerySet[OrderLine], **changes: Any) -> None:
    lines.update(is_live=False)
    orders.update(**changes)


def _each(act: Callable[[Iterable[int]], object], lines: QuerySet[OrderLine]) -> None:
    due_ids = list(lines.order_by("due").values_list("due_id", flat=True))
    for some in chunks(due_ids, AT_ONCE):
        act(some)
