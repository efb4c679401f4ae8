"""Changing one's name, password, address; closing one's sessions."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client

from openopco.accounts.models import User
from openopco.journal import entries_of
from openopco.mail.models import OutgoingMail
from tests.accounts.conftest import Work, code_in, text_of
from tests.accounts.factories import PASSWORD, OpcoUserFactory, UserFactory

pytestmark = pytest.mark.django_db
Mails = Callable[[], list[OutgoingMail]]
NEW = "une autre phrase très calme"
EMAIL_PAGE = "/compte/adresse-e-mail/"


def browser_of(user: User, password: str = PASSWORD, agent: str = "Mozilla/5.0 (Windows NT) Firefox/140.0") -> Client:
    """A browser that signed in by the page, as people do."""
    client = Client(headers={"user-agent": agent})
    assert client.post("/connexion/", {"login": user.email, "password": password}).status_code == 302
    return client


def events(user: User) -> list[str]:
    return [entry.event for entry in entries_of("account", user.pk)]


# The name


def test_the_profile_shows_who_one_is(client: Client) -> None:
    client.force_login(UserFactory(first_name="Zoé", last_name="O'Neill", email="zoe@exemple.fr"))
    page = text_of(client.get("/compte/"))
    assert "zoe@exemple.fr" in page
    assert "Non activée" in page
    assert 'value="O&#x27;Neill"' in client.get("/compte/").content.decode()


def test_a_name_is_changed_and_told_to_the_journal(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    response = client.post("/compte/", {"first_name": "  Zoé  ", "last_name": "Lefèvre"}, follow=True)
    assert "Votre nom est enregistré." in text_of(response)
    user.refresh_from_db()
    assert (user.full_name, events(user)) == ("Zoé Lefèvre", ["account.renamed"])


def test_an_empty_name_is_refused_and_the_rest_kept(client: Client) -> None:
    user = UserFactory(first_name="Camille")
    client.force_login(user)
    response = client.post("/compte/", {"first_name": "", "last_name": "Lefèvre"})
    assert "Saisissez votre prénom." in text_of(response)
    assert "<title>Erreur : Mon profil" in response.content.decode()
    assert 'value="Lefèvre"' in response.content.decode()
    user.refresh_from_db()
    assert user.first_name == "Camille"


@pytest.mark.parametrize("path", ["/compte/", "/compte/mot-de-passe/", EMAIL_PAGE, "/compte/sessions/"])
def test_ones_account_needs_a_sign_in(client: Client, path: str) -> None:
    assert client.get(path)["Location"].startswith("/connexion/?next=")


# The password


def test_a_password_is_changed_here_and_other_browsers_are_shown_out(mails: Mails) -> None:
    user = UserFactory()
    here, elsewhere = browser_of(user), browser_of(user)
    response = here.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": NEW})
    assert response["Location"] == "/compte/"
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert here.get("/compte/").status_code == 200
    assert elsewhere.get("/compte/").status_code == 302
    assert Session.objects.count() >= 1
    assert "Chrome" not in text_of(here.get("/compte/sessions/"))
    assert mails()[0].subject == "M-Gestion : votre mot de passe a changé"
    assert events(user)[0] == "account.password_changed"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ce n'est pas lui", NEW, "Ce n'est pas votre mot de passe actuel."),
        (PASSWORD, "court", "12 caractères"),
        (PASSWORD, "aaaaaaaaaaaaaaa", "trop facile à deviner"),
        ("", "", "Saisissez votre mot de passe actuel."),
    ],
)
def test_a_refused_password_changes_nothing(client: Client, mails: Mails, old: str, new: str, message: str) -> None:
    user = UserFactory()
    client.force_login(user)
    response = client.post("/compte/mot-de-passe/", {"oldpassword": old, "password1": new})
    assert message in text_of(response)
    assert "<title>Erreur : Changer de mot de passe" in response.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert mails() == []


def test_guessing_the_present_password_is_stopped(client: Client) -> None:
    client.force_login(UserFactory())
    answers = [client.post("/compte/mot-de-passe/", {"oldpassword": "x" * 12, "password1": NEW}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]


# The address


def reauthenticate(client: Client, response: Any) -> Any:
    assert response["Location"].startswith("/compte/confirmation/?next=")
    return client.post(response["Location"], {"password": PASSWORD})


def test_an_address_changes_once_its_code_is_given_and_the_old_one_is_told(client: Client, mails: Mails) -> None:
    user = UserFactory(email="avant@exemple.fr")
    client.force_login(user)
    asked = client.post(EMAIL_PAGE, {"email": "Apres@Exemple.fr", "action_add": "1"})
    resumed = reauthenticate(client, asked)
    assert resumed["Location"] == "/verification-adresse/"
    user.refresh_from_db()
    assert user.email == "avant@exemple.fr"
    (code_mail,) = mails()
    assert code_mail.to == "apres@exemple.fr"
    assert "apres@exemple.fr" in text_of(client.get("/verification-adresse/"))
    client.post("/verification-adresse/", {"code": code_in(code_mail)})
    user.refresh_from_db()
    assert user.email == "apres@exemple.fr"
    assert [(one.email, one.verified, one.primary) for one in user.emailaddress_set.all()] == [
        ("apres@exemple.fr", True, True)
    ]
    warning = mails()[1]
    assert warning.to == "avant@exemple.fr"
    assert "apres@exemple.fr" in warning.text
    assert "account.email_changed" in events(user)


def test_the_wrong_password_does_not_let_change_the_address(client: Client, mails: Mails) -> None:
    client.force_login(UserFactory())
    asked = client.post(EMAIL_PAGE, {"email": "apres@exemple.fr", "action_add": "1"})
    refused = client.post(asked["Location"], {"password": "pas celui-là non plus"})
    assert "Ce n'est pas votre mot de passe." in text_of(refused)
    assert mails() == []


def test_an_address_of_somebody_else_is_never_taken_nor_told(client: Client, mails: Mails) -> None:
    UserFactory(email="prise@exemple.fr")
    user = UserFactory(email="avant@exemple.fr")
    client.force_login(user)
    asked = client.post(EMAIL_PAGE, {"email": "prise@exemple.fr", "action_add": "1"})
    assert reauthenticate(client, asked)["Location"] == "/verification-adresse/"
    refused = client.post("/verification-adresse/", {"code": code_in(mails()[0])})
    assert "ne peut pas être utilisée" in text_of(refused)
    user.refresh_from_db()
    assert user.email == "avant@exemple.fr"


@pytest.mark.parametrize(
    ("typed", "message"), [("", "Saisissez votre adresse"), ("x@", "complète"), ("avant@exemple.fr", "déjà")]
)
def test_a_mistyped_address_is_told(client: Client, typed: str, message: str) -> None:
    client.force_login(UserFactory(email="avant@exemple.fr"))
    assert message in text_of(client.post(EMAIL_PAGE, {"email": typed, "action_add": "1"}))


# Sessions


def test_open_sessions_are_listed_with_their_browser() -> None:
    user = UserFactory()
    here = browser_of(user)
    browser_of(user, agent="Mozilla/5.0 (iPhone) Version/18 Safari/605")
    page = text_of(here.get("/compte/sessions/"))
    assert "Firefox sur Windows Celui-ci" in page
    assert "Safari sur iPhone" in page


def test_one_session_is_closed() -> None:
    user = UserFactory()
    here, phone = browser_of(user), browser_of(user, agent="Safari iPhone")
    other = user.usersession_set.get(user_agent="Safari iPhone")
    response = here.post("/compte/sessions/", {"session": str(other.pk)}, follow=True)
    assert "Cette session est fermée." in text_of(response)
    assert phone.get("/compte/").status_code == 302
    assert here.get("/compte/").status_code == 200
    assert events(user) == ["account.session_ended"]


def test_all_other_sessions_are_closed_at_once() -> None:
    user = UserFactory()
    here, *others = (browser_of(user) for _ in range(3))
    here.post("/compte/sessions/", {"others": "1"})
    assert [one.get("/compte/").status_code for one in (here, *others)] == [200, 302, 302]


def test_nobody_closes_the_session_of_another() -> None:
    alice, bob = UserFactory(), UserFactory()
    of_alice, of_bob = browser_of(alice), browser_of(bob)
    of_bob.post("/compte/sessions/", {"session": str(alice.usersession_set.get().pk)})
    assert of_alice.get("/compte/").status_code == 200
    assert events(alice) == []


@pytest.mark.parametrize("typed", ["", "x", "-1", "٣", "9" * 30])
def test_nonsense_closes_nothing(typed: str) -> None:
    user = UserFactory()
    here = browser_of(user)
    assert here.post("/compte/sessions/", {"session": typed}).status_code == 302
    assert here.get("/compte/").status_code == 200


def test_dead_sessions_are_not_shown() -> None:
    user = UserFactory()
    here = browser_of(user)
    browser_of(user, agent="Safari iPhone").logout()
    assert "iPhone" not in text_of(here.get("/compte/sessions/"))


def test_the_list_costs_the_same_for_one_session_or_many(measure: Callable[[Callable[[], Any]], Work]) -> None:
    user = UserFactory()
    here = browser_of(user)
    here.get("/compte/sessions/")
    one = len(measure(lambda: here.get("/compte/sessions/")).queries)
    for _ in range(4):
        browser_of(user)
    assert len(measure(lambda: here.get("/compte/sessions/")).queries) == one <= 6


def test_the_profile_is_read_in_few_queries(client: Client, measure: Callable[[Callable[[], Any]], Work]) -> None:
    client.force_login(OpcoUserFactory())
    client.get("/compte/")
    assert len(measure(lambda: client.get("/compte/")).queries) <= 7


def test_signing_out_forgets_the_session(client: Client) -> None:
    user = UserFactory()
    here = browser_of(user)
    key = here.session.session_key
    here.post("/deconnexion/")
    assert not Session.objects.filter(session_key=key).exists()
    assert SESSION_KEY not in here.session
