"""« Sélectionner un organisme de formation »: found by SIRET among those known or in the registry, or created."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from openopco.dossiers.actions import drafts
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import InvalidValue, OpenOpcoError, Unavailable
from openopco.kernel.identifiers import parse_siret
from openopco.organisations.actions.providers import create_provider_by_hand, find_or_create_provider
from openopco.organisations.errors import AlreadyKnown, InvalidFields, NotFound
from openopco.organisations.models import Provider
from openopco.organisations.queries import provider_by_siret, search_providers
from openopco.web.portal.access import draft_or_404
from openopco.web.portal.presenting import step_url

HAND_FIELDS = ("name", "nda", "address", "postal_code", "city", "phone", "email")


@require_http_methods(["GET", "HEAD", "POST"])
def provider(request: PersonRequest, key: UUID) -> HttpResponse:
    """The dialog, as a page of its own without JavaScript. `geste`: chercher, creer, saisir (by hand), choisir."""
    dossier = _draft(request, key)
    if request.method != "POST":
        return _page(request, dossier)
    gesture = request.POST.get("geste", "chercher")
    try:
        siret = parse_siret(request.POST.get("siret", ""))
    except InvalidValue as error:
        return _page(request, dossier, gesture=gesture, error=error.message)
    if gesture == "saisir":
        return _by_hand(request, dossier, siret)
    return _find(request, dossier, siret, gesture)


def _find(request: PersonRequest, dossier: Dossier, siret: str, gesture: str) -> HttpResponse:
    try:
        found = find_or_create_provider(actor=request.actor, siret=siret)
    except (NotFound, Unavailable) as error:
        if gesture == "creer":
            reason = "Le registre ne répond pas" if isinstance(error, Unavailable) else "Ce SIRET n'est pas au registre"
            notice = f"{reason} : saisissez l'organisme, nous le vérifierons ensuite."
            return _page(request, dossier, gesture="saisir", notice=notice)
        words = (
            "Le registre ne répond pas pour le moment"
            if isinstance(error, Unavailable)
            else "Aucun organisme n'a ce SIRET"
        )
        return _page(request, dossier, gesture=gesture, error=f"{words} : vous pouvez le créer.")
    except OpenOpcoError as error:
        return _page(request, dossier, gesture=gesture, error=error.message)
    return _choose(request, dossier, found)


def _by_hand(request: PersonRequest, dossier: Dossier, siret: str) -> HttpResponse:
    raw = {name: request.POST.get(name, "") for name in HAND_FIELDS}
    try:
        made = create_provider_by_hand(actor=request.actor, siret=siret, **raw)
    except InvalidFields as error:
        return _page(request, dossier, gesture="saisir", errors=error.errors)
    except AlreadyKnown:
        known = provider_by_siret(siret)
        if known is None:
            raise Http404 from None
        return _choose(request, dossier, known)
    except OpenOpcoError as error:
        return _page(request, dossier, gesture="saisir", error=error.message)
    return _choose(request, dossier, made)


def _choose(request: PersonRequest, dossier: Dossier, found: Provider) -> HttpResponse:
    drafts.choose_provider(actor=request.actor, key=str(dossier.key), provider=found)
    messages.success(request, f"Organisme de formation : {found.name}.")
    return redirect(step_url(dossier, "formation"))


def _page(
    request: PersonRequest,
    dossier: Dossier,
    *,
    gesture: str = "",
    error: str = "",
    errors: dict[str, str] | None = None,
    notice: str = "",
) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in ("siret", *HAND_FIELDS)}
    searched = request.GET.get("nom", "")
    context = {
        "dossier": dossier,
        "gesture": gesture,
        "error": error,
        "errors": errors or {},
        "notice": notice,
        "typed": typed,
        "searched": searched,
        "found": search_providers(request.actor, searched) if searched else [],
        "back_url": step_url(dossier, "formation"),
    }
    return render(request, "portal/draft/provider.html", context)


@require_POST
def remove(request: PersonRequest, key: UUID) -> HttpResponse:
    """Takes the provider off, to choose again."""
    dossier = _draft(request, key)
    drafts.choose_provider(actor=request.actor, key=str(key), provider=None)
    return redirect(step_url(dossier, "formation"))


def _draft(request: PersonRequest, key: UUID) -> Dossier:
    dossier = draft_or_404(request, key)
    if dossier.state != State.BROUILLON:
        raise Http404
    return dossier
