"""The user's row: what the database itself refuses."""

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.db import IntegrityError, transaction

from openopco.accounts.models import User
from openopco.accounts.queries import actor_of
from tests.accounts.factories import PASSWORD, OpcoUserFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_email_is_kept_in_lower_case() -> None:
    user = User.objects.create_user(" Lea.MARTIN@Exemple.FR ", PASSWORD, first_name="Léa", last_name="Martin")
    assert User.objects.get().email == "lea.martin@exemple.fr"
    assert User.objects.get_by_natural_key("LEA.martin@exemple.fr ") == user


def test_a_user_made_by_program_has_a_confirmed_address() -> None:
    user = User.objects.create_user("lea@exemple.fr", PASSWORD)
    address = user.emailaddress_set.get()
    assert (address.email, address.verified, address.primary) == ("lea@exemple.fr", True, True)


def test_a_user_without_password_lets_nobody_in() -> None:
    user = User.objects.create_user("lea@exemple.fr")
    assert not user.has_usable_password()


@pytest.mark.parametrize("email", ["lea@exemple.fr", "LEA@exemple.fr"])
def test_one_email_makes_one_account(email: str) -> None:
    UserFactory(email="lea@exemple.fr")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(email, PASSWORD)
    assert User.objects.count() == 1


@pytest.mark.parametrize("columns", [{"email": "Lea@exemple.fr"}, {"kind": "admin"}])
def test_the_database_refuses_nonsense(columns: dict[str, str]) -> None:
    user = UserFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(**columns)


def test_passwords_are_hashed_with_argon2id() -> None:
    user = User.objects.create_user("lea@exemple.fr", PASSWORD)
    assert identify_hasher(user.password).algorithm == "argon2"
    assert user.password.startswith("argon2$argon2id$")


def test_a_person_is_named_by_name_else_by_email() -> None:
    assert str(User(first_name="Léa", last_name="Martin", email="l@x.fr")) == "Léa Martin"
    assert str(User(email="l@x.fr")) == "l@x.fr"
    assert User(first_name="Léa").get_short_name() == "Léa"


def test_a_bare_account_has_no_capacity() -> None:
    user = OpcoUserFactory()
    actor = actor_of(user)
    assert (actor.user_id, actor.label, actor.grants) == (user.pk, str(user), ())
    assert user.is_opco
    assert not UserFactory().is_opco
