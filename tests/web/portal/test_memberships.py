"""« Mes habilitations »: what each sees of his ties, the proof, the end, the switch, the establishment's data.

Alice is accepted, Bob is her colleague, Charlie waits, and Denis is a stranger."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.accounts.models import User
from openopco.habilitations.actions import end_membership, refuse_membership
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.models import Membership
from openopco.habilitations.queries import actor_for
from openopco.organisations.enums import Source
from openopco.organisations.models import Establishment
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.answers import release
from tests.documents.factories import upload
from tests.habilitations.factories import AcceptedFactory, MembershipFactory, officer
from tests.organisations.factories import EstablishmentFactory
from tests.web.visitors import client_of, kept_files, member, text_of, value_of

__all__ = ["kept_files"]
PAGE = "/habilitations/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_files")]


@pytest.fixture
def place() -> Establishment:
    return EstablishmentFactory.create(name="GARAGE DU LAC", email="lac@garage.example")


@pytest.fixture
def alice(place: Establishment) -> User:
    return member(place, first_name="Alice", last_name="Martin")


@pytest.fixture
def charlie(place: Establishment) -> User:
    return member(place, accepted=False, first_name="Charlie", last_name="Attend")


def tie(user: User) -> Membership:
    return user.memberships.get()


def test_nobody_yet_is_led_to_the_siret() -> None:
    text = text_of(client_of(UserFactory.create()).get(PAGE))
    assert "Commencez par votre entreprise" in text
    assert "Rattacher une entreprise" in text


def test_the_accepted_see_who_else_acts_and_nobody_who_waits(place: Establishment, alice: User, charlie: User) -> None:
    member(place, first_name="Bob", last_name="Petit")
    text = text_of(client_of(alice).get(PAGE))
    assert "Rattachement accepté" in text
    assert "Bob Petit" in text
    assert "Charlie" not in text


def test_who_waits_sees_no_colleague(alice: User, charlie: User) -> None:
    text = text_of(client_of(charlie).get(PAGE))
    assert "Rattachement à valider" in text
    assert "vous préparez et envoyez vos demandes" in text
    assert "Alice" not in text


def test_a_refusal_shows_its_reason_and_how_to_ask_again(charlie: User) -> None:
    refuse_membership(actor=officer(), membership_id=tie(charlie).pk, reason="Le Kbis est trop ancien.")
    page = client_of(charlie).get(PAGE)
    assert "Motif : Le Kbis est trop ancien." in text_of(page)
    assert f"/habilitations/rattacher/?siret={tie(charlie).establishment.siret}" in page.content.decode()


def test_the_number_of_queries_does_not_depend_on_the_ties(alice: User) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(PAGE).status_code == 200
        return len(seen)

    client = client_of(alice)
    client.get(PAGE)
    one = count()
    for _ in range(8):
        AcceptedFactory.create(user=alice)
        MembershipFactory.create(user=alice)
    assert count() == one
    assert one <= 8


def test_a_proof_is_joined_then_replaced_and_read_again(charlie: User) -> None:
    client, address = client_of(charlie), f"/habilitations/{tie(charlie).pk}/justificatif/"
    assert client.get(address).status_code == 404
    assert client.post(address, {"proof": upload("kbis.pdf")}).url == PAGE
    assert "kbis.pdf" in text_of(client.get(PAGE))
    client.post(address, {"proof": upload("pouvoir.pdf", upload().read() + b"\n")})
    assert tie(charlie).proof.name == "pouvoir.pdf"
    served = client.get(address)
    assert served["Content-Disposition"].startswith("attachment")
    assert b"".join(served.streaming_content).startswith(b"%PDF")
    release(served)


@pytest.mark.parametrize("sent", [{}, {"proof": "bad"}])
def test_a_proof_that_is_refused_is_said_beside_its_field(charlie: User, sent: dict[str, Any]) -> None:
    files = {"proof": upload("kbis.pdf", b"hello")} if sent else {}
    page = client_of(charlie).post(f"/habilitations/{tie(charlie).pk}/justificatif/", files)
    assert page.status_code == 422
    assert "<title>Erreur : " in page.content.decode()
    assert ("type de fichier" if sent else "Choisissez d'abord un fichier") in text_of(page)
    assert tie(charlie).proof is None


def test_a_decided_request_takes_no_proof(alice: User) -> None:
    page = client_of(alice).post(f"/habilitations/{tie(alice).pk}/justificatif/", {"proof": upload()})
    assert page.status_code == 422
    assert "a changé d'état" in text_of(page)


def test_ending_asks_first_then_counts_at_once(place: Establishment, alice: User) -> None:
    client, address = client_of(alice), f"/habilitations/{tie(alice).pk}/terminer/"
    assert "GARAGE DU LAC" in text_of(client.get(address))
    assert tie(alice).state == MembershipState.ACCEPTED
    assert client.post(address).url == PAGE
    assert tie(alice).state == MembershipState.ENDED
    assert "Vous n'agissez plus pour GARAGE DU LAC." in text_of(client.get(PAGE))
    assert client.get(f"/habilitations/etablissement/{place.pk}/").status_code == 404
    assert client.get(address).url == PAGE


@pytest.mark.parametrize("what", ["demandee/", "justificatif/", "terminer/"])
def test_a_strangers_tie_is_not_found(alice: User, what: str) -> None:
    stranger = client_of(UserFactory.create())
    assert stranger.get(f"/habilitations/{tie(alice).pk}/{what}").status_code == 404
    assert stranger.post(f"/habilitations/{tie(alice).pk}/{what}").status_code in (404, 405)
    assert tie(alice).state == MembershipState.ACCEPTED


def test_even_a_colleagues_tie_is_his_own(place: Establishment, alice: User) -> None:
    bob = member(place)
    assert client_of(bob).post(f"/habilitations/{tie(alice).pk}/terminer/").status_code == 404


def switch(client: Client, establishment: object, onward: str = "") -> Any:
    return client.post("/habilitations/etablissement/", {"establishment": establishment, "next": onward})


def test_one_switches_to_another_of_ones_establishments(alice: User) -> None:
    other = EstablishmentFactory.create(name="ZZZ GARAGE")
    AcceptedFactory.create(user=alice, establishment=other)
    client = client_of(alice)
    assert switch(client, other.pk, "/demandes/").url == "/demandes/"
    assert "Établissement : ZZZ GARAGE" in text_of(client.get(PAGE))


@pytest.mark.parametrize("onward", ["", "https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)", "x"])
def test_a_switch_never_leads_out_of_the_portal(place: Establishment, alice: User, onward: str) -> None:
    assert switch(client_of(alice), place.pk, onward).url == "/tableau-de-bord/"


@pytest.mark.parametrize("raw", ["", "x", "-1", "9" * 30, "²", "0"])
def test_one_does_not_switch_to_what_is_not_ones_own(alice: User, raw: str) -> None:
    stranger = EstablishmentFactory.create()
    assert switch(client_of(alice), raw).status_code == 404
    assert switch(client_of(alice), stranger.pk).status_code == 404


def test_switching_is_a_post(alice: User) -> None:
    assert client_of(alice).get("/habilitations/etablissement/").status_code == 405


def test_the_accepted_complete_their_establishment(place: Establishment, alice: User) -> None:
    Establishment.objects.filter(pk=place.pk).update(verified=True)
    client, address = client_of(alice), f"/habilitations/etablissement/{place.pk}/"
    assert value_of(client.get(address), "email") == "lac@garage.example"
    page = client.post(address, {"headcount_exact": "9", "idcc": "1090", "email": "", "phone": "06 12 34 56 78"})
    assert page.url == PAGE
    place.refresh_from_db()
    assert (place.company.headcount_exact, place.idcc, place.email, place.phone) == (9, "1090", "", "0612345678")


def test_identity_is_corrected_only_while_keyed_by_hand_and_unverified(place: Establishment, alice: User) -> None:
    client, address = client_of(alice), f"/habilitations/etablissement/{place.pk}/"
    assert place.source == Source.HAND
    client.post(address, {"name": "GARAGE DU GRAND LAC"})
    place.refresh_from_db()
    assert place.name == "GARAGE DU GRAND LAC"
    Establishment.objects.filter(pk=place.pk).update(verified=True)
    assert 'name="name"' not in client.get(address).content.decode()
    client.post(address, {"name": "AUTRE"})
    place.refresh_from_db()
    assert place.name == "GARAGE DU GRAND LAC"


def test_a_wrong_value_is_said_and_kept(place: Establishment, alice: User) -> None:
    page = client_of(alice).post(f"/habilitations/etablissement/{place.pk}/", {"name": "LAC", "phone": "12"})
    assert page.status_code == 422
    assert value_of(page, "phone") == "12"
    place.refresh_from_db()
    assert place.name == "GARAGE DU LAC"


def test_who_waits_sees_what_is_public_and_changes_nothing(place: Establishment, charlie: User) -> None:
    client, address = client_of(charlie), f"/habilitations/etablissement/{place.pk}/"
    page = client.get(address)
    assert "quand votre rattachement sera accepté" in text_of(page)
    assert "lac@garage.example" not in page.content.decode()
    assert client.post(address, {"email": "pirate@exemple.fr"}).status_code == 404


def test_ended_ties_are_shown_below(charlie: User) -> None:
    end_membership(actor=actor_for(charlie), membership_id=tie(charlie).pk)
    text = text_of(client_of(charlie).get(PAGE))
    assert "Refusés ou terminés" in text
    assert "Rattachement terminé" in text
    assert "Aucun rattachement en cours" in text


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", [PAGE, "/habilitations/1/terminer/", "/habilitations/etablissement/1/"])
def test_the_opcos_own_people_act_for_nobody(address: str, method: str) -> None:
    assert getattr(client_of(OpcoUserFactory.create()), method)(address).status_code in (403, 405)


def test_the_switcher_is_kept_for_everybody_but_its_token_is_each_one_s(place: Establishment, alice: User) -> None:
    Establishment.objects.filter(pk=place.pk).update(name="GARAGE <b>DU LAC</b>")
    other = EstablishmentFactory.create(name="GARAGE DU PORT")
    bob = member(place)
    for person in (alice, bob):
        AcceptedFactory.create(user=person, establishment=other)
    tokens = set()
    for person in (alice, bob):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(person)
        page = strict.get(PAGE).content.decode()
        panel = page[page.index('class="switcher-panel"') : page.index("</details>")]
        assert "GARAGE &lt;b&gt;DU LAC&lt;/b&gt;" in panel
        assert panel.count('aria-current="true"') == 1
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', panel)
        assert token
        tokens.add(token[1])
        target = re.search(r'<form method="post" action="([^"]+)"', panel)
        assert target
        answer = strict.post(target[1], {"establishment": other.pk, "csrfmiddlewaretoken": token[1]})
        assert answer.status_code == 302
        panel = strict.get(PAGE).content.decode()
        assert f'value="{other.pk}" aria-current="true"' in panel
    assert len(tokens) == 2
