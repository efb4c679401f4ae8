"""What the rules give, one behaviour at a time."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from openopco.funding.enums import Base, Cumulation, Form, Fund, Payee
from openopco.funding.rules import Account, Facts, Left, Subrogation, decide_payees, propose, reduce, why_no_subrogation
from openopco.funding.shipped import VOLUNTARY, shipped_rules
from openopco.funding.terms import Gives, Scope
from tests.funding.builders import RICH, facts, rule

D = Decimal
MOBILITES = shipped_rules("mobilites")
RESTRICTED, FREE = Subrogation(restricted=True, below=50, pro=True), Subrogation(restricted=False, below=50, pro=True)


def amounts(of: Facts, *rules: object, left: Left = RICH) -> list[Decimal]:
    return [line.amount for line in propose(of, rules, left).lines]  # type: ignore[arg-type]


def test_a_course_below_every_cap_is_funded_whole() -> None:
    proposal = propose(facts(), MOBILITES, RICH)
    assert proposal.total == 560
    assert proposal.unfunded == ()
    assert proposal.lines[0].sentence.endswith("entreprises de moins de 11 salariés : pris en charge en totalité.")


@pytest.mark.parametrize(
    ("headcount", "budget"),
    [(1, 1500), (10, 1500), (11, 1800), (19, 1800), (20, 2100), (30, 2400), (40, 2700), (49, 2700)],
)
def test_the_budget_of_a_year_follows_the_exact_headcount(headcount: int, budget: int) -> None:
    wide = facts(headcount=headcount, costs={Base.PEDAGOGIQUE: D(9000)}, naf="4932Z")
    assert propose(wide, MOBILITES, RICH).total == budget


def test_fifty_people_have_no_mutual_money_and_read_why() -> None:
    proposal = propose(facts(headcount=50), MOBILITES, RICH)
    assert proposal.total == 0
    assert "moins de 50 salariés" in proposal.unfunded[0].sentence


def test_what_the_company_already_had_is_taken_off_whatever_its_band() -> None:
    left = Left(RICH.envelopes, {"pdc": D(1400)})
    proposal = propose(facts(costs={Base.PEDAGOGIQUE: D(560)}), MOBILITES, left)
    assert proposal.total == 100
    assert proposal.left_to_pay == 460
    assert "il restait 100,00" in proposal.unfunded[0].sentence


def test_a_start_in_a_year_without_rules_gives_no_figure() -> None:
    proposal = propose(facts(starts_on=date(2027, 1, 12)), MOBILITES, RICH)
    assert proposal.unpublished == 2027
    assert proposal.lines == proposal.unfunded == ()


def test_own_money_alone_does_not_make_a_year_published() -> None:
    rich = Left(RICH.envelopes, {}, Account(D(5000)))
    assert propose(facts(starts_on=date(2027, 1, 12), voluntary=True), MOBILITES, rich).unpublished == 2027


def test_a_request_asked_before_the_year_of_the_rules_is_not_theirs() -> None:
    assert propose(facts(asked_on=date(2025, 12, 31)), MOBILITES, RICH).total == 0


def test_a_garage_of_the_tpe_plan_adds_its_branch_fund() -> None:
    garage = facts(naf="4520A", hours=D(35), trainees=2, costs={Base.PEDAGOGIQUE: D(4500)})
    lines = propose(garage, MOBILITES, RICH).lines
    assert [(line.fund, line.amount) for line in lines] == [(Fund.PDC, D(1500)), (Fund.CONVENTIONNEL, D(2730))]
    assert "21" in lines[1].sentence


def test_a_theme_opens_the_aid_of_a_branch() -> None:
    driver = facts(idcc="0016", headcount=120, theme="permis-fimo", trainees=2, costs={Base.PEDAGOGIQUE: D(4000)})
    assert propose(driver, MOBILITES, RICH).total == 1000
    assert propose(facts(idcc="0016", headcount=120), MOBILITES, RICH).total == 0


def test_meals_have_a_cap_each_and_wages_come_with_their_rule() -> None:
    bus = facts(
        idcc="1424",
        costs={Base.PEDAGOGIQUE: D(2000), Base.REPAS: D(400), Base.SALAIRES: D(900)},
        quantities={Base.REPAS: 10, Base.SALAIRES: 30},
    )
    found = propose(bus, MOBILITES, RICH)
    by_base = {base: sum(line.amount for line in found.lines if line.base is base) for base in Base}
    assert by_base[Base.REPAS] == 350
    assert by_base[Base.SALAIRES] == 900


def test_an_alternative_rule_stands_back_where_another_gave() -> None:
    first = rule("a", gives=Gives(per_request=D(100)))
    other = rule("b", priority=200, cumulation=Cumulation.ALTERNATIF)
    added = rule("c", priority=300, gives=Gives(per_request=D(50)))
    assert amounts(facts(), first, other, added) == [100, 50]
    assert amounts(facts(), other, added) == [560]


def test_priority_decides_and_not_the_order_of_rows() -> None:
    one, two = rule("a", priority=2), rule("b", priority=1, gives=Gives(per_request=D(60)))
    assert amounts(facts(), one, two) == amounts(facts(), two, one) == [60, 500]


@pytest.mark.parametrize(
    ("gives", "expected"),
    [
        (Gives(share=D(70)), 392),
        (Gives(hourly=D(10)), 140),
        (Gives(hourly=D(10), most_hours=D(7)), 70),
        (Gives(flat_person=D(149)), 149),
        (Gives(flat_request=D(200)), 200),
        (Gives(per_person=D(300)), 300),
        (Gives(per_request=D(90)), 90),
    ],
)
def test_each_cap_bounds_alone(gives: Gives, expected: int) -> None:
    assert amounts(facts(), rule(gives=gives)) == [expected]


def test_what_somebody_already_had_in_the_year_is_not_given_twice() -> None:
    two = facts(trainees=2, costs={Base.PEDAGOGIQUE: D(1000)})
    one = rule(gives=Gives(per_person_year=D(400)))
    for had, expected in (((), [800]), ((D(300),), [500]), ((D(300), D(500)), [100]), ((D(400), D(400)), [])):
        given = propose(two, [one], replace(RICH, people={"r": had}))
        assert [line.amount for line in given.lines] == expected
    assert "400,00" in given.unfunded[0].sentence
    assert "déjà utilisés" in given.unfunded[0].sentence


def test_an_hourly_cap_counts_trainees_unless_it_is_of_the_group() -> None:
    two = facts(trainees=2)
    assert amounts(two, rule(gives=Gives(hourly=D(10)))) == [280]
    assert amounts(two, rule(gives=Gives(hourly=D(10), per_group=True))) == [140]


def test_a_share_never_rounds_up() -> None:
    odd = facts(costs={Base.PEDAGOGIQUE: D("100.01")})
    assert amounts(odd, rule(gives=Gives(share=D("33.33")))) == [D("33.33")]


def test_an_envelope_bounds_and_says_so() -> None:
    left = Left({Fund.PDC: D(200)})
    proposal = propose(facts(), MOBILITES, left)
    assert proposal.total == 200
    assert "200,00" in proposal.unfunded[0].sentence
    empty = propose(facts(), MOBILITES, Left({Fund.PDC: D(0)}))
    assert empty.unfunded[0].sentence == "L'enveloppe 2026 est épuisée."


def test_a_followed_envelope_bounds_nothing() -> None:
    assert propose(facts(), [rule()], Left({Fund.PDC: None})).total == 560


def test_without_any_envelope_nothing_can_be_engaged_on_the_fund() -> None:
    proposal = propose(facts(), MOBILITES, Left())
    assert proposal.total == 0
    assert proposal.unfunded[0].sentence == "Aucune enveloppe 2026 n'est encore ouverte."


# --- the company's own money -----------------------------------------------------------------------------------------


OWN = Account(D(3000))


def test_own_money_is_never_used_unless_the_box_is_ticked() -> None:
    big = facts(headcount=60)
    assert propose(big, MOBILITES, Left(RICH.envelopes, {}, OWN)).total == 0
    ticked = facts(headcount=60, voluntary=True)
    proposal = propose(ticked, MOBILITES, Left(RICH.envelopes, {}, OWN))
    assert [(line.fund, line.amount) for line in proposal.lines] == [(Fund.VOLONTAIRE, D(560))]


def test_the_estimate_says_that_own_money_could_pay() -> None:
    proposal = propose(facts(headcount=60), MOBILITES, Left(RICH.envelopes, {}, OWN))
    assert "versements volontaires peuvent le financer" in proposal.unfunded[0].sentence


def test_own_money_pays_what_mutual_money_leaves_up_to_its_balance() -> None:
    costs = {Base.PEDAGOGIQUE: D(5000)}
    proposal = propose(facts(costs=costs, voluntary=True), MOBILITES, Left(RICH.envelopes, {}, OWN))
    assert [line.amount for line in proposal.lines] == [1500, 3000]
    assert proposal.left_to_pay == 500


@pytest.mark.parametrize(("ancillary", "wages", "expected"), [(False, False, 0), (True, False, 80), (True, True, 380)])
def test_ancillary_costs_and_wages_follow_the_agreement(ancillary: bool, wages: bool, expected: int) -> None:
    costs = {Base.PEDAGOGIQUE: D(0), Base.REPAS: D(80), Base.SALAIRES: D(300)}
    mine = Account(D(3000), pays_ancillary=ancillary, pays_wages=wages)
    assert propose(facts(costs=costs, voluntary=True), [*MOBILITES], Left({}, {}, mine)).total == expected


def test_the_balance_is_shared_among_bases() -> None:
    costs = {Base.PEDAGOGIQUE: D(900), Base.REPAS: D(300)}
    mine = Account(D(1000), pays_ancillary=True)
    lines = propose(
        facts(costs=costs, voluntary=True), [VOLUNTARY, rule(scope=Scope(idccs=frozenset({"x"})))], Left({}, {}, mine)
    )
    assert [line.amount for line in lines.lines] == [900, 100]


# --- less than proposed, and to whom ---------------------------------------------------------------------------------


def test_granting_less_keeps_the_first_lines_whole() -> None:
    lines = propose(facts(), [rule("a", gives=Gives(per_request=D(300))), rule("b", priority=200)], RICH).lines
    assert [line.amount for line in reduce(lines, D(350))] == [300, 50]
    assert [line.amount for line in reduce(lines, D(120))] == [120]
    assert reduce(lines, D(0)) == ()


def test_subrogation_pays_the_provider_for_the_course_alone() -> None:
    asked = facts(subrogation=True, costs={Base.PEDAGOGIQUE: D(100), Base.REPAS: D(20)}, quantities={Base.REPAS: 1})
    lines = propose(asked, [rule(bases=(Base.PEDAGOGIQUE, Base.REPAS))], RICH).lines
    payees = [line.payee for line in decide_payees(asked, lines, RESTRICTED)]
    assert payees == [Payee.ORGANISME, Payee.EMPLOYEUR]


def test_since_the_vat_reform_one_line_of_another_fund_ends_subrogation() -> None:
    asked = facts(subrogation=True, naf="4520A", costs={Base.PEDAGOGIQUE: D(2000)})
    lines = propose(asked, MOBILITES, RICH).lines
    assert {line.payee for line in decide_payees(asked, lines, RESTRICTED)} == {Payee.EMPLOYEUR}
    assert {line.payee for line in decide_payees(asked, lines, FREE)} == {Payee.ORGANISME}
    assert "plan de développement" in why_no_subrogation(asked, lines, RESTRICTED)


def test_subrogation_needs_a_provider_a_wish_and_few_people() -> None:
    assert why_no_subrogation(facts(internal=True, subrogation=True), (), FREE).startswith("Formation")
    assert "rembourse" in why_no_subrogation(facts(), (), FREE)
    assert "moins de 50" in why_no_subrogation(facts(subrogation=True, headcount=50), (), RESTRICTED)
    assert why_no_subrogation(facts(subrogation=True, headcount=49), (), RESTRICTED) == ""


@pytest.mark.parametrize("terms", [RESTRICTED, FREE, replace(RESTRICTED, pro=False)])
@pytest.mark.parametrize("asked", [True, False])
def test_a_cfa_is_always_paid_for_the_course_alone(asked: bool, terms: Subrogation) -> None:
    own = facts(
        form=Form.APPRENTISSAGE,
        subrogation=asked,
        headcount=300,
        costs={Base.PEDAGOGIQUE: D(100), Base.REPAS: D(20)},
        quantities={Base.REPAS: 1},
    )
    lines = propose(replace(own, headcount=3), [rule(bases=(Base.PEDAGOGIQUE, Base.REPAS))], RICH).lines
    assert [line.payee for line in decide_payees(own, lines, terms)] == [Payee.ORGANISME, Payee.EMPLOYEUR]


def test_a_contrat_de_professionnalisation_follows_its_own_parameter() -> None:
    own = facts(form=Form.PRO, subrogation=True, headcount=300)
    assert why_no_subrogation(own, (), RESTRICTED) == ""
    assert "rembourse" in why_no_subrogation(own, (), replace(FREE, pro=False))
