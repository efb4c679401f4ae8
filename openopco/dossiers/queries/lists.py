"""Lists of requests, filtered, searched and paged."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Subquery

from openopco.base.keyset import Page, cursor_after, first_page, ordering, paginate
from openopco.base.prepared import Prepared
from openopco.dossiers.enums import ModificationState, State
from openopco.dossiers.figures import beginning_of
from openopco.dossiers.models import Dossier, Follow, Modification, News
from openopco.dossiers.queries.held import exhausted_now, replaced_ids, waiting_for_funds, with_funds
from openopco.dossiers.queries.outcomes import OUTCOMES, point_asked
from openopco.dossiers.queries.scope import HIDDEN, reads_all_sent, sees_all_of, visible_to
from openopco.dossiers.search import (
    MOST_WORDS,
    among_newest,
    by_length,
    can_search_newest,
    expression_of,
    holding,
    liking,
    matching,
    pattern_of,
    words_of,
)
from openopco.rights import OPCO_ROLES, Actor, Grant, Role

PAGE_SIZE = 25


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
    idcc: str = ""
    region: str = ""
    holder_id: int | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    news: str = ""
    sent_from: date | None = None
    sent_to: date | None = None
    provider_id: int | None = None
    outcome: str = ""
    point: str = ""

    @property
    def is_dateless(self) -> bool:
        """Narrowed by codes and words alone: the queries of these are written once."""
        return not self._is_ranged

    @property
    def is_plain(self) -> bool:
        """Narrowed by codes alone."""
        return self.is_dateless and not self.words

    @property
    def words(self) -> list[str]:
        """What is searched, folded."""
        return words_of(self.search)

    @property
    def is_search(self) -> bool:
        """A search among all requests, narrowed by a state at most."""
        only = self.is_dateless and not (self.kind or self.idcc or self.region)
        return only and self.portfolio == ALL and bool(self.words)

    @property
    def _is_ranged(self) -> bool:
        days = self.starts_from or self.starts_to or self.late_on or self.sent_from or self.sent_to
        amounts = self.amount_from is not None or self.amount_to is not None
        return bool(days or amounts or self.holder_id or self.news or self.provider_id or self.outcome or self.point)

    @property
    def codes(self) -> dict[str, str]:
        found = {"state": self.state, "kind": self.kind, "idcc": self.idcc, "region": self.region}
        return {name: code for name, code in found.items() if code}

    def narrow(self, queryset: QuerySet[Dossier], *, is_few: bool = False) -> QuerySet[Dossier]:
        """`is_few`: the requests are of one employer."""
        ranges: dict[str, Any] = {
            "starts_on__gte": self.starts_from,
            "starts_on__lte": self.starts_to,
            "sent_at__gte": beginning_of(self.sent_from) if self.sent_from else None,
            "sent_at__lt": beginning_of(self.sent_to + timedelta(days=1)) if self.sent_to else None,
            "amount_asked__gte": self.amount_from,
            "amount_asked__lte": self.amount_to,
            "holder_id": self.holder_id,
            "provider_id": self.provider_id,
        }
        given = {name: value for name, value in ranges.items() if value is not None}
        queryset = queryset.filter(OUTCOMES[self.outcome], **self.codes, **given)
        if self.point:
            queryset = queryset.filter(point_asked(self.point))
        if self.late_on:
            queryset = queryset.filter(due_on__lt=self.late_on, is_open=True)
        return holding(queryset, self.words) if is_few else matching(queryset, self.search)


ORDERS: Mapping[str, tuple[tuple[str, ...], bool]] = {
    "recent": (("updated_at", "id"), True),
    "ancien": (("updated_at", "id"), False),
    "echeance": (("due_on", "id"), False),
    "anciennete": (("sent_at", "id"), False),
    "numero": (("id",), True),
}
# What the desk's list shows: « moi », « libre », all that is open, or « tout »; what is new to the officer, what he follows,
# what a modification was signalled on.
MINE, FREE, OPEN, ALL = "moi", "libre", "ouverts", "tout"
NEW, FOLLOWED, MODIFIED = "nouveautes", "suivis", "modifications"
WAITING, REPLACED = "attente", "remplace"
# Those that depend on who looks, and those that show what is over too.
PERSONAL, WHOLE = frozenset({MINE, NEW, FOLLOWED}), frozenset({ALL, NEW, FOLLOWED, MODIFIED})
WITH_NEWS, WITHOUT_NEWS = "avec", "sans"
# Of how many requests a search reads the words before it asks its index.
LATEST = 2000
OFFICER = Actor(user_id=None, label="", grants=(Grant(Role.GESTIONNAIRE),))


def list_of_employer(
    *, actor: Actor, establishment_id: int, filters: Filters, after: str | None = None
) -> Page[Dossier]:
    """« Mes demandes » of one establishment, newest first unless asked otherwise."""
    keys, descending = ORDERS.get(filters.order, ORDERS["recent"])
    if not after and filters.is_dateless and sees_all_of(actor, establishment_id):
        words = filters.words
        first = _first_of_employer(tuple(filters.codes), len(words), keys, descending)
        rows = first(establishment_id, *filters.codes.values(), *words)
        return first_page(rows, keys=keys, size=PAGE_SIZE)
    queryset = filters.narrow(visible_to(actor).filter(establishment_id=establishment_id), is_few=True)
    return paginate(queryset, keys=keys, after=after, size=PAGE_SIZE, descending=descending)


def worklist(*, actor: Actor, filters: Filters, after: str | None = None) -> Page[Dossier]:
    """The desk's list: what is due soonest comes first, among all states the latest. `portfolio`: « moi », « libre »,
    « tout », else all that is open."""
    keys, descending = _order_of(filters)
    people = _people_of(filters.portfolio, actor)
    if not after and people is not None and filters.is_plain and _reads_as_officers(actor):
        first = _first_of_desk(filters.portfolio, len(people), tuple(filters.codes), keys, descending)
        return first_page(first(*people, *filters.codes.values()), keys=keys, size=PAGE_SIZE)
    if not after and keys == ("id",) and filters.is_search and _reads_as_officers(actor):
        found = _found(filters)
        if found is not None:
            return first_page(found, keys=keys, size=PAGE_SIZE)
    queryset = _with_holder(portfolio_of(actor, filters))
    return paginate(queryset, keys=keys, after=after, size=PAGE_SIZE, descending=descending)


def _people_of(portfolio: str, actor: Actor) -> list[int] | None:
    """Whose a portfolio is: the officer, or those for whom he stands in; none where it is anybody's. None where its query
    is not written once."""
    if portfolio == REPLACED:
        return replaced_ids(actor) or None
    if portfolio == WAITING or (portfolio == FREE and exhausted_now() is not None):
        return None
    return [actor.user_id] if portfolio in PERSONAL and actor.user_id else []


def _reads_as_officers(actor: Actor) -> bool:
    """Whether the actor sees what every officer sees, and nothing else: the queries written once are theirs."""
    return reads_all_sent(actor) and actor.roles <= OPCO_ROLES


def _found(filters: Filters) -> list[Dossier] | None:
    """The first page of a search among all requests sent, the latest first, by queries written once; None for none. What is
    common fills it from the latest requests alone; an index finds what is rare."""
    states, words = [filters.state] if filters.state else [], filters.words
    latest = _latest_holding(len(words), len(states))(*words, *states)
    if len(latest) > PAGE_SIZE:
        return latest
    if can_search_newest(words):
        return _newest(len(words), len(states))(expression_of(words), *words, *states)
    if connection.vendor != "postgresql":
        return None
    indexed, short = by_length(words)
    return _liked(len(indexed), len(short), len(states))(*map(pattern_of, indexed), *short, *states)


@lru_cache(maxsize=2 * MOST_WORDS)
def _latest_holding(words: int, states: int) -> Prepared[Dossier]:
    """Those of the latest requests that hold every word, read row by row backwards until a page is full."""

    def build(*values: str) -> QuerySet[Dossier]:
        last = Subquery(Dossier.objects.order_by("-id").values("id")[:1])
        found = Dossier.objects.filter(pk__gt=last - LATEST).exclude(state=State.BROUILLON)
        if states:
            found = found.filter(state=values[-1])
        return _top(_with_holder(holding(found, values[:words])), ("id",), True)

    return Prepared((str,) * (words + states), build, is_steady=False)


@lru_cache(maxsize=4 * MOST_WORDS)
def _liked(indexed: int, short: int, states: int) -> Prepared[Dossier]:
    def build(*values: str) -> QuerySet[Dossier]:
        found = Dossier.objects.exclude(state=State.BROUILLON)
        if states:
            found = found.filter(state=values[-1])
        return _top(_with_holder(liking(found, values[:indexed], values[indexed : indexed + short])), ("id",), True)

    return Prepared((str,) * (indexed + short + states), build, is_steady=False)


@lru_cache(maxsize=2 * MOST_WORDS)
def _newest(words: int, states: int) -> Prepared[Dossier]:
    """The first page of a search among all requests sent, the latest first."""

    def build(expression: str, *values: str) -> QuerySet[Dossier]:
        everything = Dossier.objects.all()
        found = among_newest(everything, expression, values[:words], values[words:], most=PAGE_SIZE + 1)
        return _with_holder(found).order_by("-id")

    return Prepared((str,) * (1 + words + states), build, is_steady=False)


@lru_cache(maxsize=128)
def _first_of_employer(
    codes: tuple[str, ...], words: int, keys: tuple[str, ...], descending: bool
) -> Prepared[Dossier]:
    def build(establishment_id: int, *values: str) -> QuerySet[Dossier]:
        narrow = dict(zip(codes, values, strict=False))
        own = Dossier.objects.filter(establishment_id=establishment_id, **narrow).exclude(HIDDEN)
        return _top(holding(own, values[len(codes) :]), keys, descending)

    return Prepared((int, *[str] * (len(codes) + words)), build, is_steady=_is_steady(codes, words))


@lru_cache(maxsize=64)
def _first_of_desk(
    portfolio: str, people: int, codes: tuple[str, ...], keys: tuple[str, ...], descending: bool
) -> Prepared[Dossier]:
    def build(*values: Any) -> QuerySet[Dossier]:
        held, narrow = values[:people], dict(zip(codes, values[people:], strict=True))
        if portfolio == REPLACED:
            anybodys = _whatever_the_funds(OFFICER, Filters(portfolio=OPEN, **narrow))
            return _top(_with_holder(anybodys.filter(holder_id__in=held)), keys, descending)
        officer = replace(OFFICER, user_id=held[0]) if held else OFFICER
        found = _whatever_the_funds(officer, Filters(portfolio=portfolio, **narrow))
        if portfolio in (NEW, FOLLOWED):
            # Sorted as ids, and only then read whole.
            top = _top(found, keys, descending).values("pk")
            return _with_holder(Dossier.objects.filter(pk__in=top)).order_by(*ordering(keys, descending))
        return _top(_with_holder(found), keys, descending)

    return Prepared((*[int] * people, *[str] * len(codes)), build, is_steady=_is_steady(codes))


def _is_steady(codes: tuple[str, ...], words: int = 0) -> bool:
    """Whether an index gives the rows in their order whatever the values: what is common and what is rare read alike."""
    return not words and len(codes) <= 1 and "kind" not in codes


def _with_holder(queryset: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """With the name of who holds each, and what a row of the desk's list says: no column more is read."""
    unshown = ("password", "last_login", "created_at", "terms_accepted_at")
    return queryset.select_related("holder").defer(*UNSHOWN, *(f"holder__{name}" for name in unshown))


