"""`make test`: every test that this machine can run, on both databases, then a table of what ran, what was skipped,
why, and how to get it. With REQUIRE_ALL=1 a skip is a failure, but for data of ../shared that is absent."""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from getpass import getuser
from pathlib import Path
from urllib.parse import quote

import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.programs import chromium, clamd  # noqa: E402

SUITE_SECONDS = 1500
SHARED = "../shared"
RUN = f"r{os.getpid()}"


@dataclass
class Template:
    """A database, empty but migrated, that each process of the tests copies: migrating would take each one ten seconds.
    `name`: that of the database on `server`, or, without one, a file."""

    name: str
    server: str = ""
    is_made: bool = False

    def make(self) -> "subprocess.Popen[bytes]":
        address = f"sqlite:///{self.name}"
        if self.server:
            self._ask("CREATE DATABASE")
            address = f"{self.server.rpartition('/')[0]}/{self.name}"
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "TEST_DATABASE_URL": address}
        return subprocess.Popen([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=environment)

    def drop(self) -> None:
        if self.server:
            self._ask("DROP DATABASE IF EXISTS")
        else:
            Path(self.name).unlink(missing_ok=True)

    def _ask(self, order: str) -> None:
        with psycopg.connect(self.server, autocommit=True, connect_timeout=3) as connection:
            connection.execute(f'{order} "{self.name}"')


@dataclass
class Suite:
    """`missing`: why it can't run here, and how to get it; empty when it can."""

    name: str
    markers: str
    template: Template
    database: str = ""
    missing: str = ""
    passed: int = 0
    failed: int = 0
    seconds: float = 0.0
    skips: Counter[str] = field(default_factory=Counter)

    def command(self, report: Path) -> list[str]:
        processes = "0" if "browser_sqlite" in self.markers else "2"
        # One process keeps whole files, whose worlds are then built once; it takes from the other when it has no more.
        share = ["-n", processes, "--dist", "worksteal"]
        options = ["-q", *share, "-m", self.markers, f"--junit-xml={report}", "-p", "no:cacheprovider"]
        return [sys.executable, "-m", "pytest", *options, *sys.argv[1:]]

    def environment(self) -> dict[str, str]:
        template = self.template.name if self.template.is_made else ""
        named = {"TEST_DATABASE_URL": self.database, "TEST_DATABASE_TEMPLATE": template}
        return {**os.environ, **named, "OPENOPCO_TEST_RUN": RUN}


def main() -> int:
    suites = plan()
    with templates(suites):
        for suite in suites:
            if not suite.missing:
                run(suite)
    return conclude(suites)


@contextmanager
def templates(suites: list[Suite]) -> Iterator[None]:
    """Made at once. Where one can't be, its tests migrate for themselves, and tell why."""
    wanted = {suite.template.name: suite.template for suite in suites if not suite.missing}
    try:
        for template, making in [(template, template.make()) for template in wanted.values()]:
            template.is_made = making.wait() == 0
        yield
    finally:
        for template in wanted.values():
            template.drop()


def plan() -> list[Suite]:
    server = find_server()
    no_server = "" if server else "no PostgreSQL server answers: apt-get install postgresql, or set TEST_DATABASE_URL"
    no_browser = "" if chromium() else "no Chromium: apt-get install chromium, or set CHROMIUM=/path"
    # What asks no database is played once.
    again = "" if no_server else " and not pure"
    postgresql = Template(f"template_openopco_{RUN}", server)
    # In a file: threads that share one connection in memory would share its transactions too.
    file = f"{tempfile.gettempdir()}/openopco-{RUN}"
    sqlite = Template(f"{file}-template")
    return [
        Suite("PostgreSQL", "not browser and not sqlite", postgresql, server, no_server),
        Suite("PostgreSQL, browser", "browser and not sqlite", postgresql, server, no_server or no_browser),
        Suite("SQLite", f"not browser and not postgresql{again}", sqlite),
        Suite("SQLite, browser", "browser_sqlite", sqlite, f"sqlite:///{file}", no_browser),
    ]


def find_server() -> str:
    """The address of a PostgreSQL where this user may create databases; "" for none."""
    asked = os.environ.get("TEST_DATABASE_URL")
    candidates = [asked] if asked is not None else local_servers()
    return next((address for address in candidates if address.startswith("postgres") and may_create(address)), "")


def local_servers() -> list[str]:
    user, sockets = getuser(), quote("/var/run/postgresql", safe="")
    return [
        f"postgres://{user}@127.0.0.1:5432/postgres",
        f"postgres://{user}@{sockets}/postgres",
        "postgres://postgres:postgres@127.0.0.1:5432/postgres",
    ]


def may_create(address: str) -> bool:
    query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            row = connection.execute(query).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def run(suite: Suite) -> None:
    print(f"\n== {suite.name} ==", flush=True)
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        try:
            code = subprocess.run(
                suite.command(report), cwd=ROOT, env=suite.environment(), check=False, timeout=SUITE_SECONDS
            )
            read_report(suite, report, code.returncode)
        except subprocess.TimeoutExpired:
            suite.failed += 1
            print(f"stopped after {SUITE_SECONDS} s", flush=True)
    suite.seconds = time.monotonic() - start
    drop_leftovers(suite.database)


def read_report(suite: Suite, report: Path, code: int) -> None:
    # pytest: 0 all passed, 1 some failed, 5 none selected; anything else broke before it could count.
    if not report.exists() or code not in (0, 1, 5):
        suite.failed += 1
        return
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            suite.failed += 1
        elif (skipped := case.find("skipped")) is not None:
            suite.skips[skipped.get("message", "").removeprefix("Skipped: ") or "no reason given"] += 1
        else:
            suite.passed += 1


def drop_leftovers(address: str) -> None:
    """Databases of this run that a crash left behind."""
    if not address.startswith("postgres"):
        return
    with suppress(psycopg.Error), psycopg.connect(address, autocommit=True, connect_timeout=3) as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"test_openopco_{RUN}%"])
        for (name,) in names.fetchall():
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def skips(suites: list[Suite]) -> Iterator[tuple[str, str, int]]:
    """Suite, reason, count."""
    for suite in suites:
        if suite.missing:
            yield suite.name, suite.missing, 1
        for reason, count in sorted(suite.skips.items()):
            yield suite.name, reason, count


def conclude(suites: list[Suite]) -> int:
    print(f"\n{'suite':<22} {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>8}")
    for suite in suites:
        skipped = sum(suite.skips.values()) + bool(suite.missing)
        print(f"{suite.name:<22} {suite.passed:>7} {suite.failed:>7} {skipped:>8} {suite.seconds:>8.0f}")
    print_skips(suites)
    failed, skipped = sum(suite.failed for suite in suites), sum(count for *_, count in skips(suites))
    refused = sum(count for _, reason, count in skips(suites) if SHARED not in reason) if require_all() else 0
    if refused:
        print(f"\nREQUIRE_ALL: {refused} skipped, which counts as a failure")
    print(f"\n{sum(suite.passed for suite in suites)} passed, {failed + refused} failed, {skipped - refused} skipped")
    return 1 if failed or refused else 0


def print_skips(suites: list[Suite]) -> None:
    for name, reason, count in skips(suites):
        print(f"  skipped, {name}: {count} × {reason}")
    if clamd() is None:
        print("  without clamd: apt-get install clamav-daemon")


def require_all() -> bool:
    return os.environ.get("REQUIRE_ALL", "") not in ("", "0")


if __name__ == "__main__":
    sys.exit(main())
