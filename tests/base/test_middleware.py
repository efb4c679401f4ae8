"""GETs read; each request leaves one line without personal data."""

from typing import Any

import pytest
import structlog
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from structlog.testing import capture_logs

from openopco.base.middleware import (
    HeadersMiddleware,
    ReadOnlyGetMiddleware,
    RequestLogMiddleware,
    WriteOnRead,
    is_allowed_on_read,
)
from openopco.base.models import Sequence
from openopco.journal.actions import audit_read
from openopco.journal.models import ReadAudit
from openopco.rights import ANONYMOUS

WRITABLE = frozenset({"django_session", "base_cache"})


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "  select 1",
        "(SELECT 1) UNION (SELECT 2)",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "BEGIN IMMEDIATE",
        "SAVEPOINT s1",
        "RELEASE SAVEPOINT s1",
        "ROLLBACK TO SAVEPOINT s1",
        "PRAGMA foreign_keys",
        'INSERT INTO "django_session" ("session_key") VALUES (%s)',
        'INSERT OR IGNORE INTO "base_cache" VALUES (1)',
        'UPDATE "django_session" SET x = 1',
        "DELETE FROM base_cache WHERE cache_key = 'UPDATE dossiers'",
    ],
)
def test_what_a_read_may_run(sql: str) -> None:
    assert is_allowed_on_read(sql, WRITABLE)


@pytest.mark.parametrize(
    "sql",
    [
        'INSERT INTO "base_job" ("name") VALUES (%s)',
        "INSERT OR REPLACE INTO base_job VALUES (1)",
        "REPLACE INTO base_job VALUES (1)",
        'UPDATE "base_sequence" SET last_value = 1',
        'DELETE FROM "django_session_other"',
        "delete from base_job",
        "WITH gone AS (DELETE FROM base_job RETURNING *) SELECT * FROM gone",
        "WITH a AS (SELECT 1) UPDATE base_job SET name = ''",
        "CREATE TABLE x (id int)",
        "DROP TABLE base_job",
        "ALTER TABLE base_job ADD x int",
        "TRUNCATE base_job",
        "VACUUM",
        "CALL something()",
        "DO $$ BEGIN END $$",
        "COPY base_job FROM STDIN",
        "",
    ],
)
def test_what_a_read_may_not_run(sql: str) -> None:
    assert not is_allowed_on_read(sql, WRITABLE)


def answer_with(work: Any) -> ReadOnlyGetMiddleware:
    def view(request: HttpRequest) -> HttpResponse:
        work()
        return HttpResponse("done")

    return ReadOnlyGetMiddleware(view)


def write() -> None:
    Sequence.objects.create(name="x")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_read_that_writes_is_refused(rf: RequestFactory, method: str) -> None:
    with pytest.raises(WriteOnRead, match="base_sequence"), transaction.atomic():
        answer_with(write)(getattr(rf, method)("/"))
    assert not Sequence.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods_write(rf: RequestFactory, method: str) -> None:
    assert answer_with(write)(getattr(rf, method)("/")).status_code == 200
    assert Sequence.objects.count() == 1


@pytest.mark.django_db
def test_the_guard_is_gone_after_the_request_even_after_a_refusal(rf: RequestFactory) -> None:
    answer_with(lambda: None)(rf.get("/"))
    with pytest.raises(WriteOnRead), transaction.atomic():
        answer_with(write)(rf.get("/"))
    write()
    assert connection.execute_wrappers == []


@pytest.mark.django_db
def test_a_read_may_keep_the_session_the_throttles_and_who_read_what(rf: RequestFactory, settings) -> None:
    def work() -> None:
        Session.objects.create(session_key="k", session_data="", expire_date=timezone.now())
        audit_read(actor=ANONYMOUS, subject_kind="nir", subject_id=1, what="reveal")
        caches["default"].set("throttle:1", 3)

    answer_with(work)(rf.get("/"))
    assert Session.objects.count() == ReadAudit.objects.count() == 1


@pytest.mark.django_db
def test_the_list_of_what_a_get_may_write_is_short(settings) -> None:
    assert set(settings.GET_MAY_WRITE) <= {
        "django_session",
        "base_cache",
        "usersessions_usersession",
        "journal_readaudit",
        "dossiers_news",
    }


def test_each_request_leaves_one_line_with_its_route_and_no_path(rf: RequestFactory) -> None:
    class Match:
        view_name = "reset_password"

    def view(request: HttpRequest) -> HttpResponse:
        request.resolver_match = Match()  # type: ignore[assignment]
        return HttpResponse(status=204)

    with capture_logs() as lines:
        response = RequestLogMiddleware(view)(rf.get("/reinitialiser/secret-token/?email=alice@garage.example"))
    (line,) = lines
    assert (line["event"], line["method"], line["route"], line["status"]) == ("request", "GET", "reset_password", 204)
    assert isinstance(line["duration_ms"], int)
    assert "secret-token" not in str(line)
    assert "alice" not in str(line)
    assert len(response["X-Request-ID"]) == 32


def test_a_request_id_from_outside_is_not_believed(rf: RequestFactory) -> None:
    seen: list[object] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(structlog.contextvars.get_contextvars()["request_id"])
        return HttpResponse()

    response = RequestLogMiddleware(view)(rf.get("/", headers={"X-Request-ID": "forged\nline"}))
    assert seen == [response["X-Request-ID"]]
    assert "forged" not in response["X-Request-ID"]


def test_the_line_names_the_user_only_if_the_request_already_knew_him(rf: RequestFactory) -> None:
    class User:
        pk = 41

    def view(request: HttpRequest) -> HttpResponse:
        request._cached_user = User()  # type: ignore[attr-defined]
        return HttpResponse()

    with capture_logs() as lines:
        RequestLogMiddleware(view)(rf.get("/"))
        RequestLogMiddleware(lambda request: HttpResponse())(rf.get("/"))
    assert [line["user_id"] for line in lines] == [41, None]


def test_pages_ask_no_sensor_and_are_kept_by_no_cache(rf: RequestFactory) -> None:
    response = HeadersMiddleware(lambda request: HttpResponse())(rf.get("/"))
    assert response["Cache-Control"] == "no-store"
    assert "camera=()" in response["Permissions-Policy"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_an_answer_that_says_how_long_it_keeps_is_left_alone(rf: RequestFactory) -> None:
    answer = HttpResponse(headers={"Cache-Control": "max-age=60"})
    assert HeadersMiddleware(lambda request: answer)(rf.get("/"))["Cache-Control"] == "max-age=60"
