"""What one company, or one provider, has asked: a list, and figures on the latest of it. For officers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from openopco.base.keyset import Page, paginate
from openopco.dossiers.enums import State
from openopco.dossiers.models import Decision, Dossier
from openopco.dossiers.queries.scope import visible_to
from openopco.kernel.calendar import paris_today
from openopco.rights import Actor, Permission, require

# Figures are on these latest: their cost does not grow with a history.
MOST_COUNTED = 1000
PAGE_SIZE = 10
STATES = frozenset(map(str, State))


@dataclass(frozen=True, slots=True)
class Year:
    """The requests sent in a year (Paris), euros HT: all that was asked, and what was granted of it."""

    year: int
    count: int
    asked: Decimal
    granted: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """By state, then by year, the latest first; `is_partial`: there are older ones, which do not count."""

    by_state: dict[State, int]
    by_year: list[Year]
    is_partial: bool


def with_first_answer(found: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """With `answered_at`, the day of the first decision: what a modification decides anew is no longer the answer that the
    employer waited for."""
    first = Decision.objects.filter(dossier=OuterRef("pk"), version=1).values("decided_at")
    return found.annotate(answered_at=Coalesce(Subquery(first), "decided_at"))


def history_of(
    *,
    actor: Actor,
    establishment_id: int | None = None,
    provider_id: int | None = None,
    state: str = "",
    after: str | None = None,
) -> Page[Dossier]:
    """The requests of one of both, all or those in a state, those that moved last first. Raises `Forbidden`."""
    found = _of(actor, establishment_id, provider_id)
    found = found.filter(state=state) if state in STATES else found
    return paginate(found, keys=("updated_at", "id"), after=after, size=PAGE_SIZE, descending=True)


def figures_of(*, actor: Actor, establishment_id: int | None = None, provider_id: int | None = None) -> Figures:
    """How many, and how much, among the latest `MOST_COUNTED`. One query. Raises `Forbidden`."""
    found = _of(actor, establishment_id, provider_id).order_by("-updated_at", "-id")
    rows = found.values_list("state", "sent_at", "amount_asked", "amount_granted")[: MOST_COUNTED + 1]
    lines = [_line(*row) for row in rows]
    return count_figures(lines[:MOST_COUNTED], is_partial=len(lines) > MOST_COUNTED)


Sent = tuple[State, int, Decimal, Decimal]


def _line(state: str, sent_at: Any, asked: Any, granted: Any) -> Sent:
    return State(state), paris_today(sent_at).year, asked, granted or Decimal(0)


def count_figures(lines: Iterable[Sent], *, is_partial: bool = False) -> Figures:
    """Adds up (state, year, asked, granted). Pure."""
    states: dict[State, int] = defaultdict(int)
    years: dict[int, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for state, year, asked, granted in lines:
        states[state] += 1
        years[year].append((asked, granted))
    by_year = [
        Year(year, len(years[year]), *(sum(column, Decimal(0)) for column in zip(*years[year], strict=True)))
        for year in sorted(years, reverse=True)
    ]
    return Figures({state: states[state] for state in State if states[state]}, by_year, is_partial)


def _of(actor: Actor, establishment_id: int | None, provider_id: int | None) -> QuerySet[Dossier]:
    require(actor, Permission.ORGANISATION_READ)
    whose = {"establishment_id": establishment_id} if provider_id is None else {"provider_id": provider_id}
    return visible_to(actor).filter(**whose)
