"""The desk's list as its address says it: portfolio, filters, order; the same words lead from one request to the next."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from openopco.dossiers.enums import STATE_WORDS, Audience, State
from openopco.dossiers.queries import (
    ALL,
    DECIDED,
    FOLLOWED,
    FREE,
    GRANTED,
    JUDGED,
    MINE,
    MODIFIED,
    NEW,
    OPEN,
    REPLACED,
    WAITING,
    WITH_NEWS,
    WITHOUT_NEWS,
    Filters,
)
from openopco.kernel.calendar import parse_date
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import parse_idcc
from openopco.kernel.money import parse_amount
from openopco.reference.regions import REGIONS
from openopco.web.menu import address_of

PORTFOLIOS = (
    (MINE, "Mes dossiers"),
    (REPLACED, "Je remplace"),
    (NEW, "Nouveautés"),
    (FREE, "À prendre"),
    (WAITING, "En attente de fonds"),
    (FOLLOWED, "Suivis"),
    (OPEN, "Tous les dossiers ouverts"),
    (MODIFIED, "Modifications"),
    (ALL, "Tous"),
)
ORDERS = (("echeance", "Échéance"), ("anciennete", "Plus anciens"), ("recent", "Derniers mouvements"))
STATES = tuple((str(state), STATE_WORDS[Audience.OPCO][state]) for state in State if state is not State.BROUILLON)
REGIONS_BY_NAME = tuple(REGIONS.items())
NEWS = ((WITH_NEWS, "Avec"), (WITHOUT_NEWS, "Sans"))
OUTCOMES = (
    (DECIDED, "Décidées"),
    (GRANTED, "Accordées, même caduques ou annulées depuis"),
    (JUDGED, "Accordées ou refusées"),
)
MORE = ("branche", "region", "par", "min", "max", "nouv", "envoi_du", "envoi_au", "organisme", "issue", "manque")
NARROWING = ("etat", "q", "du", "au", "retard", *MORE)
NAMES = ("vue", "tri", *NARROWING)
LATE = "1"


@dataclass(frozen=True, slots=True)
class Trail:
    """What the address holds, as typed. Unknown codes are dropped, unreadable dates narrow nothing and are told."""

    values: Mapping[str, str]

    @property
    def portfolio(self) -> str:
        return self.values.get("vue", MINE)

    @property
    def typed(self) -> dict[str, str]:
        """Every name with what was typed, or nothing: for the form."""
        return {name: self.values.get(name, "") for name in NAMES}

    @property
    def query(self) -> str:
        """« ?vue=moi&q=… »; empty for the plain list."""
        return f"?{urlencode(self.values)}" if self.values else ""

    @property
    def list_url(self) -> str:
        return f"{address_of('desk:worklist')}{self.query}"

    @property
    def is_narrowed(self) -> bool:
        return any(name in self.values for name in NARROWING)

    @property
    def is_narrowed_more(self) -> bool:
        """By what « Plus de filtres » holds."""
        return any(name in self.values for name in MORE)

    def errors(self) -> dict[str, str]:
        """What is wrong with what was typed, by name."""
        read = {name: reading(self.values.get(name, "")) for name, reading in READINGS.items()}
        wrong = {name: message for name, (_, message) in read.items() if message}
        for first, last, words in SPANS:
            low, high = read[first][0], read[last][0]
            if low is not None and high is not None and high < low:
                wrong[last] = words
        return wrong

    def _read(self, name: str) -> Any:
        return READINGS[name](self.values.get(name, ""))[0]

    @property
    def in_words(self) -> str:
        """« Mes dossiers · État : En instruction · Branche : 1090 »."""
        typed = self.typed
        told = [
            f"{label} : {NAMED.get(name, {}).get(typed[name], typed[name])}" for name, label in LABELS if typed[name]
        ]
        return " · ".join([dict(PORTFOLIOS)[self.portfolio], *told])

    def filters(self, today: date) -> Filters:
        return Filters(
            search=self.values.get("q", ""),
            state=self.values.get("etat", ""),
            starts_from=self._read("du"),
            starts_to=self._read("au"),
            idcc=self._read("branche") or "",
            region=self.values.get("region", ""),
            holder_id=int(self.values["par"]) if "par" in self.values else None,
            provider_id=int(self.values["organisme"]) if "organisme" in self.values else None,
            outcome=self.values.get("issue", ""),
            point=self.values.get("manque", ""),
            sent_from=self._read("envoi_du"),
            sent_to=self._read("envoi_au"),
            amount_from=self._read("min"),
            amount_to=self._read("max"),
            news=self.values.get("nouv", ""),
            order=self.values.get("tri", ""),
            portfolio=self.portfolio,
            late_on=today if "retard" in self.values else None,
        )

    def without(self, *names: str) -> "Trail":
        return Trail({name: value for name, value in self.values.items() if name not in names})

    def having(self, **changes: str) -> "Trail":
        return Trail({**self.values, **changes})


def list_url(address: str) -> str:
    """Of a list kept under a name, as it can be read now: what it named and no longer exists is dropped."""
    return read_trail(QueryDict(address)).list_url


def read_trail(address: Mapping[str, str]) -> Trail:
    """The list that an address names."""
    known = {
        "vue": {code for code, _ in PORTFOLIOS},
        "etat": {code for code, _ in STATES},
        "tri": {code for code, _ in ORDERS},
        "retard": {LATE},
        "region": set(REGIONS),
        "nouv": {code for code, _ in NEWS},
        "issue": {code for code, _ in OUTCOMES},
    }
    values = {name: address.get(name, "").replace("\0", "").strip()[:100] for name in NAMES}
    for name in ("par", "organisme"):
        if not PERSON.fullmatch(values[name]):
            values[name] = ""
    return Trail({name: value for name, value in values.items() if value and value in known.get(name, {value})})


PERSON = re.compile(r"[1-9]\d{0,9}", re.ASCII)


def _reading(parse: Callable[[str], Any]) -> Callable[[str], tuple[Any, str]]:
    """What was typed, read, with what is wrong with it in words; nothing of nothing."""

    def read(raw: str) -> tuple[Any, str]:
        try:
            return (parse(raw), "") if raw else (None, "")
        except InvalidValue as error:
            return None, error.message

    return read


READINGS = {
    "du": _reading(parse_date),
    "au": _reading(parse_date),
    "envoi_du": _reading(parse_date),
    "envoi_au": _reading(parse_date),
    "branche": _reading(parse_idcc),
    "min": _reading(parse_amount),
    "max": _reading(parse_amount),
}
LABELS = (
    ("etat", "état"),
    ("q", "recherche"),
    ("du", "début du"),
    ("au", "jusqu'au"),
    ("envoi_du", "envoi du"),
    ("envoi_au", "envoi jusqu'au"),
    ("retard", "en retard"),
    ("branche", "branche"),
    ("region", "région"),
    ("min", "coût HT de"),
    ("max", "coût HT jusqu'à"),
    ("issue", "décision"),
    ("manque", "point demandé"),
    ("nouv", "nouveautés"),
    ("tri", "tri"),
)
NAMED = {
    "issue": dict(OUTCOMES),
    "etat": dict(STATES),
    "region": REGIONS,
    "tri": dict(ORDERS),
    "nouv": dict(NEWS),
    "retard": {LATE: "oui"},
}
EARLIER = "Cette date précède la première."
SPANS = (
    ("du", "au", EARLIER),
    ("envoi_du", "envoi_au", EARLIER),
    ("min", "max", "Ce montant est inférieur au premier."),
)
