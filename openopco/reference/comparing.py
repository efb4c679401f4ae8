"""What an edition changes: pure, from rows to rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from openopco.reference.enums import Dataset
from openopco.reference.shapes import SHAPES, Key, Row, values_of

MOST_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Difference:
    """By key. Without the `removed`, with the `added` and the second of each `changed`, what was before is what is after."""

    added: dict[Key, Row]
    removed: dict[Key, Row]
    changed: dict[Key, tuple[Row, Row]]
    before_count: int


def difference(dataset: str, before: Iterable[Row], after: Iterable[Row]) -> Difference:
    key_of = SHAPES[dataset].key_of
    old, new = {key_of(row): row for row in before}, {key_of(row): row for row in after}
    return Difference(
        added={key: new[key] for key in sorted(new.keys() - old.keys())},
        removed={key: old[key] for key in sorted(old.keys() - new.keys())},
        changed={key: (old[key], new[key]) for key in sorted(old.keys() & new.keys()) if old[key] != new[key]},
        before_count=len(old),
    )


def summary(found: Difference) -> dict[str, Any]:
    """What is kept of it with the edition: the counts, and the first rows of each."""
    return {
        "before": found.before_count,
        "added": len(found.added),
        "removed": len(found.removed),
        "changed": len(found.changed),
        "first_added": list(found.added.values())[:MOST_SHOWN],
        "first_removed": list(found.removed.values())[:MOST_SHOWN],
        "first_changed": [list(pair) for pair in list(found.changed.values())[:MOST_SHOWN]],
    }


def vanished(dataset: str, before: Iterable[Row], after: Iterable[Row]) -> dict[str, list[str]]:
    """The codes that others may hold and that would no longer be known, by what they are codes of (`usages`)."""
    gone: dict[str, list[str]] = {}
    old, new = list(before), list(after)
    for facet in FACETS[dataset]:
        gone[facet] = sorted(_codes(facet, old) - _codes(facet, new))
    return gone


FACETS: dict[str, tuple[str, ...]] = {
    Dataset.COMMUNES: ("insee", "postal_codes"),
    Dataset.NAF: ("naf",),
    Dataset.IDCC: ("idcc",),
}


def _codes(facet: str, rows: list[Row]) -> set[str]:
    column = "code" if facet in ("naf", "idcc") else facet
    return {code for row in rows for code in values_of(row[column])}
