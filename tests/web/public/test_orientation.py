"""« Quel dispositif choisir ? » page by page: the address keeps the answers, with an account or without."""

import pytest
from django.test import Client

from openopco.dossiers.models import Dossier
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import garage
from tests.habilitations.factories import employer
from tests.web.portal.drafting import stored
from tests.web.portal.people import browser_of, text_of

PAGE = "/quel-dispositif/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None) -> Establishment:
    return garage()


@pytest.fixture
def alice(place: Establishment) -> Actor:
    return employer(place)


def test_it_begins_with_the_first_question_and_is_linked_from_the_landing_page() -> None:
    assert f'href="{PAGE}"' in Client().get("/").content.decode()
    text = text_of(Client().get(PAGE))
    assert "Qui doit être formé" in text
    assert "Question 1, cinq au plus" in text
    assert "Vos réponses" not in text


def test_the_address_keeps_the_answers_and_leads_back() -> None:
    html = Client().get(f"{PAGE}?qui=salarie&suite=qui").content.decode()
    assert "Dans quel but ?" in html
    assert '<input type="hidden" name="qui" value="salarie">' in html
    assert f'class="back" href="{PAGE}"' in html
    deeper = Client().get(f"{PAGE}?qui=salarie&but=metier").content.decode()
    assert f'class="back" href="{PAGE}?qui=salarie"' in deeper


@pytest.mark.parametrize("address", [f"{PAGE}?suite=qui", f"{PAGE}?suite=qui&qui=personne"])
def test_a_question_left_without_an_answer_says_so(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 422
    assert text_of(answer).count("Choisissez une réponse.") == 2


def test_without_an_account_one_is_led_to_sign_in_and_back_here() -> None:
    html = Client().get(f"{PAGE}?qui=salarie&but=vae&commencee=non").content.decode()
    assert "VAE" in html
    assert "/connexion/?next=/quel-dispositif/%3Fqui%3Dsalarie%26but%3Dvae%26commencee%3Dnon" in html
    assert "Créer cette demande" not in html


@pytest.mark.parametrize("nature", ["bilan", "vae"])
def test_an_employer_opens_the_draft_with_its_nature(alice: Actor, nature: str) -> None:
    client = browser_of(alice)
    html = client.get(f"{PAGE}?qui=salarie&but={nature}&commencee=non").content.decode()
    assert f'name="nature" value="{nature}"' in html
    key = "8d6ff0c2-6a0d-4c58-9f0b-0d7f7b6c1a11"
    for _ in range(2):
        client.post("/demandes/nouvelle/action-de-formation/", {"key": key, "nature": nature})
    assert stored(Dossier.objects.get(), "nature") == nature


def test_a_nature_that_is_none_is_left_out(alice: Actor) -> None:
    key = "8d6ff0c2-6a0d-4c58-9f0b-0d7f7b6c1a12"
    browser_of(alice).post("/demandes/nouvelle/action-de-formation/", {"key": key, "nature": "autre"})
    assert stored(Dossier.objects.get(), "nature") == ""


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("qui=embauche&but=alternance&certification=diplome&age=moins_26", "Un contrat d'apprentissage"),
        ("qui=embauche&but=alternance&certification=branche&age=30_plus", "Un contrat de professionnalisation"),
        ("qui=salarie&but=metier&certification=diplome", "Une période de reconversion"),
    ],
)
def test_what_is_not_online_yet_is_said_so_with_what_to_do_instead(alice: Actor, query: str, title: str) -> None:
    text = text_of(browser_of(alice).get(f"{PAGE}?{query}"))
    assert title in text
    assert "ne reçoit pas encore cette demande en ligne" in text
    assert "Créer cette demande" not in text


def test_the_dashboard_and_the_menu_of_creation_lead_there(alice: Actor) -> None:
    html = browser_of(alice).get("/tableau-de-bord/").content.decode()
    assert html.count(f'href="{PAGE}"') >= 1
