"""What the pages of funding read. Each takes the actor and asks his right."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import FilteredRelation, Q

from openopco.base.keyset import Page, paginate
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import load_draft
from openopco.funding import ruling
from openopco.funding.enums import Fund
from openopco.funding.errors import UnknownEnvelope, UnknownRule
from openopco.funding.facts import facts_of
from openopco.funding.models import CommitmentChange, Envelope, VoluntaryAccount
from openopco.funding.rules import Left, propose
from openopco.funding.ruling import Standing
from openopco.funding.terms import Rule
from openopco.kernel.calendar import paris_today
from openopco.organisations.models import Company
from openopco.rights import Actor, Permission, require

# How many of the last agreements a rule is tried on.
TRIED = 25
MOST_ENVELOPES = 200
MOST_MOVEMENTS = 100


def envelopes(actor: Actor) -> list[Envelope]:
    """The envelopes, the latest year first; those of `MOST_ENVELOPES` funds and branches. One query."""
    require(actor, Permission.FUNDING_READ)
    return list(Envelope.objects.order_by("-year", "fund", "idcc")[:MOST_ENVELOPES])


def envelope(actor: Actor, envelope_id: int) -> Envelope:
    """Raises `UnknownEnvelope`."""
    require(actor, Permission.FUNDING_READ)
    found = Envelope.objects.filter(pk=envelope_id).first()
    if found is None:
        raise UnknownEnvelope
    return found


def standing_rules(actor: Actor) -> list[Standing]:
    """Every rule, in the order in which they are tried. Two queries."""
    require(actor, Permission.FUNDING_READ)
    return ruling.read()


def standing_rule(actor: Actor, code: str) -> Standing:
    """Raises `UnknownRule`."""
    found = next((each for each in standing_rules(actor) if each.rule.code == code), None)
    if found is None:
        raise UnknownRule
    return found


@dataclass(frozen=True, slots=True)
class YearlyBudget:
    """What a company had under a budget of a year, and the most it may have: None where the rules don't tell."""

    year: int
    label: str
    engaged: Decimal
    most: Decimal | None

    @property
    def left(self) -> Decimal | None:
        return None if self.most is None else max(self.most - self.engaged, Decimal(0))


@dataclass(frozen=True, slots=True)
class CompanyFunding:
    """A company's money at the OPCO: its budgets, and what is left of its voluntary payments, None without account."""

    budgets: list[YearlyBudget]
    balance: Decimal | None


def company_funding(actor: Actor, company: Company, *, idcc: str, year: int) -> CompanyFunding:
    """From a year on; the budgets that rules bound for a company like this one show before anything is engaged on them. One
    query, and the rules that the process keeps."""
    require(actor, Permission.FUNDING_READ)
    rows: list[tuple[Any, ...]] = list(
        Company.objects.filter(pk=company.pk)
        .annotate(own=FilteredRelation("budgets", condition=Q(budgets__year__gte=year)))
        .values_list(
            "voluntary_account__paid_in", "voluntary_account__engaged", "own__year", "own__budget", "own__engaged"
        )
    )
    bounds = {(year, rule.budget_key) for rule in _bounding(company, idcc, year)}
    had: dict[tuple[int, str], Decimal] = {(row[2], row[3]): row[4] for row in rows if row[3] is not None}
    keys = sorted(bounds | {key for key, amount in had.items() if amount > 0})
    budgets = [
        _yearly(each, budget, had.get((each, budget), Decimal(0)), _bounding(company, idcc, each))
        for each, budget in keys
    ]
    paid_in, engaged = rows[0][:2]
    return CompanyFunding(budgets, None if paid_in is None else paid_in - engaged)


def _bounding(company: Company, idcc: str, year: int) -> list[Rule]:
    """The rules that bound what such a company has in a year; none while its exact headcount is not known."""
    headcount = company.headcount_exact
    if headcount is None:
        return []
    bounded = (rule for rule in ruling.rules() if rule.gives.per_company_year is not None)
    return [rule for rule in bounded if rule.scope.welcomes(idcc, headcount) and rule.scope.covers_year(year)]


