"""« Dossiers à traiter »: the officers' list."""

from datetime import date
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from openopco.dossiers import queries
from openopco.dossiers.funds import exhausted
from openopco.dossiers.models import Dossier, SavedFilter
from openopco.dossiers.queries import ALL, FREE, MODIFIED, OPEN, REPLACED, TAB_CEILING, WAITING, DeskCounts, Filters
from openopco.habilitations import absences
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.queries import officers_by_name
from openopco.kernel.calendar import paris_today
from openopco.rights import Actor, Permission, may
from openopco.training.asked import point_in_words
from openopco.web.admin.access import needs
from openopco.web.desk import batching
from openopco.web.desk import filters as words
from openopco.web.desk.filters import Trail, list_url, read_trail
from openopco.web.desk.rows import html_of, rows_of


@require_safe
@needs(Permission.DESK_READ)
def worklist(request: PersonRequest) -> HttpResponse:
    """Portfolios, filters, and 25 requests, those due soonest first; for who only reads, all requests there are."""
    if not may(request.actor, Permission.DOSSIER_TAKE):
        return _to_read(request)
    lists = queries.saved_lists(request.actor)
    default = next((each for each in lists if each.is_default), None)
    # What it named may be gone: it then reads as the plain list, which is here.
    if default and not request.GET and read_trail(QueryDict(default.address)).query:
        return redirect(list_url(default.address))
    trail, today = read_trail(request.GET), paris_today(timezone.now())
    filters = trail.filters(today)
    page = queries.worklist(actor=request.actor, filters=filters, after=request.GET.get("after"))
    shown = _proposed_first(request, filters, page.items)
    marks = queries.marks_of(actor=request.actor, dossiers=shown)
    counts = queries.desk_counts(actor=request.actor, portfolio=trail.portfolio, today=today)
    context = {
        **_form(trail, filters),
        "works": True,
        "page": page,
        "rows": html_of(rows_of(shown, actor=request.actor, today=today, query=trail.query, marks=marks)),
        "tabs": _tabs(trail, counts, request.actor, today),
        "late": _late(trail, counts),
        "lists": [_kept(each, trail) for each in lists],
        "batch_acts": batching.CHOICES,
    }
    return render(request, "desk/worklist.html", context)


# The portfolios that are nobody's own.
TO_READ = (ALL, OPEN, MODIFIED)


def _to_read(request: PersonRequest) -> HttpResponse:
    trail, today = read_trail(request.GET), paris_today(timezone.now())
    if trail.portfolio not in TO_READ:
        trail = trail.having(vue=ALL)
    filters = trail.filters(today)
    page = queries.worklist(actor=request.actor, filters=filters, after=request.GET.get("after"))
    rows = rows_of(page.items, actor=request.actor, today=today, query=trail.query)
    context = {
        **_form(trail, filters),
        "page": page,
        "rows": html_of(rows, ticks=False),
        "tabs": [_tab(trail, code, dict(words.PORTFOLIOS)[code], NO_COUNTS) for code in TO_READ],
    }
    return render(request, "desk/worklist.html", context)


def _form(trail: Trail, filters: Filters) -> dict[str, Any]:
    """What the filters show."""
    return {
        "trail": trail,
        "typed": trail.typed,
        "errors": trail.errors(),
        "states": words.STATES,
        "orders": words.ORDERS,
        "regions": words.REGIONS_BY_NAME,
        "news": words.NEWS,
        "outcomes": words.OUTCOMES,
        "without_provider": trail.without("organisme").list_url,
        "without_point": trail.without("manque").list_url,
        "point": point_in_words(filters.point, paris_today(timezone.now())) if filters.point else "",
        "officers": [(str(pk), name) for pk, name in officers_by_name()],
        "order": filters.order or DEFAULT_ORDER.get(trail.portfolio, "echeance"),
    }


def _proposed_first(request: PersonRequest, filters: Filters, listed: list[Dossier]) -> list[Dossier]:
    """« À prendre » begins with what a rule proposes to the officer."""
    if filters.portfolio != FREE or request.GET.get("after"):
        return listed
    first = queries.proposed_to(request.actor, filters)
    return [*first, *(each for each in listed if each not in first)]


NO_COUNTS = DeskCounts({}, 0)
DEFAULT_ORDER = {ALL: "", WAITING: "anciennete"}


def _kept(kept: SavedFilter, trail: Trail) -> dict[str, Any]:
    url = list_url(kept.address)
    return {"name": kept.name, "url": url, "current": url == trail.list_url}


def _tabs(trail: Trail, counts: DeskCounts, actor: Actor, today: date) -> list[dict[str, Any]]:
    """Those of the waiting list and of a colleague who is away show when there is one."""
    away = absences.replaced_by(actor.user_id, today)
    some = {WAITING: exhausted(today) is not None, REPLACED: bool(away)}
    shown = [(code, label) for code, label in words.PORTFOLIOS if some.get(code, True) or trail.portfolio == code]
    named = " et ".join(each.user.full_name for each in away)
    return [
        _tab(trail, code, f"{label} {named}".strip() if code == REPLACED else label, counts) for code, label in shown
    ]


def _tab(trail: Trail, code: str, label: str, counts: DeskCounts) -> dict[str, Any]:
    """All requests there are is no number worth counting."""
    count = _words(counts.portfolios[code]) if code in counts.portfolios else None
    return {"label": label, "url": Trail({"vue": code}).list_url, "current": code == trail.portfolio, "count": count}


def _late(trail: Trail, counts: DeskCounts) -> dict[str, Any]:
    """The chip that keeps what is late of the portfolio, or lets go of it."""
    is_on = "retard" in trail.values
    url = (trail.without("retard") if is_on else trail.having(retard=words.LATE)).list_url
    return {"url": url, "current": is_on, "count": _words(counts.late)}


def _words(count: int) -> str:
    return f"plus de {TAB_CEILING}" if count > TAB_CEILING else str(count)
