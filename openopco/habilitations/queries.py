"""Reads of memberships and roles. `access_of` is the one place where an `Actor` is made of a person."""

from collections.abc import Iterable, Iterator
from itertools import chain

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from openopco.accounts.enums import AccountKind
from openopco.accounts.figures import figures_of, with_figures
from openopco.accounts.models import User
from openopco.base.kept import Kept
from openopco.base.keyset import Page, paginate
from openopco.base.prepared import Prepared
from openopco.habilitations.access import NOBODY, Access
from openopco.habilitations.enums import LIVE_STATES, InvitationState, MembershipRole, MembershipState, StaffRoleName
from openopco.habilitations.models import Absence, Invitation, Membership, StaffRole
from openopco.habilitations.places import Place
from openopco.habilitations.tokens import digest_of
from openopco.kernel.calendar import paris_today
from openopco.organisations.models import Establishment, Provider
from openopco.rights import Actor, Grant, Permission, Role, may, require

# What a session keeps of the place chosen: one of them.
SESSION_KEYS = ("establishment_id", "provider_id")
INVITING = ("establishment", "provider", "invited_by")
AROUND = ("establishment__company", "provider")


def access_of(user: User) -> Access:
    """One query: the roles of the OPCO's own people, or the live memberships of everybody else. None if inactive."""
    if not user.is_active:
        return NOBODY
    if user.is_opco:
        roles = _roles_held_by(user.pk)
        return Access(Actor(user.pk, str(user), tuple(_staff_grants(roles))), (), figures_of(next(iter(roles), None)))
    memberships = tuple(_live_of(user.pk))
    grants = tuple(chain.from_iterable(map(_grants, memberships)))
    return Access(Actor(user.pk, str(user), grants), memberships, figures_of(next(iter(memberships), None)))


def actor_for(user: User) -> Actor:
    """The person with all that it may do now. At most one query."""
    return access_of(user).actor


def live_memberships(user: User) -> QuerySet[Membership]:
    """Pending and accepted, each with its establishment and company, or its provider: employers first, by name."""
    mine = Membership.objects.filter(user=user, state__in=LIVE_STATES)
    employers_first = F("establishment__sort_key").asc(nulls_last=True)
    return mine.select_related(*AROUND).order_by(employers_first, "provider__sort_key", "id")


def current_establishment(request: HttpRequest) -> Establishment | None:
    """The establishment the person has switched to, else its first one; None while he acts for a provider. No query beyond
    the actor's own."""
    membership = current_membership(request)
    return membership.establishment if membership else None


def current_provider(request: HttpRequest) -> Provider | None:
    """The provider that the person now acts for; None while he acts for an employer."""
    membership = current_membership(request)
    return membership.provider if membership else None


def current_membership(request: HttpRequest) -> Membership | None:
    """The live membership through which the person now acts; a choice that has ended meanwhile is forgotten."""
    memberships: tuple[Membership, ...] = request.access.memberships  # type: ignore[attr-defined]
    if not memberships:
        return None
    chosen = {name: request.session[name] for name in SESSION_KEYS if name in request.session}
    return next((each for each in memberships if each.place.of_it == chosen), memberships[0])


def active_staff_roles() -> QuerySet[StaffRole]:
    """Roles that count now: confirmed, begun and not ended."""
    now = timezone.now()
    begun = StaffRole.objects.filter(since__lte=now, user__is_active=True)
    return begun.filter(Q(until__isnull=True) | Q(until__gt=now)).order_by("granted_at", "id")


# What every page asks.
_roles_held_by: Prepared[StaffRole] = Prepared(
    (int,),
    lambda user_id: with_figures(StaffRole.objects.filter(user_id=user_id).order_by("granted_at", "id"), user_id),
)
_accepted_of: Prepared[Membership] = Prepared(
    (int, int),
    lambda user_id, establishment_id: Membership.objects.filter(
        user_id=user_id, establishment_id=establishment_id, state=MembershipState.ACCEPTED
    ).order_by("id")[:1],
)
_live_of: Prepared[Membership] = Prepared(
    (int,), lambda user_id: with_figures(live_memberships(User(pk=user_id)), user_id)
)


def find_membership(actor: Actor, membership_id: int) -> Membership | None:
    """A membership that the actor may see: his own, those of a place he administers, any for an officer.
    None for everybody else's."""
    found = Membership.objects.select_related("user", *AROUND, "proof", "decided_by")
    membership = found.filter(pk=membership_id).first()
    if membership is None:
        return None
    managed = membership.place.subject()
    if membership.user_id != actor.user_id and not may(actor, Permission.MEMBERSHIP_MANAGE, managed):
        return None
    return membership


