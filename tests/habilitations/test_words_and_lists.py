"""Codes that never change, sentences that name nobody, lists whose queries do not depend on their rows."""

import pytest
from pytest_django import DjangoAssertNumQueries

from openopco.habilitations.actions import accept_membership, end_membership, refuse_membership
from openopco.habilitations.enums import LIVE_STATES, MembershipState, StaffRoleName
from openopco.habilitations.places import Place
from openopco.habilitations.queries import (
    actor_for,
    colleagues,
    find_membership,
    memberships_to_decide,
    own_memberships,
    staff_roles,
)
from openopco.habilitations.rules import is_reason, may_lose_an_administrator
from openopco.habilitations.workflow import TRANSITIONS, Event
from openopco.mail.models import OutgoingMail
from openopco.notifications.kinds import kind_of
from openopco.notifications.models import Notice
from openopco.rights import OPCO_ROLES, PERMISSIONS, Role
from tests.accounts.factories import UserFactory
from tests.habilitations.factories import (
    AcceptedFactory,
    MembershipFactory,
    StaffRoleFactory,
    administrator,
    employer,
    officer,
)
from tests.organisations.factories import EstablishmentFactory


def test_the_codes_are_stable() -> None:
    assert [state.value for state in MembershipState] == ["PENDING", "ACCEPTED", "REFUSED", "ENDED"]
    assert [event.value for event in Event] == ["accepter", "refuser", "terminer"]
    assert LIVE_STATES == (MembershipState.PENDING, MembershipState.ACCEPTED)


def test_the_staff_roles_are_those_of_the_rights() -> None:
    assert {Role(name.value) for name in StaffRoleName} == set(OPCO_ROLES)


def test_every_permission_of_the_table_is_somebodys() -> None:
    given = frozenset[object]().union(*PERMISSIONS.values())
    assert {line.permission for line in TRANSITIONS} <= given


def test_every_state_but_the_last_ones_has_a_way_out() -> None:
    ways = {line.source for line in TRANSITIONS}
    assert ways == set(LIVE_STATES)


@pytest.mark.parametrize(("text", "real"), [("", False), ("ok", False), ("vu le Kbis", True)])
def test_a_reason_is_some_words(text: str, real: bool) -> None:
    assert is_reason(text) is real


@pytest.mark.parametrize(("active", "allowed"), [(0, False), (1, False), (2, False), (3, True)])
def test_two_administrators_are_the_least(active: int, allowed: bool) -> None:
    assert may_lose_an_administrator(active) is allowed


def test_what_touches_rights_is_always_mailed() -> None:
    assert kind_of("membership.decided").compulsory
    assert kind_of("staff.role").compulsory
    assert not kind_of("membership.joined").compulsory


@pytest.mark.django_db
def test_no_sentence_names_a_person() -> None:
    garage = EstablishmentFactory.create()
    AcceptedFactory.create(establishment=garage)
    people = [UserFactory.create(first_name="Zénobie", last_name="Quintard") for _ in range(3)]
    accepted, refused, ended = (MembershipFactory.create(establishment=garage, user=person) for person in people)
    olivier = officer()
    accept_membership(actor=olivier, membership_id=accepted.pk, note="Zénobie a rappelé")
    refuse_membership(actor=olivier, membership_id=refused.pk, reason="Quintard inconnue")
    end_membership(actor=olivier, membership_id=ended.pk)
    told = [*Notice.objects.values_list("title", flat=True), *OutgoingMail.objects.values_list("text", flat=True)]
    assert len(told) >= 8
    assert not any(name in text for text in told for name in ("Zénobie", "Quintard", olivier.label))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 4])
def test_the_lists_take_the_same_queries_whatever_their_length(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    garage, alice = EstablishmentFactory.create(), UserFactory.create()
    MembershipFactory.create_batch(count, user=alice)
    MembershipFactory.create_batch(count, establishment=garage)
    chief, olivier, colleague, alice_now = administrator(), officer(), employer(garage), actor_for(alice)
    with django_assert_num_queries(1):
        page = memberships_to_decide(olivier)
        assert all(each.user.email and each.establishment.company.siren and not each.proof for each in page.items)
    with django_assert_num_queries(1):
        assert len([each.establishment.company.name for each in own_memberships(alice_now)]) == count
    with django_assert_num_queries(1):
        assert len([each.user.email for each in colleagues(colleague, Place(garage.pk))]) == count + 1
    with django_assert_num_queries(1):
        assert [each.user.email for each in staff_roles(chief)]


@pytest.mark.django_db
def test_the_worklist_turns_its_pages() -> None:
    waiting = MembershipFactory.create_batch(5)
    olivier = officer()
    first = memberships_to_decide(olivier, size=3)
    second = memberships_to_decide(olivier, first.next, size=3)
    assert first.items + second.items == waiting
    assert second.next is None


@pytest.mark.django_db
def test_one_membership_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    membership, olivier = AcceptedFactory.create(), officer()
    with django_assert_num_queries(1):
        found = find_membership(olivier, membership.pk)
        assert found is not None
        assert (found.user.email, found.establishment.company.siren, found.proof) != ()
        assert found.decided_by is not None


@pytest.mark.django_db
def test_a_closed_establishment_still_lets_its_people_read() -> None:
    membership = AcceptedFactory.create(establishment=EstablishmentFactory.create(is_active=False))
    assert len(actor_for(membership.user).grants) == 1


@pytest.mark.django_db
def test_every_state_reads_as_a_sentence() -> None:
    assert {str(state.label) for state in MembershipState} == {
        "Rattachement à valider",
        "Rattachement accepté",
        "Rattachement refusé",
        "Rattachement terminé",
    }
    assert str(StaffRoleFactory.create()).endswith("administrateur")