# What no row of the desk's list says: a third of the columns, the longest among them.
UNSHOWN = (
    *("key", "kind", "version", "region", "provider", "ends_on", "amount_granted", "decided_by"),
    *("created_at", "decided_at", "resumed_from", "search", "unconfirmed", "has_modifications"),
)


def _top(queryset: QuerySet[Dossier], keys: tuple[str, ...], descending: bool) -> QuerySet[Dossier]:
    return queryset.order_by(*ordering(keys, descending))[: PAGE_SIZE + 1]


def portfolio_of(actor: Actor, filters: Filters) -> QuerySet[Dossier]:
    """The requests of the desk's list, unordered: for counts."""
    queryset = _whatever_the_funds(actor, filters)
    if filters.portfolio == FREE:
        return with_funds(queryset)
    return waiting_for_funds(queryset) if filters.portfolio == WAITING else queryset


def _whatever_the_funds(actor: Actor, filters: Filters) -> QuerySet[Dossier]:
    queryset = visible_to(actor)
    if filters.portfolio == MINE:
        queryset = queryset.filter(holder_id=actor.user_id)
    if filters.portfolio == REPLACED:
        queryset = queryset.filter(holder_id__in=replaced_ids(actor))
    if filters.portfolio == FREE:
        queryset = queryset.filter(state=State.TRANSMISE)
    if filters.portfolio == NEW or filters.news == WITH_NEWS:
        queryset = queryset.filter(pk__in=_new_to(actor))
    if filters.news == WITHOUT_NEWS:
        queryset = queryset.exclude(pk__in=_new_to(actor))
    if filters.portfolio == FOLLOWED:
        queryset = queryset.filter(pk__in=_followed_by(actor))
    if filters.portfolio == MODIFIED:
        waiting = Modification.objects.filter(state=ModificationState.PROPOSEE)
        queryset = queryset.filter(pk__in=waiting.values("dossier"))
    if not filters.state and filters.portfolio not in WHOLE:
        queryset = queryset.filter(is_open=True)
    return filters.narrow(queryset)


