"""How many requests there are in each portfolio of the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from openopco.base.prepared import among, steady_cursor
from openopco.dossiers import funds
from openopco.dossiers.enums import OPEN_STATES, State
from openopco.dossiers.holds import waited
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries.held import replaced_ids
from openopco.dossiers.queries.lists import ALL, FOLLOWED, FREE, MINE, MODIFIED, NEW, OPEN, REPLACED, WAITING
from openopco.rights import Actor, Permission, require

COUNT_CEILING = 1000
# Beyond this many a tab only says « plus de »: eight counts on each page, none of them worth a thousand rows read.
TAB_CEILING = 99


def capped_count(queryset: QuerySet[Dossier]) -> int:
    """How many, but never beyond `COUNT_CEILING` + 1: a list says « plus de 1 000 »."""
    return queryset.order_by()[: COUNT_CEILING + 1].count()


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """How many requests in each portfolio of the desk, and how many are late in the one shown; never beyond
    `TAB_CEILING` + 1. Those of the waiting list and of colleagues who are away are there while there are any such."""

    portfolios: Mapping[str, int]
    late: int


# The open requests of each portfolio; « tout » counts as open where lateness is asked. By states, which an index holds with
# the deadlines: no row is read.
_OPEN = f"state IN ({', '.join(repr(state.value) for state in sorted(OPEN_STATES))})"
_IN_PORTFOLIO = {
    MINE: "is_open AND holder_id = %s",
    FREE: f"state = '{State.TRANSMISE.value}'",
    OPEN: _OPEN,
    ALL: _OPEN,
    NEW: "COALESCE(is_open, FALSE) AND id IN (SELECT dossier_id FROM dossiers_news WHERE reader_id = %s AND seen_at IS NULL)",
    FOLLOWED: "COALESCE(is_open, FALSE) AND id IN (SELECT dossier_id FROM dossiers_follow WHERE user_id = %s)",
    MODIFIED: "COALESCE(is_open, FALSE) AND id IN (SELECT dossier_id FROM dossiers_modification WHERE state = 'proposee')",
}


def desk_counts(*, actor: Actor, portfolio: str, today: date) -> DeskCounts:
    """The counts of the desk's list, in one query. Raises `Forbidden`."""
    require(actor, Permission.DOSSIER_TAKE)
    passing = _passing(actor, today)
    shown, ids = passing.get(portfolio, (_IN_PORTFOLIO.get(portfolio, _OPEN), []))
    late = Dossier.due_on.field.get_db_prep_value(today, connection)
    rows = {**_ROWS, FREE: _ROWS[FREE] + _with_funds(today)}
    asked = [_count(each, actor.user_id) for each in rows.values()]
    asked += [_count(f"dossiers_dossier WHERE {which}", None, *values) for which, values in passing.values()]
    asked.append(_count(f"dossiers_dossier WHERE {shown} AND due_on < %s", actor.user_id, *ids, late))
    sql = ", ".join(one for one, _ in asked)
    with steady_cursor() as cursor:
        cursor.execute(f"SELECT {sql}", [value for _, values in asked for value in values])
        *found, last = cursor.fetchone()
    return DeskCounts(dict(zip([*rows, *passing], found, strict=True)), last)


# What each count reads: of what is new or followed, the small tables alone.
_ROWS = {
    **{name: f"dossiers_dossier WHERE {_IN_PORTFOLIO[name]}" for name in (MINE, FREE, OPEN)},
    NEW: "(SELECT DISTINCT dossier_id FROM dossiers_news WHERE reader_id = %s AND seen_at IS NULL) AS unread",
    FOLLOWED: "dossiers_follow WHERE user_id = %s",
    MODIFIED: "dossiers_modification WHERE state = 'proposee'",
}


def _passing(actor: Actor, today: date) -> dict[str, tuple[str, list[Any]]]:
    """The portfolios that there are for a time: whose funds are exhausted, whose officer is away. Each with its values."""
    found: dict[str, tuple[str, list[Any]]] = {}
    if waiting := _waiting(today):
        found[WAITING] = (f"is_open AND {waiting}" if waiting != _ALL else _OPEN, [])
    if away := replaced_ids(actor):
        condition, ids = among("holder_id", away)
        found[REPLACED] = (f"is_open AND {condition}", ids)
    return found


def _with_funds(today: date) -> str:
    """Less those that wait for funds."""
    waiting = _waiting(today)
    return f" AND NOT COALESCE({waiting}, FALSE)" if waiting else ""


_ALL = "(1 = 1)"


def _waiting(today: date) -> str:
    """Those that wait for funds, as a condition: of a branch whose funds are exhausted, or held; empty where none does."""
    codes = sorted({each.idcc for each in funds.closures.value() if each.runs_on(today)})
    if "" in codes:
        return _ALL
    either = [f"idcc IN ({_listed(codes)})"] if codes else []
    if waited.value().envelopes:
        either.append("id IN (SELECT dossier_id FROM dossiers_fundhold WHERE until IS NULL)")
    return f"({' OR '.join(either)})" if either else ""


def _listed(codes: list[str]) -> str:
    # Four digits each: nothing to escape.
    return ", ".join(map(repr, codes))


def _count(rows: str, user_id: int | None, *values: Any) -> tuple[str, list[Any]]:
    """The count of some rows as a column, and its values: the person's id wherever it is asked first."""
    given = [*([user_id] if "_id = %s" in rows else []), *values]
    return f"(SELECT COUNT(*) FROM (SELECT 1 FROM {rows} LIMIT {TAB_CEILING + 1}) AS n)", given  # noqa: S608
