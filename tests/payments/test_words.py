"""No free text of payments keeps or journals a social-security number."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from openopco.billing.models import Due
from openopco.funding.enums import Fund
from openopco.journal.models import Entry
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import NirInText
from openopco.payments.actions import (
    credit_due,
    declare_unreceived,
    hand_back_refund,
    mark_seen,
    record_recovery,
    set_debtor,
    withdraw_order,
)
from openopco.payments.actions.overpaying import take_back
from openopco.payments.enums import Outcome
from openopco.payments.errors import InvalidFields
from openopco.payments.models import BankEvent, Overpayment, PaymentBatch
from openopco.rights import Actor
from tests.payments.builders import TODAY, booked, due, engaged, entry, notice, orders, prepared, read, school
from tests.payments.transfers import iban

pytestmark = pytest.mark.django_db
NIR = "Litige : 1 85 05 78 006 084 36"


def withdraw(batch: PaymentBatch, anna: Actor, words: str) -> None:
    due(engaged("7"), to=school())
    withdraw_order(actor=anna, order_id=orders(prepared(anna))[0].pk, reason=words)


def declare(batch: PaymentBatch, anna: Actor, words: str) -> None:
    declare_unreceived(actor=anna, batch_id=batch.pk, reason=words)


def see(batch: PaymentBatch, anna: Actor, words: str) -> None:
    read(anna, notice(entry("AUTRE", orders(batch)[0].amount)))
    mark_seen(actor=anna, event_id=BankEvent.objects.get().pk, words=words)


def credit(batch: PaymentBatch, anna: Actor, words: str) -> Overpayment:
    read(anna, booked(*orders(batch)))
    found = credit_due(actor=anna, due_id=Due.objects.order_by("pk")[0].pk, amount=Decimal(40), reason=words)
    assert found is not None
    return found


def credit_for_another_room(batch: PaymentBatch, anna: Actor, words: str) -> None:
    read(anna, booked(*orders(batch)))
    take_back(actor=anna, due_id=Due.objects.order_by("pk")[0].pk, amount=Decimal(40), reason=words)


def recover(batch: PaymentBatch, anna: Actor, words: str) -> None:
    owed = credit(batch, anna, "Avoir")
    record_recovery(actor=anna, overpayment_id=owed.pk, amount=owed.amount / 4, received_on=TODAY, reference=words)


def hand_back(batch: PaymentBatch, anna: Actor, words: str) -> None:
    recover(batch, anna, "REL-1")
    first, _ = orders(batch)
    read(anna, notice(entry(first.end_to_end, first.amount, back="AC04")))
    event = BankEvent.objects.get(outcome=Outcome.REFUSE)
    hand_back_refund(actor=anna, event_id=event.pk, given_on=TODAY, reference=words)


def name_a_debtor(batch: PaymentBatch, anna: Actor, words: str) -> None:
    set_debtor(actor=anna, fund=Fund.PDC, holder=words, iban=iban(998), bic="AGRIFRPP")


@pytest.mark.parametrize(
    "say", [withdraw, declare, see, credit, credit_for_another_room, recover, hand_back, name_a_debtor]
)
def test_no_free_text_keeps_a_social_security_number(
    batch: PaymentBatch, anna: Actor, say: Callable[[PaymentBatch, Actor, str], object]
) -> None:
    with pytest.raises(InvalidValue) as refused:
        say(batch, anna, NIR)
    assert isinstance(refused.value, NirInText | InvalidFields)
    assert NirInText.message in refused.value.message
    assert not any("1 85 05" in str(each.payload) for each in Entry.objects.all())


@pytest.mark.parametrize(
    "say", [withdraw, declare, see, credit, credit_for_another_room, recover, hand_back, name_a_debtor]
)
def test_other_words_are_kept(
    batch: PaymentBatch, anna: Actor, say: Callable[[PaymentBatch, Actor, str], object]
) -> None:
    say(batch, anna, "Litige, appel du 02/12")
