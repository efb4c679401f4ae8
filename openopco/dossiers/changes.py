"""Changes of a request as its draft would read with them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from openopco.dossiers import kinds
from openopco.dossiers.draft import DraftView, ProviderFacts, RowView, StoredValue, raw_or_default
from openopco.dossiers.enums import ChangeKind
from openopco.dossiers.fields import FieldSpec, read

PERSON, PROVIDER, CANCELLATION = "stagiaire", "organisme", "annulation"
NIR = "nir"
EMPTY_WORD = "(vide)"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a modification, both values raw. `has_nir`: whether somebody who joins comes with his NIR."""

    kind: ChangeKind
    name: str
    row: str = ""
    before: str = ""
    after: str = ""
    has_nir: bool = False


def with_changes(
    draft: DraftView, changes: Iterable[Change], *, row_kind: str, provider: ProviderFacts | None = None
) -> DraftView:
    """The draft as it would read: fields changed, people gone or come (after the others), another provider if one is
    given."""
    lines = list(changes)
    gone = {line.row for line in lines if line.kind is ChangeKind.RETRAIT}
    joined = [line for line in lines if line.kind is ChangeKind.AJOUT]
    values = {(line.row, line.name): line.after for line in lines if line.kind is ChangeKind.CHAMP}
    changed = draft.with_values(values)
    last = max((row.position for row in draft.rows), default=0)
    added = [_joining(line, values, last + rank, row_kind) for rank, line in enumerate(joined, start=1)]
    rows = tuple(row for row in changed.rows if row.key not in gone)
    return replace(changed, rows=(*rows, *added), provider=provider or changed.provider)


def _joining(line: Change, values: Mapping[tuple[str, str], str], position: int, row_kind: str) -> RowView:
    typed = {name: StoredValue(value, 1) for (row, name), value in values.items() if row == line.row}
    return RowView(line.row, row_kind, position, typed, has_nir=line.has_nir)


def row_kind_of(kind: kinds.Kind) -> str:
    """The kind of row that a kind of request repeats: its people."""
    return next((step.row_kind for step in kind.steps if step.row_kind), "")


def is_changed(spec: FieldSpec, before: str, after: str) -> bool:
    """Whether two raw values say something else: « 12/1/2027 » is « 12/01/2027 », nothing typed is the default."""
    first, second = (read(spec, raw_or_default(spec, raw)) for raw in (before, after))
    if first.error or second.error:
        return before.strip() != after.strip()
    return bool(first.value != second.value)


def in_words(spec: FieldSpec | None, raw: str) -> str:
    """A raw value as people read it; as it was typed where it can't be read."""
    if spec is None:
        return raw or EMPTY_WORD
    reading = read(spec, raw_or_default(spec, raw))
    return (raw if reading.error else spec.shown(reading.value)) or EMPTY_WORD


@dataclass(frozen=True, slots=True)
class Compared:
    """A line of « avant / après », in words. `detail`: of somebody who joins, what was given of him."""

    label: str
    before: str
    after: str
    detail: str = ""


def compared(kind: kinds.Kind, changes: Iterable[Change]) -> list[Compared]:
    """A modification side by side: fields, then the provider, then people; of somebody who joins, only what was given."""
    lines = list(changes)
    joining = {line.row for line in lines if line.kind is ChangeKind.AJOUT}
    heads = [line for line in lines if line.row not in joining or line.kind is ChangeKind.AJOUT]
    given = [line for line in lines if line.row in joining and line.kind is ChangeKind.CHAMP]
    return [_compared(kind, line, given) for line in sorted(heads, key=lambda line: _ORDER[line.kind])]


_ORDER = {
    ChangeKind.ANNULATION: 0,
    ChangeKind.CHAMP: 1,
    ChangeKind.ORGANISME: 2,
    ChangeKind.RETRAIT: 3,
    ChangeKind.AJOUT: 4,
}
_NAMES = ("first_name", "last_name")


def _detail(kind: kinds.Kind, line: Change, given: Iterable[Change]) -> str:
    """What was given of somebody who joins, health apart."""
    specs = {spec.name: spec for spec in kind.row_fields(row_kind_of(kind)) if spec.name not in _NAMES}
    told = ((specs[each.name], each.after) for each in given if each.row == line.row and each.name in specs)
    said = [f"{spec.label} : {in_words(spec, raw)}" for spec, raw in told if not spec.sensitive]
    return " · ".join([*said, "NIR renseigné" if line.has_nir else "Sans NIR"])


def _compared(kind: kinds.Kind, line: Change, given: Iterable[Change]) -> Compared:
    match line.kind:
        case ChangeKind.ANNULATION:
            return Compared("La formation", "Prévue", "Annulée : elle n'aura pas lieu")
        case ChangeKind.RETRAIT:
            return Compared("Stagiaire", line.before, "Ne suit plus la formation")
        case ChangeKind.AJOUT:
            return Compared("Stagiaire", "–", f"{line.after} rejoint la formation", _detail(kind, line, given))
        case ChangeKind.ORGANISME:
            return Compared("Organisme de formation", line.before or EMPTY_WORD, line.after)
        case ChangeKind.CHAMP:
            spec = kinds.find_field(kind, line.name)
            label = spec.label if spec else line.name
            return Compared(label, in_words(spec, line.before), in_words(spec, line.after))
