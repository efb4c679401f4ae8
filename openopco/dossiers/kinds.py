"""The registry of kinds of request. A kind brings its steps and fields, what is missing, what is odd, its synthesis, its checks,
and writes its own typed rows. Registered when the apps start; `tests/consistency` lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from openopco.dossiers.draft import DraftView, Missing, RowView, SummarySection, Warning_
from openopco.dossiers.enums import PAPER_ZONE
from openopco.dossiers.fields import FieldSpec

if TYPE_CHECKING:
    from openopco.dossiers.models import Dossier


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the form. `fields` are those asked on it; a step of rows names its kind of row."""

    slug: str
    title: str
    fields: tuple[FieldSpec, ...] = ()
    row_kind: str = ""


class Outcome(StrEnum):
    """What a check found: passed, failed, or for the officer to look at."""

    PASSED = "passe"
    FAILED = "echec"
    LOOK = "a_regarder"


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the officer's list. A `blocking` failure forbids granting."""

    code: str
    label: str
    outcome: Outcome
    detail: str
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """What a request's narrow row shows of it, derived from its draft. Amounts in euros HT. `has_provider` is False where
    nobody outside the employer teaches; `idcc` is empty where the branch can't be read."""

    title: str
    starts_on: Any
    ends_on: Any
    trainee_count: int
    amount: Any
    names: tuple[str, ...] = ()
    has_provider: bool = True
    idcc: str = ""


class Kind(Protocol):
    """What a kind of request brings. All but `materialise` is pure."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def slug(self) -> str: ...

    @property
    def prefix(self) -> str: ...

    @property
    def steps(self) -> tuple[Step, ...]: ...

    @property
    def zones(self) -> tuple[tuple[str, str], ...]: ...

    @property
    def amount_field(self) -> str:
        """The field whose value is the amount asked."""
        ...

    @property
    def modifiable(self) -> tuple[FieldSpec, ...]:
        """The fields that a modification may change once the request is sent; people and provider apart."""
        ...

    def name_of(self, row: RowView) -> str:
        """A person of the request, in words."""
        ...

    def row_fields(self, row_kind: str) -> tuple[FieldSpec, ...]: ...

    def missing(self, draft: DraftView) -> list[Missing]: ...

    def errors(self, draft: DraftView) -> list[Missing]: ...

    def warnings(self, draft: DraftView) -> list[Warning_]: ...

    def closed(self, draft: DraftView) -> str:
        """Why no such request may be sent any more that day, in a sentence; empty while it may."""
        ...

    def summary(self, draft: DraftView) -> list[SummarySection]: ...

    def heading(self, draft: DraftView) -> Heading: ...

    def snapshot(self, draft: DraftView) -> dict[str, Any]: ...

    def people(self, draft: DraftView) -> list[dict[str, str]]:
        """Of the snapshot, its « trainees » alone."""
        ...

    def attested(self, draft: DraftView) -> str: ...

    def checks(self, draft: DraftView, around: Mapping[str, Any]) -> list[Check]: ...

    def materialise(self, dossier: "Dossier", draft: DraftView) -> None:
        """Writes the typed, constrained rows from a draft that misses nothing; again after each correction."""
        ...


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _KINDS[kind.code] = kind


def get(code: str) -> Kind:
    return _KINDS[code]


def by_slug(slug: str) -> Kind | None:
    return next((kind for kind in _KINDS.values() if kind.slug == slug), None)


def all_kinds() -> tuple[Kind, ...]:
    return tuple(_KINDS.values())


def find_field(kind: Kind, name: str) -> FieldSpec | None:
    return next((spec for step in kind.steps for spec in step.fields if spec.name == name), None)


def zone_label(kind: Kind, zone: str) -> str:
    """A zone of pieces in words, and that of the paper which an officer scanned."""
    return {**dict(kind.zones), PAPER_ZONE: "Demande reçue"}.get(zone, "")


def find_row_field(kind: Kind, row_kind: str, name: str) -> FieldSpec | None:
    return next((spec for spec in kind.row_fields(row_kind) if spec.name == name), None)
