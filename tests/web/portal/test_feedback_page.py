"""« Donnez votre avis », as the person who gives it sees it, without JavaScript."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from openopco.accounts.models import User
from openopco.opco.models import Feedback

PAGE = "/avis/"


@pytest.fixture(autouse=True)
def nothing_remembered(db: None) -> None:
    cache.clear()


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice@exemple.test", first_name="Alice", last_name="Martin")


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def _hidden_page(html: str) -> str:
    found = re.search(r'<input type="hidden" name="page"(?: value="([^"]*)")?', html)
    assert found is not None
    return found[1] or ""


def test_one_signs_in_first() -> None:
    assert Client().get(PAGE)["Location"].startswith("/connexion/")


def test_the_form_asks_a_note_words_and_nothing_that_must_be_given(client: Client) -> None:
    html = client.get(PAGE).content.decode()
    assert "Donnez votre avis" in html
    assert html.count('type="radio"') == 5
    assert "required" not in re.sub(r'class="[^"]*"', "", html[html.index("<form") : html.index("</form>")])


@pytest.mark.parametrize(
    ("asked", "headers", "kept"),
    [
        ("/avis/", {"referer": "http://testserver/demandes/AF-2026-000123/?q=Dupont"}, "/demandes/AF-2026-000123/"),
        ("/avis/?page=/tableau-de-bord/", {"referer": "http://testserver/demandes/"}, "/tableau-de-bord/"),
        ("/avis/", {}, "/"),
        ("/avis/?page=//ailleurs.test/", {}, "/"),
    ],
)
def test_the_page_one_came_from_is_kept(client: Client, asked: str, headers: dict[str, str], kept: str) -> None:
    assert _hidden_page(client.get(asked, headers=headers).content.decode()) == kept


def test_an_opinion_is_kept_and_one_is_thanked_with_a_way_back(client: Client, alice: User) -> None:
    sent = {"page": "/demandes/", "rating": "4", "body": "Très clair"}
    response = client.post(PAGE, sent, follow=True)
    assert response.redirect_chain == [("/avis/merci/?page=%2Fdemandes%2F", 302)]
    assert "Merci de votre avis" in response.content.decode()
    assert 'href="/demandes/"' in response.content.decode()
    kept = Feedback.objects.get()
    assert (kept.page, kept.rating, kept.body, kept.author_id) == ("/demandes/", 4, "Très clair", alice.pk)


def test_one_may_keep_ones_name_to_oneself(client: Client) -> None:
    client.post(PAGE, {"page": "/", "body": "Trop de clics", "anonymous": "on"})
    assert Feedback.objects.get().author_id is None


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("https://ailleurs.test/vol/", "/vol/"),
        ("//ailleurs.test/vol/", "/vol/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_never_leaves_the_portal(client: Client, page: str, back: str) -> None:
    html = client.get("/avis/merci/", {"page": page}).content.decode()
    assert f'<a class="button" href="{back}">' in html


@pytest.mark.parametrize(
    ("sent", "said", "aimed"),
    [
        ({"body": "   "}, "Écrivez votre avis ou choisissez une note.", "#id_body"),
        ({"body": "x" * 4001}, "Votre avis est trop long", "#id_body"),
        ({"body": "Bien", "rating": "9"}, "La note va de 1 à 5.", "#id_rating_0"),
    ],
)
def test_a_refusal_is_said_beside_the_field_and_keeps_what_was_typed(
    client: Client, sent: dict[str, str], said: str, aimed: str
) -> None:
    html = client.post(PAGE, {"page": "/demandes/", **sent}).content.decode()
    assert html.count(said) >= 2
    assert f'href="{aimed}"' in html
    assert f'id="{aimed[1:]}"' in html
    assert "<title>Erreur : Donnez votre avis" in html
    assert sent["body"].strip() in html
    assert _hidden_page(html) == "/demandes/"
    assert not Feedback.objects.exists()


def test_the_sixth_opinion_of_the_hour_waits_and_is_not_lost(client: Client) -> None:
    for number in range(5):
        client.post(PAGE, {"page": "/", "body": f"Avis {number}"})
    html = client.post(PAGE, {"page": "/", "body": "Le sixième"}).content.decode()
    assert "Vous avez déjà donné plusieurs avis" in html
    assert "Le sixième" in html
    assert Feedback.objects.count() == 5


def test_hostile_words_stay_words(client: Client) -> None:
    client.post(PAGE, {"page": "/", "body": "<script>alert(1)</script>\u0000"})
    assert Feedback.objects.get().body == "<script>alert(1)</script>"
    html = client.post(PAGE, {"page": "/", "body": "<script>x</script>", "rating": "9"}).content.decode()
    assert "<script>x" not in html


def test_the_tab_of_every_page_leads_here(client: Client) -> None:
    assert 'class="feedback-tab" href="/avis/"' in client.get(PAGE).content.decode()
