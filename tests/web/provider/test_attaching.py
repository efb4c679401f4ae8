"""« Rattacher un organisme de formation », from the account to the officer's answer."""

import pytest
from django.test import Client

from openopco.accounts.models import User
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.models import Membership
from openopco.kernel.errors import Unavailable
from openopco.organisations import registries
from openopco.organisations.models import Provider
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.documents.factories import upload
from tests.habilitations.factories import TeacherFactory
from tests.organisations.factories import AXEPT, ProviderFactory
from tests.web.visitors import client_of, kept_files, officer_client, text_of, value_of

__all__ = ["kept_files"]
PAGE = "/organisme/rattacher/"
UNKNOWN = "73282932000074"
KEYED = {
    "geste": "saisir",
    "siret": UNKNOWN,
    "name": "École du Coin",
    "nda": "42680000068",
    "address": "4 rue des Lilas",
    "postal_code": "68110",
    "city": "Illzach",
    "email": "contact@ecole.example",
    "phone": "03 89 00 11 22",
}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_files")]


@pytest.fixture
def tess() -> User:
    return UserFactory.create(first_name="Tess", last_name="Roux", email="tess@ecole.example")


@pytest.fixture
def client(tess: User) -> Client:
    return client_of(tess)


def test_sign_up_lets_one_come_for_a_provider(client: Client) -> None:
    page = Client().get("/inscription/")
    assert f'href="/inscription/?next={PAGE}"' in page.content.decode()
    chosen = text_of(Client().get(f"/inscription/?next={PAGE}"))
    assert "rattacher votre organisme de formation" in chosen
    assert f'href="{PAGE}"' in client.get("/habilitations/").content.decode()


def test_from_the_siret_to_the_officer_s_answer(client: Client, tess: User) -> None:
    page = client.post(PAGE, {"geste": "chercher", "siret": "834 267 023 00028"}, follow=True)
    assert page.redirect_chain == [(f"{PAGE}?siret={AXEPT}", 302)]
    assert Provider.objects.get(siret=AXEPT).name in text_of(page)
    asked = client.post(PAGE, {"geste": "demander", "siret": AXEPT, "proof": upload()}, follow=True)
    assert "Votre rattachement est demandé" in text_of(asked)
    assert "Vous verrez les dossiers accordés" in text_of(asked)
    membership = Membership.objects.get(user=tess)
    assert membership.provider is not None
    assert membership.state == MembershipState.PENDING
    assert membership.proof is not None
    desk = officer_client()
    listed = text_of(desk.get("/gestion/rattachements/"))
    assert "Organisme de formation" in listed
    one = text_of(desk.get(f"/gestion/rattachements/{membership.pk}/"))
    assert "L'organisme de formation" in one
    assert "834 267 023 00028" in one
    accepted = {"proof": str(membership.proof.key), "note": "Kbis lu."}
    answer = desk.post(f"/gestion/rattachements/{membership.pk}/accepter/", accepted, follow=True)
    assert f"Tess Roux agit désormais pour {membership.provider.name}" in text_of(answer)
    assert "Aucun dossier accordé pour le moment" in text_of(client.get("/tableau-de-bord/", follow=True))


def test_refused_one_reads_why_and_may_ask_again(client: Client, tess: User) -> None:
    membership = TeacherFactory.create(user=tess)
    page = f"/gestion/rattachements/{membership.pk}/refuser/"
    officer_client().post(page, {"reason": "Nous ne trouvons pas votre nom."})
    told = client.get("/habilitations/")
    assert "Nous ne trouvons pas votre nom." in text_of(told)
    assert f'href="{PAGE}?siret={membership.organisation.siret}"' in told.content.decode()


@pytest.mark.parametrize(("typed", "sentence"), [("", "Indiquez le SIRET"), ("123", "14 chiffres")])
def test_a_siret_that_cannot_be_is_said_beside_the_field_and_kept(client: Client, typed: str, sentence: str) -> None:
    page = client.post(PAGE, {"geste": "chercher", "siret": typed})
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert value_of(page, "siret") == typed


def test_the_registry_silent_one_keys_it_by_hand(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_: str) -> None:
        raise Unavailable

    monkeypatch.setattr(registries, "lookup_provider", silent)
    page = client.post(PAGE, {"geste": "chercher", "siret": UNKNOWN})
    assert page.status_code == 200
    assert "ne répond pas" in text_of(page)
    assert value_of(page, "siret") == UNKNOWN
    client.post(PAGE, KEYED)
    made = Provider.objects.get(siret=UNKNOWN)
    assert (made.name, made.verified) == ("École du Coin", False)
    assert Membership.objects.get().provider == made


def test_a_wrong_field_is_said_and_nothing_typed_is_lost(client: Client) -> None:
    page = client.post(PAGE, {**KEYED, "nda": "12", "proof": upload(name="virus.exe", content=b"MZ")})
    assert page.status_code == 422
    assert value_of(page, "name") == "École du Coin"
    assert value_of(page, "nda") == "12"
    assert Membership.objects.count() == 0
    assert Provider.objects.count() == 0


def test_keyed_though_known_one_is_led_to_it(client: Client) -> None:
    known = ProviderFactory.create(siret=UNKNOWN)
    page = client.post(PAGE, KEYED, follow=True)
    assert page.redirect_chain == [(f"{PAGE}?siret={UNKNOWN}", 302)]
    assert known.name in text_of(page)


def test_who_is_tied_already_is_told_so(client: Client, tess: User) -> None:
    membership = TeacherFactory.create(user=tess)
    page = client.get(PAGE, {"siret": membership.organisation.siret})
    assert "Vous êtes déjà rattaché à cet organisme" in text_of(page)
    assert "Demander mon rattachement" not in text_of(page)


def test_one_ends_it_oneself(client: Client, tess: User) -> None:
    membership = TeacherFactory.create(user=tess)
    address = f"/habilitations/{membership.pk}/terminer/"
    assert "Vous ne verrez plus les dossiers" in text_of(client.get(address))
    client.post(address)
    membership.refresh_from_db()
    assert membership.state == MembershipState.ENDED


def test_the_opco_s_people_attach_nothing() -> None:
    assert client_of(OpcoUserFactory.create()).get(PAGE).status_code == 403


def test_an_officer_repairs_the_people_of_a_provider() -> None:
    membership = TeacherFactory.create()
    people = f"/gestion/etablissements/organismes/{membership.provider_id}/personnes/"
    page = officer_client().get(people)
    assert "Demandent à agir" in text_of(page)
    assert membership.organisation.name in text_of(page)
