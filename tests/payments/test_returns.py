"""What the bank answers: each fact once, whatever the file that tells it; nothing of a file that is not sound."""

import io
from datetime import date
from decimal import Decimal

import pytest

from openopco.base.jobs import run_pending_jobs
from openopco.billing.enums import DueState
from openopco.billing.errors import NotCreditable
from openopco.billing.models import Due
from openopco.funding.models import Envelope
from openopco.kernel.errors import Conflict, Forbidden, InvalidValue
from openopco.notifications.models import Notice
from openopco.payments.actions import credit_due, mark_seen, read_bank_file, record_recovery
from openopco.payments.enums import OrderState, Outcome, OverpaymentState
from openopco.payments.errors import AlreadyRead
from openopco.payments.gathering import preview
from openopco.payments.models import BankEvent, BankFile, Overpayment, PaymentBatch, PaymentOrder
from openopco.payments.reconciling import broken
from openopco.payments.sepa.errors import Hostile, RefusedBankFile
from openopco.rights import SYSTEM, Actor
from tests.habilitations.factories import AcceptedTeacherFactory, officer
from tests.payments.builders import (
    DAY,
    TODAY,
    booked,
    debtor,
    due,
    dues,
    engaged,
    entry,
    figures,
    notice,
    orders,
    prepared,
    read,
    report,
    school,
    status,
)

D = Decimal
pytestmark = pytest.mark.django_db


def test_what_is_debited_is_paid_on_that_day(batch: PaymentBatch, anna: Actor) -> None:
    first, second = orders(batch)
    file = read(anna, booked(first))
    first.refresh_from_db()
    assert (first.state, first.settled_on, first.answer) == (OrderState.REGLE, DAY, file)
    assert (file.told, file.applied, file.kind) == (1, 1, "camt.054.001.08")
    assert figures() == [(100, 100, 100), (D("30.5"), D("30.5"), 0)]
    assert (dues(), Envelope.objects.get().paid) == ([DueState.PAYEE, DueState.EN_COURS], 100)
    assert broken() == []


def test_the_whole_batch_debited_at_once_pays_each_of_its_transfers(batch: PaymentBatch, anna: Actor) -> None:
    read(anna, notice(entry("", D("130.50"), batch=batch.message_id)))
    assert {each.state for each in orders(batch)} == {OrderState.REGLE}
    assert Envelope.objects.get().paid == D("130.50")


def test_a_batch_debited_for_another_sum_changes_nothing(batch: PaymentBatch, anna: Actor) -> None:
    file = read(anna, notice(entry("", D("130.49"), batch=batch.message_id)))
    assert (file.to_see, {each.state for each in orders(batch)}) == (1, {OrderState.EMIS})
    assert "130,50" in BankEvent.objects.get().words


def test_a_rejected_transfer_is_due_again_with_why(batch: PaymentBatch, anna: Actor) -> None:
    first, second = orders(batch)
    read(
        anna,
        report(
            batch,
            status(first.end_to_end, first.amount, "RJCT", "AC04"),
            status(second.end_to_end, second.amount, "ACSP"),
        ),
    )
    first.refresh_from_db()
    assert (first.state, first.reason, first.ended_on) == (
        OrderState.REJETE,
        "Le compte du bénéficiaire est clôturé.",
        TODAY,
    )
    assert dues() == [DueState.A_PAYER, DueState.EN_COURS]
    assert figures()[0] == (100, 0, 0)
    again = prepared(anna)
    assert [(each.amount, each.end_to_end == first.end_to_end) for each in orders(again)] == [(D(100), False)]
    assert broken() == []


def test_a_batch_rejected_whole_is_due_again(batch: PaymentBatch, anna: Actor) -> None:
    read(anna, report(batch, group="RJCT"))
    assert dues() == [DueState.A_PAYER, DueState.A_PAYER]
    assert {each.state for each in orders(batch)} == {OrderState.REJETE}


