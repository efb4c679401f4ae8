"""Electronic invoices: a provider's, right to the last rule; then any that the format can tell."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from openopco.billing.einvoice.amounts import line_net, taxes_of, totals_of
from openopco.billing.einvoice.codes import EXEMPT_TRAINING, EXEMPT_TRAINING_CODE
from openopco.billing.einvoice.model import (
    HOUR,
    UNIT,
    Address,
    Adjustment,
    ElectronicInvoice,
    Endpoint,
    Kind,
    Line,
    Note,
    Party,
    Payment,
    Period,
    Preceding,
    References,
    TaxCategory,
)

TODAY = date(2027, 1, 20)
IBAN = "FR7630006000011234567890189"
SELLER = Party(
    name="AXEPT FORMATION",
    siren="834267023",
    siret="83426702300028",
    vat_number="FR12834267023",
    nda="11755555555",
    legal_note="SAS au capital de 10 000 €",
    address=Address(("1 rue des Écoles", "Bâtiment B"), "75005", "Paris"),
    endpoint=Endpoint("834267023"),
)
BUYER = Party(
    name="OPCO Mobilités",
    siren="831352976",
    siret="83135297600011",
    address=Address(("43 bis route de Vaugirard",), "92190", "Meudon"),
    endpoint=Endpoint("831352976"),
)
NOTES = (
    Note("Indemnité forfaitaire de 40 € pour frais de recouvrement.", "PMT"),
    Note("Pénalités de retard : trois fois le taux d'intérêt légal.", "PMD"),
    Note("Pas d'escompte pour paiement anticipé.", "AAB"),
)


def line(number: int = 1, hours: str = "14", price: str = "25", *, rate: str = "", **given: Any) -> Line:
    """A line of hours, exempt unless a rate is given."""
    category = TaxCategory.STANDARD if rate else TaxCategory.EXEMPT
    made = Line(
        number=str(number),
        name="Habilitation électrique BR",
        quantity=Decimal(hours),
        unit_price=Decimal(price),
        net=Decimal(0),
        tax_category=category,
        tax_rate=Decimal(rate or 0),
        period=Period(date(2027, 1, 4), date(2027, 1, 5)),
        note="Alice Martin",
    )
    made = replace(made, **given)
    return replace(made, net=line_net(made.quantity, made.unit_price, made.base_quantity, made.adjustment))


def invoice(*lines: Line, adjustments: tuple[Adjustment, ...] = (), **given: Any) -> ElectronicInvoice:
    """Right in every way on `TODAY`: exempt, 350 € unless lines are given."""
    carried = lines or (line(),)
    taxes = taxes_of(carried, adjustments, exemption_reason=EXEMPT_TRAINING, exemption_code=EXEMPT_TRAINING_CODE)
    made = ElectronicInvoice(
        number="F2027-001",
        kind=Kind.INVOICE,
        issued_on=date(2027, 1, 10),
        due_on=date(2027, 2, 9),
        process="S1",
        seller=SELLER,
        buyer=BUYER,
        totals=totals_of(carried, taxes, adjustments),
        references=References("AF-2026-000123", "AF-2026-000123", "CONV-7"),
        period=Period(date(2027, 1, 4), date(2027, 1, 5)),
        lines=carried,
        adjustments=adjustments,
        taxes=taxes,
        payment=Payment(IBAN, "AGRIFRPP", "AXEPT", "F2027-001 AF-2026-000123", "Paiement à trente jours.", "30"),
        notes=NOTES,
    )
    return replace(made, **given)


def credit_note(*lines: Line, **given: Any) -> ElectronicInvoice:
    corrected = (Preceding("F2027-001", date(2027, 1, 10)),)
    return invoice(*lines, **{"number": "A2027-001", "kind": Kind.CREDIT_NOTE, "corrects": corrected, **given})


# --- any invoice -----------------------------------------------------------------------------------------------------

# Few letters, but those that XML, accents and other scripts make hard.
TEXTS = st.text("aZ9 éœÉ€°'\"<>&;#]-中\u00a0😀", max_size=30).map(str.strip)
WORDS = TEXTS.filter(bool)
CODES = st.from_regex(r"[A-Z0-9][A-Z0-9/_-]{0,18}[A-Z0-9]", fullmatch=True)
DAYS = st.dates(date(2017, 1, 1), date(2040, 12, 31))
REGIMES = st.sampled_from(
    [(TaxCategory.EXEMPT, Decimal(0)), (TaxCategory.STANDARD, Decimal(20)), (TaxCategory.STANDARD, Decimal("5.5"))]
)


def _decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places)


PERIODS = st.none() | st.builds(Period, DAYS, DAYS) | st.builds(Period, DAYS, st.none())
ADDRESSES = st.builds(
    Address, st.lists(WORDS, max_size=3).map(tuple), TEXTS, TEXTS, st.sampled_from(["FR", "BE", "RE"])
)
PARTIES = st.builds(
    Party,
    name=WORDS,
    siren=st.sampled_from(["", "834267023"]),
    siret=st.sampled_from(["", "83426702300028"]),
    vat_number=st.sampled_from(["", "FR12834267023"]),
    nda=st.sampled_from(["", "11755555555", "932A1234567", "9497P123456"]),
    legal_note=TEXTS,
    address=ADDRESSES,
    endpoint=st.none() | st.builds(Endpoint, CODES, st.sampled_from(["0225", "0009"])),
)


@st.composite
def lines(draw: st.DrawFn, number: int) -> Line:
    category, rate = draw(REGIMES)
    return line(
        number,
        str(draw(_decimals("0.01", "2000", 2))),
        str(draw(_decimals("0", "900", 4))),
        name=draw(WORDS),
        tax_category=category,
        tax_rate=rate,
        unit=draw(st.sampled_from([HOUR, UNIT, "DAY"])),
        base_quantity=draw(st.sampled_from([Decimal(1), Decimal(10)])),
        adjustment=draw(st.just(Decimal(0)) | _decimals("-40", "40", 2)),
        description=draw(TEXTS),
        note=draw(TEXTS),
        period=draw(PERIODS),
    )


@st.composite
def adjustments(draw: st.DrawFn) -> Adjustment:
    category, rate = draw(REGIMES)
    return Adjustment(draw(st.booleans()), draw(_decimals("0.01", "90", 2)), draw(WORDS), category, rate)


@st.composite
def invoices(draw: st.DrawFn) -> ElectronicInvoice:
    """Any invoice that both formats can tell, its sums right."""
    carried = tuple(draw(lines(number)) for number in range(1, draw(st.integers(1, 4)) + 1))
    made = invoice(*carried, adjustments=tuple(draw(st.lists(adjustments(), max_size=2))))
    iban = draw(st.sampled_from(["", IBAN]))
    return replace(
        made,
        number=draw(CODES),
        kind=draw(st.sampled_from(Kind)),
        issued_on=draw(DAYS),
        due_on=draw(st.none() | DAYS),
        process=draw(st.sampled_from(["", "S1"])),
        seller=draw(PARTIES),
        buyer=draw(PARTIES),
        references=draw(st.builds(References, TEXTS, TEXTS, TEXTS)),
        period=draw(PERIODS),
        payment=Payment(iban, "AGRIFRPP" if iban else "", draw(TEXTS) if iban else "", draw(TEXTS), draw(TEXTS), "30"),
        corrects=draw(st.lists(st.builds(Preceding, CODES, st.none() | DAYS), max_size=2).map(tuple)),
        notes=draw(st.lists(st.builds(Note, WORDS, st.sampled_from(["", "PMT", "AAI"])), max_size=3).map(tuple)),
    )
