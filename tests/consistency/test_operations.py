"""Operators find every variable in docs/operations.md."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r'"(OPENOPCO_[A-Z0-9_]+|CLAMD_ADDRESS|DATABASE_URL|EMAIL_URL|ALLAUTH_TRUSTED_PROXY_COUNT)"')
OF_TESTS = {"OPENOPCO_TEST_RUN"}


def test_every_variable_is_told_to_operators() -> None:
    read = {name for path in (ROOT / "config").rglob("*.py") for name in VARIABLE.findall(path.read_text())} - OF_TESTS
    told = (ROOT / "docs" / "operations.md").read_text()
    assert len(read) > 20
    assert sorted(name for name in read if f"`{name}`" not in told) == []
