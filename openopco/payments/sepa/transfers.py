"""What a file of credit transfers says, before it is written. Nothing here can hold what a bank would refuse for its form."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from openopco.kernel.banking import is_iban
from openopco.kernel.money import from_cents, to_cents
from openopco.payments.sepa.characters import MOST_REMITTANCE, is_reference, is_text, name_in_sepa, to_sepa

MOST_AMOUNT = Decimal("999999999.99")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer. `amount` is in euros, to the cent; `end_to_end` travels to the payee and back, and is given once for
    ever; `remittance` is what the payee reads on his statement. Raises ValueError."""

    end_to_end: str
    amount: Decimal
    name: str
    iban: str
    remittance: str
    bic: str = ""

    def __post_init__(self) -> None:
        if not is_reference(self.end_to_end):
            raise ValueError("end-to-end reference: 1 to 35 characters of the SEPA set")
        if not Decimal(0) < self.amount <= MOST_AMOUNT:
            raise ValueError("amount: from 0.01 to 999999999.99 euros")
        to_cents(self.amount)
        if not is_iban(self.iban):
            raise ValueError("an account that no SEPA transfer reaches")
        if not is_text(self.remittance, MOST_REMITTANCE):
            raise ValueError("remittance: 1 to 140 characters of the SEPA set")
        object.__setattr__(self, "name", name_in_sepa(self.name))


@dataclass(frozen=True, slots=True)
class CreditTransferFile:
    """One file: the transfers of one account, on one day. `created_at` is aware. Raises ValueError."""

    message_id: str
    created_at: datetime
    execution_date: date
    debtor: str
    iban: str
    bic: str = ""

    def __post_init__(self) -> None:
        if not is_reference(self.message_id):
            raise ValueError("message id: 1 to 35 characters of the SEPA set")
        if self.created_at.utcoffset() is None:
            raise ValueError("created_at: without its offset, nobody knows when")
        if not is_iban(self.iban):
            raise ValueError("an account that makes no SEPA transfer")
        object.__setattr__(self, "debtor", name_in_sepa(self.debtor))


@dataclass(frozen=True, slots=True)
class Totals:
    """How many transfers, and their sum in euros: a file says both before the first transfer."""

    count: int
    amount: Decimal


def totals_of(transfers: Iterable[Transfer]) -> Totals:
    """Counted over all of them; for those that come from a table, its own count and sum do."""
    count = cents = 0
    for transfer in transfers:
        count, cents = count + 1, cents + to_cents(transfer.amount)
    return Totals(count, from_cents(cents))


def remittance(*, invoice: str, dossier: str, payer: str = "") -> str:
    """What the payee reads: « FACTURE 2026-114 DOSSIER AF-2026-000123 OPCO MOBILITES ». The two numbers are there whole;
    what is left of 140 characters is for the payer's name. Raises ValueError where they don't fit."""
    numbers = to_sepa(f"FACTURE {invoice} DOSSIER {dossier}" if invoice else f"DOSSIER {dossier}")
    if len(numbers) > MOST_REMITTANCE:
        raise ValueError("the numbers of the invoice and of the dossier don't fit")
    return to_sepa(f"{numbers} {payer}")[:MOST_REMITTANCE].strip()
