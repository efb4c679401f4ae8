"""The life of an agreement as its employer follows it: each version, and « la formation a-t-elle commencé ? »."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from openopco.dossiers.actions import agreements
from openopco.dossiers.enums import Audience, State
from openopco.dossiers.errors import NotPossibleNow, UnknownDossier
from openopco.dossiers.models import Dossier
from openopco.dossiers.notices import path_for
from openopco.dossiers.queries.modifications import has_started, version_of
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import format_date, paris_today, parse_date
from openopco.kernel.errors import InvalidValue
from openopco.rights import Permission
from openopco.web.components.raw import RawField
from openopco.web.funding import shown_decision
from openopco.web.modifications import start_of
from openopco.web.portal.access import dossier_or_404, dossier_to_act_on
from openopco.web.portal.presenting import error_links

MENDED = "Corriger le premier jour de la formation"


@require_safe
def version(request: PersonRequest, number: str, version: int) -> HttpResponse:
    """One decision of the OPCO, as it was taken that day."""
    dossier = dossier_or_404(request, number)
    try:
        decision = version_of(dossier, version)
    except UnknownDossier as error:
        raise Http404 from error
    page_url = path_for(dossier, Audience.OPCO if request.user.is_opco else Audience.EMPLOYEUR)
    context = {
        "dossier": dossier,
        "decision": decision,
        "page_url": page_url,
        "funding": shown_decision(decision.funding),
        "is_opco": request.user.is_opco,
    }
    return render(request, "portal/agreement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: PersonRequest, number: str) -> HttpResponse:
    """Began, on which day; put off or given up, it is a modification. Once said, an officer alone may set it right."""
    dossier = dossier_to_act_on(request, number, Permission.COURSE_CONFIRM)
    page_url = path_for(dossier, Audience.OPCO if request.user.is_opco else Audience.EMPLOYEUR)
    mends = has_started(dossier) and request.user.is_opco
    if dossier.state != State.ACCORDEE or (has_started(dossier) and not mends):
        messages.info(request, "Cette question ne se pose plus pour cette demande.")
        return redirect(page_url)
    if request.method != "POST":
        standing = dossier.course_start.started_on if mends else dossier.starts_on
        return _ask(request, dossier, page_url, format_date(standing) if standing else "")
    typed = request.POST.get("started_on", "")[:20]
    try:
        act = agreements.correct_start if mends else agreements.confirm_start
        act(actor=request.actor, number=number, started_on=parse_date(typed))
    except InvalidValue as error:
        return _ask(request, dossier, page_url, typed, error.message)
    except NotPossibleNow as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"C'est noté : la formation a commencé le {typed}.")
    return redirect(page_url)


def _ask(request: PersonRequest, dossier: Dossier, page_url: str, typed: str, error: str = "") -> HttpResponse:
    field = RawField(
        "started_on",
        "Premier jour de la formation",
        typed,
        error=error,
        hint="jj/mm/aaaa",
        required=True,
        kind="date",
        inputmode="numeric",
        max_length=20,
        revision=None,
    )
    today = paris_today(timezone.now())
    context = {
        "dossier": dossier,
        "field": field,
        "errors": error_links({"started_on": error} if error else {}),
        "page_url": page_url,
        "mends": has_started(dossier),
        "asked": MENDED if has_started(dossier) else start_of(dossier, today).question,
        "has_come": dossier.starts_on is not None and dossier.starts_on <= today,
    }
    return render(request, "portal/course_start.html", context, status=422 if error else 200)
