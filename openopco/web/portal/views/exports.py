"""« Exporter cette liste »: what the file will hold, how many rows, in which format; the file is then made by a job."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openopco.base.sheets import Format
from openopco.base.works import TooManyWorks, WorkAlreadyAsked
from openopco.exports import actions, lists
from openopco.exports.errors import UnknownList
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.queries import current_establishment, current_provider
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.sizes import format_count
from openopco.rights import Permission, Subject, may
from openopco.web.billing.views.invoices import state_of
from openopco.web.desk.filters import PERSON, read_trail
from openopco.web.desk.period import read_period
from openopco.web.desk.views.claims import state_to_check
from openopco.web.finance.views.overpayments import is_open_only
from openopco.web.finance.views.reconciliation import year_of
from openopco.web.portal.views.requests import filters_of
from openopco.web.portal.works import key_of

FORMATS = ((Format.XLSX, "Classeur (XLSX)"), (Format.CSV, "Texte (CSV)"))


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: PersonRequest, code: str) -> HttpResponse:
    """The list named, as the address filters it."""
    try:
        listed = lists.find(code)
    except UnknownList as error:
        raise Http404 from error
    if not may(request.actor, listed.right):
        raise PermissionDenied
    asked = READ[code](request)
    if request.method != "POST":
        return _show(request, listed, asked)
    key = key_of(request)
    try:
        work = actions.ask_export(
            actor=request.actor, code=code, format=request.POST.get("format", ""), asked=asked, key=key
        )
    except WorkAlreadyAsked:
        return redirect("portal:work", key)
    except TooManyWorks as error:
        return _show(request, listed, asked, error.message, 429)
    except InvalidValue as error:
        return _show(request, listed, asked, error.message, 422)
    return redirect("portal:work", work.key)


def _show(
    request: PersonRequest, listed: lists.List, asked: Mapping[str, Any], error: str = "", status: int = 200
) -> HttpResponse:
    size = actions.size_of(actor=request.actor, code=listed.code, asked=asked)
    url, label = _back(request, listed.code, asked)
    context = {
        "listed": listed,
        "count": size.count,
        "count_words": format_count(size.count),
        "most_words": format_count(size.most),
        "problem": error,
        "too_many": actions.too_many(size.most) if size.is_too_large else "",
        "formats": FORMATS,
        "chosen": request.POST.get("format") or Format.XLSX,
        "back_url": url,
        "back_label": label,
        "key": uuid4(),
    }
    return render(request, "portal/export.html", context, status=422 if size.is_too_large else status)


def _back(request: PersonRequest, code: str, asked: Mapping[str, Any]) -> tuple[str, str]:
    """The page that shows the list, as it was narrowed."""
    if code == "personnes":
        space = "desk" if request.actor.is_opco else "portal"
        return reverse(f"{space}:people", args=[asked["establishment"]]), "Les personnes rattachées"
    if code == "absences":
        return reverse("admin_opco:absences" if asked["everybody"] else "desk:absences"), "Absences"
    route, label = BACK[code]
    query = request.GET.urlencode()
    return f"{reverse(route)}?{query}" if query else reverse(route), label


# --- what each list's address asks for -------------------------------------------------------------------------------


def _desk(request: PersonRequest) -> dict[str, Any]:
    return {"filters": lists.filters_as_asked(read_trail(request.GET).filters(paris_today(timezone.now())))}


def _requests(request: PersonRequest) -> dict[str, Any]:
    establishment = current_establishment(request)
    if establishment is None:
        raise Http404
    filters = filters_of(request, "AF" if "af" in request.GET else "")
    return {"establishment": establishment.pk, "filters": lists.filters_as_asked(filters)}


def _whole(request: PersonRequest) -> dict[str, Any]:
    return {}


def _feedback(request: PersonRequest) -> dict[str, Any]:
    return {"unread": request.GET.get("filtre") == "non-lus"}


def _words(request: PersonRequest) -> dict[str, Any]:
    return {"text": request.GET.get("q", "").replace("\0", "").strip()[:100]}


def _people(request: PersonRequest) -> dict[str, Any]:
    raw = request.GET.get("etablissement", "")
    place = int(raw) if PERSON.fullmatch(raw) else 0
    if not may(request.actor, Permission.MEMBERSHIP_MANAGE, Subject(place)):
        raise Http404
    return {"establishment": place}


def _absences(request: PersonRequest) -> dict[str, Any]:
    return {"everybody": "toutes" in request.GET}


def _period(request: PersonRequest) -> dict[str, Any]:
    period = read_period(request.GET, paris_today(timezone.now()))
    return {"first": period.first.isoformat(), "last": period.last.isoformat(), "idcc": period.idcc}


def _establishment(request: PersonRequest) -> dict[str, Any]:
    establishment = current_establishment(request)
    if establishment is None:
        raise Http404
    return {"establishment": establishment.pk}


def _provider(request: PersonRequest) -> dict[str, Any]:
    provider = current_provider(request)
    if provider is None:
        raise Http404
    return {"provider": provider.pk}


def _invoices(request: PersonRequest) -> dict[str, Any]:
    return {**_establishment(request), "state": state_of(request)}


def _invoices_of_provider(request: PersonRequest) -> dict[str, Any]:
    return {**_provider(request), "state": state_of(request)}


def _claims(request: PersonRequest) -> dict[str, Any]:
    return {"state": state_to_check(request)}


def _overpayments(request: PersonRequest) -> dict[str, Any]:
    return {"only_open": is_open_only(request)}


def _year(request: PersonRequest) -> dict[str, Any]:
    return {"year": year_of(request)}


READ: Mapping[str, Callable[[PersonRequest], dict[str, Any]]] = {
    "dossiers": _desk,
    "demandes": _requests,
    "rattachements": _whole,
    "etablissements": _whole,
    "organismes": _whole,
    "avis": _feedback,
    "entreprises": _words,
    "organismes-connus": _words,
    "personnes": _people,
    "comptes": _whole,
    "saisies": _whole,
    "fonds": _whole,
    "portefeuilles": _whole,
    "absences": _absences,
    "statistiques": _period,
    "statistiques-delais": _period,
    "statistiques-organismes": _period,
    "statistiques-points": _period,
    "factures": _invoices,
    "factures-organisme": _invoices_of_provider,
    "reglements": _establishment,
    "reglements-organisme": _provider,
    "restes-a-liquider": _year,
    "service-fait": _claims,
    "lots": _whole,
    "retours": _whole,
    "trop-percus": _overpayments,
    "comptes-debiteurs": _whole,
    "iban": _whole,
    "enveloppes": _whole,
    "versements-volontaires": _whole,
}
BACK = {
    "dossiers": ("desk:worklist", "Dossiers à traiter"),
    "demandes": ("portal:requests", "Mes demandes"),
    "rattachements": ("desk:memberships", "Rattachements"),
    "etablissements": ("desk:establishments", "Vérifications"),
    "organismes": ("desk:providers", "Vérifications"),
    "avis": ("admin_opco:feedback", "Avis reçus"),
    "entreprises": ("desk:companies", "Entreprises et organismes"),
    "organismes-connus": ("desk:known_providers", "Entreprises et organismes"),
    "comptes": ("admin_opco:accounts", "Comptes de l'OPCO"),
    "saisies": ("desk:papers", "Saisir une demande reçue"),
    "fonds": ("admin_opco:funds", "Fonds"),
    "portefeuilles": ("admin_opco:portfolios", "Portefeuilles"),
    "statistiques": ("desk:statistics", "Statistiques"),
    "statistiques-delais": ("desk:statistics", "Statistiques"),
    "statistiques-organismes": ("desk:statistics", "Statistiques"),
    "statistiques-points": ("desk:statistics", "Statistiques"),
    "factures": ("billing:invoices", "Mes factures"),
    "factures-organisme": ("billing:invoices", "Mes factures"),
    "reglements": ("portal:settlements", "Mes règlements"),
    "reglements-organisme": ("provider:settlements", "Mes règlements"),
    "restes-a-liquider": ("finance:carried_over", "Reste à liquider"),
    "service-fait": ("desk:claims", "Service fait"),
    "lots": ("finance:batches", "Lots de virements"),
    "retours": ("finance:returns", "Retours de banque"),
    "trop-percus": ("finance:overpayments", "Trop-perçus"),
    "comptes-debiteurs": ("finance:debtors", "Comptes débiteurs"),
    "iban": ("desk:bank_accounts", "IBAN à vérifier"),
    "enveloppes": ("desk:funding", "Financement"),
    "versements-volontaires": ("desk:voluntary_accounts", "Versements volontaires"),
}
