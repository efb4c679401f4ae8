"""What every page of a request at the desk asks first: may he, which request, which version did his page show."""

from django.http import Http404

from openopco.dossiers import queries
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import Dossier
from openopco.dossiers.reading import note_opening
from openopco.habilitations.http import PersonRequest

# A version that no request has: the action then answers that things changed.
UNKNOWN_VERSION = -1


def found(request: PersonRequest, number: str) -> Dossier:
    """The request, or a 404; opening its pages is kept, and slowed beyond reason (`TooManyReads`)."""
    try:
        dossier = queries.find_for_desk(actor=request.actor, number=number)
    except UnknownDossier as error:
        raise Http404 from error
    if request.method == "GET":
        note_opening(actor=request.actor, dossier=dossier)
    return dossier


def shown_version(request: PersonRequest) -> int:
    """The version that the page which posts had shown."""
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else UNKNOWN_VERSION
