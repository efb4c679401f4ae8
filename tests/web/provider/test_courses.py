"""The provider's pages: what was granted where it teaches, and none of the rest."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.accounts.models import User
from openopco.dossiers.actions import deciding
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.organisations.models import Provider
from tests.accounts.factories import UserFactory
from tests.dossiers.factories import NIR, PERSON, DossierFactory, garage, number_of, taken
from tests.habilitations.factories import (
    AcceptedFactory,
    AcceptedTeacherFactory,
    StaffRoleFactory,
    TeacherFactory,
    employer,
    officer,
)
from tests.organisations.factories import ProviderFactory
from tests.web.visitors import client_of, kept_files, text_of

__all__ = ["kept_files"]
HOME, LIST = "/organisme/", "/organisme/dossiers/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_files")]


@pytest.fixture
def school() -> Provider:
    return ProviderFactory.create(name="ÉCOLE DU RAIL")


@pytest.fixture
def tess(school: Provider) -> User:
    return AcceptedTeacherFactory.create(provider=school).user


@pytest.fixture
def client(tess: User) -> Client:
    return client_of(tess)


@pytest.fixture
def pending(school: Provider) -> Client:
    return client_of(TeacherFactory.create(provider=school).user)


def granted(school: Provider, **given: Any) -> Dossier:
    return DossierFactory.create(**{"state": State.ACCORDEE, "provider": school, **given})


def private_request() -> Dossier:
    """Granted, with all that its provider must not read."""
    place, desk = garage(), officer()
    words = {"comment": "Notre budget est serré", "cost": "987,65", "repas_quantity": "3", "repas_amount": "43,21"}
    person = {**PERSON, "rqth": "oui", "employee_number": "MAT-4417", "city": "Kembs"}
    dossier = taken(employer(place), place, desk, people=(person,), **words)
    return deciding.grant(actor=desk, number=number_of(dossier), amount=Decimal("512.34"), reason="Plafond.")


def test_the_page_of_a_request_says_who_when_how_long_for_whom(client: Client) -> None:
    dossier = private_request()
    tess = client_of(AcceptedTeacherFactory.create(provider=dossier.provider).user)
    for address in (f"{LIST}{dossier.number}/", LIST, HOME):
        text = text_of(tess.get(address))
        for told in ("Contrôle technique : mise à jour", "12/01/2027", "13/01/2027", "14 h", "Zoé Müller"):
            assert told in text, (address, told)
        assert dossier.employer_name in text
        assert "Accordée" in text


DRAWN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"')


def test_nothing_private_stands_on_any_of_its_pages() -> None:
    dossier = private_request()
    tess = client_of(AcceptedTeacherFactory.create(provider=dossier.provider).user)
    for address in (f"{LIST}{dossier.number}/", LIST, HOME):
        # What is drawn at random may hold any two letters.
        page = DRAWN.sub("", tess.get(address).content.decode())
        for private in (
            NIR[:7],
            "05/01/1995",
            "1995",
            "OQ",
            "ualifié",
            "handicap",
            "RQTH",
            "budget",
            "987",
            "512",
            "43,21",
            "MAT-4417",
            "Kembs",
            "garage@exemple.fr",
            "effectif",
        ):
            assert private not in page, (address, private)


def test_a_stranger_and_who_waits_get_404_and_the_opco_403(school: Provider, pending: Client) -> None:
    address = f"{LIST}{granted(school).number}/"
    stranger = client_of(AcceptedTeacherFactory.create().user)
    customer = client_of(AcceptedFactory.create().user)
    for visitor in (stranger, customer, pending):
        assert visitor.get(address).status_code == 404
    assert client_of(StaffRoleFactory.create(role="gestionnaire").user).get(address).status_code == 403
    assert Client().get(address)["Location"].startswith("/connexion/")


def test_a_request_that_is_only_asked_is_not_there(client: Client, school: Provider) -> None:
    for state in (State.TRANSMISE, State.EN_INSTRUCTION, State.COMPLEMENT_DEMANDE, State.REFUSEE):
        asked = DossierFactory.create(state=state, provider=school)
        assert client.get(f"{LIST}{asked.number}/").status_code == 404
    assert "Aucun dossier accordé pour le moment" in text_of(client.get(LIST))


def test_the_employer_s_pages_of_what_it_teaches_stay_closed(school: Provider) -> None:
    dossier = private_request()
    tess = client_of(AcceptedTeacherFactory.create(provider=dossier.provider).user)
    for page in ("", "accuse-reception.pdf", "lettres/1.pdf", "decisions/1/", "modification/", "repondre/"):
        assert tess.get(f"/demandes/{dossier.number}/{page}").status_code == 404, page
    assert tess.post(f"/demandes/{dossier.number}/archive/").status_code == 404


def test_who_waits_is_told_so_and_sees_no_request(pending: Client, school: Provider) -> None:
    dossier = granted(school)
    for address in (HOME, LIST):
        text = text_of(pending.get(address))
        assert "vérifie que vous agissez pour ÉCOLE DU RAIL" in text
        assert str(dossier.number) not in text
    assert "ÉCOLE DU RAIL" in text_of(pending.get(f"/organisme/{school.pk}/"))


def test_the_identity_of_another_provider_is_not_there(client: Client) -> None:
    assert client.get(f"/organisme/{ProviderFactory.create().pk}/").status_code == 404


def test_the_list_is_searched_and_narrowed_and_says_how_many(client: Client, school: Provider) -> None:
    wanted, other = granted(school, title="Soudure aluminium"), granted(school)
    Dossier.objects.filter(pk=other.pk).update(state=State.CADUQUE)
    text = text_of(client.get(f"{LIST}?q=aluminium"))
    assert str(wanted.number) in text
    assert str(other.number) not in text
    assert "1 dossier" in text
    assert "Accord caduc" in text_of(client.get(f"{LIST}?etat=caduque"))
    assert "Aucun dossier ne correspond" in text_of(client.get(f"{LIST}?etat=annulee"))
    assert "2 dossiers" in text_of(client.get(f"{LIST}?etat=brouillon"))


def test_the_list_goes_on_by_pages(client: Client, school: Provider) -> None:
    for day in range(1, 28):
        granted(school, updated_at=datetime(2026, 11, day, 9, tzinfo=UTC))
    first = client.get(LIST)
    assert first.content.decode().count('data-label="Formation"') == 25
    second = client.get(LIST, {"after": first.context["page"].next})
    assert second.content.decode().count('data-label="Formation"') == 2


def test_a_page_costs_the_same_whatever_it_lists(client: Client, school: Provider) -> None:
    client.get(LIST)
    counts = []
    for more in (1, 9):
        for _ in range(more):
            granted(school)
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_menu_follows_what_one_now_acts_for(school: Provider) -> None:
    both, place = UserFactory.create(), garage(name="GARAGE DU LAC")
    AcceptedFactory.create(user=both, establishment=place)
    AcceptedTeacherFactory.create(user=both, provider=school)
    browser = client_of(both)
    assert "Mes demandes" in text_of(browser.get("/tableau-de-bord/"))
    assert browser.get(HOME)["Location"] == "/tableau-de-bord/"
    page = browser.post(
        "/habilitations/etablissement/", {"organisme": school.pk, "next": "/tableau-de-bord/"}, follow=True
    )
    assert page.redirect_chain == [("/tableau-de-bord/", 302), (HOME, 302)]
    assert "Mes dossiers" in text_of(page)
    assert "Mes demandes" not in text_of(page)
    back = browser.post("/habilitations/etablissement/", {"establishment": place.pk, "next": HOME}, follow=True)
    assert back.redirect_chain[-1] == ("/tableau-de-bord/", 302)
    stranger = ProviderFactory.create().pk
    assert browser.post("/habilitations/etablissement/", {"organisme": stranger}).status_code == 404


def test_its_administrator_says_who_acts_for_it(school: Provider) -> None:
    head = AcceptedTeacherFactory.create(provider=school, role="ADMIN")
    asks = TeacherFactory.create(provider=school)
    browser, people = client_of(head.user), f"/organisme/{school.pk}/personnes/"
    assert f'href="{people}"' in browser.get("/habilitations/").content.decode()
    page = browser.get(people)
    assert "Demandent à agir" in text_of(page)
    assert "Administrateur de l'organisme" in text_of(page)
    browser.post(f"{people}{asks.pk}/", {"geste": "accepter"})
    asks.refresh_from_db()
    assert asks.state == "ACCEPTED"
    browser.post(people, {"email": "formateur@exemple.fr", "role": "DECLARANT"})
    assert "formateur@exemple.fr" in text_of(browser.get(people))
    assert client_of(asks.user).get(people).status_code == 404


def test_a_lapsed_agreement_says_what_to_do(client: Client, school: Provider) -> None:
    dossier = granted(school)
    Dossier.objects.filter(pk=dossier.pk).update(state=State.CADUQUE)
    text = text_of(client.get(f"{LIST}{dossier.number}/"))
    assert "L'accord n'est plus valable" in text
