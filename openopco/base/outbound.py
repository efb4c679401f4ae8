"""Talking to services outside: to the hosts of the settings alone, in a limited time, for a limited answer."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import structlog
from django.conf import settings

from openopco.kernel.errors import Unavailable

log = structlog.get_logger(__name__)
DEFAULT_TIMEOUT = 5.0
LARGEST_ANSWER = 2 * 1024 * 1024
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole. `status` is below 500: all else raised `Unavailable`."""

    status: int
    body: bytes
    content_type: str

    def json(self) -> Any:
        """Raises `Unavailable` when the body isn't JSON: the service lies."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Unavailable from error


class OutboundClient:
    """One service, as settings.OUTBOUND says: `base_url`, `timeout` (seconds, for the whole exchange), `hosts`,
    `max_bytes`. Follows no redirect. A context manager."""

    def __init__(self, service: str, *, transport: httpx.BaseTransport | None = None) -> None:
        options = settings.OUTBOUND[service]
        self.service = service
        self.base_url = str(options["base_url"]).rstrip("/") + "/"
        self.timeout = float(options.get("timeout", DEFAULT_TIMEOUT))
        self.hosts = frozenset(options["hosts"])
        self.largest = int(options.get("max_bytes", LARGEST_ANSWER))
        proxy = settings.OUTBOUND_PROXY or None
        self._client = httpx.Client(
            # Packed answers are neither asked for nor taken: what they unpack to has no bound.
            headers={"Accept-Encoding": "identity"},
            timeout=self.timeout,
            trust_env=False,
            proxy=proxy,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, *, params: Mapping[str, str] | None = None) -> Answer:
        """Raises `Unavailable` for any failure, a redirect, 429 or 5xx, an answer too big or too slow."""
        return self.request("GET", path, params=params)

    def request(self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: Any = None) -> Answer:
        """As `get`; `body` is sent as JSON. Nothing more may be asked once an exchange lasted too long."""
        address = self._address(path)
        if self._client.is_closed:
            raise Unavailable
        try:
            return self._exchange(method, address, params, body)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            log.warning("service unavailable", service=self.service, error=type(error).__name__)
            raise Unavailable from error

    def _address(self, path: str) -> str:
        address = self.base_url + path.lstrip("/")
        parts = urlsplit(address)
        if parts.hostname not in self.hosts:
            raise Unavailable
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise Unavailable
        return address

    def _exchange(self, method: str, address: str, params: Mapping[str, str] | None, body: Any) -> Answer:
        deadline = time.monotonic() + self.timeout
        with self._cut_off(), self._client.stream(method, address, params=params, json=body) as response:
            if 300 <= response.status_code < 400 or response.status_code == 429 or response.status_code >= 500:
                log.warning("service unavailable", service=self.service, status=response.status_code)
                raise Unavailable
            if response.headers.get("content-encoding", "identity") != "identity":
                raise Unavailable
            content = self._read(response, deadline)
        return Answer(response.status_code, content, response.headers.get("content-type", ""))

    @contextmanager
    def _cut_off(self) -> Iterator[None]:
        """httpx bounds each read, not their sum: headers may come one letter at a time. The line is closed under them."""
        watch = threading.Timer(self.timeout, self._client.close)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        content = bytearray()
        for chunk in response.iter_raw():
            content += chunk
            if len(content) > self.largest or time.monotonic() > deadline:
                log.warning("service unavailable", service=self.service, size=len(content))
                raise Unavailable
        return bytes(content)


def client(service: str) -> OutboundClient:
    """A client of the service. Raises `KeyError` where the settings don't know it."""
    return OutboundClient(service)
