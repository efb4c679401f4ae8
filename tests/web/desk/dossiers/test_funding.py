"""What the rules give, on the pages of an officer who decides."""

from typing import Any

import pytest
from django.test import Client

from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.funding.models import Commitment, CompanyBudget
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import signalled, taken
from tests.funding.builders import account, envelope
from tests.web.desk.dossiers.reading import found, post, url
from tests.web.visitors import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.funding_rules]
DATES = {"starts_on": "07/12/2026", "ends_on": "08/12/2026"}


def requested(alice: Actor, place: Establishment, olga: Actor, **changes: Any) -> Dossier:
    return taken(alice, place, olga, **{**DATES, **changes})


def test_the_amount_proposed_is_what_the_rules_give(
    desk: Client, alice: Actor, place: Establishment, olga: Actor
) -> None:
    envelope()
    dossier = requested(alice, place, olga, cost="1800,00")
    page = desk.get(url(dossier, "accorder/"))
    assert found(page, "//input[@name='amount']/@value") == ["1500,00"]
    text = text_of(page)
    assert "Pris en charge 1 500,00 € HT Reste à la charge de l'employeur 300,00 € HT" in text
    assert "critères de prise en charge du plan de développement des compétences" in text


def test_more_than_the_rules_give_is_refused_by_the_field_and_stays_typed(
    desk: Client, alice: Actor, place: Establishment, olga: Actor
) -> None:
    envelope()
    dossier = requested(alice, place, olga, cost="1800,00")
    answer = post(desk, dossier, "accorder/", amount="1800", reason="Tout.")
    assert answer.status_code == 409
    assert "Les règles permettent d'engager 1 500,00 € au plus." in text_of(answer)
    assert found(answer, "//input[@name='amount']/@value") == ["1800"]
    assert not Commitment.objects.exists()


def test_what_was_engaged_is_told_with_whom_it_pays(
    desk: Client, alice: Actor, place: Establishment, olga: Actor
) -> None:
    assert olga.user_id
    envelope(400)
    account(place.company, olga.user_id)
    dossier = requested(alice, place, olga, voluntary="oui")
    post(desk, dossier, "accorder/", amount="560")
    dossier.refresh_from_db()
    assert dossier.state == State.ACCORDEE
    text = text_of(desk.get(url(dossier)))
    assert "Ce qui est engagé Pris en charge 560,00 € HT" in text
    assert "coût pédagogique. Vos versements volontaires : pris en charge en totalité. L'employeur" in text


def test_a_year_without_rules_can_be_examined_and_not_granted(
    desk: Client, alice: Actor, place: Establishment, olga: Actor
) -> None:
    envelope()
    dossier = taken(alice, place, olga)
    assert "Règles 2027 non encore publiées" in text_of(desk.get(url(dossier, "accorder/")))
    answer = post(desk, dossier, "accorder/", amount="560")
    assert "rien ne peut être engagé avant" in text_of(answer)
    dossier.refresh_from_db()
    assert dossier.state == State.EN_INSTRUCTION


def test_a_modification_shows_what_the_rules_give_of_it_and_what_is_engaged_today(
    desk: Client, alice: Actor, place: Establishment, olga: Actor, django_assert_max_num_queries: Any
) -> None:
    envelope()
    dossier = requested(alice, place, olga, cost="1000,00")
    post(desk, dossier, "accorder/", amount="1000")
    signalled(alice, Dossier.objects.get(pk=dossier.pk), values={"cost": "1800,00"})
    text = text_of(desk.get(url(dossier, "modification/")))
    # The thousand that it engaged counts as given back: the whole budget of the company is there again.
    assert "une fois la modification acceptée Pris en charge 1 500,00 € HT" in text
    assert "Ce qui est engagé aujourd'hui Pris en charge 1 000,00 € HT" in text
    with django_assert_max_num_queries(16):
        desk.get(url(dossier, "modification/"))


def test_a_modification_proposes_no_more_than_the_rules_give_now(
    desk: Client, alice: Actor, place: Establishment, olga: Actor
) -> None:
    envelope()
    dossier = requested(alice, place, olga, cost="1000,00")
    post(desk, dossier, "accorder/", amount="1000")
    CompanyBudget.objects.update(engaged=2200)
    signalled(alice, Dossier.objects.get(pk=dossier.pk), values={"cost": "1800,00"})
    assert found(desk.get(url(dossier, "modification/")), "//input[@name='amount']/@value") == ["300,00"]
