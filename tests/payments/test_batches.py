"""What is due becomes transfers: gathered, prepared, withdrawn, cancelled, released by somebody else, written once."""

import hashlib
import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import IntegrityError, transaction
from lxml import etree

from openopco.base.jobs import run_pending_jobs
from openopco.billing.enums import DueState
from openopco.billing.models import Due
from openopco.funding.enums import Fund
from openopco.funding.models import Commitment, Envelope
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.organisations.accounts import number_of
from openopco.organisations.enums import AccountState, ProviderStatus
from openopco.organisations.models import BankAccount, Provider
from openopco.payments.actions import (
    cancel_batch,
    confirm_debtor,
    prepare_batch,
    release_batch,
    set_debtor,
    withdraw_order,
)
from openopco.payments.enums import BatchState, OrderState
from openopco.payments.errors import (
    BatchMoved,
    FileChanged,
    InvalidFields,
    NoDebtorAccount,
    NothingToPay,
    NotReleasable,
)
from openopco.payments.files import open_file, write_file
from openopco.payments.models import DebtorAccount, OrderLine, PaymentBatch, PaymentOrder
from openopco.payments.reconciling import broken
from openopco.payments.sepa import validate
from openopco.rights import Actor
from tests.habilitations.factories import officer
from tests.payments.builders import DAY, debtor, due, engaged, orders, payable, prepared, released, school, shop
from tests.payments.transfers import iban

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _account(anna: Actor, basil: Actor) -> None:
    debtor(anna, basil)


def states() -> set[str]:
    return set(Due.objects.values_list("state", flat=True))


def kept(batch: PaymentBatch) -> bytes:
    with open_file(batch) as file:
        return bytes(file.read())


def test_one_transfer_per_payee_names_each_invoice_and_each_dossier(anna: Actor) -> None:
    axept = school(name="AXEPT")
    first, second = due(engaged("500"), to=axept, number="F-114"), due(engaged("300.50"), to=axept, number="F-115")
    refund = due(engaged("80"), to=shop())
    batch = prepared(anna)
    to_school, to_shop = sorted(orders(batch), key=lambda each: each.provider_id is None)
    assert (batch.count, batch.total, batch.state) == (2, D("880.50"), BatchState.PREPARE)
    assert (to_school.amount, to_school.holder) == (D("800.50"), "AXEPT")
    for owed in (first, second):
        assert f"FACTURE {owed.claim.invoice.number} DOSSIER {owed.claim.dossier.number}" in to_school.remittance
    assert to_shop.remittance.startswith(f"DOSSIER {refund.claim.dossier.number} ")
    assert states() == {DueState.EN_COURS}
    assert [each.ordered for each in Commitment.objects.order_by("pk")] == [D(500), D("300.50"), D(80)]
    assert Entry.objects.filter(event="payment_batch.prepared").count() == 1
    assert broken() == []


def test_each_claim_has_its_own_transfer_where_the_statement_has_no_room_for_all(anna: Actor) -> None:
    axept = school()
    for rank in range(6):
        due(engaged("100"), to=axept, number=f"FACTURE-TRES-LONGUE-{rank}")
    batch = prepared(anna)
    assert batch.count == 6
    assert all(f"FACTURE-TRES-LONGUE-{rank} " in each.remittance for rank, each in enumerate(orders(batch)))
    assert len({each.end_to_end for each in orders(batch)}) == 6


def test_who_can_t_be_paid_is_left_out_with_why_and_stays_due(anna: Actor) -> None:
    paid = due(engaged("100"), to=school())
    suspended = school(status=ProviderStatus.SUSPENDU)
    left = due(engaged("40"), to=suspended)
    new = shop()
    BankAccount.objects.filter(establishment=new).update(usable_on=date(2026, 12, 4))
    waits = due(engaged("50"), to=new)
    made = prepare_batch(actor=anna, fund=Fund.PDC, execution_date=DAY)
    assert [each.due_id for each in OrderLine.objects.all()] == [paid.pk]
    told = {each.payee.pk if each.column == "provider" else -each.payee.pk: each.reason for each in made.left_out}
    assert "suspendue" in told[suspended.pk]
    assert "04/12/2026" in told[-new.pk]
    assert set(Due.objects.filter(pk__in=[left.pk, waits.pk]).values_list("state", flat=True)) == {DueState.A_PAYER}


