"""The people of an establishment, for officers: to see, and to repair."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from openopco.habilitations.http import PersonRequest
from openopco.rights import Permission
from openopco.web import people
from openopco.web.admin.access import needs

DOOR = people.Door("desk", "desk:establishment", "L'établissement")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MEMBERSHIP_DECIDE)
def establishment_people(request: PersonRequest, establishment_id: int) -> HttpResponse:
    return people.people_page(request, establishment_id, DOOR)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MEMBERSHIP_DECIDE)
def person(request: PersonRequest, establishment_id: int, membership_id: int) -> HttpResponse:
    return people.person_page(request, establishment_id, membership_id, DOOR)


@require_POST
@needs(Permission.MEMBERSHIP_DECIDE)
def invitation(request: PersonRequest, establishment_id: int, invitation_id: int) -> HttpResponse:
    return people.invitation_act(request, establishment_id, invitation_id, DOOR)
