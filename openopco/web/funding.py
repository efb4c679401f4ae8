"""What is funded, in words, for every audience: the estimate of a draft, what a decision engaged, the lines of a letter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openopco.funding.enums import Base, Payee
from openopco.funding.estimating import Estimate
from openopco.funding.rules import unpublished_words

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of `components/funding.html`: euros HT, in words, and whom it pays."""

    base: str
    amount: Decimal
    sentence: str
    payee: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class FundingShown:
    """What `components/funding.html` draws. `left` is what stays the employer's."""

    lines: tuple[Shown, ...] = ()
    unfunded: tuple[Shown, ...] = ()
    missing: tuple[str, ...] = ()
    unpublished: str = ""
    direct: str = ""
    ticking: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def left(self) -> Decimal:
        return sum((line.amount for line in self.unfunded), ZERO)


def shown_estimate(estimate: Estimate) -> FundingShown:
    """A draft's, or that of a request to be decided."""
    proposal = estimate.proposal
    if proposal is None:
        return FundingShown(missing=estimate.missing)
    if proposal.unpublished is not None:
        return FundingShown(unpublished=unpublished_words(proposal.unpublished))
    lines = tuple(
        Shown(line.base.label, line.amount, line.sentence, line.payee.label, line.source) for line in proposal.lines
    )
    unfunded = tuple(Shown(each.base.label, each.amount, each.sentence) for each in proposal.unfunded)
    return FundingShown(lines, unfunded, direct=estimate.direct, ticking=estimate.ticking)


def shown_decision(funding: Mapping[str, Any]) -> FundingShown | None:
    """What a decision engaged, as it was kept with it; None where it engaged nothing."""
    if not funding.get("lignes"):
        return None
    return FundingShown(tuple(_kept(funding["lignes"])), tuple(_kept(funding.get("reste", ()))))


def _kept(lines: Iterable[Mapping[str, Any]]) -> Iterable[Shown]:
    for line in lines:
        payee = Payee(line["beneficiaire"]).label if "beneficiaire" in line else ""
        yield Shown(Base(line["base"]).label, Decimal(line["montant"]), line["phrase"], payee, line.get("source", ""))
