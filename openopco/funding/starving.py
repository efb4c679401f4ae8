"""Whether a request waits for an envelope. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from decimal import Decimal

from openopco.funding.enums import Fund
from openopco.funding.rules import Facts, Left, propose
from openopco.funding.terms import Rule

ZERO = Decimal(0)


def starved(facts: Facts, rules: Iterable[Rule], left: Left, waited: Collection[Fund] = ()) -> tuple[Fund, ...]:
    """The exhausted funds without which the rules give nothing, and with which they would: the request waits for them. None
    where caps, or no rule, give nothing either way, or where other money gives something. What requests that came before wait
    for (`waited`) counts as exhausted: nobody passes them."""
    spent = {fund for fund, most in left.envelopes.items() if most is not None and (most <= 0 or fund in waited)}
    if not spent:
        return ()
    known = list(rules)
    dry = propose(facts, known, replace(left, envelopes={**left.envelopes, **dict.fromkeys(spent, ZERO)}))
    if dry.unpublished is not None or dry.total > 0:
        return ()
    served = propose(facts, known, unbounded(left, spent))
    return tuple(dict.fromkeys(line.fund for line in served.lines if line.fund in spent))


def unbounded(left: Left, funds: Iterable[Fund]) -> Left:
    """The same money, were these envelopes without end."""
    return replace(left, envelopes={**left.envelopes, **dict.fromkeys(funds, None)})


def in_words(funds: Iterable[Fund], year: int) -> str:
    """What an employer reads of them; empty for none."""
    names = [f"« {fund.label} »" for fund in funds]
    if not names:
        return ""
    return (
        f"L'argent de {year} est entièrement engagé ou attendu par des demandes arrivées avant : {' et '.join(names)}."
    )
