"""The life of a request as each audience reads it."""

import uuid
from decimal import Decimal
from typing import Any

import pytest

from openopco import journal
from openopco.accounts.models import User
from openopco.dossiers import kinds, timeline
from openopco.dossiers.actions import corrections, deciding, holding, talking
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.actions.slips import correct_slip
from openopco.dossiers.enums import Audience, ItemKind, State
from openopco.dossiers.models import Dossier, DraftRow
from openopco.dossiers.timeline import WORDS, TimelineEvent, events, label_of_target
from openopco.dossiers.workflow import Event
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import asked, in_state, number_of, piece, sent, taken

E, O = Audience.EMPLOYEUR, Audience.OPCO  # noqa: E741
pytestmark = pytest.mark.django_db
AF = "AF"


def titles(dossier: Dossier, audience: Audience) -> list[str]:
    return [event.title for event in events(dossier, audience)]


def latest(dossier: Dossier, audience: Audience) -> TimelineEvent:
    return events(dossier, audience)[0]


@pytest.mark.parametrize("event", list(Event))
def test_every_event_of_the_workflow_has_words_for_the_opco(event: Event) -> None:
    assert WORDS[f"dossier.{event}"].opco


@pytest.mark.parametrize("state", [state for state in State if state is not State.BROUILLON])
def test_the_end_of_each_life_is_told_to_both(state: State) -> None:
    dossier, _, _ = in_state(state)
    for audience in Audience:
        told = titles(dossier, audience)
        assert told[-1] == "Brouillon commencé"
        assert "envoyée" in told[-2] or "transmise" in told[-2]


