"""Writing a draft: raw text, field by field, each with its revision. Autosaves leave no journal entry."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from openopco import journal
from openopco.base.actions import action
from openopco.documents.actions import copy as copy_document
from openopco.documents.actions import remove as remove_document
from openopco.documents.queries import usable
from openopco.dossiers import kinds
from openopco.dossiers.actions._common import SUBJECT, lock, person, refresh_from_draft, touch
from openopco.dossiers.draft import StoredValue
from openopco.dossiers.enums import ItemKind, State
from openopco.dossiers.errors import (
    FieldConflict,
    NotEditable,
    StaleField,
    TooLong,
    TooManyRows,
    UnknownDossier,
    UnknownField,
)
from openopco.dossiers.models import DOSSIER_DOCUMENT, Dossier, DraftField, DraftRow, pieces_of
from openopco.dossiers.queries import open_correction, subject_of
from openopco.kernel.errors import OpenOpcoError
from openopco.kernel.text import clean_text
from openopco.organisations.models import Establishment, Provider
from openopco.rights import Actor, Permission, Subject, require
from openopco.trainees.vault import store_nir

MOST_ROWS = 1000
# A raw value may be wrong but not endless; the declared limits are read later and worded by the field.
RAW_CEILING = 5000


@dataclass(frozen=True, slots=True)
class Saved:
    """A field as it stands after a save. `saved_at` is UTC."""

    row: str
    name: str
    stored: StoredValue
    saved_at: datetime


@dataclass(slots=True)
class Batch:
    """The outcome of saving several fields at once: what was saved, and where two windows disagree."""

    saved: list[Saved] = field(default_factory=list)
    conflicts: list[FieldConflict] = field(default_factory=list)


@action
def create_draft(*, actor: Actor, establishment: Establishment, kind_code: str, key: UUID) -> Dossier:
    """Opens a draft, or returns the one that this key already opened (a double click makes one)."""
    require(actor, Permission.DOSSIER_CREATE, Subject(establishment.pk, typed_by=actor.user_id))
    known = Dossier.objects.filter(key=key).first()
    if known:
        return _own(known, actor)
    now = timezone.now()
    draft = Dossier(
        key=key,
        kind=kind_code,
        establishment=establishment,
        employer_name=establishment.name,
        created_by_id=person(actor),
        created_at=now,
        updated_at=now,
    )
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        return _own(Dossier.objects.get(key=key), actor)
    _fill_employer(draft, establishment, actor, now)
    journal.record(
        subject_kind=SUBJECT, subject_id=draft.pk, event="dossier.creer", actor=actor, payload={"nature": kind_code}
    )
    return draft


def _own(dossier: Dossier, actor: Actor) -> Dossier:
    if dossier.created_by_id != actor.user_id:
        raise UnknownDossier
    return dossier


def _fill_employer(draft: Dossier, establishment: Establishment, actor: Actor, now: datetime) -> None:
    """Nothing is typed twice: what the house knows of the employer stands in the draft from the start."""
    headcount = establishment.company.headcount_exact
    known = {
        "contact_email": establishment.email,
        "contact_phone": establishment.phone,
        "headcount": "" if headcount is None else str(headcount),
        "idcc": establishment.idcc,
    }
    DraftField.objects.bulk_create(
        DraftField(dossier=draft, name=name, value=value, saved_by_id=person(actor), saved_at=now)
        for name, value in known.items()
        if value and kinds.find_field(kinds.get(draft.kind), name)
    )


@action
def save_field(*, actor: Actor, key: str, name: str, value: str, revision: int, row: str = "") -> Saved:
    """Keeps what was typed in one field. Raises `StaleField` where `revision` is not the one that stands,
    `NotEditable`, `UnknownField`, `TooLong`."""
    dossier = _lock_writable(actor=actor, key=key)
    saved = _save(dossier, actor=actor, name=name, value=value, revision=revision, row=row)
    _after_write(dossier)
    return saved


@action
def save_fields(*, actor: Actor, key: str, values: Mapping[str, tuple[str, int]], row: str = "") -> Batch:
    """Keeps several fields of a page (name → value, revision). A conflict keeps the other window's value and is returned."""
    dossier = _lock_writable(actor=actor, key=key)
    batch = Batch()
    for name, (value, revision) in values.items():
        try:
            batch.saved.append(_save(dossier, actor=actor, name=name, value=value, revision=revision, row=row))
        except StaleField as error:
            batch.conflicts.append(error.conflict)
    _after_write(dossier)
    return batch


