"""What the value of a parameter may be. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

NATURES: Final = ("action", "bilan", "vae")
ZONES: Final = ("programme", "bilan", "vae", "divers")


@dataclass(frozen=True, slots=True)
class Whole:
    """Accepts an integer from `low` to `high` (a JSON true is no integer here)."""

    low: int
    high: int

    def __call__(self, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high


whole = Whole


def yes_or_no(value: Any) -> bool:
    """Accepts true or false."""
    return isinstance(value, bool)


def pieces_by_nature(value: Any) -> bool:
    """Accepts the zones that must not stay empty, for each nature."""
    return (
        isinstance(value, dict)
        and set(value) == set(NATURES)
        and all(isinstance(zones, list) and set(zones) <= set(ZONES) for zones in value.values())
    )


def last_days(value: Any) -> bool:
    """Accepts null (no limit), or {"last_day", "late_from", "late_last_day"}: ISO dates, the late one not before the other."""
    if value is None:
        return True
    keys = {"last_day", "late_from", "late_last_day"}
    if not isinstance(value, dict) or set(value) != keys or not all(_is_iso_day(day) for day in value.values()):
        return False
    return bool(date.fromisoformat(value["last_day"]) <= date.fromisoformat(value["late_last_day"]))


def first_day(value: Any) -> bool:
    """Accepts null (always open), or an ISO date."""
    return value is None or _is_iso_day(value)


def _is_iso_day(text: Any) -> bool:
    try:
        return isinstance(text, str) and bool(date.fromisoformat(text))
    except ValueError:
        return False
