"""The answer to a correction: each point asked, as a field or a zone of its own, with the officer's reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from openopco.dossiers import errors, kinds
from openopco.dossiers.draft import EMPTY, DraftView, Missing, RowView
from openopco.dossiers.enums import ItemKind
from openopco.dossiers.fields import FieldSpec, read
from openopco.dossiers.models import CorrectionItem, Dossier
from openopco.training.rules import name_of
from openopco.web.components.raw import RawField
from openopco.web.portal.presenting import CITY_OF, ErrorLink, raw_field
from openopco.web.portal.wording import label_of
from openopco.web.portal.zones import ShownZone, shown_zones

# Between a trainee's row and a field's name, in the names of the page: neither holds one.
SEPARATOR = "-"
UNANSWERED = "« {label} » attend votre réponse : corrigez, ou expliquez-vous dans le message."
UNANSWERED_PIECE = (
    "« {label} » : joignez une nouvelle pièce. "
    "Si vous ne l'avez pas, écrivez-le au gestionnaire depuis la page de la demande."
)
EMPTY_WORD = "(vide)"
NIR = "nir"


def page_name(item: CorrectionItem) -> str:
    """The name of a point's control: fields of several trainees may stand on the page."""
    return f"{item.row}{SEPARATOR}{item.name}" if item.row else item.name


def split_name(name: str) -> tuple[str, str]:
    """The row (or empty) and the field that a control's name says."""
    row, _, field = name.rpartition(SEPARATOR)
    return row, field


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field to correct: whose, why, what was sent, and its control."""

    field: RawField
    who: str
    reason: str
    before: str
    is_nir: bool = False
    typed_nir: str = ""


@dataclass(frozen=True, slots=True)
class AskedZone:
    """A zone that wants a piece, and why."""

    zone: ShownZone
    reason: str


@dataclass(frozen=True, slots=True)
class Problems:
    """What stopped an answer: sentences by control, two values by control, what was typed and could not be kept, the rest."""

    wrong: Mapping[str, str]
    conflicts: Mapping[str, errors.FieldConflict]
    typed: Mapping[str, str]
    elsewhere: Sequence[str] = ()


NONE = Problems({}, {}, {})


def asked_fields(
    kind: kinds.Kind, draft: DraftView, items: Sequence[CorrectionItem], problems: Problems
) -> list[AskedField]:
    """The fields asked, in the order of the request."""
    said = {**_unreadable(kind, draft), **problems.wrong}
    names = {page_name(item) for item in items}
    return [_field(kind, draft, item, said, problems, names) for item in items if item.kind == ItemKind.CHAMP]


def _unreadable(kind: kinds.Kind, draft: DraftView) -> dict[str, str]:
    """What was typed and can't be read, by control."""
    return {_control(line): line.message for line in kind.errors(draft)}


def _control(line: Missing) -> str:
    return f"{line.row}{SEPARATOR}{line.target}" if line.row else line.target


def _field(
    kind: kinds.Kind,
    draft: DraftView,
    item: CorrectionItem,
    said: Mapping[str, str],
    problems: Problems,
    names: set[str],
) -> AskedField:
    row, name = draft.row(item.row) if item.row else None, page_name(item)
    spec = spec_of(kind, draft, item)
    stored = (row or draft).values.get(item.name, EMPTY)
    made = raw_field(
        spec,
        stored,
        error=said.get(name, ""),
        conflict=problems.conflicts.get(name),
        typed=problems.typed.get(name),
        on=row.words_on if row else None,
    )
    made = replace(made, name=name, data=_data(item, made, names))
    return AskedField(
        made,
        who=name_of(row) if row else "",
        reason=item.reason,
        before=_before(spec, item, row),
        is_nir=spec.kind == NIR,
        typed_nir=problems.typed.get(name, ""),
    )


def spec_of(kind: kinds.Kind, draft: DraftView, item: CorrectionItem) -> FieldSpec:
    """The declaration of the field that a point is about: it was there when it was asked."""
    row = draft.row(item.row) if item.row else None
    spec = kinds.find_row_field(kind, row.kind, item.name) if row else kinds.find_field(kind, item.name)
    assert spec is not None
    return spec


def _data(item: CorrectionItem, made: RawField, names: set[str]) -> tuple[tuple[str, str], ...]:
    """A postal code proposes its communes only where the city may be corrected too."""
    city = CITY_OF.get(item.name, "")
    whole = f"{item.row}{SEPARATOR}{city}" if item.row else city
    if not made.data or whole not in names:
        return ()
    return tuple((name, f"id_{whole}" if name == "postal-city" else value) for name, value in made.data)


def _before(spec: FieldSpec, item: CorrectionItem, row: RowView | None) -> str:
    if spec.kind == NIR:
        return (row.nir_mask if row else "") or item.before or EMPTY_WORD
    on = row.words_on if row else None
    reading = read(spec, item.before, on)
    return (item.before if reading.error else spec.shown(reading.value, on)) or EMPTY_WORD


def asked_zones(
    dossier: Dossier, kind: kinds.Kind, draft: DraftView, items: Sequence[CorrectionItem], problems: Problems
) -> list[AskedZone]:
    """The zones asked, with what each holds; only what was joined since may be taken off."""
    reasons = {item.name: item.reason for item in items if item.kind == ItemKind.PIECE}
    if not reasons:
        return []
    shown = shown_zones(
        dossier,
        kind,
        required=(),
        wrong=problems.wrong,
        only=frozenset(reasons),
        since=items[0].request.created_at,
        closed=frozenset(piece.key for piece in draft.pieces if piece.is_closed),
    )
    return [AskedZone(zone, reasons[zone.code]) for zone in shown]


def unanswered(kind: kinds.Kind, items: Sequence[CorrectionItem], targets: Sequence[str]) -> dict[str, str]:
    """What to say by each point that still waits; `targets` as `errors.Unanswered` names them."""
    said = {}
    for item in items:
        if ":".join(part for part in (item.kind, item.row, item.name) if part) in targets:
            is_piece = item.kind == ItemKind.PIECE
            sentence = (UNANSWERED_PIECE if is_piece else UNANSWERED).format(label=label_of(kind, item))
            said[f"zone-{item.name}" if is_piece else page_name(item)] = sentence
    return said


def broken(items: Sequence[CorrectionItem], lines: Sequence[Missing]) -> tuple[dict[str, str], list[str]]:
    """What the answer broke: by control where the page has it, else apart."""
    controls = {page_name(item) for item in items if item.kind == ItemKind.CHAMP}
    zones = {f"zone-{item.name}" for item in items if item.kind == ItemKind.PIECE}
    here: dict[str, str] = {}
    elsewhere: list[str] = []
    for line in lines:
        name = _control(line)
        if name in controls or name in zones:
            here.setdefault(name, line.message)
        else:
            elsewhere.append(line.message)
    return here, elsewhere


def links(problems: Problems) -> list[ErrorLink]:
    """The lines of the error summary."""
    both = "Ce champ a changé entre-temps : choisissez la valeur à garder."
    said = {**problems.wrong, **dict.fromkeys(problems.conflicts, both)}
    named = [ErrorLink(name if name.startswith("zone-") else f"id_{name}", text) for name, text in said.items()]
    return [*named, *(ErrorLink("", text) for text in problems.elsewhere)]
