"""« Financement »: rules and envelopes, as the OPCO's people read them and an administrator changes them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from openopco.funding.enums import Fund
from openopco.funding.models import Envelope, FundingRule, RuleEnding, VoluntaryAccount
from openopco.kernel.calendar import format_date, paris_today
from tests.dossiers.factories import garage
from tests.funding.builders import envelope
from tests.web.admin.conftest import ClientOf
from tests.web.desk.dossiers.reading import found, text_of

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.funding_rules]
HOME = "/gestion/financement/"
RULE = {
    "code": "pdc-2027-0",
    "label": "Plan 2027",
    "source": "Conseil d'administration",
    "fund": "pdc",
    "bases": ["pedagogique"],
    "priority": "100",
    "cumulation": "additif",
    "starts_from": "01/01/2027",
    "starts_until": "31/12/2027",
    "headcount_below": "11",
    "per_company_year": "1 600,00",
    "idccs": "1090, 0016",
}


@pytest.fixture
def helen(client_of: ClientOf) -> Client:
    return client_of("administrateur")


@pytest.mark.parametrize("role", ["gestionnaire", "controleur", "comptable"])
def test_the_opcos_people_read_and_change_nothing(client_of: ClientOf, role: str) -> None:
    envelope(1000, engaged=D(250))
    client = client_of(role)
    text = text_of(client.get(HOME))
    assert "Plan de développement des compétences, entreprises de moins de 11 salariés" in text
    assert "750,00 €" in text
    assert "Ajouter une règle" not in text
    assert client.get(reverse("admin_opco:add_rule")).status_code == 403


def test_each_rule_says_whom_it_reaches_what_it_gives_and_its_source(helen: Client) -> None:
    text = text_of(helen.get(HOME))
    assert "de 11 à 19 salariés" in text
    assert "1 800,00 € au plus par entreprise et par an" in text
    assert "critères de prise en charge du plan de développement des compétences, janvier 2026" in text


def test_a_rule_is_added_as_typed(helen: Client) -> None:
    answer = helen.post(reverse("admin_opco:add_rule"), RULE)
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    row = FundingRule.objects.get()
    assert row.terms == {
        "idccs": ["1090", "0016"],
        "headcount_below": 11,
        "starts_from": "2027-01-01",
        "starts_until": "2027-12-31",
        "per_company_year": "1600.00",
    }
    assert "Plan 2027" in text_of(helen.get(HOME))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "pdc-2026-0"}, "code"),
        ({"code": "Le Code"}, "code"),
        ({"bases": []}, "bases"),
        ({"starts_until": "31/12/2026"}, "starts_until"),
        ({"starts_from": "32/01/2027"}, "starts_from"),
        ({"idccs": "12345"}, "idccs"),
        ({"share": "140"}, "share"),
        ({"priority": "un"}, "priority"),
        ({"hourly": "-5"}, "hourly"),
        ({"fund": "autre"}, "fund"),
    ],
)
def test_what_is_wrong_is_said_by_its_field_and_stays_typed(helen: Client, changes: dict[str, Any], field: str) -> None:
    answer = helen.post(reverse("admin_opco:add_rule"), {**RULE, **changes})
    assert answer.status_code == 422
    assert found(answer, f"//*[@id='id_{field}_error']")
    assert "Plan 2027" in answer.content.decode()
    assert not FundingRule.objects.exists()


def test_a_rule_is_tried_without_being_added(helen: Client) -> None:
    answer = helen.post(reverse("admin_opco:add_rule"), {**RULE, "essai": "1"})
    assert answer.status_code == 200
    assert "Aucun accord n'a encore été donné" in text_of(answer)
    assert not FundingRule.objects.exists()


def test_a_copy_starts_from_the_rule(helen: Client) -> None:
    answer = helen.get(reverse("admin_opco:add_rule"), {"modele": "pdc-2026-11"})
    assert found(answer, "//input[@name='per_company_year']/@value") == ["1800,00"]
    assert found(answer, "//input[@name='headcount_from']/@value") == ["11"]
    assert helen.get(reverse("admin_opco:add_rule"), {"modele": "rien"}).status_code == 404


def test_a_rule_ends_on_a_day_with_a_reason(helen: Client) -> None:
    page = reverse("admin_opco:end_funding_rule", args=["pdc-2026-0"])
    today = paris_today(timezone.now())
    yesterday, later = format_date(today - timedelta(days=1)), format_date(today + timedelta(days=30))
    assert helen.post(page, {"last_day": yesterday, "reason": "Hier."}).status_code == 422
    assert helen.post(page, {"last_day": later, "reason": ""}).status_code == 422
    assert helen.post(page, {"last_day": later, "reason": "Budget revu."}).status_code == 302
    assert RuleEnding.objects.get().code == "pdc-2026-0"
    assert f"Prend fin le {later}" in text_of(helen.get(HOME))
    assert helen.get(reverse("admin_opco:end_funding_rule", args=["rien"])).status_code == 404


def test_an_envelope_is_opened_then_changed(helen: Client) -> None:
    given = {"year": "2027", "fund": "pdc", "idcc": "1090", "amount": "12 000,50", "reason": "Budget 2027"}
    assert helen.post(reverse("admin_opco:new_envelope"), given).status_code == 302
    bag = Envelope.objects.get()
    assert (bag.year, bag.fund, bag.idcc, bag.amount) == (2027, Fund.PDC, "1090", D("12000.50"))
    again = helen.post(reverse("admin_opco:new_envelope"), given)
    assert "existe déjà" in text_of(again)
    page = reverse("admin_opco:envelope", args=[bag.pk])
    assert helen.post(page, {"amount": "9000", "reason": ""}).status_code == 422
    assert helen.post(page, {"amount": "9000", "reason": "Redéploiement."}).status_code == 302
    assert "Redéploiement." in text_of(helen.get(page))
    assert helen.get(reverse("admin_opco:envelope", args=[bag.pk + 1])).status_code == 404


def test_an_envelope_is_not_brought_below_what_is_engaged(helen: Client) -> None:
    bag = envelope(1000, engaged=D(600))
    answer = helen.post(reverse("admin_opco:envelope", args=[bag.pk]), {"amount": "500", "reason": "Moins."})
    assert answer.status_code == 422
    assert "600,00 € sont déjà engagés" in text_of(answer)


def test_the_page_costs_the_same_whatever_the_number_of_envelopes(
    helen: Client, django_assert_num_queries: Any
) -> None:
    envelope()
    helen.get(HOME)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        helen.get(HOME)
    for year in range(2027, 2037):
        envelope(year=year)
    with CaptureQueriesContext(connection) as many:
        helen.get(HOME)
    assert len(many) == len(few) <= 12


class TestVoluntaryAccounts:
    LIST = "/gestion/financement/comptes/"

    def test_an_accountant_opens_one_and_notes_what_was_paid(self, client_of: ClientOf) -> None:
        place, accountant = garage(), client_of("comptable")
        assert self.LIST in accountant.get(HOME).content.decode()
        opened = accountant.get(self.LIST, {"siren": place.company.siren})
        page = opened.headers["Location"]
        wrong = accountant.post(page, {"agreement": "VV-1", "signed_on": "32/01/2026"})
        assert wrong.status_code == 422
        assert found(wrong, "//input[@name='agreement']/@value") == ["VV-1"]
        accountant.post(page, {"agreement": "VV-1", "signed_on": "05/01/2026", "pays_wages": "on"})
        assert VoluntaryAccount.objects.get().pays_wages
        given = {"amount": "1 000,00", "received_on": "06/01/2026", "reference": "REF-1"}
        for typed, told in ((given, "Le versement est noté"), (given, "déjà cette référence")):
            assert told in text_of(accountant.post(page, typed, follow=True))
        text = text_of(accountant.get(page))
        assert "Versement reçu, référence REF-1" in text
        assert "1 000,00 €" in text_of(accountant.get(self.LIST))
        future = accountant.post(page, {**given, "reference": "REF-2", "received_on": "06/01/2099"})
        assert "pas encore venu" in text_of(future)
        assert VoluntaryAccount.objects.get().paid_in == 1000

    def test_the_others_read_and_change_nothing(self, client_of: ClientOf) -> None:
        place, officer = garage(), client_of("gestionnaire")
        page = f"{self.LIST}{place.company_id}/"
        assert "n'a pas de compte" in text_of(officer.get(page))
        assert officer.post(page, {"agreement": "VV-1", "signed_on": "05/01/2026"}).status_code == 403
        assert not VoluntaryAccount.objects.exists()
        assert officer.get(f"{self.LIST}999999/").status_code == 404
        assert page in officer.get(f"/gestion/entreprises/{place.pk}/").content.decode()

    @pytest.mark.parametrize(("siren", "told"), [("12", "9 chiffres"), ("356000000", "connue du portail")])
    def test_a_siren_that_leads_nowhere_is_told_and_kept(self, client_of: ClientOf, siren: str, told: str) -> None:
        answer = client_of("comptable").get(self.LIST, {"siren": siren})
        assert answer.status_code == 422
        assert told in text_of(answer)
        assert found(answer, "//input[@name='siren']/@value") == [siren]
