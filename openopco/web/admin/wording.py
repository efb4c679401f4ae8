"""Parameters in words that an administrator reads. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from openopco.kernel.calendar import add_calendar_days, add_months, format_date
from openopco.opco.defaults import Default, Version
from openopco.opco.queries import ParameterLine, Withdrawal

NATURES: Final = {"action": "action de formation", "bilan": "bilan de compétences", "vae": "VAE"}
PIECES: Final = {
    "programme": "programme de l'action",
    "bilan": "convention tripartite",
    "vae": "convention de VAE",
    "divers": "autre pièce",
}
SHIPPED: Final = "Livré avec OpenOPCO"
# A sentence, and how its two days are counted.
EXAMPLES: Final[dict[str, tuple[str, Callable[[date, int], date]]]] = {
    "answer_target_days": (
        "Une demande envoyée le {day} aura sa réponse visée le {new}, au lieu du {old}.",
        add_calendar_days,
    ),
    "correction_days": (
        "Un complément demandé le {day} sera attendu, sauf autre choix, pour le {new} au lieu du {old}.",
        add_calendar_days,
    ),
    "draft_reminder_days": (
        "Un brouillon laissé de côté depuis le {day} sera rappelé le {new}, au lieu du {old}.",
        add_calendar_days,
    ),
    "claim_months": (
        "Pour une action finie le {day}, le remboursement se demandera jusqu'au {new}, au lieu du {old}.",
        add_months,
    ),
    "change_notice_days": (
        "Un changement survenu le {day} sera à signaler avant le {new}, au lieu du {old}.",
        add_calendar_days,
    ),
}


@dataclass(frozen=True, slots=True)
class VersionWords:
    """`when` places the version against today: « en vigueur », « à venir », « ancienne » or « retirée »; `tone` is its
    badge's. `author` is « OpenOPCO » for what was shipped; `row_id` is told where it may still be withdrawn."""

    value: str
    since: date
    source: str
    when: str
    tone: str
    author: str
    written_at: datetime | None = None
    late_reason: str = ""
    row_id: int | None = None


@dataclass(frozen=True, slots=True)
class ParameterCard:
    """A parameter as its page shows it, the latest version first; `planned` the next to come, if any."""

    code: str
    label: str
    current: VersionWords
    planned: VersionWords | None
    versions: list[VersionWords]
    withdrawn: list[VersionWords]


def parameter_card(line: ParameterLine, today: date) -> ParameterCard:
    """All that is known of one parameter, in words."""
    words = [_version(line, version, today) for version in line.versions]
    coming = [each for each in words if each.since > today]
    current = words[line.versions.index(line.current)]
    withdrawn = [_withdrawn(line, withdrawal) for withdrawal in line.withdrawals]
    return ParameterCard(line.code, line.default.label, current, coming[-1] if coming else None, words, withdrawn)


def value_in_words(value: Any, default: Default) -> str:
    """« 20 jours calendaires », « oui », « action de formation : programme de l'action »…"""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if value is None:
        return "aucune limite"
    if isinstance(value, int):
        return f"{value} {default.unit_of_one if value == 1 and default.unit_of_one else default.unit}"
    if isinstance(value, str):
        return format_date(date.fromisoformat(value))
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


def effect_in_words(code: str, before: Any, after: Any, day: date) -> str:
    """An example of what changes on that day; empty where the values say it all."""
    if code not in EXAMPLES or before == after:
        return ""
    said, counted = EXAMPLES[code]
    return said.format(
        day=format_date(day), new=format_date(counted(day, after)), old=format_date(counted(day, before))
    )


def _version(line: ParameterLine, version: Version, today: date) -> VersionWords:
    when, tone = _place(line, version)
    row = line.rows.get(version.since)
    return VersionWords(
        value_in_words(version.value, line.default),
        version.since,
        version.source,
        when,
        tone,
        author=row.created_by if row else SHIPPED,
        written_at=row.created_at if row else None,
        late_reason=row.late_reason if row else "",
        row_id=row.pk if row and version.since > today else None,
    )


def _withdrawn(line: ParameterLine, withdrawal: Withdrawal) -> VersionWords:
    planned, by = withdrawal.planned, withdrawal.by
    value = value_in_words(planned.value, line.default)
    return VersionWords(
        value, planned.starts_on, planned.source, "retirée", "off", author=by.created_by, written_at=by.created_at
    )


def _place(line: ParameterLine, version: Version) -> tuple[str, str]:
    if version is line.current:
        return "en vigueur", "ok"
    return ("à venir", "info") if version.since > line.current.since else ("ancienne", "off")
