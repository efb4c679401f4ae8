"""A claim that was sent: where it is, what it says, what comes of it; its files."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openopco import opco
from openopco.billing import tasks
from openopco.billing.actions import claims
from openopco.billing.enums import ClaimState, Origin
from openopco.billing.errors import UnknownClaim
from openopco.billing.models import CLAIM_DOCUMENT, Certificate, Claim, ServiceCheck
from openopco.billing.queries import documents_in, find_claim, payee_subject
from openopco.billing.wording import title_of, word_of
from openopco.documents.models import Document
from openopco.documents.serving import serve
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import OpenOpcoError
from openopco.payments.queries import transfers_of
from openopco.rights import Permission, may
from openopco.web.billing.form import ZONE_TITLES, shown_file
from openopco.web.billing.views.drafts import own_or_404
from openopco.web.billing.wording import next_of
from openopco.web.portal.memberships import external_only
from openopco.web.settlements import settlement_for


@require_safe
@external_only
def claim(request: PersonRequest, key: UUID) -> HttpResponse:
    """Its page, for its payee and for the employer of the request."""
    found = _seen_or_404(request, key)
    if found.state == ClaimState.BROUILLON:
        return redirect("billing:draft", found.key)
    return _page(request, found)


def _page(request: PersonRequest, found: Claim, *, words: str = "", error: str = "") -> HttpResponse:
    told = contents(found)
    context = {**told, **_rights(request, found, told), "words": words, "error": error}
    return render(request, "billing/claim.html", context, status=422 if error else 200)


def contents(found: Claim, *, checks: Sequence[ServiceCheck] | None = None) -> dict[str, Any]:
    """What a claim says, whoever reads it; what comes of a check is read where it was accepted alone. `checks`: its own, the
    latest first, where they are known."""
    is_accepted = found.state == ClaimState.VALIDEE
    dues = list(found.dues.order_by("id")) if is_accepted else []
    word, tone = word_of(found, [due.state for due in dues])
    documents = documents_in(found)
    checks = list(found.checks.order_by("-id")) if checks is None else checks
    certificates = list(found.certificates.order_by("id"))
    return {
        "kept": _kept(found, checks, certificates),
        "claim": found,
        "dossier": found.dossier,
        "title": title_of(found),
        "word": word,
        "tone": tone,
        "invoice": found.invoice,
        "lines": list(found.lines.order_by("id")),
        "certificates": certificates,
        "documents": documents,
        "answers": [
            (each["qui"], datetime.fromisoformat(each["le"]), each["mots"]) for each in found.typed.get("reponses", [])
        ],
        "files": [
            (ZONE_TITLES.get(zone, "Les avoirs"), [shown_file(found, each, can_remove=False) for each in files])
            for zone, files in documents.items()
        ],
        "transfers": [settlement_for(line) for line in transfers_of(found)] if dues else [],
        "checks": checks,
        "credit_notes": list(found.invoice.credit_notes.order_by("id")) if is_accepted and found.invoice else [],
        "credited": sum((due.credited for due in dues), Decimal(0)),
        "payable": sum((due.payable for due in dues), Decimal(0)),
        "employer_part": found.net - found.accepted if is_accepted else None,
    }


def _kept(found: Claim, checks: Sequence[ServiceCheck], certificates: list[Certificate]) -> dict[str, Decimal]:
    """The hours that the controller kept, by row, where they are not those attested."""
    minutes = checks[0].minutes if checks and found.state == ClaimState.VALIDEE else {}
    attested = {each.row: each.minutes for each in certificates}
    return {row: Decimal(some) / 60 for row, some in minutes.items() if some != attested.get(row)}


def _rights(request: PersonRequest, found: Claim, told: dict[str, Any]) -> dict[str, Any]:
    is_payee = may(request.actor, Permission.CLAIM_WRITE, payee_subject(found))
    state = ClaimState(found.state)
    return {
        "is_payee": is_payee,
        "next": next_of(
            found,
            opco.identity().name,
            told["word"],
            is_payee=is_payee,
            came_back=any(each.tone == "bad" for each in told["transfers"]),
        ),
        "can_withdraw": is_payee and state in (ClaimState.DEPOSEE, ClaimState.A_COMPLETER),
        "can_answer": is_payee and state is ClaimState.A_COMPLETER,
        "can_credit": is_payee and state is ClaimState.VALIDEE and found.invoice is not None,
        "can_claim_again": is_payee and state is ClaimState.REFUSEE,
        "is_provider": bool(found.provider_id) and is_payee,
    }


@require_POST
@external_only
def withdraw(request: PersonRequest, key: UUID) -> HttpResponse:
    """Takes it back; a draft is erased with its files."""
    found = own_or_404(request, str(key))
    number, is_provider = found.dossier.number, bool(found.provider_id)
    try:
        claims.withdraw_claim(actor=request.actor, key=str(key))
    except OpenOpcoError as error:
        messages.error(request, error.message)
        return redirect("billing:claim", key)
    messages.success(request, "C'est retiré.")
    return redirect("provider:course" if is_provider else "portal:dossier", number)


@require_http_methods(["POST"])
@external_only
def answer(request: PersonRequest, key: UUID) -> HttpResponse:
    """What the controller asked: files joined, and a word."""
    found = own_or_404(request, str(key))
    words = request.POST.get("reponse", "")
    try:
        for file in request.FILES.getlist("file")[:20]:
            claims.join_file(actor=request.actor, key=str(key), zone="certificats", upload=file)
        claims.answer_claim(actor=request.actor, key=str(key), words=words)
    except OpenOpcoError as error:
        found = own_or_404(request, str(key))
        return _page(request, found, words=words, error=error.message)
    messages.success(request, "Votre réponse est envoyée.")
    return redirect("billing:claim", key)


# --- files -----------------------------------------------------------------------------------------------------------


@require_safe
def document(request: PersonRequest, key: UUID, document_key: UUID) -> HttpResponseBase:
    """A file of the claim, to whoever may read it, the OPCO's people too."""
    found = _seen_or_404(request, key)
    kept = Document.objects.filter(owner_kind=CLAIM_DOCUMENT, owner_id=found.pk, key=document_key).first()
    if kept is None:
        raise Http404
    return serve(kept, viewer=request.actor, inline="apercu" in request.GET)


@require_safe
def invoice_pdf(request: PersonRequest, key: UUID) -> HttpResponse:
    """The Factur-X of an invoice that the portal made."""
    found = _seen_or_404(request, key)
    if found.invoice is None or found.invoice.origin != Origin.GENEREE:
        raise Http404
    return _pdf(tasks.pdf_of(found.invoice), f"facture-{found.invoice.number}.pdf")


@require_safe
def certificate_pdf(request: PersonRequest, key: UUID, certificate_key: UUID) -> HttpResponse:
    """The certificate of one trainee, as it was signed online."""
    found = _seen_or_404(request, key)
    certificate = found.certificates.filter(key=certificate_key).first()
    if certificate is None or not certificate.page:
        raise Http404
    return _pdf(_drawn(certificate), f"certificat-{found.dossier.number}-{certificate.row}.pdf")


def _drawn(certificate: Certificate) -> bytes:
    from openopco.base.pdf import render as typeset

    return typeset("certificate", certificate.page, at=certificate.given_at)


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _seen_or_404(request: PersonRequest, key: UUID) -> Claim:
    try:
        return find_claim(actor=request.actor, key=str(key))
    except UnknownClaim as error:
        raise Http404 from error
