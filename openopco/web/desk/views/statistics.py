"""« Statistiques »: volumes, delays, acceptance, what was missing."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from openopco.dossiers import queries
from openopco.dossiers.queries import Line, Statistics
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.desk import counted, plots
from openopco.web.desk.period import Period, code_of, in_short, in_words, offered_months, read_period


@require_safe
@needs(Permission.STATISTICS_READ)
def statistics(request: PersonRequest) -> HttpResponse:
    """The figures of the requests sent in a period, from the tallies alone."""
    today = paris_today(timezone.now())
    period = read_period(request.GET, today)
    context: dict[str, Any] = {
        "period": period,
        "offered": [(code_of(month), in_words(month)) for month in offered_months(today)],
    }
    if not period.errors:
        context |= _shown(request, period)
    return render(request, "desk/statistics.html", context, status=422 if period.errors else 200)


def _shown(request: PersonRequest, period: Period) -> dict[str, Any]:
    found = queries.statistics(actor=request.actor, first=period.first, last=period.last, idcc=period.idcc)
    lists = counted.Lists(request.actor, period)
    return {
        "found": found,
        "period_query": urlencode(period.typed),
        "branch": counted.branch_words(period.idcc) if period.idcc else "",
        "figures": counted.figures(found, lists),
        "states": counted.states(found, lists),
        "volumes": counted.volumes(found, lists),
        "delays": counted.delays(found, lists),
        "branches": counted.branches(found, lists),
        "providers": counted.providers(found, lists),
        "points": counted.points(found, lists),
        **_plots(found, period),
    }


def _plots(found: Statistics, period: Period) -> dict[str, Any]:
    lines = [found.months.get(month) or Line() for month in period.months]
    labels = [in_short(month) for month in period.months]
    largest = list(found.branches.items())[: plots.MOST_LINES]
    return {
        "volumes_plot": plots.bar_plot(labels, [line.sent for line in lines]),
        "delay_keys": ((1, "Médiane"), (2, "90 % décidées en")),
        "delays_plot": plots.line_plot(labels, [[line.median for line in lines], [line.ninetieth for line in lines]]),
        "branches_plot": plots.ranked_plot([idcc or "?" for idcc, _ in largest], [line.sent for _, line in largest]),
    }
