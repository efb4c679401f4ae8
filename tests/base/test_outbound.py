"""Services outside: down, slow, redirecting, lying, too talkative. All of it is `Unavailable`, in a limited time."""

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from openopco.base import outbound
from openopco.kernel.errors import Unavailable
from tests.conftest import free_port

Answer = Callable[[BaseHTTPRequestHandler], None]


class Service:
    """A server on loopback that answers as the test says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Answer = plain(200, b"{}")
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked.append(self.path)
                service.answer(self)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/api"


def plain(status: int, body: bytes, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def service(settings) -> Iterator[Service]:
    server = Service()
    settings.OUTBOUND = {
        "test": {"base_url": server.address, "timeout": 1, "hosts": ["127.0.0.1"], "max_bytes": 10_000},
    }
    yield server
    server.server.shutdown()
    server.server.server_close()


def ask(path: str = "search", **params: str) -> outbound.Answer:
    with outbound.client("test") as client:
        return client.get(path, params=params or None)


def test_an_answer_comes_back_whole(service: Service) -> None:
    service.answer = plain(200, '{"nom": "Élan"}'.encode())
    answer = ask("search", q="831 352 976")
    assert (answer.status, answer.json()) == (200, {"nom": "Élan"})
    assert service.asked == ["/api/search?q=831+352+976"]


def test_not_found_is_an_answer(service: Service) -> None:
    service.answer = plain(404, b"{}")
    assert ask().status == 404


def test_a_body_is_sent_as_json(service: Service) -> None:
    with outbound.client("test") as client:
        assert client.request("POST", "/orders", body={"a": 1}).status == 200
    assert service.asked == ["/api/orders"]


@pytest.mark.parametrize("status", [301, 302, 307, 429, 500, 502, 503])
def test_a_redirect_or_an_error_of_the_service_is_unavailable(service: Service, status: int) -> None:
    service.answer = plain(status, b"", Location="http://127.0.0.1:1/elsewhere")
    with pytest.raises(Unavailable):
        ask()
    assert len(service.asked) == 1


def test_what_is_not_json_is_unavailable(service: Service) -> None:
    service.answer = plain(200, b"<html>maintenance</html>")
    with pytest.raises(Unavailable):
        ask().json()


@pytest.mark.parametrize("body", [b"[" * 9000, b"\xff\xfe\x00"])
def test_hostile_json_is_unavailable(service: Service, body: bytes) -> None:
    service.answer = plain(200, body)
    with pytest.raises(Unavailable):
        ask().json()


def test_an_answer_too_big_is_given_up(service: Service) -> None:
    service.answer = plain(200, b" " * 200_000)
    with pytest.raises(Unavailable):
        ask()


def test_a_packed_answer_is_not_unpacked(service: Service) -> None:
    import gzip

    service.answer = plain(200, gzip.compress(b" " * 5_000_000), **{"Content-Encoding": "gzip"})
    with pytest.raises(Unavailable):
        ask()


def test_an_answer_that_drips_is_given_up_in_time(service: Service, settings) -> None:
    settings.OUTBOUND["test"]["timeout"] = 0.3
    gone = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not gone.wait(0.05):
            handler.wfile.write(b" ")

    service.answer = drip
    start = time.monotonic()
    with pytest.raises(Unavailable):
        ask()
    gone.set()
    assert time.monotonic() - start < 2


def test_headers_that_drip_are_given_up_in_time(service: Service, settings) -> None:
    settings.OUTBOUND["test"]["timeout"] = 0.3
    gone = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not gone.wait(0.05):
            handler.wfile.write(b"a")

    service.answer = drip
    start = time.monotonic()
    with outbound.client("test") as client:
        for _ in range(2):
            with pytest.raises(Unavailable):
                client.get("facts")
    gone.set()
    assert time.monotonic() - start < 2


def test_a_service_that_never_answers_is_given_up_in_time(service: Service, settings) -> None:
    settings.OUTBOUND["test"]["timeout"] = 0.2
    gone = threading.Event()
    service.answer = lambda handler: None if gone.wait(5) else None
    start = time.monotonic()
    with pytest.raises(Unavailable):
        ask()
    gone.set()
    assert time.monotonic() - start < 2


def test_a_service_that_hangs_up_is_unavailable(service: Service) -> None:
    service.answer = lambda handler: handler.connection.close()
    with pytest.raises(Unavailable):
        ask()


def test_a_service_that_is_down_is_unavailable(settings) -> None:
    settings.OUTBOUND = {"test": {"base_url": f"http://127.0.0.1:{free_port()}", "timeout": 1, "hosts": ["127.0.0.1"]}}
    with pytest.raises(Unavailable):
        ask()


@pytest.mark.parametrize(
    ("base_url", "hosts"),
    [
        ("https://evil.example/api", ["api.example"]),
        ("https://api.example@evil.example/", ["api.example"]),
        ("https://api.example.evil.example/", ["api.example"]),
        ("http://api.example/", ["api.example"]),
        ("ftp://api.example/", ["api.example"]),
        ("https:///", ["api.example"]),
    ],
)
def test_no_other_host_and_no_clear_text_is_ever_tried(settings, base_url: str, hosts: list[str]) -> None:
    settings.OUTBOUND = {"test": {"base_url": base_url, "timeout": 1, "hosts": hosts}}
    with pytest.raises(Unavailable):
        ask()


@pytest.mark.parametrize("path", ["//evil.example/x", "@evil.example", "https://evil.example/"])
def test_a_path_can_not_lead_to_another_host(service: Service, path: str) -> None:
    ask(path)
    assert service.asked[0].startswith("/api/")


def test_an_unknown_service_is_a_mistake(settings) -> None:
    settings.OUTBOUND = {}
    with pytest.raises(KeyError):
        outbound.client("nobody")


def test_the_proxy_of_the_environment_is_not_followed(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert ask().status == 200
