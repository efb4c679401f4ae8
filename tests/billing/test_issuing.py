"""The invoices made in a provider's name: whole, lawful, and taken back to the cent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.billing.einvoice.amounts import line_net
from openopco.billing.einvoice.model import ElectronicInvoice, Kind, Period
from openopco.billing.einvoice.own_checks import own_findings
from openopco.billing.einvoice.schematron import Judge
from openopco.billing.einvoice.writing import write_cii
from openopco.billing.issuing import Sale, Service, compose, credit, series_number
from openopco.billing.matching import dossiers_named
from tests.billing import factories as f
from tests.billing.test_einvoice_checks import Judged

DAY = date(2027, 1, 10)
SALE = Sale(
    seller=replace(f.SELLER, endpoint=None),
    is_exempt=True,
    buyer=replace(f.BUYER, endpoint=None),
    mandatary="OPCO Mobilités",
    dossier="AF-2026-000123",
    title="Habilitation électrique BR",
    period=Period(date(2027, 1, 4), date(2027, 1, 5)),
    services=(
        Service("Alice Martin", Decimal(14), Decimal("25.00")),
        Service("Bob Petit", Decimal("13.5"), Decimal("25.00")),
    ),
    iban=f.IBAN,
)
NUMBER = series_number("834267023", 2027, 1)


def net_of(services: Sequence[Service]) -> Decimal:
    """What services come to, each rounded as its line is."""
    return sum((line_net(one.hours, one.hourly_price) for one in services), Decimal(0))


def made(**changed: object) -> ElectronicInvoice:
    return compose(replace(SALE, **changed), number=NUMBER, issued_on=DAY)  # type: ignore[arg-type]


def taken_back() -> ElectronicInvoice:
    return credit(
        made(), number=series_number("834267023", 2027, 2), issued_on=date(2027, 1, 15), reason="Stagiaire absent."
    )


WAYS = {"exempt": made, "taxed": lambda: made(is_exempt=False), "taken back": taken_back}


@pytest.mark.parametrize("name", WAYS)
def test_what_we_issue_is_accepted_by_our_own_deposit(name: str, judged: Judged) -> None:
    assert judged(write_cii(WAYS[name]())).findings == ()


@pytest.mark.parametrize("name", WAYS)
def test_what_we_issue_holds_the_french_rules_of_the_reform(name: str) -> None:
    assert Judge().broken(write_cii(WAYS[name]()), "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt") == []


def test_each_trainee_has_a_line_of_the_hours_of_the_certificate() -> None:
    invoice = made()
    assert [(line.quantity, line.net, line.note) for line in invoice.lines] == [
        (Decimal(14), Decimal("350.00"), "Stagiaires : Alice Martin"),
        (Decimal("13.5"), Decimal("337.50"), "Stagiaires : Bob Petit"),
    ]
    assert invoice.totals.due == Decimal("687.50")
    assert invoice.due_on == date(2027, 2, 9)


def test_a_seller_that_is_not_exempt_owes_vat_on_the_whole() -> None:
    totals = made(is_exempt=False).totals
    assert (totals.without_vat, totals.vat, totals.with_vat) == (
        Decimal("687.50"),
        Decimal("137.50"),
        Decimal("825.00"),
    )


def test_it_says_in_whose_name_it_was_made_and_what_the_law_wants() -> None:
    texts = [note.text for note in made().notes]
    assert "Facture établie par OPCO Mobilités au nom et pour le compte de AXEPT FORMATION." in texts
    assert {note.subject for note in made().notes} == {"", "PMT", "PMD", "AAB"}


def test_the_transfer_is_to_name_the_invoice_and_the_dossier() -> None:
    assert made().payment.reference == "834267023-2027-000001 AF-2026-000123"
    assert dossiers_named(made()) == ["AF-2026-000123"]


def test_nothing_is_not_billed_and_a_credit_note_not_credited() -> None:
    with pytest.raises(ValueError, match="nothing"):
        made(services=())
    with pytest.raises(ValueError, match="credit note"):
        credit(taken_back(), number="A", issued_on=DAY, reason="x")


def test_a_credit_note_takes_back_all_and_says_of_what_and_why() -> None:
    back = taken_back()
    assert back.kind is Kind.CREDIT_NOTE
    assert back.totals == made().totals
    assert [(one.number, one.issued_on) for one in back.corrects] == [(NUMBER, DAY)]
    assert back.notes[0].text == "Stagiaire absent."
    assert back.due_on is None


def test_numbers_of_a_series_follow_in_their_order_and_fit_in_the_reforms_length() -> None:
    numbers = [series_number("834267023", 2027, rank) for rank in (1, 2, 10, 999_999)]
    assert numbers == sorted(numbers)
    assert all(len(number) <= 35 for number in numbers)


HOURS = st.decimals("0.25", 500, places=2)
PRICES = st.decimals("0.01", 200, places=4)


@given(st.lists(st.builds(Service, st.just("Alice"), HOURS, PRICES), min_size=1, max_size=12), st.booleans())
def test_whatever_is_billed_sums_to_the_cent(services: list[Service], is_exempt: bool) -> None:
    invoice = made(services=tuple(services), is_exempt=is_exempt)
    assert invoice.totals.without_vat == net_of(services)
    assert {one.code for one in own_findings(invoice, f.TODAY)} <= {"OPCO-HUGE"}
