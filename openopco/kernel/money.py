"""Euros and hours: read as people type them, shown as people read them, never as binary fractions."""

import re
from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from openopco.kernel.errors import InvalidValue
from openopco.kernel.text import typed

CENT = Decimal("0.01")
MAX_AMOUNT = Decimal("9999999.99")
MAX_HOURS = Decimal(9999)
NARROW_NBSP = "\u202f"
MINUS = "\u2212"
CURRENCY = re.compile(r"\s*(?:€|euros?|eur)\s*(?:h\.?t\.?)?$", re.IGNORECASE)
SEVERAL_POINTS = re.compile(r"\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:\.\d{3})+,\d{1,2}")
SEVERAL_COMMAS = re.compile(r"\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:,\d{3})+\.\d{1,2}")
SPACED = re.compile(r"\d{1,3}(?:[ ']\d{3})+(?:[.,]\d{1,2})?")
PLAIN = re.compile(r"\d*[.,]?\d{1,2}|\d+")
TWO_READINGS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
TOO_FINE = re.compile(r"[\d ]*[.,]\d{3,}")
CLOCK = re.compile(
    r"(?P<hours>\d{1,3} \d{3}|\d{1,4}) ?(?:h|heures?|:) ?(?:(?P<minutes>\d{1,2}) ?(?:min|mn|m)?)?",
    re.IGNORECASE | re.ASCII,
)
MINUTES_ALONE = re.compile(r"(?P<minutes>\d{1,3}) ?(?:min|mn|minutes?)", re.IGNORECASE | re.ASCII)


def parse_amount(raw: str) -> Decimal:
    """Euros typed by a person: « 1 250,50 € », « 1250.50 », « 1.250,50 ». Two places, from 0 to 9 999 999,99.
    Raises InvalidValue, also where the text can be read in two ways (« 1.250 »)."""
    text = CURRENCY.sub("", typed(raw))
    if not text:
        raise InvalidValue("Indiquez un montant, par exemple 1 250,50.")
    _refuse_negative(text, "Un montant ne peut pas être négatif.")
    amount = _decimal(text, "Ce montant est illisible : écrivez-le en chiffres, par exemple 1 250,50.")
    if amount > MAX_AMOUNT:
        raise InvalidValue("Ce montant est trop élevé : 9 999 999,99 € au plus.")
    return amount.quantize(CENT)


def parse_hours(raw: str) -> Decimal:
    """Hours typed by a person: « 14 », « 10,5 », « 10h30 », « 45 min ». Two places, from 0 to 9999.
    Raises InvalidValue."""
    text = typed(raw)
    if not text:
        raise InvalidValue("Indiquez une durée en heures, par exemple 14 ou 10,5.")
    _refuse_negative(text, "Une durée ne peut pas être négative.")
    hours = _clock(text)
    if hours is None:
        hours = _decimal(text, "Cette durée est illisible : écrivez par exemple 14, 10,5 ou 10h30.")
    if hours > MAX_HOURS:
        raise InvalidValue("Cette durée est trop longue : 9 999 heures au plus.")
    return hours.quantize(CENT, ROUND_HALF_UP)


def to_cents(amount: Decimal) -> int:
    """Integer cents of `amount`, in euros. A fraction of a cent is a fault of the caller: ValueError."""
    if not amount.is_finite():
        raise ValueError("not a finite amount")
    cents = amount.scaleb(2)
    if cents != cents.to_integral_value():
        raise ValueError("an amount has no fraction of a cent")
    return int(cents)


def from_cents(cents: int) -> Decimal:
    """Euros, with two places, of integer `cents`."""
    return Decimal(cents).scaleb(-2).quantize(CENT)


def format_euros(amount: Decimal) -> str:
    """« 1 250,50 € », with narrow no-break spaces, rounded half up to the cent."""
    return f"{_french(amount.quantize(CENT, ROUND_HALF_UP))}{NARROW_NBSP}€"


def format_hours(hours: Decimal) -> str:
    """« 14 h » or « 10 h 30 », to the nearest minute, with narrow no-break spaces."""
    minutes = int((hours * 60).quantize(Decimal(1), ROUND_HALF_UP))
    whole = f"{_french(Decimal(minutes // 60))}{NARROW_NBSP}h"
    return f"{whole}{NARROW_NBSP}{minutes % 60:02d}" if minutes % 60 else whole


def share(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """`total` euros divided in proportion to `weights`, in whole cents whose sum is `total`, exactly. Each part is less
    than a cent away from its due; the cents left go to the largest remainders, the first ones first.
    Raises ValueError for a negative weight, or where no weight is above 0."""
    whole = sum((Decimal(weight) for weight in weights), Decimal(0))
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be positive")
    cents = to_cents(total)
    dues = [Decimal(weight) * cents / whole for weight in weights]
    parts = [int(due.to_integral_value(ROUND_FLOOR)) for due in dues]
    by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - dues[index])
    for index in by_remainder[: cents - sum(parts)]:
        parts[index] += 1
    return [from_cents(part) for part in parts]


def _refuse_negative(text: str, message: str) -> None:
    if text[0] in f"-–—{MINUS}":
        raise InvalidValue(message)


def _decimal(text: str, unreadable: str) -> Decimal:
    text = text.replace("’", "'")
    if TWO_READINGS.fullmatch(text):
        whole, part = re.split("[.,]", text)
        raise InvalidValue(f"« {text} » peut se lire de deux façons : écrivez {whole}{part} ou {whole},{part[:2]}.")
    if not text.isascii():
        raise InvalidValue(unreadable)
    if SEVERAL_POINTS.fullmatch(text) or SPACED.fullmatch(text) or PLAIN.fullmatch(text):
        return _from_french(text)
    if SEVERAL_COMMAS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    raise InvalidValue("Deux chiffres au plus après la virgule." if TOO_FINE.fullmatch(text) else unreadable)


def _from_french(text: str) -> Decimal:
    digits = re.sub(r"[ ']", "", text)
    if "," in digits or digits.count(".") > 1:
        digits = digits.replace(".", "").replace(",", ".")
    return Decimal(digits)


def _clock(text: str) -> Decimal | None:
    match = CLOCK.fullmatch(text) or MINUTES_ALONE.fullmatch(text)
    if match is None:
        return None
    found = match.groupdict()
    minutes = int(found["minutes"] or 0)
    if "hours" in found and minutes > 59:
        raise InvalidValue("Une heure compte 60 minutes : écrivez par exemple 10h30.")
    hours = (found.get("hours") or "0").replace(" ", "")
    return Decimal(hours) + Decimal(minutes) / 60


def _french(number: Decimal) -> str:
    sign = MINUS if number < 0 else ""
    return sign + f"{abs(number):,}".replace(",", NARROW_NBSP).replace(".", ",")
