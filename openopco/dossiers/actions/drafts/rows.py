"""The people of a draft, and their NIR on its way to the vault."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Max
from django.utils import timezone

from openopco.base.actions import action
from openopco.dossiers.actions._common import person
from openopco.dossiers.actions.drafts.writing import after_write, is_asked, lock_draft, lock_writable, refresh_heading
from openopco.dossiers.enums import State
from openopco.dossiers.errors import NotEditable, TooManyRows, UnknownField
from openopco.dossiers.models import Dossier, DraftField, DraftRow
from openopco.kernel.nir import refuse_nir
from openopco.rights import Actor
from openopco.trainees.vault import store_nir

MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to add, empty or filled from the employer's directory."""

    values: Mapping[str, str] = field(default_factory=dict)
    trainee_id: int | None = None
    nir_id: int | None = None


def add_row(*, actor: Actor, key: str, row_kind: str, values: Mapping[str, str] | None = None, trainee_id: int | None = None,
            nir_id: int | None = None) -> DraftRow:  # fmt: skip
    """As `add_rows`, for one."""
    row = NewRow(values or {}, trainee_id, nir_id)
    return add_rows(actor=actor, key=key, row_kind=row_kind, rows=[row])[0]


@action
def add_rows(*, actor: Actor, key: str, row_kind: str, rows: Sequence[NewRow], instead_of: str = "") -> list[DraftRow]:
    """Adds rows at the end, all or none (the caller has checked that trainees and NIR are the actor's to use);
    `instead_of` is a row that they replace. Raises `TooManyRows`: a brake on scripts, the form's own limit is a parameter."""
    dossier = lock_draft(actor=actor, key=key)
    _take_out(dossier, instead_of)
    standing = DraftRow.objects.filter(dossier=dossier).aggregate(count=Count("id"), last=Max("position"))
    if standing["count"] + len(rows) > MOST_ROWS:
        raise TooManyRows
    first = (standing["last"] or 0) + 1
    added = [_row(dossier, row_kind, first + rank, row) for rank, row in enumerate(rows)]
    DraftRow.objects.bulk_create(added)
    _fill(dossier, actor, added, rows)
    refresh_heading(dossier)
    return added


def _row(dossier: Dossier, row_kind: str, position: int, row: NewRow) -> DraftRow:
    return DraftRow(
        dossier=dossier,
        key=secrets.token_hex(4),
        kind=row_kind,
        position=position,
        trainee_id=row.trainee_id,
        nir_id=row.nir_id,
    )


def _fill(dossier: Dossier, actor: Actor, added: Sequence[DraftRow], rows: Sequence[NewRow]) -> None:
    now, by = timezone.now(), person(actor)
    DraftField.objects.bulk_create(
        DraftField(dossier=dossier, row=row.key, name=name, value=refuse_nir(value), saved_by_id=by, saved_at=now)
        for row, new in zip(added, rows, strict=True)
        for name, value in new.values.items()
        if value
    )


def _take_out(dossier: Dossier, row: str) -> None:
    DraftField.objects.filter(dossier=dossier, row=row).exclude(row="").delete()
    DraftRow.objects.filter(dossier=dossier, key=row).delete()


@action
def remove_row(*, actor: Actor, key: str, row: str) -> None:
    """Takes a row out of a draft; the employer's directory keeps the person."""
    dossier = lock_draft(actor=actor, key=key)
    _take_out(dossier, row)
    refresh_heading(dossier)


@action
def set_nir(*, actor: Actor, key: str, row: str, raw: str) -> DraftRow:
    """Sends a NIR straight to the vault and points the row at it; an empty one takes it off. Raises `InvalidValue`."""
    dossier = lock_writable(actor=actor, key=key)
    if dossier.state != State.BROUILLON and not is_asked(dossier, name="nir", row=row):
        raise NotEditable
    draft_row = DraftRow.objects.filter(dossier=dossier, key=row).first()
    if draft_row is None:
        raise UnknownField
    draft_row.nir_id = store_nir(actor=actor, raw=raw) if raw.strip() else None
    draft_row.save(update_fields=["nir"])
    after_write(dossier)
    return draft_row


@action
def link_trainee(*, actor: Actor, key: str, row: str, trainee_id: int) -> None:
    """Remembers which person of the directory a row became."""
    dossier = lock_draft(actor=actor, key=key)
    DraftRow.objects.filter(dossier=dossier, key=row).update(trainee_id=trainee_id)
