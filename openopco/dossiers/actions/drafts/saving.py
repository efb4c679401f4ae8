"""Raw text, field by field, each with its revision. Autosaves leave no journal entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from openopco.base.actions import action
from openopco.dossiers import kinds
from openopco.dossiers.actions._common import person
from openopco.dossiers.actions.drafts.writing import after_write, is_asked, lock_draft, lock_writable, refresh_heading
from openopco.dossiers.draft import StoredValue
from openopco.dossiers.enums import State
from openopco.dossiers.errors import FieldConflict, NotEditable, StaleField, TooLong, UnknownField
from openopco.dossiers.fields import FieldSpec
from openopco.dossiers.models import Dossier, DraftField, DraftRow
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text
from openopco.rights import Actor

# A raw value may be wrong but not endless; the declared limits are read later and worded by the field.
RAW_CEILING = 5000


@dataclass(frozen=True, slots=True)
class Saved:
    """A field as it stands after a save. `saved_at` is UTC."""

    row: str
    name: str
    stored: StoredValue
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """What was typed and can't be kept at all, and why: the page shows both again."""

    name: str
    typed: str
    message: str


@dataclass(slots=True)
class Batch:
    """The outcome of saving several fields at once: what was saved, where two windows disagree, what can't be kept."""

    saved: list[Saved] = field(default_factory=list)
    conflicts: list[FieldConflict] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


@action
def save_field(*, actor: Actor, key: str, name: str, value: str, revision: int, row: str = "") -> Saved:
    """Keeps what was typed in one field. Raises `StaleField` where `revision` is not the one that stands,
    `NotEditable`, `UnknownField`, `TooLong`."""
    dossier = lock_writable(actor=actor, key=key)
    saved = _save(dossier, actor=actor, name=name, value=value, revision=revision, row=row)
    after_write(dossier)
    return saved


@action
def save_fields(*, actor: Actor, key: str, values: Mapping[str, tuple[str, int]], row: str = "") -> Batch:
    """Keeps several fields of a page (name → value, revision). A conflict keeps the other window's value and is returned; so
    is, unsaved, what can't be kept."""
    dossier = lock_writable(actor=actor, key=key)
    batch = Batch()
    for name, (value, revision) in values.items():
        try:
            batch.saved.append(_save(dossier, actor=actor, name=name, value=value, revision=revision, row=row))
        except StaleField as error:
            batch.conflicts.append(error.conflict)
        except InvalidValue as error:
            batch.refused.append(Refused(name, value, error.message))
    after_write(dossier)
    return batch


def _save(dossier: Dossier, *, actor: Actor, name: str, value: str, revision: int, row: str) -> Saved:
    spec = _editable_field(dossier, name=name, row=row)
    raw = refuse_nir(clean_text(value))
    if len(raw) > RAW_CEILING:
        raise TooLong(f"Ce texte est trop long : {spec.max_length} caractères au plus.")
    now = timezone.now()
    stored = DraftField.objects.filter(dossier=dossier, row=row, name=name).select_related("saved_by").first()
    if stored is None:
        # A page sends all its fields: one left as it came is no change that another window should hear of.
        if raw == spec.default:
            return Saved(row, name, StoredValue(raw), now)
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


def _editable_field(dossier: Dossier, *, name: str, row: str) -> FieldSpec:
    kind = kinds.get(dossier.kind)
    if row:
        draft_row = DraftRow.objects.filter(dossier=dossier, key=row).first()
        spec = draft_row and kinds.find_row_field(kind, draft_row.kind, name)
    else:
        spec = kinds.find_field(kind, name)
    if not spec or spec.kind == "nir":
        raise UnknownField
    if dossier.state != State.BROUILLON and not is_asked(dossier, name=name, row=row):
        raise NotEditable
    return spec


@action
def fill_fields(*, actor: Actor, key: str, values: Mapping[str, str]) -> None:
    """Writes fields from something chosen (a model of course): it replaces what stands, whatever its revision."""
    dossier = lock_draft(actor=actor, key=key)
    standing = {item.name: item.revision for item in DraftField.objects.filter(dossier=dossier, row="")}
    for name, value in values.items():
        _save(dossier, actor=actor, name=name, value=value, revision=standing.get(name, 0), row="")
    refresh_heading(dossier)
