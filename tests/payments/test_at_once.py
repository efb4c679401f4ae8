"""Two people at the same instant: what is due is ordered once, a batch leaves once, a fact of the bank counts once."""

import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from openopco.base.models import Job
from openopco.billing.errors import NotCreditable
from openopco.billing.models import Due
from openopco.funding.enums import Fund
from openopco.funding.models import Commitment
from openopco.kernel.errors import Conflict, InvalidValue
from openopco.organisations.enums import ProviderStatus
from openopco.organisations.models import Provider
from openopco.payments.actions import (
    cancel_batch,
    credit_due,
    declare_unreceived,
    hand_back_refund,
    prepare_batch,
    record_recovery,
    release_batch,
)
from openopco.payments.enums import BatchState, OrderState, Outcome
from openopco.payments.errors import BatchMoved, NothingToPay, NotReleasable, Received
from openopco.payments.models import BankEvent, BankFile, OrderLine, Overpayment, PaymentBatch, PaymentOrder, Recovery
from openopco.payments.reconciling import broken
from openopco.rights import Actor
from tests.habilitations.at_once import at_once
from tests.habilitations.factories import accountant
from tests.payments.builders import (
    TODAY,
    booked,
    debtor,
    due,
    engaged,
    entry,
    notice,
    orders,
    prepared,
    read,
    released,
    school,
)

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
DAY = date(2026, 12, 3)


@pytest.fixture
def people() -> tuple[Actor, Actor, Actor]:
    anna, basil, chloe = accountant(), accountant(), accountant()
    debtor(anna, basil)
    for _ in range(5):
        due(engaged("100"), to=school())
    return anna, basil, chloe


def kinds(outcomes: list[Any]) -> list[str]:
    return sorted(type(each).__name__ for each in outcomes)


def test_two_who_prepare_at_once_order_nothing_twice(people: tuple[Actor, Actor, Actor]) -> None:
    outcomes = at_once(
        *(lambda who=who: prepare_batch(actor=who, fund=Fund.PDC, execution_date=DAY) for who in people[:2])
    )
    assert kinds(outcomes) == sorted(["Prepared", NothingToPay.__name__]), outcomes
    assert (PaymentBatch.objects.count(), OrderLine.objects.count()) == (1, Due.objects.count())
    assert {each.ordered for each in Commitment.objects.all()} == {100}
    assert broken() == []


def test_two_who_release_at_once_make_one_file(people: tuple[Actor, Actor, Actor]) -> None:
    anna, basil, chloe = people
    batch = prepared(anna)
    outcomes = at_once(*(lambda who=who: release_batch(actor=who, batch_id=batch.pk) for who in (basil, chloe)))
    assert kinds(outcomes) == [BatchMoved.__name__, "PaymentBatch"], outcomes
    assert Job.objects.filter(name="payments.write_file").count() == 1


def test_who_is_suspended_at_the_instant_of_the_release_is_not_paid(people: tuple[Actor, Actor, Actor]) -> None:
    anna, basil, _ = people
    batch = prepared(anna)
    outcomes: list[Any] = []

    def release() -> None:
        try:
            outcomes.append(release_batch(actor=basil, batch_id=batch.pk))
        except NotReleasable as error:
            outcomes.append(error)
        finally:
            connection.close()

    releasing = threading.Thread(target=release)
    with transaction.atomic():
        Provider.objects.filter(pk=Provider.objects.latest("pk").pk).update(status=ProviderStatus.SUSPENDU)
        releasing.start()
        wait_until(lambda: somebody_waits() or not releasing.is_alive())
    releasing.join(timeout=30)
    assert kinds(outcomes) == [NotReleasable.__name__], outcomes
    batch.refresh_from_db()
    assert batch.state == BatchState.PREPARE


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_batch_is_either_cancelled_or_released(people: tuple[Actor, Actor, Actor]) -> None:
    anna, basil, chloe = people
    batch = prepared(anna)
    outcomes = at_once(
        lambda: release_batch(actor=basil, batch_id=batch.pk), lambda: cancel_batch(actor=chloe, batch_id=batch.pk)
    )
    assert kinds(outcomes) == [BatchMoved.__name__, "PaymentBatch"], outcomes
    assert broken() == []


def test_a_credit_and_a_batch_at_once_agree(people: tuple[Actor, Actor, Actor]) -> None:
    anna, basil, _ = people
    owed = Due.objects.order_by("pk")[0]
    outcomes = at_once(
        lambda: prepare_batch(actor=anna, fund=Fund.PDC, execution_date=DAY),
        lambda: credit_due(actor=basil, due_id=owed.pk, amount=owed.amount / 2, reason="Avoir"),
    )
    assert not any(isinstance(each, Exception) and not isinstance(each, NotCreditable) for each in outcomes), outcomes
    assert broken() == []


def test_two_files_that_tell_the_same_fact_pay_once(people: tuple[Actor, Actor, Actor]) -> None:
    anna, basil, _ = people
    batch = released(anna, basil)
    contents = [booked(*orders(batch)), booked(*orders(batch)[::-1]), booked(*orders(batch))]
    outcomes = at_once(*(lambda content=content: read(anna, content) for content in contents))
    assert kinds(outcomes) == ["BankFile"] * 3, outcomes
    assert sum(each.applied for each in BankFile.objects.all()) == 5
    assert {each.paid for each in Commitment.objects.all()} == {100}
    assert broken() == []


