"""Asking somebody in by his e-mail, whether or not he has an account yet: the answer is the same."""

from datetime import timedelta

from django.utils import timezone

from openopco.accounts.models import User
from openopco.accounts.queries import has_confirmed
from openopco.base.actions import action
from openopco.habilitations import notices, workflow
from openopco.habilitations.actions._common import (
    close_invitation,
    hold,
    is_closed,
    outsider,
    record_invitation,
    record_membership,
    role_at_first,
)
from openopco.habilitations.effects import run_accepted
from openopco.habilitations.enums import LIVE_STATES, InvitationState, MembershipRole, MembershipState
from openopco.habilitations.errors import (
    AlreadyAsked,
    AlreadyInvited,
    AlreadyThere,
    InvitationOver,
    JustSent,
    TooManyInvitations,
    UnknownInvitation,
)
from openopco.habilitations.models import Invitation, Membership
from openopco.habilitations.places import Place
from openopco.habilitations.queries import actor_for, is_open
from openopco.habilitations.rules import MOST_INVITATIONS_PER_DAY, may_send_again
from openopco.habilitations.tokens import digest_of, new_token
from openopco.habilitations.workflow import Event
from openopco.kernel.calendar import paris_today
from openopco.kernel.identifiers import parse_email
from openopco.opco import parameters
from openopco.organisations.errors import ClosedEstablishment
from openopco.rights import Actor, Permission, may, require

PENDING = InvitationState.PENDING


@action
def invite(*, actor: Actor, place: Place, email: str, role: MembershipRole) -> Invitation:
    """Mails a link that lets its reader in, as `role`. By an administrator of the place, or an officer.
    Raises Forbidden, InvalidValue, AlreadyThere, AlreadyAsked, AlreadyInvited, TooManyInvitations,
    ClosedEstablishment."""
    require(actor, Permission.MEMBERSHIP_MANAGE, place.subject())
    address = parse_email(email).lower()
    _hold_open(place)
    _refuse_too_many(actor)
    _refuse_known(place, address)
    now = timezone.now()
    kept = Invitation.objects.filter(**place.of_it, email=address, state=PENDING).first()
    if kept is not None and kept.expires_at > now:
        raise AlreadyInvited
    invitation = kept or Invitation(**place.of_it, email=address, created_at=now, sendings=0)
    return _send(invitation, actor, role)


@action
def resend_invitation(*, actor: Actor, invitation_id: int) -> Invitation:
    """Mails a new link, for as long again; the former one opens nothing any more.
    Raises Forbidden, UnknownInvitation, InvitationOver, JustSent, TooManyInvitations."""
    invitation = _managed(actor, invitation_id)
    if not may_send_again(sendings=invitation.sendings, last=invitation.sent_at, now=timezone.now()):
        raise JustSent
    _refuse_too_many(actor)
    return _send(invitation, actor, MembershipRole(invitation.role))


@action
def revoke_invitation(*, actor: Actor, invitation_id: int) -> Invitation:
    """Takes an invitation back: its link opens nothing any more. Raises Forbidden, UnknownInvitation, InvitationOver."""
    invitation = _managed(actor, invitation_id)
    close_invitation(invitation, InvitationState.REVOKED, "retirer", actor)
    return invitation


@action
def accept_invitation(*, actor: Actor, invitation_id: int) -> Membership:
    """Whoever owns the address acts for the place from now on, as whoever invited him wanted it, if that one may
    still want it. Raises Forbidden, UnknownInvitation, InvitationOver, ClosedEstablishment."""
    user = outsider(actor)
    invitation = _own(user, invitation_id)
    if not _still_wanted(invitation):
        raise InvitationOver
    membership = _let_in(invitation, user, actor)
    invitation.accepted_by = user
    close_invitation(invitation, InvitationState.ACCEPTED, "accepter", actor)
    return membership


@action
def decline_invitation(*, actor: Actor, invitation_id: int) -> Invitation:
    """The owner of the address does not want it; who invited him is told. Raises Forbidden, UnknownInvitation,
    InvitationOver."""
    invitation = _own(outsider(actor), invitation_id)
    close_invitation(invitation, InvitationState.DECLINED, "decliner", actor)
    notices.tell_declined(invitation)
    return invitation


def _send(invitation: Invitation, actor: Actor, role: MembershipRole) -> Invitation:
    now, token = timezone.now(), new_token()
    event = "renvoyer" if invitation.pk else "envoyer"
    invitation.role, invitation.token_digest, invitation.sent_at = role, digest_of(token), now
    invitation.invited_by_id = actor.user_id or 0
    invitation.sendings += 1
    invitation.expires_at = now + timedelta(days=parameters.value("invitation_days", on=paris_today(now)))
    invitation.save()
    record_invitation(invitation, event, actor)
    notices.mail_invitation(invitation, token)
    return invitation


def _hold_open(place: Place) -> None:
    if is_closed(hold(place)):
        raise ClosedEstablishment


def _refuse_too_many(actor: Actor) -> None:
    since = timezone.now() - timedelta(days=1)
    if Invitation.objects.filter(invited_by_id=actor.user_id, sent_at__gte=since).count() >= MOST_INVITATIONS_PER_DAY:
        raise TooManyInvitations


def _refuse_known(place: Place, address: str) -> None:
    """Of people whom the reader sees on the same page: nothing is told of an account that he does not know."""
    here = Membership.objects.filter(**place.of_it, user__email=address, state__in=LIVE_STATES)
    known = here.order_by("id").first()
    if known is not None:
        raise AlreadyThere if known.state == MembershipState.ACCEPTED else AlreadyAsked


def _locked(invitation_id: int) -> Invitation:
    known = Invitation.objects.filter(pk=invitation_id).only("establishment_id", "provider_id").first()
    if known is None:
        raise UnknownInvitation
    hold(known.place)
    return (
        Invitation.objects.select_related("establishment", "provider")
        .select_for_update(of=("self",))
        .get(pk=invitation_id)
    )


def _managed(actor: Actor, invitation_id: int) -> Invitation:
    invitation = _locked(invitation_id)
    if not may(actor, Permission.MEMBERSHIP_MANAGE, invitation.place.subject()):
        raise UnknownInvitation
    if invitation.state != PENDING:
        raise InvitationOver
    return invitation


def _own(user: User, invitation_id: int) -> Invitation:
    invitation = _locked(invitation_id)
    if not has_confirmed(user.pk, invitation.email):
        raise UnknownInvitation
    if not is_open(invitation):
        raise InvitationOver
    return invitation


def _still_wanted(invitation: Invitation) -> bool:
    sender = actor_for(invitation.invited_by)
    return may(sender, Permission.MEMBERSHIP_MANAGE, invitation.place.subject())


def _let_in(invitation: Invitation, user: User, actor: Actor) -> Membership:
    """Known or asked already, the same membership serves."""
    if is_closed(invitation.organisation):
        raise ClosedEstablishment
    now = timezone.now()
    live = Membership.objects.filter(user=user, **invitation.place.of_it, state__in=LIVE_STATES)
    membership = live.select_for_update().order_by("id").first() or Membership(
        user=user, **invitation.place.of_it, requested_at=now
    )
    if membership.state == MembershipState.ACCEPTED:
        return membership
    membership.role = role_at_first(invitation.place, invitation.role)
    workflow.apply(membership, Event.ACCEPTER)
    membership.decided_at, membership.decided_by_id = now, invitation.invited_by_id
    membership.save()
    record_membership(membership, Event.ACCEPTER, actor, role=str(membership.role), invitation=invitation.pk)
    run_accepted(membership)
    notices.tell_colleagues(membership)
    return membership
