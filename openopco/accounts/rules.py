"""Pure rules of sign-in: no database, no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# How often a session that is being used writes down that it is.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """`idle`: without any request; `absolute`: from sign-in on, whatever happens."""

    idle: timedelta
    absolute: timedelta

    def is_over(self, *, now: datetime, signed_in_at: datetime, seen_at: datetime) -> bool:
        return now - seen_at > self.idle or now - signed_in_at > self.absolute


def must_note_seen(*, now: datetime, seen_at: datetime) -> bool:
    """Whether the time of the last request is worth writing again."""
    return now - seen_at >= SEEN_EVERY


def lacks_second_factor(*, is_opco: bool, has_totp: bool, required: bool) -> bool:
    """Whether this person has to set up a second factor before anything else."""
    return required and is_opco and not has_totp


def device_name(user_agent: str) -> str:
    """« Firefox sur Windows », from what a browser says of itself; « Appareil inconnu » where it says nothing known."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return f"{browser} sur {system}"
    return browser or system or "Appareil inconnu"


# Chrome says it is Safari, Edge and Opera that they are Chrome: the order counts.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
