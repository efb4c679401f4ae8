"""Lists of requests, filtered, searched and paged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from openopco.base.keyset import Page, cursor_after, paginate
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries.scope import visible_to
from openopco.dossiers.search import matching
from openopco.rights import Actor

PAGE_SIZE = 25
COUNT_CEILING = 1000


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty means all. Dates are inclusive."""

    search: str = ""
    state: str = ""
    kind: str = ""
    starts_from: date | None = None
    starts_to: date | None = None
    order: str = "recent"
    portfolio: str = ""
    late_on: date | None = None

    def narrow(self, queryset: QuerySet[Dossier]) -> QuerySet[Dossier]:
        exact: dict[str, Any] = {"state": self.state, "kind": self.kind, "starts_on__gte": self.starts_from}
        exact["starts_on__lte"] = self.starts_to
        queryset = queryset.filter(**{name: value for name, value in exact.items() if value})
        if self.late_on:
            queryset = queryset.filter(due_on__lt=self.late_on, is_open=True)
        return matching(queryset, self.search) if self.search.strip() else queryset


ORDERS: Mapping[str, tuple[tuple[str, ...], bool]] = {
    "recent": (("updated_at", "id"), True),
    "ancien": (("updated_at", "id"), False),
    "echeance": (("due_on", "id"), False),
    "anciennete": (("sent_at", "id"), False),
    "numero": (("id",), True),
}
# What the desk's list shows: « moi », « libre », all that is open, or « tout ».
MINE, FREE, OPEN, ALL = "moi", "libre", "ouverts", "tout"


def list_of_employer(
    *, actor: Actor, establishment_id: int, filters: Filters, after: str | None = None
) -> Page[Dossier]:
    """« Mes demandes » of one establishment, newest first unless asked otherwise."""
    queryset = filters.narrow(visible_to(actor).filter(establishment_id=establishment_id))
    keys, descending = ORDERS.get(filters.order, ORDERS["recent"])
    return paginate(queryset, keys=keys, after=after, size=PAGE_SIZE, descending=descending)


def worklist(*, actor: Actor, filters: Filters, after: str | None = None) -> Page[Dossier]:
    """The desk's list: what is due soonest comes first, among all states the latest. `portfolio`: « moi », « libre »,
    « tout », else all that is open."""
    keys, descending = _order_of(filters)
    queryset = portfolio_of(actor, filters).select_related("holder")
    return paginate(queryset, keys=keys, after=after, size=PAGE_SIZE, descending=descending)


def portfolio_of(actor: Actor, filters: Filters) -> QuerySet[Dossier]:
    """The requests of the desk's list, unordered: for counts."""
    queryset = visible_to(actor)
    if filters.portfolio == MINE:
        queryset = queryset.filter(holder_id=actor.user_id)
    if filters.portfolio == FREE:
        queryset = queryset.filter(state=State.TRANSMISE)
    if not filters.state and filters.portfolio != ALL:
        queryset = queryset.filter(is_open=True)
    return filters.narrow(queryset)


def next_in_worklist(*, actor: Actor, filters: Filters, dossier: Dossier) -> Dossier | None:
    """The request that follows in the desk's list; past its end, or once this one has left it, the first. Two queries at
    most."""
    keys, descending = _order_of(filters)
    others = portfolio_of(actor, filters).exclude(pk=dossier.pk)
    for after in (cursor_after(dossier, keys), None):
        page = paginate(others, keys=keys, after=after, size=1, descending=descending)
        if page.items:
            return page.items[0]
    return None


def _order_of(filters: Filters) -> tuple[tuple[str, ...], bool]:
    return ORDERS.get(filters.order) or ORDERS["numero" if filters.portfolio == ALL else "echeance"]


def capped_count(queryset: QuerySet[Dossier]) -> int:
    """How many, but never beyond `COUNT_CEILING` + 1: a list says « plus de 1 000 »."""
    return queryset.order_by()[: COUNT_CEILING + 1].count()


def awaiting_employer(*, actor: Actor, establishment_id: int, limit: int = 5) -> list[Dossier]:
    """What waits for the employer: answers due first, then drafts by last save."""
    mine = visible_to(actor).filter(establishment_id=establishment_id, waiting_for="employeur")
    return list(mine.select_related("provider").order_by("due_on", "-updated_at", "-id")[:limit])


def recent(*, actor: Actor, establishment_id: int, limit: int = 5) -> list[Dossier]:
    """The requests sent that moved last."""
    sent = visible_to(actor).filter(establishment_id=establishment_id).exclude(state=State.BROUILLON)
    return list(sent.order_by("-updated_at", "-id")[:limit])
