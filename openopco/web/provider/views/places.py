"""The training provider itself: what is known of it, and its people."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openopco.habilitations.enums import MembershipState
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.places import Place
from openopco.web import people
from openopco.web.organisations import provider_rows
from openopco.web.portal.memberships import external_only

DOOR = people.Door(
    "provider:people",
    "provider:person",
    "provider:invitation",
    "portal:memberships",
    "Mes habilitations",
    of_place=False,
    the="l'organisme",
)


@require_safe
@external_only
def identity(request: PersonRequest, provider_id: int) -> HttpResponse:
    """What the registries and the house tell of a provider, for its own people: those who wait read this alone."""
    membership = next((each for each in request.access.memberships if each.provider_id == provider_id), None)
    if membership is None or membership.provider is None:
        raise Http404
    context = {
        "provider": membership.provider,
        "rows": provider_rows(membership.provider),
        "is_pending": membership.state == MembershipState.PENDING,
    }
    return render(request, "provider/identity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@external_only
def provider_people(request: PersonRequest, provider_id: int) -> HttpResponse:
    return people.people_page(request, Place(provider_id=provider_id), DOOR)


@require_http_methods(["GET", "HEAD", "POST"])
@external_only
def person(request: PersonRequest, provider_id: int, membership_id: int) -> HttpResponse:
    return people.person_page(request, Place(provider_id=provider_id), membership_id, DOOR)


@require_POST
@external_only
def invitation(request: PersonRequest, provider_id: int, invitation_id: int) -> HttpResponse:
    return people.invitation_act(request, Place(provider_id=provider_id), invitation_id, DOOR)
