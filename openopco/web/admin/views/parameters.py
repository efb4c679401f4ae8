"""« Paramètres »: what is in force today, since when, and why. A command sets them, and keeps their source."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.opco.queries import parameter_lines
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.admin.wording import parameter_card


@require_safe
@needs(Permission.PARAMETER_MANAGE)
def in_force(request: PersonRequest) -> HttpResponse:
    today = paris_today(timezone.now())
    cards = [parameter_card(line) for line in parameter_lines(actor=request.actor, on=today)]
    return render(request, "admin/parameters.html", {"cards": cards, "today": today})
