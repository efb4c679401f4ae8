"""The figures of a period as the tables of the page show them, each leading to its list where the reader may open it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from openopco.dossiers.enums import STATE_WORDS, Audience, State
from openopco.dossiers.models import LONGEST_DELAY
from openopco.dossiers.queries import DECIDED, GRANTED, JUDGED, Line, PointLine, ProviderLine, Statistics, point_code
from openopco.kernel.calendar import add_months, format_date, paris_today
from openopco.kernel.money import NARROW_NBSP, format_euros
from openopco.reference.queries import idcc_label
from openopco.rights import Actor, Permission, may
from openopco.training.asked import NATURES, reason_words, words_of_points
from openopco.web.components.markup import filled
from openopco.web.desk.period import Period, in_words
from openopco.web.desk.plots import grouped
from openopco.web.menu import address_of

NONE = "–"
MOST_BRANCHES = 15


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    number: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Lists:
    """Where the figures lead: officers open the lists and the sheets, the others read the figures alone."""

    actor: Actor
    period: Period

    def count(self, number: int, **narrowed: Any) -> str:
        return self.leads(grouped(number), **narrowed) if number else grouped(number)

    def leads(self, words: str, *, first: date | None = None, last: date | None = None, **narrowed: str) -> str:
        """A figure, to the list of the requests it is made of; `NONE` leads nowhere."""
        if words == NONE or not may(self.actor, Permission.DOSSIER_TAKE):
            return words
        days = {
            "envoi_du": format_date(first or self.period.first),
            "envoi_au": format_date(add_months(last or self.period.last, 1) - timedelta(days=1)),
        }
        branch = {"branche": self.period.idcc} if self.period.idcc else {}
        query = urlencode({"vue": "tout", **branch, **narrowed, **days})
        return filled(LINK, f"{address_of('desk:worklist')}?{query}", words)

    def of_states(self, line: Line, *states: State, **narrowed: Any) -> str:
        """The count of one state leads to its list; that of several, to none."""
        found = [state for state in states if line.states.get(state)]
        number = sum(line.states[state] for state in found)
        return self.count(number, etat=found[0], **narrowed) if len(found) == 1 else grouped(number)

    def granted(self, line: Line, **narrowed: Any) -> str:
        """With those that lapsed or were cancelled since."""
        return self.count(line.granted, issue=GRANTED, **narrowed)

    def decided(self, line: Line, **narrowed: Any) -> str:
        return self.count(sum(line.delays.values()), issue=DECIDED, **narrowed)

    def acceptance(self, part: int | None, **narrowed: Any) -> str:
        """Leads to those granted or refused, of which it is a share."""
        return self.leads(percent(part), issue=JUDGED, **narrowed)

    def delay(self, number: int | None, **narrowed: Any) -> str:
        """Leads to those decided, which it is measured on."""
        return self.leads(days(number), issue=DECIDED, **narrowed)

    def provider(self, line: ProviderLine) -> str:
        if line.provider_id is None:
            return "Sans organisme extérieur"
        if not may(self.actor, Permission.ORGANISATION_READ):
            return line.name
        return filled(LINK, reverse("desk:provider_sheet", args=[line.provider_id]), line.name)


LINK = '<a href="{}">{}</a>'
_OUTCOMES = (Column("Envoyées"), Column("Accordées"), Column("Refusées"), Column("Acceptation"))
_DELAYS = (Column("Décidées"), Column("Délai médian"), Column("90 % en"))


def figures(found: Statistics, lists_: Lists) -> list[tuple[str, str]]:
    """The few that head the page."""
    total = found.total
    return [
        ("Demandes envoyées", lists_.count(total.sent)),
        ("Taux d'acceptation", lists_.acceptance(total.acceptance)),
        ("Délai médian", lists_.delay(total.median)),
        ("90 % décidées en", lists_.delay(total.ninetieth)),
        ("Coût HT demandé", lists_.leads(_euros(total.asked_cents))),
        ("Montant HT accordé", _granted_euros(total, lists_)),
    ]


def _euros(cents: int) -> str:
    return format_euros(Decimal(cents) / 100)


def _granted_euros(total: Line, lists_: Lists) -> str:
    words = _euros(total.granted_cents)
    return lists_.leads(words, issue=GRANTED) if total.granted else words


def states(found: Statistics, lists_: Lists) -> list[tuple[str, str]]:
    words = STATE_WORDS[Audience.OPCO]
    return [(words[state], lists_.of_states(found.total, state)) for state in State if state is not State.BROUILLON]


def volumes(found: Statistics, lists_: Lists) -> Table:
    rows = [
        (in_words(month), *_outcomes(_of(found, month), lists_, first=month, last=month))
        for month in lists_.period.months
    ]
    return Table("Demandes par mois d'envoi", (Column("Mois", number=False), *_OUTCOMES), rows)


def delays(found: Statistics, lists_: Lists) -> Table:
    rows = [
        (in_words(month), *_delays(_of(found, month), lists_, first=month, last=month))
        for month in lists_.period.months
    ]
    return Table("Délais par mois d'envoi", (Column("Mois", number=False), *_DELAYS), rows)


def branches(found: Statistics, lists_: Lists) -> Table:
    """The largest ones."""
    rows = [
        (branch_words(idcc), *_branch_figures(idcc, line, lists_))
        for idcc, line in list(found.branches.items())[:MOST_BRANCHES]
    ]
    return Table("Demandes par branche", (Column("Branche (IDCC)", number=False), *_OUTCOMES, *_DELAYS[1:]), rows)


def _branch_figures(idcc: str, line: Line, lists_: Lists) -> tuple[str, ...]:
    if idcc:
        return *_outcomes(line, lists_, branche=idcc), *_delays(line, lists_, branche=idcc)[1:]
    # No list narrows to the branches that are not known.
    told = grouped(line.sent), grouped(line.granted), grouped(line.refused), percent(line.acceptance)
    return *told, days(line.median), days(line.ninetieth)


def branch_words(idcc: str) -> str:
    """« 1090 Services de l'automobile », without what its official title puts between brackets."""
    return f"{idcc} {idcc_label(idcc).split(' (')[0]}".strip() or "Non connue"


