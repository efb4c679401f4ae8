"""Comparing and applying editions, after the commit that asked for it."""

from django.utils import timezone

from openopco.base.actions import action
from openopco.base.jobs import job, sweep
from openopco.kernel.calendar import paris_today
from openopco.reference import applying
from openopco.reference.enums import EditionState
from openopco.reference.models import ReferenceEdition


@job(applying.COMPARE, lease_seconds=300)
def compare_edition(*, edition_id: int) -> None:
    applying.compare(edition_id)


@job(applying.APPLY, lease_seconds=300)
def apply_edition(*, edition_id: int) -> None:
    applying.apply(edition_id)


@sweep("reference.due", every_seconds=300)
def queue_due_editions() -> int:
    """Validated editions whose day has come. Returns how many were queued."""
    return _queue_due()


@action
def _queue_due() -> int:
    now = timezone.now()
    due = ReferenceEdition.objects.filter(state=EditionState.VALIDATED, starts_on__lte=paris_today(now)).order_by("id")
    for edition in due:
        applying.queue_apply(edition, now)
    return len(due)
