"""« Rattacher un organisme de formation »: a SIRET, what the registries tell of it, and a request to act for it. The registry
down or silent, one keys the same by hand and nothing typed is lost."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from openopco.habilitations.actions import request_membership
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.places import Place
from openopco.kernel.errors import InvalidValue, OpenOpcoError, Unavailable
from openopco.kernel.identifiers import parse_siret
from openopco.organisations import fields
from openopco.organisations.actions.providers import create_provider_by_hand, find_or_create_provider
from openopco.organisations.errors import AlreadyKnown, NotFound
from openopco.organisations.models import Provider
from openopco.organisations.queries import provider_by_siret
from openopco.web.organisations import check, place, provider_rows, siret_of, typed
from openopco.web.portal.memberships import ProofForm, SiretForm, card_of, external_only
from openopco.web.portal.views.attaching import SILENT, UNKNOWN, done, proof_in


def _text(label: str, hint: str = "", **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attributes})
    return forms.CharField(label=label, help_text=hint, required=False, widget=widget)


class KeyedForm(SiretForm, ProofForm):
    """A provider that the registries do not tell."""

    name = forms.CharField(
        label="Raison sociale",
        error_messages={"required": "Indiquez la raison sociale."},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    nda = _text("N° de déclaration d'activité", "Onze chiffres.", inputmode="numeric")
    address = _text("Adresse")
    postal_code = _text("Code postal", **{"inputmode": "numeric", "class": "short"})
    city = _text("Ville")
    phone = _text("Téléphone", inputmode="tel")
    email = _text("Adresse email", inputmode="email")


@require_http_methods(["GET", "HEAD", "POST"])
@external_only
def attach(request: PersonRequest) -> HttpResponse:
    """`geste`: chercher (a SIRET), demander (a provider that is known), saisir (one keyed by hand)."""
    if request.method == "POST":
        gesture = {"demander": _ask, "saisir": _keyed}.get(request.POST.get("geste", ""), _look_up)
        return gesture(request)
    siret = request.GET.get("siret", "")
    known = _known(siret)
    if known is None:
        return _siret_page(request, SiretForm(initial={"siret": siret}))
    return _facts_page(request, known, None)


def _look_up(request: PersonRequest) -> HttpResponse:
    form = SiretForm(request.POST)
    siret = siret_of(form, parse_siret) if form.is_valid() else ""
    if form.errors:
        return _siret_page(request, form)
    try:
        found = find_or_create_provider(actor=request.actor, siret=siret)
    except (NotFound, Unavailable) as error:
        known = {"siret": siret, "email": request.user.email}
        return _keyed_page(request, KeyedForm(initial=known), SILENT if isinstance(error, Unavailable) else UNKNOWN)
    except OpenOpcoError as error:
        form.add_error("siret", error.message)
        return _siret_page(request, form)
    return redirect(_facts_url(found.siret))


def _ask(request: PersonRequest) -> HttpResponse:
    known = _known(request.POST.get("siret", ""))
    if known is None:
        return redirect("provider:attach")
    form = ProofForm(request.POST, request.FILES)
    form.is_valid()
    papers = proof_in(form, request)
    if not form.errors:
        try:
            membership = request_membership(actor=request.actor, place=Place(provider_id=known.pk))
            return done(request, membership, papers)
        except OpenOpcoError as error:
            form.add_error(None, error.message)
    return _facts_page(request, known, form)


def _keyed(request: PersonRequest) -> HttpResponse:
    """Keeps what was keyed by hand, « à vérifier », and asks for it. Known meanwhile, it is that one's page."""
    form = KeyedForm(request.POST, request.FILES)
    form.is_valid()
    check(form, fields.PROVIDER)
    papers = proof_in(form, request)
    siret = siret_of(form, parse_siret) if "siret" not in form.errors else ""
    if form.errors:
        return _keyed_page(request, form)
    try:
        made = create_provider_by_hand(actor=request.actor, siret=siret, **typed(form))
        membership = request_membership(actor=request.actor, place=Place(provider_id=made.pk))
    except AlreadyKnown:
        messages.info(request, "Cet organisme est déjà enregistré : vérifiez que c'est bien le vôtre.")
        return redirect(_facts_url(siret))
    except OpenOpcoError as error:
        place(form, error)
        return _keyed_page(request, form)
    return done(request, membership, papers)


def _siret_page(request: PersonRequest, form: SiretForm) -> HttpResponse:
    context = {"form": form, "is_first": not request.access.memberships}
    return render(request, "provider/attach/siret.html", context, status=422 if form.errors else 200)


def _facts_page(request: PersonRequest, known: Provider, form: forms.Form | None) -> HttpResponse:
    tied = next((each for each in request.access.memberships if each.provider_id == known.pk), None)
    context = {
        "provider": known,
        "rows": provider_rows(known),
        "form": form or ProofForm(),
        "tied": card_of(tied) if tied else None,
    }
    return render(request, "provider/attach/facts.html", context, status=422 if form is not None else 200)


def _keyed_page(request: PersonRequest, form: KeyedForm, notice: str = "") -> HttpResponse:
    context = {"form": form, "notice": notice}
    return render(request, "provider/attach/keyed.html", context, status=422 if form.errors else 200)


def _known(raw: str) -> Provider | None:
    try:
        return provider_by_siret(parse_siret(raw))
    except InvalidValue:
        return None


def _facts_url(siret: str) -> str:
    return f"{reverse('provider:attach')}?{urlencode({'siret': siret})}"
