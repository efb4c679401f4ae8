"""The people of an establishment, as its administrators and the officers see and change them: what the two doors share."""

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
from openopco.kernel.errors import OpenOpcoError
from openopco.organisations.models import Establishment
from openopco.rights import Permission, Subject, may


@dataclass(frozen=True, slots=True)
class Door:
    """The addresses of one side of the counter: `space` names its routes; `back` is where its page came from."""

    space: str
    back: str
    back_label: str

    def people(self, establishment_id: int) -> str:
        return reverse(f"{self.space}:people", args=[establishment_id])

    def back_url(self, establishment_id: int) -> str:
        return reverse(self.back, args=[] if self.space == "portal" else [establishment_id])


class InviteForm(forms.Form):
    email = forms.CharField(
        label="Adresse e-mail",
        error_messages={"required": "Indiquez l'adresse e-mail de la personne."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
        help_text="La personne crée son compte avec cette adresse, ou l'a déjà créé.",
    )
    role = forms.ChoiceField(
        label="En qualité de",
        choices=[
            (MembershipRole.DECLARANT, "Déclarant : dépose et suit les demandes"),
            (MembershipRole.ADMINISTRATEUR, "Administrateur : de plus, dit qui agit pour l'établissement"),
        ],
        initial=MembershipRole.DECLARANT,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une qualité.", "invalid_choice": "Choisissez une qualité."},
    )


class PersonForm(forms.Form):
    """Why somebody is refused."""

    reason = forms.CharField(
        label="Motif du refus",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="La personne le lira.",
    )


def managed_or_404(request: PersonRequest, establishment_id: int) -> Establishment:
    """The establishment whose people the reader manages."""
    if not may(request.actor, Permission.MEMBERSHIP_MANAGE, Subject(establishment_id)):
        raise Http404
    found = Establishment.objects.select_related("company").filter(pk=establishment_id).first()
    if found is None:
        raise Http404
    return found


def people_page(request: PersonRequest, establishment_id: int, door: Door) -> HttpResponse:
    """Who acts, who asks, who is invited; an invitation sent by POST."""
    place = managed_or_404(request, establishment_id)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _invited(request, place, form):
        messages.success(request, f"L'invitation est partie à {form.cleaned_data['email'].strip()}.")
        return redirect(door.people(place.pk))
    live = list(queries.colleagues(request.actor, place.pk))
    context = {
        "establishment": place,
        "door": door,
        "back_url": door.back_url(place.pk),
        "accepted": [each for each in live if each.state == MembershipState.ACCEPTED],
        "waiting": [each for each in live if each.state == MembershipState.PENDING],
        "invitations": [(each, queries.is_open(each)) for each in queries.pending_invitations(request.actor, place.pk)],
        "form": form,
        "person_route": f"{door.space}:person",
        "invitation_route": f"{door.space}:invitation",
    }
    return render(request, "people/people.html", context, status=422 if form.errors else 200)


def _invited(request: PersonRequest, place: Establishment, form: InviteForm) -> bool:
    role = MembershipRole(form.cleaned_data["role"])
    try:
        invite(actor=request.actor, establishment_id=place.pk, email=form.cleaned_data["email"], role=role)
    except OpenOpcoError as error:
        form.add_error("email", error.message)
    return not form.errors


def person_page(request: PersonRequest, establishment_id: int, membership_id: int, door: Door) -> HttpResponse:
    """One person: her role, her request, her leaving. `geste`: qualite, accepter, refuser, terminer."""
    place = managed_or_404(request, establishment_id)
    membership = queries.find_membership(request.actor, membership_id)
    if membership is None or membership.establishment_id != place.pk:
        raise Http404
    form, refusal = PersonForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST":
        try:
            done = _act(request, membership)
        except OpenOpcoError as error:
            refusal = error.message
            if request.POST.get("geste") == "refuser" and form.is_valid():
                form.add_error("reason", refusal)
        else:
            messages.success(request, done)
            return redirect(
                door.people(place.pk) if request.actor.user_id != membership.user_id else door.back_url(place.pk)
            )
    if membership.state not in LIVE_STATES and not refusal:
        return redirect(door.people(place.pk))
    context: dict[str, Any] = {
        "establishment": place,
        "membership": membership,
        "back_url": door.people(place.pk),
        "form": form,
        "refusal": refusal,
        "is_oneself": membership.user_id == request.actor.user_id,
        "is_administrator": membership.role == MembershipRole.ADMINISTRATEUR,
        "is_pending": membership.state == MembershipState.PENDING,
        "is_opco": request.actor.is_opco,
    }
    return render(request, "people/person.html", context, status=422 if refusal else 200)


def _act(request: PersonRequest, membership: Membership) -> str:
    """Does what was asked, and says it."""
    who, actor, pk = str(membership.user), request.actor, membership.pk
    gesture = request.POST.get("geste", "")
    if gesture == "accepter":
        accept_membership(actor=actor, membership_id=pk, note=request.POST.get("note", ""))
        return f"{who} agit désormais pour l'établissement."
    if gesture == "refuser":
        refuse_membership(actor=actor, membership_id=pk, reason=request.POST.get("reason", ""))
        return f"La demande de {who} est refusée : la personne est prévenue."
    if gesture == "terminer":
        end_membership(actor=actor, membership_id=pk)
        return f"{who} n'agit plus pour l'établissement. Ses demandes et ses brouillons y restent."
    if gesture in ("administrateur", "declarant"):
        role = MembershipRole.ADMINISTRATEUR if gesture == "administrateur" else MembershipRole.DECLARANT
        set_membership_role(actor=actor, membership_id=pk, role=role)
        return f"{who} : {role.label.lower()}."
    raise Http404


def invitation_act(request: PersonRequest, establishment_id: int, invitation_id: int, door: Door) -> HttpResponse:
    """Sends an invitation again, or takes it back."""
    place = managed_or_404(request, establishment_id)
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
    return redirect(door.people(place.pk))
