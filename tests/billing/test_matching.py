"""An invoice beside the agreement and the certificates: every difference is shown, and no cent goes astray."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.billing.einvoice.model import ElectronicInvoice, Note, Payment, Period, Preceding, References, Totals
from openopco.billing.matching import (
    Difference,
    Expected,
    differences,
    digest_of,
    dossiers_named,
    identity_of,
    parts_of,
)
from tests.billing import factories as f

EXPECTED = Expected(
    dossier="AF-2026-000123",
    siret=f.SELLER.siret,
    nda=f.SELLER.nda,
    vat_exempt=True,
    start=date(2027, 1, 4),
    end=date(2027, 1, 5),
    hours=Decimal(14),
    certified=Decimal(14),
    left=Decimal("350.00"),
    ibans=frozenset({f.IBAN}),
)


def told(invoice: ElectronicInvoice, **known: Any) -> list[Difference]:
    return differences(invoice, replace(EXPECTED, **known))


def test_an_invoice_that_says_what_was_agreed_and_done_differs_in_nothing() -> None:
    assert told(f.invoice()) == []


def seller(**given: str) -> ElectronicInvoice:
    return f.invoice(seller=replace(f.SELLER, **given))


def dated(start: date, end: date) -> ElectronicInvoice:
    return f.invoice(f.line(period=None), period=Period(start, end), issued_on=date(2027, 2, 1))


BARE = {"references": References(), "payment": Payment(f.IBAN, means="30")}
DIFFERENT = {
    "no dossier": (f.invoice(**BARE), {}, "dossier", False),
    "another dossier": (f.invoice(references=References("AF-2026-000999"), payment=Payment()), {}, "dossier", True),
    "another company": (seller(siren="831352976", siret="83135297600011"), {}, "siret", True),
    "another place of it": (seller(siret="83426702300036"), {}, "siret", False),
    "no SIRET": (seller(siret=""), {}, "siret", False),
    "the SIREN of another, alone": (seller(siret="", siren="831352976"), {}, "siret", True),
    "another NDA": (seller(nda="11766666666"), {}, "nda", True),
    "VAT by an exempt provider": (f.invoice(f.line(rate="20")), {}, "vat", True),
    "no VAT by another": (f.invoice(), {"vat_exempt": False}, "vat", True),
    "too early": (dated(date(2027, 1, 3), date(2027, 1, 5)), {}, "dates", True),
    "too late": (dated(date(2027, 1, 4), date(2027, 1, 6)), {}, "dates", True),
    "a line too late": (
        f.invoice(f.line(period=Period(date(2027, 1, 4), date(2027, 1, 9))), issued_on=date(2027, 2, 1)), {}, "dates", True,
    ),
    "issued before the end": (f.invoice(issued_on=date(2027, 1, 4)), {}, "issued_on", False),
    "more hours than agreed": (f.invoice(), {"hours": Decimal("13.5"), "certified": None}, "hours", True),
    "more hours than done": (f.invoice(), {"certified": Decimal("13.5")}, "certified", True),
    "fewer hours than done": (f.invoice(), {"certified": Decimal(15), "hours": Decimal(15)}, "certified", False),
    "more than is left": (f.invoice(), {"left": Decimal("349.99")}, "amount", False),
    "an unknown account": (f.invoice(), {"ibans": frozenset()}, "iban", False),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_each_difference_is_shown_side_by_side_with_what_to_do(name: str) -> None:
    invoice, known, field, blocks = DIFFERENT[name]
    (found,) = told(invoice, **known)
    assert (found.field, found.blocks) == (field, blocks)
    assert found.invoiced != found.expected
    assert found.todo.endswith(".")


FOR_ISSUERS = ("Corrigez", "Facturez", "Rappelez", "Transmettez", "Votre organisme", "Confirmez", "par l'employeur")


@pytest.mark.parametrize("name", [name for name, case in DIFFERENT.items() if case[2] != "iban"])
def test_an_employer_is_told_what_he_can_do_himself(name: str) -> None:
    invoice, known, field, blocks = DIFFERENT[name]
    (found,) = told(invoice, **known, is_issuer=False)
    assert (found.field, found.blocks) == (field, blocks)
    assert not [words for words in FOR_ISSUERS if words in found.todo], found.todo


def test_the_account_of_an_invoice_is_nothing_to_who_is_refunded_on_his_own() -> None:
    assert told(f.invoice(), ibans=frozenset(), is_issuer=False) == []


def test_the_thirteen_hours_and_a_half_are_told_as_people_write_them() -> None:
    (found,) = told(f.invoice(), certified=Decimal("13.5"))
    assert (found.invoiced.replace("\u202f", " "), found.expected.replace("\u202f", " ")) == ("14 h", "13 h 30")


def test_only_the_end_of_a_known_account_is_shown() -> None:
    (found,) = told(f.invoice(payment=Payment("FR1420041010050500013M02606", means="30")))
    assert found.expected == f"…{f.IBAN[-4:]}"


@pytest.mark.parametrize("vat_exempt", [None, True])
def test_nothing_is_said_of_a_vat_that_nobody_checked_or_that_is_as_known(vat_exempt: bool | None) -> None:
    assert told(f.invoice(), vat_exempt=vat_exempt) == []


def test_a_credit_note_is_not_held_to_what_is_left() -> None:
    assert told(f.credit_note(), left=Decimal(0)) == []


def test_the_dossier_is_found_wherever_it_is_written() -> None:
    elsewhere = f.invoice(**BARE, notes=(Note("Votre dossier : af-2026-000123."),))
    assert dossiers_named(elsewhere) == ["AF-2026-000123"]
    assert dossiers_named(f.invoice(f.line(description="Dossier AF-2026-000124"), **BARE)) == ["AF-2026-000124"]


CENTS = st.integers(0, 10**8).map(lambda cents: Decimal(cents).scaleb(-2))


@given(net=CENTS, vat=CENTS, left=CENTS | CENTS.map(lambda amount: -amount))
def test_the_parts_are_the_whole_and_the_opco_pays_neither_vat_nor_more_than_is_left(
    net: Decimal, vat: Decimal, left: Decimal
) -> None:
    invoice = f.invoice(totals=Totals(net, vat, net + vat, net + vat))
    parts = parts_of(invoice, left)
    assert sum(parts) == net + vat
    assert 0 <= parts.opco <= max(Decimal(0), left)
    assert parts.opco <= net
    assert parts.employer_vat == vat
    assert parts.employer_net >= 0


# --- duplicates ------------------------------------------------------------------------------------------------------


def test_a_number_is_known_again_in_spite_of_spaces_and_case() -> None:
    assert identity_of(f.invoice(number="f 2027-001")) == identity_of(f.invoice(number="F2027-001"))
    assert identity_of(seller(siren="")) == identity_of(f.invoice())
    assert identity_of(seller(siren="831352976")) != identity_of(f.invoice())


def test_the_same_thing_billed_under_another_number_or_day_is_known_again() -> None:
    again = f.invoice(number="F2027-002", issued_on=date(2027, 1, 12), payment=Payment(), notes=())
    assert digest_of(again) == digest_of(f.invoice())


@pytest.mark.parametrize(
    "other",
    [
        f.invoice(f.line(hours="13")),
        f.invoice(period=None),
        f.invoice(references=References("AF-2026-000124")),
        f.credit_note(),
        seller(siren="831352976"),
        f.invoice(corrects=(Preceding("F1"),)),
    ],
    ids=["hours", "period", "dossier", "kind", "issuer", "correction"],
)
def test_another_thing_billed_is_another(other: ElectronicInvoice) -> None:
    assert digest_of(other) != digest_of(f.invoice())
