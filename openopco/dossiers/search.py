"""Search in requests, behind one interface: pg_trgm on PostgreSQL, FTS5 trigram on SQLite. Both find any part of a word, folded."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Lookup, QuerySet, TextField
from django.db.models.expressions import RawSQL

from openopco.dossiers.models import Dossier
from openopco.kernel.text import fold

# A trigram index needs three letters: shorter words are looked for in what the longer ones left.
SHORTEST = 3
MOST_WORDS = 6


# How each database is asked whether a text holds another, without any index.
HOLDS = {"sqlite": "instr({}, {}) > 0", "postgresql": "strpos({}, {}) > 0"}


@TextField.register_lookup
class Holds(Lookup):
    """`search__holds=word`: as `contains`, read row by row: PostgreSQL would ask its index, which knows nothing of
    employers. The word is taken as it is, so that a prepared query may hold its place."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        text, text_values = self.process_lhs(compiler, connection)
        word, word_values = self.process_rhs(compiler, connection)
        return HOLDS[connection.vendor].format(text, word), (*text_values, *word_values)


@TextField.register_lookup
class Like(Lookup):
    """`search__like=pattern_of(word)`: as `contains`, by the same index; the pattern is taken as it is."""

    lookup_name = "like"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        text, text_values = self.process_lhs(compiler, connection)
        pattern, pattern_values = self.process_rhs(compiler, connection)
        return f"{text} LIKE {pattern}", (*text_values, *pattern_values)


def pattern_of(word: str) -> str:
    return f"%{connection.ops.prep_for_like_query(word)}%"


def search_text(*parts: str) -> str:
    """What the `search` column keeps: folded words, each once."""
    return " ".join(dict.fromkeys(fold(" ".join(parts)).split()))


def words_of(typed: str) -> list[str]:
    return fold(typed).split()[:MOST_WORDS]


def holding(queryset: QuerySet[Dossier], words: Iterable[str]) -> QuerySet[Dossier]:
    """Narrows to what holds every word, read row by row: for what is already few, as one employer's requests are."""
    for word in words:
        queryset = queryset.filter(search__holds=word)
    return queryset


def expression_of(words: list[str]) -> str:
    """What FTS5 is asked: three letters in three of each word. Asked for whole words it would follow each letter's place in
    every request; these few are enough to leave almost nothing else, and `holding` looks at what they leave."""
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
    queryset: QuerySet[Dossier], expression: str, words: tuple[str, ...], states: tuple[str, ...], most: int
) -> QuerySet[Dossier]:
    """Narrows to the `most` latest of all requests sent, or of those in a state, that match. SQLite alone."""
    held = f" AND {HOLDS['sqlite'].format('of_it.search', '%s')}"
    sql = NEWEST.format(narrowed=held * len(words) + " AND of_it.state = %s" * len(states), most=int(most))
    return queryset.filter(pk__in=RawSQL(sql, [expression, *words, *states]))  # noqa: S611


def by_length(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """Those that an index of three letters knows, and those too short for it."""
    known = list(words)
    return [word for word in known if len(word) >= SHORTEST], [word for word in known if len(word) < SHORTEST]


def matching(queryset: QuerySet[Dossier], typed: str) -> QuerySet[Dossier]:
    """Narrows to the requests that contain every word typed."""
    indexed, short = by_length(words_of(typed))
    if connection.vendor == "sqlite":
        queryset = _indexed(queryset, indexed) if indexed else queryset
        return holding(queryset, [*indexed, *short])
    return liking(queryset, map(pattern_of, indexed), short)


def liking(queryset: QuerySet[Dossier], patterns: Iterable[str], short: Iterable[str]) -> QuerySet[Dossier]:
    """Narrows to what has every pattern, which PostgreSQL's index finds, and every word too short for it."""
    for pattern in patterns:
        queryset = queryset.filter(search__like=pattern)
    return holding(queryset, short)


def _indexed(queryset: QuerySet[Dossier], words: list[str]) -> QuerySet[Dossier]:
    found = RawSQL("SELECT rowid FROM dossiers_search WHERE dossiers_search MATCH %s", [expression_of(words)])
    return queryset.filter(pk__in=found)
