"""What officers type for employers."""

from django.db.models import QuerySet

from openopco.base.keyset import Page, paginate
from openopco.dossiers.enums import State
from openopco.dossiers.models import PaperFiling
from openopco.rights import Actor, Permission, require


def drafts_typed_by(actor: Actor, after: str | None = None) -> Page[PaperFiling]:
    """What the officer began to type and has not sent, the latest first; nobody else's. Raises `Forbidden`."""
    return paginate(typed_by(actor), keys=("id",), after=after, descending=True)


def drafts_of_colleagues(actor: Actor, after: str | None = None) -> Page[PaperFiling]:
    """What the others began to type and have not sent, the latest first: one may take it over. Raises `Forbidden`."""
    require(actor, Permission.DOSSIER_FILE_FOR)
    others = PaperFiling.objects.filter(dossier__state=State.BROUILLON).exclude(recorded_by_id=actor.user_id)
    return paginate(others.select_related("dossier"), keys=("id",), after=after, descending=True)


def typed_by(actor: Actor) -> QuerySet[PaperFiling]:
    """The same, in any order. Raises `Forbidden`."""
    require(actor, Permission.DOSSIER_FILE_FOR)
    mine = PaperFiling.objects.filter(recorded_by_id=actor.user_id, dossier__state=State.BROUILLON)
    return mine.select_related("dossier")
