"""Reads of the nomenclatures: open to all, at most one SQL query each, answers kept in the process once found."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from django.db.models import Q, QuerySet

from openopco.kernel.text import fold, typed
from openopco.reference.enums import Nomenclature
from openopco.reference.models import Commune, CommunePostalCode, Idcc, NafCode, ReferenceEdition
from openopco.reference.proposals import PROPOSALS

MOST_CHOICES = 50
CACHED_ANSWERS = 2048
PARTIAL_POSTAL_CODE = re.compile(r"\d{2,5}", re.ASCII)
T = TypeVar("T")
SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


@dataclass(frozen=True, slots=True)
class CommuneChoice:
    insee_code: str
    name: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class CodeChoice:
    code: str
    label: str


class _Unknown(Exception):
    """Raised so that an answer that may come with the next import isn't kept as « nothing »."""


def communes_for_postal_code(postal_code: str) -> list[CommuneChoice]:
    """The communes served by a whole postal code (« 75001 » gives Paris, then its first arrondissement), by name."""
    return find_postal_codes(postal_code) if len(_digits(postal_code)) == 5 else []


def find_postal_codes(prefix: str) -> list[CommuneChoice]:
    """At most 50 communes whose postal code begins with the 2 to 5 digits typed, by code and name. Nothing for less."""
    digits = _digits(prefix)
    if not PARTIAL_POSTAL_CODE.fullmatch(digits):
        return []
    try:
        return list(_postal_codes(digits))
    except _Unknown:
        return []


def find_communes(name: str) -> list[CommuneChoice]:
    """At most 50 communes with a postal code, whose name begins with `name` (2 letters or more)."""
    folded = whole_words(name)
    if len(folded) < 2:
        return []
    rows = CommunePostalCode.objects.filter(commune__folded_name__startswith=folded)
    return _choices(rows.order_by("commune__folded_name", "postal_code", "commune_id"))


def whole_words(name: str) -> str:
    """A place's name folded, with its abbreviations in full: « ST-LOUIS » is « saint louis »."""
    return " ".join(SAINTS.get(word, word) for word in fold(name).split())


def commune_name(insee_code: str) -> str:
    """« Mulhouse » for 68224; empty where the code is unknown."""
    try:
        return _commune_name(insee_code)
    except _Unknown:
        return ""


def naf_label(code: str, nomenclature: str = Nomenclature.NAF_REV2) -> str:
    """The label of a subclass written « 7120A » or « 71.20A »; empty where it is unknown in that nomenclature."""
    try:
        return _naf_label(code.replace(".", "").upper(), nomenclature)
    except _Unknown:
        return ""


def find_naf(text: str, nomenclature: str = Nomenclature.NAF_REV2) -> list[CodeChoice]:
    """At most 50 subclasses whose code or label holds every word of `text`, by code."""
    rows = NafCode.objects.filter(_holds(text.replace(".", "")), nomenclature=nomenclature).order_by("code")
    return [CodeChoice(row.code, row.label) for row in rows[:MOST_CHOICES]]


def idcc_label(code: str) -> str:
    """The short label of a collective agreement (« 1090 »); empty where it is unknown."""
    try:
        return _idcc_label(code.zfill(4))
    except _Unknown:
        return ""


def find_idcc(text: str) -> list[CodeChoice]:
    """At most 50 collective agreements whose code or label holds every word of `text`, by code."""
    rows = Idcc.objects.filter(_holds(text)).order_by("code")
    return [CodeChoice(row.code, row.label) for row in rows[:MOST_CHOICES]]


def proposes_opco(idcc: str, slug: str) -> bool:
    """Whether the agreement makes this OPCO likely. Only the SIRET decides; see `proposals`. Asks no database."""
    return idcc.zfill(4) in PROPOSALS.get(slug, frozenset())


def editions() -> list[ReferenceEdition]:
    """What is loaded, from whom and of when: to be shown, as the licences ask."""
    return list(ReferenceEdition.objects.order_by("dataset"))


def forget() -> None:
    """Drops the answers kept in this process, after an import."""
    for cached in (_postal_codes, _commune_name, _naf_label, _idcc_label):
        cached.cache_clear()


@lru_cache(maxsize=CACHED_ANSWERS)
def _postal_codes(digits: str) -> tuple[CommuneChoice, ...]:
    # Bounds rather than LIKE: SQLite then uses the index too.
    rows = CommunePostalCode.objects.filter(postal_code__range=(digits.ljust(5, "0"), digits.ljust(5, "9")))
    return _known(tuple(_choices(rows.order_by("postal_code", "commune__folded_name", "commune_id"))))


@lru_cache(maxsize=CACHED_ANSWERS)
def _commune_name(insee_code: str) -> str:
    return _known("".join(Commune.objects.filter(insee_code=insee_code).values_list("name", flat=True)))


@lru_cache(maxsize=CACHED_ANSWERS)
def _naf_label(code: str, nomenclature: str) -> str:
    rows = NafCode.objects.filter(code=code, nomenclature=nomenclature)
    return _known("".join(rows.values_list("label", flat=True)))


@lru_cache(maxsize=CACHED_ANSWERS)
def _idcc_label(code: str) -> str:
    return _known("".join(Idcc.objects.filter(code=code).values_list("label", flat=True)))


def _known(answer: T) -> T:
    if not answer:
        raise _Unknown
    return answer


def _choices(rows: QuerySet[CommunePostalCode]) -> list[CommuneChoice]:
    found: Iterable[CommunePostalCode] = rows.select_related("commune")[:MOST_CHOICES]
    return [CommuneChoice(row.commune_id, row.commune.name, row.postal_code) for row in found]


def _holds(text: str) -> Q:
    """Every folded word of `text` stands in the search column; nothing matches a text without any word."""
    words = fold(text).split()
    condition = Q() if words else Q(pk__in=[])
    for word in words:
        condition &= Q(search__contains=word)
    return condition


def _digits(raw: str) -> str:
    return re.sub(r"[\s.]", "", typed(raw))
