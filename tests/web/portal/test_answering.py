"""« Répondre au gestionnaire »: only what was asked can be changed, and the answer is sent whole or not at all."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.test import Client

from openopco.dossiers.actions import corrections, talking
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.enums import ItemKind, State
from openopco.dossiers.models import Dossier, DraftField, DraftRow, Message, pieces_of
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.documents.factories import upload
from tests.dossiers.factories import NIR, NOW, OTHER_NIR, PERSON, asked, in_state, number_of, piece, taken
from tests.web.portal.drafting import form_of
from tests.web.portal.people import browser_of, text_of, title_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]
COST = Point(ItemKind.CHAMP, "cost", "Le devis dit 650 €.")
PROGRAMME = Point(ItemKind.PIECE, "programme", "Non signé.")


def page_of(dossier: Dossier) -> str:
    return f"/demandes/{dossier.number}/repondre/"


def ask(alice: Actor, place: Establishment, olga: Actor, *points: Point, row: tuple[str, ...] = ()) -> Dossier:
    """A correction asked on `points`, and on the fields `row` of the first trainee."""
    dossier = taken(alice, place, olga, people=(PERSON, {**PERSON, "first_name": "Léa", "last_name": "Petit"}))
    key = first_row(dossier)
    asked_points = [*points, *(Point(ItemKind.CHAMP, name, f"Motif {name}.", row=key) for name in row)]
    corrections.ask(actor=olga, number=number_of(dossier), points=asked_points, message="Bonjour.")
    dossier.refresh_from_db()
    return dossier


def first_row(dossier: Dossier) -> str:
    return DraftRow.objects.filter(dossier=dossier).order_by("position").values_list("key", flat=True)[0]


def stored(dossier: Dossier, name: str, row: str = "") -> str:
    return DraftField.objects.get(dossier=dossier, name=name, row=row).value


def state_of(dossier: Dossier) -> str:
    return Dossier.objects.get(pk=dossier.pk).state


# --- the page --------------------------------------------------------------------------------------------------------


def test_each_point_shows_its_reason_and_what_was_sent(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    text = text_of(as_alice.get(page_of(ask(alice, place, olga, COST, PROGRAMME, row=("birth_date",)))))
    for words in (
        "Le gestionnaire vous écrit Bonjour.",
        "Le devis dit 650 €. Ce que vous avez envoyé 560,00 €",
        "Date de naissance – Zoé Müller",
        "Motif birth_date. Ce que vous avez envoyé 05/01/1995",
        "Une pièce vous est demandée Non signé.",
        "avant le 08/12/2026",
    ):
        assert words in text


def test_only_what_was_asked_has_a_control(as_alice: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = ask(alice, place, olga, COST, row=("sex",))
    html = as_alice.get(page_of(dossier)).content.decode()
    names = set(re.findall(r'(?<!hidden" )name="(?!revision:)([^"]+)"', html)) - {
        "csrfmiddlewaretoken",
        "next",
        "viewport",
    }
    controls = {name for name in names if not name.startswith(("theme", "htmx", "establishment"))}
    assert controls == {"cost", f"{first_row(dossier)}-sex", "message", "garder"}
    assert "data-upload" not in html


def test_two_trainees_may_be_asked_the_same_field(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga, people=(PERSON, {**PERSON, "first_name": "Léa"}))
    rows = list(DraftRow.objects.filter(dossier=dossier).order_by("position").values_list("key", flat=True))
    points = [Point(ItemKind.CHAMP, "sex", "À revoir.", row=row) for row in rows]
    corrections.ask(actor=olga, number=number_of(dossier), points=points)
    html = as_alice.get(page_of(dossier)).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    sent = {
        f"{rows[0]}-sex": "F",
        f"revision:{rows[0]}-sex": "1",
        f"{rows[1]}-sex": "M",
        f"revision:{rows[1]}-sex": "1",
    }
    as_alice.post(page_of(dossier), {**sent, "garder": "1"})
    assert [stored(dossier, "sex", row) for row in rows] == ["F", "M"]


# --- saved as one types ----------------------------------------------------------------------------------------------


def test_it_saves_as_one_types_and_says_what_cannot_be_read(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, COST, row=("birth_date",))
    url = re.search(r'data-autosave-url="([^"]+)"', as_alice.get(page_of(dossier)).content.decode())
    assert url
    answer = as_alice.post(url[1], {"name": "cost", "value": "650,00", "revision": "1"}).json()
    assert (answer["revision"], answer["error"]) == (2, "")
    named = f"{first_row(dossier)}-birth_date"
    answer = as_alice.post(url[1], {"name": named, "value": "31/02/1995", "revision": "1"}).json()
    assert answer["error"] == "Le 31/02/1995 n'existe pas."
    assert stored(dossier, "birth_date", first_row(dossier)) == "31/02/1995"
    assert "Le 31/02/1995 n'existe pas." in text_of(as_alice.get(page_of(dossier)))


def test_what_was_not_asked_is_not_saved(as_alice: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = ask(alice, place, olga, COST)
    url = f"/brouillons/{dossier.key}/champ/"
    refused = as_alice.post(url, {"name": "hours", "value": "99", "revision": "1"})
    assert refused.status_code == 422
    as_alice.post(page_of(dossier), {"hours": "99", "revision:hours": "1", "garder": "1"})
    assert stored(dossier, "hours") == "14"


def test_two_windows_choose_between_both_values(
    as_alice: Client, as_bob: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, COST)
    as_bob.post(page_of(dossier), {"cost": "640", "revision:cost": "1", "garder": "1"})
    response = as_alice.post(page_of(dossier), {"cost": "650", "revision:cost": "1"})
    assert response.status_code == 422
    assert "que gardez-vous ?" in text_of(response)
    assert stored(dossier, "cost") == "640"
    as_alice.post(page_of(dossier), {"cost": "650", "revision:cost": "2", "keep:cost": "mine", "garder": "1"})
    assert stored(dossier, "cost") == "650"
    as_bob.post(page_of(dossier), {"cost": "640", "revision:cost": "3", "keep:cost": "theirs", "garder": "1"})
    assert stored(dossier, "cost") == "650"


def test_what_one_window_left_alone_stays_the_other_s_and_no_text_is_cut(
    as_alice: Client, as_bob: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, COST, row=("last_name",))
    opened, name = form_of(as_alice.get(page_of(dossier))), f"{first_row(dossier)}-last_name"
    as_bob.post(page_of(dossier), {"cost": "640", "revision:cost": "1", "garder": "1"})
    response = as_alice.post(page_of(dossier), {**opened, name: "b" * 9000, "garder": "1"})
    assert response.status_code == 422
    assert "Ce texte est trop long : 100 caractères au plus." in text_of(response)
    assert form_of(response)[name] == "b" * 9000
    assert stored(dossier, "last_name", first_row(dossier)) == "Müller"
    assert (form_of(response)["cost"], stored(dossier, "cost")) == ("640", "640")


def test_saving_without_sending_keeps_and_sends_nothing(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, COST)
    response = as_alice.post(page_of(dossier), {"cost": "650", "revision:cost": "1", "garder": "1"}, follow=True)
    assert "Elles ne sont pas encore envoyées." in text_of(response)
    assert 'value="650"' in response.content.decode()
    assert state_of(dossier) == State.COMPLEMENT_DEMANDE


# --- sent ------------------------------------------------------------------------------------------------------------


def test_the_answer_is_sent_and_the_request_follows(
    as_bob: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, COST)
    response = as_bob.post(page_of(dossier), {"cost": "650,00", "revision:cost": "1"}, follow=True)
    assert response.redirect_chain == [(f"/demandes/{dossier.number}/", 302)]
    assert "Votre réponse est envoyée." in text_of(response)
    assert "650,00 € HT" in text_of(response)
    assert state_of(dossier) == State.EN_INSTRUCTION


def test_points_left_alone_are_said_beside_each(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, COST, PROGRAMME, row=("sex",))
    response = as_alice.post(page_of(dossier), {"cost": "650", "revision:cost": "1"})
    assert response.status_code == 422
    assert title_of(response).startswith("Erreur : Répondre")
    text, html = text_of(response), response.content.decode()
    assert text.count("« Sexe » attend votre réponse") == 2
    assert text.count("« Programme de l'action » : joignez une nouvelle pièce") == 2
    assert "« Coût pédagogique de l'action HT » attend" not in text
    for target in (f"id_{first_row(dossier)}-sex", "zone-programme"):
        assert f'href="#{target}"' in html
        assert f'id="{target}"' in html
    assert state_of(dossier) == State.COMPLEMENT_DEMANDE
    assert stored(dossier, "cost") == "650"


def test_a_message_answers_for_what_was_right(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, COST)
    page = {"cost": "560,00", "revision:cost": "1", "message": "Le coût est le bon."}
    assert as_alice.post(page_of(dossier), page).status_code == 302
    assert Message.objects.get().body == "Le coût est le bon."
    assert state_of(dossier) == State.EN_INSTRUCTION


def test_a_message_goes_along_with_a_correction(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, COST)
    as_alice.post(page_of(dossier), {"cost": "650", "revision:cost": "1", "message": "Voilà."})
    assert Message.objects.get().body == "Voilà."
    assert state_of(dossier) == State.EN_INSTRUCTION


def test_what_the_answer_breaks_is_said_and_the_message_waits(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, COST)
    response = as_alice.post(page_of(dossier), {"cost": "gratuit", "revision:cost": "1", "message": "Voilà."})
    assert response.status_code == 422
    assert "Voilà." in response.content.decode()
    assert 'value="gratuit"' in response.content.decode()
    assert 'href="#id_cost"' in response.content.decode()
    assert not Message.objects.exists()
    assert state_of(dossier) == State.COMPLEMENT_DEMANDE


def test_what_breaks_elsewhere_is_said_too(as_alice: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    """The start asked alone may pass the end, which is not on the page."""
    dossier = ask(alice, place, olga, Point(ItemKind.CHAMP, "starts_on", "Décalée ?"))
    response = as_alice.post(page_of(dossier), {"starts_on": "20/01/2027", "revision:starts_on": "1"})
    assert response.status_code == 422
    assert "La fin (13/01/2027) précède le début (20/01/2027)." in text_of(response)


def test_too_long_a_message_is_refused_and_kept(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, COST)
    response = as_alice.post(page_of(dossier), {"cost": "560,00", "revision:cost": "1", "message": "x" * 4001})
    assert response.status_code == 422
    assert "Ce message est trop long" in text_of(response)
    assert "x" * 4001 in response.content.decode()
    assert state_of(dossier) == State.COMPLEMENT_DEMANDE


# --- pieces ----------------------------------------------------------------------------------------------------------


def test_a_piece_joined_answers_and_only_it_may_be_taken_off(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment, a_monday: time_machine.Traveller
) -> None:
    dossier = ask(alice, place, olga, PROGRAMME)
    pieces_of(dossier.pk).update(created_at=NOW - timedelta(days=1))
    before = pieces_of(dossier.pk).get()
    a_monday.shift(60)
    zone = f"/brouillons/{dossier.key}/pieces/programme/"
    response = as_alice.post(zone, {"file": upload("signe.pdf")})
    assert response["Location"] == f"{page_of(dossier)}#zone-programme"
    after = pieces_of(dossier.pk).exclude(pk=before.pk).get()
    html = as_alice.get(page_of(dossier)).content.decode()
    assert f'name="remove" value="{after.key}"' in html
    assert f'name="remove" value="{before.key}"' not in html
    assert as_alice.post(page_of(dossier)).status_code == 302
    assert state_of(dossier) == State.EN_INSTRUCTION


def test_a_zone_that_was_not_asked_takes_nothing(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, PROGRAMME)
    as_alice.post(f"/brouillons/{dossier.key}/pieces/divers/", {"file": upload()})
    assert not pieces_of(dossier.pk).filter(zone="divers").exists()


def test_pieces_come_and_go_until_the_answer_is_sent(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment, a_monday: time_machine.Traveller
) -> None:
    dossier = ask(alice, place, olga, PROGRAMME)
    a_monday.shift(60)
    joined = piece(dossier, by=alice)
    zone = f"/brouillons/{dossier.key}/pieces/programme/"
    assert "La pièce est retirée." in text_of(as_alice.post(zone, {"remove": str(joined.key)}, follow=True))
    assert pieces_of(dossier.pk).count() == 1


# --- the NIR ---------------------------------------------------------------------------------------------------------


def test_a_nir_goes_to_the_vault_and_nowhere_else(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, row=("nir",))
    name = f"{first_row(dossier)}-nir"
    assert "Ce que vous avez envoyé 2 95 ••" in text_of(as_alice.get(page_of(dossier)))
    assert as_alice.post(page_of(dossier), {name: OTHER_NIR}).status_code == 302
    assert state_of(dossier) == State.EN_INSTRUCTION
    assert not DraftField.objects.filter(name="nir").exists()
    row = DraftRow.objects.get(dossier=dossier, key=first_row(dossier))
    assert row.nir is not None
    assert OTHER_NIR.encode() not in bytes(row.nir.sealed)


def test_a_wrong_nir_is_said_and_stays_in_its_field_alone(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, row=("nir",))
    name = f"{first_row(dossier)}-nir"
    response = as_alice.post(page_of(dossier), {name: "2 95 01 99"})
    assert response.status_code == 422
    assert 'value="2 95 01 99"' in response.content.decode()
    assert f'href="#id_{name}"' in response.content.decode()
    assert not DraftField.objects.filter(value__contains="2 95 01 99").exists()


def test_an_emptied_nir_leaves_the_one_that_stands(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, row=("nir",))
    key = first_row(dossier)
    before = DraftRow.objects.get(dossier=dossier, key=key).nir_id
    as_alice.post(f"/brouillons/{dossier.key}/champ/", {"name": f"{key}-nir", "value": "", "revision": "0"})
    as_alice.post(page_of(dossier), {f"{key}-nir": "", "garder": "1"})
    assert DraftRow.objects.get(dossier=dossier, key=key).nir_id == before


def test_a_nir_is_saved_as_soon_as_it_is_whole(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, row=("nir",))
    key = first_row(dossier)
    before = DraftRow.objects.get(dossier=dossier, key=key).nir_id
    url = f"/brouillons/{dossier.key}/champ/"
    assert as_alice.post(url, {"name": f"{key}-nir", "value": "295", "revision": "0"}).json()["unsaved"] is True
    assert "saved_at" in as_alice.post(url, {"name": f"{key}-nir", "value": OTHER_NIR, "revision": "0"}).json()
    assert DraftRow.objects.get(dossier=dossier, key=key).nir_id != before


def test_a_colleague_learns_nothing_of_the_nir(as_bob: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    response = as_bob.get(page_of(ask(alice, place, olga, row=("nir",))))
    assert "Ce que vous avez envoyé Renseigné" in text_of(response)
    assert "2 95 ••" not in text_of(response)
    assert NIR not in response.content.decode()


# --- whose, and when -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.TRANSMISE, State.EN_INSTRUCTION, State.ACCORDEE, State.REFUSEE, State.ANNULEE])
def test_with_nothing_asked_it_leads_back_and_says_so(state: State) -> None:
    dossier, alice, _ = in_state(state)
    client = browser_of(alice)
    for response in (client.get(page_of(dossier)), client.post(page_of(dossier), {"cost": "1"})):
        assert response["Location"] == f"/demandes/{dossier.number}/"
    assert "Plus aucune réponse n'est attendue" in text_of(client.get(f"/demandes/{dossier.number}/"))


def test_withdrawn_while_one_types_loses_no_one(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, COST)
    corrections.withdraw(actor=olga, number=number_of(dossier))
    response = as_alice.post(page_of(dossier), {"cost": "650", "revision:cost": "1"}, follow=True)
    assert "Plus aucune réponse n'est attendue" in text_of(response)
    assert stored(dossier, "cost") == "560,00"


def test_closed_while_one_types_gives_back_what_was_typed(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, COST, row=("nir",))
    form = form_of(as_alice.get(page_of(dossier)))
    corrections.withdraw(actor=olga, number=number_of(dossier))
    typed = {"cost": "650", "message": "Le devis a changé.", f"{first_row(dossier)}-nir": OTHER_NIR}
    response = as_alice.post(page_of(dossier), {**form, **typed})
    assert response.status_code == HTTPStatus.CONFLICT
    for words in ("Ce que vous aviez écrit", "Coût pédagogique de l'action HT", "Le devis a changé."):
        assert words in text_of(response)
    assert 'value="650" readonly' in response.content.decode()
    assert OTHER_NIR not in response.content.decode()


def test_a_stranger_answers_nothing(
    as_charlie: Client, as_newcomer: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = ask(alice, place, olga, COST)
    for stranger in (as_charlie, as_newcomer):
        assert stranger.get(page_of(dossier)).status_code == 404
        assert stranger.post(page_of(dossier), {"cost": "1", "revision:cost": "1"}).status_code == 404
        autosave = f"/brouillons/{dossier.key}/champ/"
        assert stranger.post(autosave, {"name": "cost", "value": "1", "revision": "1"}).status_code == 404
    assert stored(dossier, "cost") == "560,00"


def test_an_officer_answers_nothing_either(as_olga: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = ask(alice, place, olga, COST)
    assert as_olga.get(page_of(dossier)).status_code == 404
    assert as_olga.post(page_of(dossier), {"cost": "1", "revision:cost": "1"}).status_code == 404
    assert stored(dossier, "cost") == "560,00"


def test_a_word_written_since_counts_as_an_answer(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = asked(alice, place, olga)
    talking.write_message(actor=alice, number=number_of(dossier), body="Le coût est le bon.")
    assert as_alice.post(page_of(dossier), {"cost": "560,00", "revision:cost": "1"}).status_code == 302
    assert state_of(dossier) == State.EN_INSTRUCTION
