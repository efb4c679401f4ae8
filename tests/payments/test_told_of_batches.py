"""Where a batch is, by what the bank told of its transfers: kept beside it, to the cent; and what it tells of a whole file."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from openopco.payments.actions import cancel_batch, declare_unreceived, release_batch
from openopco.payments.enums import BatchStage, BatchState, OrderState, Outcome
from openopco.payments.errors import Received
from openopco.payments.models import BankEvent, PaymentBatch
from openopco.payments.reconciling import broken
from openopco.payments.rules import stage_of
from openopco.rights import Actor
from tests.payments.builders import (
    booked,
    debtor,
    due,
    engaged,
    entry,
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


def tally(batch: PaymentBatch) -> dict[str, tuple[int, Decimal]]:
    """What it keeps that is not zero."""
    batch.refresh_from_db()
    names = ("waiting", "settled", "rejected", "returned")
    found = {name: (getattr(batch, name), getattr(batch, f"{name}_total")) for name in names}
    return {name: each for name, each in found.items() if each != (0, 0)}


def back(order: Any) -> str:
    return notice(entry(order.end_to_end, order.amount, back="AC04"))


def refused(batch: PaymentBatch, order: Any) -> str:
    return report(batch, status(order.end_to_end, order.amount, "RJCT", "AC04"))


@pytest.mark.parametrize(
    ("waiting", "settled", "rejected", "returned", "stage"),
    [
        (2, 0, 0, 0, BatchStage.EMIS),
        (1, 0, 1, 0, BatchStage.EMIS),
        (1, 1, 0, 0, BatchStage.EN_PARTIE),
        (1, 0, 0, 1, BatchStage.EN_PARTIE),
        (0, 2, 0, 0, BatchStage.DEBITE),
        (0, 1, 1, 1, BatchStage.DEBITE),
        (0, 0, 2, 0, BatchStage.REJETE),
        (0, 0, 0, 2, BatchStage.RENDU),
        (0, 0, 1, 1, BatchStage.SANS_SUITE),
    ],
)
def test_a_batch_is_where_the_bank_left_its_transfers(
    waiting: int, settled: int, rejected: int, returned: int, stage: BatchStage
) -> None:
    counts = {"waiting": waiting, "settled": settled, "rejected": rejected, "returned": returned}
    assert stage_of(BatchState.EMIS, **counts) == stage
    for state in set(BatchState) - {BatchState.EMIS}:
        assert stage_of(state, **counts) == state.value


def test_a_batch_keeps_what_the_bank_told_once(batch: PaymentBatch, anna: Actor) -> None:
    first, second = orders(batch)
    assert tally(batch) == {"waiting": (2, D("130.5"))}
    read(anna, refused(batch, second))
    assert tally(batch) == {"waiting": (1, 100), "rejected": (1, D("30.5"))}
    for _ in range(2):
        read(anna, booked(first))
    assert tally(batch) == {"settled": (1, 100), "rejected": (1, D("30.5"))}
    for _ in range(2):
        read(anna, back(first))
    assert tally(batch) == {"returned": (1, 100), "rejected": (1, D("30.5"))}
    assert broken() == []


def test_batches_of_one_file_keep_each_their_own(batch: PaymentBatch, anna: Actor, basil: Actor) -> None:
    due(engaged("7"), to=school())
    other = release_batch(actor=basil, batch_id=prepared(anna).pk)
    read(anna, booked(*orders(batch), *orders(other)))
    read(anna, back(orders(batch)[1]))
    assert tally(batch) == {"settled": (1, 100), "returned": (1, D("30.5"))}
    assert tally(other) == {"settled": (1, 7)}
    assert broken() == []


def test_what_comes_back_before_it_was_said_debited_counts_once(batch: PaymentBatch, anna: Actor) -> None:
    read(anna, back(orders(batch)[0]))
    assert tally(batch) == {"waiting": (1, D("30.5")), "returned": (1, 100)}
    assert broken() == []


def test_the_database_refuses_more_than_the_batch_and_reconciling_names_a_wrong_one(
    batch: PaymentBatch, anna: Actor
) -> None:
    read(anna, booked(orders(batch)[0]))
    one = PaymentBatch.objects.filter(pk=batch.pk)
    for wrong in (
        {"settled": 3},
        {"settled_total": D("130.51")},
        {"settled": 0},
        {"returned_total": D(1)},
        {"rejected": F("rejected") + 1},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            one.update(**wrong)
    waits = PaymentBatch.objects.filter(pk=cancelled(anna).pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        waits.update(settled=1, settled_total=D(7))
    for wrong in ({"settled_total": D(99)}, {"settled": 2}, {"rejected": 1, "rejected_total": D(30)}):
        with transaction.atomic():
            one.update(**wrong)
            found = broken()
            transaction.set_rollback(True)
        assert [(each.words, each.named) for each in found] == [
            ("Ce qu'un lot dit débité, rejeté et rendu est la somme de ses virements", (batch.message_id,))
        ]
    assert broken() == []


def cancelled(anna: Actor) -> PaymentBatch:
    due(engaged("7"), to=school())
    return cancel_batch(actor=anna, batch_id=prepared(anna).pk)


# --- whole files -----------------------------------------------------------------------------------------------------


def whole(batch: PaymentBatch, amount: str) -> str:
    return notice(entry("", D(amount), batch=batch.message_id))


def states(batch: PaymentBatch) -> list[str]:
    return [each.state for each in orders(batch)]


@pytest.mark.parametrize("before", ["debited", "given back"])
def test_a_whole_debit_counts_what_was_told_of_it_already(batch: PaymentBatch, anna: Actor, before: str) -> None:
    first, _ = orders(batch)
    read(anna, booked(first) if before == "debited" else back(first))
    file = read(anna, whole(batch, "30.50"))
    assert (file.to_see, states(batch)[1]) == (1, OrderState.EMIS)
    assert "130,50" in BankEvent.objects.get(outcome=Outcome.REFUSE).words
    file = read(anna, whole(batch, "130.50"))
    assert (file.applied, states(batch)) == (
        1,
        [OrderState.REGLE if before == "debited" else OrderState.RENDU, OrderState.REGLE],
    )
    assert broken() == []


def test_a_whole_debit_never_pays_what_was_rejected_for_what_was_debited(anna: Actor, basil: Actor) -> None:
    """Two transfers of the same amount: one debited and told, the other rejected, which the bank has not told yet."""
    debtor(anna, basil)
    for _ in range(3):
        due(engaged("100"), to=school())
    batch = release_batch(actor=basil, batch_id=prepared(anna).pk)
    first, second, third = orders(batch)
    read(anna, booked(first))
    assert read(anna, whole(batch, "200")).to_see == 1
    assert states(batch) == [OrderState.REGLE, OrderState.EMIS, OrderState.EMIS]
    read(anna, refused(batch, third))
    assert read(anna, whole(batch, "200")).applied == 1
    assert states(batch) == [OrderState.REGLE, OrderState.REGLE, OrderState.REJETE]
    assert broken() == []


def test_a_whole_debit_after_all_was_rejected_is_for_a_person(batch: PaymentBatch, anna: Actor) -> None:
    read(anna, report(batch, group="RJCT"))
    file = read(anna, whole(batch, "130.50"))
    assert (file.applied, file.without_effect, file.to_see) == (0, 0, 1)
    assert "rejeté tous les virements" in BankEvent.objects.get(outcome=Outcome.REFUSE).words


def test_a_whole_debit_told_again_for_another_sum_is_another_fact(batch: PaymentBatch, anna: Actor) -> None:
    read(anna, whole(batch, "130.50"))
    assert read(anna, whole(batch, "130.50")).known == 1
    assert read(anna, whole(batch, "261")).to_see == 1
    assert set(states(batch)) == {OrderState.REGLE}


@pytest.mark.parametrize("told", ["RCVD", "PDNG", "unknown transfer"])
def test_a_file_that_the_bank_holds_was_received(batch: PaymentBatch, anna: Actor, told: str) -> None:
    if told == "unknown transfer":
        read(anna, report(batch, status("PAS-A-NOUS", D(5), "ACSP")))
        assert BankEvent.objects.get().batch == batch
    else:
        assert read(anna, report(batch, group=told)).applied == 1
    with pytest.raises(Received):
        declare_unreceived(actor=anna, batch_id=batch.pk, reason="Appelée")
    assert set(states(batch)) == {OrderState.EMIS}


@pytest.mark.parametrize("group", ["PART", ""])
@pytest.mark.parametrize("told", ["PDNG", "RCVD", "PATC", "ACWP", "ACCP", "ACSP", "of another", ""])
def test_a_file_that_its_lines_leave_pending_was_received(
    batch: PaymentBatch, anna: Actor, group: str, told: str
) -> None:
    first, _ = orders(batch)
    reference = "PAS-A-NOUS" if told == "of another" else first.end_to_end
    lines = [status(reference, first.amount, "PDNG" if told == "of another" else told)] if told else []
    file = read(anna, report(batch, *lines, group=group))
    assert (file.told, file.applied, file.to_see) == (1, told != "of another", told == "of another")
    with pytest.raises(Received):
        declare_unreceived(actor=anna, batch_id=batch.pk, reason="Appelée")
    assert set(states(batch)) == {OrderState.EMIS}


@pytest.mark.parametrize("at_once", [False, True])
def test_a_debit_that_the_bank_announces_was_received(batch: PaymentBatch, anna: Actor, at_once: bool) -> None:
    announced = whole(batch, "130.50") if at_once else booked(orders(batch)[0])
    file = read(anna, announced.replace(">BOOK<", ">PDNG<"))
    assert (file.told, file.applied) == (1, 1)
    with pytest.raises(Received):
        declare_unreceived(actor=anna, batch_id=batch.pk, reason="Appelée")
    assert set(states(batch)) == {OrderState.EMIS}


def test_a_stranger_s_debit_is_told_once_it_is_booked(batch: PaymentBatch, anna: Actor) -> None:
    stranger = notice(entry("PAS-A-NOUS", D(5)))
    assert read(anna, stranger.replace(">BOOK<", ">PDNG<")).without_effect == 1
    assert read(anna, stranger).to_see == 1
