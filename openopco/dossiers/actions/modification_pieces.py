"""Pieces of a modification: joined and taken off by whoever prepares it, until it is sent."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from openopco.base.actions import action
from openopco.documents import actions as documents
from openopco.documents.models import Document
from openopco.dossiers.actions._common import lock
from openopco.dossiers.actions._standing import require_modifiable
from openopco.dossiers.errors import NotModifiable, TooManyPieces, UnknownDossier
from openopco.dossiers.models import MODIFICATION_DOCUMENT, Modification, pieces_of_modification
from openopco.dossiers.queries import as_key, find
from openopco.dossiers.queries.modifications import prepared_by
from openopco.kernel.calendar import paris_today
from openopco.rights import Actor, Permission

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MOST_PIECES = 5
GONE = "Cette modification a déjà été envoyée, ou abandonnée."


def join_piece(*, actor: Actor, number: str, upload: "UploadedFile[Any]", in_place_of: str = "") -> Document:
    """Joins a file to the modification that the actor prepares, or puts it in the place of another. It is opened outside any
    transaction, then kept. Raises `RefusedFile`, `TooManyPieces`, `NotModifiable`, `UnknownDossier`."""
    if prepared_by(find(actor=actor, number=number), actor) is None:
        raise NotModifiable(GONE)
    file = documents.examine_upload(upload)
    return _keep(actor=actor, number=number, file=file, in_place_of=in_place_of)


@action
def _keep(*, actor: Actor, number: str, file: Any, in_place_of: str) -> Document:
    modification = _prepared(actor, number)
    if in_place_of:
        return documents.replace(actor=actor, document=_piece(modification, in_place_of), upload=file)
    if pieces_of_modification(modification.pk).count() >= MOST_PIECES:
        raise TooManyPieces(MOST_PIECES)
    return documents.accept_upload(
        actor=actor, owner_kind=MODIFICATION_DOCUMENT, owner_id=modification.pk, zone="", upload=file
    )


@action
def take_off_piece(*, actor: Actor, number: str, document_key: str) -> None:
    """Takes a piece off what the actor prepares. Raises `NotModifiable`, `UnknownDossier` for one that is not there."""
    documents.remove(actor=actor, document=_piece(_prepared(actor, number), document_key))


def _prepared(actor: Actor, number: str) -> Modification:
    dossier = lock(actor=actor, permission=Permission.MODIFICATION_PROPOSE, number=number)
    require_modifiable(dossier, today=paris_today(timezone.now()))
    modification = prepared_by(dossier, actor)
    if modification is None:
        raise NotModifiable(GONE)
    return modification


def _piece(modification: Modification, key: str) -> Document:
    document = pieces_of_modification(modification.pk).filter(key=as_key(key)).first()
    if document is None:
        raise UnknownDossier
    return document
