"""What administrators and the console do to accounts."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from openopco.accounts import actions
from openopco.accounts.enums import AccountKind
from openopco.accounts.errors import EmailTaken, OneselfDisabled, OwnSecondFactor
from openopco.accounts.models import User
from openopco.accounts.queries import has_totp
from openopco.journal import entries_of
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.mail.models import OutgoingMail
from openopco.rights import ANONYMOUS, SYSTEM, Actor, Grant, Role
from tests.accounts.conftest import link_in
from tests.accounts.factories import PASSWORD, OpcoUserFactory, UserFactory

pytestmark = pytest.mark.django_db
Mails = Callable[[], list[OutgoingMail]]
ADMINISTRATOR = Actor(user_id=901, label="Ada Admin", grants=(Grant(Role.ADMINISTRATEUR),))
OTHERS = [
    ANONYMOUS,
    Actor(user_id=902, label="Gil", grants=(Grant(Role.GESTIONNAIRE),)),
    Actor(user_id=903, label="Eve", grants=(Grant(Role.EMPLOYEUR, establishment_id=1),)),
]


def events(user: User) -> list[str]:
    return [entry.event for entry in entries_of("account", user.pk)]


def test_an_opco_account_is_opened_without_password_or_role() -> None:
    user = actions.open_opco_account(actor=ADMINISTRATOR, email="Gil@OPCO.example", first_name=" Gil ", last_name="Roy")
    assert (user.email, user.full_name, user.kind) == ("gil@opco.example", "Gil Roy", AccountKind.OPCO)
    assert not user.has_usable_password()
    assert events(user) == ["account.opened"]
    assert entries_of("account", user.pk)[0].actor_label == "Ada Admin"


def test_the_console_opens_accounts_too() -> None:
    assert actions.open_opco_account(actor=SYSTEM, email="gil@opco.example").is_opco


@pytest.mark.parametrize("actor", OTHERS)
def test_others_open_nothing(actor: Actor) -> None:
    with pytest.raises(Forbidden):
        actions.open_opco_account(actor=actor, email="gil@opco.example")
    with pytest.raises(Forbidden):
        actions.send_set_password_link(actor=actor, user=UserFactory())
    assert not User.objects.filter(email="gil@opco.example").exists()


def test_a_known_or_bad_email_is_refused() -> None:
    UserFactory(email="gil@opco.example")
    with pytest.raises(EmailTaken, match="Un compte utilise déjà"):
        actions.open_opco_account(actor=SYSTEM, email="GIL@opco.example")
    with pytest.raises(InvalidValue):
        actions.open_opco_account(actor=SYSTEM, email="gil@")


def test_the_link_lets_a_new_colleague_choose_a_password(client: Client, mails: Mails, settings: Any) -> None:
    settings.PUBLIC_URL = "https://m-gestion.example"
    user = actions.open_opco_account(actor=SYSTEM, email="gil@opco.example", first_name="Gil", last_name="Roy")
    actions.send_set_password_link(actor=SYSTEM, user=user)
    (mail,) = mails()
    assert mail.to == "gil@opco.example"
    assert mail.text.startswith("Bonjour Gil,")
    assert "https://m-gestion.example/mot-de-passe/nouveau/" in mail.text
    client.post(client.get(link_in(mail))["Location"], {"password1": PASSWORD})
    signed = client.post("/connexion/", {"login": user.email, "password": PASSWORD})
    assert signed["Location"] == "/tableau-de-bord/"
    assert client.get("/compte/")["Location"].endswith("/double-authentification/activer/")


def test_disabling_shows_the_person_out_everywhere_and_enabling_lets_in_again() -> None:
    user = UserFactory()
    browser = Client()
    browser.post("/connexion/", {"login": user.email, "password": PASSWORD})
    actions.disable_user(actor=ADMINISTRATOR, user_id=user.pk)
    assert browser.get("/compte/").status_code == 302
    assert not user.usersession_set.exists()
    actions.enable_user(actor=ADMINISTRATOR, user_id=user.pk)
    assert browser.get("/compte/").status_code == 302, "the old session does not come back"
    assert browser.post("/connexion/", {"login": user.email, "password": PASSWORD}).status_code == 302
    assert events(user) == ["account.disabled", "account.enabled"]


def test_disabling_twice_tells_once() -> None:
    user = UserFactory()
    for _ in range(2):
        actions.disable_user(actor=ADMINISTRATOR, user_id=user.pk)
    for _ in range(2):
        actions.enable_user(actor=ADMINISTRATOR, user_id=user.pk)
    assert events(user) == ["account.disabled", "account.enabled"]


def test_nobody_locks_himself_out() -> None:
    user = OpcoUserFactory()
    oneself = Actor(user_id=user.pk, label="Ada", grants=(Grant(Role.ADMINISTRATEUR),))
    with pytest.raises(OneselfDisabled):
        actions.disable_user(actor=oneself, user_id=user.pk)


@pytest.mark.parametrize("actor", [*OTHERS, SYSTEM])
def test_others_neither_disable_nor_enable_nor_close_sessions(actor: Actor) -> None:
    user = UserFactory()
    for act in (actions.disable_user, actions.enable_user, actions.end_sessions):
        with pytest.raises(Forbidden):
            act(actor=actor, user_id=user.pk)  # type: ignore[operator]
    with pytest.raises(Forbidden):
        actions.end_session(actor=actor, user_id=user.pk, session_id=1)
    assert events(user) == []


def test_a_name_is_ones_own_affair() -> None:
    user = UserFactory()
    with pytest.raises(Forbidden):
        actions.rename_user(actor=ADMINISTRATOR, user_id=user.pk, first_name="X", last_name="Y")
    oneself = Actor(user_id=user.pk, label="")
    with pytest.raises(InvalidValue, match="prénom"):
        actions.rename_user(actor=oneself, user_id=user.pk, first_name=" ", last_name="Y")


def test_an_administrator_closes_somebodys_sessions() -> None:
    user = UserFactory()
    browser = Client()
    browser.post("/connexion/", {"login": user.email, "password": PASSWORD})
    assert actions.end_sessions(actor=ADMINISTRATOR, user_id=user.pk) == 1
    assert actions.end_sessions(actor=ADMINISTRATOR, user_id=user.pk) == 0
    assert browser.get("/compte/").status_code == 302
    assert events(user) == ["account.sessions_ended"]


def test_a_lost_telephone_is_forgotten_by_an_administrator(mails: Mails) -> None:
    user = OpcoUserFactory(first_name="D'Arc")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    actions.reset_second_factor(actor=ADMINISTRATOR, user_id=user.pk)
    actions.reset_second_factor(actor=ADMINISTRATOR, user_id=user.pk)
    assert not has_totp(user)
    (mail,) = mails()
    assert mail.subject == "M-Gestion : double authentification à refaire"
    assert mail.text.startswith("Bonjour D'Arc,")
    assert events(user) == ["account.second_factor_reset"]


@pytest.mark.parametrize("actor", [*OTHERS, SYSTEM])
def test_others_forget_nobodys_telephone(actor: Actor) -> None:
    with pytest.raises(Forbidden):
        actions.reset_second_factor(actor=actor, user_id=UserFactory().pk)


def test_nobody_forgets_his_own_telephone() -> None:
    user = OpcoUserFactory()
    oneself = Actor(user_id=user.pk, label="Ada", grants=(Grant(Role.ADMINISTRATEUR),))
    with pytest.raises(OwnSecondFactor):
        actions.reset_second_factor(actor=oneself, user_id=user.pk)
