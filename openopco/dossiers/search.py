"""Search in requests, behind one interface: pg_trgm on PostgreSQL, FTS5 trigram on SQLite. Both find any part of a word, folded."""

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from openopco.dossiers.models import Dossier
from openopco.kernel.text import fold

# A trigram index needs three letters: shorter words are looked for in what the longer ones left.
SHORTEST = 3


def search_text(*parts: str) -> str:
    """What the `search` column keeps: folded words, each once."""
    return " ".join(dict.fromkeys(fold(" ".join(parts)).split()))


def matching_few(queryset: QuerySet[Dossier], typed: str) -> QuerySet[Dossier]:
    """The same as `matching` among what is already few, one employer's requests: reading them costs less than the index."""
    for word in words_of(typed):
        queryset = queryset.filter(search__contains=word)
    return queryset


def words_of(typed: str) -> list[str]:
    return fold(typed).split()[:6]


def expression_of(words: list[str]) -> str:
    """What FTS5 is asked: every word."""
    return " AND ".join('"' + word.replace('"', '""') + '"' for word in words)


def newest_expression(typed: str) -> str:
    """What `among_newest` is asked on SQLite; empty where it can't be: on PostgreSQL, or with a word too short."""
    words = words_of(typed)
    return expression_of(words) if words and connection.vendor == "sqlite" and min(map(len, words)) >= SHORTEST else ""


# Read from the latest backwards, the index stops at the last row that a page shows: asked « IN » of the whole answer, it
# would read it all. CROSS JOIN is how SQLite is told in which order to go.
NEWEST = """SELECT found.rowid FROM dossiers_search found CROSS JOIN dossiers_dossier of_it ON of_it.id = found.rowid
    WHERE found.search MATCH %s AND of_it.state <> 'brouillon'{state} ORDER BY found.rowid DESC LIMIT {most}"""


def among_newest(queryset: QuerySet[Dossier], expression: str, *states: str, most: int) -> QuerySet[Dossier]:
    """Narrows to the `most` latest of all requests sent, or of those in a state, that match. SQLite alone."""
    sql = NEWEST.format(state=" AND of_it.state = %s" * len(states), most=int(most))
    return queryset.filter(pk__in=RawSQL(sql, [expression, *states]))  # noqa: S611


def matching(queryset: QuerySet[Dossier], typed: str) -> QuerySet[Dossier]:
    """Narrows to the requests that contain every word typed."""
    words = words_of(typed)
    for word in (word for word in words if len(word) < SHORTEST):
        queryset = queryset.filter(search__contains=word)
    long_words = [word for word in words if len(word) >= SHORTEST]
    if not long_words:
        return queryset
    if connection.vendor == "sqlite":
        expression = expression_of(long_words)
        return queryset.filter(
            pk__in=RawSQL("SELECT rowid FROM dossiers_search WHERE dossiers_search MATCH %s", [expression])
        )
    for word in long_words:
        queryset = queryset.filter(search__contains=word)
    return queryset
