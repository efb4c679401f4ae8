"""« Coordonnées bancaires » and « IBAN à vérifier »: from the employer's RIB to the accountant's word."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from openopco.habilitations.enums import MembershipRole
from openopco.journal.models import ReadAudit
from openopco.organisations.accounts import payable
from openopco.organisations.models import BankAccount, Establishment
from tests.accounts.factories import PASSWORD
from tests.documents.hostile import pdf
from tests.habilitations.factories import AcceptedFactory, StaffRoleFactory
from tests.organisations.factories import BankAccountFactory, EstablishmentFactory, ProviderFactory
from tests.web.visitors import client_of, kept_files, member, text_of, value_of

__all__ = ["kept_files"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_files")]
KNOWN = {"password": PASSWORD}
IBAN = "FR76 3000 6000 0112 3456 7890 189"
HOW = "RIB comparé, gérant rappelé au numéro connu."


@pytest.fixture
def place() -> Establishment:
    return EstablishmentFactory.create(name="GARAGE DU LAC")


@pytest.fixture
def alice(place: Establishment) -> Client:
    return client_of(AcceptedFactory.create(establishment=place, role=MembershipRole.ADMINISTRATEUR).user)


@pytest.fixture
def accountant() -> Client:
    return client_of(StaffRoleFactory.create(role="comptable").user)


def page_of(place: Establishment) -> str:
    return f"/habilitations/etablissement/{place.pk}/compte-bancaire/"


def rib() -> SimpleUploadedFile:
    return SimpleUploadedFile("rib.pdf", pdf(), "application/pdf")


def propose(client: Client, place: Establishment, **changes: object) -> object:
    return client.post(page_of(place), {"iban": IBAN, "holder": "SARL DU LAC", "proof": rib(), **KNOWN, **changes})


def test_an_employer_gives_an_iban_and_an_accountant_verifies_it(
    place: Establishment, alice: Client, accountant: Client
) -> None:
    assert f'href="{page_of(place)}"' in alice.get("/habilitations/").content.decode()
    assert propose(alice, place).status_code == 302  # type: ignore[attr-defined]
    shown = text_of(alice.get(page_of(place)))
    assert "FR76 •••• •••• •••• •••• •••• 189 À vérifier" in shown
    assert IBAN not in shown
    account = BankAccount.objects.get()
    assert "GARAGE DU LAC" in text_of(accountant.get("/gestion/iban/"))
    page = accountant.get(f"/gestion/iban/{account.pk}/")
    assert IBAN in text_of(page)
    assert "CREDIT AGRICOLE SA" in text_of(page)
    assert ReadAudit.objects.filter(subject_kind="bank_account", subject_id=account.pk).count() == 1
    kept = accountant.get(f"/gestion/iban/{account.pk}/rib/")
    assert b"".join(kept.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    answer = accountant.post(f"/gestion/iban/{account.pk}/verifier/", {"words": HOW}, follow=True)
    assert "Tout est vérifié" in text_of(answer)
    assert payable(place, date(2035, 1, 1)).account == account
    assert "Virements à partir du" in text_of(alice.get(page_of(place)))


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(place: Establishment, alice: Client) -> None:
    answer = propose(alice, place, iban="FR76 3000 6000 0112 3456 7890 188")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "La clé de l'IBAN ne correspond pas" in text_of(answer)  # type: ignore[arg-type]
    assert value_of(answer, "iban") == "FR76 3000 6000 0112 3456 7890 188"  # type: ignore[arg-type]
    assert value_of(answer, "holder") == "SARL DU LAC"  # type: ignore[arg-type]
    missing = propose(alice, place, proof="")
    assert "Joignez le RIB" in text_of(missing)  # type: ignore[arg-type]
    hostile = propose(alice, place, proof=SimpleUploadedFile("rib.exe", b"MZ", "application/pdf"))
    assert hostile.status_code == 422  # type: ignore[attr-defined]
    assert BankAccount.objects.count() == 0


@pytest.mark.parametrize(
    ("password", "told"), [("", "Saisissez votre mot de passe."), ("pas celui-là", "Ce n'est pas votre mot de passe.")]
)
def test_the_password_is_asked_again_and_the_rest_stays_typed(
    place: Establishment, alice: Client, accountant: Client, password: str, told: str
) -> None:
    answer: Any = propose(alice, place, password=password)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert value_of(answer, "iban") == IBAN
    assert "pas celui-là" not in answer.content.decode()
    siret = ProviderFactory.create().siret
    given = {"siret": siret, "iban": IBAN, "holder": "AXEPT", "proof": rib(), "password": password}
    assert accountant.post("/gestion/iban/nouveau/", given).status_code == 422
    assert BankAccount.objects.count() == 0


def test_passwords_are_not_guessed_without_end(place: Establishment, alice: Client) -> None:
    for _ in range(10):
        propose(alice, place, password="au hasard")
    answer: Any = propose(alice, place)
    assert answer.status_code == 422
    assert BankAccount.objects.count() == 0


def test_what_must_be_given_is_marked(place: Establishment, alice: Client) -> None:
    assert alice.get(page_of(place)).content.decode().count('class="required"') == 4


def test_an_employer_withdraws_what_waits(place: Establishment, alice: Client) -> None:
    propose(alice, place)
    account = BankAccount.objects.get()
    alice.post(f"{page_of(place)}{account.pk}/terminer/")
    account.refresh_from_db()
    assert account.state == "ended"
    other = BankAccountFactory.create()
    assert alice.post(f"{page_of(place)}{other.pk}/terminer/").status_code == 404


def test_a_declarant_sees_nothing_of_it(place: Establishment) -> None:
    bob = client_of(member(place))
    assert bob.get(page_of(place)).status_code == 404
    assert "Coordonnées bancaires" not in text_of(bob.get("/habilitations/"))


def test_an_accountant_types_one_that_came_by_letter_and_a_colleague_verifies_it(accountant: Client) -> None:
    provider = ProviderFactory.create(name="AXEPT")
    given = {"siret": provider.siret, "iban": IBAN, "holder": "AXEPT", "proof": rib(), **KNOWN}
    assert accountant.post("/gestion/iban/nouveau/", given).status_code == 302
    account = BankAccount.objects.get(provider=provider)
    own = text_of(accountant.get(f"/gestion/iban/{account.pk}/"))
    assert "un collègue doit le vérifier" in own
    assert accountant.post(f"/gestion/iban/{account.pk}/verifier/", {"words": HOW}).status_code == 422
    colleague = client_of(StaffRoleFactory.create(role="comptable").user)
    refused = colleague.post(f"/gestion/iban/{account.pk}/refuser/", {"refus-words": "Le titulaire n'est pas AXEPT."})
    assert refused.status_code == 302
    account.refresh_from_db()
    assert (account.state, account.words) == ("refused", "Le titulaire n'est pas AXEPT.")


def test_an_act_is_recorded_with_its_dates(accountant: Client) -> None:
    provider = ProviderFactory.create(name="AXEPT")
    given = {"siret": provider.siret, "iban": IBAN, "holder": "FACTOR SA", "ground": "factor", **KNOWN}
    for wrong, told in (
        ({}, "prend effet"),
        ({"since": "32/01/2027"}, "n'existe pas"),
        ({"since": "12/01/2027", "until": "11/01/2027"}, "avant le début"),
        ({"ground": "own", "since": "12/01/2027"}, "dites lequel"),
    ):
        answer = accountant.post("/gestion/iban/nouveau/", {**given, "proof": rib(), **wrong})
        assert answer.status_code == 422
        assert told in text_of(answer)
    assert (
        accountant.post("/gestion/iban/nouveau/", {**given, "since": "12/01/2027", "proof": rib()}).status_code == 302
    )
    account = BankAccount.objects.get()
    assert (account.ground, account.since, account.until) == ("factor", date(2027, 1, 12), None)
    assert "(affacturage), depuis le 12/01/2027" in text_of(accountant.get(f"/gestion/iban/{account.pk}/"))


@pytest.mark.parametrize(("siret", "told"), [("123", "14 chiffres"), ("35600000000048", "connu du portail")])
def test_a_letter_from_nobody_known_is_told(accountant: Client, siret: str, told: str) -> None:
    answer = accountant.post(
        "/gestion/iban/nouveau/", {"siret": siret, "iban": IBAN, "holder": "X", "proof": rib(), **KNOWN}
    )
    assert answer.status_code == 422
    assert told in text_of(answer)


def test_words_too_short_are_refused_beside_them(place: Establishment, alice: Client, accountant: Client) -> None:
    propose(alice, place)
    account = BankAccount.objects.get()
    for act, field in (("verifier", "words"), ("refuser", "refus-words")):
        answer = accountant.post(f"/gestion/iban/{account.pk}/{act}/", {field: "ok"})
        assert answer.status_code == 422
        assert "au moins dix caractères" in text_of(answer)


def test_whoever_comes_second_is_told(place: Establishment, alice: Client, accountant: Client) -> None:
    propose(alice, place)
    account = BankAccount.objects.get()
    accountant.post(f"/gestion/iban/{account.pk}/verifier/", {"words": HOW})
    late = accountant.post(f"/gestion/iban/{account.pk}/refuser/", {"refus-words": HOW}, follow=True)
    assert "quelqu'un s'en est occupé" in text_of(late)
    ended = accountant.post(f"/gestion/iban/{account.pk}/terminer/", follow=True)
    assert "aucun virement n'y sera fait" in text_of(ended)


def test_the_same_account_at_another_payee_is_warned_of(
    place: Establishment, alice: Client, accountant: Client
) -> None:
    propose(alice, place)
    BankAccountFactory.create(
        establishment=None, provider=ProviderFactory.create(name="COQUILLE"), iban=IBAN.replace(" ", "")
    )
    account = BankAccount.objects.get(establishment=place)
    told = text_of(accountant.get(f"/gestion/iban/{account.pk}/"))
    assert "aussi celui d'un autre bénéficiaire COQUILLE" in told


def test_the_list_costs_the_same_however_long(accountant: Client) -> None:
    counts = []
    for made in (1, 5):
        BankAccountFactory.create_batch(made)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            accountant.get(reverse("desk:bank_accounts"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_accountant_finds_it_in_the_menu_and_an_officer_does_not(accountant: Client) -> None:
    assert "IBAN à vérifier" in text_of(accountant.get("/gestion/"))
    officer = client_of(StaffRoleFactory.create(role="gestionnaire").user)
    assert "IBAN à vérifier" not in text_of(officer.get("/gestion/"))
