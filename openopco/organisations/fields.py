"""What people key about an organisation, read strictly: all the faults at once, each beside its field."""

from collections.abc import Callable, Mapping
from typing import Any

from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import parse_email, parse_idcc, parse_naf, parse_nda, parse_phone, parse_postal_code
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line, typed
from openopco.organisations.errors import InvalidFields

IDENTITY = frozenset({"name", "address", "postal_code", "city", "naf"})
COMPLETION = frozenset({"headcount_exact", "idcc", "email", "phone"})
PROVIDER = frozenset({"name", "nda", "address", "postal_code", "city", "email", "phone"})
MOST_EMPLOYEES = 999_999

Reader = Callable[[str], Any]


def read(raw: Mapping[str, str], allowed: frozenset[str]) -> dict[str, Any]:
    """The typed values of the raw ones. An empty one empties its column. Raises `InvalidFields`."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, text in raw.items():
        try:
            values[name] = _reader(name, allowed)(text)
        except InvalidValue as error:
            errors[name] = error.message
    if errors:
        raise InvalidFields(errors)
    return values


def _reader(name: str, allowed: frozenset[str]) -> Reader:
    if name not in allowed:
        raise InvalidValue("Cette information vient du répertoire officiel : elle ne se corrige pas ici.")
    return READERS[name]


def _line(most: int) -> Reader:
    def read_line(raw: str) -> str:
        line = refuse_nir(clean_line(raw))
        if len(line) > most:
            raise InvalidValue(f"Ce texte est trop long : {most} caractères au plus.")
        return line

    return read_line


def _name(raw: str) -> str:
    name: str = _line(200)(raw)
    if not name:
        raise InvalidValue("Indiquez le nom ou la raison sociale.")
    return name


def _optional(parse: Callable[[str], str]) -> Reader:
    return lambda raw: parse(raw) if raw.strip() else ""


def _headcount(raw: str) -> int | None:
    digits = "".join(typed(raw).split())
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidValue("Indiquez un nombre de salariés, en chiffres.")
    if len(digits) > 6 or int(digits) > MOST_EMPLOYEES:
        raise InvalidValue("Ce nombre de salariés est trop grand : vérifiez-le.")
    return int(digits)


READERS: dict[str, Reader] = {
    "name": _name,
    "address": _line(250),
    "postal_code": _optional(parse_postal_code),
    "city": _line(120),
    "naf": _optional(parse_naf),
    "idcc": _optional(parse_idcc),
    "email": _optional(parse_email),
    "phone": _optional(parse_phone),
    "nda": _optional(parse_nda),
    "headcount_exact": _headcount,
}
