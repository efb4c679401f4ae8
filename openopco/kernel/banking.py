"""Bank accounts: the IBAN and the BIC, checked, shown and masked. ISO 13616 gives the one, ISO 9362 the other.

As for the NIR, no message repeats any part of the number that was typed."""

import re
from functools import cache

from schwifty import BIC, IBAN
from schwifty.exceptions import (
    InvalidBBANChecksum,
    InvalidChecksumDigits,
    InvalidCountryCode,
    InvalidLength,
    SchwiftyException,
)
from schwifty.registry import get_iban_spec

from openopco.kernel.errors import InvalidValue
from openopco.kernel.text import typed

BULLET = "•"
GROUP = 4
SEPARATORS = re.compile(r"[\s.\-‐‑–/_:]+")
LABELLED = re.compile(r"^IBAN(?=[A-Z]{2}\d{2})")
_AS_DIGITS = str.maketrans({letter: str(int(letter, 36)) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
# Where the key of the RIB is part of the IBAN, and known: it finds two digits inverted that the IBAN's key lets by.
WITH_A_NATIONAL_KEY = frozenset({"FR", "MC"})


def parse_iban(raw: str) -> str:
    """The plain IBAN of an account that a SEPA credit transfer can reach, its keys right (that of the RIB too, in France).
    Raises InvalidValue."""
    text = LABELLED.sub("", SEPARATORS.sub("", typed(raw)).upper())
    if not text:
        raise InvalidValue("Indiquez un IBAN, par exemple FR76 suivi de 23 caractères.")
    iban = _checked(text)
    if not iban.in_sepa_zone:
        raise InvalidValue("Ce compte n'est pas dans l'espace SEPA : l'OPCO ne peut pas y faire de virement.")
    return str(iban)


def is_iban(iban: str) -> bool:
    """Whether a transfer can be sent to `iban`, as it is written: its form, its country, its own key. Ten times quicker than
    `parse_iban`, for the many that were parsed the day they were typed."""
    form = _form(iban[:2])
    if form is None or not form.fullmatch(iban):
        return False
    return int((iban[GROUP:] + iban[:GROUP]).translate(_AS_DIGITS)) % 97 == 1


def format_iban(iban: str) -> str:
    """« FR76 3000 6000 0112 3456 7890 189 »: for the reading of one who may see it whole."""
    return " ".join(iban[start : start + GROUP] for start in range(0, len(iban), GROUP))


def mask_iban(iban: str) -> str:
    """« FR76 •••• •••• •••• •••• •••• 189 »: enough for its holder to know it again, too little for anybody to use it."""
    shown = 3
    return format_iban(iban[:GROUP] + BULLET * (len(iban) - GROUP - shown) + iban[-shown:])


def bic_of(iban: str) -> str:
    """The BIC of the account's bank, where the published register of its country tells it; else an empty string."""
    return str(IBAN(iban).bic or "")


def bank_of(iban: str) -> str:
    """The name of the account's bank, where the published register of its country tells it; else an empty string."""
    bank = IBAN(iban).bank
    return bank.name if bank else ""


def parse_bic(raw: str) -> str:
    """The 8 or 11 characters of a bank's code. It may be nobody's. Raises InvalidValue."""
    text = SEPARATORS.sub("", typed(raw)).upper()
    if not text:
        raise InvalidValue("Indiquez le BIC de la banque, par exemple AGRIFRPP.")
    try:
        return str(BIC(text))
    except SchwiftyException:
        raise InvalidValue("Un BIC compte 8 ou 11 caractères, par exemple AGRIFRPP ou AGRIFRPP882.") from None


@cache
def _form(country: str) -> re.Pattern[str] | None:
    """That of its IBANs; None outside of the SEPA area."""
    try:
        spec = get_iban_spec(country)
    except SchwiftyException:
        return None
    digits = spec.regex.pattern.removeprefix("^").removesuffix("$")
    return re.compile(rf"{country}\d{{2}}(?:{digits})", re.ASCII) if spec.in_sepa_zone else None


def _checked(text: str) -> IBAN:
    try:
        iban = IBAN(text)
        if iban.country_code in WITH_A_NATIONAL_KEY:
            iban.validate(validate_bban=True)
    except InvalidCountryCode:
        raise InvalidValue("Un IBAN commence par les deux lettres d'un pays, par exemple FR76.") from None
    except InvalidLength:
        raise InvalidValue(_wrong_length(text)) from None
    except (InvalidChecksumDigits, InvalidBBANChecksum):
        raise InvalidValue("La clé de l'IBAN ne correspond pas : vérifiez chaque caractère.") from None
    except SchwiftyException:
        raise InvalidValue("Cet IBAN est illisible : recopiez-le depuis votre RIB, par exemple FR76…") from None
    return iban


def _wrong_length(text: str) -> str:
    expected = IBAN(text, allow_invalid=True).spec.iban_length
    missing = expected - len(text)
    told = f"il en manque {missing}" if missing > 0 else f"il y en a {-missing} de trop"
    return f"Cet IBAN doit compter {expected} caractères : {told}."
