"""« Mes règlements » of a training provider: the transfers made to it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openopco.habilitations.enums import MembershipState
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.models import Membership
from openopco.habilitations.places import Place
from openopco.payments import queries
from openopco.web.provider.access import acting_for_provider
from openopco.web.settlements import settlements


@require_safe
@acting_for_provider
def mine(request: PersonRequest, membership: Membership) -> HttpResponse:
    context: dict[str, Any] = {"provider": membership.provider, "page": None, "lines": []}
    context["is_pending"] = membership.state == MembershipState.PENDING
    if not context["is_pending"]:
        place = Place(provider_id=membership.provider_id)
        page = queries.payments_to(request.actor, place, request.GET.get("after"))
        context |= {"page": page, "lines": settlements(page.items)}
    return render(request, "provider/settlements.html", context)
