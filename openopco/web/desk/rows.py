"""Rows of the desk's list, worded before the template: nothing there but text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from openopco.dossiers import funds
from openopco.dossiers.enums import STATE_TONES, STATE_WORDS, Audience, State
from openopco.dossiers.holds import holds_of
from openopco.dossiers.models import NO_DUE_DATE, Dossier, FundHold
from openopco.dossiers.queries import Marks, subject_of
from openopco.kernel.calendar import days_left, delay_in_words, format_date
from openopco.kernel.money import format_euros
from openopco.rights import Actor, Permission, may
from openopco.web.components.markup import filled, filled_each
from openopco.web.components.tags import NEAR_DAYS, URGENT_DAYS, icon
from openopco.web.menu import address_of

WORDS = STATE_WORDS[Audience.OPCO]
UNMARKED = Marks()
NO_MARKS: Mapping[int, Marks] = {}


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A line of the list. `delay` is empty once nothing is awaited; `take_url` where it may be taken."""

    number: str
    url: str
    employer: str
    trainees: str
    title: str
    provider: str
    starts: str
    amount: str
    state: str
    tone: str
    holder: str
    delay: str
    delay_tone: str
    due: str
    take_url: str
    news: Sequence[str] = ()
    followed: bool = False
    early: str = ""
    proposed: bool = False
    funds: tuple[str, str] | None = None


def rows_of(
    dossiers: Iterable[Dossier], *, actor: Actor, today: date, query: str, marks: Mapping[int, Marks] = NO_MARKS
) -> list[WorkRow]:
    base, dossiers = address_of("desk:worklist"), list(dossiers)
    held = holds_of(dossiers)
    return [
        _row(
            dossier,
            actor,
            today,
            address=f"{base}dossiers/{dossier.number}/",
            query=query,
            marks=marks.get(dossier.pk, UNMARKED),
            hold=held.get(dossier.pk),
        )
        for dossier in dossiers
    ]


# Written here: a template would take ten times longer to say the same.
ROW = (
    "<tr>{}"
    '<th scope="row"><a class="figures" href="{}">{}</a>{}</th><td data-label="Employeur">{}<small>{}</small></td>'
    '<td data-label="Formation">{}<small>{}</small></td><td data-label="Début" class="figures">{}</td>'
    '<td data-label="Coût HT" class="number">{}</td><td data-label="État, échéance"><span class="desk-state">'
    '<span class="badge badge-{}">{}</span>{}</span></td><td data-label="Traité par">{}</td></tr>'
)
TICK = '<td class="desk-tick"><input type="checkbox" class="tick" name="d" value="{0}" aria-label="Choisir {0}"></td>'
NEWS = '<span class="badge badge-news">{}</span>'
STAR = '<span class="desk-star">{}Suivi</span>'
WAITS = ' <span class="badge badge-{}">{}</span>'
DELAY = ' <span class="badge badge-{}" title="Échéance : {}">{}</span>{}'
EARLY = ' <span class="badge badge-wait" title="La formation commence avant la réponse visée">Début {}</span>'
TAKE = '<button class="button button-second button-small" formaction="{}">Prendre<span class="visually-hidden"> {}</span></button>'


def html_of(rows: Iterable[WorkRow], *, ticks: bool = True) -> SafeString:
    """The body of the table; `ticks`: each row may be chosen for a batch."""
    return filled_each(ROW, (_columns(row, filled(TICK, row.number) if ticks else "") for row in rows), "\n")


def _columns(row: WorkRow, tick: str) -> tuple[str, ...]:
    return (
        tick,
        row.url,
        row.number,
        _marks(row),
        row.employer,
        row.trainees,
        row.title,
        row.provider,
        row.starts,
        row.amount,
        row.tone,
        row.state,
        _awaited(row),
        filled(TAKE, row.take_url, row.number) if row.take_url else row.holder or "–",
    )


def _awaited(row: WorkRow) -> str:
    """Its deadline, and whether it waits for funds."""
    delay = _delay(row)
    return filled("{}{}", delay, filled(WAITS, *row.funds)) if row.funds else delay


def _funds(dossier: Dossier, today: date, hold: FundHold | None) -> tuple[str, str] | None:
    """The tone and the words of its badge."""
    if funds.waits(dossier, today, hold):
        return "wait", "En attente de fonds"
    return ("ok", "Fonds rouverts") if funds.came_back(dossier, today, hold) else None


def _marks(row: WorkRow) -> SafeString | str:
    if not (row.news or row.followed or row.proposed):
        return ""
    badges = filled_each(NEWS, ((word,) for word in row.news))
    star = filled(STAR, icon("star")) if row.followed else ""
    proposed = filled(NEWS, "Proposé pour vous") if row.proposed else ""
    return filled('<span class="desk-marks">{}{}{}</span>', proposed, badges, star)


def _delay(row: WorkRow) -> str:
    if not row.delay:
        return ""
    early = filled(EARLY, row.early) if row.early else ""
    return filled(DELAY, row.delay_tone, row.due, row.delay, early)


def _row(
    dossier: Dossier, actor: Actor, today: date, *, address: str, query: str, marks: Marks, hold: FundHold | None
) -> WorkRow:
    state, due = State(dossier.state), None if dossier.due_on == NO_DUE_DATE else dossier.due_on
    many = dossier.trainee_count > 1
    is_free = state is State.TRANSMISE and may(actor, Permission.DOSSIER_TAKE, subject_of(dossier))
    return WorkRow(
        number=dossier.number or "",
        url=f"{address}{query}",
        employer=dossier.employer_name,
        trainees=f"{dossier.trainee_count} stagiaire{'s' if many else ''}",
        title=dossier.title,
        provider=dossier.provider_name or "Formation interne",
        starts=format_date(dossier.starts_on) if dossier.starts_on else "",
        amount=format_euros(dossier.amount_asked) if dossier.amount_asked is not None else "",
        state=WORDS[state],
        tone=STATE_TONES[state],
        holder=_holder(dossier, actor),
        delay=delay_in_words(today, due) if due else "",
        delay_tone=tone_of(today, due),
        due=format_date(due) if due else "",
        take_url=f"{address}prendre/{query}" if is_free else "",
        news=marks.news,
        followed=marks.followed,
        early=_early(dossier, today),
        proposed=marks.proposed and bool(is_free),
        funds=_funds(dossier, today, hold),
    )


def _early(dossier: Dossier, today: date) -> str:
    """« dans 3 j », « aujourd'hui »: how near is a training that begins before the answer aimed at."""
    if dossier.starts_on is None or not dossier.starts_before_answer:
        return ""
    return "passé" if dossier.starts_on < today else delay_in_words(today, dossier.starts_on)


def _holder(dossier: Dossier, actor: Actor) -> str:
    if dossier.holder is None:
        return ""
    return "Moi" if dossier.holder_id == actor.user_id else dossier.holder.full_name


def tone_of(today: date, due: date | None) -> str:
    """How near a deadline is: bad, wait or off."""
    if due is None:
        return "off"
    left = days_left(today, due)
    return "bad" if left <= URGENT_DAYS else "wait" if left <= NEAR_DAYS else "off"
