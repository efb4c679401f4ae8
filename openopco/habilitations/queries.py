"""Reads of memberships and roles. `access_of` is the one place where an `Actor` is made of a person."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from openopco.accounts.models import User
from openopco.habilitations.access import NOBODY, Access
from openopco.habilitations.enums import LIVE_STATES, MembershipState
from openopco.habilitations.models import Membership, StaffRole
from openopco.organisations.models import Establishment
from openopco.rights import Actor, Grant, Role

SESSION_KEY = "establishment_id"


def access_of(user: User) -> Access:
    """One query: the roles of the OPCO's own people, or the live memberships of everybody else. None if inactive."""
    if not user.is_active:
        return NOBODY
    if user.is_opco:
        return Access(Actor(user.pk, str(user), tuple(_staff_grants(user))))
    memberships = tuple(live_memberships(user))
    return Access(Actor(user.pk, str(user), tuple(_grant(each) for each in memberships)), memberships)


def actor_for(user: User) -> Actor:
    """The person with all that it may do now. At most one query."""
    return access_of(user).actor


def live_memberships(user: User) -> QuerySet[Membership]:
    """Pending and accepted, each with its establishment and company, by the establishment's name."""
    mine = Membership.objects.filter(user=user, state__in=LIVE_STATES, establishment__is_active=True)
    return mine.select_related("establishment__company").order_by("establishment__sort_key", "id")


def current_establishment(request: HttpRequest) -> Establishment | None:
    """The establishment the person has switched to, else its first one. No query beyond the actor's own."""
    membership = current_membership(request)
    return membership.establishment if membership else None


def current_membership(request: HttpRequest) -> Membership | None:
    """The live membership through which the person now acts; a choice that has ended meanwhile is forgotten."""
    memberships: tuple[Membership, ...] = request.access.memberships  # type: ignore[attr-defined]
    if not memberships:
        return None
    chosen = request.session.get(SESSION_KEY)
    return next((each for each in memberships if each.establishment_id == chosen), memberships[0])


def active_staff_roles() -> QuerySet[StaffRole]:
    """Roles that count now: confirmed, begun and not ended."""
    now = timezone.now()
    begun = StaffRole.objects.filter(since__lte=now, user__is_active=True)
    return begun.filter(Q(until__isnull=True) | Q(until__gt=now)).order_by("granted_at", "id")


def _staff_grants(user: User) -> Iterator[Grant]:
    return (Grant(Role(role)) for role in active_staff_roles().filter(user=user).values_list("role", flat=True))


def _grant(membership: Membership) -> Grant:
    confirmed = membership.state == MembershipState.ACCEPTED
    return Grant(Role.EMPLOYEUR, membership.establishment_id, confirmed=confirmed)


def people_of_establishment(establishment_id: int) -> list[int]:
    """User ids of those whose attachment to the establishment is accepted."""
    accepted = Membership.objects.filter(establishment_id=establishment_id, state=MembershipState.ACCEPTED)
    return list(accepted.filter(user__is_active=True).order_by("user_id").values_list("user_id", flat=True))


def has_accepted_membership(*, user_id: int | None, establishment_id: int) -> bool:
    """Whether the person's attachment to the establishment is accepted now."""
    accepted = Membership.objects.filter(establishment_id=establishment_id, state=MembershipState.ACCEPTED)
    return accepted.filter(user_id=user_id).exists()
