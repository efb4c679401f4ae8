"""Who holds codes of the nomenclatures. The rooms above say so at their start: this one looks at none of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from openopco.reference.comparing import FACETS

STRETCH: Final = 500
MOST_CODES: Final = 20
Count = Callable[[Sequence[str]], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Usage:
    """`words`: a plural, « Établissements de cette commune ». `count`: how many hold each of at most 500 codes."""

    name: str
    facet: str
    words: str
    count: Count


_usages: dict[str, Usage] = {}


def register(name: str, *, facet: str, words: str, count: Count) -> None:
    """`name` is « room.thing »; `facet` is one of `comparing.FACETS`."""
    if name in _usages or not any(facet in facets for facets in FACETS.values()):
        raise ValueError(f"usage {name} is registered twice, or of an unknown facet")
    _usages[name] = Usage(name, facet, words, count)


def registered_usages() -> Iterable[Usage]:
    return _usages.values()


def used(gone: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Who holds the codes that would vanish: one entry for each usage that has some, fit to be kept as JSON."""
    told = [_told(usage, gone[usage.facet]) for usage in registered_usages() if gone.get(usage.facet)]
    return [each for each in told if each["count"]]


def _told(usage: Usage, codes: Sequence[str]) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for start in range(0, len(codes), STRETCH):
        counts |= usage.count(codes[start : start + STRETCH])
    held = [[code, counts[code]] for code in sorted(counts) if counts[code]]
    return {
        "usage": usage.name,
        "words": usage.words,
        "count": sum(count for _, count in held),
        "codes": held[:MOST_CODES],
        "more": max(len(held) - MOST_CODES, 0),
    }