def _lock_writable(*, actor: Actor, key: str) -> Dossier:
    dossier = lock(actor=actor, permission=Permission.DOSSIER_READ, key=key)
    if dossier.state == State.BROUILLON:
        require(actor, Permission.DRAFT_WRITE, subject_of(dossier))
    elif dossier.state == State.COMPLEMENT_DEMANDE:
        require(actor, Permission.DOSSIER_ANSWER, subject_of(dossier))
    else:
        raise NotEditable
    return dossier


def _after_write(dossier: Dossier) -> None:
    """A draft's narrow row follows what is typed; a sent request's only moves when the answer is sent."""
    if dossier.state == State.BROUILLON:
        refresh_heading(dossier)


def refresh_heading(dossier: Dossier) -> None:
    refresh_from_draft(dossier)
    touch(dossier)
    dossier.save()


def _save(dossier: Dossier, *, actor: Actor, name: str, value: str, revision: int, row: str) -> Saved:
    _check_field(dossier, name=name, row=row)
    raw = clean_text(value)
    if len(raw) > RAW_CEILING:
        raise TooLong
    now = timezone.now()
    stored = DraftField.objects.filter(dossier=dossier, row=row, name=name).select_related("saved_by").first()
    if stored is None:
        stored = DraftField(dossier=dossier, row=row, name=name, revision=0, saved_by_id=person(actor), saved_at=now)
    if stored.value == raw and stored.pk:
        return Saved(row, name, StoredValue(raw, stored.revision), stored.saved_at)
    if stored.revision != revision:
        raise StaleField(
            FieldConflict(row, name, raw, stored.value, stored.revision, stored.saved_by.full_name, stored.saved_at)
        )
    stored.value, stored.revision = raw, stored.revision + 1
    stored.saved_by_id, stored.saved_at = actor.user_id, now  # type: ignore[assignment]
    stored.save()
    return Saved(row, name, StoredValue(raw, stored.revision), now)


def _check_field(dossier: Dossier, *, name: str, row: str) -> None:
    kind = kinds.get(dossier.kind)
    if row:
        draft_row = DraftRow.objects.filter(dossier=dossier, key=row).first()
        spec = draft_row and kinds.find_row_field(kind, draft_row.kind, name)
    else:
        spec = kinds.find_field(kind, name)
    if not spec or spec.kind == "nir":
        raise UnknownField
    if dossier.state != State.BROUILLON and not _is_asked(dossier, name=name, row=row):
        raise NotEditable


def _is_asked(dossier: Dossier, *, name: str, row: str) -> bool:
    correction = open_correction(dossier)
    if correction is None:
        return False
    return any(item.kind == ItemKind.CHAMP and (item.row, item.name) == (row, name) for item in correction.items.all())


# --- rows ------------------------------------------------------------------------------------------------------------


@action
def add_row(*, actor: Actor, key: str, row_kind: str, values: Mapping[str, str] | None = None, trainee_id: int | None = None,
            nir_id: int | None = None) -> DraftRow:  # fmt: skip
    """Adds a row, empty or filled from the employer's directory (the caller has checked that the trainee is the actor's to
    use). Raises `TooManyRows`: a brake on scripts, the form's own limit is a parameter."""
    dossier = _lock_draft(actor=actor, key=key)
    if DraftRow.objects.filter(dossier=dossier).count() >= MOST_ROWS:
        raise TooManyRows
    last = DraftRow.objects.filter(dossier=dossier).aggregate(last=Max("position"))["last"] or 0
    row = DraftRow.objects.create(
        dossier=dossier,
        key=secrets.token_hex(4),
        kind=row_kind,
        position=last + 1,
        trainee_id=trainee_id,
        nir_id=nir_id,
    )
    now = timezone.now()
    DraftField.objects.bulk_create(
        DraftField(dossier=dossier, row=row.key, name=name, value=value, saved_by_id=person(actor), saved_at=now)
        for name, value in (values or {}).items()
        if value
    )
    refresh_heading(dossier)
    return row


@action
def remove_row(*, actor: Actor, key: str, row: str) -> None:
    """Takes a row out of a draft; the employer's directory keeps the person."""
    dossier = _lock_draft(actor=actor, key=key)
    DraftField.objects.filter(dossier=dossier, row=row).exclude(row="").delete()
    DraftRow.objects.filter(dossier=dossier, key=row).delete()
    refresh_heading(dossier)


