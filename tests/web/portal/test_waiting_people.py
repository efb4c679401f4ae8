"""While somebody's attachment waits: what the pages show him, and what they show the employer of him."""

import pytest
from django.test import Client

from openopco.dossiers.actions import corrections, holding
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.enums import ItemKind, State
from openopco.dossiers.models import Dossier, DraftField, pieces_of
from openopco.habilitations.actions import accept_membership
from openopco.habilitations.models import Membership
from openopco.organisations.actions import complete_establishment
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import empty_draft, number_of, sent
from tests.web.portal.people import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]
MARK = "Envoyée par une personne dont le rattachement n'est pas validé"
CLOSED = "Lisible une fois le rattachement validé"


def page_of(dossier: Dossier) -> str:
    return f"/demandes/{dossier.number}/"


def test_the_employer_sees_who_files_in_his_name_and_what_to_do(
    as_alice: Client, as_newcomer: Client, newcomer: Actor, place: Establishment
) -> None:
    dossier = sent(newcomer, place)
    for page in ("/demandes/", "/tableau-de-bord/", page_of(dossier)):
        assert MARK in text_of(as_alice.get(page)), page
        assert MARK not in text_of(as_newcomer.get(page)), page
    assert "Écrivez-le-nous dans un message" in text_of(as_alice.get(page_of(dossier)))


def test_nothing_is_said_once_the_attachment_is_accepted(
    as_alice: Client, newcomer: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = sent(newcomer, place)
    membership = Membership.objects.get(user_id=newcomer.user_id)
    accept_membership(actor=olga, membership_id=membership.pk, note="Vérifié par téléphone avec le dirigeant.")
    joined = pieces_of(dossier.pk).get()
    text = text_of(as_alice.get(page_of(dossier)))
    assert MARK not in text
    assert CLOSED not in text
    assert f"/documents/{joined.key}/" in as_alice.get(page_of(dossier)).content.decode()


def test_his_pieces_have_no_address_for_his_colleagues(
    as_alice: Client, as_newcomer: Client, newcomer: Actor, place: Establishment
) -> None:
    dossier = sent(newcomer, place)
    joined = pieces_of(dossier.pk).get()
    seen = as_alice.get(page_of(dossier))
    assert CLOSED in text_of(seen)
    assert str(joined.key) not in seen.content.decode()
    assert as_alice.get(f"/documents/{joined.key}/").status_code == 404
    assert str(joined.key) in as_newcomer.get(page_of(dossier)).content.decode()


def test_nor_on_the_page_of_an_answer(as_alice: Client, newcomer: Actor, olga: Actor, place: Establishment) -> None:
    dossier = holding.take(actor=olga, number=number_of(sent(newcomer, place)))
    points = [Point(ItemKind.PIECE, "programme", "Il est illisible.")]
    corrections.ask(actor=olga, number=number_of(dossier), points=points)
    page = as_alice.get(f"{page_of(dossier)}repondre/")
    assert CLOSED in text_of(page)
    assert f"/documents/{pieces_of(dossier.pk).get().key}/" not in page.content.decode()
    assert MARK in text_of(as_alice.get("/tableau-de-bord/"))


def test_his_drafts_are_nowhere_for_his_colleagues(as_alice: Client, newcomer: Actor, place: Establishment) -> None:
    draft = empty_draft(newcomer, place)
    assert "Brouillon" not in text_of(as_alice.get("/demandes/"))
    assert str(draft.key) not in as_alice.get("/tableau-de-bord/").content.decode()
    for page in ("", "employeur/", "synthese/"):
        assert as_alice.get(f"/brouillons/{draft.key}/{page}").status_code == 404, page


def test_no_page_of_his_draft_tells_what_the_employer_s_people_typed(
    as_newcomer: Client, newcomer: Actor, place: Establishment
) -> None:
    draft = empty_draft(newcomer, place)
    for page in ("employeur/", "formation/", "stagiaires/", "pieces/", "synthese/"):
        shown = as_newcomer.get(f"/brouillons/{draft.key}/{page}", follow=True).content.decode()
        assert "garage@exemple.fr" not in shown, page
        assert "89 00 00 00" not in shown.replace("\u202f", " ").replace("\u00a0", " "), page
    assert not DraftField.objects.filter(
        dossier=draft, name__in=["contact_email", "contact_phone", "headcount"]
    ).exists()


def test_who_recorded_the_establishment_no_longer_changes_what_a_colleague_completed(
    as_newcomer: Client, newcomer: Actor, alice: Actor, place: Establishment
) -> None:
    Establishment.objects.filter(pk=place.pk).update(created_by=newcomer.user_id)
    page = f"/habilitations/etablissement/{place.pk}/"
    mine = as_newcomer.get(page)
    assert 'name="email"' in mine.content.decode()
    complete_establishment(actor=alice, establishment_id=place.pk, email="direction@exemple.fr")
    theirs = as_newcomer.get(page)
    assert "direction@exemple.fr" not in theirs.content.decode()
    assert 'name="email"' not in theirs.content.decode()
    assert as_newcomer.post(page, {"email": "moi@exemple.fr"}).status_code == 404
    place.refresh_from_db()
    assert place.email == "direction@exemple.fr"


def test_a_refused_nir_stays_on_the_page_and_nowhere_else(as_alice: Client, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    typed = "Numéro 2 95 01 99 126 111 46, à annuler."
    refused = as_alice.post(f"{page_of(dossier)}annuler/", {"motif": typed})
    assert refused.status_code == 422
    assert "N'écrivez pas de numéro de sécurité sociale ici" in text_of(refused)
    assert typed in refused.content.decode()
    dossier.refresh_from_db()
    assert dossier.state == State.TRANSMISE


def test_an_autosave_says_it_by_the_field(as_alice: Client, alice: Actor, place: Establishment) -> None:
    draft = empty_draft(alice, place)
    sent_ = {"name": "comment", "value": "295019912611146", "revision": "0"}
    answer = as_alice.post(f"/brouillons/{draft.key}/champ/", sent_)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("N'écrivez pas de numéro de sécurité sociale ici")
    assert not DraftField.objects.filter(dossier=draft, name="comment").exists()