def _followed_by(actor: Actor) -> QuerySet[Follow, Any]:
    return Follow.objects.filter(user__in=[actor.user_id]).values("dossier_id")


def _new_to(actor: Actor) -> QuerySet[News, Any]:
    return News.objects.filter(reader_id=actor.user_id, seen_at=None).values("dossier_id")


def next_in_worklist(*, actor: Actor, filters: Filters, dossier: Dossier, backward: bool = False) -> Dossier | None:
    """The request that follows in the desk's list, or the one before it; past its end, or once this one has left it, the
    first, or the last. Two queries at most."""
    keys, descending = _order_of(filters)
    descending = descending != backward
    others = portfolio_of(actor, filters).exclude(pk=dossier.pk)
    for after in (cursor_after(dossier, keys), None):
        page = paginate(others, keys=keys, after=after, size=1, descending=descending)
        if page.items:
            return page.items[0]
    return None


def _order_of(filters: Filters) -> tuple[tuple[str, ...], bool]:
    if filters.portfolio == WAITING and not filters.order:
        return ORDERS["anciennete"]
    return ORDERS.get(filters.order) or ORDERS["numero" if filters.portfolio == ALL else "echeance"]


def awaiting_employer(*, actor: Actor, establishment_id: int, limit: int = 5) -> list[Dossier]:
    """What waits for the employer: answers due first, then drafts by last save."""
    if sees_all_of(actor, establishment_id):
        return _waiting_of(limit)(establishment_id)
    return list(_waiting(visible_to(actor).filter(establishment_id=establishment_id), limit))


