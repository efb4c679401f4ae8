"""The second factor: TOTP and recovery codes; compulsory for the OPCO's own people, waived in the demonstration."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth import SESSION_KEY
from django.test import Client

from openopco.accounts.models import User
from openopco.journal import entries_of
from openopco.mail.models import OutgoingMail
from tests.accounts.conftest import Work, link_in, text_of
from tests.accounts.factories import PASSWORD, OpcoUserFactory, UserFactory

Mails = Callable[[], list[OutgoingMail]]
pytestmark = pytest.mark.django_db
MFA = "/compte/double-authentification/"
ACTIVATE = f"{MFA}activer/"
CODES = f"{MFA}codes/"


def code_now(secret: str, periods: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def sign_in(user: User, client: Client | None = None, password: str = PASSWORD) -> tuple[Client, Any]:
    client = client or Client()
    return client, client.post("/connexion/", {"login": user.email, "password": password})


@pytest.fixture(autouse=True)
def _commit_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test is one transaction: what follows a commit would wait for its end, after the request's."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda follow, *_, **__: follow())


def enrol(client: Client) -> str:
    """Sets a second factor up in a browser that has just signed in; gives its secret."""
    page = client.get(ACTIVATE)
    assert page.status_code == 200, page
    secret = page.context["form"].secret
    done = client.post(ACTIVATE, {"code": code_now(secret)})
    assert done["Location"] == CODES
    return str(secret)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel("2026-11-23 09:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def enrolled(clock: Any) -> tuple[User, str]:
    user = OpcoUserFactory()
    client, _ = sign_in(user)
    secret = enrol(client)
    clock.shift(90)
    return user, secret


# It is compulsory at the OPCO


@pytest.mark.parametrize("path", ["/compte/", "/compte/sessions/", MFA, CODES])
def test_an_opco_account_without_it_is_sent_to_set_it_up(path: str) -> None:
    client, _ = sign_in(OpcoUserFactory())
    assert client.get(path)["Location"] == ACTIVATE
    assert client.post(path)["Location"] == ACTIVATE


def test_an_opco_account_without_it_may_set_it_up_or_leave() -> None:
    client, _ = sign_in(OpcoUserFactory())
    page = client.get(ACTIVATE)
    assert "Elle est obligatoire pour les comptes de l'OPCO" in text_of(page)
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    assert client.get("/conditions-generales/").status_code == 200
    assert client.post("/deconnexion/")["Location"] == "/"


def test_setting_it_up_opens_the_portal(mails: Mails) -> None:
    user = OpcoUserFactory()
    client, _ = sign_in(user)
    enrol(client)
    assert client.get("/compte/").status_code == 200
    assert mails()[0].subject == "M-Gestion : double authentification activée"
    assert [entry.event for entry in entries_of("account", user.pk)] == ["account.second_factor_added"]


def test_a_wrong_first_code_sets_nothing_up() -> None:
    user = OpcoUserFactory()
    client, _ = sign_in(user)
    secret = client.get(ACTIVATE).context["form"].secret
    response = client.post(ACTIVATE, {"code": "not-it"})
    assert "Ce code n'est pas le bon" in text_of(response)
    assert response.context["form"].secret == secret
    assert not Authenticator.objects.exists()


def test_an_employer_is_free_of_it(client: Client) -> None:
    client, _ = sign_in(UserFactory())
    assert client.get("/compte/").status_code == 200


def test_it_is_asked_of_the_database_once_a_session(
    enrolled: tuple[User, str], measure: Callable[[Callable[[], Any]], Work]
) -> None:
    user, secret = enrolled
    client, _ = sign_in(user)
    client.post("/connexion/code/", {"code": code_now(secret)})
    client.get("/compte/mot-de-passe/")
    work = measure(lambda: client.get("/compte/mot-de-passe/"))
    assert "SELECT mfa_authenticator" not in work.touched()


@pytest.mark.parametrize("waiver", [{"DEMO": True}, {"OPENOPCO_MFA_REQUIRED": False}])
def test_where_it_is_waived_the_pages_say_so(settings: Any, client: Client, waiver: dict[str, bool]) -> None:
    for name, value in waiver.items():
        setattr(settings, name, value)
    assert "la double authentification des comptes de l'OPCO n'est pas demandée ici" in text_of(
        client.get("/connexion/")
    )
    client, _ = sign_in(OpcoUserFactory())
    profile = client.get("/compte/")
    assert profile.status_code == 200
    assert "obligatoire pour les comptes de l'OPCO, n'est pas demandée ici" in text_of(profile)


def test_where_it_is_required_nothing_speaks_of_a_waiver(client: Client) -> None:
    assert "n'est pas demandée ici" not in text_of(client.get("/connexion/"))


# Signing in with it


def test_the_password_alone_no_longer_opens(enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    client, response = sign_in(user)
    assert response["Location"] == "/connexion/code/"
    assert SESSION_KEY not in client.session
    assert client.get("/compte/").status_code == 302
    opened = client.post("/connexion/code/", {"code": code_now(secret)})
    assert opened["Location"] == "/tableau-de-bord/"
    assert client.get("/compte/").status_code == 200


def test_a_code_serves_once(enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    for expected in (302, 200):
        client, _ = sign_in(user)
        assert client.post("/connexion/code/", {"code": code_now(secret)}).status_code == expected


def test_a_phone_half_a_minute_late_is_understood(enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    client, _ = sign_in(user)
    assert client.post("/connexion/code/", {"code": code_now(secret, -1)}).status_code == 302


def test_an_old_code_is_refused(enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    client, _ = sign_in(user)
    response = client.post("/connexion/code/", {"code": code_now(secret, -2)})
    assert "Ce code n'est pas le bon" in text_of(response)
    assert "<title>Erreur : Code de connexion" in response.content.decode()


def test_guessing_codes_is_stopped_even_for_the_right_one(enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    client, _ = sign_in(user)
    for _ in range(5):
        client.post("/connexion/code/", {"code": "nope"})
    assert "Trop de tentatives." in text_of(client.post("/connexion/code/", {"code": code_now(secret)}))
    assert SESSION_KEY not in client.session


def test_a_reset_password_does_not_pass_it(enrolled: tuple[User, str], mails: Mails) -> None:
    user, _ = enrolled
    client = Client()
    client.post("/mot-de-passe/oublie/", {"email": user.email})
    client.post(client.get(link_in(mails()[-1]))["Location"], {"password1": "une autre phrase très calme"})
    _, response = sign_in(user, client, "une autre phrase très calme")
    assert response["Location"] == "/connexion/code/"


def test_a_recovery_code_opens_once(enrolled: tuple[User, str]) -> None:
    user, _ = enrolled
    code = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[3]
    for expected in (302, 200):
        client, _ = sign_in(user)
        assert client.post("/connexion/code/", {"code": code}).status_code == expected


# Its secrets


def test_secrets_are_sealed_in_the_database(enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    for row in Authenticator.objects.filter(user=user).order_by("pk"):
        kept = str(row.data)
        assert secret not in kept
        assert not any(code in kept for code in ("seed': '0", *_codes(user)))


def _codes(user: User) -> list[str]:
    found: list[str] = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    return found


def test_recovery_codes_are_shown_after_a_fresh_confirmation_only(enrolled: tuple[User, str], clock: Any) -> None:
    user, secret = enrolled
    client, _ = sign_in(user)
    client.post("/connexion/code/", {"code": code_now(secret)})
    clock.shift(600)
    asked = client.get(CODES)
    assert asked["Location"].startswith("/compte/confirmation/")
    shown = client.post(asked["Location"], {"password": PASSWORD}, follow=True)
    assert all(code in text_of(shown) for code in _codes(user))
    assert "no-store" in shown["Cache-Control"]


def test_confirming_by_a_code_of_the_application_works_too(enrolled: tuple[User, str], clock: Any) -> None:
    user, secret = enrolled
    client, _ = sign_in(user)
    client.post("/connexion/code/", {"code": code_now(secret)})
    clock.shift(600)
    page = client.get(client.get(CODES)["Location"])
    link = re.search(r'href="(/compte/confirmation/code/[^"]*)"', page.content.decode())
    assert link
    assert client.post(link.group(1), {"code": code_now(secret)})["Location"] == CODES


def test_the_codes_follow_the_set_up_without_a_second_confirmation() -> None:
    user = OpcoUserFactory()
    client, _ = sign_in(user)
    enrol(client)
    assert all(code in text_of(client.get(CODES)) for code in _codes(user))


def test_new_recovery_codes_replace_the_old(enrolled: tuple[User, str], mails: Mails) -> None:
    user, secret = enrolled
    old = _codes(user)
    client, _ = sign_in(user)
    client.post("/connexion/code/", {"code": code_now(secret)})
    asked = client.get(f"{CODES}nouveaux/")
    client.post(asked["Location"], {"password": PASSWORD})
    assert client.post(f"{CODES}nouveaux/")["Location"] == CODES
    assert not set(old) & set(_codes(user))
    assert mails()[-1].subject == "M-Gestion : nouveaux codes de secours"


# Leaving it


def test_an_opco_account_cannot_leave_it(enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    client, _ = sign_in(user)
    client.post("/connexion/code/", {"code": code_now(secret)})
    asked = client.get(f"{MFA}desactiver/")
    client.post(asked["Location"], {"password": PASSWORD})
    assert "La double authentification est obligatoire pour votre compte." in text_of(client.get(f"{MFA}desactiver/"))
    client.post(f"{MFA}desactiver/")
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_an_employer_leaves_it_after_a_fresh_confirmation_and_is_told(clock: Any, mails: Mails) -> None:
    user = UserFactory()
    client, _ = sign_in(user)
    enrol(client)
    assert "Activée le 23/11/2026" in text_of(client.get(MFA))
    clock.shift(301)
    asked = client.post(f"{MFA}desactiver/")
    assert asked["Location"].startswith("/compte/confirmation/")
    client.post(asked["Location"], {"password": PASSWORD})
    client.post(f"{MFA}desactiver/")
    assert not Authenticator.objects.filter(user=user).exists()
    assert mails()[-1].subject == "M-Gestion : double authentification désactivée"
    assert list(entries_of("account", user.pk))[-1].event == "account.second_factor_removed"


def test_setting_it_up_long_after_the_sign_in_asks_for_the_password_again(clock: Any) -> None:
    client, _ = sign_in(UserFactory())
    clock.shift(301)
    assert client.get(ACTIVATE)["Location"].startswith("/compte/confirmation/")
