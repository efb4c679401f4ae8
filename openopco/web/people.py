"""The people of an establishment, or of a training provider, as its administrators and the officers see and change them:
what the doors share."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from openopco.habilitations import queries
from openopco.habilitations.actions import (
    accept_membership,
    end_membership,
    invite,
    refuse_membership,
    resend_invitation,
    revoke_invitation,
    set_membership_role,
)
from openopco.habilitations.enums import LIVE_STATES, MembershipRole, MembershipState
from openopco.habilitations.errors import UnknownInvitation
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.models import Membership
from openopco.habilitations.places import Place
from openopco.kernel.errors import OpenOpcoError
from openopco.organisations.models import Establishment, Provider
from openopco.rights import Permission, may


@dataclass(frozen=True, slots=True)
class Door:
    """The addresses of one side of the counter; `back` is where its page came from, `of_place` whether that is a page of the
    place; `the` names such a place."""

    people: str
    person: str
    invitation: str
    back: str
    back_label: str
    of_place: bool
    the: str = "l'établissement"

    def people_url(self, place: Place) -> str:
        return reverse(self.people, args=[place.pk])

    def back_url(self, place: Place) -> str:
        return reverse(self.back, args=[place.pk] if self.of_place else [])


class InviteForm(forms.Form):
    email = forms.CharField(
        label="Adresse e-mail",
        error_messages={"required": "Indiquez l'adresse e-mail de la personne."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
        help_text="La personne crée son compte avec cette adresse, ou l'a déjà créé.",
    )
    role = forms.ChoiceField(
        label="En qualité de",
        choices=[],
        initial=MembershipRole.DECLARANT,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une qualité.", "invalid_choice": "Choisissez une qualité."},
    )

    def __init__(self, data: Any, place: Place) -> None:
        super().__init__(data)
        self.fields["role"].choices = PROVIDER_ROLES if place.is_provider else ROLES  # type: ignore[attr-defined]


ROLES = [
    (MembershipRole.DECLARANT, "Déclarant : dépose et suit les demandes"),
    (MembershipRole.ADMINISTRATEUR, "Administrateur : de plus, dit qui agit pour l'établissement"),
]
PROVIDER_ROLES = [
    (MembershipRole.DECLARANT, "Membre : lit les dossiers des formations accordées"),
    (MembershipRole.ADMINISTRATEUR, "Administrateur : de plus, dit qui agit pour l'organisme"),
]


class PersonForm(forms.Form):
    """Why somebody is refused."""

    reason = forms.CharField(
        label="Motif du refus",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="La personne le lira.",
    )


def managed_or_404(request: PersonRequest, place: Place) -> Establishment | Provider:
    """The establishment, or the provider, whose people the reader manages."""
    if not may(request.actor, Permission.MEMBERSHIP_MANAGE, place.subject()):
        raise Http404
    found: Establishment | Provider | None = (
        (Provider if place.is_provider else Establishment).objects.filter(pk=place.pk).first()
    )
    if found is None:
        raise Http404
    return found


def people_page(request: PersonRequest, place: Place, door: Door) -> HttpResponse:
    """Who acts, who asks, who is invited; an invitation sent by POST."""
    organisation = managed_or_404(request, place)
    form = InviteForm(request.POST if request.method == "POST" else None, place)
    if form.is_bound and form.is_valid() and _invited(request, place, form):
        messages.success(request, f"L'invitation est partie à {form.cleaned_data['email'].strip()}.")
        return redirect(door.people_url(place))
    live = list(queries.colleagues(request.actor, place))
    context = {
        "organisation": organisation,
        "door": door,
        "back_url": door.back_url(place),
        "accepted": [each for each in live if each.state == MembershipState.ACCEPTED],
        "waiting": [each for each in live if each.state == MembershipState.PENDING],
        "invitations": [(each, queries.is_open(each)) for each in queries.pending_invitations(request.actor, place)],
        "form": form,
    }
    return render(request, "people/people.html", context, status=422 if form.errors else 200)


def _invited(request: PersonRequest, place: Place, form: InviteForm) -> bool:
    role = MembershipRole(form.cleaned_data["role"])
    try:
        invite(actor=request.actor, place=place, email=form.cleaned_data["email"], role=role)
    except OpenOpcoError as error:
        form.add_error("email", error.message)
    return not form.errors


def person_page(request: PersonRequest, place: Place, membership_id: int, door: Door) -> HttpResponse:
    """One person: her role, her request, her leaving. `geste`: qualite, accepter, refuser, terminer."""
    organisation = managed_or_404(request, place)
    membership = queries.find_membership(request.actor, membership_id)
    if membership is None or membership.place != place:
        raise Http404
    form, refusal = PersonForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST":
        try:
            done = _act(request, membership, door)
        except OpenOpcoError as error:
            refusal = error.message
            if request.POST.get("geste") == "refuser" and form.is_valid():
                form.add_error("reason", refusal)
        else:
            messages.success(request, done)
            is_own = request.actor.user_id == membership.user_id
            return redirect(door.back_url(place) if is_own else door.people_url(place))
    if membership.state not in LIVE_STATES and not refusal:
        return redirect(door.people_url(place))
    context: dict[str, Any] = {
        "organisation": organisation,
        "door": door,
        "membership": membership,
        "back_url": door.people_url(place),
        "form": form,
        "refusal": refusal,
        "is_oneself": membership.user_id == request.actor.user_id,
        "is_administrator": membership.role == MembershipRole.ADMINISTRATEUR,
        "is_pending": membership.state == MembershipState.PENDING,
        "is_opco": request.actor.is_opco,
    }
    return render(request, "people/person.html", context, status=422 if refusal else 200)


def _act(request: PersonRequest, membership: Membership, door: Door) -> str:
    """Does what was asked, and says it."""
    who, actor, pk = str(membership.user), request.actor, membership.pk
    gesture = request.POST.get("geste", "")
    if gesture == "accepter":
        accept_membership(actor=actor, membership_id=pk, note=request.POST.get("note", ""))
        return f"{who} agit désormais pour {door.the}."
    if gesture == "refuser":
        refuse_membership(actor=actor, membership_id=pk, reason=request.POST.get("reason", ""))
        return f"La demande de {who} est refusée : la personne est prévenue."
    if gesture == "terminer":
        end_membership(actor=actor, membership_id=pk)
        return f"{who} n'agit plus pour {door.the}. Ce que cette personne y a fait reste."
    if gesture in ("administrateur", "declarant"):
        role = MembershipRole.ADMINISTRATEUR if gesture == "administrateur" else MembershipRole.DECLARANT
        changed = set_membership_role(actor=actor, membership_id=pk, role=role)
        return f"{who} : {changed.role_in_words.lower()}."
    raise Http404


def invitation_act(request: PersonRequest, place: Place, invitation_id: int, door: Door) -> HttpResponse:
    """Sends an invitation again, or takes it back."""
    managed_or_404(request, place)
    acts = {"renvoyer": resend_invitation, "retirer": revoke_invitation}
    act = acts.get(request.POST.get("geste", ""))
    if act is None:
        raise Http404
    try:
        act(actor=request.actor, invitation_id=invitation_id)
    except UnknownInvitation as error:
        raise Http404 from error
    except OpenOpcoError as error:
        messages.error(request, error.message)
    else:
        again = act is resend_invitation
        messages.success(request, "L'invitation est repartie." if again else "L'invitation est retirée.")
    return redirect(door.people_url(place))
