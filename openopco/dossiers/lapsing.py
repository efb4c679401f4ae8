"""Agreements in time: « la formation a-t-elle commencé ? », warnings before the last day, then caducity."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import timezone

from openopco.base.jobs import sweep
from openopco.dossiers.actions.agreements import lapse
from openopco.dossiers.claimed import unclaimed
from openopco.dossiers.enums import ModificationState, State
from openopco.dossiers.errors import NotPossibleNow
from openopco.dossiers.models import Dossier, Modification
from openopco.dossiers.notices import AGREEMENT_ENDS, COURSE_STARTED, Told
from openopco.dossiers.people import employers_of
from openopco.dossiers.tasks import each, remind_once, untold
from openopco.kernel.calendar import paris_today
from openopco.opco import parameters
from openopco.rights import SYSTEM

# How long a worker may have slept: what it should have told is still told.
CAUGHT_UP = timedelta(days=7)
MOST_AT_ONCE = 500
WARNINGS = ("first_claim_reminder_days", "last_claim_reminder_days")


@sweep("dossiers.lapse", every_seconds=3600)
def lapse_agreements() -> int:
    """Lapses the agreements whose last day has passed, the oldest first; the rest at the next turn. Returns how many."""
    past = unclaimed(Dossier.objects.filter(state=State.ACCORDEE, due_on__lt=paris_today(timezone.now())))
    answered = past.exclude(pk__in=Modification.objects.filter(state=ModificationState.PROPOSEE).values("dossier"))
    numbers = answered.order_by("due_on", "id").values_list("number", flat=True)[:MOST_AT_ONCE]
    return sum(_lapse(str(number)) for number in list(numbers))


def _lapse(number: str) -> bool:
    try:
        lapse(actor=SYSTEM, number=number)
    except NotPossibleNow:
        # Given back, modified or lapsed by another worker meanwhile.
        return False
    return True


@sweep("dossiers.agreement_reminders", every_seconds=3600)
def remind_of_agreements() -> int:
    """Warns of an agreement's last day, twice, and asks whether a course began. Each is told once, by its key. Returns how
    many requests were."""
    today = paris_today(timezone.now())
    first, last = (parameters.value(code, on=today) for code in WARNINGS)
    # An agreement given back for a few days only has still the last warning.
    warned = _warn(today, first, caught_up=CAUGHT_UP) + _warn(today, last, caught_up=timedelta(days=last))
    return warned + _ask_whether_started(today)


def _warn(today: date, days: int, *, caught_up: timedelta) -> int:
    day = today + timedelta(days=days)
    ending = Dossier.objects.filter(state=State.ACCORDEE, due_on__gt=max(day - caught_up, today), due_on__lte=day)
    keyed = (
        (dossier, f"reminder:agreement:{dossier.pk}:{dossier.due_on}:{days}") for dossier in each(unclaimed(ending))
    )
    return _tell(keyed, AGREEMENT_ENDS)


def _ask_whether_started(today: date) -> int:
    day = today - timedelta(days=parameters.value("start_reminder_days", on=today))
    begun = Dossier.objects.filter(
        state=State.ACCORDEE, starts_on__gt=day - CAUGHT_UP, starts_on__lte=day, course_start=None
    )
    keyed = ((dossier, f"reminder:start:{dossier.pk}:{dossier.starts_on}") for dossier in each(begun))
    return _tell(keyed, COURSE_STARTED)


def _tell(keyed: Iterator[tuple[Dossier, str]], told: Told) -> int:
    return sum(remind_once(dossier, told, employers_of(dossier), key) for dossier, key in untold(keyed))
