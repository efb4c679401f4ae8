"""What surrounds every request: a line of log, and a guard that keeps GETs from writing."""

import re
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger("openopco.request")
GetResponse = Callable[[HttpRequest], HttpResponse]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class RequestLogMiddleware:
    """One line per request: the route's name, never the path, which may hold a token. Gives the answer its id."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id, start = uuid.uuid4().hex, time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        log.info("request", status=response.status_code, duration_ms=_ms_since(start), **_describe(request))
        return response


def _ms_since(start: float) -> int:
    return round((time.perf_counter() - start) * 1000)


def _describe(request: HttpRequest) -> dict[str, Any]:
    match = request.resolver_match
    # The cached user only: asking for it would cost a query.
    user = getattr(request, "_cached_user", None)
    return {"method": request.method, "route": match.view_name if match else "", "user_id": getattr(user, "pk", None)}


class WriteOnRead(RuntimeError):
    """A GET, HEAD or OPTIONS tried to write into a table that is not in settings.GET_MAY_WRITE."""


_READS = frozenset(
    {
        "SELECT",
        "BEGIN",
        "COMMIT",
        "SAVEPOINT",
        "RELEASE",
        "ROLLBACK",
        "PRAGMA",
        "EXPLAIN",
        "SHOW",
        "SET",
        "DECLARE",
        "FETCH",
        "CLOSE",
    }
)
_TARGET = re.compile(
    r'^\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE
)
_WRITING_WORD = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)


def is_allowed_on_read(sql: str, writable: Iterable[str]) -> bool:
    """Whether a GET may run this statement."""
    verb = sql.lstrip(" \t\n(")[:12].split(None, 1)[0].rstrip(";").upper() if sql.strip() else ""
    if verb in _READS:
        return True
    if verb == "WITH":
        return _WRITING_WORD.search(sql) is None
    target = _TARGET.match(sql)
    return target is not None and target.group(1) in writable


class ReadOnlyGetMiddleware:
    """Refuses writes during a request that only reads."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.writable = frozenset(settings.GET_MAY_WRITE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE_METHODS:
            return self.get_response(request)
        with connection.execute_wrapper(self._guard):
            return self.get_response(request)

    def _guard(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not is_allowed_on_read(sql, self.writable):
            raise WriteOnRead(f"a read tried to write: {sql[:60]}")
        return execute(sql, params, many, context)


PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
)


class HeadersMiddleware:
    """Headers that no library sets: pages ask no sensor of anybody, no other site embeds them, no cache keeps them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store")
        return response
