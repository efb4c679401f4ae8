"""Who acts: read once per request, at first use, in one query; the switcher costs nothing more."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from openopco.accounts.models import User
from openopco.habilitations.actions import end_membership, switch_place
from openopco.habilitations.enums import MembershipState, StaffRoleName
from openopco.habilitations.errors import UnknownMembership
from openopco.habilitations.middleware import ActorMiddleware
from openopco.habilitations.queries import (
    actor_for,
    current_establishment,
    current_membership,
)
from openopco.rights import ANONYMOUS, Grant, Permission, Role, Subject, may
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.habilitations.factories import LONG_AGO, AcceptedFactory, MembershipFactory, StaffRoleFactory
from tests.organisations.factories import EstablishmentFactory

pytestmark = pytest.mark.django_db


def through(
    user: User | AnonymousUser, view: Callable[[HttpRequest], object], session: dict[str, object] | None = None
) -> object:
    """What `view` finds in a request that went through the middleware."""
    request = RequestFactory().get("/")
    request.user = user
    request.session = session or {}  # type: ignore[assignment]
    found: list[object] = []

    def respond(request: HttpRequest) -> HttpResponse:
        found.append(view(request))
        return HttpResponse()

    ActorMiddleware(respond)(request)
    return found[0]


def test_an_external_person_acts_by_its_live_memberships() -> None:
    alice = UserFactory.create(first_name="Alice", last_name="Martin")
    accepted = AcceptedFactory.create(user=alice)
    pending = MembershipFactory.create(user=alice)
    AcceptedFactory.create(user=alice, state=MembershipState.REFUSED, reason="Papier illisible")
    AcceptedFactory.create(user=alice, state=MembershipState.ENDED, ended_at=LONG_AGO)
    MembershipFactory.create()
    actor = actor_for(alice)
    assert (actor.user_id, actor.label) == (alice.pk, "Alice Martin")
    assert set(actor.grants) == {
        Grant(Role.EMPLOYEUR, accepted.establishment_id, confirmed=True),
        Grant(Role.EMPLOYEUR, pending.establishment_id, confirmed=False),
    }


def test_the_opcos_people_act_by_their_confirmed_roles() -> None:
    olivier = OpcoUserFactory.create()
    StaffRoleFactory.create(user=olivier, role=StaffRoleName.GESTIONNAIRE)
    assert actor_for(olivier).grants == (Grant(Role.GESTIONNAIRE),)
    assert actor_for(olivier).is_opco


def test_a_role_that_waits_or_has_ended_does_not_count() -> None:
    olivier, now = OpcoUserFactory.create(), timezone.now()
    giver = OpcoUserFactory.create()
    StaffRoleFactory.create(user=olivier, by_command=False, granted_by=giver, since=None)
    StaffRoleFactory.create(user=olivier, role=StaffRoleName.GESTIONNAIRE, until=now - timedelta(seconds=1))
    assert actor_for(olivier).grants == ()


def test_a_role_may_end_at_a_time_to_come() -> None:
    olivier = OpcoUserFactory.create()
    StaffRoleFactory.create(user=olivier, until=timezone.now() + timedelta(days=1))
    assert actor_for(olivier).grants == (Grant(Role.ADMINISTRATEUR),)


def test_memberships_give_the_opcos_people_nothing() -> None:
    olivier = OpcoUserFactory.create()
    AcceptedFactory.create(user=olivier)
    assert actor_for(olivier).grants == ()


def test_a_closed_account_is_nobody() -> None:
    membership = AcceptedFactory.create(user=UserFactory.create(is_active=False))
    assert actor_for(membership.user) is ANONYMOUS


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_one_query_however_many_establishments(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    alice = UserFactory.create()
    AcceptedFactory.create_batch(count, user=alice)

    def page(request: HttpRequest) -> int:
        names = [each.establishment.company.name for each in request.access.memberships]  # type: ignore[attr-defined]
        assert current_establishment(request) is not None
        return len(names) + len(request.actor.grants)  # type: ignore[attr-defined]

    with django_assert_num_queries(1):
        assert through(alice, page) == 2 * count


def test_the_opcos_people_take_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    olivier = StaffRoleFactory.create().user
    with django_assert_num_queries(1):
        assert through(olivier, lambda request: request.actor.is_opco)  # type: ignore[attr-defined]


def test_a_page_that_never_asks_takes_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        through(User(pk=1), lambda request: None)


def test_whoever_did_not_sign_in_is_anonymous(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    def page(request: HttpRequest) -> object:
        assert current_establishment(request) is None
        return request.actor.user_id, request.actor.grants  # type: ignore[attr-defined]

    with django_assert_num_queries(0):
        assert through(AnonymousUser(), page) == (None, ())


def test_an_end_counts_from_the_next_request_on() -> None:
    membership = AcceptedFactory.create()
    reads = Subject(membership.establishment_id)

    def page(request: HttpRequest) -> bool:
        return may(request.actor, Permission.DOSSIER_READ, reads)  # type: ignore[attr-defined]

    assert through(membership.user, page)
    end_membership(actor=actor_for(membership.user), membership_id=membership.pk)
    assert not through(membership.user, page)


# --- the switcher -----------------------------------------------------------------------------------------------------


def test_the_first_establishment_by_name_is_current_until_one_chooses() -> None:
    alice = UserFactory.create()
    last = AcceptedFactory.create(user=alice, establishment=EstablishmentFactory.create(name="Zoé Autos"))
    first = AcceptedFactory.create(user=alice, establishment=EstablishmentFactory.create(name="Élan Garage"))
    session: dict[str, object] = {}

    def choose(request: HttpRequest) -> None:
        switch_place(
            memberships=request.access.memberships,  # type: ignore[attr-defined]
            session=request.session,
            place=last.place,
        )

    assert through(alice, current_establishment, session) == first.establishment
    session["kept"] = True
    through(alice, choose, session)
    assert through(alice, current_establishment, session) == last.establishment


def test_one_cannot_switch_to_a_strangers_establishment() -> None:
    mine, theirs = AcceptedFactory.create(), AcceptedFactory.create()
    session: dict[str, object] = {"kept": True}
    with pytest.raises(UnknownMembership):
        switch_place(
            memberships=(mine,),
            session=session,  # type: ignore[arg-type]
            place=theirs.place,
        )
    assert session == {"kept": True}


def test_a_choice_that_has_ended_is_forgotten() -> None:
    membership = AcceptedFactory.create()
    session: dict[str, object] = {"establishment_id": 999}
    assert through(membership.user, current_membership, session) == membership
