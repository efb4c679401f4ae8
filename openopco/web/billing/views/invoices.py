"""« Mes factures »: what was sent for an employer's requests, by him or by his providers; or by a provider."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from openopco.base.keyset import paginate
from openopco.billing.enums import ClaimState
from openopco.billing.models import Claim
from openopco.billing.queries import PAGE_SIZE, due_of, sent_claims, with_due
from openopco.billing.wording import title_of, word_of
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.queries import current_membership
from openopco.web.portal.memberships import external_only

STATES = (ClaimState.DEPOSEE, ClaimState.A_COMPLETER, ClaimState.VALIDEE, ClaimState.REFUSEE)
CHIPS = {
    "": "Toutes",
    "deposee": "En contrôle",
    "a_completer": "À compléter",
    "validee": "Validées",
    "refusee": "Refusées",
}


@dataclass(frozen=True, slots=True)
class Line:
    claim: Claim
    title: str
    word: str
    tone: str


@require_safe
@external_only
def invoices(request: PersonRequest) -> HttpResponse:
    membership = current_membership(request)
    if membership is None:
        return redirect("portal:dashboard")
    context: dict[str, Any] = {"membership": membership, "is_provider": membership.provider_id is not None, "lines": []}
    context["is_pending"] = membership.state == MembershipState.PENDING
    if not context["is_pending"]:
        context |= _found(request, membership.establishment_id, membership.provider_id)
    return render(request, "billing/invoices.html", context)


def _found(request: PersonRequest, establishment_id: int | None, provider_id: int | None) -> dict[str, Any]:
    state = state_of(request)
    claims = sent_claims(request.actor, establishment_id=establishment_id, provider_id=provider_id)
    claims = claims.filter(state=state) if state else claims
    around = with_due(claims).select_related("dossier", "invoice", "provider")
    page = paginate(around, keys=("updated_at", "id"), after=request.GET.get("after"), size=PAGE_SIZE, descending=True)
    return {
        "page": page,
        "lines": _lines(page.items),
        "chips": [(label, f"?etat={code}" if code else request.path, code == state) for code, label in CHIPS.items()],
        "is_narrowed": bool(state),
        "state": state,
    }


def state_of(request: PersonRequest) -> str:
    """The state that the address asks for; empty for all."""
    state = request.GET.get("etat", "")
    return state if state in CHIPS else ""


def _lines(claims: list[Claim]) -> list[Line]:
    return [Line(claim, title_of(claim), *word_of(claim, due_of(claim))) for claim in claims]
