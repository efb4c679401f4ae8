"""A batch: asked once, done row by row as the person who asked, each request exactly once or left out with a word."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError

from openopco.accounts.models import User
from openopco.base import works
from openopco.base.jobs import run_pending_jobs
from openopco.base.models import RowOutcome, Work, WorkRow, WorkState
from openopco.base.works import TooManyWorks, WorkAlreadyAsked
from openopco.base.works.asking import enqueue_part
from openopco.documents.models import Document
from openopco.dossiers.actions import batches, deciding, holding, talking
from openopco.dossiers.actions.batches import ask_batch
from openopco.dossiers.batching import CHANGED, NOT_TAKEN, OWN, RECTIFIED, Act, Plan, why_left_out, why_not_granted
from openopco.dossiers.batching import MINE as TAKEN_ALREADY
from openopco.dossiers.enums import Audience, State
from openopco.dossiers.kinds import Check, Outcome
from openopco.dossiers.models import CorrectionRequest, Decision, Dossier, Message
from openopco.dossiers.queries import MINE, OPEN, Filters
from openopco.dossiers.queries.batches import Scope, looks_before, scope_of_list, scope_of_numbers
from openopco.dossiers.timeline import events
from openopco.habilitations.absences import live
from openopco.habilitations.models import StaffRole
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.kernel.nir import NirInText
from openopco.opco import parameters
from openopco.opco.models import Parameter
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.web.desk.batching import WORDS
from tests.dossiers.factories import NIR, NOW, DossierFactory, number_of, sent, taken, write
from tests.dossiers.test_absences import away
from tests.habilitations.factories import officer

GRANT = Plan(Act.ACCORDER, with_looks=True)


def rows(*dossiers: Dossier) -> list[tuple[int, int, str]]:
    return Scope(dossiers, ()).rows


def asked(actor: Actor, plan: Plan, *dossiers: Dossier) -> Work:
    return ask_batch(actor=actor, plan=plan, rows=rows(*dossiers), key=uuid.uuid4())


def done(work: Work) -> Work:
    run_pending_jobs(names=["works.run"])
    return Work.objects.get(pk=work.pk)


def said(work: Work) -> list[tuple[str, str]]:
    return list(WorkRow.objects.filter(work=work).order_by("id").values_list("outcome", "said"))


def three(alice: Actor, place: Establishment, holder: Actor) -> list[Dossier]:
    return [taken(alice, place, holder) for _ in range(3)]


def candidates_of(actor: Actor, *dossiers: Dossier) -> list[str]:
    """What the page of the batch says of each."""
    return [why_left_out(Act.ACCORDER, Dossier.objects.get(pk=each.pk), actor) for each in dossiers]


def states(dossiers: Iterable[Dossier]) -> list[str]:
    return [Dossier.objects.get(pk=dossier.pk).state for dossier in dossiers]


class TestActs:
    def test_each_request_is_granted_for_what_was_asked(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossiers = three(alice, place, olga)
        work = done(asked(olga, GRANT, *dossiers))
        assert (work.state, work.total, work.done, work.left_out) == (WorkState.DONE, 3, 3, 0)
        assert states(dossiers) == ["accordee"] * 3
        decisions = Decision.objects.order_by("id")
        assert [decision.amount_granted == decision.amount_asked for decision in decisions] == [True] * 3
        assert {decision.decided_by_id for decision in decisions} == {olga.user_id}

    def test_refusing_keeps_the_reason(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossiers = three(alice, place, olga)
        done(asked(olga, Plan(Act.REFUSER, text="Hors critères."), *dossiers))
        assert states(dossiers) == ["refusee"] * 3
        assert set(Decision.objects.values_list("reason", flat=True)) == {"Hors critères."}

    def test_a_message_goes_to_each(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossiers = three(alice, place, olga)
        done(asked(olga, Plan(Act.ECRIRE, text="Bonjour."), *dossiers))
        assert sorted(Message.objects.values_list("dossier_id", "body")) == [(each.pk, "Bonjour.") for each in dossiers]

    def test_a_correction_is_asked_on_each(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossiers = three(alice, place, olga)
        plan = Plan(
            Act.COMPLEMENT, text="Illisible.", kind="piece", name="programme", due_on=NOW.date().replace(day=30)
        )
        done(asked(olga, plan, *dossiers))
        assert states(dossiers) == ["complement_demande"] * 3
        requests = CorrectionRequest.objects.order_by("dossier_id")
        assert [(each.due_on.day, each.items.get().name) for each in requests] == [(30, "programme")] * 3

    def test_those_that_wait_are_taken_the_others_left_to_who_has_them(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        free, his, mine = sent(alice, place), taken(alice, place, oscar), taken(alice, place, olga)
        why = [why_left_out(Act.PRENDRE, Dossier.objects.get(pk=each.pk), olga) for each in (free, his, mine)]
        assert why == ["", f"Elle est traitée par {User.objects.get(pk=oscar.user_id).full_name}.", TAKEN_ALREADY]
        done(asked(olga, Plan(Act.PRENDRE), free, his))
        holders = [Dossier.objects.get(pk=each.pk).holder_id for each in (free, his)]
        assert holders == [olga.user_id, oscar.user_id]

    def test_a_colleague_is_given_them(self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment) -> None:
        free, his = sent(alice, place), taken(alice, place, oscar)
        work = done(asked(olga, Plan(Act.CONFIER, to=oscar.user_id), free, his))
        assert Dossier.objects.get(pk=free.pk).holder_id == oscar.user_id
        assert said(work)[1] == (RowOutcome.LEFT_OUT, f"Elle est déjà confiée à {oscar.label}.")

    def test_who_stands_in_decides_them_and_the_journal_says_for_whom(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, oscar)
        away(oscar, olga)
        assert candidates_of(olga, dossier) == [""]
        done(asked(olga, GRANT, dossier))
        assert states([dossier]) == ["accordee"]
        payload = Entry.objects.get(event="dossier.accorder").payload
        assert payload is not None
        assert payload["pour"] == oscar.label

    def test_who_is_replaced_by_another_is_no_affair_of_hers(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, oscar)
        away(oscar, officer())
        assert candidates_of(olga, dossier) == [f"Elle est traitée par {oscar.label}."]

    def test_the_journal_of_each_names_the_batch_and_the_desk_reads_it(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        (dossier, *_) = three(alice, place, olga)
        work = done(asked(olga, GRANT, dossier))
        entry = Entry.objects.get(event="dossier.accorder")
        assert entry.payload is not None
        assert entry.payload["lot"] == work.pk
        assert entry.actor_id == olga.user_id
        assert f"Traité par lot (n° {work.pk})." in events(dossier, Audience.OPCO)[0].text
        assert "lot" not in events(dossier, Audience.EMPLOYEUR)[0].text
        asked_entry = Entry.objects.get(event="work.asked")
        assert (asked_entry.subject_id, asked_entry.payload) == (work.pk, {"acte": "accorder", "demandes": 1})

    def test_outside_a_batch_no_entry_names_one(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        done(asked(olga, GRANT, taken(alice, place, olga)))
        taken(alice, place, olga)
        payload = Entry.objects.filter(event="dossier.prendre").latest("id").payload
        assert payload is not None
        assert "lot" not in payload

    def test_what_the_batch_said_is_forgotten_once_over(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        work = asked(olga, Plan(Act.ECRIRE, text="Bonjour."), taken(alice, place, olga))
        assert work.args["text"] == "Bonjour."
        assert done(work).args == {}


class TestLeftOut:
    def test_what_changed_meanwhile(self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment) -> None:
        first, second, third = three(alice, place, olga)
        work = asked(olga, GRANT, first, second, third)
        holding.release(actor=olga, number=number_of(second))
        holding.take(actor=olga, number=number_of(second))
        work = done(work)
        assert states([first, second, third]) == ["accordee", "en_instruction", "accordee"]
        assert (work.done, work.left_out) == (2, 1)
        assert said(work)[1] == (RowOutcome.LEFT_OUT, CHANGED)

    def test_a_message_too_is_not_sent_in_a_request_that_changed(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        work = asked(olga, Plan(Act.ECRIRE, text="Bonjour."), dossier)
        holding.release(actor=olga, number=number_of(dossier))
        assert said(done(work)) == [(RowOutcome.LEFT_OUT, CHANGED)]
        assert not Message.objects.exists()

    def test_another_officer_s(self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment) -> None:
        work = done(asked(olga, GRANT, taken(alice, place, oscar)))
        assert said(work) == [(RowOutcome.LEFT_OUT, f"Elle est traitée par {oscar.label}.")]

    def test_nobody_s(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        assert said(done(asked(olga, GRANT, dossier))) == [(RowOutcome.LEFT_OUT, NOT_TAKEN)]
        assert states([dossier]) == ["transmise"]

    def test_a_failed_check_always_and_nothing_is_half_done(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        good, bad = taken(alice, place, olga), taken(alice, place, olga)
        Document.objects.filter(owner_id=bad.pk).delete()
        work = done(asked(olga, GRANT, good, bad))
        assert states([good, bad]) == ["accordee", "en_instruction"]
        outcome, why = said(work)[1]
        assert outcome == RowOutcome.LEFT_OUT
        assert why.startswith("Contrôle en échec. Il manque une pièce obligatoire")

    def test_a_point_to_look_at_unless_asked_otherwise(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        odd = taken(alice, place, olga, headcount="80")
        (outcome, why) = said(done(asked(olga, Plan(Act.ACCORDER), odd)))[0]
        assert outcome == RowOutcome.LEFT_OUT
        assert "À regarder. 80 salariés" in why
        odd.refresh_from_db()
        assert done(asked(olga, GRANT, odd)).done == 1

    def test_a_cost_that_an_officer_rectified(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        write(dossier, alice, {"cost": "500,00"})
        assert said(done(asked(olga, GRANT, dossier))) == [(RowOutcome.LEFT_OUT, RECTIFIED)]

    def test_one_s_own_filing(self, olga: Actor, place: Establishment) -> None:
        """An officer who also acts for a garage."""
        dossier = DossierFactory.create(establishment=place, created_by=User.objects.get(pk=olga.user_id))
        assert said(done(asked(olga, Plan(Act.CONFIER, to=olga.user_id), dossier)))[0][0] == RowOutcome.LEFT_OUT
        assert states([dossier]) == ["transmise"]

    def test_a_fault_of_ours_on_one_row_does_not_hold_back_the_next(
        self, alice: Actor, olga: Actor, place: Establishment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second, third = three(alice, place, olga)
        grant = deciding.grant

        def broken(**given: Any) -> Dossier:
            found = grant(**given)
            if given["number"] == second.number:
                raise ZeroDivisionError
            return found

        monkeypatch.setattr(deciding, "grant", broken)
        work = done(asked(olga, GRANT, first, second, third))
        assert states([first, second, third]) == ["accordee", "en_instruction", "accordee"]
        assert (work.done, work.left_out) == (2, 1)


class TestExactlyOnce:
    def test_a_run_cut_short_goes_on_where_it_stopped(
        self, alice: Actor, olga: Actor, place: Establishment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dossiers = three(alice, place, olga)
        work = asked(olga, Plan(Act.ECRIRE, text="Bonjour."), *dossiers)
        write_message, calls = talking.write_message, []

        def cut(**given: Any) -> Message:
            message = write_message(**given)
            calls.append(given["number"])
            if len(calls) == 2:
                raise OperationalError("the connection broke")
            return message

        monkeypatch.setattr(talking, "write_message", cut)
        with pytest.raises(OperationalError):
            run_pending_jobs(names=["works.run"])
        # What the second one had written went with its row.
        assert Message.objects.count() == 1
        with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
            assert done(work).done == 3
        assert sorted(Message.objects.values_list("dossier_id", flat=True)) == [each.pk for each in dossiers]

    def test_a_row_already_done_is_not_done_again(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        work = done(asked(olga, Plan(Act.ECRIRE, text="Bonjour."), dossier))
        Work.objects.filter(pk=work.pk).update(state=WorkState.RUNNING, finished_at=None, expires_at=None, args={})
        enqueue_part(work.pk, 7)
        assert done(work).done == 1
        assert Message.objects.count() == 1

    def test_the_same_form_twice_is_one_batch(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier, key = taken(alice, place, olga), uuid.uuid4()
        ask_batch(actor=olga, plan=GRANT, rows=rows(dossier), key=key)
        with pytest.raises(WorkAlreadyAsked):
            ask_batch(actor=olga, plan=GRANT, rows=rows(dossier), key=key)
        assert Work.objects.count() == 1


class TestRights:
    def test_a_role_that_ends_stops_it(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossiers = three(alice, place, olga)
        work = asked(olga, GRANT, *dossiers)
        StaffRole.objects.filter(user_id=olga.user_id).update(until=NOW)
        work = done(work)
        assert (work.state, work.done, work.left_out) == (WorkState.FAILED, 0, 0)
        assert work.stopped_by == works.Stopped.message
        assert states(dossiers) == ["en_instruction"] * 3

    def test_the_right_is_asked_again_for_each_row(
        self, alice: Actor, olga: Actor, place: Establishment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dossiers = three(alice, place, olga)
        grant = deciding.grant

        def last(**given: Any) -> Dossier:
            found = grant(**given)
            StaffRole.objects.filter(user_id=olga.user_id).update(until=NOW)
            return found

        monkeypatch.setattr(deciding, "grant", last)
        work = done(asked(olga, GRANT, *dossiers))
        assert (work.state, work.done) == (WorkState.FAILED, 1)
        assert states(dossiers) == ["accordee", "en_instruction", "en_instruction"]

    @pytest.mark.parametrize("act", list(Act))
    def test_an_employer_asks_for_no_batch_of_the_desk(self, alice: Actor, act: Act) -> None:
        if act is Act.ECRIRE:
            return
        with pytest.raises(Forbidden):
            ask_batch(actor=alice, plan=Plan(act), rows=[(1, 1, "AF-1")], key=uuid.uuid4())
        with pytest.raises(Forbidden):
            scope_of_list(actor=alice, act=act, filters=Filters(), most=10)
        with pytest.raises(Forbidden):
            scope_of_numbers(actor=alice, act=act, numbers=["AF-1"], most=10)


class TestBounds:
    def test_none_and_too_many(self, olga: Actor, db: None) -> None:
        Parameter.objects.create(code="batch_max_rows", value=2, starts_on=NOW.date(), source="Essai", created_by="x")
        parameters.forget()
        with pytest.raises(InvalidValue, match="Aucune demande"):
            ask_batch(actor=olga, plan=GRANT, rows=[], key=uuid.uuid4())
        many = [(rank, 1, f"AF-{rank}") for rank in range(3)]
        with pytest.raises(InvalidValue, match="trop de demandes"):
            ask_batch(actor=olga, plan=GRANT, rows=many, key=uuid.uuid4())

    def test_nobody_fills_the_queue_alone(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        for _ in range(works.asking.MOST_AT_ONCE):
            asked(olga, GRANT, dossier)
        with pytest.raises(TooManyWorks):
            asked(olga, GRANT, dossier)

    def test_a_nir_is_refused_before_anything_is_sent(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        with pytest.raises(NirInText):
            asked(olga, Plan(Act.ECRIRE, text=f"Votre numéro {NIR}"), taken(alice, place, olga))
        assert not Work.objects.exists()


class TestScope:
    def test_the_whole_list_goes_beyond_the_page_and_says_what_is_left_out(
        self, olga: Actor, oscar: Actor, db: None
    ) -> None:
        mine = User.objects.get(pk=olga.user_id)
        DossierFactory.create_batch(30, state=State.EN_INSTRUCTION, holder=mine)
        DossierFactory.create(state=State.COMPLEMENT_DEMANDE, holder=mine)
        DossierFactory.create(state=State.EN_INSTRUCTION, holder=User.objects.get(pk=oscar.user_id))
        scope = scope_of_list(actor=olga, act=Act.ACCORDER, filters=Filters(portfolio=MINE), most=100)
        assert (len(scope.kept), [each.why for each in scope.left_out]) == (
            30,
            ["Son état ne le permet pas : complément demandé."],
        )
        everybody = scope_of_list(actor=olga, act=Act.ACCORDER, filters=Filters(portfolio=OPEN), most=100)
        assert f"Elle est traitée par {oscar.label}." in [each.why for each in everybody.left_out]

    def test_it_counts_its_queries(self, olga: Actor, django_assert_num_queries: Any) -> None:
        DossierFactory.create_batch(12, state=State.EN_INSTRUCTION)
        live.forget()
        # The requests, and who is away today.
        with django_assert_num_queries(2):
            scope_of_list(actor=olga, act=Act.REFUSER, filters=Filters(portfolio=OPEN), most=100)

    def test_beyond_the_most_it_is_not_whole(self, olga: Actor, db: None) -> None:
        DossierFactory.create_batch(4)
        assert not scope_of_list(actor=olga, act=Act.CONFIER, filters=Filters(portfolio=OPEN), most=3).is_whole
        assert scope_of_list(actor=olga, act=Act.CONFIER, filters=Filters(portfolio=OPEN), most=4).is_whole

    def test_ones_own_filing_is_left_out_before_one_confirms(self, olga: Actor, place: Establishment) -> None:
        own = DossierFactory.create(
            establishment=place, created_by=User.objects.get(pk=olga.user_id), state=State.EN_INSTRUCTION
        )
        scope = scope_of_numbers(actor=olga, act=Act.ACCORDER, numbers=[number_of(own)], most=10)
        assert [each.why for each in scope.left_out] == [OWN]

    def test_few_have_their_checks_read_before(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        odd = taken(alice, place, olga, headcount="80")
        scope = scope_of_numbers(actor=olga, act=Act.ACCORDER, numbers=[number_of(odd)], most=10)
        failing, looking = looks_before(scope)[odd.pk]
        assert (failing, "80 salariés" in looking) == ("", True)


def test_a_plan_comes_back_from_the_work_as_it_was() -> None:
    plan = Plan(Act.COMPLEMENT, 4, "Pourquoi", "piece", "programme", NOW.date(), with_looks=True)
    assert Plan.from_args(plan.as_args()) == plan


def test_what_the_checks_hold_against_granting() -> None:
    def check(outcome: Outcome, detail: str) -> Check:
        return Check("x", "X", outcome, detail)

    listed = [check(Outcome.PASSED, "Bon."), check(Outcome.LOOK, "Voir."), check(Outcome.FAILED, "Non.")]
    assert why_not_granted(listed, with_looks=False) == "Contrôle en échec. Non. À regarder. Voir."
    assert why_not_granted(listed, with_looks=True) == "Contrôle en échec. Non."
    assert why_not_granted(listed[:1], with_looks=False) == ""
    assert why_not_granted(listed[:2], with_looks=True) == ""


def test_every_act_has_its_words_its_title_and_its_way() -> None:
    assert set(batches.ACTS) == set(batches.TITLES) == set(WORDS) == set(Act)
