"""« Mes demandes »: one establishment's requests, filtered, searched and sorted; drafts are among them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from openopco.base.keyset import Page
from openopco.dossiers import kinds, overview, queries
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.queries import current_establishment
from openopco.kernel.calendar import parse_date
from openopco.kernel.errors import InvalidValue
from openopco.kernel.text import clean_line
from openopco.web.portal import wording
from openopco.web.portal.presenting import ErrorLink, error_links
from openopco.web.portal.rows import rows_of

ORDERS = (
    ("recent", "Plus récentes"),
    ("ancien", "Plus anciennes"),
    ("echeance", "Échéance"),
)
LONGEST_SEARCH = 100


@require_safe
def requests(request: PersonRequest) -> HttpResponse:
    return _list(request, None)


@require_safe
def training_requests(request: PersonRequest) -> HttpResponse:
    """Mes demandes, those of an action de formation alone."""
    return _list(request, kinds.get("AF"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, as typed, and what is wrong with it by field."""

    state: State | None
    search: str
    starts_from: str
    starts_to: str
    order: str
    first_day: date | None
    last_day: date | None
    wrong: dict[str, str]

    @property
    def errors(self) -> list[ErrorLink]:
        return error_links(self.wrong)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.first_day or self.last_day)


def _list(request: PersonRequest, kind: kinds.Kind | None) -> HttpResponse:
    if request.user.is_opco:
        return redirect("portal:dashboard")
    establishment = current_establishment(request)
    asked = _read(request)
    context: dict[str, Any] = {
        "kind": kind,
        "kinds": [kind] if kind else kinds.all_kinds(),
        "key": uuid4(),
        "asked": asked,
        "orders": ORDERS,
        "establishment": establishment,
    }
    if establishment is not None:
        context |= _found(request, establishment.pk, kind.code if kind else "", asked)
    return render(request, "portal/requests.html", context)


def _found(request: PersonRequest, establishment_id: int, kind: str, asked: Asked) -> dict[str, Any]:
    counts = overview.state_counts(actor=request.actor, establishment_id=establishment_id, kind=kind)
    filters = _filters(asked, kind)
    page = queries.list_of_employer(
        actor=request.actor, establishment_id=establishment_id, filters=filters, after=request.GET.get("after")
    )
    return {
        "page": page,
        "rows": rows_of(wording.lines_of(page.items, request.actor)),
        "total": sum(counts.values()),
        "count": _count(request, establishment_id, filters, counts, asked, page),
        "chips": _chips(counts, asked),
    }


def filters_of(request: PersonRequest, kind: str) -> queries.Filters:
    """The filters that the address of « Mes demandes » names."""
    return _filters(_read(request), kind)


def _filters(asked: Asked, kind: str) -> queries.Filters:
    return queries.Filters(
        search=asked.search,
        state=asked.state.value if asked.state else "",
        kind=kind,
        starts_from=asked.first_day,
        starts_to=asked.last_day,
        order=asked.order,
    )


def _count(
    request: PersonRequest,
    establishment_id: int,
    filters: queries.Filters,
    counts: dict[State, int],
    asked: Asked,
    page: Page[Dossier],
) -> str:
    """How many the filters leave, in words: known already unless something more than a state narrows. Of thousands, what
    is searched isn't counted beyond a page: each would have to be read."""
    among = counts.get(asked.state, 0) if asked.state else sum(counts.values())
    if not asked.is_narrowed:
        return wording.count_in_words(among, "demande", "demandes")
    if page.is_alone:
        return wording.count_in_words(len(page.items), "demande", "demandes")
    if among > queries.COUNT_CEILING:
        return f"Plus de {queries.PAGE_SIZE} demandes"
    mine = queries.visible_to(request.actor).filter(establishment_id=establishment_id)
    return wording.count_in_words(queries.capped_count(filters.narrow(mine, is_few=True)), "demande", "demandes")


def _read(request: PersonRequest) -> Asked:
    given = {name: clean_line(request.GET.get(name, ""))[:LONGEST_SEARCH] for name in ("etat", "q", "du", "au", "tri")}
    wrong: dict[str, str] = {}
    first, last = (_day(given[name], name, wrong) for name in ("du", "au"))
    if first and last and last < first:
        wrong["au"] = "La fin de la période précède son début."
        last = None
    return Asked(
        state=State(given["etat"]) if given["etat"] in set(State) else None,
        search=given["q"],
        starts_from=given["du"],
        starts_to=given["au"],
        order=given["tri"] if given["tri"] in dict(ORDERS) else ORDERS[0][0],
        first_day=first,
        last_day=last,
        wrong=wrong,
    )


def _day(raw: str, name: str, wrong: dict[str, str]) -> date | None:
    if not raw:
        return None
    try:
        return parse_date(raw)
    except InvalidValue as error:
        wrong[name] = error.message
        return None


@dataclass(frozen=True, slots=True)
class Chip:
    """A state to narrow the list to."""

    label: str
    url: str
    count: str = ""
    current: bool = False


def _chips(counts: dict[State, int], asked: Asked) -> list[Chip]:
    """« Toutes », then the states that have requests, or the one asked for."""
    chips = [Chip("Toutes", _url(asked, None), wording.capped(sum(counts.values())), asked.state is None)]
    for state in State:
        if state in counts or state is asked.state:
            label = "Brouillons" if state is State.BROUILLON else wording.WORDS[state]
            count = wording.capped(counts.get(state, 0))
            chips.append(Chip(label, _url(asked, state), count, state is asked.state))
    return chips


def _url(asked: Asked, state: State | None) -> str:
    """The same list, in another state; the search and the rest are kept."""
    pairs = {
        "etat": state.value if state else "",
        "q": asked.search,
        "du": asked.starts_from,
        "au": asked.starts_to,
        "tri": "" if asked.order == ORDERS[0][0] else asked.order,
    }
    return "?" + urlencode({name: value for name, value in pairs.items() if value})
