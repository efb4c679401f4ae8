"""What every test stands on."""

import functools
import gc
import os
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql.operations import DatabaseOperations as PostgresqlOperations
from django.db.backends.signals import connection_created
from hypothesis import HealthCheck, settings

from tests import programs

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
CLAMD_SIGNATURE = "OPENOPCO-TEST-SIGNATURE"
CLAMD_START_SECONDS = 30


# A law is right or wrong, not late: a crowded machine fails no property.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_journal() -> Iterator[None]:
    """A flush deletes rows, which the journal's triggers refuse: they are lifted while it runs. On PostgreSQL too, where
    TRUNCATE would make anew the files of a hundred tables, nearly all empty."""
    flush: Callable[..., Any] = BaseDatabaseOperations.execute_sql_flush

    @functools.wraps(flush)
    def without_triggers(self: Any, sql_list: list[str]) -> None:
        from openopco.journal import triggers

        tables = self.connection.introspection.table_names()
        with self.connection.schema_editor() as editor:
            triggers.remove(editor)
        flush(self, sql_list)
        if "journal_entry" in tables:
            with self.connection.schema_editor() as editor:
                triggers.install(editor)

    def deletes(self: Any, style: Any, tables: list[str], **_: Any) -> list[str]:
        return [f"DELETE FROM {self.quote_name(table)}" for table in tables]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", without_triggers)
        patch.setattr(PostgresqlOperations, "sql_flush", deletes)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite's new database begins as a copy of the one that the runner migrated. PostgreSQL's does by its settings."""
    template = os.environ.get("TEST_DATABASE_TEMPLATE")
    if not template or connection.vendor != "sqlite":
        return

    def copy(connection: Any, **_: Any) -> None:
        connection_created.disconnect(copy)
        with closing(sqlite3.connect(template)) as source:
            source.backup(connection.connection)

    connection_created.connect(copy, weak=False)


@pytest.fixture(autouse=True)
def _clean_log_context() -> Iterator[None]:
    structlog.contextvars.clear_contextvars()
    yield
    structlog.contextvars.clear_contextvars()


@pytest.fixture(autouse=True)
def _everything_is_funded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One rule pays all of every request, of any year: what is decided is the affair of each test. Those of `tests/funding` say
    what rules they want, as do those marked `funding_rules`."""
    if {"funding", "demo"} & set(request.path.parts) or request.node.get_closest_marker("funding_rules"):
        return
    from openopco.funding import ruling, shipped
    from openopco.funding.enums import Base, Fund
    from openopco.funding.terms import Rule

    everything = Rule("tests", "Tout est pris en charge", Fund.ALTERNANCE, tuple(Base), 1, "Les tests")
    monkeypatch.setattr(shipped, "shipped_rules", lambda slug: (everything,))
    ruling.standing.forget()


@pytest.fixture(autouse=True)
def _lists_as_shipped() -> None:
    """As in a process that has just read its lists and found nothing decided: no test pays that query for another."""
    from openopco.opco import lists
    from openopco.opco.shipped_lists import LISTS

    shipped = {code: lists.merged(code, []) for code in LISTS}
    lists._kept = lists._Kept(time.monotonic(), shipped)


@pytest.fixture(autouse=True)
def _forget_reference_answers() -> None:
    """Nomenclatures are kept in the process once read: a test neither leans on another's rows nor saves its queries."""
    from openopco.base.kept import Kept
    from openopco.reference import queries

    queries.forget()
    for kept in Kept.every:
        kept.forget()
    # As in a process that has just read which editions are in force, and found none.
    queries._stamps._kept = (time.monotonic(), {})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks « pure » what asks no database and starts no process: on another database it would say the same."""
    for item in items:
        asks = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(
            getattr(item, "fixturenames", ())
        )
        if not asks and not any(map(item.get_closest_marker, ("slow", "browser", "postgresql", "sqlite"))):
            item.add_marker("pure")


def pytest_collection_finish() -> None:
    """What is there for good, all modules and tests, is not looked through again at each collection of garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _needs_its_database(request: pytest.FixtureRequest) -> None:
    for vendor, how in (("postgresql", "set TEST_DATABASE_URL"), ("sqlite", "unset TEST_DATABASE_URL")):
        if request.node.get_closest_marker(vendor) and connection.vendor != vendor:
            pytest.skip(f"needs {vendor}: {how}")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of the machine. As root it can't sandbox itself."""
    program = programs.chromium()
    if program is None:
        pytest.skip("needs Chromium: apt-get install chromium, or set CHROMIUM=/path")
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": program, "args": arguments}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def clamd() -> Iterator[str]:
    """A real clamd on loopback that finds CLAMD_SIGNATURE; gives "127.0.0.1:port"."""
    program = programs.clamd()
    if program is None:
        pytest.skip("needs clamd: apt-get install clamav-daemon")
    with tempfile.TemporaryDirectory(prefix="openopco-clamd-") as folder:
        port = free_port()
        config = _write_clamd_config(Path(folder), port)
        process = subprocess.Popen([program, "--foreground", "--config-file", config], stdout=subprocess.DEVNULL)
        try:
            _wait_for_clamd(process, port)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _write_clamd_config(folder: Path, port: int) -> Path:
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "local.ndb").write_text(f"OpenOPCO.Test:0:*:{CLAMD_SIGNATURE.encode().hex()}\n")
    folder.chmod(0o755)
    config = folder / "clamd.conf"
    config.write_text(
        f"Foreground yes\nDatabaseDirectory {signatures}\nTCPSocket {port}\nTCPAddr 127.0.0.1\n"
        f"TemporaryDirectory {folder}\nStreamMaxLength 25M\nMaxThreads 4\n"
        f"User {'root' if os.getuid() == 0 else os.environ.get('USER', 'nobody')}\n"
    )
    return config


def _wait_for_clamd(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + CLAMD_START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as link:
                link.sendall(b"zPING\0")
                if link.recv(16).startswith(b"PONG"):
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail("clamd did not start")
