"""A claim being prepared: one page, one form; each of its buttons keeps all that was typed first."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from openopco.billing.actions import claims
from openopco.billing.drafting import Agreed
from openopco.billing.enums import ClaimState
from openopco.billing.errors import (
    AlreadyInvoiced,
    Differs,
    NotClaimable,
    NotWhole,
    RefusedInvoice,
    StaleDraft,
    UnknownClaim,
)
from openopco.billing.models import Claim
from openopco.billing.queries import agreed_of, find_claim, payee_subject
from openopco.documents.rules import name_to_tell
from openopco.dossiers.errors import UnknownDossier
from openopco.funding.enums import Payee
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import Forbidden, OpenOpcoError
from openopco.rights import Permission, may
from openopco.web.billing.form import everybody_followed, names_of, page_of, target_of
from openopco.web.portal.memberships import external_only
from openopco.web.portal.presenting import ErrorLink

MOST_AT_ONCE = 20


@require_POST
@external_only
def start_refund(request: PersonRequest, number: str) -> HttpResponse:
    """« Demander le règlement » of an employer."""
    return _start(request, number, Payee.EMPLOYEUR, "portal:dossier")


@require_POST
@external_only
def start_invoice(request: PersonRequest, number: str) -> HttpResponse:
    """« Facturer » of a provider."""
    return _start(request, number, Payee.ORGANISME, "provider:course")


def _start(request: PersonRequest, number: str, payee: Payee, back: str) -> HttpResponse:
    try:
        claim = claims.open_claim(actor=request.actor, number=number, payee=payee)
    except (UnknownDossier, Forbidden) as error:
        raise Http404 from error
    except NotClaimable as error:
        messages.error(request, error.message)
        return redirect(back, number)
    return redirect("billing:draft" if claim.state == ClaimState.BROUILLON else "billing:claim", claim.key)


@require_http_methods(["GET", "HEAD", "POST"])
@external_only
def draft(request: PersonRequest, key: str) -> HttpResponse:
    """The page, and what its buttons do."""
    claim = own_or_404(request, key)
    if claim.state != ClaimState.BROUILLON:
        return redirect("billing:claim", claim.key)
    try:
        agreed = agreed_of(claim.dossier, Payee(claim.payee))
    except NotClaimable as error:
        messages.error(request, error.message)
        return redirect("billing:invoices")
    return _posted(request, claim, agreed) if request.method == "POST" else _page(request, claim, agreed)


def own_or_404(request: PersonRequest, key: str) -> Claim:
    """A claim of one's own side."""
    try:
        claim = find_claim(actor=request.actor, key=str(key))
    except UnknownClaim as error:
        raise Http404 from error
    if not may(request.actor, Permission.CLAIM_WRITE, payee_subject(claim)):
        raise Http404
    return claim


def _posted(request: PersonRequest, claim: Claim, agreed: Agreed) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in names_of(agreed) if name in request.POST}
    if "mode" in typed or "certified" in typed:
        typed["attests"] = request.POST.get("attests", "")
    if "tous" in request.POST:
        typed |= everybody_followed(agreed, typed)
    revision = request.POST.get("revision", "")
    try:
        claims.save_claim(
            actor=request.actor,
            key=str(claim.key),
            values=typed,
            revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else None,
        )
    except StaleDraft as error:
        claim.refresh_from_db()
        return _page(request, claim, agreed, refused=_beside(request, error, claim, typed), typed=typed, status=409)
    except OpenOpcoError as error:
        messages.error(request, error.message)
        return redirect("billing:claim", claim.key)
    refused = _join(request, claim)
    if "retirer" in request.POST:
        with suppress(ValueError):
            document_key = str(UUID(request.POST["retirer"]))
            claims.take_off_file(actor=request.actor, key=str(claim.key), document_key=document_key)
    claim = own_or_404(request, str(claim.key))
    if refused:
        return _page(request, claim, agreed, refused=refused, status=422)
    if "envoyer" in request.POST:
        return _send(request, claim, agreed)
    return redirect(f"{request.path}#{_place(request)}")


def _place(request: PersonRequest) -> str:
    """Where the eye was: beside the button that was pressed."""
    zone = request.POST.get("joindre", "")
    if zone in claims.ZONES:
        return target_of(f"zone-{zone}")
    return "done-title" if "tous" in request.POST else "enregistre"


def _beside(request: PersonRequest, error: StaleDraft, claim: Claim, typed: dict[str, str]) -> dict[str, str]:
    """What was saved elsewhere meanwhile, by the field where something else was typed."""
    said = f"{error.message} Les fichiers choisis n'ont pas été joints." if request.FILES else error.message
    elsewhere = {name: str(claim.typed.get(name, "")) for name in typed}
    others = {
        name: f"Enregistré ailleurs entre-temps : {value or 'rien'}. Gardez votre saisie, ou reprenez celle-là."
        for name, value in elsewhere.items()
        if value != " ".join(typed[name].split())
    }
    return {"revision": said, **others}


def _join(request: PersonRequest, claim: Claim) -> dict[str, str]:
    """Every file chosen, each in its zone. Returns why some were not joined, by zone."""
    refused: dict[str, str] = {}

    def refuse(zone: str, sentence: str) -> None:
        refused[f"zone-{zone}"] = f"{refused.get(f'zone-{zone}', '')} {sentence}".strip()

    asked = request.POST.get("joindre", "")
    if asked in claims.ZONES and not request.FILES.getlist(f"file-{asked}"):
        refuse(asked, "Choisissez d'abord un fichier.")
    for zone in claims.ZONES:
        for file in request.FILES.getlist(f"file-{zone}")[:MOST_AT_ONCE]:
            try:
                claims.join_file(actor=request.actor, key=str(claim.key), zone=zone, upload=file)
            except RefusedInvoice as error:
                told = " ".join(finding.sentence for finding in error.findings[:5])
                refuse(zone, f"{name_to_tell(file.name or '')} : {told}")
            except OpenOpcoError as error:
                refuse(zone, f"{name_to_tell(file.name or '')} : {error.message}")
    return refused


def _send(request: PersonRequest, claim: Claim, agreed: Agreed) -> HttpResponse:
    try:
        claims.send_claim(actor=request.actor, key=str(claim.key))
    except NotWhole as error:
        return _page(request, claim, agreed, refused=error.errors, all_errors=True, status=422)
    except (Differs, AlreadyInvoiced) as error:
        return _page(request, claim, agreed, refused={"zone-facture": error.message}, status=422)
    except OpenOpcoError as error:
        return _page(request, claim, agreed, refused={"envoyer": error.message}, status=422)
    messages.success(request, "C'est envoyé : vous serez prévenu de la suite.")
    return redirect("billing:claim", claim.key)


def _page(
    request: PersonRequest,
    claim: Claim,
    agreed: Agreed,
    *,
    refused: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    all_errors: bool = False,
    status: int = 200,
) -> HttpResponse:
    page = page_of(claim, agreed, viewer=request.actor, refused=refused, typed=typed, all_errors=all_errors)
    errors = [ErrorLink(target_of(name), sentence) for name, sentence in (refused or {}).items()]
    context: dict[str, Any] = {
        "page": page,
        "claim": claim,
        "dossier": claim.dossier,
        "errors": (page.errors if all_errors else errors) if status != 200 else [],
        "back": _back(claim),
    }
    return render(request, "billing/draft.html", context, status=status)


def _back(claim: Claim) -> str:
    return "provider:course" if claim.provider_id else "portal:dossier"
