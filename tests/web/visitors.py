"""Clients of people who signed in, and what tests read of a page."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from openopco.accounts.models import User
from openopco.habilitations.enums import StaffRoleName
from openopco.organisations.models import Establishment
from tests.habilitations.factories import AcceptedFactory, MembershipFactory, StaffRoleFactory


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def officer_client() -> Client:
    return client_of(StaffRoleFactory.create(role=StaffRoleName.GESTIONNAIRE).user)


def administrator_client() -> Client:
    return client_of(StaffRoleFactory.create().user)


def member(establishment: Establishment, *, accepted: bool = True, **user: Any) -> User:
    """Somebody tied to the establishment; keyword arguments say who."""
    made = AcceptedFactory if accepted else MembershipFactory
    people = {f"user__{name}": value for name, value in user.items()}
    return made.create(establishment=establishment, **people).user


def text_of(response: HttpResponse) -> str:
    """What one reads, on one line."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))).replace("\u00a0", " ")


def value_of(response: HttpResponse, name: str) -> str:
    """What a text control of the page holds."""
    control = re.search(rf'<input[^>]*\bname="{name}"[^>]*>', response.content.decode())
    assert control is not None, name
    value = re.search(r'\bvalue="([^"]*)"', control[0])
    return html.unescape(value[1]) if value else ""


@pytest.fixture
def kept_files(tmp_path: Path, settings: Any) -> None:
    """A folder of files for the test alone, no antivirus, no second factor."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files"), "file_permissions_mode": 0o600},
        },
    }
    settings.CLAMD_ADDRESS = ""
    settings.OPENOPCO_MFA_REQUIRED = False
