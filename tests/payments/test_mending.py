"""What a person mends: a file that the bank never received, a transfer that it gave back after its payee had refunded some of
it; and the guards that nothing else watches closely."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from openopco.base.jobs import run_pending_jobs
from openopco.billing.enums import DueState
from openopco.billing.models import Due
from openopco.funding.models import Envelope
from openopco.journal.models import Entry
from openopco.kernel.errors import Conflict, Forbidden, InvalidValue
from openopco.payments.actions import (
    cancel_batch,
    credit_due,
    declare_unreceived,
    hand_back_refund,
    mark_seen,
    record_recovery,
)
from openopco.payments.entries import BANK, ORDERED, OWED, TO_RECOVER
from openopco.payments.enums import BatchState, OrderState, Outcome, OverpaymentState
from openopco.payments.errors import BatchMoved, Received
from openopco.payments.files import write_file
from openopco.payments.models import BankEvent, Overpayment, PaymentBatch, PaymentOrder, Recovery
from openopco.payments.reconciling import broken
from openopco.payments.sepa.errors import InvalidFile
from openopco.rights import Actor
from tests.habilitations.factories import accountant, officer
from tests.payments.builders import (
    DAY,
    TODAY,
    balances,
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


# --- a file that never arrived ---------------------------------------------------------------------------------------


def lost(actor: Actor, batch: PaymentBatch) -> PaymentBatch:
    return declare_unreceived(actor=actor, batch_id=batch.pk, reason="La banque, appelée, n'a rien")


def test_a_file_that_the_bank_never_received_makes_all_of_it_due_again(batch: PaymentBatch, anna: Actor) -> None:
    said = lost(anna, batch)
    assert (said.state, said.cancelled_by_id, said.cancel_reason) == (
        BatchState.NON_RECU,
        anna.user_id,
        "La banque, appelée, n'a rien",
    )
    assert {(each.state, each.reason, each.ended_on) for each in orders(batch)} == {
        (OrderState.ANNULE, said.cancel_reason, TODAY)
    }
    assert (dues(), figures()) == ([DueState.A_PAYER] * 2, [(100, 0, 0), (D("30.5"), 0, 0)])
    assert (broken(), balances()[ORDERED], balances()[OWED]) == ([], 0, D("-130.5"))
    assert Entry.objects.get(event="payment_batch.unreceived").payload["motif"] == said.cancel_reason
    again = prepared(anna)
    assert [each.amount for each in orders(again)] == [D(100), D("30.5")]
    assert not {each.end_to_end for each in orders(again)} & {each.end_to_end for each in orders(batch)}
    assert broken() == []


def test_who_released_it_never_says_so(batch: PaymentBatch, basil: Actor) -> None:
    for who in (basil, officer()):
        with pytest.raises(Forbidden):
            lost(who, batch)
    with pytest.raises(InvalidValue):
        declare_unreceived(actor=accountant(), batch_id=batch.pk, reason=" ")
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(
            state=BatchState.NON_RECU, cancelled_by=basil.user_id, cancelled_at=batch.released_at, cancel_reason="Rien"
        )
    assert lost(accountant(), batch).state == BatchState.NON_RECU


def test_only_what_left_can_be_lost_and_once(batch: PaymentBatch, anna: Actor) -> None:
    due(engaged("7"), to=school())
    waits = prepared(anna)
    with pytest.raises(BatchMoved):
        lost(anna, waits)
    with pytest.raises(BatchMoved):
        lost(anna, cancel_batch(actor=anna, batch_id=waits.pk))
    lost(anna, batch)
    with pytest.raises(BatchMoved):
        lost(anna, batch)
    assert broken() == []


@pytest.mark.parametrize("told", ["accepted", "booked", "rejected", "whole accepted", "whole booked", "wrong"])
def test_what_the_bank_spoke_of_was_received(batch: PaymentBatch, anna: Actor, told: str) -> None:
    first, _ = orders(batch)
    words = {
        "accepted": report(batch, status(first.end_to_end, first.amount, "ACSP")),
        "booked": booked(first),
        "rejected": report(batch, status(first.end_to_end, first.amount, "RJCT", "AC04")),
        "whole accepted": report(batch, group="ACCP"),
        "whole booked": notice(entry("", D("130.50"), batch=batch.message_id)),
        "wrong": notice(entry(first.end_to_end, D("99"))),
    }
    file, before = read(anna, words[told]), figures()
    assert file.applied + file.to_see == 1
    before = figures()
    with pytest.raises(Received, match="l'a reçu"):
        lost(anna, batch)
    batch.refresh_from_db()
    assert (batch.state, figures(), broken()) == (BatchState.EMIS, before, [])


def test_what_somebody_looked_at_no_longer_holds_it(batch: PaymentBatch, anna: Actor) -> None:
    read(anna, notice(entry(orders(batch)[0].end_to_end, D("99"))))
    mark_seen(actor=anna, event_id=BankEvent.objects.get().pk, words="Une erreur de la banque")
    assert lost(anna, batch).state == BatchState.NON_RECU


def test_what_the_bank_tells_of_it_later_is_seen_and_never_applied(batch: PaymentBatch, anna: Actor) -> None:
    first, second = orders(batch)
    lost(anna, batch)
    again = prepared(anna)
    before = (figures(), dues())
    for told in (
        booked(first),
        notice(entry(second.end_to_end, second.amount, back="AC04")),
        report(batch, status(first.end_to_end, first.amount, "RJCT", "AC04")),
        report(batch, status(first.end_to_end, first.amount, "ACSP")),
        report(batch, group="ACCP"),
        report(batch, group="RJCT"),
        notice(entry("", D("130.50"), batch=batch.message_id)),
    ):
        file = read(anna, told)
        assert (file.applied, file.without_effect, file.to_see) == (0, 0, 1), told
    assert {each.outcome for each in BankEvent.objects.all()} == {Outcome.REFUSE}
    assert all("non reçu" in each.words for each in BankEvent.objects.all())
    assert ((figures(), dues()), broken()) == (before, [])
    assert {each.state for each in orders(batch)} == {OrderState.ANNULE}
    assert {each.state for each in orders(again)} == {OrderState.PREPARE}


def test_a_whole_batch_that_never_left_can_t_be_debited(anna: Actor, basil: Actor) -> None:
    debtor(anna, basil)
    due(engaged("100"), to=school())
    batch = prepared(anna)
    told = notice(entry("", D(100), batch=batch.message_id))
    assert read(anna, told).to_see == 1
    cancel_batch(actor=anna, batch_id=batch.pk)
    assert read(anna, notice(entry("", D(100), batch=batch.message_id))).to_see == 1
    assert (figures(), broken()) == ([(100, 0, 0)], [])


def test_a_file_said_lost_is_kept_as_it_was_and_never_written_afterwards(batch: PaymentBatch, anna: Actor) -> None:
    run_pending_jobs()
    batch.refresh_from_db()
    digest = batch.digest
    assert lost(anna, batch).digest == digest != ""
    again = prepared(anna)
    PaymentBatch.objects.filter(pk=again.pk).update(
        state=BatchState.EMIS, released_by=accountant().user_id, released_at=batch.released_at
    )
    PaymentOrder.objects.filter(batch=again).update(state=OrderState.EMIS)
    lost(anna, again)
    write_file(again.pk, lambda: None)
    again.refresh_from_db()
    assert (again.storage_name, again.digest) == ("", "")


# --- a transfer that came back though some of it had been refunded ------------------------------------------------------


@pytest.fixture
def came_back(batch: PaymentBatch, anna: Actor) -> BankEvent:
    """100 € paid, 40 € taken back, 10 € of which refunded; then the bank gives back the 100 €."""
    read(anna, booked(*orders(batch)))
    first = orders(batch)[0]
    found = credit_due(actor=anna, due_id=Due.objects.order_by("pk")[0].pk, amount=D(40), reason="Avoir")
    assert found is not None
    record_recovery(actor=anna, overpayment_id=found.pk, amount=D(10), received_on=TODAY, reference="REL-1")
    read(anna, notice(entry(first.end_to_end, first.amount, back="AC04")))
    return BankEvent.objects.get(outcome=Outcome.REFUSE)


def hand_back(actor: Actor, event: BankEvent, reference: str = "VIR-88", on: date = TODAY) -> BankEvent:
    return hand_back_refund(actor=actor, event_id=event.pk, given_on=on, reference=reference)


def test_once_his_refund_was_given_back_the_return_counts(came_back: BankEvent, anna: Actor) -> None:
    assert (figures()[0], broken()) == ((60, 60, 60), [])
    event = hand_back(anna, came_back)
    order, owed = PaymentOrder.objects.order_by("pk")[0], Overpayment.objects.get()
    assert (order.state, order.ended_on, order.reason) == (
        OrderState.RENDU,
        DAY,
        "Le compte du bénéficiaire est clôturé.",
    )
    assert (event.outcome, event.seen_by_id, "VIR-88" in event.words) == (Outcome.TRAITE, anna.user_id, True)
    assert (owed.recovered, owed.state) == (40, OverpaymentState.SOLDE)
    assert [each.amount for each in Recovery.objects.order_by("pk")] == [10, -10]
    assert (figures()[0], dues()[0], Envelope.objects.get().paid) == ((60, 0, 0), DueState.A_PAYER, D("30.5"))
    assert broken() == []
    # The 30.50 of the other transfer stay paid.
    assert (balances()[BANK], balances()[OWED], balances()[ORDERED], balances()[TO_RECOVER]) == (D("-30.5"), -60, 0, 0)
    assert [each.amount for each in orders(prepared(anna))] == [60]
    assert read(anna, notice(entry(order.end_to_end, order.amount, back="AC04", day=TODAY))).known == 1


def test_it_is_given_back_once_with_a_reference_of_a_day_that_came(came_back: BankEvent, anna: Actor) -> None:
    with pytest.raises(Forbidden):
        hand_back(officer(), came_back)
    for reference, on, why in (
        (" ", TODAY, "référence du relevé"),
        ("REL-1", TODAY, "déjà cette référence"),
        ("VIR-88", date(2026, 12, 2), "pas encore venu"),
    ):
        with pytest.raises(InvalidValue, match=why):
            hand_back(anna, came_back, reference, on)
    assert figures()[0] == (60, 60, 60)
    hand_back(anna, came_back)
    with pytest.raises(Conflict):
        hand_back(anna, came_back, "VIR-89")
    assert Recovery.objects.count() == 2


def test_another_event_gives_nothing_back(batch: PaymentBatch, anna: Actor) -> None:
    first = orders(batch)[0]
    read(anna, booked(first))
    read(anna, notice(entry(first.end_to_end, D(99), back="AC04"), entry("AUTRE", D(5))))
    for event in BankEvent.objects.exclude(outcome=Outcome.APPLIQUE):
        with pytest.raises(Conflict):
            hand_back(anna, event)
    found = credit_due(actor=anna, due_id=Due.objects.order_by("pk")[0].pk, amount=D(40), reason="Avoir")
    assert found is not None
    record_recovery(actor=anna, overpayment_id=found.pk, amount=D(10), received_on=TODAY, reference="REL-1")
    for event in BankEvent.objects.all():
        with pytest.raises(Conflict):
            hand_back(anna, event)
    assert (figures()[0], broken()) == ((60, 60, 60), [])


# --- guards ----------------------------------------------------------------------------------------------------------


def test_a_refund_of_a_day_to_come_is_refused(batch: PaymentBatch, anna: Actor) -> None:
    read(anna, booked(*orders(batch)))
    found = credit_due(actor=anna, due_id=Due.objects.order_by("pk")[0].pk, amount=D(40), reason="Avoir")
    assert found is not None
    with pytest.raises(InvalidValue, match="pas encore venu"):
        record_recovery(
            actor=anna, overpayment_id=found.pk, amount=D(10), received_on=date(2026, 12, 2), reference="REL-1"
        )
    assert Recovery.objects.count() == 0


@pytest.mark.parametrize("back", [False, True])
def test_a_batch_rejected_whole_after_some_of_it_was_debited_is_for_a_person(
    batch: PaymentBatch, anna: Actor, back: bool
) -> None:
    first, _ = orders(batch)
    read(anna, booked(first))
    if back:
        read(anna, notice(entry(first.end_to_end, first.amount, back="AC04")))
    before = (figures(), dues())
    file = read(anna, report(batch, group="RJCT"))
    assert (file.applied, file.to_see) == (0, 1)
    assert "ont été débités" in BankEvent.objects.get(outcome=Outcome.REFUSE).words
    assert ((figures(), dues()), broken()) == (before, [])
    assert [each.state for each in orders(batch)] == [OrderState.RENDU if back else OrderState.REGLE, OrderState.EMIS]


def test_a_due_wholly_credited_that_the_bank_gives_back_is_due_no_more(batch: PaymentBatch, anna: Actor) -> None:
    first, _ = orders(batch)
    read(anna, booked(first))
    owed = Due.objects.order_by("pk")[0]
    credit_due(actor=anna, due_id=owed.pk, amount=D(100), reason="Avoir")
    read(anna, notice(entry(first.end_to_end, first.amount, back="AC04")))
    assert (dues()[0], figures()[0]) == (DueState.ANNULEE, (0, 0, 0))
    assert Overpayment.objects.get().state == OverpaymentState.SOLDE
    assert broken() == []


def test_a_file_that_its_schema_refuses_is_not_kept(batch: PaymentBatch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openopco.payments.files.write", lambda file, transfers, totals, out: out.write(b"<Document/>"))
    with pytest.raises(InvalidFile):
        write_file(batch.pk, lambda: None)
    batch.refresh_from_db()
    assert (batch.storage_name, batch.digest) == ("", "")
