"""Tags and filters of every template (a builtin of the engine: no `{% load %}` needed)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.messages import constants
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from openopco.kernel.calendar import PARIS, days_left, delay_in_words, format_date, paris_today
from openopco.kernel.contacts import format_phone
from openopco.kernel.identifiers import format_siret
from openopco.kernel.money import format_euros, format_hours
from openopco.kernel.sizes import format_count
from openopco.web.components.markup import filled, filled_each
from openopco.web.menu import address_with
from openopco.web.storage import address_of_asset
from openopco.web.typography import no_orphans

register = template.Library()

SPRITE = "icons/sprite.svg"
TONES = {
    constants.DEFAULT_TAGS[constants.SUCCESS]: "ok",
    constants.DEFAULT_TAGS[constants.WARNING]: "wait",
    constants.DEFAULT_TAGS[constants.ERROR]: "bad",
}
# A deadline within two days is urgent, within a week is near.
URGENT_DAYS, NEAR_DAYS = 2, 7


@register.simple_tag
def icon(name: str) -> SafeString:
    """A Lucide icon of the sprite, hidden from screen readers: the word beside it is what is read."""
    return _icon(address_of_asset(SPRITE), name)


@lru_cache(maxsize=512)
def _icon(sprite: str, name: str) -> SafeString:
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', sprite, name)


@register.simple_tag
def options(choices: Iterable[tuple[str, str]], chosen: str = "") -> SafeString:
    """The choices of a list, as (code, words), the chosen one marked."""
    return _options(tuple(choices), chosen)


@lru_cache(maxsize=64)
def _options(choices: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    """Kept: the same hundreds of officers or regions are offered by each page. Text alone, whoever wrote it."""
    marked = ((escape(code), SELECTED if code == chosen else "", escape(words)) for code, words in choices)
    return filled_each(OPTION, marked)


OPTION, SELECTED = '<option value="{}"{}>{}</option>', filled(" selected")


@register.simple_tag
def tab_links(tabs: Iterable[Mapping[str, Any]], name: str) -> SafeString:
    """Views of one thing: label, url, current (True for one) and maybe a count. `name` says what they are of."""
    return filled(TABS, name, filled_each(TAB, map(_tab, tabs)))


TABS = '<nav aria-label="{}"><ul class="tabs">{}\n</ul></nav>'
TAB = '\n<li><a class="tab" href="{}"{}>{}{}</a></li>'
TAB_COUNT, HERE = ' <span class="menu-count">{}</span>', filled(' aria-current="{}"', "page")


def _tab(tab: Mapping[str, Any]) -> tuple[str, ...]:
    count = tab.get("count")
    counted = "" if count is None else filled(TAB_COUNT, str(count))
    return tab["url"], HERE if tab["current"] else "", tab["label"], counted


@register.simple_tag
def url_of(route: str, *words: object) -> str:
    """As `url`, in a fifth of the time, for an address whose words are numbers and slugs, or keys."""
    return address_with(route, *map(str, words))


@register.filter
def tone(level_tag: str) -> str:
    """The tone of a Django message: ok, wait, bad or info."""
    return TONES.get(level_tag, "info")


@register.filter
def euros(amount: Decimal | None) -> str:
    """« 1 250,50 € »; empty for None."""
    return "" if amount is None else format_euros(amount)


@register.filter
def hours(amount: Decimal | None) -> str:
    """Hours as people write them; empty for None."""
    return "" if amount is None else format_hours(amount)


@register.filter
def count(value: int | None) -> str:
    """« 35 014 »: thousands apart; empty for None."""
    return "" if value is None else format_count(value)


@register.filter
def siret(number: str) -> str:
    """« 834 267 023 00028 », with spaces that do not break."""
    return format_siret(number) if number else ""


@register.filter
def phone(number: str) -> str:
    return format_phone(number) if number else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """« 12/01/2027 », the day in Paris."""
    return "" if value is None else format_date(_paris_day(value))


@register.filter
def clock(value: datetime | None) -> str:
    """« 10 h 24 », in Paris."""
    return "" if value is None else f"{value.astimezone(PARIS):%-H\u00a0h\u00a0%M}"


@register.filter
def moment(value: datetime | None) -> str:
    """« aujourd'hui à 10 h 24 », « hier à 17 h 42 », « le 12/01/2027 à 9 h 05 »."""
    if value is None:
        return ""
    ago = days_left(_paris_day(value), paris_today(timezone.now()))
    words = {0: "aujourd'hui", 1: "hier"}.get(ago) or f"le {day(value)}"
    return f"{words} à {clock(value)}"


@register.filter
def hour_or_day(value: datetime | None) -> str:
    """« à 10 h 24 » today, else as `moment`."""
    if value is None:
        return ""
    is_today = _paris_day(value) == paris_today(timezone.now())
    return f"à {clock(value)}" if is_today else moment(value)


@register.filter
def delay(due: date | None) -> str:
    """« dans 6 j », « demain », « en retard de 3 j »."""
    return "" if due is None else delay_in_words(paris_today(timezone.now()), due)


@register.filter
def delay_tone(due: date | None) -> str:
    """How near a deadline is: bad, wait or off."""
    if due is None:
        return "off"
    left = days_left(paris_today(timezone.now()), due)
    return "bad" if left <= URGENT_DAYS else "wait" if left <= NEAR_DAYS else "off"


def _paris_day(value: date | datetime) -> date:
    return paris_today(value) if isinstance(value, datetime) else value


@register.filter
def whole(text: str) -> str:
    """Words made by the program, with the spaces of French punctuation that do not break."""
    return no_orphans(str(text))


@register.filter
def zipped(left: Iterable[object], right: Iterable[object]) -> list[tuple[object, object]]:
    """Pairs of two lists of the same length; raises ValueError otherwise."""
    return list(zip(left, right, strict=True))
