"""« Dossiers à traiter »: the officers' list."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from openopco.dossiers import queries
from openopco.dossiers.models import SavedFilter
from openopco.dossiers.queries import ALL, COUNT_CEILING, DeskCounts
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.queries import officers_by_name
from openopco.kernel.calendar import paris_today
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.desk import batching
from openopco.web.desk import filters as words
from openopco.web.desk.filters import Trail, list_url, read_trail
from openopco.web.desk.rows import html_of, rows_of


@require_safe
@needs(Permission.DOSSIER_TAKE)
def worklist(request: PersonRequest) -> HttpResponse:
    """Portfolios, filters, and 25 requests, those due soonest first."""
    lists = queries.saved_lists(request.actor)
    default = next((each for each in lists if each.is_default), None)
    if default and not request.GET:
        return redirect(list_url(default.address))
    trail, today = read_trail(request.GET), paris_today(timezone.now())
    filters = trail.filters(today)
    page = queries.worklist(actor=request.actor, filters=filters, after=request.GET.get("after"))
    marks = queries.marks_of(actor=request.actor, dossiers=page.items)
    counts = queries.desk_counts(actor=request.actor, portfolio=trail.portfolio, today=today)
    context = {
        "trail": trail,
        "typed": trail.typed,
        "page": page,
        "rows": html_of(rows_of(page.items, actor=request.actor, today=today, query=trail.query, marks=marks)),
        "tabs": _tabs(trail, counts),
        "late": _late(trail, counts),
        "errors": trail.errors(),
        "states": words.STATES,
        "orders": words.ORDERS,
        "lists": [_kept(each, trail) for each in lists],
        "batch_acts": batching.CHOICES,
        "regions": words.REGIONS_BY_NAME,
        "news": words.NEWS,
        "officers": [(str(each.pk), each.full_name) for each in officers_by_name()],
        "order": filters.order or ("" if trail.portfolio == ALL else "echeance"),
    }
    return render(request, "desk/worklist.html", context)


def _kept(kept: SavedFilter, trail: Trail) -> dict[str, Any]:
    url = list_url(kept.address)
    return {"name": kept.name, "url": url, "current": url == trail.list_url}


def _tabs(trail: Trail, counts: DeskCounts) -> list[dict[str, Any]]:
    return [_tab(trail, code, label, counts) for code, label in words.PORTFOLIOS]


def _tab(trail: Trail, code: str, label: str, counts: DeskCounts) -> dict[str, Any]:
    """All requests there are is no number worth counting."""
    count = None if code == ALL else _words(counts.portfolios[code])
    return {"label": label, "url": Trail({"vue": code}).list_url, "current": code == trail.portfolio, "count": count}


def _late(trail: Trail, counts: DeskCounts) -> dict[str, Any]:
    """The chip that keeps what is late of the portfolio, or lets go of it."""
    is_on = "retard" in trail.values
    url = (trail.without("retard") if is_on else trail.having(retard=words.LATE)).list_url
    return {"url": url, "current": is_on, "count": _words(counts.late)}


def _words(count: int) -> str:
    return f"plus de {COUNT_CEILING:,}".replace(",", "\u202f") if count > COUNT_CEILING else str(count)
