"""What an officer's list adds to its rows: what is new in each to him, whether he follows it, whether a rule proposes it to
him. One query for the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from openopco.base.prepared import among, steady_cursor
from openopco.dossiers.models import Dossier, Proposal
from openopco.dossiers.news import in_words
from openopco.dossiers.queries.lists import PAGE_SIZE, Filters, portfolio_of
from openopco.rights import Actor

FOLLOW, PROPOSED = "suivi", "propose"


@dataclass(slots=True)
class Marks:
    """`news` in words."""

    news: list[str] = field(default_factory=list)
    followed: bool = False
    proposed: bool = False


def marks_of(*, actor: Actor, dossiers: Sequence[Dossier]) -> dict[int, Marks]:
    """By the id of those that have any. One query; none for an empty list."""
    ids = [dossier.pk for dossier in dossiers]
    if not ids:
        return {}
    with steady_cursor() as cursor:
        cursor.execute(*marks_statement(actor, ids))
        return read_marks(cursor.fetchall())


def read_marks(rows: Iterable[tuple[int, str, str]]) -> dict[int, Marks]:
    """Of the rows that `marks_statement` gives."""
    found: dict[int, Marks] = {}
    for pk, kind, by in rows:
        marks = found.setdefault(pk, Marks())
        if kind == FOLLOW:
            marks.followed = True
        elif kind == PROPOSED:
            marks.proposed = True
        else:
            marks.news.append(in_words(kind, by))
    return found


def marks_statement(actor: Actor, ids: Sequence[int]) -> tuple[str, list[Any]]:
    """What is new, what is followed, what is proposed, of these requests: SQL, and its values."""
    shown, values = among("dossier_id", ids)
    return MARKS.format(shown=shown), [actor.user_id, *values] * 3


MARKS = f"""SELECT dossier_id, kind, by_label FROM dossiers_news WHERE reader_id = %s AND seen_at IS NULL AND {{shown}}
    UNION ALL SELECT dossier_id, '{FOLLOW}', '' FROM dossiers_follow WHERE user_id = %s AND {{shown}}
    UNION ALL SELECT dossier_id, '{PROPOSED}', '' FROM dossiers_proposal WHERE officer_id = %s AND {{shown}}"""  # noqa: S608


def proposed_to(actor: Actor, filters: Filters) -> list[Dossier]:
    """Of those that wait to be taken, the ones that a rule proposes to the actor: due soonest first, a page at most."""
    mine = Proposal.objects.filter(officer__in=[actor.user_id]).values("dossier_id")
    found = portfolio_of(actor, filters).filter(pk__in=mine).select_related("holder")
    return list(found.order_by("due_on", "id")[:PAGE_SIZE])
