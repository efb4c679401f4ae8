"""Pieces of a request: joined, replaced, taken off while it is a draft, or where a correction asks for them."""

from typing import TYPE_CHECKING, Any

from openopco.base.actions import action
from openopco.documents import actions as documents
from openopco.documents.models import Document
from openopco.dossiers import kinds
from openopco.dossiers.actions._common import lock, touch
from openopco.dossiers.actions.drafts.writing import require_answering
from openopco.dossiers.enums import ItemKind, State
from openopco.dossiers.errors import NotEditable, PieceOfWhatWasSent, UnknownDossier, UnknownField
from openopco.dossiers.models import DOSSIER_DOCUMENT, Dossier, pieces_of
from openopco.dossiers.news import add_news
from openopco.dossiers.queries import as_key, find_draft, open_correction, subject_of
from openopco.rights import Actor, Permission, require

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


def join_piece(*, actor: Actor, key: str, zone: str, upload: "UploadedFile[Any]") -> Document:
    """Joins a file to a zone. It is opened outside any transaction, then kept. Raises `RefusedFile`, `NotEditable`."""
    _require_zone(find_draft(actor=actor, key=key), actor=actor, zone=zone)
    file = documents.examine_upload(upload)
    return _keep(actor=actor, key=key, zone=zone, file=file)


@action
def _keep(*, actor: Actor, key: str, zone: str, file: Any) -> Document:
    # Asked again, under the lock: the request may have been sent while the file was examined.
    dossier = lock(actor=actor, permission=Permission.DOSSIER_READ, key=key)
    _require_zone(dossier, actor=actor, zone=zone)
    document = documents.accept_upload(
        actor=actor, owner_kind=DOSSIER_DOCUMENT, owner_id=dossier.pk, zone=zone, upload=file
    )
    _mark(dossier, actor=actor)
    return document


def replace_piece(*, actor: Actor, key: str, document_key: str, upload: "UploadedFile[Any]") -> Document:
    """Puts a file in the place of another of the same zone: where the new one is refused, the old one stays.
    Raises as `join_piece` and `take_off_piece`."""
    _removable(find_draft(actor=actor, key=key), actor=actor, document_key=document_key)
    file = documents.examine_upload(upload)
    return _replace(actor=actor, key=key, document_key=document_key, file=file)


@action
def _replace(*, actor: Actor, key: str, document_key: str, file: Any) -> Document:
    dossier = lock(actor=actor, permission=Permission.DOSSIER_READ, key=key)
    old = _removable(dossier, actor=actor, document_key=document_key)
    new = documents.replace(actor=actor, document=old, upload=file)
    _mark(dossier, actor=actor)
    return new


@action
def take_off_piece(*, actor: Actor, key: str, document_key: str) -> None:
    """Takes a piece off; once sent, only one that was joined since the correction was asked. Raises `UnknownDossier` for
    one that is not this request's, `NotEditable`."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_READ, key=key)
    documents.remove(actor=actor, document=_removable(dossier, actor=actor, document_key=document_key))
    _mark(dossier)


def _removable(dossier: Dossier, *, actor: Actor, document_key: str) -> Document:
    document = pieces_of(dossier.pk).filter(key=as_key(document_key)).first()
    if document is None:
        raise UnknownDossier
    _require_zone(dossier, actor=actor, zone=document.zone)
    correction = open_correction(dossier)
    if correction and document.created_at <= correction.created_at:
        raise PieceOfWhatWasSent
    return document


def _mark(dossier: Dossier, *, actor: Actor | None = None) -> None:
    """`actor`: who joined a piece; once the request is sent, that is news to those who watch it."""
    if dossier.state == State.BROUILLON:
        touch(dossier)
        dossier.save(update_fields=["updated_at", "version"])
    elif actor:
        add_news(dossier, "piece", actor=actor)


def _require_zone(dossier: Dossier, *, actor: Actor, zone: str) -> None:
    if zone not in dict(kinds.get(dossier.kind).zones):
        raise UnknownField
    if dossier.state == State.BROUILLON:
        require(actor, Permission.DRAFT_WRITE, subject_of(dossier))
        return
    if dossier.state != State.COMPLEMENT_DEMANDE or not _is_asked(dossier, zone):
        raise NotEditable
    require_answering(actor, dossier)


def _is_asked(dossier: Dossier, zone: str) -> bool:
    correction = open_correction(dossier)
    if correction is None:
        return False
    return any(item.kind == ItemKind.PIECE and item.name == zone for item in correction.items.all())
