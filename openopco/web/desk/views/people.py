"""The people of an establishment or of a provider, for officers: to see, and to repair."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from openopco.habilitations.http import PersonRequest
from openopco.habilitations.places import Place
from openopco.rights import Permission
from openopco.web import people
from openopco.web.admin.access import needs

DOOR = people.Door(
    "desk:people", "desk:person", "desk:invitation", "desk:establishment", "L'établissement", of_place=True
)
PROVIDER_DOOR = people.Door(
    "desk:provider_people",
    "desk:provider_person",
    "desk:provider_invitation",
    "desk:provider",
    "L'organisme",
    of_place=True,
    the="l'organisme",
)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MEMBERSHIP_DECIDE)
def establishment_people(request: PersonRequest, establishment_id: int) -> HttpResponse:
    return people.people_page(request, Place(establishment_id), DOOR)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MEMBERSHIP_DECIDE)
def person(request: PersonRequest, establishment_id: int, membership_id: int) -> HttpResponse:
    return people.person_page(request, Place(establishment_id), membership_id, DOOR)


@require_POST
@needs(Permission.MEMBERSHIP_DECIDE)
def invitation(request: PersonRequest, establishment_id: int, invitation_id: int) -> HttpResponse:
    return people.invitation_act(request, Place(establishment_id), invitation_id, DOOR)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MEMBERSHIP_DECIDE)
def provider_people(request: PersonRequest, provider_id: int) -> HttpResponse:
    return people.people_page(request, Place(provider_id=provider_id), PROVIDER_DOOR)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MEMBERSHIP_DECIDE)
def provider_person(request: PersonRequest, provider_id: int, membership_id: int) -> HttpResponse:
    return people.person_page(request, Place(provider_id=provider_id), membership_id, PROVIDER_DOOR)


@require_POST
@needs(Permission.MEMBERSHIP_DECIDE)
def provider_invitation(request: PersonRequest, provider_id: int, invitation_id: int) -> HttpResponse:
    return people.invitation_act(request, Place(provider_id=provider_id), invitation_id, PROVIDER_DOOR)
