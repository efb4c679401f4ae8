"""Whoever runs the portal finds every variable in docs/operations.md, and nothing there that is not read."""

import re
from pathlib import Path

from django.conf import settings

VARIABLE = re.compile(r"\b(?:OPENOPCO_[A-Z0-9_]+|DATABASE_URL|EMAIL_URL|CLAMD_ADDRESS|ALLAUTH_TRUSTED_PROXY_COUNT)\b")
QUOTED = re.compile(rf"[\"']({VARIABLE.pattern})[\"']")
# Of the tests themselves.
NOT_FOR_OPERATORS = {"OPENOPCO_TEST_RUN"}
ROOT = Path(settings.ROOT)


def _read_by_settings() -> set[str]:
    files = sorted((ROOT / "config" / "settings").glob("*.py"))
    return {name for file in files for name in QUOTED.findall(file.read_text())} - NOT_FOR_OPERATORS


def _told() -> set[str]:
    return set(VARIABLE.findall((ROOT / "docs" / "operations.md").read_text()))


def test_every_variable_that_the_settings_read_is_told() -> None:
    assert sorted(_read_by_settings() - _told()) == []


def test_every_variable_that_is_told_is_read() -> None:
    assert sorted(_told() - _read_by_settings()) == []
