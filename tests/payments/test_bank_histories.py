"""Any history of money with a bank that has accounts of its own, and tells what it did late, twice, in another order, by halves:
the tables say what it told, to the cent, and nothing is paid twice. `HISTORIES=5000` plays that many."""

import io
import os
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from openopco.billing.errors import NotCreditable
from openopco.billing.models import Due
from openopco.funding.models import Commitment, Envelope
from openopco.kernel.money import from_cents, to_cents
from openopco.payments import entries as journal_entries
from openopco.payments.actions import (
    cancel_batch,
    credit_due,
    declare_unreceived,
    hand_back_refund,
    prepare_batch,
    read_bank_file,
    record_recovery,
    release_batch,
    withdraw_order,
)
from openopco.payments.enums import TO_SEE, BatchState, OrderState
from openopco.payments.errors import AlreadyRead, NothingToPay, Received
from openopco.payments.models import BankEvent, BankFile, OrderLine, Overpayment, PaymentBatch, PaymentOrder
from openopco.payments.reconciling import broken
from tests.habilitations.factories import accountant
from tests.payments.bank import PENDING, Bank, Fact, in_files
from tests.payments.builders import DAY, TODAY, debtor, due, engaged, school, shop
from tests.payments.hearing import Heard, Hearing, become

AMOUNTS = st.sampled_from([1, 100, 100, 250, 99_999]) | st.integers(1, 200_000)
# What a bank does of one file on one day.
ACTS = st.sampled_from(
    [
        ("debit",),
        ("reject",),
        ("debit whole",),
        ("reject whole",),
        ("reject", "debit whole"),
        ("reject", "reject whole"),
        ("debit", "reject", "debit whole"),
    ]
)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
NOT_INVOICED = 77
WORDS = "Litige"
ZERO = Decimal(0)


