"""Signing in: who gets in, who does not, and what nobody learns on the way."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from openopco.accounts.models import User
from tests.accounts.conftest import Work, text_of
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
WRONG = "L'adresse e-mail ou le mot de passe est incorrect."


def test_right_password_opens_the_dashboard(client: Client, sign_in: Callable[..., Any]) -> None:
    user = UserFactory()
    response = sign_in(user)
    assert (response.status_code, response["Location"]) == (302, "/tableau-de-bord/")
    assert client.session[SESSION_KEY] == str(user.pk)


def test_case_and_spaces_of_the_email_do_not_count(client: Client) -> None:
    UserFactory(email="lea@exemple.fr")
    response = client.post("/connexion/", {"login": "  LEA@Exemple.FR ", "password": PASSWORD})
    assert response.status_code == 302


def test_wrong_password_says_so_and_keeps_the_email(client: Client, sign_in: Callable[..., Any]) -> None:
    user = UserFactory(email="lea@exemple.fr")
    response = sign_in(user, "pas celui-là du tout")
    page = response.content.decode()
    assert response.status_code == 200
    assert WRONG in text_of(response)
    assert "<title>Erreur : Connexion" in page
    assert 'value="lea@exemple.fr"' in page
    assert "pas celui-là du tout" not in page
    assert SESSION_KEY not in client.session


def test_nothing_typed_is_told_field_by_field(client: Client) -> None:
    page = text_of(client.post("/connexion/", {}))
    assert "Saisissez votre adresse e-mail." in page
    assert "Saisissez votre mot de passe." in page


def test_the_session_key_is_new_after_sign_in(client: Client, sign_in: Callable[..., Any]) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted or ""
    sign_in(UserFactory())
    assert client.session.session_key != planted


@pytest.mark.parametrize(
    "target",
    [
        "https://ailleurs.example/",
        "//ailleurs.example/",
        "http://testserver/compte/",
        "javascript:alert(1)",
        "\\\\x.fr",
        "\\evil.example",
        "/\\evil.example",
        "evil",
        "tableau-de-bord/",
    ],
)
def test_next_never_leaves_the_portal(sign_in: Callable[..., Any], target: str) -> None:
    assert sign_in(UserFactory(), next=target)["Location"] == "/tableau-de-bord/"


def test_next_brings_back_to_the_page_asked_for(client: Client, sign_in: Callable[..., Any]) -> None:
    asked = client.get("/compte/?onglet=1")
    assert asked["Location"] == "/connexion/?next=/compte/%3Fonglet%3D1"
    assert 'name="next" value="/compte/?onglet=1"' in client.get(asked["Location"]).content.decode()
    assert sign_in(UserFactory(), next="/compte/?onglet=1")["Location"] == "/compte/?onglet=1"


def attempt(client: Client, email: str, password: str = "une phrase quelconque") -> Any:  # noqa: S107
    return client.post("/connexion/", {"login": email, "password": password})


def account(**fields: Any) -> User:
    return UserFactory(email="connu@exemple.fr", **fields)


@pytest.mark.parametrize(
    "known",
    [
        lambda: account(),
        lambda: account(is_active=False),
        lambda: account(address__verified=False),
        lambda: account(password="!jamais-choisi"),
    ],
    ids=["active", "disabled", "unconfirmed", "without password"],
)
def test_a_known_and_an_unknown_account_cost_and_say_the_same(
    client: Client, measure: Callable[[Callable[[], Any]], Work], known: Callable[[], User]
) -> None:
    known()
    first = measure(lambda: attempt(client, "connu@exemple.fr"))
    other = measure(lambda: attempt(client, "inconnu@exemple.fr"))
    assert first.hashes == other.hashes == 1
    assert len(first.queries) == len(other.queries)
    assert first.touched() == other.touched()
    assert first.response.status_code == other.response.status_code == 200
    assert text_of(first.response) == text_of(other.response)


def test_sign_in_asks_for_the_account_once(client: Client, measure: Callable[[Callable[[], Any]], Work]) -> None:
    account()
    work = measure(lambda: attempt(client, "connu@exemple.fr"))
    assert work.touched().count("SELECT accounts_user") == 1


def test_too_many_failures_stop_known_and_unknown_alike(client: Client) -> None:
    account()
    for email in ("connu@exemple.fr", "inconnu@exemple.fr"):
        answers = [text_of(attempt(client, email)) for _ in range(5)]
        assert all(WRONG in answer for answer in answers)
        client.defaults["REMOTE_ADDR"] = "198.51.100.7"
        assert "Trop de tentatives." in text_of(attempt(client, email))
        client.defaults["REMOTE_ADDR"] = "127.0.0.1"
        client.cookies.clear()


def test_the_right_password_does_not_pass_once_stopped(client: Client) -> None:
    account()
    for _ in range(5):
        attempt(client, "connu@exemple.fr")
    assert "Trop de tentatives." in text_of(attempt(client, "connu@exemple.fr", PASSWORD))
    assert SESSION_KEY not in client.session


def test_one_address_cannot_try_many_accounts(client: Client) -> None:
    for number in range(10):
        attempt(client, f"personne-{number}@exemple.fr")
    assert "Trop de tentatives." in text_of(attempt(client, "encore@exemple.fr"))


def test_successes_do_not_use_up_the_attempts(client: Client, sign_in: Callable[..., Any]) -> None:
    user = UserFactory()
    for _ in range(8):
        assert sign_in(user).status_code == 302
        client.logout()


def test_a_disabled_account_learns_it_only_with_its_password(client: Client, sign_in: Callable[..., Any]) -> None:
    user = account(is_active=False)
    response = sign_in(user)
    assert response["Location"] == reverse("account_inactive")
    assert "Votre compte est désactivé" in text_of(client.get(response["Location"]))
    assert SESSION_KEY not in client.session


def test_disabling_ends_an_open_session_at_the_next_request(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    assert client.get("/compte/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/compte/")["Location"].startswith("/connexion/")


def test_signed_in_people_skip_the_sign_in_page(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get("/connexion/")["Location"] == "/tableau-de-bord/"


def test_sign_out_is_a_post(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get("/deconnexion/").status_code == 200
    assert SESSION_KEY in client.session
    assert client.post("/deconnexion/")["Location"] == "/"
    assert SESSION_KEY not in client.session


def test_no_answer_is_json_whatever_is_accepted(client: Client) -> None:
    response = client.post(
        "/connexion/", {}, headers={"accept": "application/json", "x-requested-with": "XMLHttpRequest"}
    )
    assert response["Content-Type"].startswith("text/html")


def test_the_sign_in_page_asks_nothing_of_the_database(
    client: Client, measure: Callable[[Callable[[], Any]], Work]
) -> None:
    client.get("/connexion/")
    assert measure(lambda: client.get("/connexion/")).queries == []


def test_the_sign_in_page_has_the_words_of_the_seed(client: Client) -> None:
    page = text_of(client.get("/connexion/"))
    for words in (
        "Bienvenue dans votre espace de connexion sécurisée à l'ensemble de vos services digitaux",
        "Vous avez déjà un compte ?",
        "Email / Identifiant",
        "Mot de passe",
        "Me connecter",
        "Réinitialiser votre mot de passe",
        "Vous n'avez pas de compte ?",
        "M'inscrire",
    ):
        assert words in page
