"""« Rattachements »: who asks to act for which establishment or provider, with what proof; an officer accepts or refuses."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from openopco.documents.queries import usable
from openopco.documents.serving import serve
from openopco.habilitations import queries
from openopco.habilitations.actions import accept_membership, refuse_membership
from openopco.habilitations.actions.memberships import proof_key
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.errors import ProofChanged
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.models import Membership
from openopco.kernel.errors import Conflict, OpenOpcoError
from openopco.organisations.queries import elsewhere_in_words
from openopco.rights import Actor, Permission, may
from openopco.web.admin.access import needs
from openopco.web.desk.verifying import tabs
from openopco.web.organisations import private_rows, provider_rows, public_rows
from openopco.web.portal.memberships import card_of, proof_of


class NoteForm(forms.Form):
    """How the officer checked: to be written where no proof is joined."""

    note = forms.CharField(
        label="Comment vous avez vérifié",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Par exemple : Kbis consulté le 12/01 sur l'annuaire, gérant rappelé au standard.",
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Motif du refus",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="La personne le lira : dites ce qui manque et ce qu'elle peut faire.",
    )


@require_safe
@needs(Permission.MEMBERSHIP_DECIDE)
def memberships(request: PersonRequest) -> HttpResponse:
    """Those that wait, oldest first."""
    page = queries.memberships_to_decide(request.actor, request.GET.get("after"))
    rows = [{"membership": each, "proof": proof_of(each.proof)} for each in page.items]
    context = {"page": page, "rows": rows, "tabs": tabs("desk:memberships")}
    return render(request, "desk/identities/memberships.html", context)


@require_safe
@needs(Permission.MEMBERSHIP_DECIDE)
def membership(request: PersonRequest, membership_id: int) -> HttpResponse:
    return _page(request, _found(request, membership_id))


@require_safe
@needs(Permission.MEMBERSHIP_DECIDE)
def proof(request: PersonRequest, membership_id: int) -> HttpResponseBase:
    """The paper joined; that an officer read it is kept."""
    found = _found(request, membership_id)
    if found.proof is None:
        raise Http404
    return serve(found.proof, viewer=request.actor, inline="apercu" in request.GET)


@require_POST
@needs(Permission.MEMBERSHIP_DECIDE)
def accept(request: PersonRequest, membership_id: int) -> HttpResponse:
    found, form = _found(request, membership_id), NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, note=form)
    try:
        accept_membership(
            actor=request.actor,
            membership_id=found.pk,
            note=form.cleaned_data["note"],
            proof=request.POST.get("proof", ""),
        )
    except ProofChanged as error:
        form.add_error("note", error.message)
        return _page(request, found, note=form, status=409)
    except Conflict as error:
        return _too_late(request, found, error)
    except OpenOpcoError as error:
        form.add_error("note", error.message)
        return _page(request, found, note=form)
    messages.success(request, f"{found.user} agit désormais pour {found.organisation.name}.")
    return redirect("desk:memberships")


@require_POST
@needs(Permission.MEMBERSHIP_DECIDE)
def refuse(request: PersonRequest, membership_id: int) -> HttpResponse:
    found, form = _found(request, membership_id), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, reason=form)
    try:
        refuse_membership(actor=request.actor, membership_id=found.pk, reason=form.cleaned_data["reason"])
    except Conflict as error:
        return _too_late(request, found, error)
    except OpenOpcoError as error:
        form.add_error("reason", error.message)
        return _page(request, found, reason=form)
    messages.success(request, f"Le rattachement de {found.user} est refusé : la personne est prévenue.")
    return redirect("desk:memberships")


def _too_late(request: PersonRequest, found: Membership, error: Conflict) -> HttpResponse:
    """Somebody else was first: what was decided, by whom."""
    messages.warning(request, error.message)
    return redirect("desk:membership", found.pk)


def _page(
    request: PersonRequest,
    found: Membership,
    *,
    note: NoteForm | None = None,
    reason: ReasonForm | None = None,
    status: int = 422,
) -> HttpResponse:
    """`status` is that of the page where something was refused."""
    place = found.place
    others = [
        each
        for each in queries.colleagues(request.actor, place)
        if each.user_id != found.user_id and each.state == MembershipState.ACCEPTED
    ]
    failed = note or reason
    context = {
        "membership": found,
        "organisation": found.organisation,
        "card": card_of(found),
        "others": others,
        **_known_of(found, request.actor),
        "note": note or NoteForm(),
        "reason": reason or ReasonForm(),
        "failed": failed,
        "proof_key": proof_key(found),
        "has_proof": found.proof is not None and bool(usable([found.proof])),
        "may_decide": found.state == MembershipState.PENDING
        and may(request.actor, Permission.MEMBERSHIP_DECIDE, place.subject(typed_by=found.user_id)),
    }
    return render(request, "desk/identities/membership.html", context, status=status if failed else 200)


def _known_of(found: Membership, reader: Actor) -> dict[str, Any]:
    """What the house knows of the place, and where to vouch for it."""
    if found.provider is not None:
        return {
            "rows": provider_rows(found.provider),
            "elsewhere": "",
            "verify_url": reverse("desk:provider", args=[found.provider.pk]),
        }
    establishment = found.establishment
    assert establishment is not None
    return {
        "rows": [*public_rows(establishment, reader), *private_rows(establishment)],
        "elsewhere": elsewhere_in_words(establishment),
        "verify_url": reverse("desk:establishment", args=[establishment.pk]),
    }


def _found(request: PersonRequest, membership_id: int) -> Membership:
    found = queries.find_membership(request.actor, membership_id)
    if found is None:
        raise Http404
    return found
