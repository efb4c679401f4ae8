"""An electronic invoice, whatever it was written in (CII, UBL): the parts of EN 16931 that an OPCO reads or writes. Each
part's business term (BT, BG) is that of the standard. Plain Python; amounts are Decimals of euros."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

ZERO, ONE = Decimal(0), Decimal(1)
HOUR, UNIT = "HUR", "C62"
# ISO 6523 schemes: SIREN, SIRET, and the French directory of electronic addresses.
SIREN_SCHEME, SIRET_SCHEME, DIRECTORY_SCHEME = "0002", "0009", "0225"


class Kind(StrEnum):
    """BT-3, of UNTDID 1001."""

    INVOICE = "380"
    CREDIT_NOTE = "381"

    @property
    def label(self) -> str:
        return {"380": "Facture", "381": "Avoir"}[self.value]


class TaxCategory(StrEnum):
    """BT-118 and BT-151, of UNTDID 5305."""

    STANDARD = "S"
    EXEMPT = "E"
    ZERO = "Z"
    REVERSE_CHARGE = "AE"
    EXPORT = "G"
    INTRA_COMMUNITY = "K"
    OUT_OF_SCOPE = "O"


@dataclass(frozen=True, slots=True)
class Address:
    lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = "FR"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An electronic address (BT-34, BT-49) and what it is an address of."""

    value: str
    scheme: str = DIRECTORY_SCHEME


@dataclass(frozen=True, slots=True)
class Party:
    """`legal_note` (BT-33): capital, register… as the law wants it printed. `nda` is a training provider's own number."""

    name: str
    siren: str = ""
    siret: str = ""
    vat_number: str = ""
    nda: str = ""
    legal_note: str = ""
    address: Address = field(default_factory=Address)
    endpoint: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class Period:
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class References:
    """What the buyer gave to be recognised by: BT-10, BT-13, BT-12. The dossier's number is in one of them."""

    buyer: str = ""
    order: str = ""
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """BG-1. `subject` is a code of UNTDID 4451: PMT recovery costs, PMD late penalties, AAB discount, AAI anything…"""

    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """BG-25. `unit_price` is for `base_quantity` units; `adjustment` is what was added to the line less what was taken off."""

    number: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax_category: TaxCategory
    tax_rate: Decimal = ZERO
    unit: str = HOUR
    base_quantity: Decimal = ONE
    adjustment: Decimal = ZERO
    description: str = ""
    note: str = ""
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance or a charge on the whole document (BG-20, BG-21); its amount is never negative."""

    is_charge: bool
    amount: Decimal
    reason: str
    tax_category: TaxCategory
    tax_rate: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Tax:
    """One line of the VAT breakdown (BG-23)."""

    category: TaxCategory
    rate: Decimal
    basis: Decimal
    amount: Decimal
    exemption_reason: str = ""
    exemption_code: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """BG-22. `due` is what is left to pay: with VAT, less what was prepaid, plus rounding. `lines` is None where the
    profile carries none."""

    without_vat: Decimal
    vat: Decimal
    with_vat: Decimal
    due: Decimal
    lines: Decimal | None = None
    allowances: Decimal = ZERO
    charges: Decimal = ZERO
    prepaid: Decimal = ZERO
    rounding: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Payment:
    """`reference` (BT-83) is what the transfer is to repeat; `terms` (BT-20) is a sentence; `means` is of UNTDID 4461."""

    iban: str = ""
    bic: str = ""
    account_name: str = ""
    reference: str = ""
    terms: str = ""
    means: str = ""


@dataclass(frozen=True, slots=True)
class Preceding:
    """BG-3: the invoice that this one corrects."""

    number: str
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class ElectronicInvoice:
    number: str
    kind: Kind
    issued_on: date
    seller: Party
    buyer: Party
    totals: Totals
    currency: str = "EUR"
    due_on: date | None = None
    process: str = ""
    references: References = field(default_factory=References)
    period: Period | None = None
    lines: tuple[Line, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    taxes: tuple[Tax, ...] = ()
    payment: Payment = field(default_factory=Payment)
    corrects: tuple[Preceding, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def hours(self) -> Decimal:
        """The hours billed, over the lines counted in hours."""
        return sum((line.quantity for line in self.lines if line.unit == HOUR), ZERO)