def test_the_latest_comes_first(alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = asked(alice, place, olga)
    assert titles(dossier, E) == [
        "Complément demandé",
        "Un gestionnaire examine la demande",
        "Demande envoyée",
        "Brouillon commencé",
    ]


def test_the_points_asked_and_answered_are_named(alice: Actor, olga: Actor, place: Establishment, clock: Any) -> None:
    dossier = taken(alice, place, olga)
    row = DraftRow.objects.filter(dossier=dossier).values_list("key", flat=True)[0]
    points = [
        Point(ItemKind.CHAMP, "cost", "?"),
        Point(ItemKind.CHAMP, "birth_date", "?", row=row),
        Point(ItemKind.PIECE, "programme", "?"),
    ]
    corrections.ask(actor=olga, number=number_of(dossier), points=points)
    expected = "Coût pédagogique de l'action HT · Date de naissance · Programme de l'action"
    assert latest(dossier, E).text == latest(dossier, O).text == expected
    clock.move_to("2026-11-24T09:00:00Z")
    piece(dossier, by=alice, name="lisible.pdf")
    corrections.answer(actor=alice, number=number_of(dossier), message="Le reste est juste.")
    assert latest(dossier, E).title == "Réponse envoyée"
    assert latest(dossier, E).text == "Programme de l'action"


def test_employers_never_read_notes_nor_who_gave_it_to_whom(
    alice: Actor, olga: Actor, oscar: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    talking.write_note(actor=olga, number=number_of(dossier), body="À surveiller.")
    holding.assign(actor=olga, number=number_of(dossier), to=User.objects.get(pk=oscar.user_id))
    assert titles(dossier, O)[:2] == ["Dossier confié à un gestionnaire", "Note interne"]
    assert titles(dossier, E)[0] == "Un gestionnaire examine la demande"
    assert len(titles(dossier, O)) == len(titles(dossier, E)) + 2


def test_given_before_anybody_took_it_it_is_as_if_taken(
    alice: Actor, olga: Actor, oscar: Actor, place: Establishment
) -> None:
    dossier = sent(alice, place)
    holding.assign(actor=olga, number=number_of(dossier), to=User.objects.get(pk=oscar.user_id))
    assert latest(dossier, E).title == "Un gestionnaire examine la demande"


@pytest.mark.parametrize("event", ["nir.revealed", "dossier.lecture", "dossier.inconnu"])
def test_what_nobody_worded_is_told_to_nobody(event: str, alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    before = titles(dossier, E), titles(dossier, O)
    journal.record(subject_kind="dossier", subject_id=dossier.pk, event=event, actor=olga, payload={"reason": "x"})
    assert (titles(dossier, E), titles(dossier, O)) == before


def test_officers_are_the_opco_for_the_employer_and_themselves_among_themselves(
    alice: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    assert latest(dossier, E).by == "OPCO Mobilités"
    assert latest(dossier, O).by == olga.label
    assert events(dossier, E)[-1].by == alice.label


def test_messages_say_which_way_they_go(alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = taken(alice, place, olga)
    talking.write_message(actor=alice, number=number_of(dossier), body="Bonjour.")
    assert (latest(dossier, E).title, latest(dossier, O).title) == ("Message au gestionnaire", "Message de l'employeur")
    assert latest(dossier, E).by == alice.label
    talking.write_message(actor=olga, number=number_of(dossier), body="Bonjour.")
    assert (latest(dossier, E).title, latest(dossier, O).title) == ("Message du gestionnaire", "Message à l'employeur")
    assert latest(dossier, E).by == "OPCO Mobilités"
    assert "Bonjour" not in latest(dossier, E).text


def test_a_grant_says_how_much_and_why(alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = taken(alice, place, olga)
    deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("500"), reason="35 € de l'heure.")
    told = latest(dossier, E)
    assert (told.title, told.tone) == ("Demande accordée", "ok")
    assert told.text.replace("\u202f", " ").replace("\u00a0", " ") == "500,00 € HT accordés.\n35 € de l'heure."


def test_a_slip_mended_says_both_values_and_why(alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = taken(alice, place, olga)
    correct_slip(actor=olga, number=number_of(dossier), name="title", value="Freinage", reason="Faute de frappe.")
    assert latest(dossier, E).text == (
        "Intitulé de la formation : « Contrôle technique : mise à jour » devient « Freinage ».\nFaute de frappe."
    )


def test_a_slip_is_told_in_the_words_of_the_form(alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = taken(alice, place, olga)
    row = DraftRow.objects.get(dossier=dossier).key
    for name, where, value in (("csp", row, "CAD"), ("cost", "", "500")):
        correct_slip(actor=olga, number=number_of(dossier), name=name, value=value, row=where, reason="Faute.")
    told = [event.text for event in events(dossier, E)][:2]
    assert told[0] == "Coût pédagogique de l'action HT : « 560,00\u202f€ » devient « 500,00\u202f€ ».\nFaute."
    assert told[1].startswith("CSP : « Ouvrier qualifié")


def test_a_purged_entry_is_still_told(alice: Actor, olga: Actor, place: Establishment) -> None:
    """Once its time has come a payload is purged: the words that need none remain."""
    dossier = taken(alice, place, olga)
    deciding.refuse(actor=olga, number=number_of(dossier), reason="Motif.")
    entry = journal.entries_of("dossier", dossier.pk).last()
    assert entry is not None
    entry.payload = None
    told = timeline.tell(entry, kinds.get(AF), E)
    assert told is not None
    assert (told.title, told.text) == ("Demande refusée", "")


@pytest.mark.parametrize(
    ("target", "label"),
    [
        ("champ:cost", "Coût pédagogique de l'action HT"),
        ("champ:a1b2c3d4:sex", "Sexe"),
        ("piece:divers", "Autres / Divers"),
        ("champ:disparu", ""),
        ("", ""),
        (f"champ:{uuid.UUID(int=0).hex[:8]}:nir", "NIR"),
    ],
)
def test_targets_have_the_labels_of_the_form(target: str, label: str) -> None:
    assert label_of_target(kinds.get(AF), target) == label


def test_one_query_however_long_the_life(
    alice: Actor, olga: Actor, place: Establishment, django_assert_num_queries: object
) -> None:
    dossier = taken(alice, place, olga)
    for rank in range(5):
        talking.write_message(actor=alice, number=number_of(dossier), body=f"{rank}")
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(events(dossier, E)) == 8
