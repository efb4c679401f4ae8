"""Writes of the documents room, called by the room that owns the documents once it has checked the right to."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from openopco.base.actions import action
from openopco.base.jobs import enqueue
from openopco.documents import antivirus
from openopco.documents.enums import State
from openopco.documents.inspect import ExaminedFile, examine
from openopco.documents.models import Document, Shelf
from openopco.documents.refusals import RefusalCode, RefusedFile
from openopco.documents.rules import owner_has_room, uploader_has_room
from openopco.documents.storage import erase, keep, read_content
from openopco.journal.actions import record
from openopco.kernel.errors import Conflict, Unavailable
from openopco.rights import SYSTEM, Actor


def examine_upload(upload: "UploadedFile[Any]") -> ExaminedFile:
    """Opens an upload in the limited child. A room that keeps the file inside an action of its own calls this first,
    outside the transaction, then gives the result to `accept_upload`. Raises `RefusedFile`, `Unavailable`."""
    upload.seek(0)
    return examine(upload.name or "", upload.chunks())


def accept_upload(
    *, actor: Actor, owner_kind: str, owner_id: int, zone: str, upload: "UploadedFile[Any] | ExaminedFile"
) -> Document:
    """Keeps a file for its owner and queues its scan. Sent a second time to the same zone, it is the same document.

    Raises `RefusedFile` (its message is for the person, beside the field), `Unavailable`."""
    file = upload if isinstance(upload, ExaminedFile) else examine_upload(upload)
    return _store(_new_document(actor, owner_kind, owner_id, zone, file), file.content, actor, None)


def replace(*, actor: Actor, document: Document, upload: "UploadedFile[Any] | ExaminedFile") -> Document:
    """Puts a file in the place of another: same owner, same zone. Where the new one is refused, the old one stays.

    Raises as `accept_upload`, and `Conflict` when the old one is gone."""
    file = upload if isinstance(upload, ExaminedFile) else examine_upload(upload)
    new = _new_document(actor, document.owner_kind, document.owner_id, document.zone, file)
    return _store(new, file.content, actor, document)


@action
def remove(*, actor: Actor, document: Document) -> None:
    """Deletes the document; its content goes just after. Done already, nothing happens."""
    current = Document.objects.select_for_update().filter(pk=document.pk).first()
    if current is not None:
        _forget(current, actor, "document.removed")


@action
def move(*, actor: Actor, owner_kind: str, owner_id: int, to_kind: str, to_id: int) -> int:
    """Gives all documents of an owner to another (a draft's to the dossier that comes of it). Returns how many.

    Raises `RefusedFile` when the new owner has no room left."""
    for kind, pk in sorted([(owner_kind, owner_id), (to_kind, to_id)]):
        _lock_shelf(kind, pk)
    moved = Document.objects.select_for_update().filter(owner_kind=owner_kind, owner_id=owner_id).order_by("id")
    documents = list(moved)
    for document in documents:
        _require_room(_of(to_kind, to_id), document.size)
        document.owner_kind, document.owner_id = to_kind, to_id
        document.save(update_fields=["owner_kind", "owner_id"])
        _tell(document, actor, "document.moved", from_kind=owner_kind, from_id=owner_id)
    return len(documents)


def copy(*, actor: Actor, document: Document, to_kind: str, to_id: int) -> Document:
    """A document of its own with the same content, for another owner (a refused dossier taken up again as a draft).

    Raises `Conflict` for one that is not safe, `RefusedFile`, `Unavailable`."""
    if document.state != State.SAFE:
        raise Conflict("Ce fichier n'a pas encore été contrôlé : il ne peut pas être repris.")
    twin = Document(
        owner_kind=to_kind,
        owner_id=to_id,
        zone=document.zone,
        name=document.name,
        content_type=document.content_type,
        size=document.size,
        pages=document.pages,
        sha256=document.sha256,
        source_sha256=document.source_sha256,
        uploaded_by_id=actor.user_id,
    )
    return _store(twin, read_content(document), actor, None)


@action
def record_verdict(*, document_id: int, verdict: antivirus.Verdict) -> Document | None:
    """What the antivirus said. A verdict that comes late, or twice, changes nothing. Infected, the content goes."""
    document = Document.objects.select_for_update().filter(pk=document_id).first()
    if document is None or document.state not in (State.PENDING, State.ERROR):
        return document
    state, reason = _state_after(verdict)
    if (document.state, document.reason) == (state, reason):
        return document
    document.state, document.reason, document.scanned = state, reason, state != State.ERROR
    if state == State.INFECTED:
        _queue_erasing(document)
        document.content.name = ""
    document.save(update_fields=["state", "reason", "scanned", "content"])
    _tell(document, SYSTEM, f"document.{state.value}", reason=reason)
    return document


def _new_document(actor: Actor, owner_kind: str, owner_id: int, zone: str, file: ExaminedFile) -> Document:
    return Document(
        owner_kind=owner_kind,
        owner_id=owner_id,
        zone=zone,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        pages=file.pages,
        sha256=file.sha256,
        source_sha256=file.source_sha256,
        uploaded_by_id=actor.user_id,
    )


def _store(document: Document, content: bytes, actor: Actor, replaced: Document | None) -> Document:
    # Written before the transaction, which so stays short; a content whose row is not made is taken back at once,
    # and the sweeper takes those whose process died in between.
    name = keep(document, content)
    try:
        kept = _insert(actor=actor, document=document, replaced=replaced)
    except BaseException:
        _take_back(name)
        raise
    if kept is not document:
        _take_back(name)
    return kept


def _take_back(name: str) -> None:
    # A storage that fails here changes nothing of what the person is told: the sweeper comes by.
    with suppress(Unavailable):
        erase(name)


@action
def _insert(*, actor: Actor, document: Document, replaced: Document | None) -> Document:
    _lock_shelf(document.owner_kind, document.owner_id)
    _refuse_known_danger(document)
    if replaced is not None and not _is_same(document, replaced):
        _forget(_locked(replaced), actor, "document.replaced")
    siblings = _of(document.owner_kind, document.owner_id)
    twin = siblings.filter(zone=document.zone, source_sha256=document.source_sha256).first()
    if twin is not None:
        return twin
    _require_room(siblings, document.size)
    _require_day(actor, document.size)
    _save_new(document)
    _tell(document, actor, "document.received")
    return document


def _save_new(document: Document) -> None:
    document.pk = None  # a retry after a deadlock begins anew
    document.state = State.PENDING if antivirus.is_configured() else State.SAFE
    document.save(force_insert=True)
    if document.state == State.PENDING:
        enqueue("documents.scan", unique_key=f"documents.scan:{document.pk}", document_id=document.pk)


def _is_same(document: Document, replaced: Document) -> bool:
    return document.source_sha256 == replaced.source_sha256


def _refuse_known_danger(document: Document) -> None:
    known = Document.objects.filter(state=State.INFECTED, source_sha256=document.source_sha256)
    if known.exists():
        raise RefusedFile(RefusalCode.INFECTED)


def _locked(document: Document) -> Document:
    current = Document.objects.select_for_update().filter(pk=document.pk).first()
    if current is None:
        raise Conflict("Ce fichier a été retiré entre-temps. Rechargez la page avant de recommencer.")
    return current


def _forget(document: Document, actor: Actor, event: str) -> None:
    if document.content:
        _queue_erasing(document)
    _tell(document, actor, event)
    document.delete()


def _queue_erasing(document: Document) -> None:
    content = document.content.name
    enqueue("documents.erase", unique_key=f"documents.erase:{content}", content=content)


def _of(owner_kind: str, owner_id: int) -> QuerySet[Document]:
    return Document.objects.filter(owner_kind=owner_kind, owner_id=owner_id).order_by("id")


def _lock_shelf(owner_kind: str, owner_id: int) -> None:
    shelf = Shelf(owner_kind=owner_kind, owner_id=owner_id)
    Shelf.objects.bulk_create([shelf], ignore_conflicts=True)
    Shelf.objects.select_for_update().get(owner_kind=owner_kind, owner_id=owner_id)


def _require_room(siblings: QuerySet[Document], added: int) -> None:
    if not owner_has_room(*_count(siblings.exclude(state=State.INFECTED)), added):
        raise RefusedFile(RefusalCode.OWNER_FULL)


def _require_day(actor: Actor, added: int) -> None:
    if actor.user_id is None:
        return
    since = timezone.now() - timedelta(days=1)
    theirs = Document.objects.filter(uploaded_by_id=actor.user_id, created_at__gte=since)
    if not uploader_has_room(*_count(theirs), added):
        raise RefusedFile(RefusalCode.DAY_FULL)


def _count(documents: QuerySet[Document]) -> tuple[int, int]:
    sums = documents.order_by().aggregate(files=Count("id"), bytes=Sum("size"))
    return sums["files"], sums["bytes"] or 0


def _state_after(verdict: antivirus.Verdict) -> tuple[State, str]:
    if verdict.clean:
        return State.SAFE, ""
    if verdict.threat:
        return State.INFECTED, verdict.threat
    return State.ERROR, verdict.error or "?"


def _tell(document: Document, actor: Actor, event: str, **more: Any) -> None:
    """One entry in the document's own chain. Subscribers find in the payload whom it concerns; never the file's name, which
    people choose."""
    payload = {
        "key": str(document.key),
        "owner_kind": document.owner_kind,
        "owner_id": document.owner_id,
        "zone": document.zone,
        "uploaded_by": document.uploaded_by_id,
        **more,
    }
    record(subject_kind="document", subject_id=document.pk, event=event, actor=actor, payload=payload)
