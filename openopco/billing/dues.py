"""What the OPCO owes, as the room of payments takes it up: the one door to `Due.state`."""

from collections.abc import Iterable

from django.db.models import QuerySet

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
    """Due again: the order was cancelled, or the bank rejected or gave back the transfer."""
    return Due.objects.filter(pk__in=list(due_ids)).update(state=DueState.A_PAYER)


def mark_paid(due_ids: Iterable[int]) -> int:
    return Due.objects.filter(pk__in=list(due_ids), state=DueState.EN_COURS).update(state=DueState.PAYEE)
