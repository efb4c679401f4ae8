"""A body that nobody reads gets its answer over a real connection, instead of a line that drops."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from openopco.base import bodies
from openopco.base.bodies import UnreadBodyMiddleware
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]
# Of Django, for a form without files.
LARGEST_FORM = 2_621_440
FORM = "application/x-www-form-urlencoded"


class Broken(BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError("the line dropped")


def posted(body: BytesIO, size: int) -> WSGIRequest:
    given: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": str(size), "CONTENT_TYPE": FORM}
    return WSGIRequest({**RequestFactory().post("/").environ, **given})


def unread(request: HttpRequest) -> HttpResponse:
    return HttpResponse("answer")


@pytest.mark.parametrize(("size", "read"), [(0, 0), (10, 10), (3_000_000, 3_000_000), (5_000_000, 4_000_000)])
def test_what_is_left_is_read_up_to_a_limit(size: int, read: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "LARGEST_UNWANTED", 4_000_000)
    body = BytesIO(bytes(size))
    assert UnreadBodyMiddleware(unread)(posted(body, size)).content == b"answer"
    assert read <= body.tell() < read + 65_537


def test_nothing_is_read_past_the_body_nor_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    body = BytesIO(bytes(500_000))
    UnreadBodyMiddleware(unread)(posted(body, 1_000))
    assert body.tell() == 1_000
    monkeypatch.setattr(bodies, "LONGEST_UNWANTED", -1.0)
    slow = BytesIO(bytes(500_000))
    UnreadBodyMiddleware(unread)(posted(slow, 500_000))
    assert slow.tell() == 0


def test_a_line_that_drops_meanwhile_is_no_error() -> None:
    assert UnreadBodyMiddleware(unread)(posted(Broken(), 10)).status_code == 200


def test_a_form_that_the_view_read_is_left_alone() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.POST["a"])

    body = BytesIO(b"a=1")
    request = posted(body, 3)
    assert UnreadBodyMiddleware(view)(request).content == b"1"
    assert request.POST["a"] == "1"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port, folder = free_port(), str(tmp_path_factory.mktemp("server"))
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.test", "TMPDIR": folder}
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", "2", "--no-control-socket"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 40
    while True:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as link:
                link.request("GET", "/healthz")
                link.getresponse().read()
                return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize("size", [LARGEST_FORM + 100, 25_000_000])
@pytest.mark.parametrize(
    ("cookie", "status", "words"),
    [
        ("csrftoken=" + "a" * 32, 413, "trop volumineux"),
        ("", 403, "restée ouverte trop longtemps"),
    ],
)
def test_a_form_that_is_too_large_is_answered_and_the_line_still_serves(
    server: int, size: int, cookie: str, status: int, words: str
) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server, timeout=60)) as link:
        for _ in range(2):
            link.request("POST", "/connexion/", b"login=" + b"a" * size, {"Content-Type": FORM, "Cookie": cookie})
            response = link.getresponse()
            page = response.read().decode()
            assert (response.status, words in page) == (status, True)
