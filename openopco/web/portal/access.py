"""What every page of the portal asks first: whose establishment, which request. A stranger's is a 404."""

from django.http import Http404
from django.utils import timezone

from openopco.dossiers import queries
from openopco.dossiers.draft import DraftView
from openopco.dossiers.enums import Audience, State
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import Dossier
from openopco.dossiers.notices import path_for
from openopco.dossiers.reading import count_opening, open_request
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.rights import Actor, Permission, require


def draft_or_404(request: PersonRequest, key: object) -> Dossier:
    """The draft, or the request that it became."""
    try:
        return queries.find_draft(actor=request.actor, key=str(key))
    except UnknownDossier as error:
        raise Http404 from error


def open_draft_or_404(request: PersonRequest, key: object) -> Dossier:
    """The draft while it is one: what was sent has no such page."""
    dossier = draft_or_404(request, key)
    if dossier.state != State.BROUILLON:
        raise Http404
    return dossier


def page_of(request: PersonRequest, dossier: Dossier) -> str:
    """The page of a request that was sent, on its reader's side of the counter."""
    return path_for(dossier, Audience.OPCO if request.actor.is_opco else Audience.EMPLOYEUR)


def dossier_or_404(request: PersonRequest, number: str) -> Dossier:
    """The request sent. An officer who reads it here reads it as much as at the desk: kept, and slowed beyond reason
    (`TooManyReads`)."""
    try:
        found = queries.find(actor=request.actor, number=number)
    except UnknownDossier as error:
        raise Http404 from error
    # A refused POST shows the request too, though nothing new is then read.
    opening = open_request if request.method == "GET" else count_opening
    opening(actor=request.actor, dossier=found)
    return found


def dossier_to_act_on(request: PersonRequest, number: str, permission: Permission) -> Dossier:
    """As `dossier_or_404`, of a page that leads to an act: who reads the request and may not do it gets 403. The action asks
    again for itself. Raises `Forbidden`."""
    found = dossier_or_404(request, number)
    require(request.actor, permission, queries.subject_of(found))
    return found


def view_of(reader: Actor, dossier: Dossier, *, with_twins: bool = False, as_typed: bool = False) -> DraftView:
    """The raw draft as its reader may see it, today in Paris. `with_twins` also looks for the same people at the same dates;
    `as_typed`: an officer who types the employer's answer reads what he types, not what was sent."""
    today = paris_today(timezone.now())
    points = () if as_typed else None
    return queries.load_draft(dossier, today=today, viewer=reader, with_twins=with_twins, points=points)