def test_a_name_that_no_bank_can_write_leaves_its_payee_out(anna: Actor) -> None:
    odd, sound = school(), school()
    BankAccount.objects.filter(provider=odd).update(holder="漢字")
    BankAccount.objects.filter(provider=odd).update(holder="...")
    left = due(engaged("40"), to=odd)
    due(engaged("60"), to=sound)
    made = prepare_batch(actor=anna, fund=Fund.PDC, execution_date=DAY)
    assert (made.batch.count, made.batch.total) == (1, D(60))
    assert "ne peut pas s'écrire" in made.left_out[0].reason
    left.refresh_from_db()
    assert left.state == DueState.A_PAYER


def test_other_funds_wait_for_their_own_batch(anna: Actor) -> None:
    axept = school()
    due(engaged("100", fund=Fund.ALTERNANCE), to=axept)
    with pytest.raises(NothingToPay):
        prepared(anna)
    with pytest.raises(NoDebtorAccount):
        prepared(anna, Fund.ALTERNANCE)
    assert (PaymentBatch.objects.count(), states()) == (0, {DueState.A_PAYER})


@pytest.mark.parametrize(
    ("day", "why"),
    [(date(2026, 11, 30), "passée"), (date(2026, 12, 5), "jour ouvré"), (date(2027, 6, 1), "60 jours")],
)
def test_a_day_on_which_no_bank_pays_is_refused(anna: Actor, day: date, why: str) -> None:
    due(engaged(), to=school())
    with pytest.raises(InvalidValue, match=why):
        prepare_batch(actor=anna, fund=Fund.PDC, execution_date=day)


def test_a_cancelled_batch_gives_all_back(anna: Actor) -> None:
    due(engaged("100"), to=school())
    batch = cancel_batch(actor=anna, batch_id=prepared(anna).pk)
    assert (batch.state, states()) == (BatchState.ANNULE, {DueState.A_PAYER})
    assert (Commitment.objects.get().ordered, orders(batch)[0].state) == (0, OrderState.ANNULE)
    again = prepared(anna)
    assert orders(again)[0].end_to_end != orders(batch)[0].end_to_end
    with pytest.raises(BatchMoved):
        cancel_batch(actor=anna, batch_id=batch.pk)
    assert broken() == []


def test_a_transfer_is_withdrawn_with_why_and_the_last_one_cancels_the_batch(anna: Actor) -> None:
    due(engaged("100"), to=school())
    due(engaged("30"), to=school())
    batch = prepared(anna)
    first, second = orders(batch)
    with pytest.raises(InvalidValue):
        withdraw_order(actor=anna, order_id=first.pk, reason=" ")
    batch = withdraw_order(actor=anna, order_id=first.pk, reason="Litige")
    assert (batch.count, batch.total, batch.state) == (1, D(30), BatchState.PREPARE)
    assert broken() == []
    with pytest.raises(BatchMoved):
        withdraw_order(actor=anna, order_id=first.pk, reason="Encore")
    assert withdraw_order(actor=anna, order_id=second.pk, reason="Aussi").state == BatchState.ANNULE
    assert states() == {DueState.A_PAYER}


