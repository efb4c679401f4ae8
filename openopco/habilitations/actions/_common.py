"""What the writes about the people of a place share. Lock order: account, place, invitation, membership."""

from typing import Any

from django.utils import timezone

from openopco.accounts.models import User
from openopco.habilitations.enums import InvitationState, MembershipRole, MembershipState
from openopco.habilitations.errors import LastAdministrator, UnknownMembership
from openopco.habilitations.models import Invitation, Membership
from openopco.habilitations.places import Place
from openopco.habilitations.queries import administrators_of, people_of
from openopco.habilitations.rules import may_lose_its_administrator
from openopco.journal.actions import record
from openopco.kernel.errors import Forbidden
from openopco.organisations.enums import ProviderStatus
from openopco.organisations.models import Establishment, Provider
from openopco.rights import Actor


def outsider(actor: Actor) -> User:
    """Locks the account, so that two requests at once make one membership."""
    if actor.user_id is None:
        raise Forbidden
    user = User.objects.select_for_update().get(pk=actor.user_id)
    if user.is_opco or not user.is_active:
        raise Forbidden
    return user


def hold(place: Place) -> Establishment | Provider:
    """Whoever changes who administers a place waits here for whoever does so already."""
    model = Provider if place.is_provider else Establishment
    return model.objects.select_for_update(no_key=True).get(pk=place.pk)


def is_closed(organisation: Establishment | Provider) -> bool:
    """Whether nobody may come to act for it any more."""
    if isinstance(organisation, Provider):
        return organisation.status == ProviderStatus.FERME
    return not organisation.is_active


def lock_membership(membership_id: int) -> Membership:
    """The membership, its place held first. Raises UnknownMembership."""
    known = Membership.objects.filter(pk=membership_id).only("establishment_id", "provider_id").first()
    if known is None:
        raise UnknownMembership
    hold(known.place)
    found = Membership.objects.select_related("establishment", "provider").select_for_update(of=("self",))
    return found.get(pk=membership_id)


def keep_an_administrator(membership: Membership, *, leaves: bool) -> None:
    """Before somebody leaves, or only ceases to administer. Raises LastAdministrator."""
    if membership.role != MembershipRole.ADMINISTRATEUR or membership.state != MembershipState.ACCEPTED:
        return
    others = set(people_of(membership.place))
    administrators = set(administrators_of(membership.place)) - {membership.user_id}
    if leaves:
        others -= {membership.user_id}
    if not may_lose_its_administrator(others=len(others), administrators=len(administrators)):
        raise LastAdministrator


def role_at_first(place: Place, wanted: str = MembershipRole.DECLARANT) -> str:
    """Where nobody administers the place, whoever is accepted does."""
    return wanted if administrators_of(place) else MembershipRole.ADMINISTRATEUR


def take_back_invitations(membership: Membership, actor: Actor) -> None:
    """What somebody sent who says no more who acts for the place."""
    sent = Invitation.objects.filter(
        **membership.place.of_it, invited_by_id=membership.user_id, state=InvitationState.PENDING
    )
    for invitation in sent.select_for_update().order_by("id"):
        close_invitation(invitation, InvitationState.REVOKED, "retirer", actor)


def close_invitation(invitation: Invitation, state: InvitationState, event: str, actor: Actor) -> None:
    invitation.state, invitation.closed_at = state, timezone.now()
    invitation.save()
    record_invitation(invitation, event, actor)


def record_invitation(invitation: Invitation, event: str, actor: Actor) -> None:
    """The journal keeps no address: the row does."""
    record(
        subject_kind="invitation",
        subject_id=invitation.pk,
        event=f"invitation.{event}",
        actor=actor,
        payload={**invitation.place.in_journal, "role": str(invitation.role)},
    )


def record_membership(membership: Membership, event: str, actor: Actor, **payload: Any) -> None:
    record(
        subject_kind="membership",
        subject_id=membership.pk,
        event=f"membership.{event}",
        actor=actor,
        payload={"state": str(membership.state), **membership.place.in_journal, **payload},
    )
