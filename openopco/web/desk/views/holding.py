"""Take, give back, hand on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from openopco.accounts.models import User
from openopco.dossiers.actions import holding
from openopco.dossiers.errors import NotPossibleNow
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.queries import active_officers
from openopco.kernel.errors import Conflict, Forbidden
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.desk.access import found, shown_version
from openopco.web.desk.acting import possible_for, why_not
from openopco.web.desk.filters import read_trail
from openopco.web.desk.pages import frame_of, page_url
from openopco.web.desk.views.dossier import show

CONFLICT = 409
OWN = "Vous avez déposé cette demande : un collègue doit l'examiner."


@require_POST
@needs(Permission.DOSSIER_TAKE)
def take(request: PersonRequest, number: str) -> HttpResponse:
    """From the list one stays in the list; from the request's page, on it."""
    dossier = found(request, number)
    from_list = request.POST.get("depuis") == "liste"
    back = read_trail(request.GET).list_url if from_list else page_url(request, number)
    version = None if from_list else shown_version(request)
    try:
        holding.take(actor=request.actor, number=number, version=version)
    except (Conflict, NotPossibleNow, Forbidden) as error:
        message = OWN if possible_for(request.actor, dossier).is_own else error.message
        return _refused(request, number, message, back if from_list else "")
    messages.success(request, f"Le dossier {number} est à vous.")
    return redirect(back)


def _refused(request: PersonRequest, number: str, message: str, back: str) -> HttpResponse:
    if back:
        messages.error(request, f"{number} : {message}")
        return redirect(back)
    return show(request, found(request, number), problem=message, status=CONFLICT)


@require_POST
@needs(Permission.DOSSIER_INSTRUCT)
def release(request: PersonRequest, number: str) -> HttpResponse:
    found(request, number)
    try:
        holding.release(actor=request.actor, number=number, version=shown_version(request))
    except (Conflict, NotPossibleNow) as error:
        dossier = found(request, number)
        return show(request, dossier, problem=why_not(request.actor, dossier, error), status=CONFLICT)
    messages.success(request, f"Le dossier {number} attend de nouveau d'être pris.")
    return redirect(page_url(request, number))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DOSSIER_ASSIGN)
def assign(request: PersonRequest, number: str) -> HttpResponse:
    """« Confier à »: the officers, but who filed the request."""
    dossier = found(request, number)
    if request.method != "POST":
        return _choose(request, dossier)
    chosen = next((each for each in _candidates(dossier) if str(each.pk) == request.POST.get("a")), None)
    if chosen is None:
        return _choose(request, dossier, error="Choisissez un gestionnaire.", status=422)
    try:
        holding.assign(actor=request.actor, number=number, to=chosen, version=shown_version(request))
    except (Conflict, NotPossibleNow) as error:
        return _choose(request, found(request, number), problem=error.message, chosen=chosen.pk, status=CONFLICT)
    messages.success(request, f"Le dossier {number} est confié à {chosen.full_name}.")
    return redirect(page_url(request, number))


def _candidates(dossier: Dossier) -> list[User]:
    own = (dossier.created_by_id, dossier.filed_by_id)
    return [user for user in active_officers() if user.pk not in own]


def _choose(
    request: PersonRequest,
    dossier: Dossier,
    *,
    error: str = "",
    problem: str = "",
    chosen: int | None = None,
    status: int = 200,
) -> HttpResponse:
    officers = [user for user in _candidates(dossier) if user.pk != dossier.holder_id]
    context = {"officers": officers, "error": error, "problem": problem, "chosen": chosen}
    return render(request, "desk/assign.html", frame_of(request, dossier) | context, status=status)
