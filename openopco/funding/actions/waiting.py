"""The waiting list of the envelopes: who is put on it, in which order it empties. What a request waits for depends on what it
asks: the engine says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from openopco.base.jobs import enqueue
from openopco.dossiers import holds
from openopco.dossiers.models import Dossier, FundHold
from openopco.dossiers.queries import load_draft
from openopco.funding import ruling
from openopco.funding.balances import balances, left_of, name_of, serving
from openopco.funding.enums import Fund
from openopco.funding.facts import facts_of
from openopco.funding.models import Envelope
from openopco.funding.people import had_by_people
from openopco.funding.rules import Facts, Left, Proposal, propose
from openopco.funding.starving import in_words, starved, unbounded
from openopco.funding.terms import Rule
from openopco.kernel.calendar import paris_today

ZERO = Decimal(0)


def follow_later(envelope_id: int, *, run_at: datetime | None = None) -> None:
    """Once what moved an envelope is committed, whoever it concerns waits, or waits no more."""
    enqueue("funding.follow_envelope", run_at=run_at, envelope_id=envelope_id)


def settle(dossier: Dossier, now: datetime) -> None:
    """Puts a request on the waiting list, or takes it off, by what it asks and what is left now. Under its lock."""
    held = holds.hold_of(dossier)
    near = _near(dossier)
    waiting = _starved(dossier, near, now) if near else None
    if waiting:
        year, funds = waiting
        name = name_of(near[funds[0]])
        holds.hold(dossier, year=year, envelope=name, sentence=in_words(funds, year), now=now)
    elif held:
        holds.free(held, now)


def _near(dossier: Dossier) -> Mapping[Fund, Envelope]:
    """The envelopes that would serve it; none unless one of them blocks."""
    if not dossier.is_open or dossier.starts_on is None:
        return {}
    year, idcc = dossier.starts_on.year, dossier.idcc or ""
    found = serving(Envelope.objects.filter(year=year).order_by("pk"), year=year, idcc=idcc)
    return found if any(each.is_blocking for each in found.values()) else {}


def _starved(dossier: Dossier, near: Mapping[Fund, Envelope], now: datetime) -> tuple[int, tuple[Fund, ...]] | None:
    known = holds.waited_before(dossier, [name_of(each) for each in near.values()])
    taken = {fund for fund, each in near.items() if name_of(each) in known}
    if not taken and not any(each.is_blocking and each.left <= 0 for each in near.values()):
        return None
    asked = _asked(dossier, now)
    funds = starved(*asked, taken) if asked else ()
    return (asked[0].year, funds) if asked and funds else None


def _asked(dossier: Dossier, now: datetime) -> tuple[Facts, list[Rule], Left] | None:
    """What the engine reads of it; None while something it needs is missing."""
    today = paris_today(now)
    facts = facts_of(dossier, load_draft(dossier, today=today), granted_on=today)
    if facts is None:
        return None
    rules = ruling.rules(anew=True)
    left = left_of(balances(company_id=dossier.establishment.company_id, year=facts.year, idcc=facts.idcc))
    return facts, rules, replace(left, people=had_by_people(dossier, facts.year, rules))


def leave(dossier: Dossier, now: datetime) -> None:
    """It is over: it waits for nothing, and what was kept for it goes to whoever follows."""
    for name in sorted(holds.close(dossier, now)):
        year, fund, idcc = name.split(":")
        if envelope := Envelope.objects.filter(year=year, fund=fund, idcc=idcc).first():
            follow_later(envelope.pk)


# --- freed -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Purse:
    """What is left of each envelope of a year, less what it keeps for those already freed: each one freed takes from it."""

    envelopes: list[Envelope]
    left: dict[str, Decimal]

    def served(self, facts: Facts, left: Left) -> Left:
        bounds = {
            fund: max(self.left[name_of(each)], ZERO) if each.is_blocking else None
            for fund, each in self.near(facts).items()
        }
        return replace(left, envelopes=bounds)

    def near(self, facts: Facts) -> Mapping[Fund, Envelope]:
        return serving(self.envelopes, year=facts.year, idcc=facts.idcc)

    def take(self, facts: Facts, proposal: Proposal) -> tuple[str, Decimal]:
        """Returns the envelope that gives most, and what it keeps for the request."""
        taken: dict[str, Decimal] = {}
        near = self.near(facts)
        for line in proposal.lines:
            if line.fund in near and near[line.fund].is_blocking:
                name = name_of(near[line.fund])
                taken[name] = taken.get(name, ZERO) + line.amount
                self.left[name] -= line.amount
        return max(taken.items(), key=lambda item: item[1], default=("", ZERO))


def purse_of(year: int) -> Purse:
    """Read under the lock of those that wait."""
    found = list(Envelope.objects.filter(year=year).order_by("pk"))
    kept = holds.promised_of(map(name_of, found))
    return Purse(found, {name_of(each): each.left - kept.get(name_of(each), ZERO) for each in found})


def free_in_order(waiting: Iterable[FundHold], envelope: Envelope, now: datetime) -> bool:
    """Frees those that the money serves whole, in order of arrival, until one that it does not: nobody passes it. Those that
    this envelope does not serve are left alone. False once it stopped."""
    purse = purse_of(envelope.year)
    for held in waiting:
        asked = _asked(held.dossier, now)
        if asked is None or purse.near(asked[0]).get(Fund(envelope.fund)) != envelope:
            continue
        facts, rules, left = asked
        whole = propose(facts, rules, unbounded(left, left.envelopes))
        served = propose(facts, rules, purse.served(facts, left))
        if envelope.fund not in {line.fund for line in (*whole.lines, *served.lines)}:
            continue
        if served.total < whole.total:
            return False
        name, promised = purse.take(facts, served)
        held.envelope = name or held.envelope
        holds.free(held, now, promised=promised)
    return True
