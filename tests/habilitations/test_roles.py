"""Administrators and declarants of an establishment: who says who acts for it, and that somebody always may."""

import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from openopco.habilitations.actions import (
    accept_membership,
    end_membership,
    refuse_membership,
    request_membership,
    set_membership_role,
)
from openopco.habilitations.enums import MembershipRole, MembershipState
from openopco.habilitations.errors import LastAdministrator, NotPossibleNow
from openopco.habilitations.models import Membership
from openopco.habilitations.places import Place
from openopco.habilitations.queries import actor_for, administrators_of
from openopco.habilitations.rules import may_lose_its_administrator
from openopco.journal.queries import entries_of
from openopco.kernel.errors import Forbidden
from openopco.notifications.models import Notice
from openopco.organisations.models import Establishment
from openopco.rights import Actor, Permission, Role, Subject, may
from tests.accounts.factories import UserFactory
from tests.habilitations.factories import AcceptedFactory, MembershipFactory, employer, officer
from tests.organisations.factories import EstablishmentFactory

pytestmark = pytest.mark.django_db
ADMIN, DECLARANT = MembershipRole.ADMINISTRATEUR, MembershipRole.DECLARANT


@pytest.fixture
def place() -> Establishment:
    return EstablishmentFactory.create()


@pytest.fixture
def alice(place: Establishment) -> Membership:
    return AcceptedFactory.create(establishment=place, role=ADMIN)


def of(membership: Membership) -> Actor:
    return actor_for(membership.user)


def test_the_first_accepted_administers_and_the_next_declares(place: Establishment) -> None:
    roles = []
    for _ in range(2):
        asked = MembershipFactory.create(establishment=place)
        roles.append(accept_membership(actor=officer(), membership_id=asked.pk, note="Vérifié au standard").role)
    assert roles == [ADMIN, DECLARANT]


def test_an_administrator_manages_his_establishment_and_no_other(alice: Membership) -> None:
    actor = of(alice)
    assert actor.roles == {Role.EMPLOYEUR, Role.RESPONSABLE}
    assert may(actor, Permission.MEMBERSHIP_MANAGE, Subject(alice.establishment_id))
    assert not may(actor, Permission.MEMBERSHIP_MANAGE, Subject(alice.establishment_id + 1))
    assert not may(actor, Permission.MEMBERSHIP_DECIDE)


def test_who_asks_is_told_to_the_administrators_who_accept_without_a_paper(
    alice: Membership, place: Establishment
) -> None:
    asked = request_membership(actor=actor_for(UserFactory.create()), place=Place(place.pk))
    assert Notice.objects.get(user=alice.user).kind == "membership.asked"
    accepted = accept_membership(actor=of(alice), membership_id=asked.pk)
    assert (accepted.state, accepted.role, accepted.decided_by_id) == ("ACCEPTED", DECLARANT, alice.user_id)


def test_an_administrator_refuses_with_a_reason(alice: Membership, place: Establishment) -> None:
    asked = MembershipFactory.create(establishment=place)
    refused = refuse_membership(actor=of(alice), membership_id=asked.pk, reason="Inconnu chez nous")
    assert refused.state == MembershipState.REFUSED


@pytest.mark.parametrize("accepted", [True, False])
def test_a_declarant_changes_nobody(alice: Membership, place: Establishment, accepted: bool) -> None:
    actor, asked = employer(place, accepted=accepted), MembershipFactory.create(establishment=place)
    for act in (
        lambda: set_membership_role(actor=actor, membership_id=alice.pk, role=DECLARANT),
        lambda: end_membership(actor=actor, membership_id=alice.pk),
        lambda: accept_membership(actor=actor, membership_id=asked.pk, note="Je le connais bien"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_the_role_changes_is_journalled_and_told(alice: Membership, place: Establishment) -> None:
    bob = AcceptedFactory.create(establishment=place)
    set_membership_role(actor=of(alice), membership_id=bob.pk, role=ADMIN)
    assert Role.RESPONSABLE in of(bob).roles
    entry = entries_of("membership", bob.pk)[0]
    assert (entry.event, entry.payload["avant"], entry.payload["apres"]) == ("membership.qualite", "DECLARANT", "ADMIN")
    assert Notice.objects.filter(user=bob.user, kind="membership.decided").count() == 1


def test_the_same_role_again_changes_nothing(alice: Membership) -> None:
    set_membership_role(actor=of(alice), membership_id=alice.pk, role=ADMIN)
    assert not entries_of("membership", alice.pk)


def test_who_waits_has_no_role(alice: Membership, place: Establishment) -> None:
    asked = MembershipFactory.create(establishment=place)
    with pytest.raises(NotPossibleNow):
        set_membership_role(actor=of(alice), membership_id=asked.pk, role=ADMIN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=asked.pk).update(role=ADMIN)


@pytest.mark.parametrize("by_officer", [True, False])
def test_the_last_administrator_neither_leaves_nor_steps_down_while_others_act(
    alice: Membership, place: Establishment, by_officer: bool
) -> None:
    bob = AcceptedFactory.create(establishment=place)
    actor = officer() if by_officer else of(alice)
    with pytest.raises(LastAdministrator):
        end_membership(actor=actor, membership_id=alice.pk)
    with pytest.raises(LastAdministrator):
        set_membership_role(actor=actor, membership_id=alice.pk, role=DECLARANT)
    set_membership_role(actor=actor, membership_id=bob.pk, role=ADMIN)
    assert end_membership(actor=actor, membership_id=alice.pk).state == MembershipState.ENDED
    assert administrators_of(Place(place.pk)) == [bob.user_id]


def test_alone_he_may_leave(alice: Membership) -> None:
    assert end_membership(actor=of(alice), membership_id=alice.pk).state == MembershipState.ENDED


def test_an_administrator_whose_account_is_closed_does_not_count(alice: Membership, place: Establishment) -> None:
    closed = AcceptedFactory.create(establishment=place, role=ADMIN, user__is_active=False)
    AcceptedFactory.create(establishment=place)
    with pytest.raises(LastAdministrator):
        end_membership(actor=of(alice), membership_id=alice.pk)
    assert end_membership(actor=officer(), membership_id=closed.pk).state == MembershipState.ENDED


def test_a_leaver_s_rights_end_and_the_others_are_told(alice: Membership, place: Establishment) -> None:
    bob = AcceptedFactory.create(establishment=place)
    end_membership(actor=of(alice), membership_id=bob.pk)
    assert of(bob).grants == ()
    assert Notice.objects.get(user=bob.user).kind == "membership.decided"
    carol = AcceptedFactory.create(establishment=place)
    end_membership(actor=of(carol), membership_id=carol.pk)
    assert Notice.objects.get(user=alice.user).kind == "membership.left"


@pytest.mark.parametrize(
    ("others", "administrators", "may_lose"), [(0, 0, True), (1, 0, False), (1, 1, True), (3, 2, True)]
)
def test_the_rule(others: int, administrators: int, may_lose: bool) -> None:
    assert may_lose_its_administrator(others=others, administrators=administrators) is may_lose


def test_the_migration_names_the_first_accepted_whose_account_is_open(place: Establishment) -> None:
    AcceptedFactory.create(establishment=place, user__is_active=False)
    first = AcceptedFactory.create(establishment=place)
    AcceptedFactory.create(establishment=place)
    MembershipFactory.create(establishment=EstablishmentFactory.create())
    migration = importlib.import_module("openopco.habilitations.migrations.0004_first_administrators")
    migration.name_first_administrators(apps, None)
    assert list(Membership.objects.filter(role=ADMIN).values_list("pk", flat=True)) == [first.pk]
