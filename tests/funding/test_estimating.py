"""What is shown before anything is engaged: to whoever types, to the officer, to the administrator who tries a rule."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openopco.dossiers.actions import deciding, holding
from openopco.dossiers.letters import letters_of
from openopco.dossiers.models import Dossier, Letter
from openopco.dossiers.queries import load_draft
from openopco.funding.balances import envelopes
from openopco.funding.enums import Base, Fund, Payee
from openopco.funding.errors import NotEngageable
from openopco.funding.estimating import Estimate, estimate_of
from openopco.funding.models import Commitment, CompanyBudget
from openopco.funding.queries import trial
from openopco.funding.terms import Gives
from openopco.kernel.errors import Forbidden
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import TODAY, complete_draft, sent
from tests.funding.builders import account, envelope, rule
from tests.funding.test_engaging import DATES, granted, taken
from tests.habilitations.factories import employer

D = Decimal
pytestmark = pytest.mark.django_db


def estimate(dossier: Dossier) -> Estimate:
    return estimate_of(dossier, load_draft(dossier, today=TODAY), today=TODAY)


def total(dossier: Dossier) -> Decimal:
    proposal = estimate(dossier).proposal
    assert proposal
    return proposal.total


def test_a_draft_is_told_what_it_would_get(alice: Actor, place: Establishment) -> None:
    envelope()
    assert total(complete_draft(alice, place, **DATES)) == 560


def test_the_envelope_of_another_branch_is_not_its_own(alice: Actor, place: Establishment) -> None:
    envelope(idcc="0016")
    assert total(complete_draft(alice, place, **DATES)) == 0
    envelope(200, idcc="1090")
    envelopes.forget()
    assert total(complete_draft(alice, place, **DATES, title="Autre")) == 200


def test_nothing_is_told_while_something_it_needs_is_missing(alice: Actor, place: Establishment) -> None:
    draft = complete_draft(alice, place, **DATES, cost="", hours="beaucoup")
    view = load_draft(draft, today=TODAY)
    with CaptureQueriesContext(connection) as queries:
        found = estimate_of(draft, view, today=TODAY)
    assert found.missing == ("Durée en heure(s)", "Coût pédagogique de l'action HT")
    assert (found.proposal, len(queries)) == (None, 0)


def test_who_is_not_accepted_yet_reads_nothing_of_the_company_s_money(
    alice: Actor, place: Establishment, olga: Actor
) -> None:
    assert olga.user_id
    envelope()
    account(place.company, olga.user_id)
    granted(alice, place, olga, "1000", cost="1000,00")
    known = complete_draft(alice, place, **DATES, cost="900,00", title="Autre", voluntary="oui")
    stranger = complete_draft(employer(place, accepted=False), place, **DATES, cost="900,00", voluntary="oui")
    assert [line.amount for line in estimate(known).lines] == [500, 400]
    assert [line.amount for line in estimate(stranger).lines] == [900]


def test_the_estimate_says_what_ticking_the_box_would_change(alice: Actor, place: Establishment, olga: Actor) -> None:
    assert olga.user_id
    envelope(100)
    account(place.company, olga.user_id, paid_in=300)
    draft = complete_draft(alice, place, **DATES)
    assert (total(draft), estimate(draft).ticking) == (100, 300)


def test_what_is_left_costs_one_query_whatever_stands(alice: Actor, place: Establishment, olga: Actor) -> None:
    assert olga.user_id
    envelope()
    account(place.company, olga.user_id)
    draft = complete_draft(alice, place, **DATES)
    view = load_draft(draft, today=TODAY)
    estimate_of(draft, view, today=TODAY)
    with CaptureQueriesContext(connection) as queries:
        estimate_of(draft, view, today=TODAY)
    assert len(queries) == 1


def test_what_the_company_had_in_another_year_is_of_that_year(alice: Actor, place: Establishment) -> None:
    envelope()
    draft = complete_draft(alice, place, **DATES)
    before = total(draft)
    for year in (2025, 2027):
        CompanyBudget.objects.create(company=place.company, year=year, budget="pdc", engaged=Decimal(1400))
    assert total(draft) == before == 560
    CompanyBudget.objects.create(company=place.company, year=2026, budget="pdc", engaged=Decimal(1400))
    assert total(draft) == 100


# --- who is paid, as engaged -----------------------------------------------------------------------------------------


def test_own_money_beside_pdc_ends_subrogation_since_october_2026(
    alice: Actor, place: Establishment, olga: Actor
) -> None:
    assert olga.user_id
    envelope()
    account(place.company, olga.user_id)
    granted(alice, place, olga, "1800", cost="1800,00", subrogation="oui", voluntary="oui")
    assert {(line.fund, line.payee) for line in Commitment.objects.all()} == {
        (Fund.PDC, Payee.EMPLOYEUR),
        (Fund.VOLONTAIRE, Payee.EMPLOYEUR),
    }


# --- told ------------------------------------------------------------------------------------------------------------


def words_of(dossier: Dossier) -> str:
    [letter] = letters_of(dossier)
    return str(Letter.objects.get(pk=letter.pk).content)


def test_the_letter_says_amount_rule_payee_and_how_to_be_paid(alice: Actor, place: Establishment, olga: Actor) -> None:
    envelope()
    words = words_of(granted(alice, place, olga, "300"))
    assert "300,00" in words
    assert "entreprises de moins de 11 salariés" in words
    assert "Réglé à : l'employeur." in words
    assert "Reste à votre charge : 260,00" in words
    assert "demandez-nous le remboursement du montant hors taxe" in words


def test_by_subrogation_the_letter_says_that_the_provider_is_paid(
    alice: Actor, place: Establishment, olga: Actor
) -> None:
    envelope()
    words = words_of(granted(alice, place, olga, subrogation="oui"))
    assert "Nous réglons l'organisme de formation" in words
    assert "Réglé à : l'organisme de formation." in words


# --- tried -----------------------------------------------------------------------------------------------------------


def test_a_rule_is_tried_on_what_was_granted(alice: Actor, place: Establishment, olga: Actor, admin: Actor) -> None:
    envelope()
    dossier = granted(alice, place, olga, "1500", cost="2000,00")
    more = rule("en-plus", priority=500, gives=Gives(per_request=D(200)))
    [tried] = trial(admin, more, today=TODAY)
    assert (tried.dossier, tried.without, tried.with_it) == (dossier, D(1500), D(1700))
    assert Commitment.objects.count() == 1
    with pytest.raises(Forbidden):
        trial(olga, more, today=TODAY)


def test_ancillary_costs_are_engaged_apart_and_paid_to_the_employer(
    alice: Actor, place: Establishment, olga: Actor
) -> None:
    assert olga.user_id
    envelope()
    account(place.company, olga.user_id, pays_ancillary=True)
    costs: dict[str, Any] = {"repas_quantity": "2", "repas_amount": "30,00", "voluntary": "oui"}
    granted(alice, place, olga, "590", **costs)
    lines = {line.base: line for line in Commitment.objects.all()}
    assert {base: line.amount for base, line in lines.items()} == {Base.PEDAGOGIQUE: D(560), Base.REPAS: D(30)}
    assert lines[Base.REPAS].fund == Fund.VOLONTAIRE


def test_more_than_the_rules_give_is_refused_whatever_is_asked(alice: Actor, place: Establishment, olga: Actor) -> None:
    envelope()
    dossier = taken(alice, place, olga, cost="1600,00")
    with pytest.raises(NotEngageable, match=r"1\W500,00"):
        deciding.grant(actor=olga, number=str(dossier.number), amount=D("1500.01"), reason="Un centime de trop.")
    deciding.grant(actor=olga, number=str(dossier.number), amount=D(1500), reason="Le budget.")


def test_a_request_nobody_took_is_estimated_too(alice: Actor, place: Establishment, olga: Actor) -> None:
    envelope()
    dossier = sent(alice, place, **DATES)
    assert total(dossier) == 560
    holding.take(actor=olga, number=str(dossier.number))
    assert total(dossier) == 560
