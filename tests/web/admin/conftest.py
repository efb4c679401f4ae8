from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from openopco.accounts.enums import AccountKind
from openopco.accounts.models import User
from openopco.habilitations.models import StaffRole
from openopco.opco import parameters

ClientOf = Callable[..., Client]


@pytest.fixture(autouse=True)
def fresh(db: None, settings) -> None:
    settings.OPENOPCO_MFA_REQUIRED = False
    cache.clear()
    parameters.forget()


@pytest.fixture
def client_of() -> ClientOf:
    """A signed-in client for one of the roles; « employeur » has an account and no role at the OPCO."""

    def make(role: str) -> Client:
        kind = AccountKind.EXTERNE if role == "employeur" else AccountKind.OPCO
        user = User.objects.create_user(f"{role}@exemple.test", first_name="Denis", last_name="Roux", kind=kind)
        if kind == AccountKind.OPCO:
            now = timezone.now()
            StaffRole.objects.create(user=user, role=role, by_command=True, granted_at=now, since=now)
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def administrator(client_of: ClientOf) -> Client:
    return client_of("administrateur")
