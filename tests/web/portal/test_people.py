"""« Inviter et gérer les personnes », and the link that an invited person opens.

Alice administers, Bob declares, Charlie waits."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from openopco.accounts.models import User
from openopco.habilitations.enums import MembershipRole, MembershipState
from openopco.habilitations.models import Invitation, Membership
from openopco.habilitations.queries import actor_for
from openopco.mail.models import OutgoingMail
from openopco.organisations.models import Establishment
from tests.accounts.factories import UserFactory
from tests.dossiers.factories import empty_draft, write
from tests.habilitations.factories import AcceptedFactory
from tests.organisations.factories import EstablishmentFactory
from tests.web.visitors import client_of, kept_files, member, officer_client, text_of

__all__ = ["kept_files"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_files")]


@pytest.fixture
def place() -> Establishment:
    return EstablishmentFactory.create(name="GARAGE DU LAC")


@pytest.fixture
def alice(place: Establishment) -> User:
    return AcceptedFactory.create(establishment=place, role=MembershipRole.ADMINISTRATEUR).user


@pytest.fixture
def bob(place: Establishment) -> User:
    return member(place, first_name="Bob", last_name="Petit")


def page_of(place: Establishment, side: str = "habilitations/etablissement") -> str:
    return f"/{side}/{place.pk}/personnes/"


def invite(alice: User, place: Establishment, email: str = "eve@exemple.fr") -> str:
    """The path of the link that was mailed."""
    client_of(alice).post(page_of(place), {"email": email, "role": "DECLARANT"})
    found = re.search(r"/invitations/[^/]+/", OutgoingMail.objects.get(to=email).text)
    assert found
    return found[0]


def test_the_page_shows_each_person_request_and_invitation(place: Establishment, alice: User, bob: User) -> None:
    member(place, accepted=False, first_name="Charlie", last_name="Attend")
    invite(alice, place)
    for client, side in (
        (client_of(alice), "habilitations/etablissement"),
        (officer_client(), "gestion/etablissements"),
    ):
        text = text_of(client.get(page_of(place, side)))
        for told in ("Bob Petit", "Charlie Attend", "eve@exemple.fr", "Administrateur", "En attente"):
            assert told in text


def test_the_queries_do_not_depend_on_the_people(place: Establishment, alice: User) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page_of(place)).status_code == 200
        return len(seen)

    client = client_of(alice)
    client.get(page_of(place))
    one = count()
    for rank in range(6):
        member(place)
        member(place, accepted=False)
        invite(alice, place, f"e{rank}@exemple.fr")
    assert count() == one
    assert one <= 8


def test_a_declarant_has_no_such_page(place: Establishment, alice: User, bob: User) -> None:
    assert client_of(bob).get(page_of(place)).status_code == 404
    assert "Inviter et gérer" not in text_of(client_of(bob).get("/habilitations/"))
    assert "Inviter et gérer" in text_of(client_of(alice).get("/habilitations/"))


def test_a_bad_address_stays_in_its_field(place: Establishment, alice: User) -> None:
    page = client_of(alice).post(page_of(place), {"email": "eve", "role": "ADMIN"})
    assert page.status_code == 422
    assert 'value="eve"' in page.content.decode()
    assert "<title>Erreur : " in page.content.decode()
    assert not Invitation.objects.exists()


def test_the_link_asks_to_sign_in_and_names_no_address(place: Establishment, alice: User) -> None:
    link = invite(alice, place)
    page = client_of(UserFactory.create()).get(link)
    assert "autre adresse" in text_of(page)
    from django.test import Client

    page = Client().get(link)
    assert page.status_code == 200
    assert "GARAGE DU LAC" in text_of(page)
    assert "eve@exemple.fr" not in page.content.decode()
    assert f"next={link.replace('/', '%2F')}" in page.content.decode()


def test_the_invited_accepts_by_the_link_and_acts(place: Establishment, alice: User) -> None:
    link, eve = invite(alice, place), UserFactory.create(email="eve@exemple.fr")
    assert "Accepter l'invitation" in text_of(client_of(eve).get(link))
    answer = client_of(eve).post(link, {"geste": "accepter"}, follow=True)
    assert "Vous agissez désormais pour GARAGE DU LAC." in text_of(answer)
    assert Membership.objects.get(user=eve).state == MembershipState.ACCEPTED
    assert client_of(eve).get(link).status_code == 410


def test_another_account_can_t_use_the_link(place: Establishment, alice: User) -> None:
    link = invite(alice, place)
    assert client_of(UserFactory.create()).post(link).status_code == 404
    assert client_of(alice).get("/invitations/inconnu/").status_code == 404


def test_an_invitation_waits_among_one_s_own_and_may_be_declined(place: Establishment, alice: User) -> None:
    invite(alice, place)
    client = client_of(UserFactory.create(email="eve@exemple.fr"))
    assert "GARAGE DU LAC vous invite" in text_of(client.get("/habilitations/"))
    invitation = Invitation.objects.get()
    client.post(f"/habilitations/invitations/{invitation.pk}/", {"geste": "decliner"})
    invitation.refresh_from_db()
    assert invitation.state == "DECLINED"
    assert "vous invite" not in text_of(client.get("/habilitations/"))


def test_an_invitation_is_taken_back_by_who_manages(place: Establishment, alice: User, bob: User) -> None:
    invite(alice, place)
    invitation = Invitation.objects.get()
    address = f"/habilitations/etablissement/{place.pk}/invitations/{invitation.pk}/"
    assert client_of(bob).post(address, {"geste": "retirer"}).status_code == 404
    assert client_of(alice).post(address, {"geste": "autre"}).status_code == 404
    assert "est retirée" in text_of(client_of(alice).post(address, {"geste": "retirer"}, follow=True))


def test_a_person_is_promoted_then_removed(place: Establishment, alice: User, bob: User) -> None:
    tie = bob.memberships.get()
    address, client = f"{page_of(place)}{tie.pk}/", client_of(alice)
    client.post(address, {"geste": "administrateur"})
    tie.refresh_from_db()
    assert tie.role == MembershipRole.ADMINISTRATEUR
    assert client_of(bob).get("/demandes/").status_code == 200
    client.post(address, {"geste": "terminer"})
    tie.refresh_from_db()
    assert tie.state == MembershipState.ENDED


def test_the_last_administrator_is_told_why_he_stays(place: Establishment, alice: User, bob: User) -> None:
    tie = alice.memberships.get()
    page = client_of(alice).post(f"{page_of(place)}{tie.pk}/", {"geste": "declarant"})
    assert page.status_code == 422
    assert "nommez d'abord un autre administrateur" in text_of(page)
    page = client_of(alice).post(f"/habilitations/{tie.pk}/terminer/", follow=True)
    assert "nommez d'abord un autre administrateur" in text_of(page)


def test_who_asks_is_answered_by_the_administrator(place: Establishment, alice: User) -> None:
    charlie = member(place, accepted=False, first_name="Charlie")
    address = f"{page_of(place)}{charlie.memberships.get().pk}/"
    page = client_of(alice).post(address, {"geste": "refuser", "reason": ""})
    assert page.status_code == 422
    page = client_of(alice).post(address, {"geste": "refuser", "reason": "x" * 501})
    assert "500 caractères au plus, et il en compte 501." in page.content.decode()
    assert "x" * 501 in page.content.decode()
    client_of(alice).post(address, {"geste": "accepter"})
    assert charlie.memberships.get().state == MembershipState.ACCEPTED


def test_a_person_of_elsewhere_is_not_there(place: Establishment, alice: User) -> None:
    other = AcceptedFactory.create()
    assert client_of(alice).get(f"{page_of(place)}{other.pk}/").status_code == 404


def test_a_colleague_goes_on_with_the_draft_of_somebody_who_left(place: Establishment, alice: User) -> None:
    left = AcceptedFactory.create(establishment=place)
    draft = empty_draft(actor_for(left.user), place)
    step = reverse("portal:step", args=[draft.key, "formation"])
    client_of(alice).post(f"{page_of(place)}{left.pk}/", {"geste": "terminer"})
    assert client_of(left.user).get(step).status_code == 404
    write(draft, actor_for(alice), {"title": "Soudure à l'arc"})
    assert "Soudure à l'arc" in html.unescape(client_of(alice).get(step).content.decode())


@pytest.mark.parametrize("gesture", ["", "terminer"])
def test_somebody_of_another_establishment_of_ones_own_is_not_on_this_one_s_page(
    place: Establishment, alice: User, gesture: str
) -> None:
    other = EstablishmentFactory.create()
    AcceptedFactory.create(establishment=other, user=alice, role=MembershipRole.ADMINISTRATEUR)
    elsewhere = AcceptedFactory.create(establishment=other)
    browser = client_of(alice)
    assert browser.get(f"{page_of(other)}{elsewhere.pk}/").status_code == 200
    wrong = f"{page_of(place)}{elsewhere.pk}/"
    answer = browser.post(wrong, {"geste": gesture}) if gesture else browser.get(wrong)
    assert answer.status_code == 404
    assert Membership.objects.get(pk=elsewhere.pk).state == MembershipState.ACCEPTED
