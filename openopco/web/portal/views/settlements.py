"""« Mes règlements » of an employer: the transfers to his establishment; apart, those to providers for his requests."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from openopco.habilitations.enums import MembershipState
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.places import Place
from openopco.habilitations.queries import current_membership
from openopco.payments import queries
from openopco.web.portal.memberships import external_only
from openopco.web.settlements import settlement_for, settlements


@require_safe
@external_only
def mine(request: PersonRequest) -> HttpResponse:
    return _page(request, to_providers=False)


@require_safe
@external_only
def for_me(request: PersonRequest) -> HttpResponse:
    """Those made to providers for his requests."""
    return _page(request, to_providers=True)


def _page(request: PersonRequest, *, to_providers: bool) -> HttpResponse:
    membership = current_membership(request)
    if membership is not None and membership.provider_id is not None:
        return redirect("provider:settlements")
    context: dict[str, Any] = {
        "lines": [],
        "page": None,
        "is_pending": False,
        "to_providers": to_providers,
        "place": None,
    }
    if membership is not None and membership.establishment_id is not None:
        context["place"] = membership.establishment
        context["is_pending"] = membership.state == MembershipState.PENDING
        if not context["is_pending"]:
            place, after = Place(establishment_id=membership.establishment_id), request.GET.get("after")
            context |= _lines(request, place, after, to_providers=to_providers)
    return render(request, "portal/settlements.html", context)


def _lines(request: PersonRequest, place: Place, after: str | None, *, to_providers: bool) -> dict[str, Any]:
    if to_providers:
        lines = queries.payments_for(request.actor, place, after)
        return {"page": lines, "lines": [settlement_for(each) for each in lines.items]}
    page = queries.payments_to(request.actor, place, after)
    return {"page": page, "lines": settlements(page.items)}
