"""Two people at the same instant: one wins, the other is told."""

import pytest

from openopco.habilitations.actions import (
    accept_membership,
    confirm_staff_role,
    end_membership,
    end_staff_role,
    grant_staff_role,
    refuse_membership,
    request_membership,
    set_membership_role,
)
from openopco.habilitations.enums import MembershipRole, MembershipState, StaffRoleName
from openopco.habilitations.errors import LastAdministrator, LastAdministrators, NotPossibleNow
from openopco.habilitations.models import Membership, StaffRole
from openopco.habilitations.places import Place
from openopco.habilitations.queries import active_administrators, actor_for
from openopco.journal.queries import entries_of
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.habilitations.at_once import at_once
from tests.habilitations.factories import AcceptedFactory, MembershipFactory, StaffRoleFactory, administrator, officer
from tests.organisations.factories import EstablishmentFactory

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def kinds(results: list[object]) -> list[type]:
    return sorted((type(result) for result in results), key=lambda kind: kind.__name__)


def test_two_officers_decide_at_once() -> None:
    membership = MembershipFactory.create()
    first, second = officer(), officer()
    results = at_once(
        lambda: accept_membership(actor=first, membership_id=membership.pk, note="Vérifié par téléphone"),
        lambda: refuse_membership(actor=second, membership_id=membership.pk, reason="Papier illisible"),
    )
    assert kinds(results) == [Membership, NotPossibleNow]
    membership.refresh_from_db()
    assert membership.state in (MembershipState.ACCEPTED, MembershipState.REFUSED)
    assert entries_of("membership", membership.pk).count() == 1


def test_a_double_click_asks_once() -> None:
    alice, garage = actor_for(UserFactory.create()), EstablishmentFactory.create()
    results = at_once(*[lambda: request_membership(actor=alice, place=Place(garage.pk))] * 3)
    assert kinds(results) == [Membership] * 3
    assert Membership.objects.count() == 1


def test_three_administrators_cannot_dismiss_each_other_down_to_one() -> None:
    roles = StaffRoleFactory.create_batch(3)
    actors = [actor_for(role.user) for role in roles]
    results = at_once(
        lambda: end_staff_role(actor=actors[0], role_id=roles[1].pk),
        lambda: end_staff_role(actor=actors[1], role_id=roles[2].pk),
    )
    assert kinds(results) == [LastAdministrators, StaffRole]
    assert len(active_administrators()) == 2


def test_two_administrators_confirm_at_once() -> None:
    role = grant_staff_role(actor=administrator(), user_id=OpcoUserFactory.create().pk, role=StaffRoleName.GESTIONNAIRE)
    second, third = administrator(), administrator()
    results = at_once(
        lambda: confirm_staff_role(actor=second, role_id=role.pk),
        lambda: confirm_staff_role(actor=third, role_id=role.pk),
    )
    assert kinds(results) == [NotPossibleNow, StaffRole]


def test_two_administrators_cannot_leave_an_establishment_without_any() -> None:
    place = EstablishmentFactory.create()
    first, second = AcceptedFactory.create_batch(2, establishment=place, role=MembershipRole.ADMINISTRATEUR)
    AcceptedFactory.create(establishment=place)
    results = at_once(
        *[
            lambda held=held: set_membership_role(
                actor=actor_for(held.user), membership_id=held.pk, role=MembershipRole.DECLARANT
            )
            for held in (first, second)
        ]
    )
    assert kinds(results) == [LastAdministrator, Membership]
    assert Membership.objects.filter(establishment=place, role=MembershipRole.ADMINISTRATEUR).count() == 1


def test_one_steps_down_while_the_other_leaves() -> None:
    place = EstablishmentFactory.create()
    first, second = AcceptedFactory.create_batch(2, establishment=place, role=MembershipRole.ADMINISTRATEUR)
    results = at_once(
        lambda: end_membership(actor=actor_for(first.user), membership_id=first.pk),
        lambda: set_membership_role(
            actor=actor_for(second.user), membership_id=second.pk, role=MembershipRole.DECLARANT
        ),
    )
    assert len([each for each in results if isinstance(each, LastAdministrator)]) == 1