def _waiting(mine: QuerySet[Dossier], limit: int) -> QuerySet[Dossier]:
    mine = mine.filter(waiting_for="employeur").select_related("provider")
    return mine.order_by("due_on", "-updated_at", "-id")[:limit]


@lru_cache(maxsize=8)
def _waiting_of(limit: int) -> Prepared[Dossier]:
    return Prepared((int,), lambda place: _waiting(_of_accepted(place), limit))


def recent(*, actor: Actor, establishment_id: int, limit: int = 5) -> list[Dossier]:
    """The requests sent that moved last."""
    if sees_all_of(actor, establishment_id):
        return _latest_of(limit)(establishment_id)
    return list(_latest(visible_to(actor).filter(establishment_id=establishment_id), limit))


def _latest(mine: QuerySet[Dossier], limit: int) -> QuerySet[Dossier]:
    return mine.exclude(state=State.BROUILLON).order_by("-updated_at", "-id")[:limit]


@lru_cache(maxsize=8)
def _latest_of(limit: int) -> Prepared[Dossier]:
    return Prepared((int,), lambda place: _latest(_of_accepted(place), limit))


def _of_accepted(establishment_id: int) -> QuerySet[Dossier]:
    """What anybody sees whose attachment to the establishment was accepted."""
    someone = Actor(user_id=None, label="", grants=(Grant(Role.EMPLOYEUR, establishment_id, confirmed=True),))
    return visible_to(someone).filter(establishment_id=establishment_id)
