"""Who says what an agreement engages. One room registers itself at start; without it nothing is engaged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openopco.dossiers.models import Decision, Dossier


@dataclass(frozen=True, slots=True)
class Engaged:
    """What an agreement engages: `lines` as JSON, kept in the decision and told in its letter; `unfunded` likewise, what it
    leaves to the employer. `keep` writes them down, once the decision has its row."""

    lines: list[dict[str, Any]]
    unfunded: list[dict[str, Any]]
    keep: "Callable[[Decision], None]"


Funder = Callable[["Dossier", Decimal, datetime], Engaged]
_FUNDER: list[Funder] = []


def register(funder: Funder) -> None:
    _FUNDER[:] = [funder]


def engage(dossier: "Dossier", amount: Decimal, now: datetime) -> Engaged | None:
    """Engages what is about to be granted, under the dossier's lock and in its transaction; None where no room engages.
    Raises the funder's own `NotDecidable`."""
    return _FUNDER[0](dossier, amount, now) if _FUNDER else None


def registered() -> list[str]:
    """The funder's name, for the consistency test."""
    return [f"{each.__module__}.{each.__name__}" for each in _FUNDER]
