"""« Nouveautés ! »: what CHANGELOG.md says; and the version that pyproject.toml gives. Read once per process."""

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final

from django.conf import settings


class Reader(StrEnum):
    """To whom a section of the change log speaks: its title, as written in the file."""

    EMPLOYER = "Pour les employeurs"
    PROVIDER = "Pour les organismes de formation"
    OPCO = "Pour les gestionnaires"
    OPERATOR = "Pour l'exploitation"


@dataclass(frozen=True, slots=True)
class Entry:
    """One version. `lines` holds, for each section's title, its lines as plain text. `released_on` is None while the
    version is not out."""

    version: str
    released_on: date | None
    lines: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class News:
    """What one version brings to one kind of reader."""

    version: str
    released_on: date
    lines: tuple[str, ...]


RELEASE: Final = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?\s*$", re.ASCII)
SECTION: Final = re.compile(r"^### (.+?)\s*$")
BULLET: Final = re.compile(r"^[-*] (.+)$")
LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def parse(text: str) -> tuple[Entry, ...]:
    """The versions of a change log, in the order of the file. Unknown lines are left out; raises nothing."""
    return tuple(_entry(heading, body) for heading, body in _split(text.splitlines(), RELEASE))


def news_of(entries: tuple[Entry, ...], reader: Reader) -> tuple[News, ...]:
    """What the released versions bring to a reader; versions that bring him nothing are left out."""
    return tuple(
        News(entry.version, entry.released_on, entry.lines[reader])
        for entry in entries
        if entry.released_on and entry.lines.get(reader)
    )


@functools.cache
def entries() -> tuple[Entry, ...]:
    """All that CHANGELOG.md tells; nothing where an installation goes without the file."""
    path = settings.ROOT / "CHANGELOG.md"
    return parse(path.read_text(encoding="utf-8")) if path.is_file() else ()


def news(reader: Reader = Reader.EMPLOYER) -> tuple[News, ...]:
    """« Nouveautés ! » for a reader, the latest version first."""
    return news_of(entries(), reader)


@functools.cache
def version() -> str:
    """The version at the foot of every page: [project].version of pyproject.toml, its only source."""
    found: str = tomllib.loads((settings.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return found


def _entry(heading: re.Match[str], body: list[str]) -> Entry:
    lines = {section[1]: tuple(_bullets(rest)) for section, rest in _split(body, SECTION)}
    return Entry(heading[1], _day(heading[2]), lines)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _split(lines: list[str], heading: re.Pattern[str]) -> Iterator[tuple[re.Match[str], list[str]]]:
    starts = [(index, found) for index, line in enumerate(lines) if (found := heading.match(line))]
    for (index, found), (end, _) in pairwise([*starts, (len(lines), None)]):
        if found:
            yield found, lines[index + 1 : end]


def _bullets(lines: list[str]) -> Iterator[str]:
    current = ""
    for line in [*lines, ""]:
        bullet = BULLET.match(line)
        if current and (bullet or not line.strip()):
            yield _plain(current)
            current = ""
        if bullet:
            current = bullet[1]
        elif current:
            current = f"{current} {line.strip()}"


def _plain(markdown: str) -> str:
    return LINK.sub(r"\1", markdown).replace("**", "").replace("`", "").strip()
