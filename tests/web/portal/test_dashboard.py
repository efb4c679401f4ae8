"""« Mon tableau de bord », in each of its states."""

import re

import pytest
import time_machine
from django.test import Client

from openopco.accounts.models import User
from openopco.dossiers.actions import deciding
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.enums import ItemKind, State
from openopco.dossiers.models import Dossier
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.accounts.factories import UserFactory
from tests.dossiers.factories import DossierFactory, asked, complete_draft, empty_draft, number_of, sent, taken
from tests.habilitations.factories import administrator, employer
from tests.web.portal.people import browser_of, text_of

PAGE = "/tableau-de-bord/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]


def test_the_words_of_the_seed(as_alice: Client) -> None:
    text = text_of(as_alice.get(PAGE)).replace(" ,", ",")
    for words in (
        "Bienvenue sur M-Gestion",
        "M-Gestion, votre compte en ligne pour le financement et le suivi de vos formations",
        "Nouveautés !",
        "Consultez le guide utilisateur",
        "Et visualisez les nouvelles fonctionnalités mises à votre disposition.",
        "TÉLÉCHARGER",
        "+ CRÉER UNE DEMANDE",
        "Action de formation",
    ):
        assert words in text


def test_somebody_without_an_establishment_is_led_to_attach_one() -> None:
    client = Client()
    client.force_login(UserFactory.create())
    text = text_of(client.get(PAGE))
    assert "Commencez par votre entreprise" in text
    assert "CRÉER UNE DEMANDE" not in text


def test_an_establishment_without_a_request_is_told_how_to_begin(as_alice: Client) -> None:
    text = text_of(as_alice.get(PAGE))
    assert "Aucune demande pour le moment" in text
    assert "Demandes récentes" not in text


def test_an_attachment_that_waits_is_said(as_newcomer: Client, as_alice: Client) -> None:
    assert "Rattachement à valider" in text_of(as_newcomer.get(PAGE))
    assert "Rattachement à valider" not in text_of(as_alice.get(PAGE))


def test_the_button_opens_a_draft_once_however_often_it_is_clicked(as_alice: Client) -> None:
    html = as_alice.get(PAGE).content.decode()
    action = re.search(r'action="(/demandes/nouvelle/[^"]+)"', html)
    key = re.search(r'name="key" value="([^"]+)"', html)
    assert action
    assert key
    first = as_alice.post(action[1], {"key": key[1]})
    assert first["Location"] == as_alice.post(action[1], {"key": key[1]})["Location"]
    assert str(Dossier.objects.get().key) == key[1]


def test_each_page_brings_a_fresh_key(as_alice: Client) -> None:
    keys = {re.search(r'name="key" value="([^"]+)"', as_alice.get(PAGE).content.decode())[1] for _ in range(3)}  # type: ignore[index]
    assert len(keys) == 3


def test_what_waits_for_me_comes_first_with_its_term(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = asked(alice, place, olga, Point(ItemKind.PIECE, "programme", "Non signé."), title="Freinage")
    text = text_of(as_alice.get(PAGE))
    assert f"{dossier.number} · Freinage" in text
    assert "Le gestionnaire demande une pièce : Programme de l'action" in text
    assert "Répondre avant le 08/12/2026" in text
    assert f'href="/demandes/{dossier.number}/repondre/"' in as_alice.get(PAGE).content.decode()


def test_several_points_are_counted(as_alice: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    points = [Point(ItemKind.CHAMP, name, "À revoir.") for name in ("cost", "hours")]
    asked(alice, place, olga, *points, Point(ItemKind.PIECE, "programme", "Non signé."))
    assert "Le gestionnaire demande 2 corrections et une pièce" in text_of(as_alice.get(PAGE))


def test_a_draft_says_how_much_it_misses_and_when_it_was_saved(
    alice: Actor, place: Establishment, a_monday: time_machine.Traveller
) -> None:
    draft = empty_draft(alice, place)
    a_monday.shift(24 * 3600)
    html = browser_of(alice).get(PAGE)
    assert re.search(r"Il manque \d+ informations · enregistré hier à 10 h 00", text_of(html))
    assert f'href="/brouillons/{draft.key}/"' in html.content.decode()


def test_a_complete_draft_only_waits_to_be_sent(as_alice: Client, alice: Actor, place: Establishment) -> None:
    complete_draft(alice, place)
    text = text_of(as_alice.get(PAGE))
    assert "Rien ne manque : il reste à valider" in text
    assert "À valider" in text


def test_the_count_is_the_drafts_own(as_alice: Client, alice: Actor, place: Establishment) -> None:
    """Of two drafts each is counted with its own fields, people and pieces."""
    complete_draft(alice, place)
    empty_draft(alice, place)
    text = text_of(as_alice.get(PAGE))
    assert text.count("Rien ne manque") == 1
    assert text.count("Il manque ") == 1


def test_recent_requests_stand_by_state(as_alice: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    granted = taken(alice, place, olga, title="Pneumatiques")
    deciding.grant(actor=olga, number=number_of(granted), amount=granted.amount_asked)  # type: ignore[arg-type]
    sent(alice, place, title="Carrosserie")
    response = as_alice.get(PAGE)
    text = text_of(response)
    assert "Pneumatiques Début le 12/01/2027 560,00 € Accordée" in text
    assert "Carrosserie Début le 12/01/2027 560,00 € Envoyée" in text
    assert 'href="/demandes/?etat=accordee"' in response.content.decode()


def test_with_nothing_to_do_it_says_so(as_alice: Client, alice: Actor, place: Establishment) -> None:
    sent(alice, place)
    assert "Rien pour le moment : tout suit son cours." in text_of(as_alice.get(PAGE))


def test_what_does_not_fit_is_counted(as_alice: Client, alice: Actor, place: Establishment) -> None:
    for _ in range(8):
        empty_draft(alice, place)
    assert "Voir la suite (3)" in text_of(as_alice.get(PAGE))


def test_a_colleague_sees_the_same_and_a_stranger_nothing(
    as_bob: Client, as_charlie: Client, as_newcomer: Client, alice: Actor, place: Establishment
) -> None:
    sent(alice, place, title="Carrosserie")
    assert "Carrosserie" in text_of(as_bob.get(PAGE))
    assert "Carrosserie" not in text_of(as_charlie.get(PAGE))
    assert "Carrosserie" not in text_of(as_newcomer.get(PAGE))


def test_it_is_about_the_establishment_one_has_switched_to(alice: Actor, place: Establishment) -> None:
    other = DossierFactory.create(title="Ailleurs").establishment
    DossierFactory.create(establishment=place, title="Ici", state=State.TRANSMISE)
    client = browser_of(employer(other, user=User.objects.get(pk=alice.user_id)))
    session = client.session
    session["establishment_id"] = other.pk
    session.save()
    text = text_of(client.get(PAGE))
    assert "Ailleurs" in text
    assert "Ici" not in text


def test_the_opco_has_pages_of_its_own(as_olga: Client) -> None:
    assert as_olga.get(PAGE).status_code == 302
    response = browser_of(administrator()).get(PAGE)
    assert response["Location"].startswith("/administration/")


def test_one_signs_in_first() -> None:
    assert Client().get(PAGE)["Location"].startswith("/connexion/")
