"""What a claim gives to be looked at or signed by hand: the pages of its files as pictures, certificates to be printed."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from openopco.billing.actions.claims import read_claim
from openopco.billing.drafting import INVOICE
from openopco.billing.enums import ClaimState
from openopco.billing.errors import NotClaimable, UnknownClaim
from openopco.billing.models import CLAIM_DOCUMENT
from openopco.billing.queries import agreed_of, find_claim
from openopco.billing.to_sign import sheets
from openopco.documents.models import Document
from openopco.documents.serving import serve_page
from openopco.funding.enums import Payee
from openopco.habilitations.http import PersonRequest
from openopco.web.billing.views.drafts import own_or_404
from openopco.web.portal.memberships import external_only

SIGNABLE = (ClaimState.BROUILLON, ClaimState.A_COMPLETER)


@require_safe
def page(request: PersonRequest, key: UUID, document_key: UUID, number: int) -> HttpResponse:
    """A page of a file of the claim as a picture, to whoever may read the file."""
    try:
        found = find_claim(actor=request.actor, key=str(key))
    except UnknownClaim as error:
        raise Http404 from error
    kept = Document.objects.filter(owner_kind=CLAIM_DOCUMENT, owner_id=found.pk, key=document_key).first()
    # What did not draw when it was joined is not tried again at each look.
    if kept is None or kept.zone != INVOICE or number > int(found.typed.get("shown", 0)):
        raise Http404
    return serve_page(kept, viewer=request.actor, number=number)


@require_safe
@external_only
def certificates_to_sign(request: PersonRequest, key: UUID) -> HttpResponse:
    """One certificate for each trainee, with what was typed so far, in one PDF to print and sign by hand."""
    claim = own_or_404(request, str(key))
    if claim.state not in SIGNABLE:
        return redirect("billing:claim", claim.key)
    try:
        agreed = agreed_of(claim.dossier, Payee(claim.payee))
    except NotClaimable as error:
        messages.error(request, error.message)
        return redirect("billing:invoices")
    told = sheets(read_claim(claim, agreed), agreed)
    if not told["certificates"]:
        messages.error(request, "Personne n'a suivi la formation : il n'y a pas de certificat à signer.")
        return redirect("billing:claim", claim.key)
    from openopco.base.pdf import render as typeset

    content = typeset("certificates", told, at=timezone.now())
    headers = {
        "Content-Disposition": f'attachment; filename="certificats-a-signer-{claim.dossier.number}.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)
