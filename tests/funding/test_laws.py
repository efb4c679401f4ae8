"""What no set of rules, whatever its order, may break."""

import random
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from openopco.funding.enums import ANCILLARY, Base, Cumulation, Fund
from openopco.funding.rules import Account, Left, Proposal, left_over, propose, reduce
from openopco.funding.terms import Gives, Rule, Scope, dump, load
from tests.funding.builders import facts, rule

D = Decimal
ZERO = D(0)


def hundredths(least: int, most: int) -> st.SearchStrategy[Decimal]:
    """Two places, made from whole numbers: much cheaper to draw than decimals."""
    return st.integers(least, most).map(lambda cents: D(cents).scaleb(-2))


euros = hundredths(0, 2_000_000)
positive = hundredths(1, 500_000)
maybe = st.none() | positive


@st.composite
def gives(draw: st.DrawFn) -> Gives:
    hourly = draw(maybe)
    return Gives(
        share=draw(st.none() | hundredths(100, 10_000)),
        flat_person=draw(maybe),
        hourly=hourly,
        per_group=hourly is not None and draw(st.booleans()),
        most_hours=draw(maybe) if hourly is not None else None,
        unit=draw(maybe),
        per_request=draw(maybe),
        per_person=draw(maybe),
        per_person_year=draw(maybe),
        per_company_year=draw(maybe),
    )


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    count = draw(st.integers(1, 6))
    return [
        rule(
            f"r{rank}",
            scope=Scope(headcount_below=draw(st.sampled_from([None, 11, 50]))),
            gives=draw(gives()),
            fund=draw(st.sampled_from(list(Fund))),
            bases=tuple(draw(st.sets(st.sampled_from(list(Base)), min_size=1))),
            priority=draw(st.integers(0, 3)),
            cumulation=draw(st.sampled_from(list(Cumulation))),
            budget=draw(st.sampled_from(["", "commun"])),
        )
        for rank in range(count)
    ]


people = st.dictionaries(st.sampled_from(["commun", "r0"]), st.lists(euros, max_size=14).map(tuple))


@st.composite
def lefts(draw: st.DrawFn) -> Left:
    envelopes = {
        fund: draw(st.none() | euros) for fund in draw(st.sets(st.sampled_from([Fund.PDC, Fund.CONVENTIONNEL])))
    }
    account = draw(st.none() | st.builds(Account, euros, st.booleans(), st.booleans()))
    return Left(envelopes, {"commun": draw(euros), "r0": draw(euros)}, account, draw(people))


asked = st.builds(
    lambda costs, quantity, people, headcount, hours, voluntary: facts(
        costs=dict(zip(Base, costs, strict=True)),
        quantities=dict.fromkeys(Base, quantity),
        trainees=people,
        headcount=headcount,
        hours=hours,
        voluntary=voluntary,
    ),
    st.tuples(*[euros for _ in Base]),
    st.integers(0, 40),
    st.integers(1, 12),
    st.integers(1, 80),
    hundredths(50, 40_000),
    st.booleans(),
)


def of(proposal: Proposal, **wanted: Any) -> Decimal:
    return sum(
        (line.amount for line in proposal.lines if all(getattr(line, name) == value for name, value in wanted.items())),
        ZERO,
    )


@given(asked, rules(), lefts())
def test_what_is_given_and_what_is_not_make_the_cost_to_the_cent(facts_: Any, rules_: list[Rule], left: Left) -> None:
    proposal = propose(facts_, rules_, left)
    if proposal.unpublished is not None:
        return
    for base in Base:
        rest = sum((each.amount for each in proposal.unfunded if each.base is base), ZERO)
        assert of(proposal, base=base) + rest == facts_.costs[base]
    assert all(line.amount > 0 and line.amount == line.amount.quantize(D("0.01")) for line in proposal.lines)
    assert all(each.sentence for each in (*proposal.lines, *proposal.unfunded))