def test_what_comes_back_is_due_again_and_paid_falls(batch: PaymentBatch, anna: Actor) -> None:
    first, _ = orders(batch)
    read(anna, booked(first))
    read(anna, notice(entry(first.end_to_end, first.amount, back="AC04")))
    first.refresh_from_db()
    assert (first.state, first.settled_on, first.ended_on) == (OrderState.RENDU, DAY, DAY)
    assert (figures()[0], dues()[0], Envelope.objects.get().paid) == ((100, 0, 0), DueState.A_PAYER, 0)
    assert broken() == []


def test_what_comes_back_before_it_was_said_debited_had_left(batch: PaymentBatch, anna: Actor) -> None:
    first, _ = orders(batch)
    read(anna, notice(entry(first.end_to_end, first.amount, back="AC04")))
    file = read(anna, booked(first))
    first.refresh_from_db()
    assert (first.state, figures()[0], file.without_effect) == (OrderState.RENDU, (100, 0, 0), 1)
    assert broken() == []


def test_debited_then_given_back_in_one_file(batch: PaymentBatch, anna: Actor) -> None:
    first, second = orders(batch)
    lines = [entry(first.end_to_end, first.amount), entry(second.end_to_end, second.amount)]
    file = read(anna, notice(*lines, entry(first.end_to_end, first.amount, back="AC04"), lines[0]))
    assert (file.told, file.applied, file.known) == (4, 3, 1)
    assert [each.state for each in orders(batch)] == [OrderState.RENDU, OrderState.REGLE]
    assert broken() == []


def test_the_same_file_twice_is_refused_and_the_same_fact_twice_changes_nothing(
    batch: PaymentBatch, anna: Actor, basil: Actor
) -> None:
    first, _ = orders(batch)
    content = booked(first)
    read(anna, content)
    before = figures()
    with pytest.raises(AlreadyRead, match="01/12/2026"):
        read(basil, content)
    file = read(basil, booked(first))
    assert (file.applied, file.known, figures()) == (0, 1, before)
    assert BankEvent.objects.count() == 1


def test_an_unknown_reference_is_listed_for_a_person_who_says_what_was_done(batch: PaymentBatch, anna: Actor) -> None:
    file = read(anna, notice(entry("AUTRE-CHOSE", D(12))))
    event = BankEvent.objects.get()
    assert (file.to_see, event.outcome, event.amount) == (1, Outcome.INCONNU, D(12))
    with pytest.raises(InvalidValue):
        mark_seen(actor=anna, event_id=event.pk, words="")
    with pytest.raises(Forbidden):
        mark_seen(actor=officer(), event_id=event.pk, words="Vu")
    assert mark_seen(actor=anna, event_id=event.pk, words="Frais de tenue de compte.").outcome == Outcome.TRAITE
    with pytest.raises(Conflict):
        mark_seen(actor=anna, event_id=event.pk, words="Encore")


def test_a_wrong_amount_is_refused_for_its_line_alone(batch: PaymentBatch, anna: Actor) -> None:
    first, second = orders(batch)
    file = read(anna, notice(entry(first.end_to_end, D("99.99")), entry(second.end_to_end, second.amount)))
    assert (file.to_see, file.applied) == (1, 1)
    assert [each.state for each in orders(batch)] == [OrderState.EMIS, OrderState.REGLE]
    assert "99,99" in BankEvent.objects.get(outcome=Outcome.REFUSE).words


def test_a_transfer_that_never_left_can_t_be_debited(anna: Actor, basil: Actor) -> None:
    debtor(anna, basil)
    due(engaged("100"), to=school())
    order = orders(prepared(anna))[0]
    file = read(anna, booked(order))
    assert (file.to_see, figures()) == (1, [(100, 100, 0)])


