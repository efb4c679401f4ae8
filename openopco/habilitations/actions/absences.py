"""Absences of officers: entered by themselves or by an administrator, ended by date or by their return."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from openopco.accounts.models import User
from openopco.base.actions import action
from openopco.habilitations import absences
from openopco.habilitations.errors import BadAbsence, NotPossibleNow
from openopco.habilitations.models import Absence
from openopco.habilitations.queries import active_officers
from openopco.journal.actions import record
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.errors import Forbidden
from openopco.rights import Actor, Permission, require

LONGEST_DAYS = 366


@action
def declare_absence(*, actor: Actor, user_id: int, replacement_id: int, starts_on: date, ends_on: date) -> Absence:
    """An officer is away from one day to another, both included, and another stands in for him. By himself, or by an
    administrator. Raises `Forbidden`, `BadAbsence`."""
    _require(actor, user_id)
    # Both rows, in one order: two absences that would make a chain wait for each other.
    list(User.objects.select_for_update().filter(pk__in=[user_id, replacement_id]).order_by("pk"))
    _check_days(starts_on, ends_on)
    _check_people(user_id, replacement_id)
    _check_chain(user_id, replacement_id, starts_on, ends_on)
    absence = Absence.objects.create(
        user_id=user_id,
        replacement_id=replacement_id,
        starts_on=starts_on,
        ends_on=ends_on,
        entered_by_id=actor.user_id or 0,
        entered_at=timezone.now(),
    )
    _record(absence, "declared", actor)
    return absence


@action
def end_absence(*, actor: Actor, absence_id: int) -> Absence:
    """The officer is back, or will not be away. Raises `Forbidden`, `NotPossibleNow`."""
    absence = Absence.objects.select_for_update().filter(pk=absence_id, ended_at=None).first()
    if absence is None:
        raise NotPossibleNow("Cette absence est déjà terminée.")
    _require(actor, absence.user_id)
    absence.ended_at = timezone.now()
    absence.save()
    _record(absence, "ended", actor)
    return absence


def _require(actor: Actor, user_id: int) -> None:
    if actor.user_id is None:
        raise Forbidden
    require(actor, Permission.DOSSIER_TAKE if actor.user_id == user_id else Permission.STAFF_MANAGE)


def _check_days(starts_on: date, ends_on: date) -> None:
    if starts_on < paris_today(timezone.now()):
        raise BadAbsence("Une absence commence aujourd'hui ou plus tard.")
    if ends_on < starts_on:
        raise BadAbsence("Le retour précède le départ.", "ends_on")
    if (ends_on - starts_on).days > LONGEST_DAYS:
        raise BadAbsence("Une absence dure un an au plus.", "ends_on")


def _check_people(user_id: int, replacement_id: int) -> None:
    officers = {user.pk for user in active_officers()}
    if user_id == replacement_id or not {user_id, replacement_id} <= officers:
        raise BadAbsence("Choisissez un autre gestionnaire, dont le rôle est en vigueur.", "replacement_id")


def _check_chain(user_id: int, replacement_id: int, starts_on: date, ends_on: date) -> None:
    """Nobody is away twice at once, nobody replaces while away, nobody goes away while replacing."""
    at_once = Absence.objects.filter(ended_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on)
    around = at_once.filter(Q(user_id__in=[user_id, replacement_id]) | Q(replacement_id=user_id))
    for other in around.select_related("user", "replacement").order_by("starts_on", "id"):
        raise _clash(other, user_id)


def _clash(other: Absence, user_id: int) -> BadAbsence:
    days = f"du {format_date(other.starts_on)} au {format_date(other.ends_on)}"
    if other.user_id == user_id:
        return BadAbsence(f"Une absence est déjà prévue {days}.")
    if other.replacement_id == user_id:
        name = other.user.full_name
        return BadAbsence(f"Un remplacement de {name} est prévu {days} : trouvez-lui d'abord quelqu'un d'autre.")
    told = f"{other.user.full_name} sera aussi en absence {days} : choisissez quelqu'un d'autre."
    return BadAbsence(told, "replacement_id")


def _record(absence: Absence, event: str, actor: Actor) -> None:
    payload = {
        "user": absence.user_id,
        "par": absence.replacement_id,
        "du": absence.starts_on.isoformat(),
        "au": absence.ends_on.isoformat(),
    }
    record(subject_kind="absence", subject_id=absence.pk, event=f"absence.{event}", actor=actor, payload=payload)
    transaction.on_commit(absences.live.forget)