class BankHistory(RuleBasedStateMachine):
    """The bank does and tells; `ear` reckons what was told. Neither reads a table."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.clock = time_machine.travel(datetime(2026, 12, 1, 8, tzinfo=UTC), tick=False)
        self.clock.start()
        self.anna, self.basil = accountant(), accountant()
        debtor(self.anna, self.basil)
        self.payees = [school(), school(), school(), shop()]
        self.bank, self.ear = Bank(), Hearing()
        self.dues: dict[int, int] = {}
        self.batches: dict[str, int] = {}
        self.sent: dict[str, dict[str, int]] = {}
        self.read: list[str] = []
        self.references = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)
        self.clock.stop()

    def reference(self) -> str:
        self.references += 1
        return f"REL-{self.references}"

    # --- the OPCO --------------------------------------------------------------------------------------------------------

    @initialize(data=st.data(), amounts=st.lists(AMOUNTS, min_size=3, max_size=5), begun=st.integers(0, 4))
    def a_first_file_reaches_the_bank(self, data: st.DataObject, amounts: list[int], begun: int) -> None:
        """Nothing is told of it yet; or that it arrived; or a return before its debit; or some was debited, and then refunded."""
        for rank, amount in enumerate(amounts):
            self.a_due(amount, rank % 4, True)
        self.prepare()
        self.release()
        for file, transfers in self.sent.items():
            self.bank.receive(file, transfers)
        if begun == 1:
            self.tell([Fact(PENDING, file) for file in self.sent])
        elif begun == 2:
            self.the_bank_acts(data, ("debit whole",), tells=False)
            self.the_bank_gives_back(data, tells=True)
        elif begun > 2:
            self.the_bank_acts(data, ("debit", "debit"), tells=True)
        if begun == 4:
            self.credit(data, paid=True, refunds=True)

    @rule(amount=AMOUNTS, to=st.integers(0, 3), whole=st.booleans())
    def a_due(self, amount: int, to: int, whole: bool) -> None:
        payee = type(self.payees[to]).objects.get(pk=self.payees[to].pk)
        line = engaged(from_cents(amount + (0 if whole else NOT_INVOICED)))
        owed = due(line, from_cents(amount), to=payee)
        self.dues[owed.pk], self.ear.credits[owed.pk] = amount, 0

    @rule()
    def prepare(self) -> None:
        left = {pk: cents - self.ear.credits[pk] for pk, cents in self.dues.items() if not self.ear.paying(pk)}
        wanted = {pk: cents for pk, cents in left.items() if cents}
        try:
            with transaction.atomic():
                batch = prepare_batch(actor=self.anna, fund="pdc", execution_date=DAY).batch
        except NothingToPay:
            assert not wanted
            return
        self.batches[batch.message_id] = batch.pk
        ordered: dict[int, int] = {}
        for order in PaymentOrder.objects.filter(batch=batch).prefetch_related("lines"):
            lines = {line.due_id: to_cents(line.amount) for line in order.lines.all()}
            assert order.end_to_end not in self.ear.transfers
            assert sum(lines.values()) == to_cents(order.amount)
            self.ear.transfers[order.end_to_end] = Heard(batch.message_id, to_cents(order.amount), lines)
            ordered |= lines
        assert ordered == wanted

    def prepared(self) -> list[str]:
        found = dict.fromkeys(each.file for each in self.ear.transfers.values() if each.state == OrderState.PREPARE)
        return list(found)[:1]

    @rule()
    def release(self) -> None:
        for file in self.prepared():
            release_batch(actor=self.basil, batch_id=self.batches[file])
            leaving = self.ear.of(file, OrderState.PREPARE)
            self.sent[file] = {key: each.cents for key, each in leaving.items()}
            become(leaving.values(), OrderState.EMIS)

    @rule(one=st.booleans(), data=st.data())
    def undo_before_it_leaves(self, one: bool, data: st.DataObject) -> None:
        for file in self.prepared():
            waits = self.ear.of(file, OrderState.PREPARE)
            chosen = data.draw(st.sampled_from(sorted(waits)))
            if one:
                order = PaymentOrder.objects.get(end_to_end=chosen)
                withdraw_order(actor=self.anna, order_id=order.pk, reason=WORDS)
            else:
                cancel_batch(actor=self.basil, batch_id=self.batches[file])
            become([waits[chosen]] if one else waits.values(), OrderState.ANNULE)

    @rule(data=st.data())
    def say_it_lost(self, data: st.DataObject) -> None:
        """Whether the bank has it or not: a person may be wrong."""
        sent = [file for file in self.sent if file not in self.ear.lost]
        if not sent:
            return
        file = data.draw(st.sampled_from(sent))
        try:
            with transaction.atomic():
                declare_unreceived(actor=self.anna, batch_id=self.batches[file], reason=WORDS)
        except Received:
            assert file in self.ear.spoken
            return
        assert file not in self.ear.spoken
        self.ear.lose(file)
        self.reconcile()

    @rule(data=st.data(), paid=st.booleans(), refunds=st.booleans())
    def credit(self, data: st.DataObject, paid: bool, refunds: bool) -> None:
        settled = {pk for each in self.ear.transfers.values() if each.state == OrderState.REGLE for pk in each.lines}
        pk = data.draw(st.sampled_from(sorted(settled if paid and settled else self.dues)))
        left = self.dues[pk] - self.ear.credits[pk]
        if not left:
            return
        amount = data.draw(st.integers(1, left))
        live = self.ear.paying(pk)
        waits = any(each.state != OrderState.REGLE for _, each in live)
        try:
            with transaction.atomic():
                made = credit_due(actor=self.anna, due_id=pk, amount=from_cents(amount), reason="Avoir")
        except NotCreditable:
            assert waits
            return
        assert not waits
        assert (made is not None) == bool(live)
        self.ear.credits[pk] += amount
        if made is not None:
            self.ear.note_owed(made.pk, live[0][0], pk, amount)
            if refunds:
                self.refund(made.pk, data.draw(st.integers(1, amount)))

    @rule(data=st.data(), whole=st.booleans())
    def a_payee_refunds(self, data: st.DataObject, whole: bool) -> None:
        still = [pk for pk in self.ear.owed if self.ear.left_to_refund(pk)]
        if still:
            pk = data.draw(st.sampled_from(still))
            left = self.ear.left_to_refund(pk)
            self.refund(pk, left if whole else data.draw(st.integers(1, left)))

    def refund(self, pk: int, cents: int) -> None:
        amount, reference = from_cents(cents), self.reference()
        record_recovery(actor=self.anna, overpayment_id=pk, amount=amount, received_on=TODAY, reference=reference)
        self.ear.owed[pk].refunded += cents
        self.bank.refunds += cents

    @rule()
    def hand_a_refund_back(self) -> None:
        for fact in self.ear.held()[:1]:
            event = BankEvent.objects.get(kind=fact.kind, end_to_end=fact.reference)
            hand_back_refund(actor=self.anna, event_id=event.pk, given_on=TODAY, reference=self.reference())
            for owed in self.ear.refunds_of(fact.reference):
                self.bank.refunds -= owed.refunded
                owed.refunded = 0
            self.ear.to_see.remove(fact)
            self.ear.transfers[fact.reference].state = OrderState.RENDU
            self.reconcile()

    # --- the bank --------------------------------------------------------------------------------------------------------

    @rule(data=st.data(), tells=st.booleans())
    def a_file_arrives(self, data: st.DataObject, tells: bool) -> None:
        """Late, perhaps: when everybody has said it lost."""
        if self.sent:
            file = data.draw(st.sampled_from(list(self.sent)))
            self.bank.receive(file, self.sent[file])
            if tells:
                self.tell([Fact(PENDING, file)])

    @rule(data=st.data(), acts=ACTS, tells=st.booleans())
    def the_bank_acts(self, data: st.DataObject, acts: tuple[str, ...], tells: bool) -> None:
        """On one file, and tells the latest first; or will tell some day."""
        files = [file for file in self.bank.files if self.bank.waiting(file)]
        if not files:
            return
        file, known = data.draw(st.sampled_from(files)), len(self.bank.facts)
        for act in acts:
            if not self.bank.waiting(file):
                break
            one = data.draw(st.sampled_from(sorted(self.bank.waiting(file))))
            if act == "debit":
                self.bank.debit(file, one)
            elif act == "reject":
                self.bank.reject(file, one)
            elif act == "debit whole":
                self.bank.debit_whole(file)
            elif not self.bank.has_debited(file):
                self.bank.reject_whole(file)
        if tells:
            self.tell(self.bank.facts[known:][::-1])

    @rule(data=st.data(), tells=st.booleans())
    def the_bank_gives_back(self, data: st.DataObject, tells: bool) -> None:
        """Sooner what a payee has refunded some of."""
        found = sorted(set(self.bank.debited) - set(self.bank.returned))
        if found:
            one = data.draw(st.sampled_from([each for each in found if self.ear.refunds_of(each)] or found))
            self.bank.give_back(self.ear.transfers[one].file, one)
            if tells:
                self.tell(self.bank.facts[-1:])

    @rule(data=st.data())
    def the_bank_tells(self, data: st.DataObject) -> None:
        """What it likes of what it knows: late, again, out of order, twice in one file."""
        if self.bank.facts:
            self.tell(data.draw(st.lists(st.sampled_from(self.bank.facts), min_size=1, max_size=6)))

    @rule(backwards=st.booleans())
    def the_bank_tells_all(self, backwards: bool) -> None:
        """Two days overlap: once all was told, and told again, each transfer is as its own accounts have it."""
        facts = list(self.bank.facts)
        self.tell(facts[::-1] if backwards else facts)
        self.tell(facts)
        held = {each.reference for each in self.ear.held()}
        for reference, (left, back) in self.tables().items():
            if self.ear.transfers[reference].file not in self.ear.lost and reference not in held:
                assert (left, back) == (
                    self.bank.debited.get(reference, 0),
                    self.bank.returned.get(reference, 0),
                )

    @rule(data=st.data())
    def the_same_file_comes_again(self, data: st.DataObject) -> None:
        if self.read:
            with pytest.raises(AlreadyRead):
                self.give(data.draw(st.sampled_from(self.read)))

    def tell(self, facts: list[Fact]) -> None:
        for content, told in in_files(facts):
            file = self.give(content)
            self.read.append(content)
            assert file.told == len(told) == file.applied + file.without_effect + file.known + file.to_see
            assert file.known == sum(self.ear.hear(fact) for fact in told)
        self.reconcile()

    def reconcile(self) -> None:
        """The entries make of the OPCO's account what was told of it."""
        assert broken() == []
        told = sum(each.back - each.left for each in self.ear.transfers.values()) + self.bank.refunds
        lines = list(journal_entries.entries(FIRST, LAST))
        for debit, credit in zip(lines[::2], lines[1::2], strict=True):
            assert (debit.debit, debit.credit, debit.piece, debit.day) == (
                credit.credit,
                credit.debit,
                credit.piece,
                credit.day,
            )
        on_the_account = [each for each in lines if each.account == journal_entries.BANK]
        assert sum((each.debit or ZERO) - (each.credit or ZERO) for each in on_the_account) == from_cents(told)

    def give(self, content: str) -> BankFile:
        with transaction.atomic():
            return read_bank_file(actor=self.anna, content=io.BytesIO(content.encode()), name="retour.xml")

    def tables(self) -> dict[str, tuple[int, int]]:
        """What they say that left for each transfer, and came back."""
        rows = PaymentOrder.objects.values_list("end_to_end", "amount", "settled_on", "ended_on")
        return {
            reference: (to_cents(amount) if left else 0, to_cents(amount) if left and back else 0)
            for reference, amount, left, back in rows
        }

    # --- what always holds -----------------------------------------------------------------------------------------------

    @invariant()
    def each_transfer_is_where_the_bank_said(self) -> None:
        found = self.tables()
        assert found == {key: (each.left, each.back) for key, each in self.ear.transfers.items()}
        states = dict(PaymentOrder.objects.values_list("end_to_end", "state"))
        assert states == {key: each.state.value for key, each in self.ear.transfers.items()}

    @invariant()
    def each_batch_counts_its_own(self) -> None:
        for batch in PaymentBatch.objects.filter(state=BatchState.EMIS):
            own = list(self.ear.of(batch.message_id).values())
            for name, state in (
                ("settled", "regle"),
                ("rejected", "rejete"),
                ("returned", "rendu"),
                ("waiting", "emis"),
            ):
                cents = [each.cents for each in own if each.state == state]
                assert (getattr(batch, name), to_cents(getattr(batch, f"{name}_total"))) == (len(cents), sum(cents))

    @invariant()
    def each_fact_is_kept_once_and_what_nobody_applied_is_to_see(self) -> None:
        rows = BankEvent.objects.values_list("kind", "end_to_end", "batch_reference", "outcome")
        assert len(rows) == len(self.ear.told)
        waits = Counter((kind, key or file) for kind, key, file, outcome in rows if outcome in TO_SEE)
        assert waits == Counter((each.kind, each.reference or each.file) for each in self.ear.to_see)

    @invariant()
    def each_line_is_its_transfers(self) -> None:
        lines = {each.pk: each for each in Commitment.objects.all()}
        for pk, commitment in Due.objects.values_list("pk", "commitment"):
            line, live = lines[commitment], self.ear.paying(pk)
            assert len(live) <= 1
            ordered = sum(each.lines[pk] - self.ear.credited(key, pk) for key, each in live)
            paid = ordered if live and live[0][1].state == OrderState.REGLE else 0
            invoiced = self.dues[pk] - self.ear.credits[pk]
            assert (line.invoiced, line.ordered, line.paid) == tuple(map(from_cents, (invoiced, ordered, paid)))
            assert line.amount >= line.invoiced >= line.ordered >= line.paid >= 0
        assert Envelope.objects.get().paid == sum(each.paid for each in lines.values())

    @invariant()
    def the_bank_pays_nothing_twice(self) -> None:
        """By its own accounts, told or not; but for a file that a person wrongly said lost."""
        paid: dict[int, int] = defaultdict(int)
        for key in self.bank.debited.keys() - self.bank.returned.keys():
            transfer = self.ear.transfers[key]
            for pk, cents in transfer.lines.items():
                paid[pk] += cents if transfer.file not in self.ear.lost else 0
        for owed in self.ear.owed.values():
            paid[owed.due] -= owed.refunded
        assert all(cents <= self.dues[pk] for pk, cents in paid.items())

    @invariant()
    def what_payees_owe_is_known(self) -> None:
        found = {each.pk: (to_cents(each.amount), to_cents(each.left)) for each in Overpayment.objects.all()}
        assert found == {pk: (each.cents, self.ear.left_to_refund(pk)) for pk, each in self.ear.owed.items()}
        assert OrderLine.objects.filter(is_live=True).count() == sum(
            len(each.lines) for each in self.ear.transfers.values() if each.is_live
        )


@pytest.mark.django_db
def test_any_history_is_the_one_that_the_bank_tells() -> None:
    histories = int(os.environ.get("HISTORIES", "30"))
    run_state_machine_as_test(
        BankHistory, settings=settings(max_examples=histories, stateful_step_count=25, deadline=None)
    )
