"""Asking to act for an establishment or a training provider, and the officer's answer."""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from openopco.base.actions import action
from openopco.documents.actions import accept_upload
from openopco.documents.inspect import ExaminedFile
from openopco.documents.models import Document
from openopco.documents.queries import usable
from openopco.habilitations import notices, workflow
from openopco.habilitations.actions._common import (
    is_closed,
    keep_an_administrator,
    lock_membership,
    outsider,
    record_membership,
    role_at_first,
    take_back_invitations,
)
from openopco.habilitations.effects import run_accepted
from openopco.habilitations.enums import LIVE_STATES, MembershipRole, MembershipState
from openopco.habilitations.errors import (
    NotPossibleNow,
    ProofChanged,
    ProofNeeded,
    ReasonNeeded,
    TooManyPending,
    UnknownMembership,
)
from openopco.habilitations.models import Membership
from openopco.habilitations.places import Place
from openopco.habilitations.queries import SESSION_KEYS
from openopco.habilitations.rules import MOST_PENDING, is_reason
from openopco.habilitations.workflow import Event
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text, refuse_too_long
from openopco.organisations.errors import ClosedEstablishment
from openopco.organisations.models import Establishment, Provider
from openopco.rights import Actor, Permission, Subject, require

OWNER_KIND = "membership"
PROOF_ZONE = "justificatif"
LONGEST_WORDS = 500


@action
def request_membership(*, actor: Actor, place: Place) -> Membership:
    """Asks to act for a place: « rattachement à valider », first of the SIRET or not. Asked again while one is
    live, it is the same. For whoever signed in from outside the OPCO. Raises Forbidden, TooManyPending,
    ClosedEstablishment."""
    user = outsider(actor)
    if is_closed(_organisation(place)):
        raise ClosedEstablishment
    mine = Membership.objects.filter(user=user, state__in=LIVE_STATES).order_by("id")
    live = mine.filter(**place.of_it).first()
    if live is not None:
        return live
    if mine.filter(state=MembershipState.PENDING).count() >= MOST_PENDING:
        raise TooManyPending
    membership = Membership.objects.create(user=user, **place.of_it, requested_at=timezone.now())
    record_membership(membership, "demander", actor)
    notices.tell_somebody_asks(membership)
    return membership


def _organisation(place: Place) -> Establishment | Provider:
    model = Provider if place.is_provider else Establishment
    return model.objects.get(pk=place.pk)


def add_proof(*, actor: Actor, membership_id: int, upload: "UploadedFile[Any] | ExaminedFile") -> Membership:
    """Joins the paper that shows the tie, at the request or later, by the holder while it is pending; a new one takes
    the place of the old. Raises UnknownMembership, NotPossibleNow, RefusedFile, Unavailable."""
    own = Membership.objects.filter(pk=membership_id).first()
    if own is None or own.user_id != actor.user_id:
        raise UnknownMembership
    workflow.find(MembershipState(own.state), Event.ACCEPTER)
    # Opening the file takes seconds: outside the transaction.
    document = accept_upload(actor=actor, owner_kind=OWNER_KIND, owner_id=membership_id, zone=PROOF_ZONE, upload=upload)
    return _join(actor=actor, membership_id=membership_id, document=document)


@action
def accept_membership(*, actor: Actor, membership_id: int, note: str = "", proof: str | None = None) -> Membership:
    """An officer accepts the proof, or writes in `note` how he checked without one; an administrator of the
    place knows whom he lets in. Nobody accepts his own. The first one accepted administers the place.
    `proof`: the key of the paper that his page showed, empty for none; None where no page did.
    Raises Forbidden, NotPossibleNow, ProofChanged, ProofNeeded."""
    membership = _locked_for_decision(actor, membership_id, Event.ACCEPTER)
    if proof is not None and proof != proof_key(membership):
        raise ProofChanged
    note = refuse_too_long(refuse_nir(clean_text(note)), LONGEST_WORDS)
    if actor.is_opco and not _has_proof(membership) and not is_reason(note):
        raise ProofNeeded
    membership.role = role_at_first(membership.place)
    _decide(membership, Event.ACCEPTER, actor, note)
    run_accepted(membership)
    name = membership.organisation.name
    notices.tell_holder(membership, f"Votre rattachement à {name} est accepté.")
    notices.tell_colleagues(membership)
    return membership


