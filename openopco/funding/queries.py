"""What the pages of funding read. Each takes the actor and asks his right."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import load_draft
from openopco.funding import ruling
from openopco.funding.errors import UnknownEnvelope, UnknownRule
from openopco.funding.facts import facts_of
from openopco.funding.models import Envelope
from openopco.funding.rules import Left, propose
from openopco.funding.ruling import Standing
from openopco.funding.terms import Rule
from openopco.kernel.calendar import paris_today
from openopco.rights import Actor, Permission, require

# How many of the last agreements a rule is tried on.
TRIED = 25
MOST_ENVELOPES = 200


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
