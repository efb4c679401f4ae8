"""Legal days: counted in Paris, with the clock and the day always passed in."""

import calendar as gregorian
import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from openopco.kernel.errors import InvalidValue
from openopco.kernel.text import typed

PARIS = ZoneInfo("Europe/Paris")
FIRST_YEAR, LAST_YEAR = 1900, 2100
SATURDAY = 5
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
FRENCH = re.compile(r"(\d{1,2}) ?[/\-. ] ?(\d{1,2}) ?[/\-. ] ?(\d{4})", re.ASCII)
COMPACT = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
SHORT_YEAR = re.compile(r"\d{1,2} ?[/\-. ] ?\d{1,2} ?[/\-. ] ?\d{2}|\d{6}", re.ASCII)


def parse_date(raw: str) -> date:
    """A day typed by a person: jj/mm/aaaa (also with - . or spaces, or none), or ISO.
    From 1900 to 2100. Raises InvalidValue."""
    text = typed(raw)
    if not text:
        raise InvalidValue("Indiquez une date, par exemple 12/01/2027.")
    if SHORT_YEAR.fullmatch(text):
        raise InvalidValue("Écrivez l'année avec quatre chiffres, par exemple 12/01/2027.")
    if match := ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := FRENCH.fullmatch(text) or COMPACT.fullmatch(text):
        day, month, year = map(int, match.groups())
    else:
        raise InvalidValue("Cette date est illisible : écrivez jj/mm/aaaa, par exemple 12/01/2027.")
    return _existing(year, month, day)


def _existing(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidValue(f"L'année doit être comprise entre {FIRST_YEAR} et {LAST_YEAR}.")
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidValue(f"Le {day:02d}/{month:02d}/{year} n'existe pas.") from None


def format_date(day: date) -> str:
    """« 12/01/2027 »."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def format_date_in_words(day: date) -> str:
    """« 12 janvier 2027 », « 1er mai 2027 »."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def paris_today(now: datetime) -> date:
    """The day it is in Paris at `now`, which must carry its time zone (ValueError otherwise)."""
    if now.tzinfo is None:
        raise ValueError("a naive time has no day")
    return now.astimezone(PARIS).date()


def add_calendar_days(day: date, count: int) -> date:
    """`count` calendar days later (earlier where negative)."""
    return day + timedelta(days=count)


def add_months(day: date, count: int) -> date:
    """The same day `count` months later, or the last day of a shorter month."""
    month = day.year * 12 + day.month - 1 + count
    year, index = divmod(month, 12)
    return date(year, index + 1, min(day.day, gregorian.monthrange(year, index + 1)[1]))


@lru_cache(maxsize=512)
def public_holidays(year: int, *, alsace_moselle: bool = False) -> frozenset[date]:
    """Article L. 3133-1 of the Code du travail; with `alsace_moselle`, also Good Friday and 26 December (L. 3134-13),
    though Good Friday is a holiday there only where a Protestant church and another one stand."""
    subdivision = "57" if alsace_moselle else None
    return frozenset(holidays.country_holidays("FR", subdiv=subdivision, years=year, expand=False))


def is_working_day(day: date, *, alsace_moselle: bool = False) -> bool:
    """Monday to Friday, public holidays excluded."""
    return day.weekday() < SATURDAY and day not in public_holidays(day.year, alsace_moselle=alsace_moselle)


def next_working_day(day: date, *, alsace_moselle: bool = False) -> date:
    """`day` itself where it is worked, the first worked day after it otherwise: where a term is carried over."""
    while not is_working_day(day, alsace_moselle=alsace_moselle):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, *, alsace_moselle: bool = False) -> date:
    """The `count`-th worked day after `day`, which isn't counted itself; `day` where `count` is 0 (never negative)."""
    if count < 0:
        raise ValueError("count must not be negative")
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1), alsace_moselle=alsace_moselle)
    return day


def days_left(today: date, due: date) -> int:
    """Calendar days until `due`; negative once it is late."""
    return (due - today).days


def delay_in_words(today: date, due: date) -> str:
    """« aujourd'hui », « demain », « dans 6 j », « en retard de 3 j »."""
    left = days_left(today, due)
    if left < 0:
        return f"en retard de {-left} j"
    return {0: "aujourd'hui", 1: "demain"}.get(left, f"dans {left} j")
