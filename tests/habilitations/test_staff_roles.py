"""No role at the OPCO is given by one person alone, nor to oneself (CNIL, SAN-2026-003)."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from openopco.accounts.models import User
from openopco.base.kept import Kept
from openopco.habilitations.actions import (
    confirm_staff_role,
    end_staff_role,
    grant_staff_role,
    make_first_administrators,
)
from openopco.habilitations.enums import StaffRoleName
from openopco.habilitations.errors import AccountantsAlone, FourEyes, LastAdministrators, NotPossibleNow
from openopco.habilitations.models import StaffRole
from openopco.habilitations.queries import active_administrators, actor_for, officers_by_name, staff_roles
from openopco.journal.queries import entries_of
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.notifications.models import Notice
from openopco.rights import ANONYMOUS, Actor, Grant, Role
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.habilitations.factories import LONG_AGO, StaffRoleFactory, administrator, employer, officer

pytestmark = pytest.mark.django_db
GESTIONNAIRE, ADMINISTRATEUR = StaffRoleName.GESTIONNAIRE, StaffRoleName.ADMINISTRATEUR


def granted(by: Actor, *, role: StaffRoleName = GESTIONNAIRE) -> StaffRole:
    return grant_staff_role(actor=by, user_id=OpcoUserFactory.create().pk, role=role)


def test_a_role_counts_once_a_second_administrator_confirms_it() -> None:
    role = granted(administrator())
    assert actor_for(role.user).grants == ()
    second = administrator()
    confirmed = confirm_staff_role(actor=second, role_id=role.pk)
    assert confirmed.confirmed_by_id == second.user_id
    assert actor_for(role.user).grants == (Grant(Role.GESTIONNAIRE),)
    assert [entry.event for entry in entries_of("staff_role", role.pk)] == [
        "staff_role.granted",
        "staff_role.confirmed",
    ]


def test_a_list_names_an_officer_once_he_is_confirmed() -> None:
    waits, counts = granted(administrator()), officer()
    assert [pk for pk, _ in officers_by_name()] == [counts.user_id]
    confirm_staff_role(actor=administrator(), role_id=waits.pk)
    assert [pk for pk, _ in officers_by_name()] == [counts.user_id], "kept for half a minute"
    for kept in Kept.every:
        kept.forget()
    assert {pk for pk, _ in officers_by_name()} == {counts.user_id, waits.user_id}


def test_who_gives_does_not_confirm() -> None:
    first = administrator()
    role = granted(first)
    with pytest.raises(FourEyes):
        confirm_staff_role(actor=first, role_id=role.pk)
    assert actor_for(role.user).grants == ()


def test_nobody_gives_himself_a_role() -> None:
    first = administrator()
    assert first.user_id is not None
    with pytest.raises(FourEyes):
        grant_staff_role(actor=first, user_id=first.user_id, role=GESTIONNAIRE)


def test_nobody_confirms_his_own_role() -> None:
    first, second = administrator(), administrator()
    assert second.user_id is not None
    role = grant_staff_role(actor=first, user_id=second.user_id, role=GESTIONNAIRE)
    with pytest.raises(FourEyes):
        confirm_staff_role(actor=second, role_id=role.pk)


def test_a_role_is_confirmed_once() -> None:
    role = granted(administrator())
    confirm_staff_role(actor=administrator(), role_id=role.pk)
    with pytest.raises(NotPossibleNow):
        confirm_staff_role(actor=administrator(), role_id=role.pk)


def test_a_withdrawn_role_cannot_be_confirmed() -> None:
    first = administrator()
    role = granted(first)
    end_staff_role(actor=first, role_id=role.pk)
    with pytest.raises(NotPossibleNow):
        confirm_staff_role(actor=administrator(), role_id=role.pk)


def test_a_role_is_for_the_opcos_own_active_people() -> None:
    for stranger in (UserFactory.create(), OpcoUserFactory.create(is_active=False)):
        with pytest.raises(InvalidValue):
            grant_staff_role(actor=administrator(), user_id=stranger.pk, role=GESTIONNAIRE)


def test_a_role_is_given_once_at_a_time() -> None:
    role = granted(administrator())
    with pytest.raises(InvalidValue, match="déjà"):
        grant_staff_role(actor=administrator(), user_id=role.user_id, role=GESTIONNAIRE)


@pytest.mark.parametrize("who", [officer, employer, lambda: ANONYMOUS])
def test_only_administrators_touch_roles(who: Any) -> None:
    role, stranger = granted(administrator()), who()
    with pytest.raises(Forbidden):
        grant_staff_role(actor=stranger, user_id=OpcoUserFactory.create().pk, role=GESTIONNAIRE)
    with pytest.raises(Forbidden):
        confirm_staff_role(actor=stranger, role_id=role.pk)
    with pytest.raises(Forbidden):
        end_staff_role(actor=stranger, role_id=role.pk)
    with pytest.raises(Forbidden):
        staff_roles(stranger)


def test_every_administrator_and_the_holder_are_told() -> None:
    first, second, third = administrator(), administrator(), administrator()
    role = granted(first)
    confirm_staff_role(actor=second, role_id=role.pk)
    told = set(Notice.objects.filter(unique_key__endswith="confirmed").values_list("user_id", flat=True))
    assert told == {first.user_id, second.user_id, third.user_id, role.user_id}


def test_only_who_may_confirm_is_asked_to() -> None:
    first, second = administrator(), administrator()
    granted(first)
    told = set(Notice.objects.filter(unique_key__endswith="granted").values_list("user_id", flat=True))
    assert told == {second.user_id}


def test_an_end_counts_at_once() -> None:
    administrator()
    role = StaffRoleFactory.create(role=GESTIONNAIRE)
    ended = end_staff_role(actor=administrator(), role_id=role.pk)
    assert ended.until is not None
    assert actor_for(role.user).grants == ()
    with pytest.raises(NotPossibleNow):
        end_staff_role(actor=administrator(), role_id=role.pk)


def test_two_administrators_must_remain() -> None:
    roles = StaffRoleFactory.create_batch(3)
    first = actor_for(roles[0].user)
    end_staff_role(actor=first, role_id=roles[2].pk)
    with pytest.raises(LastAdministrators):
        end_staff_role(actor=first, role_id=roles[1].pk)
    assert active_administrators() == sorted([roles[0].user_id, roles[1].user_id])


def test_a_role_that_was_only_proposed_is_withdrawn_whoever_remains() -> None:
    first = administrator()
    administrator()
    role = granted(first, role=ADMINISTRATEUR)
    assert end_staff_role(actor=first, role_id=role.pk).until is not None


# --- the first two ----------------------------------------------------------------------------------------------------


def test_the_command_makes_two() -> None:
    users = OpcoUserFactory.create_batch(2)
    made = make_first_administrators(users=users)
    assert {role.user for role in made} == set(users)
    assert active_administrators() == sorted(user.pk for user in users)
    assert entries_of("staff_role", made[0].pk).get().actor_label == "OpenOPCO"


def _same() -> list[User]:
    return [OpcoUserFactory.create()] * 2


@pytest.mark.parametrize(
    "users",
    [
        lambda: OpcoUserFactory.create_batch(1),
        lambda: OpcoUserFactory.create_batch(3),
        _same,
        lambda: [OpcoUserFactory.create(), UserFactory.create()],
        lambda: [OpcoUserFactory.create(), OpcoUserFactory.create(is_active=False)],
    ],
)
def test_the_command_makes_no_others(users: Any) -> None:
    with pytest.raises(InvalidValue):
        make_first_administrators(users=users())
    assert not StaffRole.objects.exists()


def test_the_command_works_once() -> None:
    make_first_administrators(users=OpcoUserFactory.create_batch(2))
    with pytest.raises(InvalidValue, match="déjà"):
        make_first_administrators(users=OpcoUserFactory.create_batch(2))


def test_the_list_is_the_administrators() -> None:
    first = administrator()
    role = granted(first)
    StaffRoleFactory.create(until=LONG_AGO)
    assert {each.pk for each in staff_roles(first)} == {role.pk, StaffRole.objects.get(user_id=first.user_id).pk}


# --- the database refuses nonsense ------------------------------------------------------------------------------------


def _people(**changes: Any) -> dict[str, Any]:
    return {"by_command": False, "since": LONG_AGO, **changes}


@pytest.mark.parametrize(
    "broken",
    [
        lambda user, other: {"role": "empereur"},
        lambda user, other: {"since": None},
        lambda user, other: {"granted_by": other},
        lambda user, other: _people(granted_by=None),
        lambda user, other: _people(granted_by=other),
        lambda user, other: _people(granted_by=other, confirmed_by=other),
        lambda user, other: _people(granted_by=other, confirmed_by=user),
        lambda user, other: _people(granted_by=user, confirmed_by=other),
    ],
)
def test_the_table_refuses_a_role_that_one_person_made(broken: Any) -> None:
    user, other = OpcoUserFactory.create_batch(2)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffRoleFactory.create(user=user, **broken(user, other))


def test_the_table_refuses_the_same_live_role_twice() -> None:
    role = StaffRoleFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffRoleFactory.create(user=role.user)


def test_an_accountant_holds_no_other_role_and_nobody_else_becomes_one() -> None:
    pays = granted(administrator(), role=StaffRoleName.COMPTABLE).user_id
    for role in (GESTIONNAIRE, ADMINISTRATEUR, StaffRoleName.CONTROLEUR):
        with pytest.raises(AccountantsAlone):
            grant_staff_role(actor=administrator(), user_id=pays, role=role)
        other = granted(administrator(), role=role).user_id
        with pytest.raises(AccountantsAlone):
            grant_staff_role(actor=administrator(), user_id=other, role=StaffRoleName.COMPTABLE)


def test_who_is_no_accountant_any_more_may_be_something_else() -> None:
    held = granted(administrator(), role=StaffRoleName.COMPTABLE)
    end_staff_role(actor=administrator(), role_id=held.pk)
    assert grant_staff_role(actor=administrator(), user_id=held.user_id, role=GESTIONNAIRE).pk


def test_an_officer_may_check_too_since_each_request_keeps_who_decided_it() -> None:
    held = granted(administrator())
    second = grant_staff_role(actor=administrator(), user_id=held.user_id, role=StaffRoleName.CONTROLEUR)
    for role in (held, second):
        confirm_staff_role(actor=administrator(), role_id=role.pk)
    assert actor_for(held.user).roles == {Role.GESTIONNAIRE, Role.CONTROLEUR}
