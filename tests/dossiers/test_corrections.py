"""Corrections: asked on the very field, answered there, taken back; and slips that an officer mends himself."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from openopco.dossiers.actions import corrections, drafts, pieces, slips, talking
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.actions.sending import Incomplete
from openopco.dossiers.enums import CorrectionState, ItemKind, State, WaitingFor
from openopco.dossiers.errors import (
    ChangedMeanwhile,
    HeldByAnother,
    MissingReason,
    NotEditable,
    NotPossibleNow,
    Unanswered,
    UnknownDossier,
    UnknownField,
)
from openopco.dossiers.models import (
    CorrectionItem,
    CorrectionRequest,
    Dossier,
    DraftField,
    DraftRow,
    Message,
    Transmission,
)
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.opco.models import Parameter
from openopco.organisations.models import Establishment, Provider
from openopco.rights import Actor
from openopco.training.models import Enrolment, TrainingAction
from tests.documents.factories import upload
from tests.dossiers.factories import NIR, OTHER_NIR, asked, number_of, piece, sent, taken

COST = Point(ItemKind.CHAMP, "cost", "Le devis dit autre chose.")
PROGRAMME = Point(ItemKind.PIECE, "programme", "Illisible.")


def save(actor: Actor, dossier: Dossier, name: str, value: str, *, row: str = "", revision: int = 1) -> None:
    drafts.save_field(actor=actor, key=str(dossier.key), name=name, value=value, revision=revision, row=row)


def answer(actor: Actor, dossier: Dossier) -> Dossier:
    return corrections.answer(actor=actor, number=number_of(dossier))


def raw(dossier: Dossier, name: str, row: str = "") -> str:
    return DraftField.objects.get(dossier=dossier, name=name, row=row).value


class TestAsking:
    def test_the_employer_must_act_by_a_day(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        assert (dossier.state, dossier.waiting_for, dossier.is_open) == (
            State.COMPLEMENT_DEMANDE,
            WaitingFor.EMPLOYEUR,
            True,
        )
        assert dossier.due_on == date(2026, 12, 8)
        assert Entry.objects.get(event="dossier.demander_complement").payload["points"] == ["champ:cost"]

    def test_each_point_keeps_what_stood_and_why(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        row = DraftRow.objects.get().key
        points = [COST, PROGRAMME, Point(ItemKind.CHAMP, "last_name", "Mal orthographié.", row=row)]
        corrections.ask(actor=olga, number=number_of(dossier), points=points, message=" Bonjour ")
        kept = list(CorrectionItem.objects.order_by("id").values_list("kind", "row", "name", "before"))
        assert kept == [
            ("champ", "", "cost", "560,00"),
            ("piece", "", "programme", "programme.pdf"),
            ("champ", row, "last_name", "Müller"),
        ]
        assert CorrectionRequest.objects.get().message == "Bonjour"

    def test_a_day_can_be_chosen(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        corrections.ask(actor=olga, number=number_of(dossier), points=[COST], due_on=date(2026, 11, 24))
        dossier.refresh_from_db()
        assert dossier.due_on == date(2026, 11, 24)

    @pytest.mark.parametrize("due_on", [date(2026, 11, 23), date(2020, 1, 1), date(2027, 11, 25)])
    def test_a_day_that_leaves_no_time_or_all_of_it_is_refused(
        self, due_on: date, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        with pytest.raises(InvalidValue):
            corrections.ask(actor=olga, number=number_of(dossier), points=[COST], due_on=due_on)

    @pytest.mark.parametrize(
        ("points", "error"),
        [
            ([], InvalidValue),
            ([COST, COST], InvalidValue),
            ([Point(ItemKind.CHAMP, "cost", "  ")], MissingReason),
            ([Point(ItemKind.CHAMP, "nimporte", "x")], UnknownField),
            ([Point(ItemKind.CHAMP, "attest", "x")], UnknownField),
            ([Point(ItemKind.CHAMP, "last_name", "x", row="0badc0de")], UnknownField),
            ([Point(ItemKind.CHAMP, "nir", "x")], UnknownField),
            ([Point(ItemKind.PIECE, "cave", "x")], UnknownField),
        ],
    )
    def test_a_point_that_means_nothing_is_refused(
        self, points: Iterable[Point], error: type[Exception], alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        with pytest.raises(error):
            corrections.ask(actor=olga, number=number_of(dossier), points=points)
        assert not CorrectionRequest.objects.exists()
        dossier.refresh_from_db()
        assert dossier.state == State.EN_INSTRUCTION

    def test_only_who_holds_it_asks(self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment) -> None:
        with pytest.raises(HeldByAnother):
            corrections.ask(actor=oscar, number=number_of(taken(alice, place, olga)), points=[COST])
        with pytest.raises(HeldByAnother):
            corrections.ask(actor=oscar, number=number_of(sent(alice, place)), points=[COST])

    def test_not_twice_at_once(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        with pytest.raises(NotPossibleNow):
            corrections.ask(actor=olga, number=number_of(dossier), points=[COST])

    def test_again_once_it_was_answered(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        save(alice, dossier, "cost", "500,00")
        answer(alice, dossier)
        corrections.ask(actor=olga, number=number_of(dossier), points=[PROGRAMME])
        assert CorrectionRequest.objects.count() == 2


class TestAnswering:
    def test_the_whole_request_follows(self, alice: Actor, olga: Actor, place: Establishment, clock: Any) -> None:
        dossier = asked(alice, place, olga)
        clock.move_to("2026-11-30T09:00:00Z")
        save(alice, dossier, "cost", "500,00")
        answer(alice, dossier)
        dossier.refresh_from_db()
        assert (dossier.state, str(dossier.amount_asked)) == (State.EN_INSTRUCTION, "500.00")
        assert dossier.due_on == date(2026, 12, 20)
        assert str(TrainingAction.objects.get().cost) == "500.00"
        item = CorrectionItem.objects.get()
        assert (item.before, item.after, item.request.state) == ("560,00", "500,00", CorrectionState.REPONDUE)

    def test_a_trainees_typed_row_follows_in_place(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        row, enrolment = DraftRow.objects.get(), Enrolment.objects.get()
        point = Point(ItemKind.CHAMP, "last_name", "Mal orthographié.", row=row.key)
        corrections.ask(actor=olga, number=number_of(dossier), points=[point])
        save(alice, dossier, "last_name", "Muller-Roth", row=row.key)
        answer(alice, dossier)
        enrolment.refresh_from_db()
        assert enrolment.last_name == "Muller-Roth"
        dossier.refresh_from_db()
        assert "roth" in dossier.search

    def test_what_was_sent_first_is_kept_for_ever(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        before = Transmission.objects.get().snapshot
        save(alice, dossier, "cost", "500,00")
        answer(alice, dossier)
        assert Transmission.objects.get().snapshot == before

    def test_a_point_left_as_it_was_is_unanswered(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga, COST, PROGRAMME)
        save(alice, dossier, "cost", "500,00")
        with pytest.raises(Unanswered) as error:
            answer(alice, dossier)
        assert error.value.targets == ["piece:programme"]
        assert set(CorrectionItem.objects.values_list("after", flat=True)) == {""}

    def test_a_message_explains_what_was_right_already(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        talking.write_message(actor=olga, number=number_of(dossier), body="Je précise.")
        with pytest.raises(Unanswered):
            answer(alice, dossier)
        talking.write_message(actor=alice, number=number_of(dossier), body="Le devis a été revu : 560 € est bon.")
        assert answer(alice, dossier).state == State.EN_INSTRUCTION
        assert Entry.objects.get(event="dossier.repondre").payload["points"] == []

    def test_a_message_of_before_explains_nothing(
        self, alice: Actor, olga: Actor, place: Establishment, clock: Any
    ) -> None:
        dossier = taken(alice, place, olga)
        talking.write_message(actor=alice, number=number_of(dossier), body="Bonjour.")
        clock.shift(60)
        corrections.ask(actor=olga, number=number_of(dossier), points=[COST])
        with pytest.raises(Unanswered):
            answer(alice, dossier)

    def test_a_message_replaces_no_piece(self, alice: Actor, olga: Actor, place: Establishment, clock: Any) -> None:
        dossier = asked(alice, place, olga, COST, PROGRAMME)
        with pytest.raises(Unanswered) as error:
            corrections.answer(actor=alice, number=number_of(dossier), message="Voilà.")
        assert error.value.targets == ["piece:programme"]
        # Nothing of an answer that is refused stays: the message is still in the window.
        assert not Message.objects.exists()
        clock.move_to("2026-11-24T09:00:00Z")
        given = piece(dossier, by=alice, state="infected", content="", reason="Eicar", name="danger.pdf")
        with pytest.raises(Unanswered):
            corrections.answer(actor=alice, number=number_of(dossier), message="Voilà.")
        given.delete()
        piece(dossier, by=alice, name="lisible.pdf")
        corrections.answer(actor=alice, number=number_of(dossier), message="Voilà.")
        assert Message.objects.get().body == "Voilà."
        assert Entry.objects.get(event="dossier.repondre").payload["points"] == ["piece:programme"]

    def test_a_piece_joined_answers(self, alice: Actor, olga: Actor, place: Establishment, clock: Any) -> None:
        dossier = asked(alice, place, olga, PROGRAMME)
        with pytest.raises(Unanswered):
            answer(alice, dossier)
        clock.move_to("2026-11-24T09:00:00Z")
        piece(dossier, by=alice, name="lisible.pdf")
        answer(alice, dossier)
        assert CorrectionItem.objects.get().after == "programme.pdf, lisible.pdf"

    def test_a_piece_is_joined_only_where_one_is_asked(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga, PROGRAMME)
        pieces.join_piece(actor=alice, key=str(dossier.key), zone="programme", upload=upload())
        with pytest.raises(NotEditable):
            pieces.join_piece(actor=alice, key=str(dossier.key), zone="divers", upload=upload())

    def test_an_answer_that_breaks_something_is_told(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        point = Point(ItemKind.CHAMP, "starts_on", "La convention dit autre chose.")
        dossier = asked(alice, place, olga, point)
        save(alice, dossier, "starts_on", "20/01/2027")
        with pytest.raises(Incomplete) as error:
            answer(alice, dossier)
        assert [line.target for line in error.value.missing] == ["ends_on"]
        dossier.refresh_from_db()
        assert dossier.state == State.COMPLEMENT_DEMANDE

    @pytest.mark.parametrize("value", ["", "pas un montant"])
    def test_an_answer_that_cannot_be_read_is_told(
        self, value: str, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = asked(alice, place, olga)
        save(alice, dossier, "cost", value)
        with pytest.raises(Incomplete):
            answer(alice, dossier)

    def test_what_came_to_lack_since_it_was_sent_does_not_hold_the_answer(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        from openopco.opco import parameters

        dossier = asked(alice, place, olga)
        Provider.objects.update(status="FERME")
        Parameter.objects.create(
            code="required_pieces",
            value={"action": ["programme", "divers"], "bilan": [], "vae": []},
            starts_on=date(2026, 11, 1),
            source="Critères",
            created_by="Denis",
        )
        parameters.forget()
        save(alice, dossier, "cost", "500,00")
        assert answer(alice, dossier).state == State.EN_INSTRUCTION

    def test_taking_the_nir_off_is_no_answer(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        row = DraftRow.objects.get().key
        point = Point(ItemKind.CHAMP, "nir", "À vérifier.", row=row)
        corrections.ask(actor=olga, number=number_of(dossier), points=[point])
        drafts.set_nir(actor=alice, key=str(dossier.key), row=row, raw="")
        with pytest.raises(Incomplete):
            answer(alice, dossier)
        drafts.set_nir(actor=alice, key=str(dossier.key), row=row, raw=NIR)
        with pytest.raises(Unanswered):
            answer(alice, dossier)

    def test_a_nir_is_typed_only_where_one_is_asked(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        with pytest.raises(NotEditable):
            drafts.set_nir(actor=alice, key=str(dossier.key), row=DraftRow.objects.get().key, raw=OTHER_NIR)

    def test_an_officer_does_not_answer_for_the_employer(
        self, alice: Actor, olga: Actor, charlie: Actor, place: Establishment
    ) -> None:
        dossier = asked(alice, place, olga)
        with pytest.raises(Forbidden):
            answer(olga, dossier)
        with pytest.raises(UnknownDossier):
            answer(charlie, dossier)

    def test_nothing_to_answer(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        with pytest.raises(NotPossibleNow):
            answer(alice, taken(alice, place, olga))


class TestTakingBack:
    def test_what_was_sent_stands_again(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        row = DraftRow.objects.get()
        points = [COST, Point(ItemKind.CHAMP, "nir", "x", row=row.key), Point(ItemKind.CHAMP, "comment", "x")]
        corrections.ask(actor=olga, number=number_of(dossier), points=points)
        save(alice, dossier, "cost", "1,00")
        save(alice, dossier, "comment", "Voilà", revision=0)
        drafts.set_nir(actor=alice, key=str(dossier.key), row=row.key, raw=OTHER_NIR)
        corrections.withdraw(actor=olga, number=number_of(dossier))
        assert (raw(dossier, "cost"), raw(dossier, "comment")) == ("560,00", "")
        assert DraftRow.objects.get().nir_id == row.nir_id
        assert CorrectionRequest.objects.get().state == CorrectionState.RETIREE

    def test_the_window_left_open_is_told(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        from openopco.dossiers.errors import StaleField

        dossier = asked(alice, place, olga)
        save(alice, dossier, "cost", "1,00")
        corrections.withdraw(actor=olga, number=number_of(dossier))
        corrections.ask(actor=olga, number=number_of(dossier), points=[COST])
        with pytest.raises(StaleField):
            save(alice, dossier, "cost", "2,00", revision=2)

    def test_only_by_who_holds_it(self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        with pytest.raises(HeldByAnother):
            corrections.withdraw(actor=oscar, number=number_of(dossier))
        with pytest.raises(ChangedMeanwhile):
            corrections.withdraw(actor=olga, number=number_of(dossier), version=dossier.version - 1)


class TestSlips:
    def mend(self, actor: Actor, dossier: Dossier, name: str, value: str, **more: Any) -> Dossier:
        given = {"reason": "Faute de frappe évidente.", **more}
        return slips.correct_slip(actor=actor, number=number_of(dossier), name=name, value=value, **given)

    def test_both_values_are_traced(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        mended = self.mend(olga, dossier, "title", "Contrôle technique")
        assert (mended.title, raw(dossier, "title")) == ("Contrôle technique", "Contrôle technique")
        assert TrainingAction.objects.get().title == "Contrôle technique"
        assert Entry.objects.get(event="dossier.rectifier").payload == {
            "champ": "title",
            "ligne": "",
            "avant": "Contrôle technique : mise à jour",
            "apres": "Contrôle technique",
            "motif": "Faute de frappe évidente.",
        }
        field = DraftField.objects.get(dossier=dossier, name="title")
        assert (field.saved_by_id, field.revision) == (olga.user_id, 2)
        assert mended.version == dossier.version + 1

    def test_of_a_person_too(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        self.mend(olga, dossier, "birth_date", "05/02/1995", row=DraftRow.objects.get().key)
        assert Enrolment.objects.get().birth_date == date(1995, 2, 5)

    def test_of_a_field_that_was_left_empty(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        self.mend(olga, dossier, "comment", "Reprise du dossier papier")
        assert TrainingAction.objects.get().comment == "Reprise du dossier papier"

    def test_what_is_said_of_a_disability_stays_out_of_the_journal(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        self.mend(olga, dossier, "rqth", "oui", row=DraftRow.objects.get().key)
        payload = Entry.objects.get(event="dossier.rectifier").payload
        assert (payload["avant"], payload["apres"]) == ("(non conservé)", "(non conservé)")
        assert Enrolment.objects.get().rqth

    def test_an_amount_only_goes_down_and_what_was_asked_stands(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga, repas_quantity="2", repas_amount="30,00")
        for name, value in (("cost", "560,01"), ("repas_amount", "31"), ("transport_amount", "10")):
            with pytest.raises(InvalidValue, match="seul lui peut augmenter le coût"):
                self.mend(olga, dossier, name, value)
        mended = self.mend(olga, dossier, "cost", "500,00")
        assert (str(mended.amount_asked), str(TrainingAction.objects.get().cost)) == ("590.00", "500.00")
        self.mend(olga, dossier, "repas_amount", "20,00")
        self.mend(olga, dossier, "hours", "15")
        dossier.refresh_from_db()
        assert str(dossier.amount_asked) == "590.00"

    def test_the_employer_alone_moves_what_he_asks(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        self.mend(olga, dossier, "cost", "500,00")
        corrections.ask(actor=olga, number=number_of(dossier), points=[Point(ItemKind.CHAMP, "hours", "Combien ?")])
        save(alice, dossier, "hours", "15")
        assert str(answer(alice, dossier).amount_asked) == "560.00"
        corrections.ask(actor=olga, number=number_of(dossier), points=[COST])
        save(alice, dossier, "cost", "700,00", revision=2)
        assert str(answer(alice, dossier).amount_asked) == "700.00"

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("cost", "beaucoup", "illisible"),
            ("title", "", "l'intitulé de la formation."),
            ("ends_on", "01/01/2027", "précède le début"),
            ("cost", "560,00", "déjà la valeur"),
        ],
    )
    def test_a_slip_is_not_mended_by_another(
        self, name: str, value: str, words: str, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        with pytest.raises(InvalidValue, match=words):
            self.mend(olga, dossier, name, value)
        assert not Entry.objects.filter(event="dossier.rectifier").exists()

    @pytest.mark.parametrize("name", ["nir", "attest", "done_on", "nimporte"])
    def test_some_things_are_the_employers_alone(
        self, name: str, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        for row in ("", DraftRow.objects.get().key, "0badc0de"):
            with pytest.raises(UnknownField):
                self.mend(olga, dossier, name, "x", row=row)

    def test_what_came_to_lack_since_it_was_sent_does_not_forbid_it(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        Provider.objects.update(status="FERME")
        assert self.mend(olga, dossier, "hours", "15").state == State.EN_INSTRUCTION

    def test_it_needs_a_reason_and_the_request_in_hand(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        with pytest.raises(MissingReason):
            self.mend(olga, dossier, "hours", "15", reason=" ")
        with pytest.raises(HeldByAnother):
            self.mend(oscar, dossier, "hours", "15")
        with pytest.raises(Forbidden):
            self.mend(alice, dossier, "hours", "15")
        corrections.ask(actor=olga, number=number_of(dossier), points=[COST])
        with pytest.raises(NotPossibleNow):
            self.mend(olga, dossier, "hours", "15")