def test_a_refused_line_is_tried_again_when_told_again(batch: PaymentBatch, anna: Actor) -> None:
    first, _ = orders(batch)
    PaymentOrder.objects.filter(pk=first.pk).update(end_to_end="PAS-ENCORE")
    reference, first.end_to_end = first.end_to_end, first.end_to_end
    read(anna, booked(first))
    PaymentOrder.objects.filter(pk=first.pk).update(end_to_end=reference)
    file = read(anna, booked(first))
    assert (file.applied, BankEvent.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "content",
    [
        "rien",
        "",
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"/>',
    ],
)
def test_an_unsound_file_is_refused_whole(batch: PaymentBatch, anna: Actor, content: str) -> None:
    with pytest.raises(RefusedBankFile) as refused:
        read(anna, content)
    assert refused.value.message
    assert BankFile.objects.count() == 0


def test_a_file_cut_short_leaves_nothing_of_its_beginning(batch: PaymentBatch, anna: Actor) -> None:
    with pytest.raises(RefusedBankFile):
        read(anna, booked(*orders(batch))[:-60])
    assert (BankFile.objects.count(), BankEvent.objects.count()) == (0, 0)
    assert figures()[0] == (100, 100, 0)


def test_an_entity_bomb_is_refused(batch: PaymentBatch, anna: Actor) -> None:
    bomb = "".join(f'<!ENTITY a{rank + 1} "{f"&a{rank};" * 10}">' for rank in range(9))
    content = booked(*orders(batch)).replace("?>", f'?><!DOCTYPE Document [<!ENTITY a0 "ha">{bomb}]>', 1)
    with pytest.raises(Hostile):
        read(anna, content)
    assert figures()[0] == (100, 100, 0)


def test_a_dry_run_says_what_it_would_do_and_does_nothing(batch: PaymentBatch, anna: Actor) -> None:
    file = read(anna, booked(*orders(batch)), dry_run=True)
    assert (file.applied, file.pk) == (2, None)
    assert (BankFile.objects.count(), figures()[0]) == (0, (100, 100, 0))


def test_only_accountants_and_the_operator_read_files(batch: PaymentBatch) -> None:
    with pytest.raises(Forbidden):
        read(officer(), booked(*orders(batch)))
    assert read_bank_file(actor=SYSTEM, content=io.BytesIO(booked(*orders(batch)).encode()), name="a.xml").applied == 2


def test_payees_and_accountants_are_told(batch: PaymentBatch, anna: Actor, basil: Actor) -> None:
    first, second = orders(batch)
    teacher = AcceptedTeacherFactory.create(provider=first.provider).user
    read(anna, booked(first))
    run_pending_jobs()
    told = Notice.objects.get(user=teacher)
    assert (told.kind, "100,00" in told.title, told.url) == ("payment.paid", True, "/organisme/reglements/")
    other = AcceptedTeacherFactory.create(provider=second.provider).user
    read(anna, report(batch, status(second.end_to_end, second.amount, "RJCT", "AC04")))
    run_pending_jobs()
    back = Notice.objects.get(user=other)
    assert (back.kind, back.url) == ("payment.unpaid", "/organisme/reglements/")
    assert "n'a pas abouti" in back.title
    assert Notice.objects.filter(user=teacher).count() == 1
    assert set(Notice.objects.filter(kind="payment.rejected").values_list("user_id", flat=True)) == {
        anna.user_id,
        basil.user_id,
    }


def test_who_was_refused_is_marked_when_he_is_paid_again(batch: PaymentBatch, anna: Actor) -> None:
    first, second = orders(batch)
    read(anna, booked(first))
    read(anna, report(batch, status(second.end_to_end, second.amount, "RJCT", "AC04")))
    (again,) = preview(batch.fund, date(2026, 12, 7)).paid
    assert again.payee == second.provider
    assert again.refused == "Le compte du bénéficiaire est clôturé."
    due(engaged("50"), to=first.provider)
    assert [bool(each.refused) for each in preview(batch.fund, date(2026, 12, 7)).paid] == [False, True]


