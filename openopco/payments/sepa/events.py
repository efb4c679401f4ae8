"""What a bank says of transfers: one event for each thing that happened, known by the same key wherever it is told."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from lxml import etree

from openopco.kernel.money import from_cents, to_cents
from openopco.payments.sepa.errors import Malformed, WrongCurrency
from openopco.payments.sepa.reading import local
from openopco.payments.sepa.reasons import in_words


class Kind(StrEnum):
    """`PENDING` promises nothing: the bank has the file, or the transfer. `RECEIVED` is money that came by itself: a payee who
    pays back, say."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    BOOKED = "booked"
    RETURNED = "returned"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Event:
    """`end_to_end` is empty where the bank speaks of a whole file of ours, which `batch` then names. `amount` is in euros,
    None where the bank doesn't repeat it; `origin` tells apart what has neither reference."""

    kind: Kind
    batch: str = ""
    end_to_end: str = ""
    amount: Decimal | None = None
    day: date | None = None
    reason: str = ""
    note: str = ""
    origin: str = ""

    @property
    def is_of_a_batch(self) -> bool:
        return bool(self.batch) and not self.end_to_end

    @property
    def reason_in_words(self) -> str:
        """A French sentence; empty where the bank gave no reason."""
        return in_words(self.reason)

    @property
    def key(self) -> str:
        """The same for the same fact, in this file, in another, today or later. A reference serves once: what is told of it
        a second time is told again, not done again."""
        cents = "" if self.amount is None else str(to_cents(self.amount))
        of = ["transfer", self.end_to_end, cents] if self.end_to_end else ["batch", self.batch, *filter(None, [cents])]
        if not self.end_to_end and not self.batch:
            of = ["unknown", self.origin, cents]
        return hashlib.sha256("\0".join([self.kind, *of]).encode()).hexdigest()


# What banks write where a reference is compulsory and they have none.
NO_REFERENCE = frozenset({"NOTPROVIDED", "NOTPROVIDED.", "NONREF"})


def reference(text: str) -> str:
    """A reference as told, or nothing where it says that there is none. Raises Malformed past what the format allows."""
    if len(text) > 35:
        raise Malformed
    return "" if text.upper() in NO_REFERENCE else text


def euros(element: etree._Element | None) -> Decimal | None:
    """The amount of an element that carries its currency. Raises WrongCurrency, Malformed."""
    if element is None:
        return None
    if element.get("Ccy") != "EUR":
        raise WrongCurrency
    return amount(element.text or "")


def amount(text: str) -> Decimal:
    """Euros as ISO 20022 writes them: 18 digits at most, two after the point but for zeros. Raises Malformed."""
    text = text.strip()
    if not 0 < len(text) <= 19 or not set(text) <= set("0123456789."):
        raise Malformed
    try:
        return from_cents(to_cents(Decimal(text)))
    except (InvalidOperation, ValueError) as error:
        raise Malformed from error


def day(text: str) -> date | None:
    """The day of a date or of a moment; None where there is none. Raises Malformed."""
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError as error:
        raise Malformed from error


def ancestor(element: etree._Element, name: str) -> etree._Element | None:
    """The nearest of that name above it."""
    above: Iterator[etree._Element] = element.iterancestors()
    return next((each for each in above if local(each) == name), None)
