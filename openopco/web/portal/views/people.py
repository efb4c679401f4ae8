"""The people of an establishment, for its administrators; and the invitations that one receives."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from openopco.accounts.models import User
from openopco.accounts.queries import has_confirmed
from openopco.habilitations import queries
from openopco.habilitations.actions import accept_invitation, decline_invitation
from openopco.habilitations.errors import UnknownInvitation
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.models import Invitation
from openopco.habilitations.places import Place
from openopco.habilitations.queries import actor_for
from openopco.kernel.errors import OpenOpcoError
from openopco.web import people
from openopco.web.portal.memberships import external_only

DOOR = people.Door(
    "portal:people", "portal:person", "portal:invitation", "portal:memberships", "Mes habilitations", of_place=False
)


@require_http_methods(["GET", "HEAD", "POST"])
@external_only
def establishment_people(request: PersonRequest, establishment_id: int) -> HttpResponse:
    return people.people_page(request, Place(establishment_id), DOOR)


@require_http_methods(["GET", "HEAD", "POST"])
@external_only
def person(request: PersonRequest, establishment_id: int, membership_id: int) -> HttpResponse:
    return people.person_page(request, Place(establishment_id), membership_id, DOOR)


@require_POST
@external_only
def invitation(request: PersonRequest, establishment_id: int, invitation_id: int) -> HttpResponse:
    return people.invitation_act(request, Place(establishment_id), invitation_id, DOOR)


@require_POST
@external_only
def answer_invitation(request: PersonRequest, invitation_id: int) -> HttpResponse:
    """One's own invitation, from « Mes habilitations »."""
    return _answered(request, invitation_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Where the mail's link leads, signed in or not. It says for which establishment, and names no address."""
    found = queries.invitation_of(token)
    if found is None or not queries.is_open(found):
        return render(request, "people/over.html", status=410 if found else 404)
    is_theirs = _is_for(request, found)
    if request.method == "POST":
        if not is_theirs:
            raise Http404
        return _answered(request, found.pk)  # type: ignore[arg-type]
    onward = urlencode({"next": request.path})
    context = {
        "invitation": found,
        "signed_in": request.user.is_authenticated,
        "is_theirs": is_theirs,
        "sign_in_url": f"{reverse('account_login')}?{onward}",
        "sign_up_url": f"{reverse('account_signup')}?{onward}",
    }
    return render(request, "people/invited.html", context)


def _is_for(request: HttpRequest, found: Invitation) -> bool:
    return isinstance(request.user, User) and not request.user.is_opco and has_confirmed(request.user.pk, found.email)


def _answered(request: PersonRequest, invitation_id: int) -> HttpResponse:
    actor = actor_for(request.user)
    try:
        if request.POST.get("geste") == "decliner":
            decline_invitation(actor=actor, invitation_id=invitation_id)
            messages.success(request, "L'invitation est déclinée.")
        else:
            membership = accept_invitation(actor=actor, invitation_id=invitation_id)
            messages.success(request, f"Vous agissez désormais pour {membership.organisation.name}.")
    except UnknownInvitation as error:
        raise Http404 from error
    except OpenOpcoError as error:
        messages.error(request, error.message)
    return redirect("portal:memberships")
