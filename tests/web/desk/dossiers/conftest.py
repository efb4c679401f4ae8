"""The desk's people and their browsers, on the Monday of `tests.dossiers`."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from openopco.accounts.models import User
from openopco.habilitations.queries import actor_for
from openopco.rights import Actor
from tests.dossiers.conftest import _files, _nothing_kept, alice, charlie, clock, place
from tests.habilitations.factories import StaffRoleFactory, administrator, officer

__all__ = ["_files", "_nothing_kept", "alice", "charlie", "clock", "place"]


@pytest.fixture(autouse=True)
def _fresh(db: None, settings: Any) -> None:
    settings.OPENOPCO_MFA_REQUIRED = False
    cache.clear()


def browser_of(actor: Actor) -> Client:
    """A signed-in client of that person."""
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


@pytest.fixture
def olga(db: None) -> Actor:
    return officer()


@pytest.fixture
def omar(db: None) -> Actor:
    return officer()


@pytest.fixture
def ada(db: None) -> Actor:
    """An administrator who is no officer."""
    return administrator()


@pytest.fixture
def desk(olga: Actor) -> Client:
    """Olga's browser."""
    return browser_of(olga)


@pytest.fixture
def other_desk(omar: Actor) -> Client:
    """Her colleague's."""
    return browser_of(omar)


@pytest.fixture
def ended(db: None) -> Actor:
    """Was an officer until yesterday."""
    role = StaffRoleFactory.create(role="gestionnaire", until=datetime(2026, 11, 22, tzinfo=UTC))
    return actor_for(role.user)
