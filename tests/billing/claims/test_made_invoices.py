"""Invoices that the portal makes in a provider's name: the mandate, the series, the Factur-X, credit notes; and the files that
a provider deposits."""

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from openopco.base.jobs import run_pending_jobs
from openopco.billing import tasks
from openopco.billing.actions import checking, claims, crediting, mandates
from openopco.billing.actions.checking import Found
from openopco.billing.einvoice.examining import Examined
from openopco.billing.enums import ClaimState, DueState, InvoiceKind, Origin
from openopco.billing.errors import AlreadyInvoiced, Differs, NotCreditable, NotWhole, RefusedInvoice
from openopco.billing.models import Claim, Due, Invoice, InvoiceSeries
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Fund, Payee
from openopco.funding.models import Commitment
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.organisations.models import BankAccount, Establishment, Provider
from openopco.payments import moves
from openopco.payments.actions import prepare_batch, release_batch
from openopco.payments.models import Overpayment, PaymentOrder
from openopco.rights import Actor
from tests.billing import factories as f
from tests.billing.claims.world import credited, deposited, electronic, granted, prepared, rows_of, upload
from tests.habilitations.factories import accountant, teacher
from tests.organisations.factories import BankAccountFactory
from tests.payments.builders import debtor

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.funding_rules]
SIGNED = {"mode": "generer", "signatory": "Alix Roy", "signatory_role": "gérante", "attests": "oui"}


def give_account(taught: Dossier) -> None:
    if not BankAccount.objects.filter(provider=taught.provider).exists():
        BankAccountFactory.create(provider=taught.provider, establishment=None)


def made(tess: Actor, taught: Dossier, *, hours: tuple[str, ...] = ("14", "14"), **typed: str) -> Claim:
    """Invoiced by the portal, its certificates signed online."""
    mandates.accept_mandate(actor=tess, provider_id=taught.provider_id or 0)
    give_account(taught)
    claim = claims.open_claim(actor=tess, number=str(taught.number), payee=Payee.ORGANISME)
    told = {f"hours-{row}": value for row, value in zip(rows_of(taught), hours, strict=True)}
    claims.save_claim(actor=tess, key=str(claim.key), values={**SIGNED, **told, **typed})
    return claims.send_claim(actor=tess, key=str(claim.key))


def test_the_portal_makes_the_invoice_and_draws_it_once(
    tess: Actor, taught: Dossier, judged: Callable[[bytes], Examined]
) -> None:
    claim = made(tess, taught)
    invoice = Invoice.objects.get()
    assert taught.provider
    assert (invoice.origin, invoice.net, invoice.vat, claim.net) == (Origin.GENEREE, D(560), D(0), D(560))
    assert invoice.number == f"{taught.provider.siret[:9]}-2026-000001"
    while_waiting = tasks.pdf_of(invoice)
    run_pending_jobs(names=["billing.draw_invoice"])
    invoice.refresh_from_db()
    assert invoice.storage_name
    assert tasks.pdf_of(invoice) == while_waiting
    examined = judged(while_waiting)
    assert not [finding for finding in examined.findings if "OPCO-FUTURE" not in finding.code]
    assert examined.invoice
    note = examined.invoice.lines[0].note.replace("\u202f", " ")
    assert note == "Stagiaires : Zoé Müller (14 h), Ali Diallo (14 h)"
    assert [each.signatory for each in claim.certificates.all()] == ["Alix Roy"] * 2


def test_hours_lost_are_not_invoiced(tess: Actor, taught: Dossier, carl: Actor) -> None:
    claim = made(tess, taught, hours=("14", "3h30"))
    assert claim.net == D(350)
    checking.accept_claim(actor=carl, claim_id=claim.pk, found=Found())
    assert Due.objects.get().amount == D(350)
    assert Due.objects.get().provider == taught.provider


def test_without_mandate_nothing_is_made(tess: Actor, taught: Dossier) -> None:
    claim = claims.open_claim(actor=tess, number=str(taught.number), payee=Payee.ORGANISME)
    told = {f"hours-{row}": "14" for row in rows_of(taught)}
    claims.save_claim(actor=tess, key=str(claim.key), values={**SIGNED, **told})
    with pytest.raises(NotWhole) as refusal:
        claims.send_claim(actor=tess, key=str(claim.key))
    assert "zone-facture" in refusal.value.errors
    member = teacher(taught.provider)
    with pytest.raises(Forbidden):
        mandates.accept_mandate(actor=member, provider_id=taught.provider_id or 0)
    first = mandates.accept_mandate(actor=tess, provider_id=taught.provider_id or 0)
    assert mandates.accept_mandate(actor=tess, provider_id=taught.provider_id or 0) == first
    mandates.end_mandate(actor=tess, provider_id=taught.provider_id or 0)
    with pytest.raises(NotWhole):
        claims.send_claim(actor=tess, key=str(claim.key))
    assert not InvoiceSeries.objects.exists()


