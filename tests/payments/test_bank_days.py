"""The days that the bank tells: none to come, none before the batch left, no return before its debit."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from openopco.billing.models import Due
from openopco.kernel.errors import Conflict
from openopco.payments.actions import credit_due, hand_back_refund, record_recovery
from openopco.payments.enums import OrderState, Outcome
from openopco.payments.models import BankEvent, PaymentBatch, PaymentOrder
from openopco.payments.reconciling import broken
from openopco.rights import Actor
from tests.payments.builders import TODAY, entry, figures, notice, orders, read

pytestmark = pytest.mark.django_db
TO_COME, LONG_AGO = date(2099, 1, 1), date(1999, 1, 1)
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (TO_COME, "n'est pas encore venu"),
        (TOMORROW + timedelta(days=1), "n'est pas encore venu"),
        (LONG_AGO, "le lot est parti le 01/12/2026"),
        (YESTERDAY, "le lot est parti le 01/12/2026"),
    ],
)
@pytest.mark.parametrize("told", ["debited", "given back", "whole"])
def test_a_fact_of_an_impossible_day_moves_nothing(
    batch: PaymentBatch, anna: Actor, day: date, why: str, told: str
) -> None:
    first, _ = orders(batch)
    content = {
        "debited": entry(first.end_to_end, first.amount, day=day),
        "given back": entry(first.end_to_end, first.amount, back="AC04", day=day),
        "whole": entry("", batch.total, batch=batch.message_id, day=day),
    }[told]
    before = figures()
    file = read(anna, notice(content))
    assert (file.applied, file.to_see, figures()) == (0, 1, before)
    assert {each.state for each in orders(batch)} == {OrderState.EMIS}
    event = BankEvent.objects.get()
    assert (event.outcome, why in event.words) == (Outcome.REFUSE, True)
    right = content.replace(f"<Dt>{day}</Dt>", f"<Dt>{TODAY}</Dt>")
    assert read(anna, notice(right)).applied == 1
    assert broken() == []


def test_the_bank_may_tell_in_the_evening_what_it_dates_of_the_morrow(batch: PaymentBatch, anna: Actor) -> None:
    first, second = orders(batch)
    read(
        anna,
        notice(entry(first.end_to_end, first.amount, day=TODAY), entry(second.end_to_end, second.amount, day=TOMORROW)),
    )
    assert [each.settled_on for each in orders(batch)] == [TODAY, TOMORROW]
    assert broken() == []


@pytest.mark.parametrize("at_once", [False, True])
def test_nothing_comes_back_before_it_left(batch: PaymentBatch, anna: Actor, at_once: bool) -> None:
    first, _ = orders(batch)
    debit = entry(first.end_to_end, first.amount, day=TOMORROW)
    back = entry(first.end_to_end, first.amount, back="AC04", day=TODAY)
    for content in [notice(debit, back)] if at_once else [notice(debit), notice(back)]:
        read(anna, content)
    assert "débité le 02/12/2026" in BankEvent.objects.get(outcome=Outcome.REFUSE).words
    first.refresh_from_db()
    assert (first.state, first.settled_on, first.ended_on) == (OrderState.REGLE, TOMORROW, None)
    undated = back.replace(f"<BookgDt><Dt>{TODAY}</Dt></BookgDt>", "")
    assert read(anna, notice(undated)).applied == 1
    first.refresh_from_db()
    assert (first.state, first.ended_on) == (OrderState.RENDU, TOMORROW)
    assert broken() == []


def test_a_return_of_an_impossible_day_gives_back_no_refund(batch: PaymentBatch, anna: Actor) -> None:
    first, _ = orders(batch)
    read(anna, notice(entry(first.end_to_end, first.amount, day=TODAY)))
    owed = credit_due(actor=anna, due_id=Due.objects.order_by("pk")[0].pk, amount=first.amount / 2, reason="Avoir")
    assert owed is not None
    record_recovery(actor=anna, overpayment_id=owed.pk, amount=owed.amount / 2, received_on=TODAY, reference="REL-1")
    read(anna, notice(entry(first.end_to_end, first.amount, back="AC04", day=TO_COME)))
    event = BankEvent.objects.get(outcome=Outcome.REFUSE)
    with pytest.raises(Conflict):
        hand_back_refund(actor=anna, event_id=event.pk, given_on=TODAY, reference="VIR-1")
    read(anna, notice(entry(first.end_to_end, first.amount, back="AC04", day=TODAY)))
    hand_back_refund(actor=anna, event_id=event.pk, given_on=TODAY, reference="VIR-1")
    assert broken() == []


def test_the_database_and_reconciling_hold_the_days(
    batch: PaymentBatch, anna: Actor, clock: time_machine.Traveller
) -> None:
    first, second = orders(batch)
    clock.move_to(datetime(2026, 12, 4, 8, tzinfo=UTC))
    read(anna, notice(*(entry(each.end_to_end, each.amount, day=TOMORROW) for each in (first, second))))
    read(anna, notice(entry(first.end_to_end, first.amount, back="AC04", day=TOMORROW)))
    one = PaymentOrder.objects.filter(pk=first.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        one.update(ended_on=TODAY)
    for wrong in (
        {"ended_on": TO_COME},
        {"settled_on": YESTERDAY},
        {"settled_on": TO_COME, "ended_on": TO_COME},
    ):
        with transaction.atomic():
            one.update(**wrong)
            found = broken()
            transaction.set_rollback(True)
        assert [(each.words[:32], each.named) for each in found] == [
            ("Un virement part après l'émissio", (first.end_to_end,))
        ]
    assert broken() == []
