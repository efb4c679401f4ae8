"""« Dossiers à traiter »: the officers' list."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from openopco.dossiers import queries
from openopco.dossiers.queries import ALL, COUNT_CEILING, Filters
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.desk import filters as words
from openopco.web.desk.filters import Trail, read_trail
from openopco.web.desk.rows import rows_of


@require_safe
@needs(Permission.DOSSIER_TAKE)
def worklist(request: PersonRequest) -> HttpResponse:
    """Portfolios, filters, and 25 requests, those due soonest first."""
    trail, today = read_trail(request.GET), paris_today(timezone.now())
    filters = trail.filters(today)
    page = queries.worklist(actor=request.actor, filters=filters, after=request.GET.get("after"))
    context = {
        "trail": trail,
        "page": page,
        "rows": rows_of(page.items, actor=request.actor, today=today, query=trail.query),
        "tabs": _tabs(request, trail),
        "late": _late(request, trail, today),
        "errors": trail.errors(),
        "states": words.STATES,
        "orders": words.ORDERS,
        "order": filters.order or ("" if trail.portfolio == ALL else "echeance"),
    }
    return render(request, "desk/worklist.html", context)


def _tabs(request: PersonRequest, trail: Trail) -> list[dict[str, Any]]:
    return [_tab(request, trail, code, label) for code, label in words.PORTFOLIOS]


def _tab(request: PersonRequest, trail: Trail, code: str, label: str) -> dict[str, Any]:
    """All requests there are is no number worth counting."""
    count = None if code == ALL else _count(request, Filters(portfolio=code))
    url = Trail({"vue": code}).list_url
    return {"label": label, "url": url, "current": code == trail.portfolio, "count": count}


def _late(request: PersonRequest, trail: Trail, today: date) -> dict[str, Any]:
    """The chip that keeps what is late of the portfolio, or lets go of it."""
    is_on = "retard" in trail.values
    url = (trail.without("retard") if is_on else trail.having(retard=words.LATE)).list_url
    count = _count(request, Filters(portfolio=trail.portfolio, late_on=today))
    return {"url": url, "current": is_on, "count": count}


def _count(request: PersonRequest, filters: Filters) -> str:
    found = queries.capped_count(queries.portfolio_of(request.actor, filters))
    return f"plus de {COUNT_CEILING:,}".replace(",", "\u202f") if found > COUNT_CEILING else str(found)
