"""Times, queries and bytes of each page, measured in turns so that a busy moment of the machine falls on all of them."""

import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from django.db import connection

from tests.bench.pages import Case
from tests.bench.wsgi import Browser

WARMING = 3


@dataclass
class Result:
    """`times` in seconds; `compressed` is what travels of the page itself."""

    name: str
    queries: int
    bytes: int
    times: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return statistics.median(self.times)


def measure(cases: list[Case], seconds: float) -> list[Result]:
    """Each case for about `seconds`, one request of each after the other, as a server is asked: a busy moment of the machine
    falls on all of them, and none finds the processor's caches full of itself."""
    results = [first_look(case) for case in cases]
    for _ in range(WARMING):
        for case in cases:
            if not case.most:
                _checked(case)
    left = {case.name: case.most - 1 for case in cases if case.most}
    until = time.perf_counter() + seconds * len(cases)
    while time.perf_counter() < until:
        for case, result in zip(cases, results, strict=True):
            if case.most:
                if not left[case.name]:
                    continue
                left[case.name] -= 1
            _time(case, result)
    return results


def _time(case: Case, result: Result) -> None:
    start = time.perf_counter()
    case.ask()
    result.times.append(time.perf_counter() - start)


def first_look(case: Case) -> Result:
    """One request, its queries counted. Raises `RuntimeError` where the answer is not the one expected."""
    if case.is_read:
        _checked(case)
    count = 0

    def counting(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counting):
        size = _checked(case)
    return Result(case.name, count, size)


def _checked(case: Case) -> int:
    answer = case.ask()
    if answer.status != case.expected:
        raise RuntimeError(f"{case.name}: {answer.status} instead of {case.expected}\n{answer.body[:2000]!r}")
    return len(answer.body)


LINKED = re.compile(rb"(?:src|href)=\"(/static/[^\"#]+|/theme/[^\"#]+)")
NESTED = re.compile(rb"(?:url\(|from\s*|import\s*\(?)[\"']?([./][^\"'()\s#]+\.\w{2,5})")


def first_visit(browser: Browser, pages: tuple[str, ...]) -> dict[str, int]:
    """The assets that these pages need, with what they call in turn: compressed bytes by address."""
    sizes: dict[str, int] = {}
    waiting = [link.decode() for url in pages for link in LINKED.findall(browser.get(url).body)]
    while waiting:
        url = waiting.pop()
        if url in sizes:
            continue
        answer = browser.get(url, HTTP_ACCEPT_ENCODING="br, gzip")
        if answer.status != 200:
            raise RuntimeError(f"{url}: {answer.status}")
        sizes[url] = len(answer.body)
        if url.endswith((".css", ".js")):
            waiting += [urljoin(url, link.decode()) for link in NESTED.findall(browser.get(url).body)]
    return sizes
