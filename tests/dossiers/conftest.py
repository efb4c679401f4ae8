"""Each test has a garage and the people around it, on a Monday morning."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from openopco.opco import parameters
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import NOW, garage
from tests.habilitations.factories import administrator, employer, officer


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still at NOW until a test moves it."""
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    parameters.forget()
    yield
    parameters.forget()


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Any) -> None:
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files"), "file_permissions_mode": 0o600},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.CLAMD_ADDRESS = ""


@pytest.fixture
def place(db: None) -> Establishment:
    """Alice's and Bob's garage."""
    return garage()


@pytest.fixture
def alice(place: Establishment) -> Actor:
    """Acts for the garage."""
    return employer(place)


@pytest.fixture
def bob(place: Establishment) -> Actor:
    """Her colleague."""
    return employer(place)


@pytest.fixture
def newcomer(place: Establishment) -> Actor:
    """Says he works there: nobody has checked yet."""
    return employer(place, accepted=False)


@pytest.fixture
def charlie(db: None) -> Actor:
    """Acts for another garage."""
    return employer(garage())


@pytest.fixture
def olga(db: None) -> Actor:
    """An officer."""
    return officer()


@pytest.fixture
def oscar(db: None) -> Actor:
    """Another officer."""
    return officer()


@pytest.fixture
def admin(db: None) -> Actor:
    return administrator()