def own_memberships(actor: Actor) -> QuerySet[Membership]:
    """All memberships of the person, ended ones too, latest first."""
    if actor.user_id is None:
        return Membership.objects.none()
    mine = Membership.objects.filter(user_id=actor.user_id).select_related(*AROUND, "proof")
    return mine.order_by("-requested_at", "-id")


def memberships_to_decide(actor: Actor, after: str | None = None, *, size: int = 25) -> Page[Membership]:
    """The officers' list of « rattachements à valider », oldest first. Raises Forbidden."""
    require(actor, Permission.MEMBERSHIP_DECIDE)
    waiting = Membership.objects.filter(state=MembershipState.PENDING)
    waiting = waiting.select_related("user", *AROUND, "proof")
    return paginate(waiting, keys=("requested_at", "id"), after=after, size=size)


def colleagues(actor: Actor, place: Place) -> QuerySet[Membership]:
    """Who acts, or asks to act, for a place, for those whose own membership is accepted. Raises Forbidden."""
    require(actor, Permission.MEMBERSHIP_READ, place.subject())
    found = Membership.objects.filter(**place.of_it, state__in=LIVE_STATES)
    return found.select_related("user").order_by("requested_at", "id")


def colleagues_of_many(actor: Actor, places: Iterable[Place]) -> dict[Place, list[Membership]]:
    """The accepted people of several places, in one query; of those alone where the actor may read them."""
    readable = [each for each in places if may(actor, Permission.MEMBERSHIP_READ, each.subject())]
    there = Q(establishment_id__in=[each.establishment_id for each in readable if not each.is_provider])
    there |= Q(provider_id__in=[each.provider_id for each in readable if each.is_provider])
    accepted = Membership.objects.filter(there, state=MembershipState.ACCEPTED)
    found: dict[Place, list[Membership]] = {}
    for membership in accepted.select_related("user").order_by("user__last_name", "user__first_name", "id"):
        found.setdefault(membership.place, []).append(membership)
    return found


def staff_accounts(actor: Actor, after: str | None = None) -> Page[User]:
    """For administrators: the accounts of the OPCO by name, each with its `live_roles`. Raises Forbidden."""
    return paginate(all_staff(actor), keys=("last_name", "first_name", "id"), after=after)


def all_staff(actor: Actor) -> QuerySet[User]:
    """For administrators: the same, in any order. Raises Forbidden."""
    require(actor, Permission.STAFF_MANAGE)
    live = Prefetch("staff_roles", _live_roles(), to_attr="live_roles")
    return User.objects.filter(kind=AccountKind.OPCO).prefetch_related(live)


def roles_to_confirm(actor: Actor) -> QuerySet[StaffRole]:
    """For administrators: the roles that wait for a second one, oldest first. Raises Forbidden."""
    require(actor, Permission.STAFF_MANAGE)
    return _live_roles().filter(since__isnull=True)


def roles_of(actor: Actor, user_id: int) -> QuerySet[StaffRole]:
    """For administrators: all the roles that somebody has or had, latest first. Raises Forbidden."""
    require(actor, Permission.STAFF_MANAGE)
    held = StaffRole.objects.filter(user_id=user_id).select_related("granted_by", "confirmed_by")
    return held.order_by("-granted_at", "-id")


def _live_roles() -> QuerySet[StaffRole]:
    live = StaffRole.objects.filter(until__isnull=True).select_related("user", "granted_by", "confirmed_by")
    return live.order_by("granted_at", "id")


def staff_roles(actor: Actor) -> QuerySet[StaffRole]:
    """For administrators: every role that is proposed or counts, by person. Raises Forbidden."""
    require(actor, Permission.STAFF_MANAGE)
    live = StaffRole.objects.filter(until__isnull=True).select_related("user", "granted_by", "confirmed_by")
    return live.order_by("user__last_name", "user__first_name", "id")


def active_administrators() -> list[int]:
    """User ids of the administrators who count now: those whom an alert is for."""
    found = active_staff_roles().filter(role=StaffRoleName.ADMINISTRATEUR).order_by("user_id")
    return list(found.values_list("user_id", flat=True))


def active_staff(role: StaffRoleName) -> list[int]:
    """User ids of those who count now in a role at the OPCO."""
    return list(active_staff_roles().filter(role=role).order_by("user_id").values_list("user_id", flat=True))


def active_officers() -> list[User]:
    """The officers who count now, by name: those to whom a request may be given."""
    found = active_staff_roles().filter(role=StaffRoleName.GESTIONNAIRE).values("user_id")
    return list(User.objects.filter(pk__in=found.order_by()).order_by("last_name", "first_name", "id"))


def upcoming_absences(user_id: int | None = None) -> list[Absence]:
    """`coming_absences`, by first day."""
    return list(coming_absences(user_id).order_by("starts_on", "id"))


