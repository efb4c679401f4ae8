"""Any history of what is due, on the real rows: after each step the tables agree with one another, and with the pure ledger."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import F
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from openopco.billing.enums import DueState
from openopco.billing.errors import NotCreditable
from openopco.billing.models import Due
from openopco.funding.models import Commitment, Envelope
from openopco.kernel.money import from_cents, to_cents
from openopco.organisations.models import Provider
from openopco.payments import ledger
from openopco.payments.actions import (
    cancel_batch,
    credit_due,
    declare_unreceived,
    hand_back_refund,
    prepare_batch,
    record_recovery,
    release_batch,
    withdraw_order,
)
from openopco.payments.enums import BatchState, EventKind, OrderState, Outcome
from openopco.payments.errors import NothingToPay, Received
from openopco.payments.ledger import Account, Refused
from openopco.payments.models import BankEvent, OrderLine, Overpayment, PaymentBatch, PaymentOrder
from openopco.payments.reconciling import broken
from tests.habilitations.factories import accountant
from tests.payments.builders import (
    DAY,
    TODAY,
    booked,
    debtor,
    due,
    engaged,
    entry,
    notice,
    read,
    report,
    school,
    status,
)

AMOUNTS = st.integers(1, 200_000)


class History(RuleBasedStateMachine):
    """Beside the tables, one pure account for each due, whose lines serve as the references of its orders."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.clock = time_machine.travel(datetime(2026, 12, 1, 8, tzinfo=UTC), tick=False)
        self.clock.start()
        self.anna, self.basil = accountant(), accountant()
        debtor(self.anna, self.basil)
        self.payees = [school(), school()]
        self.accounts: dict[int, Account] = {}
        self.files = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)
        self.clock.stop()

    def step(self, due_id: int, act: Callable[..., Account], *arguments: Any) -> None:
        self.accounts[due_id] = act(self.accounts[due_id], *arguments)

    def refuses(self, due_id: int, act: Callable[..., Account], *arguments: Any) -> bool:
        try:
            act(self.accounts[due_id], *arguments)
        except Refused:
            return True
        return False

    def each_line(self, order: PaymentOrder, act: Callable[..., Account]) -> None:
        for line in OrderLine.objects.filter(order=order):
            self.step(line.due_id, act, str(line.pk))

    def some_order(self, data: st.DataObject, *states: OrderState) -> PaymentOrder | None:
        found = list(PaymentOrder.objects.filter(state__in=states).order_by("pk"))
        return data.draw(st.sampled_from(found)) if found else None

    # --- what happens --------------------------------------------------------------------------------------------------

    @initialize(amounts=st.lists(AMOUNTS, min_size=2, max_size=4))
    def some_at_the_bank(self, amounts: list[int]) -> None:
        for rank, amount in enumerate(amounts):
            self.a_due(engaged_for=amount, share=1, to=rank % 2)
        self.prepare()
        self.release()

    @rule(engaged_for=AMOUNTS, share=st.floats(0.01, 1), to=st.integers(0, 1))
    def a_due(self, engaged_for: int, share: float, to: int) -> None:
        line = engaged(from_cents(engaged_for))
        amount = max(1, int(engaged_for * share))
        owed = due(line, from_cents(amount), to=Provider.objects.get(pk=self.payees[to].pk))
        self.accounts[owed.pk] = ledger.invoice(ledger.engage(Account(), engaged_for), amount)

    @rule(share=st.floats(0.01, 1), data=st.data())
    def another_due_of_a_line(self, share: float, data: st.DataObject) -> None:
        lines = list(Commitment.objects.filter(amount__gt=F("invoiced")).order_by("pk"))
        if not lines:
            return
        line = data.draw(st.sampled_from(lines))
        left = to_cents(line.amount - line.invoiced)
        amount = max(1, int(left * share))
        owed = due(line, from_cents(amount), to=Provider.objects.get(pk=self.payees[0].pk))
        self.accounts[owed.pk] = ledger.invoice(ledger.engage(Account(), amount), amount)

    @rule()
    def prepare(self) -> None:
        waits = Due.objects.filter(state=DueState.A_PAYER).exists()
        try:
            with transaction.atomic():
                batch = prepare_batch(actor=self.anna, fund="pdc", execution_date=DAY).batch
        except NothingToPay:
            assert not waits
            return
        assert waits
        for line in OrderLine.objects.filter(order__batch=batch):
            self.step(line.due_id, ledger.order, str(line.pk), to_cents(line.amount))

    @precondition(lambda self: PaymentBatch.objects.filter(state=BatchState.PREPARE).exists())
    @rule()
    def cancel(self) -> None:
        batch = PaymentBatch.objects.filter(state=BatchState.PREPARE).order_by("pk")[0]
        for order in PaymentOrder.objects.filter(batch=batch, state=OrderState.PREPARE):
            self.each_line(order, ledger.cancel)
        cancel_batch(actor=self.basil, batch_id=batch.pk)

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        if order := self.some_order(data, OrderState.PREPARE):
            self.each_line(order, ledger.cancel)
            withdraw_order(actor=self.anna, order_id=order.pk, reason="Litige")

    @precondition(lambda self: PaymentBatch.objects.filter(state=BatchState.PREPARE).exists())
    @rule()
    def release(self) -> None:
        batch = PaymentBatch.objects.filter(state=BatchState.PREPARE).order_by("pk")[0]
        for order in PaymentOrder.objects.filter(batch=batch, state=OrderState.PREPARE):
            self.each_line(order, ledger.send)
        release_batch(actor=self.basil, batch_id=batch.pk)

    @rule(data=st.data(), times=st.integers(1, 2))
    def book(self, data: st.DataObject, times: int) -> None:
        order = self.some_order(data, OrderState.EMIS, OrderState.REGLE)
        for _ in range(times if order else 0):
            self.each_line(order, ledger.settle)
            read(self.anna, booked(order))

    @precondition(lambda self: PaymentOrder.objects.filter(state=OrderState.EMIS).exists())
    @rule()
    def book_a_batch(self) -> None:
        waiting = PaymentOrder.objects.filter(state=OrderState.EMIS).order_by("pk")
        batch = waiting[0].batch
        of_it = list(waiting.filter(batch=batch))
        sent = [OrderState.EMIS, OrderState.REGLE, OrderState.RENDU]
        amounts = PaymentOrder.objects.filter(batch=batch, state__in=sent).values_list("amount", flat=True)
        read(self.anna, notice(entry("", sum(amounts, Decimal(0)), batch=batch.message_id)))
        key_told = not PaymentOrder.objects.filter(pk=of_it[0].pk, state=OrderState.REGLE).exists()
        for order in [] if key_told else of_it:
            self.each_line(order, ledger.settle)

    @rule(data=st.data(), times=st.integers(1, 2))
    def reject(self, data: st.DataObject, times: int) -> None:
        order = self.some_order(data, OrderState.EMIS)
        for _ in range(times if order else 0):
            self.each_line(order, ledger.reject)
            read(self.anna, report(order.batch, status(order.end_to_end, order.amount, "RJCT", "AC04")))

    @rule(data=st.data(), times=st.integers(1, 2))
    def come_back(self, data: st.DataObject, times: int) -> None:
        order = self.some_order(data, OrderState.EMIS, OrderState.REGLE)
        if order is None:
            return
        refunded = Overpayment.objects.filter(line__order=order, recovered__gt=0).exists()
        for _ in range(times):
            read(self.anna, notice(entry(order.end_to_end, order.amount, back="AC04")))
        if refunded:
            lines = OrderLine.objects.filter(order=order)
            assert any(self.refuses(line.due_id, ledger.give_back, str(line.pk)) for line in lines)
            return
        self.each_line(order, ledger.settle)
        self.each_line(order, ledger.give_back)

    @precondition(lambda self: PaymentBatch.objects.filter(state=BatchState.EMIS).exists())
    @rule()
    def lose(self) -> None:
        batch = PaymentBatch.objects.filter(state=BatchState.EMIS).order_by("pk")[0]
        sent = list(PaymentOrder.objects.filter(batch=batch, state=OrderState.EMIS).order_by("pk"))
        told = BankEvent.objects.filter(order__batch=batch) | BankEvent.objects.filter(batch=batch)
        try:
            with transaction.atomic():
                declare_unreceived(actor=self.anna, batch_id=batch.pk, reason="Perdu")
        except Received:
            assert told.exists()
            return
        for order in sent:
            self.each_line(order, ledger.reject)

    @rule()
    def hand_back(self) -> None:
        waits = BankEvent.objects.filter(outcome=Outcome.REFUSE, kind=EventKind.RETURNED)
        event = waits.filter(order__state=OrderState.REGLE, amount=F("order__amount")).order_by("pk").first()
        owed = Overpayment.objects.filter(line__order=event.order_id, recovered__gt=0) if event else []
        if event is None or not owed:
            return
        for each in owed:
            self.step(each.line.due_id, ledger.refund, to_cents(each.recovered))
        self.files += 1
        hand_back_refund(actor=self.anna, event_id=event.pk, given_on=TODAY, reference=f"VIR-{self.files}")
        self.each_line(event.order, ledger.give_back)

    @rule(data=st.data(), wrong=st.integers(1, 500))
    def lie_about_an_amount(self, data: st.DataObject, wrong: int) -> None:
        if order := self.some_order(data, *OrderState):
            file = read(self.anna, notice(entry(order.end_to_end, order.amount + from_cents(wrong))))
            assert file.applied == 0

    @precondition(lambda self: self.accounts)
    @rule(data=st.data())
    def credit(self, data: st.DataObject) -> None:
        owed = Due.objects.get(pk=data.draw(st.sampled_from(sorted(self.accounts))))
        if owed.payable == 0:
            return
        amount = data.draw(st.integers(1, to_cents(owed.payable)))
        refused = self.refuses(owed.pk, ledger.credit, amount)
        try:
            with transaction.atomic():
                credit_due(actor=self.anna, due_id=owed.pk, amount=from_cents(amount), reason="Avoir")
        except NotCreditable:
            assert refused
            return
        assert not refused
        self.step(owed.pk, ledger.credit, amount)

    @rule(data=st.data())
    def recover(self, data: st.DataObject) -> None:
        found = list(Overpayment.objects.filter(amount__gt=F("recovered")).order_by("pk"))
        if not found:
            return
        owed = data.draw(st.sampled_from(found))
        amount = data.draw(st.integers(1, to_cents(owed.left)))
        self.files += 1
        record_recovery(
            actor=self.anna,
            overpayment_id=owed.pk,
            amount=from_cents(amount),
            received_on=TODAY,
            reference=f"REL-{self.files}",
        )
        self.step(owed.line.due_id, ledger.recover, amount)

    # --- what always holds -----------------------------------------------------------------------------------------------

    @invariant()
    def the_tables_agree(self) -> None:
        assert broken() == []

    @invariant()
    def the_tables_are_the_ledger(self) -> None:
        for line in Commitment.objects.all():
            own = [self.accounts[pk] for pk in Due.objects.filter(commitment=line).values_list("pk", flat=True)]
            assert to_cents(line.invoiced) == sum(each.invoiced for each in own)
            assert to_cents(line.ordered) == sum(each.ordered for each in own)
            assert to_cents(line.paid) == sum(each.paid - each.returned for each in own)
        for pk, account in self.accounts.items():
            mine = Overpayment.objects.filter(line__due=pk)
            assert sum(to_cents(each.amount) for each in mine) == account.owed
            assert sum(to_cents(each.recovered) for each in mine) == account.recovered
        assert sum((each.paid for each in Envelope.objects.all()), Decimal(0)) == sum(
            (each.paid for each in Commitment.objects.all()), Decimal(0)
        )


@pytest.mark.django_db
def test_any_history_leaves_the_tables_and_the_ledger_of_one_mind() -> None:
    run_state_machine_as_test(History, settings=settings(max_examples=30, stateful_step_count=30, deadline=None))