def test_without_an_iban_the_portal_makes_no_invoice(
    tess: Actor, taught: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(made.__globals__, "give_account", lambda dossier: None)
    with pytest.raises(NotWhole) as refusal:
        made(tess, taught)
    assert "IBAN" in refusal.value.errors["mode"]
    assert not InvoiceSeries.objects.exists()


def test_a_vat_that_nobody_knows_is_asked(tess: Actor, taught: Dossier) -> None:
    Provider.objects.filter(pk=taught.provider_id).update(vat_exempt=None)
    with pytest.raises(NotWhole) as refusal:
        made(tess, taught)
    assert "exonéré" in refusal.value.errors["mode"]
    assert not InvoiceSeries.objects.exists()


def test_vat_is_the_employer_s(tess: Actor, taught: Dossier, carl: Actor) -> None:
    Provider.objects.filter(pk=taught.provider_id).update(vat_exempt=False)
    claim = made(tess, taught)
    invoice = Invoice.objects.get()
    assert (invoice.net, invoice.vat) == (D(560), D(112))
    checking.accept_claim(actor=carl, claim_id=claim.pk, found=Found())
    assert Due.objects.get().amount == D(560)


def test_the_series_has_no_gap_whatever_fails(tess: Actor, taught: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("openopco.billing.notices.tell_sent", lambda claim: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            made(tess, taught)
    assert not Invoice.objects.exists()
    made(tess, taught)
    assert Invoice.objects.get().number.endswith("-000001")


def test_a_refused_invoice_of_the_series_has_its_credit_note(tess: Actor, taught: Dossier, carl: Actor) -> None:
    claim = made(tess, taught)
    checking.refuse_claim(actor=carl, claim_id=claim.pk, words="Les émargements manquent.")
    first, note = Invoice.objects.order_by("id")
    assert (note.kind, note.corrects, note.net) == (InvoiceKind.AVOIR, first, D(560))
    assert [each.number[-6:] for each in (first, note)] == ["000001", "000002"]
    again = made(tess, taught)
    assert again.invoice
    assert again.invoice.number.endswith("000003")


def test_a_credit_note_before_payment_makes_less_due(tess: Actor, taught: Dossier, carl: Actor) -> None:
    claim = made(tess, taught)
    with pytest.raises(NotCreditable, match="retirez-la"):
        crediting.credit_generated(actor=tess, claim_key=str(claim.key), reason="Erreur")
    checking.accept_claim(actor=carl, claim_id=claim.pk, found=Found())
    with pytest.raises(InvalidValue):
        crediting.credit_generated(actor=tess, claim_key=str(claim.key), reason=" ")
    crediting.credit_generated(actor=tess, claim_key=str(claim.key), reason="Formation à refaire.")
    due, line = Due.objects.get(), Commitment.objects.get()
    assert (due.state, due.payable, line.invoiced) == (DueState.ANNULEE, 0, 0)
    with pytest.raises(NotCreditable, match="0,00"):
        crediting.credit_generated(actor=tess, claim_key=str(claim.key), reason="Encore.")


def test_a_credit_note_of_its_own_number_takes_back_a_part(tess: Actor, taught: Dossier, carl: Actor) -> None:
    claim = claims.send_claim(actor=tess, key=str(prepared(tess, taught, Payee.ORGANISME).key))
    checking.accept_claim(actor=carl, claim_id=claim.pk, found=Found())
    given: dict[str, Any] = {"issued_on": date(2026, 12, 14), "vat": D(0), "reason": "Une demi-journée de moins."}
    for number, net, refusal in (
        ("A-1", D(561), NotCreditable),
        ("", D(10), InvalidValue),
        ("F-1", D(10), AlreadyInvoiced),
    ):
        with pytest.raises(refusal):
            credited(tess, claim, number, net=net, **given)
    credited(tess, claim, net=D(140), **given)
    due = Due.objects.get()
    assert (due.payable, due.state, Commitment.objects.get().invoiced) == (D(420), DueState.A_PAYER, D(420))


def test_what_is_credited_once_paid_is_owed_by_the_payee(tess: Actor, taught: Dossier, carl: Actor) -> None:
    claim = made(tess, taught)
    checking.accept_claim(actor=carl, claim_id=claim.pk, found=Found())
    BankAccount.objects.update(
        state="confirmed", decided_by=carl.user_id, decided_at=timezone.now(), words="Vu.", usable_on=date(2026, 12, 1)
    )
    first, second = accountant(), accountant()
    debtor(first, second)
    batch = prepare_batch(actor=first, fund=Fund.PDC, execution_date=date(2026, 12, 15)).batch
    release_batch(actor=second, batch_id=batch.pk)
    order = PaymentOrder.objects.get(batch=batch)
    with pytest.raises(NotCreditable):
        crediting.credit_generated(actor=tess, claim_key=str(claim.key), reason="Erreur.")
    moves.settle(PaymentOrder.objects.filter(pk=order.pk), on=date(2026, 12, 14), answer=None)
    crediting.credit_generated(actor=tess, claim_key=str(claim.key), reason="Erreur.")
    owed = Overpayment.objects.get()
    assert (owed.amount, owed.recovered) == (D(560), 0)
    line = Commitment.objects.get()
    assert (line.invoiced, line.ordered, line.paid) == (0, 0, 0)


# --- deposited -------------------------------------------------------------------------------------------------------


def test_a_deposited_xml_is_read_and_its_data_kept(tess: Actor, taught: Dossier) -> None:
    claim = deposited(tess, taught, electronic(taught))
    sent = claims.send_claim(actor=tess, key=str(claim.key))
    assert sent.invoice
    assert (sent.invoice.origin, sent.invoice.number, sent.invoice.net) == (Origin.LUE, "FX-9", D(560))
    assert sent.invoice.document
    assert sent.invoice.document.content_type == "application/xml"


def test_one_that_differs_from_its_agreement_is_mended_first(tess: Actor, taught: Dossier) -> None:
    other = f.SELLER
    claim = deposited(tess, taught, electronic(taught, seller=other))
    with pytest.raises(Differs, match="Seul l'organisme de l'accord"):
        claims.send_claim(actor=tess, key=str(claim.key))
    claims.join_file(actor=tess, key=str(claim.key), zone="facture", upload=upload("bonne.xml", electronic(taught)))
    assert claims.send_claim(actor=tess, key=str(claim.key)).state == ClaimState.DEPOSEE


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"<Invoice>",
        b"<a/>",
    ],
)
def test_a_hostile_file_is_refused_and_nothing_kept(tess: Actor, taught: Dossier, content: bytes) -> None:
    claim = claims.open_claim(actor=tess, number=str(taught.number), payee=Payee.ORGANISME)
    with pytest.raises(RefusedInvoice) as refusal:
        claims.join_file(actor=tess, key=str(claim.key), zone="facture", upload=upload("f.xml", content))
    assert refusal.value.findings
    claim.refresh_from_db()
    assert claim.typed == {}


def test_the_same_content_under_another_number_is_known(
    tess: Actor, taught: Dossier, alice: Actor, place: Establishment, olga: Actor
) -> None:
    claims.send_claim(actor=tess, key=str(deposited(tess, taught, electronic(taught)).key))
    other = granted(alice, place, olga, subrogation="oui", title="Une autre", cost="100,00")
    Dossier.objects.filter(pk=other.pk).update(provider=taught.provider)
    again = deposited(tess, other, electronic(taught, number="FX-10"))
    with pytest.raises((AlreadyInvoiced, Differs)):
        claims.send_claim(actor=tess, key=str(again.key))


# --- at once ---------------------------------------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_invoices_at_once_have_two_ranks(
    tess: Actor, taught: Dossier, alice: Actor, place: Establishment, olga: Actor
) -> None:
    other = granted(
        alice,
        place,
        olga,
        subrogation="oui",
        title="Une autre",
        cost="300,00",
        starts_on="09/12/2026",
        ends_on="10/12/2026",
    )
    Dossier.objects.filter(pk=other.pk).update(provider=taught.provider)
    mandates.accept_mandate(actor=tess, provider_id=taught.provider_id or 0)
    give_account(taught)
    keys = []
    for each in (taught, other):
        claim = claims.open_claim(actor=tess, number=str(each.number), payee=Payee.ORGANISME)
        told = {f"hours-{row}": "14" for row in rows_of(each)}
        claims.save_claim(actor=tess, key=str(claim.key), values={**SIGNED, **told})
        keys.append(str(claim.key))
    barrier, failed = threading.Barrier(2), list[BaseException]()

    def send(key: str) -> None:
        try:
            barrier.wait(10)
            claims.send_claim(actor=tess, key=key)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failed
    assert sorted(each.number[-6:] for each in Invoice.objects.all()) == ["000001", "000002"]
    assert connection.vendor == "postgresql"
