"""The desk's list as its address says it: portfolio, filters, order; the same words lead from one request to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from openopco.dossiers.enums import STATE_WORDS, Audience, State
from openopco.dossiers.queries import ALL, FREE, MINE, OPEN, Filters
from openopco.kernel.calendar import parse_date
from openopco.kernel.errors import InvalidValue

PORTFOLIOS = ((MINE, "Mes dossiers"), (FREE, "À prendre"), (OPEN, "Tous les dossiers ouverts"), (ALL, "Tous"))
ORDERS = (("echeance", "Échéance"), ("anciennete", "Plus anciens"), ("recent", "Derniers mouvements"))
STATES = tuple((str(state), STATE_WORDS[Audience.OPCO][state]) for state in State if state is not State.BROUILLON)
NAMES = ("vue", "etat", "q", "du", "au", "retard", "tri")
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
        return f"{reverse('desk:worklist')}{self.query}"

    @property
    def is_narrowed(self) -> bool:
        return any(name in self.values for name in ("etat", "q", "du", "au", "retard"))

    def errors(self) -> dict[str, str]:
        """What is wrong with the dates, by name."""
        wrong = {name: message for name in ("du", "au") if (message := _day(self.values.get(name, ""))[1])}
        first, last = (_day(self.values.get(name, ""))[0] for name in ("du", "au"))
        if first and last and last < first:
            wrong["au"] = "Cette date précède la première."
        return wrong

    def filters(self, today: date) -> Filters:
        return Filters(
            search=self.values.get("q", ""),
            state=self.values.get("etat", ""),
            starts_from=_day(self.values.get("du", ""))[0],
            starts_to=_day(self.values.get("au", ""))[0],
            order=self.values.get("tri", ""),
            portfolio=self.portfolio,
            late_on=today if "retard" in self.values else None,
        )

    def without(self, *names: str) -> "Trail":
        return Trail({name: value for name, value in self.values.items() if name not in names})

    def having(self, **changes: str) -> "Trail":
        return Trail({**self.values, **changes})


def read_trail(address: Mapping[str, str]) -> Trail:
    """The list that an address names."""
    known = {
        "vue": {code for code, _ in PORTFOLIOS},
        "etat": {code for code, _ in STATES},
        "tri": {code for code, _ in ORDERS},
        "retard": {LATE},
    }
    values = {name: address.get(name, "").replace("\0", "").strip()[:100] for name in NAMES}
    return Trail({name: value for name, value in values.items() if value and value in known.get(name, {value})})


def _day(raw: str) -> tuple[date | None, str]:
    if not raw:
        return None, ""
    try:
        return parse_date(raw), ""
    except InvalidValue as error:
        return None, error.message
