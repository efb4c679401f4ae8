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


def matching(queryset: QuerySet[Dossier], typed: str) -> QuerySet[Dossier]:
    """Narrows to the requests that contain every word typed."""
    words = words_of(typed)
    for word in (word for word in words if len(word) < SHORTEST):
        queryset = queryset.filter(search__contains=word)
    long_words = [word for word in words if len(word) >= SHORTEST]
    if not long_words:
        return queryset
    if connection.vendor == "sqlite":
        expression = " AND ".join('"' + word.replace('"', '""') + '"' for word in long_words)
        return queryset.filter(
            pk__in=RawSQL("SELECT rowid FROM dossiers_search WHERE dossiers_search MATCH %s", [expression])
        )
    for word in long_words:
        queryset = queryset.filter(search__contains=word)
    return queryset
