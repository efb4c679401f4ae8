"""The billing mandate of a training provider: read, accepted, ended by one of its administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openopco import opco
from openopco.billing.actions import mandates
from openopco.billing.queries import mandate_of
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.models import Membership
from openopco.rights import Permission, Subject, may
from openopco.web.provider.access import acting_for_provider


@require_http_methods(["GET", "HEAD", "POST"])
@acting_for_provider
def mandate(request: PersonRequest, membership: Membership) -> HttpResponse:
    provider = membership.provider
    assert provider is not None
    can = may(request.actor, Permission.MANDATE_ACCEPT, Subject(provider_id=provider.pk))
    if request.method == "POST":
        return _done(request, provider.pk)
    context = {
        "provider": provider,
        "mandate": mandate_of(provider.pk) if membership.state == MembershipState.ACCEPTED else None,
        "can": can,
        "opco_name": opco.identity().name,
    }
    return render(request, "billing/mandate.html", context)


def _done(request: PersonRequest, provider_id: int) -> HttpResponse:
    if "terminer" in request.POST:
        mandates.end_mandate(actor=request.actor, provider_id=provider_id)
        messages.success(request, "Le mandat est terminé : déposez désormais vos propres factures.")
    else:
        mandates.accept_mandate(actor=request.actor, provider_id=provider_id)
        messages.success(request, "Le mandat est accepté : le portail peut établir vos factures.")
    return redirect("billing:mandate")
