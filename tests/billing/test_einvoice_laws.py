"""What is written is read again, whatever it says; sums are exact to the cent."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings

from openopco.billing.einvoice.amounts import line_net, taxes_of, totals_of
from openopco.billing.einvoice.keeping import from_json, to_json
from openopco.billing.einvoice.model import ElectronicInvoice, TaxCategory
from openopco.billing.einvoice.own_checks import own_findings
from openopco.billing.einvoice.reading import read
from openopco.billing.einvoice.writing import write_cii
from tests.billing import factories as f
from tests.billing.ubl import write_ubl

# An invoice is a large thing to draw.
law = hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@law
@given(f.invoices())
def test_what_is_written_as_cii_is_read_again(invoice: ElectronicInvoice) -> None:
    assert read(write_cii(invoice)) == invoice


@law
@given(f.invoices())
def test_what_others_write_as_ubl_is_read_as_the_same_invoice(invoice: ElectronicInvoice) -> None:
    assert read(write_ubl(invoice)) == invoice


@law
@given(f.invoices())
def test_an_invoice_is_kept_as_json_and_comes_back(invoice: ElectronicInvoice) -> None:
    assert from_json(to_json(invoice)) == invoice


def test_a_row_that_was_tampered_with_is_no_invoice() -> None:
    kept = to_json(f.invoice())
    for change in ({"number": 7}, {"kind": "999"}, {"issued_on": "hier"}, {"totals": None}):
        with pytest.raises((TypeError, ValueError)):
            from_json({**kept, **change})


@law
@given(f.invoices())
def test_the_sums_of_an_invoice_are_exact_to_the_cent(invoice: ElectronicInvoice) -> None:
    totals = invoice.totals
    assert totals.lines == sum(one.net for one in invoice.lines)
    assert totals.without_vat == sum(one.basis for one in invoice.taxes)
    assert totals.vat == sum(one.amount for one in invoice.taxes)
    assert totals.due == totals.with_vat == totals.without_vat + totals.vat
    assert all(amount == round(amount, 2) for amount in (totals.without_vat, totals.vat, totals.due))


@law
@given(f.invoices())
def test_what_we_sum_our_own_checks_accept(invoice: ElectronicInvoice) -> None:
    codes = {one.code for one in own_findings(invoice, f.TODAY)}
    assert not {code for code in codes if "SUM" in code or code in {"OPCO-LINE", "OPCO-VAT-AMOUNT", "OPCO-VAT-BASIS"}}


def test_vat_is_reckoned_on_the_whole_of_each_rate_rounded_once() -> None:
    lines = [f.line(number, "1", "0.12", rate="20") for number in (1, 2, 3)]
    (tax,) = taxes_of(lines)
    # Line by line, three times 0.024 would have given 0.06.
    assert (tax.basis, tax.amount) == (Decimal("0.36"), Decimal("0.07"))


def test_halves_of_a_cent_go_away_from_zero() -> None:
    assert line_net(Decimal("0.5"), Decimal("0.01")) == Decimal("0.01")
    assert line_net(Decimal("-0.5"), Decimal("0.01")) == Decimal("-0.01")


def test_an_exemption_is_told_of_exempt_lines_alone() -> None:
    taxes = taxes_of([f.line(1), f.line(2, rate="20")], exemption_reason="Art. 261", exemption_code="X")
    assert [(one.category, one.exemption_reason) for one in taxes] == [
        (TaxCategory.EXEMPT, "Art. 261"),
        (TaxCategory.STANDARD, ""),
    ]


def test_what_is_prepaid_is_no_longer_due() -> None:
    totals = totals_of([f.line()], taxes_of([f.line()]), prepaid=Decimal("50.00"))
    assert (totals.with_vat, totals.due) == (Decimal("350.00"), Decimal("300.00"))


def test_the_same_invoice_gives_the_same_bytes() -> None:
    assert write_cii(f.invoice()) == write_cii(f.invoice())


def test_what_xml_cannot_carry_is_left_out() -> None:
    assert read(write_cii(f.invoice(number="F\x00\x0b1"))).number == "F1"


def test_only_hours_are_counted_as_hours() -> None:
    assert f.invoice(f.line(1, "14"), f.line(2, "3.5"), f.line(3, "2", unit="C62")).hours == Decimal("17.5")
