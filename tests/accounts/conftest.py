"""What the tests of sign-in count and read."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.settings.hashers import FastArgon2
from openopco.accounts.models import User
from openopco.mail.models import OutgoingMail
from tests.accounts.factories import PASSWORD


@dataclass
class Work:
    """What one request cost."""

    hashes: int = 0
    queries: list[str] = field(default_factory=list)
    response: Any = None

    def touched(self) -> list[str]:
        """The verbs and tables of the queries, without the cache's own bookkeeping."""
        seen = [re.sub(r"\s+", " ", query.replace('"', "")) for query in self.queries]
        return [_verb_and_table(query) for query in seen if "base_cache" not in query]


def _verb_and_table(query: str) -> str:
    found = re.match(
        r"(SELECT) .*? FROM (\w+)|(INSERT) (?:OR IGNORE )?INTO (\w+)|(UPDATE) (\w+)|(DELETE) FROM (\w+)", query
    )
    return " ".join(part for part in found.groups() if part) if found else query.split(" ")[0]


@pytest.fixture(autouse=True)
def _outbox(settings: Any) -> None:
    """Django's test runner puts a backend of its own in the place of ours."""
    settings.EMAIL_BACKEND = "openopco.mail.backend.OutboxBackend"


@pytest.fixture
def measure(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], Work]:
    """Runs a request and tells how many times a password was hashed, and what was asked of the database."""
    counted = Work()

    def counting(original: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            counted.hashes += 1
            return original(*args, **kwargs)

        return run

    monkeypatch.setattr(FastArgon2, "encode", counting(FastArgon2.encode))
    monkeypatch.setattr(FastArgon2, "verify", counting(FastArgon2.verify))

    def run(call: Callable[[], Any]) -> Work:
        counted.hashes = 0
        with CaptureQueriesContext(connection) as queries:
            response = call()
        return Work(counted.hashes, [one["sql"] for one in queries.captured_queries], response)

    return run


@pytest.fixture
def sign_in(client: Client) -> Callable[..., Any]:
    def run(user: User, password: str = PASSWORD, **data: str) -> Any:
        return client.post("/connexion/", {"login": user.email, "password": password, **data})

    return run


@pytest.fixture
def mails(db: None) -> Callable[[], list[OutgoingMail]]:
    """The mails queued so far, the oldest first."""
    return lambda: list(OutgoingMail.objects.order_by("pk"))


def text_of(response: Any) -> str:
    """A page's text without tags, entities and runs of spaces."""
    import html

    body = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", html.unescape(body)).strip()


def code_in(mail: OutgoingMail) -> str:
    found = re.search(r"^\s+(\d{6})$", mail.text, re.MULTILINE)
    assert found, mail.text
    return found.group(1)


def link_in(mail: OutgoingMail) -> str:
    found = re.search(r"https?://[^/\s]+(/mot-de-passe/nouveau/\S+)", mail.text)
    assert found, mail.text
    return found.group(1)
