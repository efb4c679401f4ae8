"""What the OPCO would fund of a request as it stands: shown while one types, before sending, and to the officer who decides."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from openopco.dossiers.draft import DraftView
from openopco.dossiers.holds import waited
from openopco.dossiers.models import Dossier
from openopco.funding import ruling
from openopco.funding.actions.engaging import with_payees
from openopco.funding.balances import envelopes, left_for, name_of, serving
from openopco.funding.facts import facts_of, missing_for, subrogation_on
from openopco.funding.models import Commitment
from openopco.funding.people import had_by_people
from openopco.funding.rules import Facts, Left, Line, Proposal, propose, reduce, why_no_subrogation
from openopco.funding.starving import in_words, starved

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """`missing` names what must be typed before any figure, and nothing else is told then. `direct` is why, or why not, the
    provider is paid by the OPCO; `ticking` is how much more the company's own payments would pay, were they allowed;
    `exhausted` is why the request would wait, once sent: nothing is left of the envelopes that would serve it."""

    missing: tuple[str, ...] = ()
    proposal: Proposal | None = None
    facts: Facts | None = None
    direct: str = ""
    ticking: Decimal = ZERO
    exhausted: str = ""

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.proposal.lines if self.proposal else ()


def estimate_of(dossier: Dossier, draft: DraftView, *, today: date) -> Estimate:
    """What the rules of today give a request that nothing is engaged on yet. One query, none while something it needs is
    missing. Of a request typed by somebody whose attachment nobody has accepted, nothing of the company is told: neither
    budget had nor account."""
    facts = facts_of(dossier, draft, granted_on=today)
    if facts is None:
        return Estimate(missing=tuple(missing_for(draft)))
    left = _with_people(dossier, facts, _left(dossier, facts))
    return replace(_estimate(facts, left), exhausted=_exhausted(facts, left))


def _exhausted(facts: Facts, left: Left) -> str:
    near = serving(envelopes.value(), year=facts.year, idcc=facts.idcc)
    known = waited.value().envelopes
    taken = {fund for fund, each in near.items() if name_of(each) in known}
    return in_words(starved(facts, ruling.rules(), left, taken), facts.year)


def estimate_anew(dossier: Dossier, draft: DraftView, *, today: date) -> Estimate:
    """What the rules of today would give an agreement as changed: what it has engaged counts as given back. Two queries."""
    facts = facts_of(dossier, draft, granted_on=today)
    if facts is None:
        return Estimate(missing=tuple(missing_for(draft)))
    own = list(Commitment.objects.filter(dossier=dossier))
    company = dossier.establishment.company_id
    left = left_for(company_id=company, year=facts.year, idcc=facts.idcc, own=own)
    return _estimate(facts, _with_people(dossier, facts, left))


def _with_people(dossier: Dossier, facts: Facts, left: Left) -> Left:
    people = had_by_people(dossier, facts.year, ruling.rules())
    return replace(left, people=people) if people else left


def _estimate(facts: Facts, left: Left) -> Estimate:
    rules = ruling.rules()
    proposal = propose(facts, rules, left)
    paid = replace(proposal, lines=with_payees(facts, proposal.lines))
    return Estimate((), paid, facts, _direct(facts, paid), _ticking(facts, proposal, left))


def lines_of(estimate: Estimate, amount: Decimal) -> tuple[Line, ...]:
    """The lines that an agreement of `amount` would engage, first lines first; none where nothing can be told."""
    return with_payees(estimate.facts, reduce(estimate.lines, amount)) if estimate.facts else ()


def _left(dossier: Dossier, facts: Facts) -> Left:
    left = left_for(company_id=dossier.establishment.company_id, year=facts.year, idcc=facts.idcc)
    return replace(left, companies={}, account=None) if dossier.unconfirmed and not dossier.is_open else left


def _direct(facts: Facts, proposal: Proposal) -> str:
    return why_no_subrogation(facts, proposal.lines, subrogation_on(facts.granted_on))


def _ticking(facts: Facts, proposal: Proposal, left: Left) -> Decimal:
    if facts.voluntary or left.account is None or proposal.unpublished is not None:
        return ZERO
    return propose(replace(facts, voluntary=True), ruling.rules(), left).total - proposal.total
