"""Who is away, and who stands in for whom meanwhile. Pages ask what is kept for a moment; what decides, `stands_in`, reads."""

from datetime import date

from django.utils import timezone

from openopco.base.kept import Kept
from openopco.habilitations.models import Absence
from openopco.kernel.calendar import paris_today


def _live() -> list[Absence]:
    today = paris_today(timezone.now())
    live = Absence.objects.filter(ended_at=None, ends_on__gte=today).select_related("user", "replacement")
    return list(live.order_by("starts_on", "id"))


live = Kept(_live)


def replaced_by(user_id: int | None, day: date) -> list[Absence]:
    """The absences of that day in which the person stands in for somebody."""
    return [each for each in live.value() if each.replacement_id == user_id and each.runs_on(day)]


def absence_of(user_id: int | None, day: date) -> Absence | None:
    """The person's own absence of that day."""
    return next((each for each in live.value() if each.user_id == user_id and each.runs_on(day)), None)


def replacement_of(user_id: int | None, day: date) -> int | None:
    """Who stands in for the person on that day."""
    absence = absence_of(user_id, day)
    return absence.replacement_id if absence else None


def stands_in(*, user_id: int | None, for_id: int | None, day: date) -> bool:
    """Whether the one stands in for the other, read as it is now. One query."""
    if user_id is None or for_id is None:
        return False
    found = Absence.objects.filter(user_id=for_id, replacement_id=user_id, ended_at=None)
    return found.filter(starts_on__lte=day, ends_on__gte=day).exists()