# --- credits ---------------------------------------------------------------------------------------------------------


def test_a_credit_note_on_what_was_not_paid_lowers_it(anna: Actor, basil: Actor) -> None:
    debtor(anna, basil)
    owed = due(engaged("100"), to=school())
    assert credit_due(actor=anna, due_id=owed.pk, amount=D(40), reason="Avoir A-1") is None
    assert [each.amount for each in orders(prepared(anna))] == [D(60)]
    with pytest.raises(NotCreditable, match="en cours"):
        credit_due(actor=anna, due_id=owed.pk, amount=D(10), reason="Avoir A-2")
    with pytest.raises(NotCreditable, match="60,00"):
        credit_due(actor=anna, due_id=owed.pk, amount=D(61), reason="Avoir A-2")
    assert broken() == []


def test_a_credit_note_on_all_of_it_leaves_nothing_to_pay(anna: Actor) -> None:
    owed = due(engaged("100"), to=school())
    credit_due(actor=anna, due_id=owed.pk, amount=D(100), reason="Avoir A-1")
    assert (dues(), figures(), broken()) == ([DueState.ANNULEE], [(0, 0, 0)], [])


def test_what_was_paid_is_owed_by_its_payee_until_it_comes_back(batch: PaymentBatch, anna: Actor) -> None:
    read(anna, booked(*orders(batch)))
    owed = Due.objects.order_by("pk")[0]
    found = credit_due(actor=anna, due_id=owed.pk, amount=D(40), reason="Un stagiaire absent")
    assert found is not None
    assert (figures()[0], found.state, found.number) == ((60, 60, 60), OverpaymentState.A_REMBOURSER, "TP-2026-000001")
    assert "40,00" in str(found.content["blocks"])
    assert found.content["reference"] == found.number
    with pytest.raises(InvalidValue, match="40,00"):
        record_recovery(actor=anna, overpayment_id=found.pk, amount=D(41), received_on=TODAY, reference="R")
    record_recovery(actor=anna, overpayment_id=found.pk, amount=D(15), received_on=TODAY, reference="REL-1")
    with pytest.raises(InvalidValue, match="déjà"):
        record_recovery(actor=anna, overpayment_id=found.pk, amount=D(15), received_on=TODAY, reference="REL-1")
    done = record_recovery(actor=anna, overpayment_id=found.pk, amount=D(25), received_on=TODAY, reference="REL-2")
    assert (done.state, done.left, broken()) == (OverpaymentState.SOLDE, 0, [])


def test_what_the_bank_gives_back_recovers_what_was_owed(batch: PaymentBatch, anna: Actor) -> None:
    read(anna, booked(*orders(batch)))
    first = orders(batch)[0]
    owed = Due.objects.order_by("pk")[0]
    credit_due(actor=anna, due_id=owed.pk, amount=D(40), reason="Avoir")
    read(anna, notice(entry(first.end_to_end, first.amount, back="AC04")))
    found = Overpayment.objects.get()
    assert (figures()[0], found.recovered, found.state) == ((60, 0, 0), 40, OverpaymentState.SOLDE)
    assert [each.amount for each in orders(prepared(anna))] == [D(60)]
    assert broken() == []


def test_what_the_payee_gave_back_too_is_for_a_person(batch: PaymentBatch, anna: Actor) -> None:
    read(anna, booked(*orders(batch)))
    first = orders(batch)[0]
    found = credit_due(actor=anna, due_id=Due.objects.order_by("pk")[0].pk, amount=D(40), reason="Avoir")
    assert found is not None
    record_recovery(actor=anna, overpayment_id=found.pk, amount=D(10), received_on=TODAY, reference="REL-1")
    file = read(anna, notice(entry(first.end_to_end, first.amount, back="AC04")))
    assert (file.to_see, figures()[0]) == (1, (60, 60, 60))
    assert "déjà remboursé" in BankEvent.objects.get(outcome=Outcome.REFUSE).words
