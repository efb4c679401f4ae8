"""« Administration »: where alerts lead. What waits, and who has read many sensitive things lately."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from openopco.accounts.models import User
from openopco.dossiers.reading import READ as DOSSIER_READ
from openopco.exports.actions import EXPORTED
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.queries import roles_to_confirm
from openopco.journal.queries import readers_since
from openopco.opco.queries import feedback_page
from openopco.reference.queries import count_to_validate
from openopco.rights import Permission
from openopco.trainees.vault import READ as NIR_READ
from openopco.web.admin.access import needs

DAYS = 7
DOCUMENT_READ = "document.read"


@require_safe
@needs(Permission.STAFF_MANAGE)
def home(request: PersonRequest) -> HttpResponse:
    context = {
        "to_confirm": roles_to_confirm(request.actor).count(),
        "has_unread": bool(feedback_page(actor=request.actor, unread_only=True, after=None).items),
        "editions_to_validate": count_to_validate(),
        "readers": _readers(),
        "days": DAYS,
    }
    return render(request, "admin/home.html", context)


def _readers() -> list[dict[str, Any]]:
    since = timezone.now() - timedelta(days=DAYS)
    found = readers_since(since, counted=(NIR_READ, DOSSIER_READ, DOCUMENT_READ, EXPORTED))
    people = User.objects.in_bulk([row["actor_id"] for row in found])
    return [{**row, "user": people.get(row["actor_id"])} for row in found]