@action
def set_nir(*, actor: Actor, key: str, row: str, raw: str) -> DraftRow:
    """Sends a NIR straight to the vault and points the row at it; an empty one takes it off. Raises `InvalidValue`."""
    dossier = _lock_writable(actor=actor, key=key)
    if dossier.state != State.BROUILLON and not _is_asked(dossier, name="nir", row=row):
        raise NotEditable
    draft_row = DraftRow.objects.filter(dossier=dossier, key=row).first()
    if draft_row is None:
        raise UnknownField
    draft_row.nir_id = store_nir(actor=actor, raw=raw) if raw.strip() else None
    draft_row.save(update_fields=["nir"])
    _after_write(dossier)
    return draft_row


@action
def link_trainee(*, actor: Actor, key: str, row: str, trainee_id: int) -> None:
    """Remembers which person of the directory a row became."""
    dossier = _lock_draft(actor=actor, key=key)
    DraftRow.objects.filter(dossier=dossier, key=row).update(trainee_id=trainee_id)


def _lock_draft(*, actor: Actor, key: str) -> Dossier:
    dossier = lock(actor=actor, permission=Permission.DRAFT_WRITE, key=key)
    if dossier.state != State.BROUILLON:
        raise NotEditable
    return dossier


# --- the rest of a draft ---------------------------------------------------------------------------------------------


@action
def choose_provider(*, actor: Actor, key: str, provider: Provider | None) -> Dossier:
    """Sets who teaches; None for an internal training, or to choose again."""
    dossier = _lock_draft(actor=actor, key=key)
    dossier.provider = provider
    refresh_heading(dossier)
    return dossier


@action
def fill_fields(*, actor: Actor, key: str, values: Mapping[str, str]) -> None:
    """Writes fields from something chosen (a model of course): it replaces what stands, whatever its revision."""
    dossier = _lock_draft(actor=actor, key=key)
    standing = {item.name: item.revision for item in DraftField.objects.filter(dossier=dossier, row="")}
    for name, value in values.items():
        _save(dossier, actor=actor, name=name, value=value, revision=standing.get(name, 0), row="")
    refresh_heading(dossier)


@action
def delete_draft(*, actor: Actor, key: str) -> None:
    """Throws a draft away for good, its pieces with it. Only a draft: what was sent is never deleted."""
    dossier = _lock_draft(actor=actor, key=key)
    for piece in pieces_of(dossier.pk):
        remove_document(actor=actor, document=piece)
    journal.record(subject_kind=SUBJECT, subject_id=dossier.pk, event="dossier.supprimer_brouillon", actor=actor)
    dossier.delete()


@action
def copy_as_draft(*, actor: Actor, source: Dossier, key: UUID, without: frozenset[str] = frozenset()) -> Dossier:
    """« Reprendre » or duplicate: a new draft with what the source held, but its pieces; `without` names the fields that
    must be given anew (dates, attestation)."""
    require(actor, Permission.DOSSIER_RESUME, subject_of(source))
    draft = create_draft(actor=actor, establishment=source.establishment, kind_code=source.kind, key=key)
    if draft.resumed_from_id:
        return draft
    draft.resumed_from, draft.provider = source, source.provider
    now = timezone.now()
    DraftField.objects.filter(dossier=draft).delete()
    for row in DraftRow.objects.filter(dossier=source).order_by("position", "id"):
        DraftRow.objects.create(
            dossier=draft,
            key=row.key,
            kind=row.kind,
            position=row.position,
            trainee_id=row.trainee_id,
            nir_id=row.nir_id,
        )
    DraftField.objects.bulk_create(
        DraftField(
            dossier=draft, row=item.row, name=item.name, value=item.value, saved_by_id=person(actor), saved_at=now
        )
        for item in DraftField.objects.filter(dossier=source).order_by("id")
        if item.name not in without
    )
    refresh_heading(draft)
    return draft


def resume(*, actor: Actor, source: Dossier, key: UUID, without: frozenset[str]) -> Dossier:
    """`copy_as_draft`, then the source's pieces one by one: one that can't be copied is to be joined again."""
    draft = copy_as_draft(actor=actor, source=source, key=key, without=without)
    if not pieces_of(draft.pk).exists():
        for piece in usable(pieces_of(source.pk)):
            with suppress(OpenOpcoError):
                copy_document(actor=actor, document=piece, to_kind=DOSSIER_DOCUMENT, to_id=draft.pk)
    return draft