def coming_absences(user_id: int | None = None) -> QuerySet[Absence]:
    """Those that run or will: of this person, away or standing in, or everybody's. The caller has checked the right."""
    today = paris_today(timezone.now())
    found = Absence.objects.filter(ended_at=None, ends_on__gte=today).select_related("user", "replacement")
    if user_id is not None:
        found = found.filter(Q(user_id=user_id) | Q(replacement_id=user_id))
    return found


def officers_by_name() -> tuple[tuple[int, str], ...]:
    """The ids and names of the same, for the filters of a list that is always asked: as they were within half a minute."""
    return _names_of_officers.value()


def _read_names_of_officers() -> tuple[tuple[int, str], ...]:
    now = timezone.now()
    held = _officers_named(StaffRoleName.GESTIONNAIRE.value)
    return tuple((each.user.pk, each.user.full_name) for each in held if each.since and each.since <= now)


_names_of_officers = Kept(_read_names_of_officers)


_officers_named: Prepared[StaffRole] = Prepared(
    (str,),
    lambda role: (
        StaffRole.objects.filter(role=role, until__isnull=True, user__is_active=True)
        .select_related("user")
        .only("since", "user__first_name", "user__last_name")
        .order_by("user__last_name", "user__first_name", "id")
    ),
)


def _staff_grants(roles: Iterable[StaffRole]) -> Iterator[Grant]:
    """As `active_staff_roles`, for one person."""
    now = timezone.now()
    for held in roles:
        if held.since and held.since <= now and (held.until is None or held.until > now):
            yield Grant(Role(held.role))


def _grants(membership: Membership) -> Iterator[Grant]:
    confirmed = membership.state == MembershipState.ACCEPTED
    role = Role.EMPLOYEUR if membership.provider_id is None else Role.ORGANISME
    yield Grant(role, membership.establishment_id, confirmed, membership.provider_id)
    if confirmed and membership.role == MembershipRole.ADMINISTRATEUR:
        yield Grant(Role.RESPONSABLE, membership.establishment_id, provider_id=membership.provider_id)


def people_of_establishment(establishment_id: int) -> list[int]:
    """User ids of those whose attachment to the establishment is accepted."""
    return people_of(Place(establishment_id))


def people_of(place: Place) -> list[int]:
    """User ids of those whose attachment to the place is accepted."""
    accepted = Membership.objects.filter(**place.of_it, state=MembershipState.ACCEPTED)
    return list(accepted.filter(user__is_active=True).order_by("user_id").values_list("user_id", flat=True))


def has_accepted_membership(*, user_id: int | None, establishment_id: int) -> bool:
    """Whether the person's attachment to the establishment is accepted now."""
    if user_id is None:
        return False
    return bool(_accepted_of(user_id, establishment_id))


def accepted_membership(user: OuterRef, establishment: OuterRef) -> Exists:
    """`has_accepted_membership` as a column of another query."""
    return Exists(
        Membership.objects.filter(user_id=user, establishment_id=establishment, state=MembershipState.ACCEPTED)
    )


def hold_accepted_membership(*, user_id: int | None, establishment_id: int) -> bool:
    """As `has_accepted_membership`, and the answer holds until the end of the caller's transaction: an acceptance on its
    way is waited for, one to come will see what the caller wrote."""
    if user_id is None:
        return False
    live = Membership.objects.filter(user_id=user_id, establishment_id=establishment_id, state__in=LIVE_STATES)
    held = live.select_for_update().order_by("id").first()
    return held is not None and held.state == MembershipState.ACCEPTED


def administrators_of(place: Place) -> list[int]:
    """User ids of those who administer the place and whose account is open."""
    held = Membership.objects.filter(**place.of_it, state=MembershipState.ACCEPTED, role=MembershipRole.ADMINISTRATEUR)
    return list(held.filter(user__is_active=True).order_by("user_id").values_list("user_id", flat=True))


def pending_invitations(actor: Actor, place: Place) -> QuerySet[Invitation]:
    """For who manages the people of a place: the invitations that wait, expired ones too. Raises Forbidden."""
    require(actor, Permission.MEMBERSHIP_MANAGE, place.subject())
    waiting = Invitation.objects.filter(**place.of_it, state=InvitationState.PENDING)
    return waiting.select_related("invited_by").order_by("created_at", "id")


def own_invitations(user: User) -> QuerySet[Invitation]:
    """Those that the person may accept now, by his address."""
    waiting = Invitation.objects.filter(email=user.email, state=InvitationState.PENDING, expires_at__gt=timezone.now())
    return waiting.select_related(*INVITING).order_by("created_at", "id")


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a link names, whatever its state."""
    found = Invitation.objects.filter(token_digest=digest_of(token))
    return found.select_related(*INVITING).first()


def is_open(invitation: Invitation) -> bool:
    """Whether it may still be accepted."""
    return invitation.state == InvitationState.PENDING and invitation.expires_at > timezone.now()
