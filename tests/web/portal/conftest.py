"""The garage of `tests.dossiers`, its people, and a browser for each."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from openopco.opco import parameters
from openopco.rights import Actor
from tests.dossiers.conftest import admin, alice, bob, charlie, newcomer, olga, oscar, place
from tests.dossiers.factories import NOW
from tests.web.portal.people import browser_of

__all__ = ["admin", "alice", "bob", "charlie", "newcomer", "olga", "oscar", "place"]
BrowserOf = Callable[[Actor], Client]


@pytest.fixture
def a_monday(tmp_path: Path, settings: Any) -> Iterator[time_machine.Traveller]:
    """A still clock, a folder for files, no second factor to type."""
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files"), "file_permissions_mode": 0o600},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.CLAMD_ADDRESS = ""
    settings.OPENOPCO_MFA_REQUIRED = False
    parameters.forget()
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates
    parameters.forget()
    cache.clear()


@pytest.fixture
def as_alice(alice: Actor) -> Client:
    return browser_of(alice)


@pytest.fixture
def as_bob(bob: Actor) -> Client:
    return browser_of(bob)


@pytest.fixture
def as_charlie(charlie: Actor) -> Client:
    return browser_of(charlie)


@pytest.fixture
def as_newcomer(newcomer: Actor) -> Client:
    return browser_of(newcomer)


@pytest.fixture
def as_olga(olga: Actor) -> Client:
    return browser_of(olga)
