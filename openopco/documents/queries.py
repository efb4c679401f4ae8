"""Reads of the documents room. None of them checks a right: the room that owns the documents has done it."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from openopco.documents.enums import State
from openopco.documents.models import Document
from openopco.rights import Actor


def documents_of(owner_kind: str, owner_id: int) -> QuerySet[Document]:
    """All documents of one owner, oldest first."""
    return Document.objects.filter(owner_kind=owner_kind, owner_id=owner_id).order_by("id")


def documents_of_many(owner_kind: str, owner_ids: Iterable[int]) -> dict[int, list[Document]]:
    """The same for several owners, in one query; owners without documents are absent."""
    found: dict[int, list[Document]] = {}
    for document in Document.objects.filter(owner_kind=owner_kind, owner_id__in=list(owner_ids)).order_by("id"):
        found.setdefault(document.owner_id, []).append(document)
    return found


def by_zone(owner_kind: str, owner_id: int) -> dict[str, list[Document]]:
    """The owner's documents under each zone that has any."""
    found: dict[str, list[Document]] = {}
    for document in documents_of(owner_kind, owner_id):
        found.setdefault(document.zone, []).append(document)
    return found


def find(key: UUID) -> Document | None:
    """The document that a URL names. The caller then asks its owner's room whether the reader may see it."""
    return Document.objects.filter(key=key).first()


def usable(documents: Iterable[Document]) -> list[Document]:
    """Those that count as supplied: kept, and not known to be dangerous or unreadable to the antivirus."""
    return [document for document in documents if document.state in (State.SAFE, State.PENDING)]


def may_fetch(document: Document, viewer: Actor) -> bool:
    """Whether the content may be given to somebody who has the right on its owner: until the antivirus has called it
    safe, to its uploader alone."""
    if document.state == State.SAFE:
        return True
    is_uploader = viewer.user_id is not None and viewer.user_id == document.uploaded_by_id
    return is_uploader and document.state in (State.PENDING, State.ERROR)


def state_in_words(document: Document) -> str:
    """What to say of the antivirus beside the file."""
    if document.state == State.SAFE and not document.scanned:
        return "Format contrôlé (pas d'antivirus sur cette installation)"
    return State(document.state).label
