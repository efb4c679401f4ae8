"""« Rattacher une entreprise »: the registry's facts, what one completes, the registry down, and who sees what."""

from typing import Any

import pytest
from django.test import Client

from openopco.accounts.models import User
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.models import Membership
from openopco.habilitations.rules import MOST_PENDING
from openopco.kernel.errors import Unavailable
from openopco.organisations import registries
from openopco.organisations.enums import Source
from openopco.organisations.models import Establishment
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.documents.factories import upload
from tests.habilitations.factories import MembershipFactory
from tests.organisations.factories import ACTIF_AUTO, EstablishmentFactory, siret
from tests.web.visitors import client_of, kept_files, member, text_of, value_of

__all__ = ["kept_files"]
PAGE = "/habilitations/rattacher/"
CLOSED, ELSEWHERE, UNKNOWN = "00071296800031", "00071222400013", "73282932000074"
KEYED = {
    "geste": "saisir",
    "siret": UNKNOWN,
    "name": "Garage du Coin",
    "address": "4 rue des Lilas",
    "postal_code": "68110",
    "city": "Illzach",
    "naf": "4520A",
    "headcount_exact": "12",
    "idcc": "1090",
    "email": "contact@coin.example",
    "phone": "03 89 00 11 22",
}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_files")]


@pytest.fixture
def alice() -> User:
    return UserFactory.create(first_name="Alice", last_name="Martin", email="alice@garage.example")


@pytest.fixture
def client(alice: User) -> Client:
    return client_of(alice)


def look_up(client: Client, number: str, **kwargs: Any) -> Any:
    return client.post(PAGE, {"geste": "chercher", "siret": number}, **kwargs)


def ask(client: Client, number: str, **more: Any) -> Any:
    return client.post(PAGE, {"geste": "demander", "siret": number, **more})


def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_: str) -> None:
        raise Unavailable

    monkeypatch.setattr(registries, "lookup_company", silent)


def test_a_newcomer_is_told_that_this_is_the_last_step(client: Client) -> None:
    assert "Étape 3 sur 3" in text_of(client.get(PAGE))


def test_a_siret_shows_what_the_registry_tells(client: Client) -> None:
    page = look_up(client, "831 352 976 00011", follow=True)
    assert page.redirect_chain == [(f"{PAGE}?siret={ACTIF_AUTO}", 302)]
    text = text_of(page)
    for fact in ("ACTIF AUTO CONTROLE", "24 AVE DE HOLLANDE", "68110 ILLZACH", "71.20A", "3 à 5 salariés", "1090"):
        assert fact in text
    assert "OPCO Mobilités" in text
    assert value_of(page, "email") == "alice@garage.example"
    assert value_of(page, "idcc") == "1090"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Indiquez le SIRET"), ("123", "14 chiffres"), ("83135297600012", "SIRET"), (CLOSED, "est fermé")],
)
def test_a_siret_that_cannot_be_is_said_beside_the_field_and_kept(client: Client, typed: str, sentence: str) -> None:
    page = look_up(client, typed)
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert page.content.decode().count("<title>Erreur : ") == 1
    assert value_of(page, "siret") == typed
    assert not Membership.objects.exists()


def test_asking_completes_the_establishment_and_waits_for_an_officer(client: Client, alice: User) -> None:
    look_up(client, ACTIF_AUTO)
    answer = ask(client, ACTIF_AUTO, headcount_exact="3", idcc="1090", email="a@b.example", phone="0389001122")
    membership = Membership.objects.get(user=alice)
    assert answer.url == f"/habilitations/{membership.pk}/demandee/"
    assert membership.state == MembershipState.PENDING
    kept = Establishment.objects.select_related("company").get(siret=ACTIF_AUTO)
    assert (kept.company.headcount_exact, kept.email, kept.phone) == (3, "a@b.example", "0389001122")
    text = text_of(client.get(answer.url))
    assert "Votre rattachement est demandé" in text
    assert "Rattachement à valider" in text
    assert "Préparer et envoyer vos demandes" in text


def test_asking_twice_is_one_request(client: Client) -> None:
    look_up(client, ACTIF_AUTO)
    assert ask(client, ACTIF_AUTO).url == ask(client, ACTIF_AUTO).url
    assert Membership.objects.count() == 1


def test_a_wrong_completion_asks_nothing_and_keeps_what_was_typed(client: Client) -> None:
    look_up(client, ACTIF_AUTO)
    page = ask(client, ACTIF_AUTO, headcount_exact="trois", email="alice", phone="06")
    assert page.status_code == 422
    assert not Membership.objects.exists()
    assert [value_of(page, name) for name in ("headcount_exact", "email", "phone")] == ["trois", "alice", "06"]
    assert "Indiquez un nombre de salariés, en chiffres." in text_of(page)
    assert "contient un « @ »" in text_of(page)


def test_the_proof_comes_with_the_request(client: Client) -> None:
    look_up(client, ACTIF_AUTO)
    ask(client, ACTIF_AUTO, proof=upload("kbis.pdf"))
    proof = Membership.objects.get().proof
    assert proof is not None
    assert proof.name == "kbis.pdf"


def test_a_refused_proof_is_said_beside_its_field_before_anything_is_kept(client: Client) -> None:
    look_up(client, ACTIF_AUTO)
    page = ask(client, ACTIF_AUTO, headcount_exact="7", proof=upload("kbis.pdf", b"MZ not a pdf"))
    assert page.status_code == 422
    assert "type de fichier n'est pas accepté" in text_of(page)
    assert value_of(page, "headcount_exact") == "7"
    assert not Membership.objects.exists()


