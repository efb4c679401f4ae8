"""What an agreement engages, and what gives it back. Always under the dossier's lock and in its transaction; then, in this
order, the company's budgets, its account, the envelopes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from openopco.base.fields import cents
from openopco.dossiers.funders import Engaged, Proposed
from openopco.dossiers.models import Decision, Dossier, FundHold
from openopco.dossiers.queries import load_draft
from openopco.funding import ruling
from openopco.funding.actions.waiting import follow_later
from openopco.funding.balances import Balances, balances, envelopes, left_of
from openopco.funding.enums import Fund, Mode, Payee
from openopco.funding.errors import AlreadyClaimed, NotEngageable
from openopco.funding.facts import facts_of, subrogation_on
from openopco.funding.models import Commitment, CommitmentChange, CompanyBudget, Envelope, VoluntaryAccount
from openopco.funding.people import had_by_people
from openopco.funding.rules import (
    Facts,
    Line,
    Proposal,
    Unfunded,
    decide_payees,
    left_over,
    propose,
    reduce,
    unpublished_words,
)
from openopco.kernel.calendar import paris_today
from openopco.kernel.money import format_euros

ZERO = Decimal(0)
Key = tuple[str, str, str, str, int]


def engage(dossier: Dossier, amount: Decimal, now: datetime) -> Engaged:
    """Engages `amount` (euros HT) on what the rules give, first lines first. Engaged already, the lines follow: what is left
    is reckoned without them. Raises `NotEngageable`, `AlreadyClaimed`."""
    today = paris_today(now)
    facts = facts_of(dossier, load_draft(dossier, today=today), granted_on=today)
    if facts is None:
        raise NotEngageable("Il manque de quoi calculer la prise en charge : complétez la demande d'abord.")
    own = list(Commitment.objects.select_for_update().filter(dossier=dossier).order_by("pk"))
    # A course that moves to another year gives back to the first what it takes from the second.
    _lock_around([each for each in own if each.year != facts.year])
    standing, rules = _locked(dossier, facts), ruling.rules(anew=True)
    left = replace(left_of(standing, own), people=had_by_people(dossier, facts.year, rules))
    proposal = propose(facts, rules, left)
    lines = _granted(proposal, facts, amount)
    told = as_json(lines, left_over(proposal, lines))
    return Engaged(
        told["lignes"],
        told["reste"],
        lambda decision: _write(dossier, facts, lines, own, standing, decision=decision, now=now),
    )


def proposed_for(dossier: Dossier, now: datetime) -> Proposed | None:
    """What the rules and the money of now give of a request on which nothing is engaged; None where nothing can be told."""
    today = paris_today(now)
    facts = facts_of(dossier, load_draft(dossier, today=today), granted_on=today)
    if facts is None:
        return None
    standing = balances(company_id=dossier.establishment.company_id, year=facts.year, idcc=facts.idcc)
    rules = ruling.rules(anew=True)
    left = replace(left_of(standing), people=had_by_people(dossier, facts.year, rules))
    proposal = propose(facts, rules, left)
    return None if proposal.unpublished is not None else Proposed(proposal.total, _too_much(proposal))


def _granted(proposal: Proposal, facts: Facts, amount: Decimal) -> tuple[Line, ...]:
    if proposal.unpublished is not None:
        raise NotEngageable(
            f"{unpublished_words(proposal.unpublished)} : la demande garde sa place, rien ne peut être engagé avant."
        )
    if amount > proposal.total:
        raise NotEngageable(_too_much(proposal))
    return with_payees(facts, reduce(proposal.lines, amount))


def _too_much(proposal: Proposal) -> str:
    why = " ".join(each.sentence for each in proposal.unfunded)
    if proposal.total == 0:
        return f"Les règles ne permettent de rien engager. {why}".strip()
    return f"Les règles permettent d'engager {format_euros(proposal.total)} au plus. {why}".strip()


def with_payees(facts: Facts, lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines with whom each pays, by the rule of the day of the agreement."""
    return decide_payees(facts, lines, subrogation_on(facts.granted_on))


def _locked(dossier: Dossier, facts: Facts) -> Balances:
    """The rows to move. A budget that the company does not have yet is made first, so that two grants wait for one another."""
    company = dossier.establishment.company_id
    keys = {rule.budget_key for rule in ruling.rules() if rule.gives.is_yearly}
    CompanyBudget.objects.bulk_create(
        (CompanyBudget(company_id=company, year=facts.year, budget=key) for key in sorted(keys)), ignore_conflicts=True
    )
    return balances(company_id=company, year=facts.year, idcc=facts.idcc, locked=True)


# --- written down ----------------------------------------------------------------------------------------------------


def _write(
    dossier: Dossier,
    facts: Facts,
    lines: tuple[Line, ...],
    own: list[Commitment],
    standing: Balances,
    *,
    decision: Decision,
    now: datetime,
) -> None:
    known = {_key_of(each): each for each in own}
    wanted = {_key(line, facts.year): line for line in lines}
    for key, commitment in known.items():
        if key not in wanted:
            _move(commitment, ZERO, decision=decision, event="accord", now=now)
    for rank, (key, line) in enumerate(wanted.items(), start=1):
        envelope = standing.envelopes.get(line.fund)
        commitment = known.get(key) or _new(dossier, facts, line, envelope, now)
        commitment.rank, commitment.sentence, commitment.label = rank, line.sentence, line.label
        _move(commitment, line.amount, decision=decision, event="accord", now=now)


