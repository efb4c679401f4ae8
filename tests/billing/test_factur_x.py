"""The Factur-X that we make: a page for people, an archive for the law, data for programs, all three the same."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import facturx
import page
import pikepdf
import pypdf
import pytest

from openopco.billing.einvoice.embedding import write_factur_x
from openopco.billing.einvoice.model import ElectronicInvoice
from openopco.billing.einvoice.writing import write_cii
from tests.billing import factories as f
from tests.billing.test_einvoice_checks import Judged, several

AT = datetime(2027, 1, 10, 9, tzinfo=UTC)
MADE = {"invoice": f.invoice(), "credit note": f.credit_note(), "several": several()}


@pytest.fixture(scope="module")
def written() -> dict[str, bytes]:
    return {name: write_factur_x(made, at=AT) for name, made in MADE.items()}


def text_of(content: bytes) -> str:
    raw = " ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(content)).pages)
    return re.sub(r"\s+", " ", raw)


@pytest.mark.parametrize("profile", ["3a", "ua1"])
@pytest.mark.parametrize("name", MADE)
def test_it_passes_the_checks_of_pdf_a_3_and_of_pdf_ua(name: str, profile: str, written: dict[str, bytes]) -> None:
    assert [one.message for one in page.validate_pdf_bytes(written[name], profile=profile).failures] == []


@pytest.mark.parametrize("name", MADE)
def test_the_library_of_the_trade_finds_our_xml_in_it(name: str, written: dict[str, bytes]) -> None:
    found = facturx.get_facturx_xml_from_pdf(written[name], check_xsd=True)
    assert found == ("factur-x.xml", write_cii(MADE[name]))


@pytest.mark.parametrize("name", MADE)
def test_our_own_deposit_takes_it(name: str, written: dict[str, bytes], judged: Judged) -> None:
    examined = judged(written[name])
    assert examined.findings == ()
    assert examined.invoice == MADE[name]


def test_its_metadata_say_what_it_carries(written: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(written["invoice"])) as pdf, pdf.open_metadata() as metadata:
        space = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
        told = {
            name: metadata[space + name] for name in ("DocumentType", "DocumentFileName", "ConformanceLevel", "Version")
        }
        assert str(pdf.Root.AF[0].AFRelationship) == "/Alternative"
    assert told == {
        "DocumentType": "INVOICE",
        "DocumentFileName": "factur-x.xml",
        "ConformanceLevel": "EN 16931",
        "Version": "1.0",
    }


def test_the_same_invoice_gives_the_same_bytes(written: dict[str, bytes]) -> None:
    assert write_factur_x(MADE["invoice"], at=AT) == written["invoice"]


def test_people_read_what_programs_do(written: dict[str, bytes]) -> None:
    shown = text_of(written["invoice"])
    for words in (
        "Facture F2027-001",
        "AXEPT FORMATION",
        "SIRET 834 267 023 00028",
        "Déclaration d'activité 11755555555",
        "OPCO Mobilités",
        "AF-2026-000123 · CONV-7",
        "Du 04/01/2027 au 05/01/2027",
        "Alice Martin",
        "Exonération de TVA, art. 261-4-4° a du CGI",
        "Net à payer : 350,00 €",
        "FR76 3000 6000 0112 3456 7890 189",
        "frais de recouvrement",
    ):
        assert words in shown, words


def test_a_credit_note_says_what_it_corrects(written: dict[str, bytes]) -> None:
    shown = text_of(written["credit note"])
    assert "Avoir A2027-001" in shown
    assert "F2027-001 du 10/01/2027" in shown


def test_two_regimes_allowances_and_odd_units_are_shown(written: dict[str, bytes]) -> None:
    shown = text_of(written["several"])
    for words in ("TVA à 20 %", "TVA à 5,5 %", "Remise fidélité", "−15,00 €", "Frais de dossier", "Total TTC"):
        assert words in shown, words


def test_a_bare_invoice_has_a_page_too() -> None:
    bare: ElectronicInvoice = replace(
        f.invoice(),
        due_on=None,
        period=None,
        references=replace(f.invoice().references, buyer="", order="", contract=""),
    )
    assert (
        "Référence" not in text_of(write_factur_x(bare, at=AT)).partition("Ce qui est facturé")[2].partition("TVA")[0]
    )
