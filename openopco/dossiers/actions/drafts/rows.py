"""The people of a draft, and their NIR on its way to the vault."""

import secrets
from collections.abc import Mapping

from django.db.models import Max
from django.utils import timezone

from openopco.base.actions import action
from openopco.dossiers.actions._common import person
from openopco.dossiers.actions.drafts.writing import after_write, is_asked, lock_draft, lock_writable, refresh_heading
from openopco.dossiers.enums import State
from openopco.dossiers.errors import NotEditable, TooManyRows, UnknownField
from openopco.dossiers.models import DraftField, DraftRow
from openopco.rights import Actor
from openopco.trainees.vault import store_nir

MOST_ROWS = 1000


@action
def add_row(*, actor: Actor, key: str, row_kind: str, values: Mapping[str, str] | None = None, trainee_id: int | None = None,
            nir_id: int | None = None) -> DraftRow:  # fmt: skip
    """Adds a row, empty or filled from the employer's directory (the caller has checked that the trainee is the actor's to
    use). Raises `TooManyRows`: a brake on scripts, the form's own limit is a parameter."""
    dossier = lock_draft(actor=actor, key=key)
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
    dossier = lock_draft(actor=actor, key=key)
    DraftField.objects.filter(dossier=dossier, row=row).exclude(row="").delete()
    DraftRow.objects.filter(dossier=dossier, key=row).delete()
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