def _new(dossier: Dossier, facts: Facts, line: Line, envelope: Envelope | None, now: datetime) -> Commitment:
    return Commitment(  # type: ignore[misc]
        dossier=dossier,
        company_id=dossier.establishment.company_id,
        year=facts.year,
        base=line.base,
        fund=line.fund,
        rule_code=line.rule,
        payee=line.payee,
        budget=line.budget,
        source=line.source,
        envelope=None if line.fund is Fund.VOLONTAIRE else envelope,
        amount=ZERO,
        created_at=now,
    )


def _move(commitment: Commitment, amount: Decimal, *, decision: Decision | None, event: str, now: datetime) -> None:
    """Brings a line to an amount, and with it its budget, its account, its envelope."""
    if amount < commitment.invoiced:
        raise AlreadyClaimed(
            f"{format_euros(commitment.invoiced)} ont déjà été demandés sur « {commitment.label} » : l'accord ne peut pas "
            "descendre en dessous."
        )
    delta, commitment.amount = amount - commitment.amount, amount
    commitment.save()
    if delta == 0:
        return
    CommitmentChange.objects.create(commitment=commitment, decision=decision, event=event, delta=delta, at=now)
    _carry(commitment, delta)


def _carry(commitment: Commitment, delta: Decimal) -> None:
    CompanyBudget.objects.filter(
        company_id=commitment.company_id, year=commitment.year, budget=commitment.budget
    ).update(engaged=F("engaged") + cents(delta))
    if commitment.fund == Fund.VOLONTAIRE:
        VoluntaryAccount.objects.filter(company_id=commitment.company_id).update(engaged=F("engaged") + cents(delta))
    if commitment.envelope_id:
        Envelope.objects.filter(pk=commitment.envelope_id).update(engaged=F("engaged") + cents(delta))
        transaction.on_commit(envelopes.forget)
        _follow(commitment, delta)


def _follow(commitment: Commitment, delta: Decimal) -> None:
    """Who waits follows an envelope that has just run out, or that some wait for and that has money again."""
    assert commitment.envelope_id
    own = Envelope.objects.filter(pk=commitment.envelope_id, mode=Mode.BLOQUANTE)
    waiting = FundHold.objects.filter(until=None, year=commitment.year)
    if own.filter(engaged__gte=F("amount")).exists() if delta > 0 else waiting.exists():
        follow_later(commitment.envelope_id)


def release(dossier: Dossier, event: str, *, payee: str = "") -> Decimal:
    """Gives back all that nobody has claimed yet, of one payee's lines or of all: the envelope, the budget, the account have
    it again at once. Returns how much."""
    now, freed = timezone.now(), ZERO
    held = Commitment.objects.select_for_update().filter(dossier=dossier).order_by("pk")
    own = list(held.filter(payee=payee) if payee else held)
    _lock_around(own)
    for commitment in own:
        freed += commitment.amount - commitment.invoiced
        _move(commitment, commitment.invoiced, decision=None, event=event, now=now)
    return freed


def _lock_around(own: list[Commitment]) -> None:
    """The rows that a release moves, in the order that everybody keeps."""
    companies = {each.company_id for each in own}
    years, budgets = {each.year for each in own}, {each.budget for each in own}
    list(
        CompanyBudget.objects.select_for_update()
        .filter(company_id__in=companies, year__in=years, budget__in=budgets)
        .order_by("pk")
    )
    list(VoluntaryAccount.objects.select_for_update().filter(company_id__in=companies).order_by("pk"))
    list(Envelope.objects.select_for_update().filter(pk__in={each.envelope_id for each in own}).order_by("pk"))


def engage_again(dossier: Dossier) -> None:
    """An agreement given back after it had lapsed: what was granted is engaged anew, by the rules and the money of now."""
    assert dossier.amount_granted is not None
    decision = Decision.objects.filter(dossier=dossier).order_by("-version").first()
    assert decision is not None
    engage(dossier, dossier.amount_granted, timezone.now()).keep(decision)


# --- told ------------------------------------------------------------------------------------------------------------


def _key(line: Line, year: int) -> Key:
    return (str(line.base), str(line.fund), line.rule, str(line.payee), year)


def _key_of(commitment: Commitment) -> Key:
    return (commitment.base, commitment.fund, commitment.rule_code, commitment.payee, commitment.year)


def _as_json(line: Line) -> dict[str, Any]:
    return {
        "base": str(line.base),
        "montant": f"{line.amount:.2f}",
        "fonds": str(line.fund),
        "regle": line.rule,
        "libelle": line.label,
        "source": line.source,
        "phrase": line.sentence,
        "beneficiaire": str(line.payee),
        "objet": line.base.label,
        "a_qui": line.payee.label,
        "direct": line.payee is Payee.ORGANISME,
    }


def _told(each: Unfunded) -> dict[str, Any]:
    return {"base": str(each.base), "objet": each.base.label, "montant": f"{each.amount:.2f}", "phrase": each.sentence}


def as_json(lines: Iterable[Line], unfunded: Iterable[Unfunded]) -> dict[str, Any]:
    """What `Decision.funding` keeps of an agreement."""
    return {"lignes": [_as_json(line) for line in lines], "reste": [_told(each) for each in unfunded]}
