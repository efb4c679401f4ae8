"""Dated lists: what is shipped, and over it what this OPCO decided. One place for forms, checks, pages and exports.

Kept in the process as parameters are; read by day, so that what was sent keeps the words it was sent with."""

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from openopco.opco.models import ListVersion
from openopco.opco.shipped_lists import LISTS, Entry

KEPT_SECONDS: Final = 30.0
MOST_DAYS: Final = 512
Choices = tuple[tuple[str, str], ...]
ByCode = dict[str, list[Entry]]


@dataclass(slots=True)
class _Kept:
    """One reading of the rows: the versions of each entry by list, and the answers already made of them."""

    at: float
    versions: dict[str, ByCode]
    choices: dict[tuple[str, date], Choices] = field(default_factory=dict)


_kept: _Kept | None = None


def entries(list_code: str, on: date) -> list[Entry]:
    """What a form offers on a day, in order. No query while the last reading is fresh, one otherwise."""
    return [each for each in known(list_code, on) if each.is_open]


def known(list_code: str, on: date) -> list[Entry]:
    """Every entry that has existed by that day, closed ones too, as it read then."""
    found = (at_day(versions, on) for versions in _now().versions[list_code].values())
    return sorted((each for each in found if each), key=lambda each: (each.rank, each.label))


def choices(list_code: str, on: date | None) -> Choices:
    """Codes and labels that a form offers on a day; None: as shipped, without any query."""
    if on is None:
        return tuple((each.code, each.label) for each in LISTS[list_code].shipped)
    kept = _now()
    if (answer := kept.choices.get((list_code, on))) is None:
        answer = tuple((each.code, each.label) for each in entries(list_code, on))
        if len(kept.choices) < MOST_DAYS:
            kept.choices[list_code, on] = answer
    return answer


def label(list_code: str, code: str, on: date | None) -> str:
    """The words of a code on a day, though it be closed by then; empty where there was never such a code."""
    if (words := dict(choices(list_code, on)).get(code)) or on is None:
        return words or ""
    versions = _now().versions[list_code].get(code, [])
    entry = at_day(versions, on) or next(iter(versions), None)
    return entry.label if entry else ""


def phrases(list_code: str, nature: str, on: date) -> list[Entry]:
    """The phrases offered on a day for an action of that nature."""
    return [each for each in entries(list_code, on) if not each.natures or nature in each.natures]


def at_day(versions: list[Entry], on: date) -> Entry | None:
    """The latest of the versions (oldest first) that has started by then."""
    return next((each for each in reversed(versions) if each.since <= on), None)


def merged(list_code: str, rows: Iterable[ListVersion]) -> ByCode:
    """The versions of each entry, oldest first: shipped, then decided here. An entry whose only day was withdrawn has none
    left, yet its code stays taken."""
    by_code: dict[str, dict[date, Entry]] = {each.code: {each.since: each} for each in LISTS[list_code].shipped}
    rows = list(rows)
    for code in {row.code for row in rows}:
        by_code.setdefault(code, {})
    for row in standing(rows):
        by_code[row.code][row.starts_on] = entry_of(row)
    return {code: [found[day] for day in sorted(found)] for code, found in by_code.items()}


def standing(rows: Iterable[ListVersion]) -> list[ListVersion]:
    """The rows that count: the last of each day, unless it withdraws the others."""
    last = {(row.code, row.starts_on): row for row in sorted(rows, key=lambda row: row.revision)}
    return [row for row in last.values() if not row.withdrawn]


def entry_of(row: ListVersion) -> Entry:
    return Entry(row.code, row.label, row.rank, row.text, tuple(row.natures), row.is_open, row.starts_on)


def forget() -> None:
    """Drops what this process keeps. Called once a change is committed."""
    global _kept
    _kept = None


def _now() -> _Kept:
    global _kept
    now = time.monotonic()
    if _kept is None or not 0 <= now - _kept.at < KEPT_SECONDS:
        _kept = _Kept(now, _read())
    return _kept


def _read() -> dict[str, ByCode]:
    rows: dict[str, list[ListVersion]] = defaultdict(list)
    for row in ListVersion.objects.order_by("list_code", "code", "revision"):
        rows[row.list_code].append(row)
    return {list_code: merged(list_code, rows[list_code]) for list_code in LISTS}
