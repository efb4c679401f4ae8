"""A file of the bank that names a batch, and a transfer of another: a person sees, nothing moves, both were received."""

from decimal import Decimal

import pytest

from openopco.payments.actions import declare_unreceived, release_batch
from openopco.payments.enums import OrderState, Outcome
from openopco.payments.errors import Received
from openopco.payments.models import BankEvent, PaymentBatch
from openopco.payments.reconciling import broken
from openopco.rights import Actor
from tests.habilitations.factories import accountant
from tests.payments.builders import due, engaged, entry, figures, notice, orders, prepared, read, report, school, status

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(batch: PaymentBatch, anna: Actor, basil: Actor) -> PaymentBatch:
    """Another batch at the bank, of one transfer."""
    due(engaged("7"), to=school())
    return release_batch(actor=basil, batch_id=prepared(anna).pk)


def named(content: str, batch: PaymentBatch | str) -> str:
    """A notice whose details name a batch as well."""
    return content.replace("<Refs>", f"<Refs><PmtInfId>{batch}</PmtInfId>")


@pytest.mark.parametrize("told", ["rejected", "accepted", "pending", "debited", "given back"])
def test_what_names_another_batch_moves_nothing(
    batch: PaymentBatch, other: PaymentBatch, anna: Actor, told: str
) -> None:
    (order,) = orders(other)
    reference, amount = order.end_to_end, order.amount
    content = {
        "rejected": report(batch, status(reference, amount, "RJCT", "AC04")),
        "accepted": report(batch, status(reference, amount, "ACSP")),
        "pending": report(batch, status(reference, amount, "PDNG")),
        "debited": named(notice(entry(reference, amount)), batch),
        "given back": named(notice(entry(reference, amount, back="AC04")), batch),
    }[told]
    before = figures()
    file = read(anna, content)
    assert (file.applied, file.to_see, figures(), broken()) == (0, 1, before, [])
    event = BankEvent.objects.get()
    assert (event.outcome, event.order, event.batch) == (Outcome.REFUSE, order, batch)
    assert f"dit ce virement du lot {batch}, il est du lot {other}" in event.words
    for each in (batch, other):
        assert {order.state for order in orders(each)} == {OrderState.EMIS}
        with pytest.raises(Received):
            declare_unreceived(actor=accountant(), batch_id=each.pk, reason="Appelée")


def test_a_report_of_no_file_of_ours_rejects_none_of_our_transfers(batch: PaymentBatch, anna: Actor) -> None:
    first, _ = orders(batch)
    assert read(anna, report("AUTRE-LOT", status(first.end_to_end, first.amount, "RJCT", "AC04"))).to_see == 1
    assert {each.state for each in orders(batch)} == {OrderState.EMIS}


@pytest.mark.parametrize("reference", ["BANQUE-77", "own"])
def test_a_notice_may_carry_a_reference_of_the_bank_s_own(batch: PaymentBatch, anna: Actor, reference: str) -> None:
    first, _ = orders(batch)
    name = batch.message_id if reference == "own" else reference
    assert read(anna, named(notice(entry(first.end_to_end, Decimal(first.amount))), name)).applied == 1
    assert BankEvent.objects.get().batch is None
