"""An exhausted envelope as an employer reads it: before sending, once sent, among his requests."""

import pytest
from django.test import Client

from openopco.dossiers.holds import waited
from openopco.dossiers.models import FundHold
from openopco.organisations.models import Establishment
from openopco.reference.models import Idcc
from openopco.rights import Actor
from tests.dossiers.factories import complete_draft, sent
from tests.funding.builders import envelope
from tests.funding.test_engaging import DATES
from tests.web.portal.people import queries, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday"), pytest.mark.funding_rules]


@pytest.fixture(autouse=True)
def _a_known_agreement(db: None) -> None:
    Idcc.objects.create(code="1090", label="Services de l'automobile", search="services de l automobile")


def counted(client: Client, path: str) -> tuple[str, int]:
    client.get(path)
    with queries() as tables:
        page = client.get(path)
    return text_of(page), len(tables)


def test_it_is_said_before_sending(as_alice: Client, alice: Actor, place: Establishment) -> None:
    envelope(0)
    draft = complete_draft(alice, place, **DATES)
    for step in ("synthese", "formation"):
        page, cost = counted(as_alice, f"/brouillons/{draft.key}/{step}/")
        assert "L'argent de 2026 est entièrement engagé" in page
        assert "gardera sa place sur la liste d'attente" in page
        assert cost <= 12


def test_with_money_left_nothing_is_said(as_alice: Client, alice: Actor, place: Establishment) -> None:
    envelope(5000)
    draft = complete_draft(alice, place, **DATES)
    assert "liste d'attente" not in counted(as_alice, f"/brouillons/{draft.key}/synthese/")[0]


def test_once_sent_its_page_and_the_lists_say_that_it_waits(
    as_alice: Client, alice: Actor, place: Establishment
) -> None:
    envelope(0)
    first, second = (sent(alice, place, **DATES, title=title) for title in ("Une", "Deux"))
    waited.forget()
    assert FundHold.objects.count() == 2
    page, cost = counted(as_alice, f"/demandes/{first.number}/")
    assert "Votre demande est en attente de fonds" in page
    assert "C'est la première de la liste." in page
    assert cost <= 12
    assert "Une demande attend avant elle." in counted(as_alice, f"/demandes/{second.number}/envoyee/")[0]
    page, cost = counted(as_alice, "/demandes/")
    assert page.count("En attente de fonds") == 2
    assert cost <= 12
