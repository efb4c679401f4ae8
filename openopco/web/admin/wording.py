"""Parameters in words that an administrator reads. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from openopco.kernel.calendar import format_date
from openopco.opco.defaults import Default, Version
from openopco.opco.queries import ParameterLine

NATURES: Final = {"action": "action de formation", "bilan": "bilan de compétences", "vae": "VAE"}
PIECES: Final = {
    "programme": "programme de l'action",
    "bilan": "convention tripartite",
    "vae": "convention de VAE",
    "divers": "autre pièce",
}


@dataclass(frozen=True, slots=True)
class VersionWords:
    """`when` places the version against today: « en vigueur », « à venir » or « ancienne »; `tone` is its badge's."""

    value: str
    since: date
    source: str
    when: str
    tone: str


@dataclass(frozen=True, slots=True)
class ParameterCard:
    """A parameter as its block of the page shows it, the latest version first."""

    code: str
    label: str
    versions: list[VersionWords]


def parameter_card(line: ParameterLine) -> ParameterCard:
    """The block of one parameter."""
    return ParameterCard(line.code, line.default.label, [_version(line, version) for version in line.versions])


def value_in_words(value: Any, default: Default) -> str:
    """« 20 jours calendaires », « oui », « action de formation : programme de l'action »…"""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if value is None:
        return "aucune limite"
    if isinstance(value, int):
        return f"{value} {default.unit_of_one if value == 1 and default.unit_of_one else default.unit}"
    return _last_days(value) if "last_day" in value else _pieces(value)


def _last_days(value: dict[str, str]) -> str:
    last, late_from, late_last = (
        format_date(date.fromisoformat(value[key])) for key in ("last_day", "late_from", "late_last_day")
    )
    return f"{last} ; {late_last} si l'action débute à partir du {late_from}"


def _pieces(value: dict[str, list[str]]) -> str:
    return " ; ".join(f"{NATURES[nature]} : {_zones(zones)}" for nature, zones in value.items())


def _zones(zones: list[str]) -> str:
    return ", ".join(PIECES[zone] for zone in zones) or "aucune pièce"


def _version(line: ParameterLine, version: Version) -> VersionWords:
    when, tone = _place(line, version)
    value = value_in_words(version.value, line.default)
    return VersionWords(value, version.since, version.source, when, tone)


def _place(line: ParameterLine, version: Version) -> tuple[str, str]:
    if version is line.current:
        return "en vigueur", "ok"
    return ("à venir", "info") if version.since > line.current.since else ("ancienne", "off")
