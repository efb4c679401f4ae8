"""An installation of the first day becomes one of today, with all that people had put in it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.upgrade.dump import FILE, read

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database of this run's kind."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('upgrade')}/old.sqlite3"
        return
    address = os.environ["TEST_DATABASE_URL"]
    name = f"{Path(settings.VAR).name.replace('-', '_')}_upgrade_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{address.rpartition('/')[0]}/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def upgraded(database: str) -> dict[str, Any]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "TEST_DATABASE_URL": database}
    command = [sys.executable, "-m", "tests.upgrade.upgrading"]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stderr[-3000:]
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_no_row_is_lost(upgraded: dict[str, Any]) -> None:
    before, after = upgraded["rows_before"], upgraded["rows_after"]
    assert {name: after.get(name, 0) for name, rows in before.items() if after.get(name, 0) < rows} == {}
    assert before["dossiers_dossier"] > 10


def test_the_journal_s_chains_hold(upgraded: dict[str, Any]) -> None:
    assert upgraded["journal"].startswith("Journal entier")


def test_every_request_still_reads(upgraded: dict[str, Any]) -> None:
    assert upgraded["sections"] >= 6 * upgraded["rows_before"]["dossiers_dossier"]
    assert upgraded["whole"] == [upgraded["sent"]] * 3
    assert upgraded["people"] >= upgraded["sent"]


def test_what_was_decided_stands(upgraded: dict[str, Any]) -> None:
    assert upgraded["decisions"] == upgraded["rows_before"]["dossiers_decision"]
    assert float(upgraded["granted"]) > 0


def test_sealed_numbers_still_open(upgraded: dict[str, Any]) -> None:
    assert len(upgraded["masks"]) == upgraded["rows_before"]["trainees_nirsecret"] > 0
    assert all("•" in each for each in upgraded["masks"])


def test_the_dump_is_small_and_knows_its_migrations() -> None:
    assert FILE.stat().st_size < 400_000
    assert ["dossiers", "0001_initial"] in read()["migrations"]
