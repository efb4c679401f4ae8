"""Dated parameters: what is shipped, and over it what this OPCO decided. Rules get them as arguments."""

import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from openopco.opco.defaults import Version, shipped_versions
from openopco.opco.identities import identity
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
    return merged(code, _rows().get(code, []))


def merged(code: str, decided: Iterable[Version]) -> list[Version]:
    """What this OPCO decided over what is shipped, oldest first."""
    by_day = {each.since: each for each in shipped_versions(code, identity().slug)} | {
        each.since: each for each in decided
    }
    return [by_day[since] for since in sorted(by_day)]


def standing(rows: Iterable[Parameter]) -> list[Parameter]:
    """Those of the rows that count, by code and day: the last of each day, unless it withdraws the others."""
    last = {(row.code, row.starts_on): row for row in sorted(rows, key=lambda row: row.revision)}
    return [last[key] for key in sorted(last) if not last[key].withdrawn]


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
    for row in standing(Parameter.objects.all()):
        found[row.code].append(Version(row.starts_on, row.value, row.source))
    return dict(found)
