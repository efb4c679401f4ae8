"""The account of a line, step by step, then by thousands of random lives: no cent is engaged, invoiced or paid twice."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from openopco.payments import ledger
from openopco.payments.ledger import Account, Refused, broken


def invoiced(amount: int = 1000) -> Account:
    return ledger.invoice(ledger.engage(Account(), 1500), amount)


def at_the_bank(account: Account, reference: str = "R-1", amount: int = 600) -> Account:
    return ledger.send(ledger.order(account, reference, amount), reference)


def paid(amount: int = 600) -> Account:
    return ledger.settle(at_the_bank(invoiced(), amount=amount), "R-1")


def figures(account: Account) -> tuple[int, ...]:
    return account.engaged, account.invoiced, account.ordered, account.paid, account.returned


def test_a_line_is_engaged_invoiced_ordered_and_paid() -> None:
    assert figures(paid()) == (1500, 1000, 600, 600, 0)
    assert (paid().to_order, paid().left) == (400, 500)


def test_what_a_bank_rejects_is_due_again_under_another_reference() -> None:
    account = ledger.reject(at_the_bank(invoiced()), "R-1")
    assert account.to_order == 1000
    with pytest.raises(Refused, match="déjà servi"):
        ledger.order(account, "R-1", 600)
    assert figures(at_the_bank(account, "R-2"))[2] == 600


def test_what_a_bank_gives_back_is_due_again() -> None:
    account = ledger.give_back(paid(), "R-1")
    assert figures(account) == (1500, 1000, 0, 600, 600)
    again = ledger.settle(at_the_bank(account, "R-2", 1000), "R-2")
    assert figures(again) == (1500, 1000, 1000, 1600, 600)


@pytest.mark.parametrize(
    ("account", "answer"),
    [
        (at_the_bank(invoiced()), ledger.settle),
        (at_the_bank(invoiced()), ledger.reject),
        (paid(), ledger.give_back),
        (ledger.order(invoiced(), "R-1", 5), ledger.send),
    ],
)
def test_the_same_answer_of_the_bank_twice_changes_nothing(
    account: Account, answer: Callable[[Account, str], Account]
) -> None:
    once = answer(account, "R-1")
    assert answer(once, "R-1") == once
    assert once != account


def test_a_credit_note_takes_first_what_was_not_ordered() -> None:
    assert figures(ledger.credit(paid(), 400)) == (1500, 600, 600, 600, 0)


def test_a_credit_note_on_what_was_paid_makes_the_payee_owe() -> None:
    account = ledger.credit(paid(), 500)
    assert figures(account) == (1500, 500, 500, 500, 0)
    assert account.owed == 100
    assert ledger.recover(account, 100).recovered == 100
    with pytest.raises(Refused, match="trop-perçu"):
        ledger.recover(account, 101)


def test_what_was_owed_and_comes_back_from_the_bank_is_not_due_again() -> None:
    account = ledger.give_back(ledger.credit(paid(), 500), "R-1")
    assert (account.recovered, account.returned, account.to_order) == (100, 500, 500)


def test_what_comes_back_after_his_refund_was_given_back_is_due_again() -> None:
    account = ledger.recover(ledger.credit(paid(600), 600), 150)
    with pytest.raises(Refused):
        ledger.give_back(account, "R-1")
    with pytest.raises(Refused):
        ledger.refund(account, 151)
    back = ledger.give_back(ledger.refund(account, 150), "R-1")
    assert (back.recovered, back.ordered, back.paid - back.returned) == (
        account.owed,
        account.ordered - 600 + account.owed,
        0,
    )


def test_what_comes_back_after_the_payee_has_paid_it_is_for_somebody_to_see() -> None:
    account = ledger.recover(ledger.credit(paid(), 500), 100)
    with pytest.raises(Refused, match="déjà remboursé"):
        ledger.give_back(account, "R-1")


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (lambda: ledger.engage(Account(), 0), "supérieur à zéro"),
        (lambda: ledger.invoice(invoiced(), 501), "reste engagé"),
        (lambda: ledger.modify(invoiced(), 999), "avoir"),
        (lambda: ledger.order(paid(), "R-2", 401), "ce qui est dû"),
        (lambda: ledger.cancel(at_the_bank(invoiced()), "R-1"), "déjà parti"),
        (lambda: ledger.settle(ledger.order(invoiced(), "R-1", 5), "R-1"), "pas encore parti"),
        (lambda: ledger.settle(invoiced(), "R-9"), "inconnue"),
        (lambda: ledger.reject(invoiced(), "R-9"), "inconnue"),
        (lambda: ledger.reject(paid(), "R-1"), "débité"),
        (lambda: ledger.give_back(at_the_bank(invoiced()), "R-1"), "pas été débité"),
        (lambda: ledger.credit(invoiced(), 1001), "dépasser"),
        (lambda: ledger.credit(at_the_bank(invoiced()), 401), "en cours"),
    ],
)
def test_a_step_too_far_is_refused_in_a_sentence(step: Callable[[], Account], told: str) -> None:
    with pytest.raises(Refused, match=told) as refusal:
        step()
    assert refusal.value.message.endswith(".")


@pytest.mark.parametrize(
    "figures",
    [
        {"engaged": 999},
        {"invoiced": 599},
        {"ordered": 599},
        {"paid": 601},
        {"returned": 601},
        {"recovered": 1},
        {"owed": -1},
        {"orders": Account().orders},
    ],
)
def test_an_account_that_breaks_the_rule_cannot_be_made(figures: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        replace(paid(), **figures)


def test_a_release_gives_back_what_was_never_invoiced() -> None:
    assert figures(ledger.release(paid())) == (1000, 1000, 600, 600, 0)


AMOUNTS = st.integers(1, 100_000)


class Life(RuleBasedStateMachine):
    """Anything, in any order, twice; the bank's answers in any order too. Beside the account, a till that knows only of cash."""

    def __init__(self) -> None:
        super().__init__()
        self.account = Account()
        self.given = 0
        self.out = self.back = 0
        self.amounts: dict[str, int] = {}

    def attempt(self, step: Callable[..., Account], *arguments: Any) -> bool:
        try:
            self.account = step(self.account, *arguments)
        except Refused:
            return False
        return True

    def reference(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.amounts)))

    @rule(amount=AMOUNTS)
    def engage(self, amount: int) -> None:
        assert self.attempt(ledger.engage, amount)

    @rule(share=st.floats(0, 2))
    def modify(self, share: float) -> None:
        self.attempt(ledger.modify, int(self.account.engaged * share))

    @rule()
    def release(self) -> None:
        self.attempt(ledger.release)

    @rule(amount=AMOUNTS)
    def invoice(self, amount: int) -> None:
        left = self.account.left
        assert self.attempt(ledger.invoice, amount) is (amount <= left)

    @rule(data=st.data())
    def credit(self, data: st.DataObject) -> None:
        self.attempt(ledger.credit, data.draw(st.integers(1, max(1, self.account.invoiced))))

    @precondition(lambda self: self.account.to_order)
    @rule(data=st.data(), all_of_it=st.booleans())
    def order(self, data: st.DataObject, all_of_it: bool) -> None:
        most = self.account.to_order
        amount = most if all_of_it else data.draw(st.integers(1, most))
        reference = f"R-{self.given}"
        self.given += 1
        assert self.attempt(ledger.order, reference, amount)
        self.amounts[reference] = amount

    @precondition(lambda self: self.amounts)
    @rule(data=st.data())
    def order_again_under_a_used_reference(self, data: st.DataObject) -> None:
        assert not self.attempt(ledger.order, self.reference(data), 1)

    @precondition(lambda self: self.amounts)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.attempt(ledger.cancel, self.reference(data))

    @precondition(lambda self: self.amounts)
    @rule(data=st.data())
    def send(self, data: st.DataObject) -> None:
        self.attempt(ledger.send, self.reference(data))

    @precondition(lambda self: self.amounts)
    @rule(data=st.data(), times=st.integers(1, 2))
    def settle(self, data: st.DataObject, times: int) -> None:
        reference = self.reference(data)
        before = self.account
        for _ in range(times):
            self.attempt(ledger.settle, reference)
        if self.account != before:
            self.out += self.amounts[reference]

    @precondition(lambda self: self.amounts)
    @rule(data=st.data(), times=st.integers(1, 2))
    def reject(self, data: st.DataObject, times: int) -> None:
        reference = self.reference(data)
        for _ in range(times):
            self.attempt(ledger.reject, reference)

    @precondition(lambda self: self.amounts)
    @rule(data=st.data(), times=st.integers(1, 2))
    def give_back(self, data: st.DataObject, times: int) -> None:
        reference = self.reference(data)
        before = self.account
        for _ in range(times):
            self.attempt(ledger.give_back, reference)
        if self.account != before:
            self.back += self.amounts[reference]

    @precondition(lambda self: self.account.owed > self.account.recovered)
    @rule(data=st.data())
    def recover(self, data: st.DataObject) -> None:
        amount = data.draw(st.integers(1, self.account.owed - self.account.recovered))
        assert self.attempt(ledger.recover, amount)
        self.back += amount

    @precondition(lambda self: self.account.recovered)
    @rule(data=st.data())
    def refund(self, data: st.DataObject) -> None:
        amount = data.draw(st.integers(1, self.account.recovered))
        if self.attempt(ledger.refund, amount):
            self.back -= amount

    @invariant()
    def holds(self) -> None:
        account = self.account
        assert broken(account) == []
        assert account.engaged >= account.invoiced >= account.ordered >= account.paid - account.returned >= 0

    @invariant()
    def no_cent_is_lost(self) -> None:
        account = self.account
        assert self.out - self.back == account.paid - account.returned + account.owed - account.recovered


Life.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestLife = Life.TestCase
