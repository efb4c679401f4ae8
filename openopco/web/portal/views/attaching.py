"""« Rattacher une entreprise »: a SIRET, what the registry tells of it, what its people complete, and a request to act
for it. The registry down or silent, one keys the same by hand and nothing typed is lost."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from openopco.documents.actions import examine_upload
from openopco.documents.inspect import ExaminedFile
from openopco.habilitations.actions import add_proof, request_membership, switch_place
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.models import Membership
from openopco.habilitations.places import Place
from openopco.habilitations.queries import access_of, actor_for
from openopco.kernel.errors import InvalidValue, OpenOpcoError, Unavailable
from openopco.kernel.identifiers import parse_siret
from openopco.organisations import fields
from openopco.organisations.actions import (
    complete_establishment,
    create_establishment_by_hand,
    find_or_create_establishment,
)
from openopco.organisations.errors import AlreadyKnown, NotFound
from openopco.organisations.models import Establishment
from openopco.organisations.queries import elsewhere_in_words, establishment_by_siret, knows_private
from openopco.web.organisations import check, place, public_rows, siret_of, typed, values_of
from openopco.web.portal.memberships import AskForm, KeyedForm, ProofForm, SiretForm, card_of, external_only, own_or_404

UNKNOWN = "Ce SIRET n'est pas au répertoire officiel. Vérifiez-le ; s'il est bon, saisissez les informations."
SILENT = "Le répertoire officiel ne répond pas pour le moment. Saisissez les informations : rien ne vous retarde."


@require_http_methods(["GET", "HEAD", "POST"])
@external_only
def attach(request: PersonRequest) -> HttpResponse:
    """`geste`: chercher (a SIRET), demander (an establishment that is known), saisir (one keyed by hand)."""
    if request.method == "POST":
        gesture = {"demander": _ask, "saisir": _keyed}.get(request.POST.get("geste", ""), _look_up)
        return gesture(request)
    siret = request.GET.get("siret", "")
    known = _known(siret)
    if known is None:
        return _siret_page(request, SiretForm(initial={"siret": siret}))
    return _facts_page(request, known, None)


@require_safe
@external_only
def attached(request: PersonRequest, membership_id: int) -> HttpResponse:
    """It is asked: what one may do at once, and what comes next."""
    card = card_of(own_or_404(request, membership_id))
    if not card.is_pending:
        return redirect("portal:memberships")
    return render(request, "portal/memberships/attached.html", {"card": card, "membership": card.membership})


def _look_up(request: PersonRequest) -> HttpResponse:
    form = SiretForm(request.POST)
    siret = siret_of(form, parse_siret) if form.is_valid() else ""
    if form.errors:
        return _siret_page(request, form)
    try:
        found = find_or_create_establishment(actor=request.actor, siret=siret)
    except (NotFound, Unavailable) as error:
        known = {"siret": siret, "email": request.user.email}
        return _keyed_page(request, KeyedForm(initial=known), SILENT if isinstance(error, Unavailable) else UNKNOWN)
    except OpenOpcoError as error:
        form.add_error("siret", error.message)
        return _siret_page(request, form)
    return redirect(_facts_url(found.siret))


def _ask(request: PersonRequest) -> HttpResponse:
    """Asks for an establishment already kept; who found it first completes it on the way."""
    known = _known(request.POST.get("siret", ""))
    if known is None:
        return redirect("portal:attach")
    form = _ask_form(request, known, sent=True)
    papers = _read(form, request)
    if not form.errors:
        try:
            membership = request_membership(actor=request.actor, place=Place(known.pk))
            if isinstance(form, AskForm):
                complete_establishment(actor=actor_for(request.user), establishment_id=known.pk, **typed(form))
            return done(request, membership, papers)
        except OpenOpcoError as error:
            place(form, error)
    return _facts_page(request, known, form)


def _keyed(request: PersonRequest) -> HttpResponse:
    """Keeps what was keyed by hand, « à vérifier », and asks for it. Known meanwhile, it is that one's page."""
    form = KeyedForm(request.POST, request.FILES)
    papers = _read(form, request)
    siret = siret_of(form, parse_siret) if "siret" not in form.errors else ""
    if form.errors:
        return _keyed_page(request, form)
    try:
        made = create_establishment_by_hand(actor=request.actor, siret=siret, **typed(form))
        membership = request_membership(actor=request.actor, place=Place(made.pk))
    except AlreadyKnown:
        messages.info(request, "Cet établissement est déjà enregistré : vérifiez que c'est bien le vôtre.")
        return redirect(_facts_url(siret))
    except OpenOpcoError as error:
        place(form, error)
        return _keyed_page(request, form)
    return done(request, membership, papers)


def done(request: PersonRequest, membership: Membership, papers: ExaminedFile | None) -> HttpResponse:
    """The proof joined, one acts for the place from now on; the confirmation."""
    if papers is not None:
        try:
            add_proof(actor=request.actor, membership_id=membership.pk, upload=papers)
        except OpenOpcoError as error:
            messages.error(request, f"Votre demande est enregistrée, mais pas le justificatif. {error.message}")
    memberships = access_of(request.user).memberships
    switch_place(memberships=memberships, session=request.session, place=membership.place)
    return redirect("portal:attached", membership.pk)


def _read(form: forms.Form, request: PersonRequest) -> ExaminedFile | None:
    """Everything that is wrong with the form at once, before anything is kept; the file, opened."""
    form.is_valid()
    check(form, fields.IDENTITY | fields.COMPLETION)
    return proof_in(form, request)


def proof_in(form: forms.Form, request: PersonRequest) -> ExaminedFile | None:
    """The paper joined to the form, opened; what is wrong with it stands beside its field."""
    upload = request.FILES.get("proof")
    if upload is None:
        return None
    try:
        return examine_upload(upload)
    except OpenOpcoError as error:
        form.add_error("proof", error.message)
        return None


def _ask_form(request: PersonRequest, known: Establishment, *, sent: bool) -> AskForm | ProofForm:
    """Who found it first completes it, until somebody else has; anybody else is shown nothing but what is public."""
    data, files = (request.POST, request.FILES) if sent else (None, None)
    if not knows_private(request.actor, known):
        return ProofForm(data, files)
    initial = values_of(known)
    return AskForm(data, files, initial={**initial, "email": initial["email"] or request.user.email})


def _siret_page(request: PersonRequest, form: SiretForm) -> HttpResponse:
    context = {"form": form, "is_first": not request.access.memberships}
    return render(request, "portal/memberships/siret.html", context, status=422 if form.errors else 200)


def _facts_page(request: PersonRequest, known: Establishment, form: forms.Form | None) -> HttpResponse:
    tied = next((each for each in request.access.memberships if each.establishment_id == known.pk), None)
    context = {
        "establishment": known,
        "rows": public_rows(known, request.actor),
        "elsewhere": elsewhere_in_words(known),
        "form": form or _ask_form(request, known, sent=False),
        "may_complete": knows_private(request.actor, known),
        "tied": card_of(tied) if tied else None,
    }
    status = 422 if form is not None else 200
    return render(request, "portal/memberships/facts.html", context, status=status)


def _keyed_page(request: PersonRequest, form: KeyedForm, notice: str = "") -> HttpResponse:
    context = {"form": form, "notice": notice}
    return render(request, "portal/memberships/keyed.html", context, status=422 if form.errors else 200)


def _known(raw: str) -> Establishment | None:
    try:
        return establishment_by_siret(parse_siret(raw))
    except InvalidValue:
        return None


def _facts_url(siret: str) -> str:
    return f"{reverse('portal:attach')}?{urlencode({'siret': siret})}"
