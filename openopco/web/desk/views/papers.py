"""« Saisir une demande reçue »: an officer finds the employer, says how the request came, then fills the employer's own
steps for him."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openopco.documents.actions import examine_upload
from openopco.documents.inspect import ExaminedFile
from openopco.dossiers.actions.papers import correct_reception, open_paper_draft
from openopco.dossiers.actions.papers import take_over as take_over_draft
from openopco.dossiers.errors import BadReception, UnknownDossier
from openopco.dossiers.papers import Received, came_in_words, paper_of, read_received
from openopco.dossiers.queries.papers import drafts_of_colleagues, drafts_typed_by
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import InvalidValue, OpenOpcoError, Unavailable
from openopco.kernel.identifiers import parse_siret
from openopco.organisations import fields, queries
from openopco.organisations.actions import create_establishment_by_hand, find_or_create_establishment
from openopco.organisations.errors import AlreadyKnown, NotFound
from openopco.organisations.models import Establishment
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.desk.receiving import EmployerForm, ReceptionForm, values_of
from openopco.web.organisations import check, place, siret_of, typed
from openopco.web.portal.access import open_draft_or_404
from openopco.web.portal.posted import new_key

KIND = "AF"
UNKNOWN = "Ce SIRET n'est pas au répertoire officiel. Vérifiez-le ; s'il est bon, saisissez l'employeur."
SILENT = "Le répertoire officiel ne répond pas pour le moment. Saisissez l'employeur : rien ne vous retarde."
BAD_REQUEST = 422
COLLEAGUES = "collegues"


@require_safe
@needs(Permission.DOSSIER_FILE_FOR)
def papers(request: PersonRequest) -> HttpResponse:
    """Whose request it is, by name or by SIRET; below, what one has begun to type."""
    return _start(request, request.GET.get("q", "").replace("\0", "").strip()[:100])


def _start(request: PersonRequest, searched: str, problem: str = "") -> HttpResponse:
    found = queries.find_establishments(request.actor, searched) if searched else None
    of_colleagues = request.GET.get("vue") == COLLEAGUES
    drafts = drafts_of_colleagues if of_colleagues else drafts_typed_by
    page = drafts(request.actor, request.GET.get("after"))
    context = {
        "searched": searched,
        "found": found,
        "siret": "" if found and found.items else _siret_in(searched),
        "problem": problem,
        "page": page,
        "of_colleagues": of_colleagues,
        "tabs": [
            {"label": "Vos saisies", "url": reverse("desk:papers"), "current": not of_colleagues},
            {
                "label": "Celles de vos collègues",
                "url": f"{reverse('desk:papers')}?vue={COLLEAGUES}",
                "current": of_colleagues,
            },
        ],
        "drafts": [(each, came_in_words(each.reception, each.received_on)) for each in page.items],
    }
    return render(request, "desk/papers/start.html", context, status=BAD_REQUEST if problem else 200)


@require_POST
@needs(Permission.DOSSIER_FILE_FOR)
def take_over(request: PersonRequest, key: UUID) -> HttpResponse:
    """« Reprendre » what a colleague began."""
    try:
        draft = take_over_draft(actor=request.actor, key=str(key))
    except UnknownDossier as error:
        raise Http404 from error
    messages.success(request, "Cette saisie est à vous : votre collègue n'y écrit plus.")
    return redirect("portal:draft", draft.key)


def _siret_in(searched: str) -> str:
    try:
        return parse_siret(searched)
    except InvalidValue:
        return ""


@require_POST
@needs(Permission.DOSSIER_FILE_FOR)
def employer(request: PersonRequest) -> HttpResponse:
    """An employer whom nobody knows here yet: from the registry or, where it is silent, keyed by hand (`geste`: saisir)."""
    if request.POST.get("geste") == "saisir":
        return _keyed(request)
    siret = request.POST.get("siret", "")
    try:
        known = find_or_create_establishment(actor=request.actor, siret=siret)
    except (NotFound, Unavailable) as error:
        notice = SILENT if isinstance(error, Unavailable) else UNKNOWN
        return _keyed_page(request, EmployerForm(initial={"siret": siret}), notice)
    except OpenOpcoError as error:
        return _start(request, siret[:100], error.message)
    return redirect("desk:new_paper", known.pk)


def _keyed(request: PersonRequest) -> HttpResponse:
    form = EmployerForm(request.POST)
    form.is_valid()
    check(form, fields.IDENTITY | fields.COMPLETION)
    siret = siret_of(form, parse_siret) if "siret" not in form.errors else ""
    if form.errors:
        return _keyed_page(request, form)
    try:
        made = create_establishment_by_hand(actor=request.actor, siret=siret, **typed(form))
    except AlreadyKnown:
        return redirect("desk:new_paper", _known(siret).pk)
    except OpenOpcoError as error:
        place(form, error)
        return _keyed_page(request, form)
    return redirect("desk:new_paper", made.pk)


def _known(siret: str) -> Establishment:
    known = queries.establishment_by_siret(siret)
    if known is None:
        raise Http404
    return known


def _keyed_page(request: PersonRequest, form: EmployerForm, notice: str = "") -> HttpResponse:
    status = BAD_REQUEST if form.errors else 200
    return render(request, "desk/papers/employer.html", {"form": form, "notice": notice}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DOSSIER_FILE_FOR)
def new(request: PersonRequest, establishment_id: int) -> HttpResponse:
    """How the request came; then its draft opens."""
    known = queries.establishment_for_desk(request.actor, establishment_id)
    if known is None or not known.is_active:
        raise Http404
    shown = {"establishment": known, "key": request.POST.get("key", "") or uuid4()}
    if request.method != "POST":
        return _page(request, ReceptionForm(), shown)
    form, received, scan = _read(request, has_scan=False)
    if received is None:
        return _page(request, form, shown)
    key = new_key(request)
    try:
        draft = open_paper_draft(
            actor=request.actor, establishment=known, kind_code=KIND, key=key, received=received, scan=scan
        )
    except UnknownDossier as error:
        raise Http404 from error
    except OpenOpcoError as error:
        form.add_error("scan", error.message)
        return _page(request, form, shown)
    return redirect("portal:draft", draft.key)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DOSSIER_FILE_FOR)
def paper(request: PersonRequest, key: UUID) -> HttpResponse:
    """The same of a draft already begun, to be corrected."""
    dossier = open_draft_or_404(request, key)
    known = paper_of(dossier)
    if known is None:
        raise Http404
    shown = {"establishment": dossier.establishment, "dossier": dossier, "scan": known.scan}
    if request.method != "POST":
        return _page(request, ReceptionForm(initial=values_of(known)), shown)
    form, received, scan = _read(request, has_scan=known.scan_id is not None)
    if received is None:
        return _page(request, form, shown)
    try:
        correct_reception(actor=request.actor, key=str(key), received=received, scan=scan)
    except OpenOpcoError as error:
        form.add_error("scan", error.message)
        return _page(request, form, shown)
    return redirect("portal:draft", key)


def _read(request: PersonRequest, *, has_scan: bool) -> tuple[ReceptionForm, Received | None, ExaminedFile | None]:
    """What the page sent, with all that is wrong with it at once; the file, opened."""
    form = ReceptionForm(request.POST, request.FILES)
    form.is_valid()
    upload = request.FILES.get("scan")
    scan = None
    if upload is not None:
        try:
            scan = examine_upload(upload)
        except OpenOpcoError as error:
            form.add_error("scan", error.message)
    try:
        given = has_scan or upload is not None
        received = read_received(form.raw, today=paris_today(timezone.now()), has_scan=given)
    except BadReception as error:
        form.wrong(error)
        return form, None, None
    return form, None if form.errors else received, scan


def _page(request: PersonRequest, form: ReceptionForm, shown: Mapping[str, Any]) -> HttpResponse:
    status = BAD_REQUEST if form.errors else 200
    return render(request, "desk/papers/reception.html", {"dossier": None, "form": form, **shown}, status=status)
