"""Somebody joins a course by the modification that is being prepared, or leaves it again."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from openopco.base.actions import action
from openopco.dossiers import kinds
from openopco.dossiers.actions._common import lock
from openopco.dossiers.actions._standing import require_modifiable
from openopco.dossiers.actions.modifying import joining_rows, prepared_for
from openopco.dossiers.changes import NIR, PERSON
from openopco.dossiers.enums import ChangeKind
from openopco.dossiers.errors import BadModification, TooManyRows
from openopco.dossiers.models import Dossier, ModificationItem
from openopco.dossiers.queries.modifications import changed_draft, prepared_by, standing_draft
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text
from openopco.rights import Actor, Permission
from openopco.trainees.vault import store_nir

MOST_JOINING = 50


@dataclass(frozen=True, slots=True)
class Joining:
    """Somebody who joins the course: raw values; his NIR as typed, or the secret that the directory has of him."""

    values: Mapping[str, str]
    nir: str = ""
    nir_id: int | None = None
    trainee_id: int | None = None


@action
def join_person(*, actor: Actor, number: str, joining: Joining) -> str:
    """Adds somebody to the modification that the actor prepares (the caller has checked that a person of the directory, and
    his NIR, are the actor's to use). Returns his row. Raises `BadModification` with what is wrong or missing by field."""
    dossier = lock(actor=actor, permission=Permission.MODIFICATION_PROPOSE, number=number)
    require_modifiable(dossier, today=paris_today(timezone.now()))
    modification = prepared_for(dossier, actor)
    if len(joining_rows(modification)) >= MOST_JOINING:
        raise TooManyRows
    items = _person_items(actor, dossier, joining)
    row = items[0].row
    draft = standing_draft(dossier)
    wrong = {
        line.target: line.message
        for line in reversed(kinds.get(dossier.kind).missing(changed_draft(dossier, draft, items)))
        if line.row == row
    }
    if wrong:
        raise BadModification(wrong)
    modification.items.filter(kind=ChangeKind.ANNULATION).delete()
    for item in items:
        item.modification = modification
    ModificationItem.objects.bulk_create(items)
    return row


def _person_items(actor: Actor, dossier: Dossier, joining: Joining) -> list[ModificationItem]:
    """His name first, then each field that he fills."""
    row = secrets.token_hex(4)
    kind = kinds.get(dossier.kind)
    nir_id = _secret_of(actor, joining)
    values = {name: refuse_nir(clean_text(value)) for name, value in joining.values.items() if value.strip()}
    named = " ".join(filter(None, (values.get("first_name", ""), values.get("last_name", ""))))
    head = ModificationItem(
        kind=ChangeKind.AJOUT, row=row, name=PERSON, after=named, nir_after_id=nir_id, trainee_id=joining.trainee_id
    )
    row_kind = next(step.row_kind for step in kind.steps if step.row_kind)
    specs = [spec for spec in kind.row_fields(row_kind) if spec.kind != NIR and spec.name in values]
    fields = [
        ModificationItem(kind=ChangeKind.CHAMP, row=row, name=spec.name, after=values[spec.name]) for spec in specs
    ]
    return [head, *fields]


def _secret_of(actor: Actor, joining: Joining) -> int | None:
    if not joining.nir.strip():
        return joining.nir_id
    try:
        return store_nir(actor=actor, raw=joining.nir)
    except InvalidValue as error:
        raise BadModification({NIR: error.message}) from error


@action
def unjoin_person(*, actor: Actor, number: str, row: str) -> None:
    """Takes somebody out of the modification that the actor prepares."""
    dossier = lock(actor=actor, permission=Permission.MODIFICATION_PROPOSE, number=number)
    modification = prepared_by(dossier, actor)
    if modification and row in joining_rows(modification):
        modification.items.filter(row=row).delete()
