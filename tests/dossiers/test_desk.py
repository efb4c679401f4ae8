"""The desk: who holds a request, who decides it, and what is refused to everybody else."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from openopco.accounts.models import User
from openopco.documents.models import Document
from openopco.dossiers import effects
from openopco.dossiers.actions import agreements, corrections, deciding, holding, slips, talking
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.enums import CorrectionState, ItemKind, State
from openopco.dossiers.errors import (
    BadAmount,
    ChangedMeanwhile,
    HeldByAnother,
    MissingReason,
    NotDecidable,
    NotPossibleNow,
    UnknownDossier,
)
from openopco.dossiers.models import NO_DUE_DATE, CorrectionRequest, Decision, Dossier, DraftField, Message, Note
from openopco.dossiers.queries import checks_of
from openopco.dossiers.workflow import Event
from openopco.habilitations.enums import MembershipState as S
from openopco.habilitations.models import Membership
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, InvalidValue, OpenOpcoError
from openopco.organisations.models import Establishment, Provider
from openopco.rights import SYSTEM, Actor, Grant, Role
from tests.dossiers.factories import (
    NOW,
    DossierFactory,
    asked,
    complete_draft,
    garage,
    in_state,
    number_of,
    sent,
    taken,
)
from tests.dossiers.test_sending import at_once
from tests.habilitations.factories import administrator, employer, officer

ALL = Decimal("560.00")


def user(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id)


class TestTaking:
    def test_the_second_of_two_is_told_who_was_first(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        number = number_of(sent(alice, place))
        holding.take(actor=olga, number=number)
        with pytest.raises(HeldByAnother) as error:
            holding.take(actor=oscar, number=number)
        assert error.value.message == f"{olga.label} vient de prendre ce dossier."
        assert Dossier.objects.get().holder_id == olga.user_id
        assert Entry.objects.filter(event="dossier.prendre").count() == 1

    def test_taking_what_one_holds_changes_nothing(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        assert holding.take(actor=olga, number=number_of(dossier)).version == dossier.version
        assert Entry.objects.filter(event="dossier.prendre").count() == 1

    def test_from_a_page_that_is_out_of_date_it_is_refused(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        holding.release(actor=olga, number=number_of(dossier))
        with pytest.raises(ChangedMeanwhile):
            holding.take(actor=oscar, number=number_of(dossier), version=dossier.version)

    def test_a_request_put_back_can_be_taken_by_another(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        assert holding.release(actor=olga, number=number_of(dossier)).state == State.TRANSMISE
        assert holding.take(actor=oscar, number=number_of(dossier)).holder_id == oscar.user_id

    def test_nobody_puts_back_what_another_holds(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        with pytest.raises(HeldByAnother, match=f"Ce dossier est traité par {olga.label}"):
            holding.release(actor=oscar, number=number_of(dossier))

    @pytest.mark.postgresql
    @pytest.mark.django_db(transaction=True)
    def test_of_three_at_once_one_has_it(self) -> None:
        place = garage()
        number, officers = number_of(sent(employer(place), place)), [officer() for _ in range(3)]
        outcomes = at_once(*[lambda who=who: holding.take(actor=who, number=number) for who in officers])
        winners = [each for each in outcomes if isinstance(each, Dossier)]
        losers = [each for each in outcomes if isinstance(each, HeldByAnother)]
        assert (len(winners), len(losers)) == (1, 2), outcomes
        winner = next(who for who in officers if who.user_id == winners[0].holder_id)
        assert {each.message for each in losers} == {f"{winner.label} vient de prendre ce dossier."}


class TestAssigning:
    def test_a_colleague_gets_it(self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        given = holding.assign(actor=olga, number=number_of(dossier), to=user(oscar))
        assert (given.holder_id, given.state) == (oscar.user_id, State.EN_INSTRUCTION)
        payload = Entry.objects.get(event="dossier.assigner").payload
        assert payload == {"de": "transmise", "vers": "en_instruction", "a": oscar.user_id}

    def test_it_can_be_given_on_while_an_answer_is_awaited(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = asked(alice, place, olga)
        given = holding.assign(actor=oscar, number=number_of(dossier), to=user(oscar))
        assert (given.holder_id, given.state) == (oscar.user_id, State.COMPLEMENT_DEMANDE)

    def test_to_who_holds_it_nothing_changes(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        holding.assign(actor=olga, number=number_of(dossier), to=user(olga))
        assert not Entry.objects.filter(event="dossier.assigner").exists()

    @pytest.mark.parametrize("who", ["employer", "administrator", "gone"])
    def test_only_to_an_officer(self, who: str, alice: Actor, olga: Actor, place: Establishment) -> None:
        to = user({"employer": employer, "administrator": administrator, "gone": officer}[who]())
        if who == "gone":
            to.is_active = False
        with pytest.raises(Forbidden, match="ne peut pas traiter ce dossier"):
            holding.assign(actor=olga, number=number_of(sent(alice, place)), to=to)

    def test_not_to_who_filed_it(self, olga: Actor, oscar: Actor) -> None:
        dossier = DossierFactory.create(filed_by=user(oscar))
        with pytest.raises(Forbidden, match="ne peut pas traiter ce dossier"):
            holding.assign(actor=olga, number=number_of(dossier), to=user(oscar))

    def test_not_once_it_is_decided(self, oscar: Actor) -> None:
        dossier, _, holder = in_state(State.REFUSEE)
        with pytest.raises(NotPossibleNow):
            holding.assign(actor=holder, number=number_of(dossier), to=user(oscar))


class TestGranting:
    def test_the_decision_is_kept_as_it_was_taken(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("500.00"), reason="Plafond de la branche.")
        dossier.refresh_from_db()
        assert (dossier.state, dossier.amount_granted, dossier.due_on) == (
            State.ACCORDEE,
            Decimal("500.00"),
            date(2027, 5, 13),
        )
        assert (dossier.decided_by_id, dossier.is_open) == (olga.user_id, False)
        decision = Decision.objects.get(dossier=dossier)
        assert (decision.outcome, decision.amount_asked, decision.amount_granted) == (State.ACCORDEE, ALL, Decimal(500))
        assert (decision.reason, decision.decided_by_label) == ("Plafond de la branche.", olga.label)
        assert decision.snapshot["trainees"][0]["folded_name"] == "muller zoe"
        assert Entry.objects.get(event="dossier.accorder").payload["montant"] == "500.00"

    @pytest.mark.parametrize("amount", ["-0.01", "560.01", "1e9", "100.001", "NaN", "Infinity"])
    def test_an_amount_out_of_bounds_is_refused(
        self, amount: str, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        with pytest.raises(BadAmount):
            deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal(amount), reason="Parce que.")

    def test_nothing_at_all_is_a_refusal(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        with pytest.raises(BadAmount, match="refusez la demande"):
            deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("0.00"), reason="Parce que.")

    @pytest.mark.parametrize("amount", ["0.01", "560.00"])
    def test_its_bounds_are_allowed(self, amount: str, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal(amount), reason="Motif.")
        dossier.refresh_from_db()
        assert dossier.amount_granted == Decimal(amount)

    def test_less_than_asked_needs_a_reason(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        with pytest.raises(MissingReason):
            deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal(500), reason=" ")
        deciding.grant(actor=olga, number=number_of(dossier), amount=ALL)

    def test_not_while_the_filers_attachment_waits(self, newcomer: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(newcomer, place, olga)
        with pytest.raises(
            NotDecidable, match="Le rattachement de la personne qui a envoyé la demande reste à valider"
        ):
            deciding.grant(actor=olga, number=number_of(dossier), amount=ALL)
        assert not Decision.objects.exists()

    def test_not_while_the_establishment_is_to_be_verified(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        Establishment.objects.update(verified=False)
        with pytest.raises(NotDecidable, match="saisi à la main : il reste à vérifier"):
            deciding.grant(actor=olga, number=number_of(dossier), amount=ALL)

    def test_what_only_deserves_a_look_forbids_nothing(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga, cost="90000,00", headcount="400")
        assert {check.outcome for check in checks_of(dossier)} == {"passe", "a_regarder"}
        deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("90000.00"))

    def test_nor_is_it_refused_to_who_may_be_a_stranger(
        self, newcomer: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(newcomer, place, olga)
        refused = {"state": S.REFUSED, "decided_at": NOW, "decided_by_id": olga.user_id, "reason": "Inconnu."}
        for changes in ({}, refused):
            Membership.objects.filter(user_id=newcomer.user_id).update(**changes)
            with pytest.raises(NotDecidable, match="Décidez d'abord du rattachement"):
                deciding.refuse(actor=olga, number=number_of(dossier), reason="Hors critères.")
        assert not Decision.objects.exists()
        assert deciding.close(actor=olga, number=number_of(dossier), reason="Inconnu.").state == State.SANS_SUITE

    def test_a_refusal_is_possible_whatever_else_is_left_to_verify(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        Establishment.objects.update(verified=False)
        assert deciding.refuse(actor=olga, number=number_of(dossier), reason="Hors critères.").state == State.REFUSEE

    @pytest.mark.parametrize("state", ["pending", "error", "infected", "gone"])
    def test_not_without_a_piece_that_was_checked(
        self, state: str, alice: Actor, olga: Actor, place: Establishment, settings: Any
    ) -> None:
        settings.CLAMD_ADDRESS = "127.0.0.1:1"
        dossier = taken(alice, place, olga)
        given = {"infected": {"reason": "Eicar", "content": ""}, "error": {"reason": "Trop lourd"}}.get(state, {})
        if state == "gone":
            Document.objects.all().delete()
        else:
            Document.objects.update(state=state, **given)
        with pytest.raises(NotDecidable, match="antivirus" if state == "pending" else "manque une pièce obligatoire"):
            deciding.grant(actor=olga, number=number_of(dossier), amount=ALL)

    def test_not_to_a_provider_that_no_fund_may_pay(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        Provider.objects.update(qualiopi_actions=False)
        with pytest.raises(NotDecidable, match="non certifié Qualiopi"):
            deciding.grant(actor=olga, number=number_of(dossier), amount=ALL)

    def test_what_an_officer_rectified_is_not_what_was_asked(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        slips.correct_slip(actor=olga, number=number_of(dossier), name="cost", value="56,00", reason="Un zéro de trop.")
        with pytest.raises(MissingReason):
            deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("56.00"))
        deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("56.00"), reason="Un zéro de trop.")
        assert Decision.objects.get().amount_asked == ALL


class TestRefusingAndClosing:
    @pytest.mark.parametrize(("act", "state"), [(deciding.refuse, State.REFUSEE), (deciding.close, State.SANS_SUITE)])
    def test_the_reason_is_kept(self, act: Any, state: State, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        act(actor=olga, number=number_of(dossier), reason="  Hors critères 2026.  ")
        decision = Decision.objects.get(dossier=dossier)
        assert (decision.outcome, decision.reason, decision.amount_granted) == (state, "Hors critères 2026.", None)

    @pytest.mark.parametrize("act", [deciding.refuse, deciding.close])
    def test_no_reason_no_decision(self, act: Any, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        with pytest.raises(MissingReason):
            act(actor=olga, number=number_of(dossier), reason=" \n ")

    def test_closing_while_an_answer_is_awaited_takes_the_correction_back(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = asked(alice, place, olga)
        DraftField.objects.filter(name="cost").update(value="1,00")
        deciding.close(actor=olga, number=number_of(dossier), reason="Sans réponse.")
        correction = CorrectionRequest.objects.get()
        assert (correction.state, correction.closed_at is None) == (CorrectionState.RETIREE, False)
        lines = [line for part in Decision.objects.get().snapshot["sections"] for line in part["lines"]]
        assert next(line["value"] for line in lines if line["name"] == "cost") == "560,00\u202f€"


class TestWhoDecides:
    @pytest.mark.parametrize("act", [deciding.refuse, deciding.close, deciding.grant])
    def test_only_who_holds_it(self, act: Any, alice: Actor, olga: Actor, oscar: Actor, place: Establishment) -> None:
        given = {"amount": ALL} if act is deciding.grant else {"reason": "Motif."}
        with pytest.raises(HeldByAnother, match="Prenez d'abord ce dossier"):
            act(actor=oscar, number=number_of(sent(alice, place)), **given)
        with pytest.raises(HeldByAnother, match=f"traité par {olga.label}"):
            act(actor=oscar, number=number_of(taken(alice, place, olga)), **given)

    def test_nobody_takes_or_decides_what_he_filed_or_typed(
        self, alice: Actor, bob: Actor, place: Establishment
    ) -> None:
        from openopco.dossiers.actions.sending import send

        dossier = send(actor=bob, key=str(complete_draft(alice, place).key)).dossier
        for own in (alice, bob):
            both = Actor(own.user_id, own.label, (*own.grants, Grant(Role.GESTIONNAIRE)))
            with pytest.raises(Forbidden):
                holding.take(actor=both, number=number_of(dossier))
            Dossier.objects.update(state=State.EN_INSTRUCTION, holder_id=own.user_id)
            for act in (deciding.refuse, deciding.close):
                with pytest.raises(Forbidden):
                    act(actor=both, number=number_of(dossier), reason="Motif.")
            with pytest.raises(Forbidden):
                deciding.grant(actor=both, number=number_of(dossier), amount=ALL)
            Dossier.objects.update(state=State.TRANSMISE, holder_id=None)

    def test_it_is_not_given_to_who_filed_it(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        with pytest.raises(Forbidden):
            holding.assign(actor=olga, number=number_of(sent(alice, place)), to=user(alice))

    def test_an_old_page_decides_nothing(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        stale = dossier.version - 1
        number = number_of(dossier)
        for act in (
            lambda: deciding.grant(actor=olga, number=number, amount=ALL, version=stale),
            lambda: deciding.refuse(actor=olga, number=number, reason="Motif.", version=stale),
            lambda: deciding.close(actor=olga, number=number, reason="Motif.", version=stale),
            lambda: deciding.cancel(actor=alice, number=number, version=stale),
            lambda: holding.release(actor=olga, number=number, version=stale),
            lambda: holding.assign(actor=olga, number=number, to=user(olga), version=stale),
            lambda: corrections.ask(actor=olga, number=number, points=[], version=stale),
        ):
            with pytest.raises(ChangedMeanwhile):
                act()
        assert deciding.grant(actor=olga, number=number, amount=ALL, version=dossier.version).state == State.ACCORDEE

    def test_an_effect_undoes_the_whole_decision(
        self, alice: Actor, olga: Actor, place: Establishment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class NoMoneyLeft(OpenOpcoError):
            pass

        def veto(dossier: Dossier) -> None:
            assert Decision.objects.filter(dossier=dossier).exists()
            raise NoMoneyLeft

        monkeypatch.setitem(effects._EFFECTS, Event.ACCORDER, [veto])
        dossier = taken(alice, place, olga)
        with pytest.raises(NoMoneyLeft):
            deciding.grant(actor=olga, number=number_of(dossier), amount=ALL)
        dossier.refresh_from_db()
        assert (dossier.state, dossier.amount_granted) == (State.EN_INSTRUCTION, None)
        assert not Decision.objects.exists()
        assert not Entry.objects.filter(event="dossier.accorder").exists()


class TestCancelling:
    @pytest.mark.parametrize("state", [State.TRANSMISE, State.EN_INSTRUCTION, State.COMPLEMENT_DEMANDE])
    def test_the_employer_takes_back_what_is_not_decided(self, state: State, db: None) -> None:
        dossier, alice, _ = in_state(state)
        cancelled = deciding.cancel(actor=alice, number=number_of(dossier), reason="Formation reportée.")
        assert (cancelled.state, cancelled.due_on, cancelled.is_open) == (State.ANNULEE, NO_DUE_DATE, False)
        assert Entry.objects.get(event="dossier.annuler").payload["motif"] == "Formation reportée."
        assert not CorrectionRequest.objects.filter(state=CorrectionState.OUVERTE).exists()

    def test_a_stranger_takes_nothing_back(self, alice: Actor, charlie: Actor, place: Establishment) -> None:
        with pytest.raises(UnknownDossier):
            deciding.cancel(actor=charlie, number=number_of(sent(alice, place)))

    def test_an_officer_does_not_cancel_for_the_employer(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        with pytest.raises(Forbidden):
            deciding.cancel(actor=olga, number=number_of(sent(alice, place)))


class TestLapsing:
    def test_once_the_delay_to_claim_has_passed(self, clock: Any, db: None) -> None:
        dossier, _, _ = in_state(State.ACCORDEE)
        clock.move_to("2027-05-13T12:00:00Z")
        with pytest.raises(NotPossibleNow):
            agreements.lapse(actor=SYSTEM, number=number_of(dossier))
        clock.move_to("2027-05-14T12:00:00Z")
        assert agreements.lapse(actor=SYSTEM, number=number_of(dossier)).state == State.CADUQUE

    def test_the_system_alone_does_it(self, db: None) -> None:
        dossier, alice, olga = in_state(State.ACCORDEE)
        for actor in (alice, olga):
            with pytest.raises(Forbidden):
                agreements.lapse(actor=actor, number=number_of(dossier))


class TestTalking:
    def test_a_message_says_from_which_side_it_comes(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        number = number_of(sent(alice, place))
        talking.write_message(actor=alice, number=number, body="Bonjour,\nla date a changé. ")
        talking.write_message(actor=olga, number=number, body="Merci.")
        said = list(Message.objects.order_by("id").values_list("author_label", "from_opco", "body"))
        assert said == [(alice.label, False, "Bonjour,\nla date a changé."), (olga.label, True, "Merci.")]

    def test_what_is_said_stays_out_of_the_journal(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        number = number_of(sent(alice, place))
        message = talking.write_message(actor=alice, number=number, body="Secret")
        note = talking.write_note(actor=olga, number=number, body="Secret")
        payloads = list(Entry.objects.order_by("id").values_list("payload", flat=True))[-2:]
        assert payloads == [{"message": message.pk, "opco": False}, {"note": note.pk}]

    @pytest.mark.parametrize("body", ["", " \n\t", "a" * (talking.LONGEST + 1)])
    def test_an_empty_or_endless_one_is_refused(
        self, body: str, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        number = number_of(sent(alice, place))
        for act, actor in ((talking.write_message, alice), (talking.write_note, olga)):
            with pytest.raises(InvalidValue):
                act(actor=actor, number=number, body=body)

    def test_a_message_leaves_an_open_page_valid(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        talking.write_message(actor=alice, number=number_of(dossier), body="Bonjour")
        assert deciding.grant(actor=olga, number=number_of(dossier), amount=ALL, version=dossier.version)

    def test_an_employer_writes_no_note(self, alice: Actor, place: Establishment) -> None:
        with pytest.raises(Forbidden):
            talking.write_note(actor=alice, number=number_of(sent(alice, place)), body="Note")
        assert not Note.objects.exists()

    def test_a_stranger_writes_nothing(self, alice: Actor, charlie: Actor, place: Establishment) -> None:
        with pytest.raises(UnknownDossier):
            talking.write_message(actor=charlie, number=number_of(sent(alice, place)), body="Bonjour")


def test_a_point_can_be_about_a_piece(alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = asked(alice, place, olga, Point(ItemKind.PIECE, "programme", "Illisible."))
    assert dossier.corrections.get().items.get().before == "programme.pdf"
