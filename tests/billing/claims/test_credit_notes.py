"""A credit note as its payee deposits it: read where it can be, else keyed, its file kept with it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from openopco.billing.actions import checking, claims, crediting
from openopco.billing.actions.checking import Found
from openopco.billing.actions.claims import send_claim
from openopco.billing.deposits import open_credit_note
from openopco.billing.einvoice.model import Preceding
from openopco.billing.enums import InvoiceKind, Origin
from openopco.billing.errors import InvalidField, NotCreditable, RefusedInvoice
from openopco.billing.models import Claim, Due, Invoice
from openopco.dossiers.models import Dossier
from openopco.kernel.errors import InvalidValue
from openopco.rights import Actor
from tests.billing import factories as f
from tests.billing.claims.world import claimed, deposited, electronic, upload
from tests.documents.hostile import pdf

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.funding_rules]
KEYED = crediting.Told("A-7", date(2026, 12, 12), D(60), D(0))


@pytest.fixture
def accepted(tess: Actor, taught: Dossier, carl: Actor) -> Claim:
    """An electronic invoice of 560 €, FX-9, whose service was found done."""
    claim = send_claim(actor=tess, key=str(deposited(tess, taught, electronic(taught)).key))
    checking.accept_claim(actor=carl, claim_id=claim.pk, found=Found())
    return claim


def note_of(taught: Dossier, **changes: Any) -> bytes:
    """60 € of FX-9 taken back."""
    given = {"number": "AV-9", "corrects": (Preceding("FX-9"),), "issued_on": date(2026, 12, 12), "due_on": None}
    return electronic(taught, make=smaller, **{**given, **changes})


def smaller(line: f.Line, **given: Any) -> f.ElectronicInvoice:
    return f.credit_note(f.line(hours="3", price="20", period=None), **given)


def record(tess: Actor, claim: Claim, content: bytes, name: str = "avoir.xml") -> Invoice:
    opened = open_credit_note(upload(name, content), at=timezone.now())
    told = crediting.told_by(opened.read) if opened.read else KEYED
    return crediting.record_credit_note(
        actor=tess, claim_key=str(claim.key), told=told, reason="Trois heures de moins.", deposited=opened
    )


def test_an_electronic_one_is_read_and_kept_with_its_file(tess: Actor, accepted: Claim, taught: Dossier) -> None:
    note = record(tess, accepted, note_of(taught))
    assert (note.kind, note.origin, note.number, note.net) == (InvoiceKind.AVOIR, Origin.LUE, "AV-9", D(60))
    assert note.corrects == accepted.invoice
    assert note.document
    assert (note.document.zone, note.document.content_type) == ("avoir", "application/xml")
    assert note.content["number"] == "AV-9"
    assert Due.objects.get().payable == D(500)


def test_what_the_file_says_counts_and_not_what_was_typed(tess: Actor, accepted: Claim, taught: Dossier) -> None:
    opened = open_credit_note(upload("avoir.xml", note_of(taught)), at=timezone.now())
    note = crediting.record_credit_note(
        actor=tess, claim_key=str(accepted.key), told=KEYED, reason="Trois heures.", deposited=opened
    )
    assert (note.number, note.net) == ("AV-9", D(60))


def test_a_plain_pdf_is_keyed_beside_its_file(tess: Actor, accepted: Claim) -> None:
    note = record(tess, accepted, pdf(), "avoir.pdf")
    assert (note.origin, note.number, note.net) == (Origin.SAISIE, "A-7", D(60))
    assert note.document
    assert note.document.content_type == "application/pdf"


def test_one_of_another_invoice_or_of_another_issuer_is_refused(tess: Actor, accepted: Claim, taught: Dossier) -> None:
    with pytest.raises(NotCreditable, match="FX-8, et non FX-9"):
        record(tess, accepted, note_of(taught, corrects=(Preceding("FX-8"),)))
    other = replace(f.SELLER, siren="831352976", siret="83135297600011", endpoint=None, vat_number="")
    with pytest.raises(NotCreditable, match="pas établi par l'organisme"):
        record(tess, accepted, note_of(taught, seller=other))
    assert not Invoice.objects.filter(kind=InvoiceKind.AVOIR).exists()
    assert Due.objects.get().payable == D(560)


def test_an_invoice_is_no_credit_note(taught: Dossier, accepted: Claim) -> None:
    with pytest.raises(RefusedInvoice, match="une facture, et non un avoir"):
        open_credit_note(upload("facture.xml", electronic(taught, number="FX-11")), at=timezone.now())


def test_a_credit_note_takes_no_number_of_anybody_s_series(tess: Actor, accepted: Claim, taught: Dossier) -> None:
    """Else the portal's next invoice of that issuer would find its number taken."""
    taken = f"{taught.provider.siret[:9]}-2026-000001" if taught.provider else ""
    with pytest.raises(InvalidField, match="que donne le portail") as refusal:
        crediting.record_credit_note(
            actor=tess, claim_key=str(accepted.key), told=KEYED._replace(number=taken), reason="Un cent."
        )
    assert refusal.value.field == "number"
    with pytest.raises(InvalidField, match="que donne le portail"):
        record(tess, accepted, note_of(taught, number=taken))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": "A" * 61}, "number"),
        ({"issued_on": date(2026, 12, 1)}, "issued_on"),
        ({"net": D(0)}, "net"),
        ({"vat": D(1)}, "vat"),
    ],
)
def test_each_fault_names_its_field(tess: Actor, accepted: Claim, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        crediting.record_credit_note(
            actor=tess, claim_key=str(accepted.key), told=KEYED._replace(**wrong), reason="Un cent."
        )
    assert refusal.value.field == field


def test_one_that_corrects_several_invoices_is_refused(tess: Actor, accepted: Claim, taught: Dossier) -> None:
    with pytest.raises(NotCreditable, match="plusieurs factures"):
        record(tess, accepted, note_of(taught, corrects=(Preceding("FX-8"), Preceding("FX-9"))))


NIR = "Le NIR est 1 85 05 78 006 084 36."


def test_no_free_text_keeps_a_social_security_number(tess: Actor, accepted: Claim) -> None:
    with pytest.raises(InvalidValue):
        crediting.record_credit_note(actor=tess, claim_key=str(accepted.key), told=KEYED, reason=NIR)
    assert not Invoice.objects.filter(kind=InvoiceKind.AVOIR).exists()


def test_nor_does_an_answer(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier)
    checking.ask_for_pieces(actor=carl, claim_id=claim.pk, words="Joignez la feuille.")
    with pytest.raises(InvalidValue):
        claims.answer_claim(actor=alice, key=str(claim.key), words=NIR)
    claim.refresh_from_db()
    assert "reponses" not in claim.typed
