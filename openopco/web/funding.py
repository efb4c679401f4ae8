"""What is funded, in words, for every audience: the estimate of a draft, what a decision engaged, the lines of a letter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from openopco.funding.enums import Base, Payee
from openopco.funding.estimating import Estimate
from openopco.funding.models import Envelope
from openopco.funding.rules import unpublished_words
from openopco.funding.ruling import Standing
from openopco.funding.wording import gives_in_words, scope_in_words
from openopco.kernel.calendar import format_date
from openopco.reference.queries import idcc_label

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
    """What `components/funding.html` draws. `left` is what stays the employer's; `exhausted` why the
    request would wait."""

    lines: tuple[Shown, ...] = ()
    unfunded: tuple[Shown, ...] = ()
    missing: tuple[str, ...] = ()
    unpublished: str = ""
    direct: str = ""
    ticking: Decimal = ZERO
    exhausted: str = ""

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
    return FundingShown(lines, unfunded, direct=estimate.direct, ticking=estimate.ticking, exhausted=estimate.exhausted)


def shown_decision(funding: Mapping[str, Any]) -> FundingShown | None:
    """What a decision engaged, as it was kept with it; None where it engaged nothing."""
    if not funding.get("lignes"):
        return None
    return FundingShown(tuple(_kept(funding["lignes"])), tuple(_kept(funding.get("reste", ()))))


def _kept(lines: Iterable[Mapping[str, Any]]) -> Iterable[Shown]:
    for line in lines:
        payee = Payee(line["beneficiaire"]).label if "beneficiaire" in line else ""
        yield Shown(Base(line["base"]).label, Decimal(line["montant"]), line["phrase"], payee, line.get("source", ""))


# --- rules and envelopes ---------------------------------------------------------------------------------------------


ALL_BRANCHES = "Toutes les branches"


def envelope_line(each: Envelope) -> dict[str, Any]:
    """An envelope as the lists and its page show it."""
    left = each.left
    word, tone = ("Épuisée", "wait") if left <= 0 else ("Ouverte", "ok")
    if left < 0:
        word, tone = "Dépassée", "bad"
    share = 0 if each.amount <= 0 else min(int(each.engaged / each.amount * 100), 100)
    return {"row": each, "branch": _branch(each), "left": left, "word": word, "tone": tone, "share": share}


def _branch(each: Envelope) -> str:
    return f"{each.idcc} {idcc_label(each.idcc)}".strip() if each.idcc else ALL_BRANCHES


def rule_line(each: Standing, today: date) -> dict[str, Any]:
    """A rule as the lists and its pages show it, with where it stands on a day."""
    word, tone = "En vigueur", "ok"
    first = each.rule.scope.granted_from
    if each.last_day is not None:
        word, tone = f"Prend fin le {format_date(each.last_day)}", "wait"
        if each.last_day < today:
            word, tone = f"Terminée le {format_date(each.last_day)}", "off"
    elif first is not None and first > today:
        word, tone = f"À partir du {format_date(first)}", "info"
    return {
        "standing": each,
        "rule": each.rule,
        "word": word,
        "tone": tone,
        "scope": scope_in_words(each.rule.scope),
        "gives": gives_in_words(each.rule),
        "bases": ", ".join(base.label for base in each.rule.bases),
    }
