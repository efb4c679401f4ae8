"""How to reach people: postal code, telephone, e-mail address."""

import re

from openopco.kernel.errors import InvalidValue
from openopco.kernel.text import clean_line, typed

POSTAL_CODE = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-578])\d{3}", re.ASCII)
PUNCTUATION = re.compile(r"[\s.\-‐‑–/_()]+")
# Mainland and overseas departments are dialled alike from France: 0 and nine digits.
FRENCH_PREFIX = re.compile(r"(?:\+|00)(?:33|590|594|596|262)0?(?=[1-9]\d{8}$)", re.ASCII)
FRENCH_PHONE = re.compile(r"0[1-9]\d{8}", re.ASCII)
FOREIGN_PHONE = re.compile(r"\+[1-9]\d{8,14}", re.ASCII)
LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})")
MAX_LOCAL_PART, MAX_EMAIL = 64, 254
BAD_EMAIL = "Cette adresse e-mail est incomplète ou mal écrite : attendu prenom.nom@exemple.fr."


def parse_postal_code(raw: str) -> str:
    """Five digits of a French postal code, overseas included. It may not exist. Raises InvalidValue."""
    code = PUNCTUATION.sub("", typed(raw))
    if not code:
        raise InvalidValue("Indiquez un code postal (5 chiffres).")
    if not POSTAL_CODE.fullmatch(code):
        raise InvalidValue("Un code postal français compte 5 chiffres, par exemple 68110.")
    return code


def parse_phone(raw: str) -> str:
    """« 0612345678 », or « +352621123456 » for a foreign number. Raises InvalidValue."""
    phone = PUNCTUATION.sub("", typed(raw))
    if not phone:
        raise InvalidValue("Indiquez un numéro de téléphone, par exemple 06 12 34 56 78.")
    national = FRENCH_PREFIX.sub("0", phone)
    if FRENCH_PHONE.fullmatch(national):
        return national
    foreign = re.sub(r"^00", "+", phone)
    if FOREIGN_PHONE.fullmatch(foreign) and not foreign.startswith("+33"):
        return foreign
    if phone.isascii() and phone.isdigit():
        raise InvalidValue("Un numéro de téléphone français compte 10 chiffres et commence par 0.")
    raise InvalidValue("Ce numéro de téléphone est illisible : écrivez par exemple 06 12 34 56 78.")


def format_phone(phone: str) -> str:
    """« 06 12 34 56 78 »; a foreign number stays as it is."""
    return " ".join(re.findall("..", phone)) if FRENCH_PHONE.fullmatch(phone) else phone


def parse_email(raw: str) -> str:
    """An address in lower case, an accented domain in its ASCII form. Raises InvalidValue."""
    email = clean_line(raw).lower()
    if not email:
        raise InvalidValue("Indiquez une adresse e-mail.")
    local_part, at, domain = email.rpartition("@")
    if not at or "@" in local_part:
        raise InvalidValue("Une adresse e-mail contient un « @ », par exemple prenom.nom@exemple.fr.")
    if not local_part.isascii() or " " in email:
        raise InvalidValue("Une adresse e-mail ne contient ni espace ni accent.")
    address = f"{local_part}@{_ascii(domain)}"
    if len(local_part) > MAX_LOCAL_PART or len(address) > MAX_EMAIL or not LOCAL_PART.fullmatch(local_part):
        raise InvalidValue(BAD_EMAIL)
    return address


def _ascii(domain: str) -> str:
    try:
        plain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise InvalidValue(BAD_EMAIL) from None
    if not DOMAIN.fullmatch(plain):
        raise InvalidValue(BAD_EMAIL)
    return plain
