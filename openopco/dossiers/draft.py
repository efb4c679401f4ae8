"""A draft as its kind reads it: raw values, rows, pieces, and the facts around them. Pure: `queries` fills it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from openopco.dossiers.fields import FieldSpec, Reading, read


@dataclass(frozen=True, slots=True)
class StoredValue:
    """A raw value with the revision that its next save must name."""

    value: str = ""
    revision: int = 0


EMPTY = StoredValue()


def raw_or_default(spec: FieldSpec, raw: str) -> str:
    """What a field says: nothing typed is its default."""
    return raw if raw.strip() else spec.default


# One page asks the same field many times over: what it was read as, by name, with the declaration that read it.
Readings = dict[str, tuple[FieldSpec, Reading]]


def _read_once(readings: Readings, spec: FieldSpec, raw: str, on: date | None = None) -> Reading:
    known = readings.get(spec.name)
    if known is None or known[0] is not spec:
        known = readings[spec.name] = (spec, read(spec, raw_or_default(spec, raw), on))
    return known[1]


@dataclass(frozen=True, slots=True)
class RowView:
    """A trainee of the draft. `has_nir`: one was given, `nir_id` in the vault; `nir_mask`: all that this reader's page may
    show of it, empty for whoever neither typed it nor examines requests. `words_on` is the day whose lists it is read
    by: today for a draft, that of the sending afterwards."""

    key: str
    kind: str
    position: int
    values: Mapping[str, StoredValue]
    has_nir: bool = False
    nir_id: int | None = None
    nir_mask: str = ""
    nir_warnings: tuple[str, ...] = ()
    trainee_id: int | None = None
    words_on: date | None = None
    readings: Readings = field(init=False, default_factory=dict, compare=False, repr=False)

    def raw(self, name: str) -> str:
        return self.values.get(name, EMPTY).value

    def reading(self, spec: FieldSpec) -> Reading:
        return _read_once(self.readings, spec, self.raw(spec.name), self.words_on)

    def shown(self, spec: FieldSpec) -> str:
        """What it says of a field, in words; empty where nothing can be read."""
        return spec.shown(self.reading(spec).value, self.words_on)


@dataclass(frozen=True, slots=True)
class PieceView:
    """A piece attached: `state` is the antivirus' word on it. `is_closed`: this reader may not open it."""

    key: str
    zone: str
    name: str
    size: int
    state: str
    content_type: str = ""
    is_closed: bool = False

    @property
    def is_usable(self) -> bool:
        """Whether it counts as supplied: not known to be dangerous, nor beyond what the antivirus can read."""
        return self.state in ("safe", "pending")


@dataclass(frozen=True, slots=True)
class EmployerFacts:
    """What the house knows of the establishment. `verified` is False while it is « à vérifier »."""

    name: str
    siret: str
    address: str
    postal_code: str
    city: str
    naf: str
    headcount: int | None
    idcc: str
    idcc_label: str
    verified: bool
    email: str = ""
    phone: str = ""
    headcount_band: str = ""
    contributions_paid: bool | None = None
    contributions_on: date | None = None


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """What the house knows of the provider. A `None` among the Qualiopi answers means: not known."""

    name: str
    siret: str
    nda: str
    address: str
    postal_code: str
    city: str
    phone: str
    email: str
    qualiopi_actions: bool | None
    qualiopi_bilans: bool | None
    qualiopi_vae: bool | None
    status: str
    verified: bool


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """How the request came that an officer types: `typed` and `declared` say it in words, `received_on` is the day that
    counts as the sending's."""

    received_on: date
    typed: str
    declared: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """Everything a kind needs to say what is missing, what is odd, and what a request is about. `communes`: those of each
    postal code typed, where they were looked up. `paper`: where an officer types it for the employer."""

    values: Mapping[str, StoredValue]
    rows: tuple[RowView, ...]
    pieces: tuple[PieceView, ...]
    employer: EmployerFacts
    provider: ProviderFacts | None
    today: date
    parameters: Mapping[str, Any] = field(default_factory=dict)
    twins: tuple[str, ...] = ()
    communes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    paper: PaperFacts | None = None
    readings: Readings = field(init=False, default_factory=dict, compare=False, repr=False)

    def raw(self, name: str) -> str:
        return self.values.get(name, EMPTY).value

    def reading(self, spec: FieldSpec) -> Reading:
        return _read_once(self.readings, spec, self.raw(spec.name))

    def value(self, spec: FieldSpec) -> Any:
        """The typed value, or None where it is empty or can't be read."""
        return self.reading(spec).value

    def applies(self, spec: FieldSpec) -> bool:
        """Whether the form asks the field at all, given the others."""
        if spec.only_if is None:
            return True
        name, expected = spec.only_if
        return (self.raw(name) or "") == expected

    def row(self, key: str) -> RowView | None:
        return next((row for row in self.rows if row.key == key), None)

    def pieces_in(self, zone: str) -> tuple[PieceView, ...]:
        return tuple(piece for piece in self.pieces if piece.zone == zone)

    def with_values(self, changes: Mapping[tuple[str, str], str]) -> "DraftView":
        """The draft as it would read with other raw values, by (row key or empty, field name). A value under « nir » says
        whether one was given."""
        rows = tuple(
            replace(
                row,
                values=_changed(row.values, row.key, changes),
                has_nir=bool(changes.get((row.key, "nir"), row.has_nir)),
            )
            for row in self.rows
        )
        return replace(self, values=_changed(self.values, "", changes), rows=rows)


def _changed(
    values: Mapping[str, StoredValue], row: str, changes: Mapping[tuple[str, str], str]
) -> dict[str, StoredValue]:
    wanted = {name: value for (where, name), value in changes.items() if where == row}
    return {**values, **{name: StoredValue(value, values.get(name, EMPTY).revision) for name, value in wanted.items()}}


@dataclass(frozen=True, slots=True)
class Missing:
    """A line of « Ce qui manque »: what to do, and where. `message` is the sentence beside the field once sending was tried."""

    step: str
    target: str
    task: str
    message: str
    row: str = ""


@dataclass(frozen=True, slots=True)
class Warning_:
    """Something odd that doesn't forbid sending."""

    step: str
    target: str
    message: str
    row: str = ""


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line of the synthesis; `target` names the field that « Modifier » leads back to."""

    label: str
    value: str
    target: str = ""
    row: str = ""


@dataclass(frozen=True, slots=True)
class SummarySection:
    title: str
    step: str
    lines: tuple[SummaryLine, ...]
    row: str = ""
