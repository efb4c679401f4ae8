"""The frame that all pages of one request share: its heading, its tabs, its standing, its actions, the way back."""

from typing import Any

from django.utils import timezone

from openopco.dossiers.models import Dossier
from openopco.dossiers.reading import count_opening
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.rights import Permission, may
from openopco.web.desk.acting import possible_for
from openopco.web.desk.filters import read_trail
from openopco.web.desk.showing import standing_of
from openopco.web.menu import address_with

TABS = (
    ("desk:dossier", "Examen", Permission.DESK_READ),
    ("desk:talk", "Échanges", Permission.NOTE_READ),
    ("desk:history", "Historique", Permission.NOTE_READ),
)


def frame_of(request: PersonRequest, dossier: Dossier, current: str = "") -> dict[str, Any]:
    """What `desk/base.html` needs. `current` is the route of the tab in hand; none on a page that acts. A POST that shows
    the request counts as a reading, which a GET already was (`access.opened`). Raises `TooManyReads`."""
    if request.method != "GET":
        count_opening(actor=request.actor, dossier=dossier)
    trail = read_trail(request.GET)
    return {
        "dossier": dossier,
        "trail": trail,
        "query": trail.query,
        "possible": possible_for(request.actor, dossier),
        "standing": standing_of(dossier, request.actor, paris_today(timezone.now())),
        "tabs": [
            {
                "label": label,
                "url": f"{address_with(route, str(dossier.number))}{trail.query}",
                "current": route == current,
            }
            for route, label, permission in TABS
            if may(request.actor, permission)
        ],
    }


def page_url(request: PersonRequest, number: str, route: str = "desk:dossier") -> str:
    """A page of the request, in the list one came from."""
    return f"{address_with(route, number)}{read_trail(request.GET).query}"
