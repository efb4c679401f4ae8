"""Search in requests, behind one interface: pg_trgm on PostgreSQL, FTS5 trigram on SQLite. Both find any part of a word, folded."""

from typing import Any

from django.db import connection
from django.db.models import Lookup, QuerySet, TextField
from django.db.models.expressions import RawSQL

from openopco.dossiers.models import Dossier
from openopco.kernel.text import fold

# A trigram index needs three letters: shorter words are looked for in what the longer ones left.
SHORTEST = 3
MOST_WORDS = 6


@TextField.register_lookup
class Like(Lookup):
    """`search__like="%word%"`: the pattern as it is, which a prepared query takes as a value; `contains` makes its own."""

    lookup_name = "like"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} LIKE {right}{ESCAPE[connection.vendor]}", (*left_values, *right_values)


# PostgreSQL takes the backslash by itself.
ESCAPE = {"sqlite": r" ESCAPE '\'", "postgresql": ""}


def search_text(*parts: str) -> str:
    """What the `search` column keeps: folded words, each once."""
    return " ".join(dict.fromkeys(fold(" ".join(parts)).split()))


def words_of(typed: str) -> list[str]:
    return fold(typed).split()[:MOST_WORDS]


def patterns_of(words: list[str]) -> list[str]:
    """What LIKE is asked, one for each word."""
    return [f"%{connection.ops.prep_for_like_query(word)}%" for word in words]


def like_all(queryset: QuerySet[Dossier], patterns: tuple[str, ...] | list[str]) -> QuerySet[Dossier]:
    """Narrows to what holds every pattern, read row by row: for what is already few, one employer's requests."""
    for pattern in patterns:
        queryset = queryset.filter(search__like=pattern)
    return queryset


def matching_few(queryset: QuerySet[Dossier], typed: str) -> QuerySet[Dossier]:
    """The same as `matching` among what is already few: reading them costs less than the index."""
    return like_all(queryset, patterns_of(words_of(typed)))


def expression_of(words: list[str]) -> str:
    """What FTS5 is asked: three letters in three of each word. Asked for whole words it would follow each letter's place in
    every request; these few are enough to leave almost nothing else, and LIKE looks at what they leave."""
    pieces = dict.fromkeys(piece for word in words for piece in _pieces(word))
    return " AND ".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def _pieces(word: str) -> list[str]:
    last = len(word) - SHORTEST
    return [word[start : start + SHORTEST] for start in [*range(0, last, SHORTEST), last]]


def can_search_newest(words: list[str]) -> bool:
    """Whether `among_newest` can be asked: not on PostgreSQL, nor with a word too short."""
    return bool(words) and connection.vendor == "sqlite" and min(map(len, words)) >= SHORTEST


# Read from the latest backwards, the index stops at the last row that a page shows: asked « IN » of the whole answer, it
# would read it all. CROSS JOIN is how SQLite is told in which order to go.
NEWEST = """SELECT found.rowid FROM dossiers_search found CROSS JOIN dossiers_dossier of_it ON of_it.id = found.rowid
    WHERE found.search MATCH %s AND of_it.state <> 'brouillon'{narrowed} ORDER BY found.rowid DESC LIMIT {most}"""


def among_newest(
    queryset: QuerySet[Dossier], expression: str, patterns: tuple[str, ...], states: tuple[str, ...], most: int
) -> QuerySet[Dossier]:
    """Narrows to the `most` latest of all requests sent, or of those in a state, that match. SQLite alone."""
    narrowed = f" AND of_it.search LIKE %s{ESCAPE['sqlite']}" * len(patterns) + " AND of_it.state = %s" * len(states)
    sql = NEWEST.format(narrowed=narrowed, most=int(most))
    return queryset.filter(pk__in=RawSQL(sql, [expression, *patterns, *states]))  # noqa: S611


def matching(queryset: QuerySet[Dossier], typed: str) -> QuerySet[Dossier]:
    """Narrows to the requests that contain every word typed."""
    words = words_of(typed)
    indexed = [word for word in words if len(word) >= SHORTEST]
    if indexed and connection.vendor == "sqlite":
        by_index = "SELECT rowid FROM dossiers_search WHERE dossiers_search MATCH %s"
        queryset = queryset.filter(pk__in=RawSQL(by_index, [expression_of(indexed)]))  # noqa: S611
    return like_all(queryset, patterns_of(words))
