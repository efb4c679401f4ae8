"""Alice's garage and the desk, on the Monday of `tests.dossiers`; what stands outside is each test's to break."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from openopco.dossiers.models import Dossier
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.conftest import _files, _nothing_kept, alice, bob, clock, olga, place
from tests.dossiers.factories import complete_draft
from tests.faults.outside.doors import browser_of

__all__ = ["_files", "_nothing_kept", "alice", "bob", "clock", "olga", "place"]


@pytest.fixture(autouse=True)
def _portal(db: None, settings: Any) -> None:
    settings.OPENOPCO_MFA_REQUIRED = False
    # Django's test runner puts a backend of its own in the place of ours.
    settings.EMAIL_BACKEND = "openopco.mail.backend.OutboxBackend"
    cache.clear()


@pytest.fixture
def draft(alice: Actor, place: Establishment) -> Dossier:
    """Misses nothing: one sends it."""
    return complete_draft(alice, place)


@pytest.fixture
def as_alice(alice: Actor) -> Client:
    return browser_of(alice)


@pytest.fixture
def as_bob(bob: Actor) -> Client:
    return browser_of(bob)


@pytest.fixture
def as_olga(olga: Actor) -> Client:
    return browser_of(olga)
