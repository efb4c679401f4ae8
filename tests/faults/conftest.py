"""Whole processes against the test's own PostgreSQL database, and a mail server that counts."""

import http.client
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connection
from django.test import Client

from openopco.accounts.models import User
from openopco.rights import Actor
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0


def wait_until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


class Sink:
    """A mail server that accepts all, and counts by Message-ID."""

    def __init__(self) -> None:
        self.received: Counter[str] = Counter()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        text = bytes(envelope.content or b"").decode()
        self.received[next(line for line in text.splitlines() if line.lower().startswith("message-id:"))] += 1
        return "250 OK"


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    """The server and its port."""
    handler, port = Sink(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture
def failpoint(tmp_path: Path) -> Path:
    return tmp_path / "failpoint"


@pytest.fixture
def environment(failpoint: Path, sink: tuple[Sink, int], transactional_db: None) -> dict[str, str]:
    """Of processes that share the test's database, files and keys."""
    database = connection.settings_dict
    place = f"{database['USER']}:{database['PASSWORD']}@" if database["PASSWORD"] else f"{database['USER']}@"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "TEST_DATABASE_URL": f"postgres://{place}{database['HOST'] or ''}:{database['PORT'] or 5432}/{database['NAME']}",
        "OPENOPCO_TEST_RUN": Path(settings.VAR).name.removeprefix("openopco-tests-"),
        "OPENOPCO_TEST_FAILPOINT": str(failpoint),
        "EMAIL_URL": f"smtp://127.0.0.1:{sink[1]}",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def gunicorn(port: int) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "tests.faults.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    # Those that live answer while the one killed is replaced.
    return [*command, "--workers", "4", "--worker-class", "gthread", "--preload", "--no-control-socket"]


class Visitor:
    """A signed-in browser that may be left without an answer."""

    TOKEN = "a" * 32

    def __init__(self, actor: Actor, port: int) -> None:
        client = Client()
        client.force_login(User.objects.get(pk=actor.user_id))
        self.cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={self.TOKEN}"
        self.port = port

    def post(self, path: str) -> int | None:
        """The status; None where the connection broke."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {
            "Cookie": self.cookie,
            "X-CSRFToken": self.TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            link.request("POST", path, body="", headers=headers)
            return link.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            link.close()

    def insist(self, path: str) -> int:
        """Tries again until somebody answers, as a person would."""
        answers: list[int] = []

        def answered() -> bool:
            status = self.post(path)
            answers.extend([status] if status else [])
            return bool(answers)

        wait_until(answered, "the server never came back")
        return answers[-1]


def answers(port: int) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        link.request("GET", "/healthz")
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()


@pytest.fixture
def serve(environment: dict[str, str]) -> Callable[..., Any]:
    """`with serve() as port:` a web server that respawns."""

    @contextmanager
    def start(**changes: str) -> Iterator[int]:
        port = free_port()
        with running(gunicorn(port), {**environment, **changes}):
            wait_until(lambda: answers(port), "the server never came up")
            yield port

    return start