def providers(found: Statistics, lists_: Lists) -> Table:
    rows = [(lists_.provider(line), *_of_provider(line, lists_)) for line in found.providers]
    columns = (Column("Organisme", number=False), Column("Envoyées"), Column("Acceptation"))
    return Table("Demandes par organisme de formation", columns, rows)


def _of_provider(line: ProviderLine, lists_: Lists) -> tuple[str, str]:
    """No list narrows to the requests without a provider."""
    if line.provider_id is None:
        return grouped(line.sent), percent(line.acceptance)
    own = {"organisme": str(line.provider_id)}
    return lists_.count(line.sent, **own), lists_.acceptance(line.acceptance, **own)


def points(found: Statistics, lists_: Lists) -> Table:
    today, words = paris_today(timezone.now()), words_of_points()
    rows = [(*_point(line, words, today), _asked(line, lists_)) for line in found.points]
    columns = (
        Column("Point", number=False),
        Column("Nature", number=False),
        Column("Motif", number=False),
        Column("Demandes"),
    )
    return Table("Points demandés en complément", columns, rows)


def _asked(line: PointLine, lists_: Lists) -> str:
    return lists_.count(line.count, manque=point_code(line.kind, line.name, line.reason_code))


def _point(line: PointLine, words: dict[tuple[str, str], str], today: date) -> tuple[str, ...]:
    reason = reason_words(line.reason_code, today)
    return words.get((line.kind, line.name), line.name), NATURES.get(line.kind, ""), reason


def _of(found: Statistics, month: date) -> Line:
    return found.months.get(month) or Line()


def _outcomes(line: Line, lists_: Lists, **narrowed: Any) -> tuple[str, ...]:
    return (
        lists_.count(line.sent, **narrowed),
        lists_.granted(line, **narrowed),
        lists_.of_states(line, State.REFUSEE, **narrowed),
        lists_.acceptance(line.acceptance, **narrowed),
    )


def _delays(line: Line, lists_: Lists, **narrowed: Any) -> tuple[str, ...]:
    delays_ = (lists_.delay(number, **narrowed) for number in (line.median, line.ninetieth))
    return lists_.decided(line, **narrowed), *delays_


def percent(part: int | None) -> str:
    return NONE if part is None else f"{part}{NARROW_NBSP}%"


def days(number: int | None) -> str:
    if number is None:
        return NONE
    return f"{number}{NARROW_NBSP}j{' ou plus' if number == LONGEST_DELAY else ''}"
