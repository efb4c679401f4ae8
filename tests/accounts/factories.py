"""Accounts for tests. All of them know one password."""

from functools import cache
from typing import Any

import factory
from django.contrib.auth.hashers import make_password

from openopco.accounts.enums import AccountKind
from openopco.accounts.models import User

PASSWORD = "un cheval de garage bleu"  # noqa: S105


@cache
def hashed_password() -> str:
    return make_password(PASSWORD)


class UserFactory(factory.django.DjangoModelFactory[User]):
    """An employer's account whose e-mail is confirmed."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne{n}@exemple.fr")
    first_name = "Camille"
    last_name = factory.Sequence(lambda n: f"Martin {n}")
    password = factory.LazyFunction(hashed_password)

    @factory.post_generation
    def address(self: User, create: bool, extracted: Any, verified: bool = True, **_: Any) -> None:
        self.emailaddress_set.create(email=self.email, primary=True, verified=verified)


class OpcoUserFactory(UserFactory):
    """One of the OPCO's own people."""

    kind = AccountKind.OPCO
