"""The page of a request: where it stands, for each state and each reader; messages, cancelling, taking up again."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.dossiers.actions import deciding, talking
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.actions.drafts import save_field
from openopco.dossiers.actions.pieces import join_piece
from openopco.dossiers.enums import STATE_WORDS, Audience, ItemKind, State
from openopco.dossiers.lapsing import lapse_agreements
from openopco.dossiers.models import Dossier, Message
from openopco.kernel.calendar import PARIS
from openopco.notifications.models import Notice
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.documents.factories import upload
from tests.dossiers.factories import (
    NIR,
    PERSON,
    asked,
    complete_draft,
    in_state,
    number_of,
    piece,
    sent,
    signalled,
    taken,
)
from tests.web.portal.people import browser_of, text_of, title_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]
SENT = [state for state in State if state is not State.BROUILLON]


def page_of(dossier: Dossier) -> str:
    return f"/demandes/{dossier.number}/"


@pytest.mark.parametrize("state", SENT)
def test_every_state_is_said_in_words_with_whose_turn_it_is(state: State) -> None:
    dossier, alice, _ = in_state(state)
    response = browser_of(alice).get(page_of(dossier))
    text = text_of(response)
    assert STATE_WORDS[Audience.EMPLOYEUR][state] in text
    assert "À qui de jouer" in text
    assert title_of(response).startswith(f"{dossier.number} – {dossier.title}")
    assert response.content.decode().count("<h1") == 1


@pytest.mark.parametrize(
    ("state", "who", "due"),
    [
        (State.TRANSMISE, "OPCO Mobilités", "Réponse visée avant le 13/12/2026"),
        (State.EN_INSTRUCTION, "OPCO Mobilités", "Réponse visée avant le 13/12/2026"),
        (State.COMPLEMENT_DEMANDE, "Vous", "Au plus tard 08/12/2026"),
        (State.ACCORDEE, "Vous", "Accord valable jusqu'au 13/05/2027"),
        (State.REFUSEE, "Personne", ""),
    ],
)
def test_who_must_do_it_and_by_when(state: State, who: str, due: str) -> None:
    dossier, alice, _ = in_state(state)
    text = text_of(browser_of(alice).get(page_of(dossier)))
    assert f"À qui de jouer {who}" in text
    assert due in text
    assert bool(due) is bool(re.search("Au plus tard|Réponse visée|Accord valable", text))


@pytest.mark.parametrize(
    ("state", "answer", "cancel", "again"),
    [
        (State.TRANSMISE, False, True, "Dupliquer"),
        (State.EN_INSTRUCTION, False, True, "Dupliquer"),
        (State.COMPLEMENT_DEMANDE, True, True, "Dupliquer"),
        (State.ACCORDEE, False, False, "Dupliquer"),
        (State.REFUSEE, False, False, "Reprendre dans une nouvelle demande"),
        (State.SANS_SUITE, False, False, "Reprendre dans une nouvelle demande"),
        (State.ANNULEE, False, False, "Reprendre dans une nouvelle demande"),
        (State.CADUQUE, False, False, "Reprendre dans une nouvelle demande"),
    ],
)
def test_only_what_can_be_done_is_offered(state: State, answer: bool, cancel: bool, again: str) -> None:
    dossier, alice, _ = in_state(state)
    response = browser_of(alice).get(page_of(dossier))
    html = response.content.decode()
    assert (f"{page_of(dossier)}repondre/" in html) is answer
    assert (f"{page_of(dossier)}annuler/" in html) is cancel
    assert again in text_of(response)
    assert f"{page_of(dossier)}accuse-reception.pdf" in html


def test_a_grant_shows_both_amounts_and_why(as_alice: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = taken(alice, place, olga, cost="1 250,50", repas_quantity="2", repas_amount="30,00")
    deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("1000"), reason="35 € de l'heure au plus.")
    text = text_of(as_alice.get(page_of(dossier)))
    assert "Coût demandé 1 280,50 € HT" in text
    assert "Montant accordé 1 000,00 € HT" in text
    assert "Pris en charge 1 000,00 € HT" in text
    assert text.count("35 € de l'heure au plus.") == 2


def test_a_refusal_gives_its_reason(as_alice: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = taken(alice, place, olga)
    deciding.refuse(actor=olga, number=number_of(dossier), reason="Déjà commencée.")
    text = text_of(as_alice.get(page_of(dossier)))
    assert "Le motif Déjà commencée." in text
    assert "Montant accordé" not in text


def test_everything_sent_can_be_read_again(as_alice: Client, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    text = text_of(as_alice.get(page_of(dossier)))
    for words in (
        "L'Employeur",
        "Stagiaire : Zoé Müller",
        "05/01/1995",
        "Durée en heure(s) 14",
        "programme.pdf",
        "Illzach",
    ):
        assert words in text


def test_while_an_answer_is_typed_the_page_shows_what_was_sent(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = asked(alice, place, olga)
    save_field(actor=alice, key=str(dossier.key), name="cost", value="650,00", revision=1)
    text = text_of(as_alice.get(page_of(dossier)))
    assert "Coût pédagogique de l'action HT 560,00 €" in text
    assert "650,00" not in text


def test_the_whole_nir_is_nowhere_and_its_mask_is_for_who_typed_it(
    as_alice: Client, as_bob: Client, alice: Actor, place: Establishment
) -> None:
    dossier = sent(alice, place)
    hers, his = as_alice.get(page_of(dossier)), as_bob.get(page_of(dossier))
    for response in (hers, his):
        assert NIR not in re.sub(r"\s", "", response.content.decode())
    assert "2 95 ••" in text_of(hers)
    assert "2 95" not in text_of(his)


def test_many_trainees_are_told_in_one_line_each(as_alice: Client, alice: Actor, place: Establishment) -> None:
    people = tuple({**PERSON, "last_name": f"Nom{rank}"} for rank in range(12))
    text = text_of(as_alice.get(page_of(sent(alice, place, people=people))))
    assert "Les 12 stagiaires" in text
    assert "Zoé Nom11 05/01/1995" in text
    assert "Stagiaire : Zoé Nom11" not in text


def test_a_piece_leads_to_itself_once_it_is_known_to_be_safe(
    as_alice: Client, alice: Actor, place: Establishment
) -> None:
    dossier = sent(alice, place)
    safe = piece(dossier, by=alice, zone="divers", name="devis.pdf")
    waiting = piece(dossier, by=alice, zone="divers", name="autre.pdf", state="pending")
    response = as_alice.get(page_of(dossier))
    assert f'href="/documents/{safe.key}/?apercu"' in response.content.decode()
    assert str(waiting.key) not in response.content.decode()
    assert "Contrôle antivirus en cours" in text_of(response)


# --- who reads it ----------------------------------------------------------------------------------------------------


def test_owner_and_colleague_read_it_a_stranger_gets_a_404(
    as_alice: Client, as_bob: Client, as_charlie: Client, as_newcomer: Client, alice: Actor, place: Establishment
) -> None:
    page = page_of(sent(alice, place))
    assert as_alice.get(page).status_code == 200
    assert as_bob.get(page).status_code == 200
    for stranger in (as_charlie, as_newcomer):
        for path in (page, f"{page}repondre/", f"{page}annuler/"):
            assert stranger.get(path).status_code == 404
        assert stranger.post(f"{page}messages/", {"message": "Bonjour"}).status_code == 404
        assert stranger.post(f"{page}annuler/").status_code == 404
    assert Client().get(page)["Location"].startswith("/connexion/")


def test_a_newcomer_reads_what_he_sent(as_newcomer: Client, newcomer: Actor, place: Establishment) -> None:
    assert as_newcomer.get(page_of(sent(newcomer, place))).status_code == 200


def test_an_officer_is_led_to_his_own_page(as_olga: Client, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    assert as_olga.get(page_of(dossier))["Location"] == f"/gestion/dossiers/{dossier.number}/"


@pytest.mark.parametrize("number", ["AF-2026-999999", "x", "a%00b", "..", "%F0%9F%9A%97"])
def test_a_number_of_nothing_is_a_404(as_alice: Client, number: str) -> None:
    assert as_alice.get(f"/demandes/{number}/").status_code == 404


# --- the journal, told -----------------------------------------------------------------------------------------------


def test_notes_among_officers_stay_among_them(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    talking.write_note(actor=olga, number=number_of(dossier), body="Employeur à surveiller.")
    text = text_of(as_alice.get(page_of(dossier)))
    assert "surveiller" not in text
    assert "note" not in text.lower()


def test_the_history_tells_the_latest_first(as_alice: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    text = text_of(as_alice.get(page_of(asked(alice, place, olga))))
    history = text[text.index("Historique") :]
    titles = ["Complément demandé", "Un gestionnaire examine la demande", "Demande envoyée", "Brouillon commencé"]
    places = [history.index(title) for title in titles]
    assert places == sorted(places)
    assert "Coût pédagogique de l'action HT" in history


# --- messages --------------------------------------------------------------------------------------------------------


def test_a_message_reaches_the_officer_and_his_answer_comes_back(
    as_alice: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    run_pending_jobs()
    response = as_alice.post(f"{page_of(dossier)}messages/", {"message": "Les dates changent."}, follow=True)
    assert "Votre message est envoyé." in text_of(response)
    assert "Vous · aujourd'hui à 10 h 00 Les dates changent." in text_of(response)
    run_pending_jobs()
    assert Notice.objects.get(user_id=olga.user_id, kind="dossier.message").url.startswith("/gestion/")
    talking.write_message(actor=olga, number=number_of(dossier), body="C'est noté.")
    run_pending_jobs()
    assert Notice.objects.get(user_id=alice.user_id, kind="dossier.message").url == page_of(dossier)
    text = text_of(as_alice.get(page_of(dossier)))
    assert f"{olga.label} , OPCO Mobilités" in text
    assert text.index("Les dates changent.") < text.index("C'est noté.")


@pytest.mark.parametrize(("typed", "said"), [("  ", "Écrivez votre message"), ("x" * 4001, "Ce message est trop long")])
def test_a_refused_message_is_said_and_kept(
    as_alice: Client, alice: Actor, place: Establishment, typed: str, said: str
) -> None:
    dossier = sent(alice, place)
    response = as_alice.post(f"{page_of(dossier)}messages/", {"message": typed})
    assert response.status_code == 422
    assert title_of(response).startswith("Erreur : ")
    assert text_of(response).count(said) == 2
    assert typed.strip() in response.content.decode()
    assert not Message.objects.exists()


def test_hostile_words_stay_words(as_alice: Client, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place, title="<script>alert(1)</script>")
    as_alice.post(f"{page_of(dossier)}messages/", {"message": "<img src=x onerror=alert(1)>\nsuite"})
    html = as_alice.get(page_of(dossier)).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;<br>suite" in html


# --- cancelled, taken up again ---------------------------------------------------------------------------------------


def test_cancelling_asks_first_then_tells(as_alice: Client, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    page = f"{page_of(dossier)}annuler/"
    assert "Annuler cette demande ?" in text_of(as_alice.get(page))
    dossier.refresh_from_db()
    assert dossier.state == State.TRANSMISE
    response = as_alice.post(page, {"motif": "Salarié parti"}, follow=True)
    assert "La demande est annulée." in text_of(response)
    assert "Salarié parti" in text_of(response)
    dossier.refresh_from_db()
    assert dossier.state == State.ANNULEE


def test_too_long_a_reason_to_cancel_is_refused_whole(as_alice: Client, alice: Actor, place: Establishment) -> None:
    page = f"{page_of(sent(alice, place))}annuler/"
    response = as_alice.post(page, {"motif": "x" * 1001})
    assert response.status_code == 422
    assert "1000 caractères au plus, et il en compte 1001." in text_of(response)
    assert "x" * 1001 in text_of(response)


def test_a_modification_that_waits_is_the_opcos_turn() -> None:
    dossier, alice, _ = in_state(State.ACCORDEE)
    signalled(alice, dossier)
    text = text_of(browser_of(alice).get(page_of(dossier)))
    assert "À qui de jouer OPCO Mobilités Quoi Le gestionnaire examine la modification signalée." in text


@pytest.mark.parametrize("state", [State.ACCORDEE, State.REFUSEE, State.ANNULEE])
def test_what_is_decided_is_no_longer_cancelled(state: State) -> None:
    dossier, alice, _ = in_state(state)
    client = browser_of(alice)
    for response in (client.get(f"{page_of(dossier)}annuler/"), client.post(f"{page_of(dossier)}annuler/")):
        assert response["Location"] == page_of(dossier)
    assert "Cette demande ne peut plus être annulée." in text_of(client.get(page_of(dossier)))
    assert Dossier.objects.get(pk=dossier.pk).state == state


def test_a_refused_request_is_taken_up_again_once_for_two_clicks(a_monday: object) -> None:
    dossier, alice, _ = in_state(State.REFUSEE)
    client = browser_of(alice)
    html = client.get(page_of(dossier)).content.decode()
    form = html[html.index(f'action="{page_of(dossier)}reprendre/"') :]
    key = re.search(r'name="key" value="([^"]+)"', form)
    assert key
    first = client.post(f"{page_of(dossier)}reprendre/", {"key": key[1]})
    assert first["Location"] == client.post(f"{page_of(dossier)}reprendre/", {"key": key[1]})["Location"]
    draft = Dossier.objects.get(state=State.BROUILLON)
    assert draft.resumed_from_id == dossier.pk
    assert draft.title == dossier.title


def test_a_file_of_another_request_is_not_served(
    as_charlie: Client, as_alice: Client, alice: Actor, place: Establishment
) -> None:
    document = join_piece(actor=alice, key=str(complete_draft(alice, place).key), zone="divers", upload=upload())
    served = as_alice.get(f"/documents/{document.key}/")
    assert b"".join(served.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert as_charlie.get(f"/documents/{document.key}/").status_code == 404


def test_points_asked_stand_on_the_page_with_their_reasons(
    as_bob: Client, alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = asked(alice, place, olga, Point(ItemKind.PIECE, "programme", "Non signé."))
    text = text_of(as_bob.get(page_of(dossier)))
    assert "Programme de l'action : Non signé." in text
    assert "RÉPONDRE" in text


@pytest.mark.parametrize(
    ("ends_on", "lapsed_on", "why"),
    [
        ("13/01/2027", date(2027, 5, 14), "le dernier jour pour demander le paiement est passé"),
        ("17/12/2027", date(2027, 7, 12), "personne ne nous a dit à temps que la formation avait commencé"),
    ],
)
def test_an_agreement_that_lapsed_says_why(
    ends_on: str,
    lapsed_on: date,
    why: str,
    as_alice: Client,
    alice: Actor,
    olga: Actor,
    place: Establishment,
    a_monday: time_machine.Traveller,
) -> None:
    dossier = taken(alice, place, olga, ends_on=ends_on)
    deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("560.00"))
    a_monday.move_to(datetime(lapsed_on.year, lapsed_on.month, lapsed_on.day, 8, tzinfo=PARIS))
    assert lapse_agreements() == 1
    as_alice.force_login(User.objects.get(pk=alice.user_id))
    assert why in text_of(as_alice.get(page_of(dossier)))
