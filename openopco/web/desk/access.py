"""What every page of a request at the desk asks first: may he, which request, which version did his page show."""

from django.http import Http404

from openopco.dossiers import queries
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import Marks
from openopco.dossiers.reading import open_request
from openopco.habilitations.http import PersonRequest

# A version that no request has: the action then answers that things changed.
UNKNOWN_VERSION = -1


def sought(request: PersonRequest, number: str) -> Dossier:
    """The request, or a 404, without opening it."""
    try:
        return queries.find_for_desk(actor=request.actor, number=number)
    except UnknownDossier as error:
        raise Http404 from error


def found(request: PersonRequest, number: str) -> Dossier:
    """The request, or a 404; opening its pages is kept, and slowed beyond reason (`TooManyReads`)."""
    return opened(request, number)[0]


def opened(request: PersonRequest, number: str) -> tuple[Dossier, Marks | None]:
    """As `found`, with what was new in it to who opens it; None for a POST: `frame_of` counts it where it shows a page."""
    dossier = sought(request, number)
    return dossier, open_request(actor=request.actor, dossier=dossier) if request.method == "GET" else None


def shown_version(request: PersonRequest) -> int:
    """The version that the page which posts had shown."""
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else UNKNOWN_VERSION
