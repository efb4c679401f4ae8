"""Role × address, over every address: rights.csv says what each person gets by GET and by POST. An address that is not in
it fails: a new page is a decision about who comes. `WRITE_RIGHTS=1 pytest tests/consistency/test_rights.py` rewrites the
file, whose differences are then to be read line by line."""

import csv
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler
from django.urls import get_resolver, reverse

from openopco.accounts.models import User
from tests.answers import release
from tests.consistency.rights_world import World, build

FILE = Path(__file__).with_name("rights.csv")
ROLES = (
    "anonymous",
    "pending",
    "employer",
    "stranger",
    "officer",
    "administrator",
    "controller",
    "accountant",
    "teacher",
    "pending_teacher",
)
METHODS = ("GET", "POST")
# Pages that exist in the demonstration, or for those who write pages, alone.
NOT_SERVED = ("gallery:", "demo:")
pytestmark = pytest.mark.django_db


def routes(patterns: Any = None, space: str = "") -> Iterator[tuple[str, list[str]]]:
    """Each address by its name, with the names of its parts."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(one, "url_patterns"):
            yield from routes(one.url_patterns, space + (f"{one.namespace}:" if one.namespace else ""))
        else:
            yield space + (one.name or str(one.pattern)), sorted(one.pattern.regex.groupindex)


ROUTES = [(name, parts) for name, parts in routes() if not name.startswith(NOT_SERVED)]


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> World:
    settings.OPENOPCO_MFA_REQUIRED = False
    settings.CLAMD_ADDRESS = ""
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return build()


class Visitor:
    """A browser that forgets each request: what one POST did, the next one does not find."""

    # Its middleware is set up once.
    handler = ClientHandler(enforce_csrf_checks=False)

    def __init__(self, user: User | None) -> None:
        client = Client()
        if user is not None:
            client.force_login(user)
        self.cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def ask(self, method: str, url: str) -> HttpResponse:
        client = Client(raise_request_exception=False)
        client.handler = self.handler
        for name, value in self.cookies.items():
            client.cookies[name] = value
        with transaction.atomic():
            answer: HttpResponse = client.generic(method, url)
            # What a GET did stays, and is looked for.
            transaction.set_rollback(method == "POST" or transaction.get_rollback())
        release(answer)
        return answer


def verdict(answer: HttpResponse) -> str:
    """The status; « → connexion » where one is asked to sign in."""
    if answer.status_code == 302 and answer["Location"].startswith(reverse("account_login")):
        return "sign-in"
    return str(answer.status_code)


def known() -> dict[tuple[str, str], dict[str, str]]:
    with FILE.open(newline="") as file:
        return {(line["route"], line["method"]): line for line in csv.DictReader(file)}


@dataclass(frozen=True)
class Visit:
    """What each address answered to somebody, and which tables are no longer, once all were read, what they were."""

    verdicts: dict[tuple[str, str], str]
    changed: list[str]


def visit(world: World, role: str) -> Visit:
    visitor, verdicts = Visitor(world.people[role]), {}
    urls = {name: reverse(name, kwargs=world.arguments(name, parts)) for name, parts in ROUTES}
    before = digests()
    for name, url in urls.items():
        verdicts[name, "GET"] = verdict(visitor.ask("GET", url))
    after = digests()
    for name, url in urls.items():
        verdicts[name, "POST"] = verdict(visitor.ask("POST", url))
    return Visit(verdicts, [table for table in before if before[table] != after[table]])


# Two tests ask of the same visits, each by ten people to hundreds of addresses.
VISITS: dict[str, Visit] = {}


@pytest.fixture
def visited(role: str, request: pytest.FixtureRequest) -> Visit:
    if role not in VISITS:
        VISITS[role] = visit(request.getfixturevalue("world"), role)
    return VISITS[role]


if "WRITE_RIGHTS" in os.environ:

    def test_rewrite_the_table(world: World) -> None:
        columns = {role: visit(world, role).verdicts for role in ROLES}
        with FILE.open("w", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(["route", "method", *ROLES])
            table.writerows(
                [name, method, *(columns[role][name, method] for role in ROLES)]
                for name, _ in ROUTES
                for method in METHODS
            )


def test_every_address_is_in_the_table_and_nothing_else() -> None:
    assert sorted(known()) == sorted((name, method) for name, _ in ROUTES for method in METHODS)


@pytest.mark.parametrize("role", ROLES)
def test_each_address_answers_as_the_table_says(visited: Visit, role: str) -> None:
    table = known()
    wrong = [
        f"{name} {method}: {answer}, the table says {table[name, method][role]}"
        for (name, method), answer in visited.verdicts.items()
        if (name, method) in table and table[name, method][role] != answer
    ]
    assert wrong == []


def test_nobody_breaks_a_page() -> None:
    broken = [key for key, line in known().items() if any(line[role].startswith("5") for role in ROLES)]
    assert broken == []


def test_a_stranger_gets_no_more_than_nothing_of_what_is_another_s() -> None:
    """What one finds by number or key is not there for others."""
    own = {name for name, parts in ROUTES if name.startswith("portal:") and {"number", "key"} & set(parts)}
    leaks = [key for key, line in known().items() if key[0] in own and line["stranger"] not in ("404", "405")]
    assert leaks == []


def test_a_provider_gets_nothing_of_an_employer_and_who_waits_nothing_at_all() -> None:
    """What opens a request to its employer opens to nobody who teaches; what a provider reads, to its own people."""
    ours = ("portal:", "provider:", "desk:")
    named = {name for name, parts in ROUTES if name.startswith(ours) and {"number", "key", "provider_id"} & set(parts)}
    closed = ("403", "404", "405")
    leaks = [
        (key, role)
        for key, line in known().items()
        for role in ("teacher", "pending_teacher", "employer")
        if key[0] in named and line[role] not in closed
        if not (role == "employer" and not key[0].startswith("provider:"))
        if not (role == "teacher" and key[0].startswith("provider:"))
        if not (role == "pending_teacher" and key[0] == "provider:identity")
    ]
    assert leaks == []


def test_the_desk_is_for_officers_and_administration_for_administrators() -> None:
    closed = {"sign-in", "403", "404", "405"}
    others = {
        "desk:": ("anonymous", "pending", "employer", "stranger", "teacher", "pending_teacher"),
        "admin_opco:": tuple(role for role in ROLES if role != "administrator"),
    }
    leaks = [
        (key, role)
        for key, line in known().items()
        for space, roles in others.items()
        if key[0].startswith(space)
        for role in roles
        if line[role] not in closed
    ]
    assert leaks == []


@pytest.mark.parametrize("role", ROLES)
def test_reading_changes_nothing(visited: Visit, role: str) -> None:
    """Every address is opened: but for sessions, throttles and who saw what, the database is what it was."""
    assert visited.changed == []


def digests() -> dict[str, str]:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - set(
        settings.GET_MAY_WRITE
    )
    return {table: _digest(table) for table in sorted(tables)}


def _digest(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # a table of ours
        return hashlib.sha256("\n".join(sorted(map(repr, cursor.fetchall()))).encode()).hexdigest()