@given(asked, rules(), lefts())
def test_no_envelope_no_budget_no_account_is_overspent(facts_: Any, rules_: list[Rule], left: Left) -> None:
    proposal = propose(facts_, rules_, left)
    for fund, amount in left.envelopes.items():
        assert amount is None or of(proposal, fund=fund) <= amount
    assert of(proposal, fund=Fund.VOLONTAIRE) <= (left.account.left if left.account and facts_.voluntary else ZERO)
    for fund in {Fund.PDC, Fund.CONVENTIONNEL} - set(left.envelopes):
        assert of(proposal, fund=fund) == 0
    for one in rules_:
        most = one.gives.per_company_year
        mine = of(proposal, rule=one.code)
        assert most is None or mine == 0 or mine <= max(most - left.companies.get(one.budget_key, ZERO), ZERO)


@given(asked, rules(), lefts())
def test_nobody_has_more_in_a_year_than_a_rule_gives_each(facts_: Any, rules_: list[Rule], left: Left) -> None:
    proposal = propose(facts_, rules_, left)
    for one in rules_:
        most, mine = one.gives.per_person_year, of(proposal, rule=one.code)
        if most is not None and mine:
            had = left.people.get(one.budget_key, ())[: facts_.trainees]
            rest = [max(most - each, ZERO) for each in had]
            assert mine <= sum(rest, ZERO) + most * (facts_.trainees - len(rest))


@given(asked, rules(), lefts())
def test_no_line_is_above_the_caps_of_its_rule(facts_: Any, rules_: list[Rule], left: Left) -> None:
    known = {one.code: one for one in rules_}
    for line in propose(facts_, rules_, left).lines:
        given_ = known[line.rule].gives
        for cap, times in (
            (given_.per_request, 1),
            (given_.per_person, facts_.trainees),
            (given_.flat_person, facts_.trainees),
        ):
            assert cap is None or line.amount <= cap * times
        assert given_.share is None or line.amount <= facts_.costs[line.base] * given_.share / 100
        assert given_.unit is None or line.amount <= given_.unit * facts_.quantities[line.base]


@given(asked, rules(), lefts(), st.randoms(use_true_random=False))
def test_shuffling_the_rules_changes_nothing(facts_: Any, rules_: list[Rule], left: Left, dice: random.Random) -> None:
    shuffled = list(rules_)
    dice.shuffle(shuffled)
    assert propose(facts_, shuffled, left) == propose(facts_, rules_, left)


@given(asked, rules(), lefts())
def test_the_box_unticked_uses_none_of_the_companys_money(facts_: Any, rules_: list[Rule], left: Left) -> None:
    if not facts_.voluntary:
        assert of(propose(facts_, rules_, left), fund=Fund.VOLONTAIRE) == 0
    elif left.account and not left.account.pays_wages:
        assert of(propose(facts_, rules_, left), fund=Fund.VOLONTAIRE, base=Base.SALAIRES) == 0
    elif left.account and not left.account.pays_ancillary:
        assert all(of(propose(facts_, rules_, left), fund=Fund.VOLONTAIRE, base=base) == 0 for base in ANCILLARY)


@given(asked, rules(), lefts(), euros)
def test_granting_less_takes_exactly_that(facts_: Any, rules_: list[Rule], left: Left, amount: Decimal) -> None:
    proposal = propose(facts_, rules_, left)
    kept = reduce(proposal.lines, amount)
    assert sum((line.amount for line in kept), ZERO) == min(amount, proposal.total)
    rest = left_over(proposal, kept)
    if proposal.unpublished is None:
        assert all(
            sum((each.amount for each in (*kept, *rest) if each.base is base), ZERO) == facts_.costs[base]
            for base in Base
        )


@given(rules())
def test_a_rule_is_read_as_it_was_kept(rules_: list[Rule]) -> None:
    for one in rules_:
        data = dump(one.scope, one.gives)
        assert load(data) == (one.scope, one.gives)
