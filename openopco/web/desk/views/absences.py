"""« Absences »: an officer's own, at the desk; everybody's, for administrators."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from openopco.accounts.models import User
from openopco.habilitations.actions.absences import declare_absence, end_absence
from openopco.habilitations.errors import BadAbsence, NotPossibleNow
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.models import Absence
from openopco.habilitations.queries import active_officers, upcoming_absences
from openopco.kernel.calendar import format_date, paris_today, parse_date
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.rights import Permission
from openopco.web.admin.access import needs

# Where each argument of the action is typed.
CONTROLS = {"starts_on": "du", "ends_on": "au", "replacement_id": "par"}
METHODS = ["GET", "HEAD", "POST"]
DESK, ADMIN = "desk:absences", "admin_opco:absences"


@require_http_methods(METHODS)
@needs(Permission.DOSSIER_TAKE)
def own(request: PersonRequest) -> HttpResponse:
    return _page(request, DESK)


@require_http_methods(METHODS)
@needs(Permission.STAFF_MANAGE)
def everybody(request: PersonRequest) -> HttpResponse:
    return _page(request, ADMIN)


@require_POST
@needs(Permission.DOSSIER_TAKE)
def end_own(request: PersonRequest, absence_id: int) -> HttpResponse:
    return _end(request, absence_id, DESK)


@require_POST
@needs(Permission.STAFF_MANAGE)
def end(request: PersonRequest, absence_id: int) -> HttpResponse:
    return _end(request, absence_id, ADMIN)


def _end(request: PersonRequest, absence_id: int, route: str) -> HttpResponse:
    try:
        absence = end_absence(actor=request.actor, absence_id=absence_id)
    except (NotPossibleNow, Forbidden) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"L'absence du {format_date(absence.starts_on)} est terminée.")
    return redirect(route)


def _page(request: PersonRequest, route: str) -> HttpResponse:
    officers = active_officers()
    typed = {name: request.POST.get(name, "").strip() for name in ("qui", "par", "du", "au")}
    if route == DESK:
        typed["qui"] = str(request.actor.user_id)
    if request.method != "POST":
        return _show(request, route, officers, typed, {})
    errors = _declare(request, officers, typed)
    if errors:
        return _show(request, route, officers, typed, errors)
    messages.success(request, "L'absence est enregistrée : le remplacement commence et finit de lui-même.")
    return redirect(route)


def _declare(request: PersonRequest, officers: list[User], typed: dict[str, str]) -> dict[str, str]:
    """Declares what was typed, or says what is wrong, by field."""
    ids = {str(user.pk): user.pk for user in officers}
    errors = {name: "Choisissez un gestionnaire." for name in ("qui", "par") if typed[name] not in ids}
    days = {}
    for name in ("du", "au"):
        try:
            days[name] = parse_date(typed[name])
        except InvalidValue as error:
            errors[name] = error.message
    if errors:
        return errors
    try:
        declare_absence(
            actor=request.actor,
            user_id=ids[typed["qui"]],
            replacement_id=ids[typed["par"]],
            starts_on=days["du"],
            ends_on=days["au"],
        )
    except BadAbsence as error:
        return {CONTROLS[error.about]: error.message}
    return {}


def _show(
    request: PersonRequest, route: str, officers: list[User], typed: dict[str, str], errors: dict[str, str]
) -> HttpResponse:
    me = request.actor.user_id
    own_only = route == DESK
    context = {
        "own": own_only,
        "end_route": "desk:end_absence" if own_only else "admin_opco:end_absence",
        "rows": [_row(each, me, own=own_only) for each in upcoming_absences(me if own_only else None)],
        "people": officers,
        "others": [user for user in officers if not own_only or user.pk != me],
        "typed": typed,
        "errors": errors,
    }
    return render(request, "desk/absences.html", context, status=422 if errors else 200)


def _row(absence: Absence, me: int | None, *, own: bool) -> dict[str, Any]:
    is_now = absence.runs_on(paris_today(timezone.now()))
    return {
        "absence": absence,
        "who": "Vous" if absence.user_id == me else absence.user.full_name,
        "by": "Vous" if absence.replacement_id == me else absence.replacement.full_name,
        "word": "En cours" if is_now else "À venir",
        "tone": "wait" if is_now else "info",
        "may_end": not own or absence.user_id == me,
    }