def test_an_employer_of_another_opco_is_told_kindly_and_may_go_on(client: Client) -> None:
    page = look_up(client, ELSEWHERE, follow=True)
    assert "relève plutôt de : L’Opcommerce" in text_of(page).replace("'", "’")
    assert "Vous pouvez continuer ici" in text_of(page)
    assert ask(client, ELSEWHERE).status_code == 302


def test_the_registry_down_opens_the_same_form_by_hand(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    silence(monkeypatch)
    page = look_up(client, ACTIF_AUTO)
    assert page.status_code == 200
    assert "ne répond pas pour le moment" in text_of(page)
    assert value_of(page, "siret") == ACTIF_AUTO
    assert value_of(page, "email") == "alice@garage.example"


def test_an_unknown_siret_opens_the_same_form_by_hand(client: Client) -> None:
    page = look_up(client, UNKNOWN)
    assert "n'est pas au répertoire officiel" in text_of(page)
    assert value_of(page, "siret") == UNKNOWN


def test_what_is_keyed_by_hand_is_to_be_verified_and_asked_for(client: Client, alice: User) -> None:
    answer = client.post(PAGE, {**KEYED, "proof": upload("pouvoir.pdf")})
    made = Establishment.objects.select_related("company").get(siret=UNKNOWN)
    membership = Membership.objects.select_related("proof").get(user=alice, establishment=made)
    assert answer.url == f"/habilitations/{membership.pk}/demandee/"
    assert (made.source, made.verified, made.name) == (Source.HAND, False, "Garage du Coin")
    assert (made.company.headcount_exact, made.idcc, made.phone) == (12, "1090", "0389001122")
    assert membership.proof is not None
    assert "Nous vérifions aussi les informations" in text_of(client.get(answer.url))


def test_all_that_is_wrong_by_hand_is_said_at_once_and_nothing_is_lost(client: Client) -> None:
    wrong = {**KEYED, "siret": "12", "name": " ", "postal_code": "6811", "headcount_exact": "-1"}
    page = client.post(PAGE, wrong)
    assert page.status_code == 422
    text = text_of(page)
    assert "Indiquez le nom ou la raison sociale." in text
    for name in ("siret", "address", "postal_code", "city", "naf", "headcount_exact", "idcc", "email", "phone"):
        assert value_of(page, name) == wrong[name]
    assert page.content.decode().count('aria-invalid="true"') == 4
    assert not Establishment.objects.exists()


def test_a_hand_that_comes_second_finds_the_one_already_kept(client: Client) -> None:
    EstablishmentFactory.create(siret=UNKNOWN)
    page = client.post(PAGE, KEYED, follow=True)
    assert page.redirect_chain == [(f"{PAGE}?siret={UNKNOWN}", 302)]
    assert "déjà enregistré" in text_of(page)


def test_a_stranger_to_an_establishment_sees_nothing_that_its_people_completed(client: Client) -> None:
    place = EstablishmentFactory.create(email="prive@garage.example", phone="0612345678", siret=siret(1))
    place.company.headcount_exact, place.company.headcount_at = 4321, "2026-01-01"
    place.company.save()
    page = client.get(f"{PAGE}?siret={place.siret}")
    for private in ("prive@garage.example", "0612345678", "06 12 34 56 78", "4321", "headcount_exact"):
        assert private not in page.content.decode()
    ask(client, place.siret, email="pirate@exemple.fr", headcount_exact="1")
    place.refresh_from_db()
    assert place.email == "prive@garage.example"
    assert Membership.objects.get().state == MembershipState.PENDING


def test_somebody_already_tied_is_told_so(alice: User) -> None:
    place = EstablishmentFactory.create(siret=ACTIF_AUTO)
    page = client_of(member(place)).get(f"{PAGE}?siret={ACTIF_AUTO}")
    assert "Vous êtes déjà rattaché" in text_of(page)
    assert "Demander mon rattachement" not in text_of(page)


def test_too_many_that_wait_is_said_above_the_form(client: Client, alice: User) -> None:
    MembershipFactory.create_batch(MOST_PENDING, user=alice)
    look_up(client, ACTIF_AUTO)
    page = ask(client, ACTIF_AUTO)
    assert page.status_code == 422
    assert "beaucoup de rattachements à valider" in text_of(page)


def test_one_acts_for_the_new_establishment_at_once(alice: User) -> None:
    first = EstablishmentFactory.create(name="AAA GARAGE")
    client = client_of(member(first))
    look_up(client, ACTIF_AUTO)
    ask(client, ACTIF_AUTO)
    assert "Établissement : ACTIF AUTO CONTROLE" in text_of(client.get("/habilitations/"))


@pytest.mark.parametrize("raw", ["", "x", "0" * 300, "%00", "12345678901234"])
def test_an_address_that_names_no_establishment_shows_the_first_page(client: Client, raw: str) -> None:
    page = client.get(PAGE, {"siret": raw})
    assert page.status_code == 200
    assert "Rattacher une entreprise" in text_of(page)


def test_asking_for_what_is_not_kept_goes_back_to_the_siret(client: Client) -> None:
    assert ask(client, UNKNOWN).url == PAGE


def test_the_opcos_own_people_have_no_business_here() -> None:
    client = client_of(OpcoUserFactory.create())
    assert client.get(PAGE).status_code == 403
    assert look_up(client, ACTIF_AUTO).status_code == 403


def test_the_page_that_says_it_is_asked_is_for_its_holder_while_it_waits(client: Client) -> None:
    place = EstablishmentFactory.create()
    other = MembershipFactory.create(establishment=place)
    assert client.get(f"/habilitations/{other.pk}/demandee/").status_code == 404
    accepted = member(place)
    pk = accepted.memberships.get().pk
    assert client_of(accepted).get(f"/habilitations/{pk}/demandee/").url == "/habilitations/"
