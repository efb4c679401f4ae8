"""What a modification starts from: whether the request may still change, and what waits on it."""

from datetime import date

from django.utils import timezone

from openopco.dossiers.errors import NotModifiable
from openopco.dossiers.models import Dossier, Modification
from openopco.dossiers.modification_workflow import Event, apply
from openopco.dossiers.queries.modifications import open_modification, why_not_modifiable


def require_modifiable(dossier: Dossier, *, today: date) -> None:
    """Raises `NotModifiable`."""
    if reason := why_not_modifiable(dossier, today=today):
        raise NotModifiable(reason)


def take_back(modification: Modification) -> None:
    apply(modification, Event.RETIRER)
    modification.closed_at = timezone.now()
    modification.save()


def drop_open_modification(dossier: Dossier) -> None:
    """Closes a modification that nobody will answer any more, if there is one. The caller holds the dossier's lock."""
    if modification := open_modification(dossier):
        take_back(modification)
