"""Evident slips that an officer mends himself: traced with both values, told to the employer."""

from decimal import Decimal

from django.utils import timezone

from openopco.base.actions import action
from openopco.dossiers import kinds
from openopco.dossiers.actions._common import lock, note_in_journal, rewrite_typed_rows, touch
from openopco.dossiers.actions.corrections import raw_value
from openopco.dossiers.actions.holding import require_holder
from openopco.dossiers.draft import DraftView
from openopco.dossiers.enums import State
from openopco.dossiers.errors import MissingReason, NotPossibleNow, UnknownField
from openopco.dossiers.fields import FieldSpec, read
from openopco.dossiers.models import Dossier, DraftField
from openopco.dossiers.queries import load_draft
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text
from openopco.rights import Actor, Permission

# What the journal says of a value that it may not keep.
UNTOLD = "(non conservé)"
RAISED = "Demandez une correction à l'employeur : seul lui peut augmenter le coût."


@action
def correct_slip(*, actor: Actor, number: str, name: str, value: str, reason: str, row: str = "",
                 version: int | None = None) -> Dossier:  # fmt: skip
    """An officer mends an evident slip himself. Never a NIR: that is asked of the employer. An amount may only go down,
    and what the employer asked stays what bounds a grant.
    Raises `InvalidValue`, `MissingReason`, `UnknownField`, `NotPossibleNow`."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_INSTRUCT, number=number, version=version)
    require_holder(actor, dossier)
    if dossier.state != State.EN_INSTRUCTION:
        raise NotPossibleNow
    if not reason.strip():
        raise MissingReason
    draft = load_draft(dossier, today=paris_today(timezone.now()))
    spec, raw = _spec(dossier, draft, row=row, name=name), refuse_nir(clean_text(value))
    before = raw_value(kinds.get(dossier.kind), draft, row=row, name=name)
    _require_mends(dossier, draft, spec, row=row, before=before, raw=raw)
    _write(dossier, actor=actor, name=name, raw=raw, row=row)
    touch(dossier)
    rewrite_typed_rows(dossier)
    told = (UNTOLD, UNTOLD) if spec.sensitive else (before, raw)
    entry = {"champ": name, "ligne": row, "avant": told[0], "apres": told[1], "motif": refuse_nir(clean_text(reason))}
    note_in_journal(dossier, "rectifier", actor=actor, payload=entry)
    return dossier


def _spec(dossier: Dossier, draft: DraftView, *, row: str, name: str) -> FieldSpec:
    kind = kinds.get(dossier.kind)
    view = draft.row(row) if row else None
    spec = kinds.find_row_field(kind, view.kind, name) if view else kinds.find_field(kind, name)
    if spec is None or spec.kind == "nir":
        raise UnknownField
    return spec


def _require_mends(dossier: Dossier, draft: DraftView, spec: FieldSpec, *, row: str, before: str, raw: str) -> None:
    """The new value is another one, can be read, and breaks nothing that held."""
    if raw == before:
        raise InvalidValue("C'est déjà la valeur du dossier.")
    view = draft.row(row) if row else None
    if problem := read(spec, raw, view.words_on if view else None).error:
        raise InvalidValue(problem)
    if spec.kind == "amount" and _amount(spec, raw) > _amount(spec, before):
        raise InvalidValue(RAISED)
    missing = kinds.get(dossier.kind).missing
    lacked = {line.message for line in missing(draft)}
    for line in missing(draft.with_values({(row, spec.name): raw})):
        if line.message not in lacked:
            raise InvalidValue(line.message)


def _amount(spec: FieldSpec, raw: str) -> Decimal:
    """Nothing typed, or nothing that can be read, asks for nothing."""
    return read(spec, raw).value or Decimal(0)


def _write(dossier: Dossier, *, actor: Actor, name: str, raw: str, row: str) -> None:
    assert actor.user_id is not None
    now = timezone.now()
    field, _ = DraftField.objects.get_or_create(
        dossier=dossier, row=row, name=name, defaults={"saved_by_id": actor.user_id, "saved_at": now, "revision": 0}
    )
    field.value, field.revision, field.saved_at, field.saved_by_id = raw, field.revision + 1, now, actor.user_id
    field.save()