def _yearly(year: int, budget: str, engaged: Decimal, bounding: Iterable[Rule]) -> YearlyBudget:
    rule = next((each for each in bounding if each.budget_key == budget), None)
    named = rule or next((each for each in ruling.rules() if each.budget_key == budget), None)
    return YearlyBudget(year, named.label if named else budget, engaged, rule.gives.per_company_year if rule else None)


def voluntary_accounts(actor: Actor, after: str | None = None) -> Page[VoluntaryAccount]:
    """The companies' accounts, the latest opened first. One query."""
    require(actor, Permission.FUNDING_READ)
    found = VoluntaryAccount.objects.select_related("company")
    return paginate(found, keys=("id",), after=after, descending=True)


def company_by_siren(actor: Actor, siren: str) -> Company | None:
    require(actor, Permission.FUNDING_READ)
    return Company.objects.filter(siren=siren).first()


@dataclass(frozen=True, slots=True)
class Movement:
    """What came into an account, or was engaged on it (below zero); `number` of the request that it is about."""

    on: date
    amount: Decimal
    words: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class AccountShown:
    company: Company
    account: VoluntaryAccount | None
    movements: list[Movement]


def account_shown(actor: Actor, company_id: int) -> AccountShown | None:
    """A company's account and its last movements; None where there is no such company. Three queries."""
    require(actor, Permission.FUNDING_READ)
    company = Company.objects.select_related("voluntary_account").filter(pk=company_id).first()
    if company is None:
        return None
    account = getattr(company, "voluntary_account", None)
    return AccountShown(company, account, _movements(account) if account else [])


def _movements(account: VoluntaryAccount) -> list[Movement]:
    paid = [
        Movement(each.received_on, each.amount, f"Versement reçu, référence {each.reference}")
        for each in account.payments.all()[:MOST_MOVEMENTS]
    ]
    own = CommitmentChange.objects.filter(
        commitment__company_id=account.company_id, commitment__fund=Fund.VOLONTAIRE
    ).select_related("commitment__dossier")
    engaged = [_engaged(each) for each in own.order_by("-id")[:MOST_MOVEMENTS]]
    return sorted([*paid, *engaged], key=lambda each: each.on, reverse=True)[:MOST_MOVEMENTS]


def _engaged(change: CommitmentChange) -> Movement:
    dossier = change.commitment.dossier
    words = f"{'Engagé sur' if change.delta > 0 else 'Rendu par'} {dossier.number}"
    return Movement(paris_today(change.at), -change.delta, words, dossier.number or "")


@dataclass(frozen=True, slots=True)
class Trial:
    """What one past agreement would be with and without a rule, each with all its money left. Euros HT."""

    dossier: Dossier
    without: Decimal
    with_it: Decimal


def trial(actor: Actor, rule: Rule, *, today: date) -> list[Trial]:
    """A rule tried on the last agreements, before it takes effect. Their own days count, the balances don't."""
    require(actor, Permission.FUNDING_MANAGE)
    rows = Dossier.objects.filter(state=State.ACCORDEE).select_related("establishment__company", "provider", "paper")
    tried = (_tried(dossier, rule, today) for dossier in rows.order_by("-id")[:TRIED])
    return [each for each in tried if each is not None]


def _tried(dossier: Dossier, rule: Rule, today: date) -> Trial | None:
    assert dossier.decided_at
    facts = facts_of(dossier, load_draft(dossier, today=today), granted_on=paris_today(dossier.decided_at))
    if facts is None:
        return None
    others = [each for each in ruling.rules() if each.code != rule.code]
    plenty = Left(dict.fromkeys(rule.fund.__class__))
    return Trial(dossier, propose(facts, others, plenty).total, propose(facts, [*others, rule], plenty).total)