@action
def refuse_membership(*, actor: Actor, membership_id: int, reason: str) -> Membership:
    """An officer, or an administrator of the place, refuses, and writes why: the person reads it.
    Raises Forbidden, NotPossibleNow, ReasonNeeded."""
    membership = _locked_for_decision(actor, membership_id, Event.REFUSER)
    reason = refuse_too_long(refuse_nir(clean_text(reason)), LONGEST_WORDS)
    if not is_reason(reason):
        raise ReasonNeeded
    _decide(membership, Event.REFUSER, actor, reason)
    name = membership.organisation.name
    notices.tell_holder(membership, f"Votre rattachement à {name} n'est pas accepté : lisez pourquoi.")
    return membership


@action
def end_membership(*, actor: Actor, membership_id: int) -> Membership:
    """Ends a membership, from the holder's very next request on; what he typed stays the place's. By the
    holder, an administrator of the place, or an officer.
    Raises Forbidden, UnknownMembership, NotPossibleNow, LastAdministrator."""
    membership = lock_membership(membership_id)
    line = workflow.find(MembershipState(membership.state), Event.TERMINER)
    is_own = actor.user_id is not None and membership.user_id == actor.user_id
    if not (is_own and line.own):
        require(actor, line.permission, _subject(membership))
    keep_an_administrator(membership, leaves=True)
    workflow.apply(membership, Event.TERMINER)
    membership.ended_at = timezone.now()
    membership.save()
    record_membership(membership, Event.TERMINER, actor)
    take_back_invitations(membership, actor)
    if not is_own:
        notices.tell_holder(membership, f"Votre rattachement à {membership.organisation.name} a pris fin.")
    notices.tell_somebody_left(membership, but=actor.user_id)
    return membership


def switch_place(*, memberships: tuple[Membership, ...], session: SessionBase, place: Place) -> None:
    """Chooses for what the person acts from now on. `memberships`: those of `request.access`. Raises UnknownMembership for
    any other."""
    if place not in {membership.place for membership in memberships}:
        raise UnknownMembership
    for name in SESSION_KEYS:
        session.pop(name, None)
    session.update(place.of_it)


@action
def set_membership_role(*, actor: Actor, membership_id: int, role: MembershipRole) -> Membership:
    """As what an accepted person acts. By an administrator of the place, or an officer.
    Raises Forbidden, UnknownMembership, NotPossibleNow, LastAdministrator."""
    membership = lock_membership(membership_id)
    require(actor, Permission.MEMBERSHIP_MANAGE, membership.place.subject())
    if membership.state != MembershipState.ACCEPTED:
        raise NotPossibleNow
    if membership.role == role:
        return membership
    keep_an_administrator(membership, leaves=False)
    before, membership.role = membership.role, role
    membership.save()
    record_membership(membership, "qualite", actor, avant=str(before), apres=str(role))
    if role != MembershipRole.ADMINISTRATEUR:
        take_back_invitations(membership, actor)
    if membership.user_id != actor.user_id:
        notices.tell_new_role(membership)
    return membership


@action
def _join(*, actor: Actor, membership_id: int, document: Document) -> Membership:
    membership = lock_membership(membership_id)
    workflow.find(MembershipState(membership.state), Event.ACCEPTER)
    membership.proof = document
    membership.save()
    record_membership(membership, "justifier", actor, document=str(document.key))
    return membership


def _locked_for_decision(actor: Actor, membership_id: int, event: Event) -> Membership:
    membership = lock_membership(membership_id)
    line = workflow.find(MembershipState(membership.state), event)
    require(actor, line.permission, _subject(membership))
    return membership


def _decide(membership: Membership, event: Event, actor: Actor, reason: str) -> None:
    workflow.apply(membership, event)
    membership.decided_at, membership.decided_by_id, membership.reason = timezone.now(), actor.user_id, reason
    membership.save()
    record_membership(membership, event, actor, role=str(membership.role))


def proof_key(membership: Membership) -> str:
    """Names the paper joined; empty without one."""
    return str(membership.proof.key) if membership.proof else ""


def _has_proof(membership: Membership) -> bool:
    return membership.proof is not None and bool(usable([membership.proof]))


def _subject(membership: Membership) -> Subject:
    return membership.place.subject(typed_by=membership.user_id)