def test_who_prepared_never_releases(anna: Actor, basil: Actor) -> None:
    due(engaged(), to=school())
    batch = prepared(anna)
    with pytest.raises(Forbidden):
        release_batch(actor=anna, batch_id=batch.pk)
    with pytest.raises(Forbidden):
        release_batch(actor=officer(), batch_id=batch.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(
            released_by=anna.user_id, state=BatchState.EMIS, released_at=batch.prepared_at
        )
    assert release_batch(actor=basil, batch_id=batch.pk).state == BatchState.EMIS
    with pytest.raises(BatchMoved):
        release_batch(actor=basil, batch_id=batch.pk)
    with pytest.raises(BatchMoved):
        cancel_batch(actor=anna, batch_id=batch.pk)


def test_the_file_is_written_once_valid_and_kept_with_its_digest(anna: Actor, basil: Actor) -> None:
    axept = school(name="AXEPT & FILS")
    due(engaged("1250.50"), to=axept, number="F-114")
    payee = BankAccount.objects.get()
    batch = released(anna, basil)
    run_pending_jobs()
    batch.refresh_from_db()
    content = kept(batch)
    assert batch.digest == hashlib.sha256(content).hexdigest()
    assert batch.size == len(content)
    validate(io.BytesIO(content))
    tree = etree.fromstring(content)
    text = {name: tree.findtext(f".//{{*}}{name}") for name in ("MsgId", "CtrlSum", "NbOfTxs", "EndToEndId", "Ustrd")}
    order = orders(batch)[0]
    assert text["MsgId"] == batch.message_id
    assert (text["CtrlSum"], text["NbOfTxs"]) == ("1250.50", "1")
    assert (text["EndToEndId"], text["Ustrd"]) == (order.end_to_end, order.remittance)
    assert [each.text for each in tree.iterfind(".//{*}IBAN")] == [iban(999), number_of(payee)]
    write_file(batch.pk, lambda: None)
    assert kept(batch) == content


def test_a_worker_come_late_never_takes_away_what_another_has_kept(
    anna: Actor, basil: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(engaged("10"), to=school())
    batch = released(anna, basil)
    run_pending_jobs()
    batch.refresh_from_db()
    content = kept(batch)
    PaymentBatch.objects.filter(pk=batch.pk).update(storage_name="", digest="")
    monkeypatch.setattr(FileSystemStorage, "save", lambda *_: pytest.fail("it was there"))
    write_file(batch.pk, lambda: None)
    assert kept(PaymentBatch.objects.get()) == content


def test_half_a_file_that_a_killed_worker_left_is_written_anew(anna: Actor, basil: Actor) -> None:
    due(engaged("10"), to=school())
    batch = released(anna, basil)
    default_storage.save(f"payments/{batch.key}.xml", ContentFile(b"<Document"))
    write_file(batch.pk, lambda: None)
    batch.refresh_from_db()
    assert hashlib.sha256(kept(batch)).hexdigest() == batch.digest


def test_a_file_that_was_changed_is_never_given(anna: Actor, basil: Actor) -> None:
    due(engaged("10"), to=school())
    batch = released(anna, basil)
    run_pending_jobs()
    batch.refresh_from_db()
    content = kept(batch)
    default_storage.delete(batch.storage_name)
    default_storage.save(batch.storage_name, ContentFile(content.replace(b"10.00", b"99.00")))
    with pytest.raises(FileChanged):
        open_file(batch)


def test_what_changed_since_it_was_prepared_holds_the_release(anna: Actor, basil: Actor) -> None:
    axept, other = school(name="AXEPT"), school(name="AUTRE")
    due(engaged("10"), to=axept)
    due(engaged("20"), to=other)
    batch = prepared(anna)
    Provider.objects.filter(pk=axept.pk).update(status=ProviderStatus.SUSPENDU)
    with pytest.raises(NotReleasable, match="AXEPT"):
        release_batch(actor=basil, batch_id=batch.pk)
    withdraw_order(actor=anna, order_id=orders(batch)[0].pk, reason="Suspendu")
    BankAccount.objects.filter(provider=other).update(state=AccountState.ENDED, ended_at=batch.prepared_at)
    with pytest.raises(NotReleasable, match="AUTRE"):
        release_batch(actor=basil, batch_id=batch.pk)
    payable(other)
    with pytest.raises(NotReleasable, match="AUTRE"):
        release_batch(actor=basil, batch_id=batch.pk)


def test_a_batch_whose_day_is_past_or_whose_account_ended_does_not_leave(
    anna: Actor, basil: Actor, clock: "object"
) -> None:
    due(engaged("10"), to=school())
    batch = prepared(anna)
    clock.move_to(1_796_600_000)  # type: ignore[attr-defined]
    with pytest.raises(NotReleasable, match="passée"):
        release_batch(actor=basil, batch_id=batch.pk)
    clock.move_to(1_796_112_000)  # type: ignore[attr-defined]
    DebtorAccount.objects.update(ended_at=batch.prepared_at)
    with pytest.raises(NotReleasable, match="compte débiteur"):
        release_batch(actor=basil, batch_id=batch.pk)


def test_a_due_is_in_one_live_line_at_most(anna: Actor) -> None:
    owed = due(engaged("10"), to=school())
    order = orders(prepared(anna))[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.create(order=order, due=owed, commitment=owed.commitment, amount=D(10))


def test_a_debtor_account_is_checked_by_a_second_accountant(anna: Actor, basil: Actor) -> None:
    with pytest.raises(InvalidFields) as refused:
        set_debtor(actor=anna, fund="rien", holder="", iban="FR76", bic="X")
    assert set(refused.value.errors) == {"fund", "holder", "iban", "bic"}
    new = set_debtor(actor=anna, fund=Fund.PDC, holder="OPCO", iban=iban(5))
    with pytest.raises(Forbidden):
        confirm_debtor(actor=anna, account_id=new.pk)
    confirm_debtor(actor=basil, account_id=new.pk)
    assert [each.iban for each in DebtorAccount.objects.filter(ended_at=None)] == [iban(5)]


def test_an_envelope_s_paid_follows(anna: Actor) -> None:
    due(engaged("10"), to=school())
    prepared(anna)
    assert Envelope.objects.get().paid == 0
    assert PaymentOrder.objects.count() == 1
