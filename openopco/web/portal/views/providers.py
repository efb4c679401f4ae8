"""« Sélectionner un organisme de formation »: found by SIRET among those known or in the registry, or created."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import OpenOpcoError, Unavailable
from openopco.kernel.identifiers import parse_siret
from openopco.organisations.actions.providers import create_provider_by_hand, find_or_create_provider
from openopco.organisations.errors import AlreadyKnown, InvalidFields, NotFound
from openopco.organisations.models import Provider
from openopco.organisations.queries import provider_by_siret, search_providers
from openopco.training.rules import TRAINING
from openopco.training.teaching import choose_provider
from openopco.web.portal.access import open_draft_or_404
from openopco.web.portal.presenting import error_links, step_url

HAND_FIELDS = ("name", "nda", "address", "postal_code", "city", "phone", "email")
LONGEST_SEARCH = 100
SEARCH, CREATE, BY_HAND = "chercher", "creer", "saisir"
# The control that the SIRET of each gesture was typed in.
SIRET_OF = {SEARCH: "siret_search", CREATE: "siret_create", BY_HAND: "siret"}


@require_http_methods(["GET", "HEAD", "POST"])
def provider(request: PersonRequest, key: UUID) -> HttpResponse:
    """The dialog, as a page of its own without JavaScript. `geste`: chercher, creer, saisir (by hand)."""
    dossier = open_draft_or_404(request, key)
    if request.method != "POST":
        return _page(request, dossier)
    gesture = request.POST.get("geste", "")
    return _by_hand(request, dossier) if gesture == BY_HAND else _find(request, dossier, gesture)


def _find(request: PersonRequest, dossier: Dossier, gesture: str) -> HttpResponse:
    gesture = gesture if gesture in SIRET_OF else SEARCH
    try:
        found = find_or_create_provider(actor=request.actor, siret=request.POST.get("siret", ""))
    except (NotFound, Unavailable) as error:
        return _unknown(request, dossier, gesture, is_silent=isinstance(error, Unavailable))
    except OpenOpcoError as error:
        return _page(request, dossier, gesture=gesture, errors={SIRET_OF[gesture]: error.message})
    return _choose(request, dossier, found)


def _unknown(request: PersonRequest, dossier: Dossier, gesture: str, *, is_silent: bool) -> HttpResponse:
    """Neither known nor in the registry: whoever searched may create; whoever creates keys it by hand."""
    if gesture == CREATE:
        reason = "Le registre ne répond pas" if is_silent else "Ce SIRET n'est pas au registre"
        notice = f"{reason} : saisissez l'organisme, nous le vérifierons ensuite."
        return _page(request, dossier, gesture=BY_HAND, notice=notice)
    reason = "Le registre ne répond pas pour le moment" if is_silent else "Aucun organisme n'a ce SIRET"
    return _page(request, dossier, gesture=gesture, errors={SIRET_OF[gesture]: f"{reason} : vous pouvez le créer."})


def _by_hand(request: PersonRequest, dossier: Dossier) -> HttpResponse:
    raw, siret = {name: request.POST.get(name, "") for name in HAND_FIELDS}, request.POST.get("siret", "")
    try:
        made = create_provider_by_hand(actor=request.actor, siret=siret, **raw)
    except InvalidFields as error:
        return _page(request, dossier, gesture=BY_HAND, errors=error.errors)
    except AlreadyKnown:
        return _choose(request, dossier, _known(siret))
    except OpenOpcoError as error:
        return _page(request, dossier, gesture=BY_HAND, errors={"siret": error.message})
    return _choose(request, dossier, made)


def _known(siret: str) -> Provider:
    known = provider_by_siret(parse_siret(siret))
    if known is None:
        raise Http404
    return known


def _choose(request: PersonRequest, dossier: Dossier, found: Provider) -> HttpResponse:
    choose_provider(actor=request.actor, key=str(dossier.key), provider=found)
    messages.success(request, f"Organisme de formation : {found.name}.")
    return redirect(step_url(dossier, TRAINING))


def _page(
    request: PersonRequest,
    dossier: Dossier,
    *,
    gesture: str = "",
    errors: Mapping[str, str] | None = None,
    notice: str = "",
) -> HttpResponse:
    searched = request.GET.get("nom", "")[:LONGEST_SEARCH]
    context = {
        "dossier": dossier,
        "gesture": gesture,
        "wrong": {**dict.fromkeys((*SIRET_OF.values(), *HAND_FIELDS), ""), **(errors or {})},
        "errors": error_links(errors or {}),
        "notice": notice,
        "typed": {name: request.POST.get(name, "") for name in ("siret", *HAND_FIELDS)},
        "searched": searched,
        "found": search_providers(request.actor, searched) if searched else [],
        "back_url": step_url(dossier, TRAINING),
    }
    return render(request, "portal/draft/provider.html", context)


@require_POST
def remove(request: PersonRequest, key: UUID) -> HttpResponse:
    """Takes the provider off, to choose again or to teach in the company."""
    dossier = open_draft_or_404(request, key)
    choose_provider(actor=request.actor, key=str(key), provider=None)
    return redirect(step_url(dossier, TRAINING))
