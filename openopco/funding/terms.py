"""A rule as data: whom it reaches, what it gives. Pure, and read from JSON as an administrator's row keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from openopco.funding.enums import Base, Cumulation, Fund

LARGEST = Decimal("9999999.99")
CENT = Decimal("0.01")
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a rule reaches: an empty set or None lets everybody in. Headcounts are the exact ones of the SIREN, `below`
    excluded; the other bounds are days, both included."""

    idccs: frozenset[str] = NONE
    nafs: frozenset[str] = NONE
    regions: frozenset[str] = NONE
    natures: frozenset[str] = NONE
    themes: frozenset[str] = NONE
    modalities: frozenset[str] = NONE
    internal: bool | None = None
    headcount_from: int = 0
    headcount_below: int | None = None
    asked_from: date | None = None
    asked_until: date | None = None
    starts_from: date | None = None
    starts_until: date | None = None
    granted_from: date | None = None
    granted_until: date | None = None

    def covers_start(self, day: date) -> bool:
        return _within(day, self.starts_from, self.starts_until)

    def covers_year(self, year: int) -> bool:
        """Whether a training may start within it in a year."""
        first, last = self.starts_from, self.starts_until
        return (first is None or first.year <= year) and (last is None or last.year >= year)

    def welcomes(self, idcc: str, headcount: int) -> bool:
        """Whether a company of a branch, of a headcount, is within it."""
        below = self.headcount_below
        counted = self.headcount_from <= headcount and (below is None or headcount < below)
        return counted and (not self.idccs or idcc in self.idccs)


@dataclass(frozen=True, slots=True)
class Gives:
    """What a rule gives, in euros HT; None: no such bound. `hourly` is per hour and trainee, or per hour of the whole group
    where `per_group`; `most_hours` bounds the hours counted; `unit` is per meal, night or trip; `share` is a percentage."""

    share: Decimal | None = None
    flat_person: Decimal | None = None
    flat_request: Decimal | None = None
    hourly: Decimal | None = None
    per_group: bool = False
    most_hours: Decimal | None = None
    unit: Decimal | None = None
    per_request: Decimal | None = None
    per_person: Decimal | None = None
    per_person_year: Decimal | None = None
    per_company_year: Decimal | None = None

    @property
    def is_yearly(self) -> bool:
        """Whether what it gives depends on what was given before in the year."""
        return self.per_company_year is not None or self.per_person_year is not None


@dataclass(frozen=True, slots=True)
class Rule:
    """`label` is what a garage owner reads, as is `source`. Smaller `priority` first. Rules of one `budget` share what the
    company has for a year; empty: the rule has a budget of its own, its code."""

    code: str
    label: str
    fund: Fund
    bases: tuple[Base, ...]
    priority: int
    source: str
    scope: Scope = field(default_factory=Scope)
    gives: Gives = field(default_factory=Gives)
    cumulation: Cumulation = Cumulation.ADDITIF
    budget: str = ""

    @property
    def budget_key(self) -> str:
        return self.budget or self.code


class BadTerms(ValueError):
    """A rule that can't be read: `errors` has a French sentence for each field's name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in errors.items()))
        self.errors = dict(errors)


def dump(scope: Scope, gives: Gives) -> dict[str, Any]:
    """JSON of what a rule reaches and gives; what says nothing is left out."""
    found = {each.name: _to_json(getattr(part, each.name)) for part in (scope, gives) for each in fields(part)}
    silent = {"per_group": False, "headcount_from": 0}
    return {name: value for name, value in found.items() if value not in (None, []) and value != silent.get(name, ...)}


def load(data: Mapping[str, Any]) -> tuple[Scope, Gives]:
    """What `dump` wrote. Raises `BadTerms`."""
    known = {each.name for part in (Scope, Gives) for each in fields(part)}
    if unknown := sorted(set(data) - known):
        raise BadTerms(dict.fromkeys(unknown, "Champ inconnu."))
    errors: dict[str, str] = {}
    read = {name: _read(name, value, errors) for name, value in data.items()}
    if errors:
        raise BadTerms(errors)
    in_scope = {each.name for each in fields(Scope)}
    scope = Scope(**{name: value for name, value in read.items() if name in in_scope})
    gives = Gives(**{name: value for name, value in read.items() if name not in in_scope})
    if errors := contradictions(scope, gives):
        raise BadTerms(errors)
    return scope, gives


def contradictions(scope: Scope, gives: Gives) -> dict[str, str]:
    """What no rule may say, by field."""
    found: dict[str, str] = {}
    if scope.headcount_below is not None and scope.headcount_below <= scope.headcount_from:
        found["headcount_below"] = "L'effectif maximal doit dépasser l'effectif minimal."
    for name in ("asked", "starts", "granted"):
        first, last = getattr(scope, f"{name}_from"), getattr(scope, f"{name}_until")
        if first and last and last < first:
            found[f"{name}_until"] = "Cette date précède la première."
    if gives.share is not None and not 0 < gives.share <= 100:
        found["share"] = "Indiquez un pourcentage entre 0 et 100."
    if gives.flat_person is not None and gives.flat_request is not None:
        found["flat_request"] = "Un forfait est par stagiaire ou par demande, pas les deux."
    if gives.per_group and gives.hourly is None:
        found["per_group"] = "Indiquez le plafond horaire du groupe."
    if gives.most_hours is not None and gives.hourly is None:
        found["most_hours"] = "Un nombre d'heures ne borne qu'un plafond horaire : indiquez-le."
    return found


_SETS = frozenset({"idccs", "nafs", "regions", "natures", "themes", "modalities"})
_FLAGS = frozenset({"internal", "per_group"})
_COUNTS = frozenset({"headcount_from", "headcount_below"})


def _read(name: str, value: Any, errors: dict[str, str]) -> Any:
    try:
        if name in _SETS:
            return _as_set(value)
        if name in _FLAGS:
            return _as_flag(value)
        if name in _COUNTS:
            return _as_count(value)
        return date.fromisoformat(value) if name.endswith(("_from", "_until")) else _as_amount(value)
    except (ValueError, TypeError, InvalidOperation):
        errors[name] = "Valeur illisible."
        return None


def _as_set(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise ValueError("not a list of codes")
    return frozenset(value)


def _as_flag(value: Any) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise ValueError("not a flag")
    return value


def _as_count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("not a count")
    return value


def _as_amount(value: Any) -> Decimal:
    """Never a JSON float: its cents would lie."""
    if not isinstance(value, str):
        raise ValueError("not an amount in words")
    amount = Decimal(value)
    if not amount.is_finite() or not 0 < amount <= LARGEST or amount != amount.quantize(CENT):
        raise ValueError("not an amount")
    return amount


def _to_json(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:.2f}" if isinstance(value, Decimal) else value


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)
