"""Reads of the nomenclatures: open to all, at most one SQL query each, answers kept in the process once found.

An answer is kept with the edition it comes from. Which edition is in force is read again every 30 seconds (`Kept`): by then
every process answers by the new one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from django.db.models import Q, QuerySet

from openopco.base.kept import Kept
from openopco.kernel.text import fold, typed
from openopco.reference.enums import PENDING, Dataset, EditionState, Nomenclature, Origin
from openopco.reference.models import Commune, CommunePostalCode, Idcc, NafCode, ReferenceEdition
from openopco.reference.proposals import PROPOSALS
from openopco.rights import Actor

MOST_CHOICES = 50
CACHED_ANSWERS = 2048
PARTIAL_POSTAL_CODE = re.compile(r"\d{2,5}", re.ASCII)
T = TypeVar("T")
# What tells the rows in force from those before: the edition, and when it took effect.
Stamp = tuple[int, datetime] | None
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
        return list(_postal_codes(digits, _stamp(Dataset.COMMUNES)))
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
        return _commune_name(insee_code, _stamp(Dataset.COMMUNES))
    except _Unknown:
        return ""


def naf_label(code: str, nomenclature: str = Nomenclature.NAF_REV2) -> str:
    """The label of a subclass written « 7120A » or « 71.20A »; empty where it is unknown in that nomenclature."""
    try:
        return _naf_label(code.replace(".", "").upper(), nomenclature, _stamp(Dataset.NAF))
    except _Unknown:
        return ""


def find_naf(text: str, nomenclature: str = Nomenclature.NAF_REV2) -> list[CodeChoice]:
    """At most 50 subclasses whose code or label holds every word of `text`, by code."""
    rows = NafCode.objects.filter(_holds(text.replace(".", "")), nomenclature=nomenclature).order_by("code")
    return [CodeChoice(row.code, row.label) for row in rows[:MOST_CHOICES]]


def idcc_label(code: str) -> str:
    """The short label of a collective agreement (« 1090 »); empty where it is unknown."""
    try:
        return _idcc_label(code.zfill(4), _stamp(Dataset.IDCC))
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
    """Those in force, from whom and of when: to be shown, as the licences ask."""
    return list(ReferenceEdition.objects.filter(state=EditionState.IN_FORCE).order_by("dataset"))


def in_force(dataset: str) -> ReferenceEdition | None:
    return of_state(dataset, EditionState.IN_FORCE)


def of_state(dataset: str, state: EditionState) -> ReferenceEdition | None:
    """The edition in force, or the next one: there is one at most."""
    return ReferenceEdition.objects.filter(dataset=dataset, state=state).first()


def previous(dataset: str) -> ReferenceEdition | None:
    """The one that « Revenir à l'édition précédente » restores: the last replaced."""
    replaced = ReferenceEdition.objects.filter(dataset=dataset, state=EditionState.REPLACED)
    return replaced.order_by("-replaced_at", "-id").first()


def history(dataset: str) -> list[ReferenceEdition]:
    """The last 100 editions of a data set, newest first."""
    return list(ReferenceEdition.objects.filter(dataset=dataset).defer("comparison").order_by("-id")[:100])


def current_and_pending() -> list[ReferenceEdition]:
    """Of all data sets, in one query."""
    wanted = [EditionState.IN_FORCE, *PENDING]
    return list(ReferenceEdition.objects.filter(state__in=wanted).defer("comparison").order_by("dataset", "id"))


def count_to_validate() -> int:
    return ReferenceEdition.objects.filter(state=EditionState.TO_VALIDATE).count()


def may_validate(actor: Actor, edition: ReferenceEdition) -> bool:
    """Whether the actor is a second pair of eyes: not who deposited it, and the system for what its command deposited."""
    if actor.user_id is not None:
        return actor.user_id != edition.deposited_by_id
    return actor.is_system and edition.origin == Origin.DEPOSITED and edition.deposited_by_id is None


def forget() -> None:
    """Drops the answers kept in this process, after an import."""
    _stamps.forget()
    for cached in (_postal_codes, _commune_name, _naf_label, _idcc_label):
        cached.cache_clear()


def _read_stamps() -> dict[str, Stamp]:
    rows = ReferenceEdition.objects.filter(state=EditionState.IN_FORCE).values_list("dataset", "pk", "imported_at")
    return {dataset: (pk, imported_at) for dataset, pk, imported_at in rows if imported_at}


_stamps = Kept(_read_stamps)


def _stamp(dataset: str) -> Stamp:
    return _stamps.value().get(dataset)


@lru_cache(maxsize=CACHED_ANSWERS)
def _postal_codes(digits: str, _edition: Stamp) -> tuple[CommuneChoice, ...]:
    # Bounds rather than LIKE: SQLite then uses the index too.
    rows = CommunePostalCode.objects.filter(postal_code__range=(digits.ljust(5, "0"), digits.ljust(5, "9")))
    return _known(tuple(_choices(rows.order_by("postal_code", "commune__folded_name", "commune_id"))))


@lru_cache(maxsize=CACHED_ANSWERS)
def _commune_name(insee_code: str, _edition: Stamp) -> str:
    return _known("".join(Commune.objects.filter(insee_code=insee_code).values_list("name", flat=True)))


@lru_cache(maxsize=CACHED_ANSWERS)
def _naf_label(code: str, nomenclature: str, _edition: Stamp) -> str:
    rows = NafCode.objects.filter(code=code, nomenclature=nomenclature)
    return _known("".join(rows.values_list("label", flat=True)))


@lru_cache(maxsize=CACHED_ANSWERS)
def _idcc_label(code: str, _edition: Stamp) -> str:
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
