"""Who says what an agreement engages. One room registers itself at start; without it nothing is engaged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from openopco.kernel.money import format_euros

if TYPE_CHECKING:
    from openopco.dossiers.models import Decision, Dossier


@dataclass(frozen=True, slots=True)
class Engaged:
    """What an agreement engages: `lines` as JSON, kept in the decision and told in its letter; `unfunded` likewise, what it
    leaves to the employer. A line has « montant », « objet », « phrase », and one engaged « a_qui » and « direct » (whether the
    provider is paid). `keep` writes them down, once the decision has its row."""

    lines: list[dict[str, Any]]
    unfunded: list[dict[str, Any]]
    keep: "Callable[[Decision], None]"


@dataclass(frozen=True, slots=True)
class Proposed:
    """The most that could be granted of a request now, euros HT, and why it is no more, for the employer."""

    most: Decimal
    why: str


Funder = Callable[["Dossier", Decimal, datetime], Engaged]
Proposer = Callable[["Dossier", datetime], Proposed | None]
_FUNDER: list[Funder] = []
_PROPOSER: list[Proposer] = []


def register(funder: Funder, proposer: Proposer) -> None:
    _FUNDER[:], _PROPOSER[:] = [funder], [proposer]


def proposed(dossier: "Dossier", now: datetime) -> Proposed | None:
    """What the rules of now give; None where no room, or no rule yet, tells: what engages then says why."""
    return _PROPOSER[0](dossier, now) if _PROPOSER else None


def engage(dossier: "Dossier", amount: Decimal, now: datetime) -> Engaged | None:
    """Engages what is about to be granted, under the dossier's lock and in its transaction; None where no room engages.
    Raises the funder's own `NotDecidable`."""
    return _FUNDER[0](dossier, amount, now) if _FUNDER else None


def registered() -> list[str]:
    """The names of what was registered, for the consistency test."""
    return [f"{each.__module__}.{each.__name__}" for each in (*_FUNDER, *_PROPOSER)]


REFUND = (
    "Réglez l'organisme de formation, puis demandez-nous le remboursement du montant hors taxe, avec sa facture et le certificat "
    "de réalisation. La TVA reste à votre charge."
)
DIRECT = (
    "Nous réglons l'organisme de formation, sur sa facture et le certificat de réalisation, dans la limite du montant accordé. "
    "Le reste et la TVA lui sont dus par vous."
)


def told(funding: Mapping[str, Any]) -> dict[str, Any]:
    """What a decision engages, as the variables of its letter: empty where nothing is."""
    lines = funding.get("lignes", [])
    direct = any(line["direct"] for line in lines)
    return {
        "financement": [*map(_engaged, lines), *map(_left, funding.get("reste", []))],
        "reglement": "" if not lines else DIRECT if direct else REFUND,
    }


def _engaged(line: Mapping[str, Any]) -> str:
    return f"{_amount(line)}. {line['phrase']} Réglé à : {line['a_qui'].lower()}."


def _left(line: Mapping[str, Any]) -> str:
    return f"Reste à votre charge : {_amount(line)}. {line['phrase']}"


def _amount(line: Mapping[str, Any]) -> str:
    return f"{format_euros(Decimal(line['montant']))} HT, {line['objet'].lower()}"
