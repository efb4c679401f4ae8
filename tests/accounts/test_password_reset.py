"""A forgotten password: a link by mail, and the same answer for every address."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client

from openopco.accounts.models import User
from openopco.journal import entries_of
from openopco.mail.models import OutgoingMail
from tests.accounts.conftest import Work, link_in, text_of
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
Mails = Callable[[], list[OutgoingMail]]
NEW = "une autre phrase très calme"
SENT = "/mot-de-passe/oublie/envoye/"


def ask(client: Client, email: str) -> Any:
    return client.post("/mot-de-passe/oublie/", {"email": email})


def choose(client: Client, link: str, password: str = NEW) -> Any:
    form_page = client.get(link)
    return client.post(form_page["Location"], {"password1": password})


def test_the_link_lets_choose_a_new_password(client: Client, mails: Mails) -> None:
    user = UserFactory()
    assert ask(client, user.email.upper())["Location"] == SENT
    (mail,) = mails()
    assert mail.to == user.email
    done = choose(client, link_in(mail))
    assert done["Location"] == "/mot-de-passe/nouveau/enregistre/"
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert "Me connecter" in text_of(client.get(done["Location"]))
    assert SESSION_KEY not in client.session


def test_the_key_leaves_the_address_bar(client: Client, mails: Mails) -> None:
    user = UserFactory()
    ask(client, user.email)
    link = link_in(mails()[0])
    key = link.rstrip("/").partition("-")[2]
    response = client.get(link)
    assert response.status_code == 302
    assert key not in response["Location"]
    assert key not in client.get(response["Location"]).content.decode()


def test_the_person_is_told_by_mail_and_the_journal_too(client: Client, mails: Mails) -> None:
    user = UserFactory()
    ask(client, user.email)
    choose(client, link_in(mails()[0]))
    assert mails()[1].subject == "M-Gestion : votre mot de passe a été réinitialisé"
    assert [entry.event for entry in entries_of("account", user.pk)] == ["account.password_reset"]


def test_every_open_session_ends(client: Client, mails: Mails) -> None:
    user = UserFactory()
    thief = Client()
    thief.post("/connexion/", {"login": user.email, "password": PASSWORD})
    assert thief.get("/compte/").status_code == 200
    ask(client, user.email)
    choose(client, link_in(mails()[0]))
    assert thief.get("/compte/").status_code == 302


def test_a_link_serves_once(client: Client, mails: Mails) -> None:
    user = UserFactory()
    ask(client, user.email)
    link = link_in(mails()[0])
    choose(client, link)
    again = Client().get(link)
    assert "Ce lien n'est plus valable" in text_of(again)


def test_a_link_dies_after_an_hour(client: Client, mails: Mails) -> None:
    user = UserFactory()
    with time_machine.travel("2026-11-23 09:00:00Z", tick=False) as clock:
        ask(client, user.email)
        clock.shift(3601)
        assert "Ce lien n'est plus valable" in text_of(client.get(link_in(mails()[0])))


@pytest.mark.parametrize("link", ["/mot-de-passe/nouveau/1-abc-def/", "/mot-de-passe/nouveau/zzzzzzzzzzzzzzzz-x/"])
def test_an_invented_link_is_refused(client: Client, link: str) -> None:
    assert "Ce lien n'est plus valable" in text_of(client.get(link))


def test_a_weak_new_password_is_refused_and_the_old_one_stays(client: Client, mails: Mails) -> None:
    user = UserFactory()
    ask(client, user.email)
    response = choose(client, link_in(mails()[0]), "azertyuiop123")
    assert "trop facile à deviner" in text_of(response)
    assert "<title>Erreur : Choisir un nouveau mot de passe" in response.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_an_unknown_address_is_told_by_mail_alone(client: Client, mails: Mails) -> None:
    assert ask(client, "inconnu@exemple.fr")["Location"] == SENT
    (mail,) = mails()
    assert (mail.to, mail.subject) == ("inconnu@exemple.fr", "M-Gestion : aucun compte à cette adresse")
    assert "/inscription/" in mail.text


def test_a_disabled_account_gets_no_link(client: Client, mails: Mails) -> None:
    user = UserFactory(is_active=False)
    ask(client, user.email)
    assert "/mot-de-passe/nouveau/" not in mails()[0].text


@pytest.mark.parametrize("known", [{}, {"is_active": False}, {"address__verified": False}, {"password": "!"}])
def test_a_known_and_an_unknown_address_cost_and_say_the_same(
    client: Client, measure: Callable[[Callable[[], Any]], Work], mails: Mails, known: dict[str, Any]
) -> None:
    UserFactory(email="connu@exemple.fr", **known)
    first = measure(lambda: ask(client, "connu@exemple.fr"))
    other = measure(lambda: ask(client, "inconnu@exemple.fr"))
    assert first.hashes == other.hashes == 0
    assert first.touched() == other.touched()
    assert len(first.queries) == len(other.queries)
    assert (first.response.status_code, first.response["Location"]) == (302, SENT)
    assert (other.response.status_code, other.response["Location"]) == (302, SENT)
    assert len(mails()) == 2


def test_asking_in_series_for_one_address_is_stopped_known_or_not(client: Client) -> None:
    UserFactory(email="connu@exemple.fr")
    for number, email in enumerate(("connu@exemple.fr", "inconnu@exemple.fr")):
        client.defaults["REMOTE_ADDR"] = f"198.51.100.{number}"
        assert [ask(client, email).status_code for _ in range(6)] == [302] * 5 + [429]


def test_a_mistyped_address_is_told(client: Client) -> None:
    assert "Saisissez une adresse e-mail complète" in text_of(ask(client, "connu"))


def test_resetting_lifts_the_stop_of_failed_attempts(client: Client, mails: Mails) -> None:
    user = UserFactory()
    for _ in range(6):
        client.post("/connexion/", {"login": user.email, "password": "x" * 12})
    ask(client, user.email)
    choose(client, link_in(mails()[-1]))
    client.defaults["REMOTE_ADDR"] = "198.51.100.9"
    assert client.post("/connexion/", {"login": user.email, "password": NEW}).status_code == 302


def test_a_reset_does_not_confirm_an_address_nor_sign_in(client: Client, mails: Mails) -> None:
    user: User = UserFactory(address__verified=False)
    ask(client, user.email)
    choose(client, link_in(mails()[0]))
    assert not user.emailaddress_set.get().verified
    assert SESSION_KEY not in client.session
