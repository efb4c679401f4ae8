"""A browser reduced to what costs nothing: it calls the WSGI application in this very process and keeps cookies."""

import io
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
HOST = "127.0.0.1"


@dataclass(slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


@dataclass
class Browser:
    """`get` and `post` answer what a server would send; a POST carries its token."""

    application: Application
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, url: str, **headers: str) -> Answer:
        return self._call("GET", url, b"", headers)

    def post(self, url: str, data: Mapping[str, str], **headers: str) -> Answer:
        headers["HTTP_X_CSRFTOKEN"] = self.cookies.get("csrftoken", "")
        return self._call("POST", url, urlencode(data).encode(), headers)

    def sign_in(self, email: str, password: str) -> None:
        self.get("/connexion/")
        answer = self.post("/connexion/", {"login": email, "password": password})
        if answer.status != 302 or "sessionid" not in self.cookies:
            raise RuntimeError(f"sign-in of {email} answered {answer.status}")

    def _call(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        heard: list[Any] = []
        chunks = self.application(self._environ(method, url, body, headers), lambda *given: heard.extend(given[:2]))
        try:
            content = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        self._keep([value for name, value in heard[1] if name == "Set-Cookie"])
        return Answer(int(heard[0][:3]), heard[1], content)

    def _environ(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        parts = urlsplit(url)
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": HOST,
            "HTTP_HOST": HOST,
            "HTTP_ACCEPT": "text/html",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **headers,
        }

    def _keep(self, cookies: list[str]) -> None:
        for each in cookies:
            for name, morsel in SimpleCookie(each).items():
                self.cookies[name] = morsel.value
