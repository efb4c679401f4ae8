"""A public service on loopback, as well-behaved or as bad as a test wants it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Service:
    """Answers each path with what `answers` holds for it: (status, body, headers), or a function of the query."""

    address: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def says(self, path: str, body: Any, status: int = 200, **headers: str) -> None:
        self.answers[path] = (status, body if isinstance(body, bytes) else json.dumps(body).encode(), headers)

    def does(self, path: str, behave: Callable[[BaseHTTPRequestHandler], None]) -> None:
        self.answers[path] = behave


@contextmanager
def service() -> Iterator[Service]:
    state = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            state.asked.append(self.path)
            answer = state.answers.get(url.path, (404, b"{}", {}))
            if callable(answer):
                answer(self)
                return
            status, body, headers = answer
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def query_of(path: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(path).query)
