"""Registering: an account, a code, then the establishment; nobody learns who already has an account."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from openopco.accounts.enums import AccountKind
from openopco.accounts.forms import SignupForm
from openopco.accounts.models import User
from openopco.journal import entries_of
from openopco.mail.models import OutgoingMail
from tests.accounts.conftest import Work, code_in, text_of
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
Mails = Callable[[], list[OutgoingMail]]
TYPED = {
    "first_name": "Léa",
    "last_name": "D'Artagnan",
    "email": "lea@exemple.fr",
    "password1": PASSWORD,
    "terms": "on",
}
CODE_PAGE = "/verification-adresse/"


def register(client: Client, **changes: str) -> Any:
    return client.post("/inscription/", {**TYPED, **changes})


def confirm(client: Client, code: str) -> Any:
    return client.post(CODE_PAGE, {"code": code})


def test_a_new_account_is_confirmed_by_code_then_goes_to_its_establishment(client: Client, mails: Mails) -> None:
    assert register(client)["Location"] == CODE_PAGE
    assert SESSION_KEY not in client.session
    page = text_of(client.get(CODE_PAGE))
    assert "lea@exemple.fr" in page
    done = confirm(client, code_in(mails()[0]))
    assert done["Location"] == "/habilitations/rattacher/"
    user = User.objects.get()
    assert client.session[SESSION_KEY] == str(user.pk)
    assert (user.full_name, user.kind) == ("Léa D'Artagnan", AccountKind.EXTERNE)
    assert user.terms_accepted_at is not None
    assert user.check_password(PASSWORD)
    assert user.emailaddress_set.get().verified


def test_the_page_asked_for_first_is_not_lost(client: Client, mails: Mails) -> None:
    register(client, next="/compte/")
    assert confirm(client, code_in(mails()[0]))["Location"] == "/compte/"


def test_the_mail_is_plain_and_kind(client: Client, mails: Mails) -> None:
    register(client)
    (mail,) = mails()
    assert mail.to == "lea@exemple.fr"
    assert mail.subject == f"M-Gestion : {code_in(mail)} est votre code de vérification"
    assert mail.text.startswith("Bonjour Léa,\n")
    assert "valable 10 minutes" in mail.text
    assert mail.html == ""


def test_the_journal_tells_of_it(client: Client, mails: Mails) -> None:
    register(client)
    confirm(client, code_in(mails()[0]))
    events = [entry.event for entry in entries_of("account", User.objects.get().pk)]
    assert events == ["account.email_confirmed"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"first_name": "  "}, "Saisissez votre prénom."),
        ({"last_name": ""}, "Saisissez votre nom."),
        ({"last_name": "x" * 81}, "80 caractères au plus."),
        ({"email": ""}, "Saisissez votre adresse e-mail."),
        ({"email": "lea"}, "Saisissez une adresse e-mail complète"),
        ({"email": "léa@exemple.fr"}, "adresse e-mail"),
        ({"password1": ""}, "Choisissez un mot de passe."),
        ({"password1": "trop court"}, "12 caractères"),
        ({"password1": "motdepasse2026!"}, "trop facile à deviner"),
        ({"password1": "lea@exemple.fr"}, "trop semblable"),
        ({"terms": ""}, "Acceptez les Conditions Générales d'Utilisation"),
    ],
)
def test_each_mistake_is_told_and_nothing_else_is_lost(client: Client, changes: dict[str, str], message: str) -> None:
    response = register(client, **changes)
    page = response.content.decode()
    assert message in text_of(response)
    assert "<title>Erreur : Créer votre compte" in page
    for name in ("first_name", "last_name", "email"):
        if name not in changes:
            assert f'value="{TYPED[name]}"'.replace("'", "&#x27;") in page
    assert PASSWORD not in page
    assert not User.objects.exists()


def test_a_passphrase_without_digits_or_capitals_is_welcome(client: Client) -> None:
    assert register(client, password1="quatre mots sans aucun chiffre").status_code == 302


def test_fields_have_their_autocomplete_tokens(client: Client) -> None:
    page = client.get("/inscription/").content.decode()
    for token in ("given-name", "family-name", "email", "new-password"):
        assert f'autocomplete="{token}"' in page


def test_a_wrong_code_leaves_two_more_tries(client: Client, mails: Mails) -> None:
    register(client)
    wrong = "000000" if code_in(mails()[0]) != "000000" else "111111"
    for _ in range(2):
        response = confirm(client, wrong)
        assert "Ce code n'est pas le bon" in text_of(response)
        assert "<title>Erreur : Confirmer votre adresse e-mail" in response.content.decode()
    assert confirm(client, wrong)["Location"] == "/connexion/"
    assert confirm(client, code_in(mails()[0]))["Location"] == "/connexion/"
    assert not User.objects.get().emailaddress_set.get().verified


def test_a_code_dies_after_ten_minutes(client: Client, mails: Mails) -> None:
    with time_machine.travel("2026-11-23 09:00:00Z", tick=False) as clock:
        register(client)
        clock.shift(601)
        assert confirm(client, code_in(mails()[0]))["Location"] == "/connexion/"
    assert SESSION_KEY not in client.session


def test_a_code_asked_again_replaces_the_first(client: Client, mails: Mails) -> None:
    register(client)
    client.post(CODE_PAGE, {"action": "resend"})
    first, second = (code_in(mail) for mail in mails())
    if first != second:
        assert confirm(client, first).status_code == 200
    assert confirm(client, second)["Location"] == "/habilitations/rattacher/"


def test_an_unconfirmed_account_gets_a_code_when_it_signs_in(client: Client, mails: Mails) -> None:
    user = UserFactory(address__verified=False)
    response = client.post("/connexion/", {"login": user.email, "password": PASSWORD})
    assert response["Location"] == CODE_PAGE
    assert SESSION_KEY not in client.session
    assert confirm(client, code_in(mails()[0]))["Location"] == "/tableau-de-bord/"


def test_a_known_email_is_told_by_mail_alone(client: Client, mails: Mails) -> None:
    user = UserFactory(email="lea@exemple.fr", first_name="Ancienne")
    response = register(client)
    assert response["Location"] == CODE_PAGE
    (mail,) = mails()
    assert mail.subject == "M-Gestion : vous avez déjà un compte"
    assert "/mot-de-passe/oublie/" in mail.text
    assert "/connexion/" in mail.text
    user.refresh_from_db()
    assert (user.first_name, User.objects.count()) == ("Ancienne", 1)
    assert user.check_password(PASSWORD)


def test_a_known_and_a_new_email_cost_and_say_the_same(
    client: Client, measure: Callable[[Callable[[], Any]], Work], mails: Mails
) -> None:
    UserFactory(email="lea@exemple.fr")
    known = measure(lambda: register(client))
    known_page = text_of(client.get(CODE_PAGE)).replace("lea@exemple.fr", "")
    client.cookies.clear()
    new = measure(lambda: register(client, email="neuve@exemple.fr"))
    new_page = text_of(client.get(CODE_PAGE)).replace("neuve@exemple.fr", "")
    assert known.hashes == new.hashes == 1
    assert known.response.status_code == new.response.status_code
    assert known.response["Location"] == new.response["Location"]
    assert known_page == new_page
    assert len(mails()) == 2
    # All that is left between them is the savepoint that undoes the rehearsal.
    for verb in ("INSERT", "UPDATE", "DELETE"):
        assert _those(known, verb) == _those(new, verb)
    assert sorted(_those(known, "SELECT")) == sorted(_those(new, "SELECT"))


def _those(work: Work, verb: str) -> list[str]:
    return [one for one in work.touched() if one.startswith(verb)]


def test_a_known_and_a_new_email_fail_codes_alike(client: Client) -> None:
    UserFactory(email="lea@exemple.fr")
    answers = []
    for email in ("lea@exemple.fr", "neuve@exemple.fr"):
        register(client, email=email)
        tries = [confirm(client, "not-a-code") for _ in range(3)]
        answers.append([(one.status_code, text_of(one).replace(email, ""), one.get("Location")) for one in tries])
        client.cookies.clear()
    assert answers[0] == answers[1]


def test_asking_again_mails_a_known_and_a_new_email_alike(client: Client, mails: Mails) -> None:
    UserFactory(email="lea@exemple.fr")
    for email in ("lea@exemple.fr", "neuve@exemple.fr"):
        register(client, email=email)
        client.post(CODE_PAGE, {"action": "resend"})
        client.cookies.clear()
    assert [mail.to for mail in mails()] == ["lea@exemple.fr"] * 2 + ["neuve@exemple.fr"] * 2


def test_two_at_once_on_one_email_make_one_account(
    client: Client, monkeypatch: pytest.MonkeyPatch, mails: Mails
) -> None:
    """The second one passes the check before the first one is written, and meets the constraint."""
    UserFactory(email="lea@exemple.fr")

    def looked_too_early(self: SignupForm, value: str) -> str:
        return value

    monkeypatch.setattr(SignupForm, "validate_unique_email", looked_too_early)
    assert register(client)["Location"] == CODE_PAGE
    assert User.objects.count() == 1
    assert mails()[0].subject == "M-Gestion : vous avez déjà un compte"


def test_nothing_is_kept_when_the_mail_cannot_be_queued(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("no outbox")

    monkeypatch.setattr("openopco.mail.backend.queue_mail", broken)
    with pytest.raises(RuntimeError, match="no outbox"):
        register(client)
    assert not User.objects.exists()


def test_registering_in_series_from_one_address_is_stopped(client: Client) -> None:
    for number in range(10):
        register(client, email=f"lea{number}@exemple.fr")
        client.cookies.clear()
    assert register(client, email="encore@exemple.fr").status_code == 429


def test_nobody_registers_himself_at_the_opco(client: Client) -> None:
    register(client, kind="opco", is_active="1")
    assert User.objects.get().kind == AccountKind.EXTERNE


def test_the_page_without_a_pending_code_leads_to_sign_in(client: Client) -> None:
    assert client.get(CODE_PAGE)["Location"] == reverse("account_login")
