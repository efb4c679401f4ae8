"""The OPCO's answer to a modification: the request follows, the agreement is issued anew, every version stays."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openopco.dossiers import effects
from openopco.dossiers.actions import deciding_modifications, holding, joining, modifying
from openopco.dossiers.actions.joining import Joining
from openopco.dossiers.actions.modifying import Wanted
from openopco.dossiers.changes import Change, compared, row_kind_of, with_changes
from openopco.dossiers.enums import ChangeKind, State
from openopco.dossiers.enums import ModificationState as M
from openopco.dossiers.errors import (
    AlreadyAnswered,
    BadAmount,
    ChangedMeanwhile,
    HeldByAnother,
    MissingReason,
    NotDecidable,
    UnknownDossier,
)
from openopco.dossiers.models import Decision, Dossier, DraftField, DraftRow, Modification
from openopco.dossiers.modification_workflow import TRANSITIONS
from openopco.dossiers.queries import find_twins, kind_of, load_draft
from openopco.dossiers.queries.modifications import versions_of
from openopco.dossiers.workflow import Event
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.training.models import Enrolment, TrainingAction
from tests.dossiers.factories import (
    OTHER_NIR,
    PERSON,
    TODAY,
    asked,
    in_state,
    number_of,
    school,
    sent,
    signalled,
    taken,
    write,
)
from tests.habilitations.factories import officer

pytestmark = pytest.mark.django_db
OTHER = {**PERSON, "first_name": "Ana", "last_name": "Silva", "birth_date": "02/03/1988"}


def accept(actor: Actor, waiting: Modification, amount: str = "560.00", **given_: Any) -> Dossier:
    return deciding_modifications.accept(
        actor=actor, number=number_of(waiting.dossier), modification_id=waiting.pk, amount=Decimal(amount), **given_
    )


def refuse(actor: Actor, waiting: Modification, reason: str = "Sans convention modifiée.") -> Dossier:
    return deciding_modifications.refuse(
        actor=actor, number=number_of(waiting.dossier), modification_id=waiting.pk, reason=reason
    )


@pytest.fixture
def heard() -> Iterator[list[tuple[Event, str, Decimal | None]]]:
    """What another room would be told of, as funding will be."""
    told: list[tuple[Event, str, Decimal | None]] = []
    kept = {event: list(each) for event, each in effects._EFFECTS.items()}
    for event in (Event.MODIFIER, Event.CONSTATER_ANNULATION, Event.RENDRE_CADUQUE, Event.LEVER_CADUCITE):
        effects.on(event)(lambda d, e=event: told.append((e, d.state, d.amount_granted)))
    yield told
    effects._EFFECTS.clear()
    effects._EFFECTS.update(kept)


class TestOfAnAgreement:
    def test_it_is_issued_anew_and_the_first_stays(self, heard: list[Any]) -> None:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        waiting = signalled(employer_, dossier, {"starts_on": "19/01/2027", "ends_on": "20/01/2027", "cost": "700"})
        accepted = accept(desk, waiting, "700.00")
        accepted.refresh_from_db()
        assert (accepted.state, accepted.starts_on, accepted.amount_asked, accepted.amount_granted) == (
            State.ACCORDEE,
            date(2027, 1, 19),
            Decimal("700.00"),
            Decimal("700.00"),
        )
        assert accepted.due_on == date(2027, 5, 20)
        second, first = versions_of(accepted)
        assert (first.version, first.amount_granted, second.version, second.amount_granted) == (
            1,
            Decimal("560.00"),
            2,
            Decimal("700.00"),
        )
        assert "19/01/2027" in str(second.snapshot)
        assert "12/01/2027" in str(first.snapshot)
        course = TrainingAction.objects.get(dossier=accepted)
        assert (course.starts_on, course.cost) == (date(2027, 1, 19), Decimal("700.00"))
        waiting.refresh_from_db()
        assert (waiting.state, waiting.decision_id, waiting.amount_granted) == (M.ACCEPTEE, second.pk, Decimal(700))
        assert heard == [(Event.MODIFIER, State.ACCORDEE, Decimal("700.00"))]
        payload = Entry.objects.get(event="dossier.modifier").payload
        assert (payload["version"], payload["montant"]) == (2, "700.00")

    def test_a_cost_that_falls_takes_the_amount_with_it(self) -> None:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        waiting = signalled(employer_, dossier, {"cost": "400"})
        with pytest.raises(BadAmount):
            accept(desk, waiting, "560.00")
        assert Dossier.objects.get(pk=dossier.pk).amount_granted == Decimal("560.00")
        assert accept(desk, waiting, "400.00").amount_granted == Decimal("400.00")

    @pytest.mark.parametrize("amount", ["0", "-0.01", "560.01", "NaN", "Infinity", "100.001"])
    def test_an_amount_outside_the_cost_is_refused(self, amount: str) -> None:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        with pytest.raises(BadAmount):
            accept(desk, signalled(employer_, dossier), amount)
        assert Decision.objects.count() == 1
        assert DraftField.objects.get(dossier=dossier, name="hours").value == "14"

    def test_less_than_before_needs_a_reason(self) -> None:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        waiting = signalled(employer_, dossier)
        with pytest.raises(MissingReason):
            accept(desk, waiting, "500.00")
        assert accept(desk, waiting, "500.00", reason="Deux heures de moins.").amount_granted == Decimal("500.00")
        assert Decision.objects.get(version=2).reason == "Deux heures de moins."

    def test_a_trainee_replaced(self) -> None:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        gone = DraftRow.objects.get(dossier=dossier).key
        wanted = Wanted(gone=frozenset({gone}), known_typed="23/11/2026", reason="Zoé est absente.")
        modifying.prepare(actor=employer_, number=number_of(dossier), wanted=wanted)
        row = joining.join_person(actor=employer_, number=number_of(dossier), joining=Joining(OTHER, nir=OTHER_NIR))
        waiting = modifying.propose(actor=employer_, number=number_of(dossier))
        accepted = accept(desk, waiting)
        enrolled = Enrolment.objects.get(dossier=accepted)
        assert (enrolled.row, enrolled.last_name, enrolled.nir_id is not None) == (row, "Silva", True)
        assert "SILVA" in accepted.search.upper()
        assert "müller" not in accepted.search
        assert [person["folded_name"] for person in Decision.objects.get(version=2).snapshot["trainees"]] == [
            "silva ana"
        ]

    def test_duplicates_are_looked_for_among_those_who_now_follow_it(self) -> None:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        days = {"starts_on": date(2027, 1, 12), "ends_on": date(2027, 1, 12)}
        gone = DraftRow.objects.get(dossier=dossier).key
        wanted = Wanted(gone=frozenset({gone}), known_typed="23/11/2026", reason="Zoé est absente.")
        modifying.prepare(actor=employer_, number=number_of(dossier), wanted=wanted)
        joining.join_person(actor=employer_, number=number_of(dossier), joining=Joining(OTHER, nir=OTHER_NIR))
        accept(desk, modifying.propose(actor=employer_, number=number_of(dossier)))
        elsewhere = Dossier(establishment=dossier.establishment, pk=0)
        ana, zoe = ("silva ana", "1988-03-02"), ("muller zoe", "1995-01-05")
        for viewer in (None, employer_):
            assert find_twins(elsewhere, people=[ana], viewer=viewer, **days) == [dossier.number]
            assert find_twins(elsewhere, people=[zoe], viewer=viewer, **days) == []

    def test_another_provider_is_checked_before(self) -> None:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        waiting = signalled(employer_, dossier, {}, provider=school(qualiopi_actions=False))
        with pytest.raises(NotDecidable):
            accept(desk, waiting)
        assert Dossier.objects.get(pk=dossier.pk).provider_id == dossier.provider_id

    def test_another_good_provider_is_taken(self) -> None:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        other = school(name="AUTO FORMATION PLUS")
        accepted = accept(desk, signalled(employer_, dossier, {}, provider=other))
        assert (accepted.provider_id, accepted.provider_name) == (other.pk, "AUTO FORMATION PLUS")

    def test_cancelled_everything_is_released(self, heard: list[Any]) -> None:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        waiting = signalled(employer_, dossier, cancelled=True)
        ended = deciding_modifications.accept(actor=desk, number=number_of(dossier), modification_id=waiting.pk)
        ended.refresh_from_db()
        assert (ended.state, ended.amount_granted, ended.due_on) == (State.ANNULEE, None, date(9999, 12, 31))
        assert ended.decided_by_id == desk.user_id
        assert heard == [(Event.CONSTATER_ANNULATION, State.ANNULEE, None)]
        assert [decision.version for decision in versions_of(ended)] == [1]

    def test_an_effect_that_vetoes_undoes_all(self) -> None:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        waiting = signalled(employer_, dossier, {"cost": "700"})
        kept = {event: list(each) for event, each in effects._EFFECTS.items()}

        @effects.on(Event.MODIFIER)
        def veto(dossier: Dossier) -> None:
            raise NotDecidable("L'enveloppe est vide.")

        try:
            with pytest.raises(NotDecidable, match="enveloppe"):
                accept(desk, waiting, "700.00")
        finally:
            effects._EFFECTS.clear()
            effects._EFFECTS.update(kept)
        waiting.refresh_from_db()
        assert waiting.state == M.PROPOSEE
        assert Decision.objects.count() == 1
        assert DraftField.objects.get(dossier=dossier, name="cost").value == "560,00"

    def test_any_officer_answers_not_only_who_granted(self) -> None:
        dossier, employer_, _ = in_state(State.ACCORDEE)
        assert accept(officer(), signalled(employer_, dossier)).state == State.ACCORDEE


class TestOfARequestUnderExamination:
    @pytest.mark.parametrize("state", [State.EN_INSTRUCTION, State.COMPLEMENT_DEMANDE])
    def test_the_draft_follows_and_nothing_is_decided(self, state: State) -> None:
        dossier, employer_, desk = in_state(state)
        accepted = accept(desk, signalled(employer_, dossier, {"hours": "12"}))
        assert (accepted.state, accepted.amount_granted) == (state, None)
        assert TrainingAction.objects.get(dossier=accepted).minutes == 720
        assert not Decision.objects.exists()

    def test_what_is_asked_follows_the_cost(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        assert accept(olga, signalled(alice, dossier, {"cost": "600"})).amount_asked == Decimal("600.00")
        assert accept(olga, signalled(alice, dossier, {"hours": "20"})).amount_asked == Decimal("600.00")

    def test_it_must_be_held(self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        waiting = signalled(alice, dossier)
        with pytest.raises(HeldByAnother):
            accept(olga, waiting)
        holding.take(actor=oscar, number=number_of(dossier))
        with pytest.raises(HeldByAnother):
            accept(olga, waiting)

    def test_what_the_employer_is_asked_is_left_to_his_answer(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        waiting = signalled(alice, asked(alice, place, olga), {"cost": "500"})
        with pytest.raises(NotDecidable, match="complément"):
            accept(olga, waiting)

    def test_what_he_has_begun_to_type_does_not_slip_in(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        write(dossier, alice, {"cost": "999,00"})
        accepted = accept(olga, signalled(alice, dossier, {"hours": "12"}))
        assert accepted.amount_asked == Decimal("560.00")
        assert TrainingAction.objects.get(dossier=accepted).cost == Decimal("560.00")
        assert DraftField.objects.get(dossier=dossier, name="cost").value == "999,00"


class TestRefusing:
    def test_nothing_moves_and_the_employer_reads_why(self) -> None:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        waiting = signalled(employer_, dossier, {"cost": "700"})
        kept = refuse(desk, waiting)
        waiting.refresh_from_db()
        assert (waiting.state, waiting.answer) == (M.REFUSEE, "Sans convention modifiée.")
        assert (kept.state, kept.amount_granted) == (State.ACCORDEE, Decimal("560.00"))
        assert Entry.objects.get(event="dossier.refuser_modification").payload == {"motif": "Sans convention modifiée."}

    def test_a_reason_is_needed(self) -> None:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        with pytest.raises(MissingReason):
            refuse(desk, signalled(employer_, dossier), " ")


class TestWho:
    def test_nobody_decides_what_he_filed(self, olga: Actor, oscar: Actor) -> None:
        dossier, _, _ = in_state(State.ACCORDEE)
        waiting = signalled(olga, dossier)
        for act in (accept, refuse):
            with pytest.raises(Forbidden):
                act(olga, waiting)
        assert accept(oscar, waiting).state == State.ACCORDEE

    def test_the_employer_answers_none(self) -> None:
        dossier, employer_, _ = in_state(State.ACCORDEE)
        with pytest.raises(Forbidden):
            accept(employer_, signalled(employer_, dossier))

    def test_of_two_officers_one_wins_and_the_other_is_told(self, olga: Actor, oscar: Actor) -> None:
        dossier, employer_, _ = in_state(State.ACCORDEE)
        waiting = signalled(employer_, dossier)
        version = Dossier.objects.get(pk=dossier.pk).version
        refuse(olga, waiting)
        with pytest.raises(AlreadyAnswered):
            accept(oscar, waiting, version=version)
        assert Decision.objects.count() == 1

    def test_a_page_grown_old_is_told(self, olga: Actor) -> None:
        dossier, employer_, _ = in_state(State.ACCORDEE)
        waiting = signalled(employer_, dossier)
        with pytest.raises(ChangedMeanwhile):
            accept(olga, waiting, version=0)

    def test_one_of_another_request_is_nothing_here(self, olga: Actor) -> None:
        one, first, _ = in_state(State.ACCORDEE)
        other, _, _ = in_state(State.ACCORDEE)
        waiting = signalled(first, one)
        with pytest.raises(UnknownDossier):
            deciding_modifications.accept(
                actor=olga, number=number_of(other), modification_id=waiting.pk, amount=Decimal(1)
            )


class TestLaws:
    def test_every_state_is_reached_and_an_answer_is_the_end(self) -> None:
        reached = {M.PREPAREE}
        for _ in M:
            reached |= {line.target for line in TRANSITIONS if line.source in reached}
        assert reached == set(M)
        assert not {line.source for line in TRANSITIONS} & {M.ACCEPTEE, M.REFUSEE, M.RETIREE}

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        values=st.dictionaries(
            st.sampled_from(["starts_on", "ends_on", "hours", "cost", "place_city"]), st.text(max_size=12), max_size=5
        ),
        gone=st.booleans(),
    )
    def test_applied_and_read_again_it_gives_what_was_after(
        self, dossier_and_draft: tuple[Any, Any], values: dict[str, str], gone: bool
    ) -> None:
        kind, draft = dossier_and_draft
        changes = [Change(ChangeKind.CHAMP, name, before=draft.raw(name), after=raw) for name, raw in values.items()]
        if gone:
            changes.append(Change(ChangeKind.RETRAIT, "stagiaire", row=draft.rows[0].key, before="Zoé"))
        changed = with_changes(draft, changes, row_kind=row_kind_of(kind))
        assert {name: changed.raw(name) for name in values} == values
        assert len(changed.rows) == len(draft.rows) - gone
        untouched = set(draft.values) - set(values)
        assert {name: changed.raw(name) for name in untouched} == {name: draft.raw(name) for name in untouched}
        back = [Change(each.kind, each.name, before=each.after, after=each.before) for each in changes if not each.row]
        again = with_changes(changed, back, row_kind=row_kind_of(kind))
        assert {name: again.raw(name) for name in values} == {name: draft.raw(name) for name in values}
        assert len(compared(kind, changes)) == len(changes)

    @pytest.fixture
    def dossier_and_draft(self, alice: Actor, place: Establishment) -> tuple[Any, Any]:
        dossier = sent(alice, place)
        return kind_of(dossier), load_draft(dossier, today=TODAY)

    def test_versions_only_grow_and_amounts_stay_within_what_is_asked(self) -> None:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        for cost, amount in (("700", "650.00"), ("300", "300.00"), ("900", "0.01"), ("900,01", "900.01")):
            accept(desk, signalled(employer_, dossier, {"cost": cost}), amount, reason="Selon le devis.")
        told = list(Decision.objects.order_by("version").values_list("version", "amount_asked", "amount_granted"))
        assert [version for version, _, _ in told] == [1, 2, 3, 4, 5]
        assert all(0 <= granted <= asked_ for _, asked_, granted in told)
        dossier.refresh_from_db()
        assert (dossier.amount_asked, dossier.amount_granted) == told[-1][1:]
