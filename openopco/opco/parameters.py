"""Dated parameters: what is shipped, and over it what this OPCO decided. Rules get them as arguments."""

import time
from collections import defaultdict
from datetime import date
from typing import Any, Final

from openopco.opco.defaults import DEFAULTS, Version
from openopco.opco.models import Parameter

# How long another process may still apply what was in force before: parameters are dated, and set days ahead.
KEPT_SECONDS: Final = 30.0
# What `_rows` keeps between two readings: when it was read, and the versions by code.
_kept: tuple[float, dict[str, list[Version]]] | None = None


def value(code: str, on: date) -> Any:
    """The value in force on a day: the latest that starts on or before it; before all of them, the earliest known.
    No query while the last reading is fresh, one otherwise. Raises KeyError on an unknown code."""
    return version(code, on).value


def version(code: str, on: date) -> Version:
    """As `value`, with the day it took effect and its source, so that a decision can quote its rule."""
    return in_force(versions(code), on)


def versions(code: str) -> list[Version]:
    """All versions of a parameter, oldest first. A row of this OPCO replaces the shipped version of the same day."""
    merged = {each.since: each for each in DEFAULTS[code].versions}
    merged.update({each.since: each for each in _rows().get(code, [])})
    return [merged[since] for since in sorted(merged)]


def in_force(known: list[Version], on: date) -> Version:
    """The latest of `known` (oldest first, not empty) that starts on or before `on`; the first if none does."""
    return next((each for each in reversed(known) if each.since <= on), known[0])


def forget() -> None:
    """Drops what this process keeps: the next reading sees the rows as they are. Called once a change is committed."""
    global _kept
    _kept = None


def _rows() -> dict[str, list[Version]]:
    global _kept
    now = time.monotonic()
    if _kept is None or not 0 <= now - _kept[0] < KEPT_SECONDS:
        _kept = (now, _read())
    return _kept[1]


def _read() -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = defaultdict(list)
    for row in Parameter.objects.order_by("code", "starts_on"):
        found[row.code].append(Version(row.starts_on, row.value, row.source))
    return dict(found)
