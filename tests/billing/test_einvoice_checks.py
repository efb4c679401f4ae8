"""Right invoices are accepted, each wrong one is refused with its sentence, in whatever they are written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings

from openopco.billing.einvoice.codes import EN16931, FRANCHISE
from openopco.billing.einvoice.examining import Examined, Examiner, Format
from openopco.billing.einvoice.findings import Severity
from openopco.billing.einvoice.model import Adjustment, ElectronicInvoice, Note, Payment, TaxCategory
from openopco.billing.einvoice.reading import missing
from openopco.billing.einvoice.schematron import Judge
from openopco.billing.einvoice.writing import write_cii
from tests.billing import factories as f
from tests.billing import wrong
from tests.billing.ubl import write_ubl

Judged = Callable[[bytes], Examined]


def franchise() -> ElectronicInvoice:
    made = f.invoice(seller=replace(f.SELLER, vat_number="FR12834267023"))
    return replace(made, taxes=(replace(made.taxes[0], exemption_reason=FRANCHISE, exemption_code=""),))


def several() -> ElectronicInvoice:
    """Both regimes, an allowance, a charge, a line counted in days with something taken off."""
    return f.invoice(
        f.line(1),
        f.line(2, "3", "710.5", rate="20", unit="DAY", adjustment=Decimal("-31.50")),
        f.line(3, "1", "12.333", rate="5.5"),
        adjustments=(
            Adjustment(False, Decimal("15.00"), "Remise fidélité", TaxCategory.EXEMPT),
            Adjustment(True, Decimal("8.00"), "Frais de dossier", TaxCategory.STANDARD, Decimal(20)),
        ),
    )


RIGHT = [
    pytest.param(made, id=name)
    for name, made in {
        "exempt": f.invoice(),
        "taxed": f.invoice(f.line(rate="20")),
        "franchise": franchise(),
        "several": several(),
        "credit note": f.credit_note(),
        "told in a note": replace(
            f.invoice(), notes=(*f.NOTES, Note("Exonération de TVA, art. 261-4-4° a du CGI", "TXD"))
        ),
    }.items()
]


@pytest.mark.parametrize("write", [write_cii, write_ubl])
@pytest.mark.parametrize("made", RIGHT)
def test_a_right_invoice_is_accepted_and_read_whole(
    made: ElectronicInvoice, write: Callable[[ElectronicInvoice], bytes], judged: Judged
) -> None:
    examined = judged(write(made))
    assert examined.findings == ()
    assert examined.invoice == made
    assert examined.format is Format.XML


@hypothesis_settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(made=f.invoices())
def test_whatever_we_write_holds_the_schema_and_the_rules_of_en_16931(made: ElectronicInvoice, judged: Judged) -> None:
    """But for what its parts lack: those who fill in an invoice see to names, addresses and terms."""
    seller = replace(f.SELLER, name=made.seller.name, address=made.seller.address)
    whole = replace(made, seller=seller, buyer=f.BUYER, due_on=date(2040, 12, 31), period=None)
    whole = replace(whole, lines=tuple(replace(one, period=None) for one in whole.lines))
    whole = replace(whole, payment=replace(made.payment, iban=f.IBAN), process="S1", corrects=())
    codes = {one.code for one in judged(write_cii(whole)).findings if not one.code.startswith("OPCO-")}
    # Lines may come to less than nothing, once what is taken off is counted.
    assert codes <= {"BR-27"}


@pytest.mark.parametrize("made", [f.invoice(), f.credit_note(), several()], ids=["invoice", "credit note", "several"])
def test_what_we_write_holds_the_french_rules_of_the_reform_too(made: ElectronicInvoice) -> None:
    rules = "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt"
    assert Judge().broken(write_cii(made), rules) == []


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in wrong.every()])
def test_a_wrong_invoice_is_refused_with_its_sentence(one: wrong.Wrong, judged: Judged) -> None:
    examined = judged(one.content)
    told = [(found.code, found.sentence) for found in examined.findings if found.severity is Severity.ERROR]
    assert examined.is_refused
    assert any(code.startswith(one.code) and one.words in sentence for code, sentence in told), told


def test_there_are_enough_ways_of_being_wrong() -> None:
    assert len(wrong.every()) >= 20
    assert len({one.code for one in wrong.every()}) >= 20


def test_every_reason_is_told_at_once(judged: Judged) -> None:
    made = f.invoice(currency="USD", number="F" * 40, payment=Payment(f.IBAN[:-1] + "8", means="30"))
    assert {"OPCO-CURRENCY", "OPCO-NUMBER", "OPCO-IBAN"} <= {one.code for one in judged(write_cii(made)).findings}


def test_sentences_are_french_and_repeat_no_more_than_a_little_of_the_file(judged: Judged) -> None:
    for one in wrong.every():
        for finding in judged(one.content).findings:
            assert finding.sentence[0].isupper() or finding.sentence.startswith("« ")
            assert finding.sentence.endswith((".", ")."))
            assert "shall" not in finding.sentence
            assert len(finding.sentence) < 400


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("<cbc:PayableAmount currencyID=\"EUR\">350.00", "<cbc:PayableAmount currencyID=\"EUR\">35.00"), "BR-CO-16"),
        (("<cbc:TaxExclusiveAmount currencyID=\"EUR\">350.00", "<cbc:TaxExclusiveAmount currencyID=\"EUR\">35.00"), "BR-CO-13"),
        (("<cbc:InvoiceTypeCode>380", "<cbc:InvoiceTypeCode>381"), "BR-CL-01"),
        (("<cbc:TaxExemptionReason>", "<cbc:Name>x</cbc:Name><cbc:TaxExemptionReason>"), "XSD"),
        (("<cbc:IssueDate>2027-01-10", "<cbc:IssueDate>10/01/2027"), "OPCO-DATE"),
        (("urn:cen.eu:en16931:2017", "urn:exemple"), "OPCO-PROFILE"),
    ],
)  # fmt: skip
def test_a_wrong_ubl_is_refused_too(change: tuple[str, str], code: str, judged: Judged) -> None:
    content = wrong.swapped(*change, content=write_ubl(f.invoice()))
    assert code in {one.code for one in judged(content).findings if one.severity is Severity.ERROR}


def test_an_invoice_without_an_iban_is_accepted_and_noted(judged: Judged) -> None:
    made = f.invoice(payment=Payment(terms="Trente jours", means="57"))
    examined = judged(write_cii(made))
    assert not examined.is_refused
    assert [one.code for one in examined.findings] == ["OPCO-IBAN-ABSENT"]


def test_an_invoice_without_terms_is_accepted_and_noted(judged: Judged) -> None:
    examined = judged(write_cii(f.invoice(due_on=None, payment=replace(f.invoice().payment, terms=""))))
    assert not examined.is_refused
    assert [one.code for one in examined.findings] == ["OPCO-TERMS"]


def test_what_an_invoice_lacks_is_named() -> None:
    assert missing(f.invoice()) == []
    bare = f.invoice(seller=replace(f.SELLER, nda="", siret=""), due_on=None, payment=Payment())
    assert [one.field for one in missing(bare)] == ["seller_siret", "nda", "due_on", "iban"]


def test_the_rules_given_their_lists_once_say_what_they_say_as_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [write_cii(f.invoice()), *(one.content for one in wrong.wrong_lines() + wrong.wrong_sums())]
    judge = Judge()
    quick = [judge.broken(document, EN16931.rules) for document in documents]
    monkeypatch.setattr("openopco.billing.einvoice.schematron._PLACE", "nowhere")
    shipped = Judge()
    assert quick == [shipped.broken(document, EN16931.rules) for document in documents]
    assert any(quick)


# --- the profiles of Factur-X ----------------------------------------------------------------------------------------


def minimum() -> bytes:
    content = write_cii(
        f.invoice(lines=(), taxes=(), notes=(), process="", payment=Payment(), due_on=None, period=None)
    )
    content = wrong.swapped("urn:cen.eu:en16931:2017", "urn:factur-x.eu:1p0:minimum", content)
    for tag in ("LineTotalAmount", "ContractReferencedDocument", "ID", "Description", "GlobalID"):
        content = wrong.without(tag, content) if tag != "ID" else content.replace(b"<ram:ID>11755555555</ram:ID>", b"")
    for tag in ("PostcodeCode", "LineOne", "LineTwo", "CityName"):
        content = wrong.without(tag, content)
    content = wrong.without("URIUniversalCommunication", wrong.without("GlobalID", content))
    return wrong.without("URIUniversalCommunication", _without_second_address(content))


def _without_second_address(content: bytes) -> bytes:
    head, tail = content.decode().split("<ram:BuyerTradeParty>")
    return f"{head}<ram:BuyerTradeParty>{wrong.without('PostalTradeAddress', tail.encode()).decode()}".encode()


def basic_wl() -> bytes:
    made = f.invoice(lines=(), seller=replace(f.SELLER, legal_note=""))
    content = wrong.swapped("urn:cen.eu:en16931:2017", "urn:factur-x.eu:1p0:basicwl", write_cii(made))
    return wrong.without("PayeeSpecifiedCreditorFinancialInstitution", wrong.without("AccountName", content))


def of_profile(urn: str) -> bytes:
    made = f.invoice(seller=replace(f.SELLER, legal_note=""))
    content = wrong.swapped("urn:cen.eu:en16931:2017", f"urn:cen.eu:en16931:2017#{urn}", write_cii(made))
    return wrong.without("PayeeSpecifiedCreditorFinancialInstitution", wrong.without("AccountName", content))


PROFILES = {
    "Factur-X MINIMUM": minimum,
    "Factur-X BASIC WL": basic_wl,
    "Factur-X BASIC": lambda: of_profile("compliant#urn:factur-x.eu:1p0:basic"),
    "Factur-X EXTENDED": lambda: of_profile("conformant#urn:factur-x.eu:1p0:extended"),
    "CII EXTENDED-CTC-FR": lambda: of_profile("conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr"),
}


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_is_read_as_far_as_it_carries_data(name: str, judged: Judged) -> None:
    examined = judged(PROFILES[name]())
    assert [one for one in examined.findings if one.severity is Severity.ERROR] == []
    assert examined.profile == name
    assert examined.invoice is not None
    assert examined.invoice.totals.due == Decimal("350.00")
    assert examined.invoice.number == "F2027-001"


def test_the_least_profile_says_what_is_left_to_key(judged: Judged) -> None:
    invoice = judged(minimum()).invoice
    assert invoice is not None
    lacking = {one.field for one in missing(invoice)}
    assert lacking == {"lines", "seller_siret", "nda", "due_on", "taxes", "iban"}


def test_the_children_of_a_long_run_are_changed(
    examiner: Examiner, monkeypatch: pytest.MonkeyPatch, judged: Judged
) -> None:
    monkeypatch.setattr("openopco.billing.einvoice.examining.FILES_OF_A_CHILD", 2)
    assert [judged(write_cii(f.invoice())).is_refused for _ in range(4)] == [False] * 4