def test_the_same_file_twice_at_once_is_read_once(people: tuple[Actor, Actor, Actor]) -> None:
    anna, basil, _ = people
    content = booked(*orders(released(anna, basil)))
    outcomes = at_once(*(lambda who=who: read(who, content) for who in (anna, basil)))
    assert kinds(outcomes) == ["AlreadyRead", "BankFile"], outcomes
    assert BankFile.objects.count() == 1


@pytest.mark.parametrize("whole", [False, True])
def test_a_batch_is_either_lost_or_known_to_the_bank(people: tuple[Actor, Actor, Actor], whole: bool) -> None:
    anna, basil, chloe = people
    batch = released(anna, basil)
    content = notice(entry("", batch.total, batch=batch.message_id)) if whole else booked(*orders(batch))
    outcomes = at_once(
        lambda: read(anna, content),
        lambda: declare_unreceived(actor=chloe, batch_id=batch.pk, reason="La banque n'a rien"),
    )
    batch.refresh_from_db()
    assert kinds(outcomes) in (["BankFile", "PaymentBatch"], ["BankFile", Received.__name__]), outcomes
    is_lost = batch.state == BatchState.NON_RECU
    assert {each.state for each in orders(batch)} == {OrderState.ANNULE if is_lost else OrderState.REGLE}
    assert {each.outcome for each in BankEvent.objects.all()} == {Outcome.REFUSE if is_lost else Outcome.APPLIQUE}
    assert {each.paid for each in Commitment.objects.all()} == {0 if is_lost else 100}
    assert broken() == []


def test_two_who_say_it_lost_say_it_once_while_others_prepare_and_credit(people: tuple[Actor, Actor, Actor]) -> None:
    anna, basil, chloe = people
    batch = released(anna, basil)
    owed = Due.objects.order_by("pk")[0]
    outcomes = at_once(
        *(lambda who=who: declare_unreceived(actor=who, batch_id=batch.pk, reason="Rien") for who in (anna, chloe)),
        lambda: prepare_batch(actor=anna, fund=Fund.PDC, execution_date=DAY),
        lambda: credit_due(actor=basil, due_id=owed.pk, amount=owed.amount / 2, reason="Avoir"),
    )
    assert kinds(outcomes[:2]) == [BatchMoved.__name__, "PaymentBatch"], outcomes
    allowed = (NothingToPay, NotCreditable)
    assert not any(isinstance(each, Exception) and not isinstance(each, allowed) for each in outcomes[2:]), outcomes
    assert broken() == []


def test_a_refund_is_given_back_once_and_none_is_noted_meanwhile(people: tuple[Actor, Actor, Actor]) -> None:
    anna, basil, chloe = people
    batch = released(anna, basil)
    read(anna, booked(*orders(batch)))
    order = PaymentOrder.objects.order_by("pk")[0]
    found = credit_due(
        actor=anna, due_id=order.lines.get().due_id, amount=Due.objects.all()[0].amount / 2, reason="Avoir"
    )
    assert found is not None
    record_recovery(actor=anna, overpayment_id=found.pk, amount=found.amount / 5, received_on=TODAY, reference="R-1")
    read(anna, notice(entry(order.end_to_end, order.amount, back="AC04")))
    event = BankEvent.objects.get(outcome=Outcome.REFUSE)
    outcomes = at_once(
        *(
            lambda who=who: hand_back_refund(actor=who, event_id=event.pk, given_on=TODAY, reference="VIR-1")
            for who in (anna, basil)
        ),
        lambda: record_recovery(
            actor=chloe, overpayment_id=found.pk, amount=found.amount / 5, received_on=TODAY, reference="R-2"
        ),
    )
    assert kinds(outcomes[:2]) == ["BankEvent", Conflict.__name__], outcomes
    assert isinstance(outcomes[2], Overpayment | InvalidValue), outcomes
    assert sum(each.amount for each in Recovery.objects.all()) == 0
    assert broken() == []


def test_what_comes_back_and_a_refund_noted_at_once_count_the_money_once(people: tuple[Actor, Actor, Actor]) -> None:
    anna, basil, chloe = people
    batch = released(anna, basil)
    read(anna, booked(*orders(batch)))
    order = PaymentOrder.objects.order_by("pk")[0]
    found = credit_due(
        actor=anna, due_id=order.lines.get().due_id, amount=Due.objects.all()[0].amount / 2, reason="Avoir"
    )
    assert found is not None
    outcomes = at_once(
        lambda: read(anna, notice(entry(order.end_to_end, order.amount, back="AC04"))),
        lambda: record_recovery(
            actor=chloe, overpayment_id=found.pk, amount=found.amount / 5, received_on=TODAY, reference="R-2"
        ),
    )
    order.refresh_from_db()
    assert (order.state == OrderState.RENDU) == isinstance(outcomes[1], InvalidValue), outcomes
    assert broken() == []
