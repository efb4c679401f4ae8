"""What one sees of several requests at once, and of one request over time."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openopco.dossiers import overview, queries, timeline
from openopco.dossiers.actions import corrections, deciding, drafts, holding, slips, talking
from openopco.dossiers.enums import Audience, State
from openopco.dossiers.models import Dossier, DraftRow
from openopco.dossiers.queries import ALL, Filters, find_draft, load_draft, next_in_worklist
from openopco.dossiers.workflow import Event
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.training.kind import TRAINING_ACTION
from tests.dossiers.factories import (
    NIR,
    PERSON,
    TODAY,
    DossierFactory,
    asked,
    complete_draft,
    empty_draft,
    in_state,
    number_of,
    sent,
    taken,
    write,
)

pytestmark = pytest.mark.django_db


class TestOverview:
    def test_how_many_in_each_state_of_what_one_sees(self, alice: Actor, newcomer: Actor, place: Establishment) -> None:
        DossierFactory.create_batch(2, establishment=place)
        DossierFactory.create(establishment=place, state=State.ACCORDEE)
        DossierFactory.create(establishment=place, created_by_id=newcomer.user_id)
        DossierFactory.create()
        counts = overview.state_counts(actor=alice, establishment_id=place.pk)
        assert counts == {State.TRANSMISE: 3, State.ACCORDEE: 1}
        assert overview.state_counts(actor=newcomer, establishment_id=place.pk) == {State.TRANSMISE: 1}
        assert overview.state_counts(actor=alice, establishment_id=place.pk, kind="AP") == {}

    def test_what_each_draft_misses_is_what_its_own_page_says(self, alice: Actor, place: Establishment) -> None:
        bare, whole = empty_draft(alice, place), complete_draft(alice, place)
        twice = complete_draft(alice, place, people=(PERSON, {**PERSON, "first_name": "Abel", "csp": ""}))
        for row in DraftRow.objects.filter(dossier=twice):
            drafts.set_nir(actor=alice, key=str(twice.key), row=row.key, raw=NIR)
        found = [find_draft(actor=alice, key=str(each.key)) for each in (bare, whole, twice)]
        counts = overview.missing_counts(found, place, today=TODAY)
        assert counts == {each.pk: len(TRAINING_ACTION.missing(load_draft(each, today=TODAY))) for each in found}
        assert (counts[whole.pk], counts[twice.pk]) == (0, 2)

    @pytest.mark.parametrize("drafts_", [0, 1, 4])
    def test_in_three_queries_however_many(self, drafts_: int, alice: Actor, place: Establishment) -> None:
        for _ in range(drafts_):
            complete_draft(alice, place)
        found = list(queries.visible_to(alice).select_related("provider").order_by("id"))
        overview.missing_counts(found, place, today=TODAY)
        with CaptureQueriesContext(connection) as context:
            overview.missing_counts(found, place, today=TODAY)
        assert len(context) == (3 if drafts_ else 0)

    def test_what_was_asked_of_each(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        waiting, other = asked(alice, place, olga), sent(alice, place)
        points = overview.asked_of([waiting, other])
        assert {pk: [item.name for item in items] for pk, items in points.items()} == {waiting.pk: ["cost"]}
        assert overview.asked_of([other]) == {}

    def test_the_decision_that_stands(self) -> None:
        granted, _, _ = in_state(State.ACCORDEE)
        decision = overview.decision_on(granted)
        assert decision
        assert decision.outcome == State.ACCORDEE
        assert overview.decision_on(in_state(State.TRANSMISE)[0]) is None

    def test_what_was_said_in_order(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        for who, body in ((alice, "Bonjour"), (olga, "Oui ?")):
            talking.write_message(actor=who, number=number_of(dossier), body=body)
        assert [message.body for message in overview.messages_in(dossier)] == ["Bonjour", "Oui ?"]


class TestFollowingTheWorklist:
    def test_the_next_one_then_the_first_again(self, olga: Actor) -> None:
        first, second, third = (
            DossierFactory.create(number=f"AF-{day}", due_on=f"2026-12-0{day}") for day in (1, 2, 3)
        )
        here = Filters(order="")
        rows = {each.pk: Dossier.objects.get(pk=each.pk) for each in (first, second, third)}
        followed = {
            each.number: next_in_worklist(actor=olga, filters=here, dossier=rows[each.pk])
            for each in (first, second, third)
        }
        assert {number: after and after.number for number, after in followed.items()} == {
            "AF-1": "AF-2",
            "AF-2": "AF-3",
            "AF-3": "AF-1",
        }

    def test_alone_there_is_none(self, olga: Actor) -> None:
        only = Dossier.objects.get(pk=DossierFactory.create().pk)
        assert next_in_worklist(actor=olga, filters=Filters(order="", portfolio=ALL), dossier=only) is None


class TestTimeline:
    def titles(self, dossier: Dossier, audience: Audience) -> list[str]:
        return [event.title for event in timeline.events(dossier, audience)]

    def test_every_event_has_words_for_both_sides(self) -> None:
        for event in Event:
            words = timeline.WORDS[f"dossier.{event}"]
            assert words.opco
            assert words.employer or event is Event.ASSIGNER

    def test_a_life_is_told_latest_first(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        write(dossier, alice, {"cost": "500,00"})
        corrections.answer(actor=alice, number=number_of(dossier))
        talking.write_note(actor=olga, number=number_of(dossier), body="Bien.")
        deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal(500))
        told = self.titles(dossier, Audience.EMPLOYEUR)
        assert told == [
            "Demande accordée",
            "Réponse envoyée",
            "Complément demandé",
            "Un gestionnaire examine la demande",
            "Demande envoyée",
            "Brouillon commencé",
        ]
        assert "Note interne" in self.titles(dossier, Audience.OPCO)

    def test_the_employer_reads_no_officers_name(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        holding.release(actor=olga, number=number_of(dossier))
        holding.take(actor=oscar, number=number_of(dossier))
        names = {event.by for event in timeline.events(dossier, Audience.EMPLOYEUR)}
        assert names == {alice.label, "OPCO Mobilités"}
        assert {olga.label, oscar.label} <= {event.by for event in timeline.events(dossier, Audience.OPCO)}

    def test_a_slip_tells_both_values_and_why(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        slips.correct_slip(actor=olga, number=number_of(dossier), name="hours", value="15", reason="Convention.")
        event = timeline.events(dossier, Audience.EMPLOYEUR)[0]
        assert event.text == "Durée en heure(s) : « 14 » devient « 15 ».\nConvention."

    def test_a_slip_on_health_data_tells_neither(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier, row = taken(alice, place, olga), DraftRow.objects.get().key
        slips.correct_slip(
            actor=olga, number=number_of(dossier), name="rqth", value="oui", reason="Dit au téléphone.", row=row
        )
        event = timeline.events(dossier, Audience.EMPLOYEUR)[0]
        assert event.text == "Déclare bénéficiaire de la reconnaissance travailleur handicapé.\nDit au téléphone."


def test_autosave_costs_the_same_whatever_the_number_of_people(alice: Actor, place: Establishment) -> None:
    """Lock, field, its update, the two reads of the heading, the narrow row: six, and a savepoint's two here."""
    counts = []
    for people in (1, 8):
        dossier = complete_draft(alice, place, people=(PERSON,) * people)
        with CaptureQueriesContext(connection) as context:
            drafts.save_field(actor=alice, key=str(dossier.key), name="title", value="Freins", revision=1)
        counts.append(len(context))
    assert counts == [8, 8]
