"""What the OPCO owes, as the room of payments takes it up: the one door to `Due.state`."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, QuerySet

from openopco.base.fields import cents
from openopco.billing.enums import DueState
from openopco.billing.models import Due


def to_pay() -> QuerySet[Due]:
    """What nobody has put in a batch yet, oldest first."""
    return Due.objects.filter(state=DueState.A_PAYER).order_by("id")


def take(due_ids: Iterable[int]) -> list[int]:
    """Holds, until the transaction ends, those that still are to be paid and says them on their way. Returns their ids."""
    held = list(to_pay().select_for_update().filter(pk__in=list(due_ids)).order_by("pk").values_list("pk", flat=True))
    Due.objects.filter(pk__in=held).update(state=DueState.EN_COURS)
    return held


def put_back(due_ids: Iterable[int]) -> int:
    """Due again: the order was cancelled, or the bank rejected or gave back the transfer. Where a credit note took all of it
    back meanwhile, nothing is due any more."""
    back = Due.objects.filter(pk__in=list(due_ids))
    back.filter(credited=F("amount")).update(state=DueState.ANNULEE)
    return back.filter(credited__lt=F("amount")).update(state=DueState.A_PAYER)


def mark_paid(due_ids: Iterable[int]) -> int:
    return Due.objects.filter(pk__in=list(due_ids), state=DueState.EN_COURS).update(state=DueState.PAYEE)


def credit(due: Due, amount: Decimal) -> None:
    """Takes back some of it, or all of it. The caller holds its row, and has seen that no transfer of it waits."""
    Due.objects.filter(pk=due.pk).update(credited=F("credited") + cents(amount))
    Due.objects.filter(pk=due.pk, state=DueState.A_PAYER, credited=F("amount")).update(state=DueState.ANNULEE)
