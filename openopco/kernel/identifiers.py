"""Identifiers of the trade: each parser takes what people type and gives the plain form, or says what is wrong."""

import re

from stdnum.exceptions import ValidationError
from stdnum.fr import siren as standard_siren
from stdnum.fr import siret as standard_siret

from openopco.kernel.contacts import parse_email, parse_phone, parse_postal_code
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import check_nir_against, format_nir, mask_nir, nir_birth, nir_sex, parse_nir
from openopco.kernel.text import typed

__all__ = [
    "check_nir_against",
    "format_naf",
    "format_nir",
    "format_siren",
    "format_siret",
    "mask_nir",
    "nir_birth",
    "nir_sex",
    "parse_email",
    "parse_idcc",
    "parse_naf",
    "parse_nda",
    "parse_nir",
    "parse_phone",
    "parse_postal_code",
    "parse_rncp",
    "parse_siren",
    "parse_siret",
    "siren_of",
]

SEPARATORS = re.compile(r"[\s.\-‐‑–/_]+")
SIREN_LENGTH, SIRET_LENGTH, NDA_LENGTH = 9, 14, 11
# Region, department, then a serial number that sometimes begins with a P.
NDA = re.compile(r"\d{2}(?:\d{2}|2[AB])[\dP]\d{6}")
NAF = re.compile(r"\d{4}[A-Z]")
IDCC = re.compile(r"(?:IDCC)?(?:N°|NO)?:?(\d{1,4})")
RNCP = re.compile(r"(RNCP|RS)(?:N°|NO)?:?0*(\d{1,6})")
BARE_NUMBER = re.compile(r"\d{1,6}")


def parse_siret(raw: str) -> str:
    """14 digits with a right key; the rule of La Poste's own establishments is known. Raises InvalidValue."""
    siret = _digits(raw, "Indiquez un SIRET (14 chiffres).", "Un SIRET ne contient que des chiffres.")
    if len(siret) == SIREN_LENGTH:
        raise InvalidValue("Un SIRET compte 14 chiffres : ceci ressemble à un SIREN, ajoutez les 5 chiffres du NIC.")
    _check_length(siret, SIRET_LENGTH, "SIRET")
    if not standard_siret.is_valid(siret) or siret == "0" * SIRET_LENGTH:
        raise InvalidValue("La clé du SIRET ne correspond pas : vérifiez les 14 chiffres.")
    return siret


def parse_siren(raw: str) -> str:
    """9 digits with a right key. Raises InvalidValue."""
    siren = _digits(raw, "Indiquez un SIREN (9 chiffres).", "Un SIREN ne contient que des chiffres.")
    if len(siren) == SIRET_LENGTH:
        raise InvalidValue("Un SIREN compte 9 chiffres : ceci ressemble à un SIRET, gardez les 9 premiers.")
    _check_length(siren, SIREN_LENGTH, "SIREN")
    try:
        standard_siren.validate(siren)
    except ValidationError:
        raise InvalidValue("La clé du SIREN ne correspond pas : vérifiez les 9 chiffres.") from None
    if siren == "0" * SIREN_LENGTH:
        raise InvalidValue("La clé du SIREN ne correspond pas : vérifiez les 9 chiffres.")
    return siren


def siren_of(siret: str) -> str:
    """The SIREN in a parsed SIRET."""
    return siret[:SIREN_LENGTH]


def vat_number_of(siren: str) -> str:
    """The intra-community VAT number of a French company: its key follows from the SIREN (CGI, ann. II, 242 nonies A)."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def format_siret(siret: str) -> str:
    """« 834 267 023 00028 »."""
    return f"{format_siren(siret[:SIREN_LENGTH])} {siret[SIREN_LENGTH:]}"


def format_siren(siren: str) -> str:
    """« 834 267 023 »."""
    return " ".join((siren[:3], siren[3:6], siren[6:]))


def parse_nda(raw: str) -> str:
    """The 11 characters of a provider's « numéro de déclaration d'activité » (R. 6351-6). Raises InvalidValue."""
    nda = _compact(raw)
    if not nda:
        raise InvalidValue("Indiquez le numéro de déclaration d'activité (11 chiffres).")
    if nda.isascii() and nda.isdigit():
        _check_length(nda, NDA_LENGTH, "numéro de déclaration d'activité")
    if not (nda.isascii() and NDA.fullmatch(nda)):
        raise InvalidValue("Un numéro de déclaration d'activité compte 11 chiffres, par exemple 11 75 12345 67.")
    return nda


def parse_naf(raw: str) -> str:
    """« 7120A »: a subclass, rev. 2 or 2025 alike. It may not exist. Raises InvalidValue."""
    naf = _compact(raw)
    if not naf:
        raise InvalidValue("Indiquez un code NACE (NAF), par exemple 7120A.")
    if not (naf.isascii() and NAF.fullmatch(naf)):
        raise InvalidValue("Un code NACE (NAF) compte 4 chiffres et une lettre, par exemple 7120A.")
    return naf


def format_naf(naf: str) -> str:
    """« 71.20A »."""
    return f"{naf[:2]}.{naf[2:]}"


def parse_idcc(raw: str) -> str:
    """The 4 digits of a collective agreement, leading zeros restored. It may not exist. Raises InvalidValue."""
    idcc = _compact(raw)
    if not idcc:
        raise InvalidValue("Indiquez le code IDCC de la convention collective, par exemple 1090.")
    match = IDCC.fullmatch(idcc) if idcc.isascii() or "°" in idcc else None
    if match is None:
        raise InvalidValue("Un code IDCC compte 4 chiffres au plus, par exemple 1090.")
    return match.group(1).zfill(4)


def parse_rncp(raw: str) -> str:
    """« RNCP12345 » or « RS1234 »: a certification's entry at France compétences. Raises InvalidValue."""
    code = _compact(raw)
    if not code:
        raise InvalidValue("Indiquez un code RNCP ou RS, par exemple RNCP12345.")
    if BARE_NUMBER.fullmatch(code):
        raise InvalidValue("Commencez le code par RNCP ou par RS, par exemple RNCP12345.")
    match = RNCP.fullmatch(code) if code.isascii() or "°" in code else None
    if match is None or match.group(2) == "0":
        raise InvalidValue("Ce code est illisible : écrivez par exemple RNCP12345 ou RS1234.")
    return match.group(1) + match.group(2)


def _compact(raw: str) -> str:
    return SEPARATORS.sub("", typed(raw)).upper()


def _digits(raw: str, empty: str, not_digits: str) -> str:
    text = _compact(raw)
    if not text:
        raise InvalidValue(empty)
    if not (text.isascii() and text.isdigit()):
        raise InvalidValue(not_digits)
    return text


def _check_length(digits: str, length: int, name: str) -> None:
    missing = length - len(digits)
    if missing > 0:
        raise InvalidValue(f"Un {name} compte {length} chiffres : il en manque {missing}.")
    if missing < 0:
        raise InvalidValue(f"Un {name} compte {length} chiffres : il y en a {-missing} de trop.")
