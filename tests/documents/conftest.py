"""Each test has a storage folder, an employer and an officer of its own."""

from pathlib import Path
from typing import Any

import pytest

from openopco.accounts.models import User
from openopco.rights import Actor, Grant, Role


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    """The storage's folder, where the tests look at what is really there."""
    where = tmp_path / "files"
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(where), "file_permissions_mode": 0o600},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.CLAMD_ADDRESS = ""
    return where


@pytest.fixture
def alice(db: None) -> Actor:
    """The employer who uploads."""
    user = User.objects.create_user("alice@garage.example", first_name="Alice", last_name="Martin")
    return Actor(user.pk, "Alice Martin", (Grant(Role.EMPLOYEUR, establishment_id=1),))


@pytest.fixture
def bob(db: None) -> Actor:
    """Her colleague."""
    user = User.objects.create_user("bob@garage.example", first_name="Bob", last_name="Petit")
    return Actor(user.pk, "Bob Petit", (Grant(Role.EMPLOYEUR, establishment_id=1),))


@pytest.fixture
def officer(db: None) -> Actor:
    user = User.objects.create_user("olga@opco.example", first_name="Olga", last_name="Roux", kind="opco")
    return Actor(user.pk, "Olga Roux", (Grant(Role.GESTIONNAIRE),))
