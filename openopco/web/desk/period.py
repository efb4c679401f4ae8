"""What the page of statistics is narrowed to: two months, and a branch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from openopco.dossiers.figures import months_between
from openopco.kernel.calendar import MONTHS, add_months
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import parse_idcc

SHOWN_MONTHS, OFFERED_MONTHS = 12, 60


@dataclass(slots=True)
class Period:
    """Both months by their first day; `errors` by name of what was typed."""

    first: date
    last: date
    idcc: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def months(self) -> list[date]:
        return list(months_between(self.first, self.last))


def read_period(address: Mapping[str, str], today: date) -> Period:
    """The twelve last months unless the address says otherwise; what cannot be read is told, and narrows nothing."""
    this = today.replace(day=1)
    offered = {code_of(month): month for month in offered_months(today)}
    first = offered.get(address.get("de", ""), add_months(this, 1 - SHOWN_MONTHS))
    period = Period(first, offered.get(address.get("a", ""), this))
    period.typed = {"de": code_of(period.first), "a": code_of(period.last), "branche": _typed(address)}
    if period.last < period.first:
        period.errors["a"] = "Ce mois précède le premier."
    if raw := period.typed["branche"]:
        try:
            period.idcc = parse_idcc(raw)
        except InvalidValue as error:
            period.errors["branche"] = error.message
    return period


def _typed(address: Mapping[str, str]) -> str:
    return address.get("branche", "").replace("\0", "").strip()[:20]


def offered_months(today: date) -> list[date]:
    """The latest first."""
    return [add_months(today.replace(day=1), -back) for back in range(OFFERED_MONTHS)]


def code_of(month: date) -> str:
    """« 2026-11 »."""
    return f"{month:%Y-%m}"


def in_words(month: date) -> str:
    """« novembre 2026 »."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def in_short(month: date) -> str:
    """« 11/26 », below a plot."""
    return f"{month:%m/%y}"
