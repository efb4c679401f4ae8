"""What may be corrected in a request: fields, trainees' fields, zones of pieces, each under one key of the address."""

from collections.abc import Iterator
from dataclasses import dataclass

from openopco.dossiers import kinds
from openopco.dossiers.draft import DraftView
from openopco.dossiers.enums import ItemKind
from openopco.dossiers.fields import FieldSpec
from openopco.dossiers.models import CorrectionItem
from openopco.training.kind import in_opco_words
from openopco.training.rules import name_of


@dataclass(frozen=True, slots=True)
class Target:
    """A point: `key` is « champ::cost », « champ:a1b2c3d4:birth_date » or « piece::programme »; `value` is what stands
    there, in words; `group` is whose it is."""

    kind: ItemKind
    row: str
    name: str
    label: str
    value: str
    group: str
    spec: FieldSpec | None = None

    @property
    def key(self) -> str:
        return key_of(self.kind, self.row, self.name)

    @property
    def is_mendable(self) -> bool:
        """Whether an officer may write it himself: never a NIR, never a piece."""
        return self.spec is not None and self.spec.kind != "nir"


def key_of(kind: ItemKind, row: str, name: str) -> str:
    return f"{kind}:{row}:{name}"


def targets_of(kind: kinds.Kind, draft: DraftView) -> dict[str, Target]:
    """All that may be asked to be corrected, in the order of the form, by key."""
    return {target.key: target for target in _targets(kind, draft)}


def words_of(kind: kinds.Kind, draft: DraftView, item: CorrectionItem) -> str:
    """Of a point that was asked, its label and whose it is, as `targets_of` would word them; its name where the form has
    changed since."""
    if item.kind == ItemKind.PIECE:
        label = dict(kind.zones).get(item.name)
        return f"{label} ({PIECES})" if label else item.name
    row = draft.row(item.row)
    spec = kinds.find_row_field(kind, row.kind, item.name) if row else kinds.find_field(kind, item.name)
    if spec is None:
        return item.name
    return f"{in_opco_words(spec.label)} ({name_of(row) if row else _step_of(kind, spec).title})"


def _step_of(kind: kinds.Kind, spec: FieldSpec) -> kinds.Step:
    return next(step for step in kind.steps if spec in step.fields)


PIECES = "Pièces jointes"


def _targets(kind: kinds.Kind, draft: DraftView) -> Iterator[Target]:
    for step in kind.steps:
        for spec in step.fields:
            if spec.correctable and draft.applies(spec):
                value = spec.shown(draft.reading(spec).value) or draft.raw(spec.name)
                yield _field("", spec, value, step.title)
    for row in draft.rows:
        for spec in kind.row_fields(row.kind):
            if spec.correctable:
                value = row.nir_mask if spec.kind == "nir" else row.shown(spec)
                yield _field(row.key, spec, value or row.raw(spec.name), name_of(row))
    for code, label in kind.zones:
        names = ", ".join(piece.name for piece in draft.pieces_in(code))
        yield Target(ItemKind.PIECE, "", code, label, names, PIECES)


def _field(row: str, spec: FieldSpec, value: str, group: str) -> Target:
    return Target(ItemKind.CHAMP, row, spec.name, in_opco_words(spec.label), value, group, spec)
