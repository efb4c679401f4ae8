"""« Financement »: the rules, each with its source, and the envelopes, as the OPCO's people read them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from openopco.funding import queries
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.rights import Permission, may
from openopco.web.admin.access import needs
from openopco.web.funding import envelope_line, rule_line


@require_safe
@needs(Permission.FUNDING_READ)
def home(request: PersonRequest) -> HttpResponse:
    """Envelopes first, then every rule in the order in which it is tried."""
    today = paris_today(timezone.now())
    context = {
        "envelopes": [envelope_line(each) for each in queries.envelopes(request.actor)],
        "rules": [rule_line(each, today) for each in queries.standing_rules(request.actor)],
        "may_change": may(request.actor, Permission.FUNDING_MANAGE),
    }
    return render(request, "admin/funding/home.html", context)
