"""The life of an agreement: its course began, its last day passed, or an officer gave it back."""

from datetime import date

from django.utils import timezone

from openopco.base.actions import action
from openopco.dossiers import workflow
from openopco.dossiers.actions._common import lock, move, no_deadline, note_in_journal, person, touch
from openopco.dossiers.enums import State
from openopco.dossiers.errors import MissingReason, NotPossibleNow
from openopco.dossiers.funds import NOT_AGAIN, require_more_funds
from openopco.dossiers.models import CourseStart, Dossier, LapseLifting
from openopco.dossiers.queries.modifications import agreement_good_until, has_started, open_modification
from openopco.dossiers.rules import last_day_to_claim
from openopco.kernel.calendar import add_calendar_days, format_date, paris_today
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text
from openopco.opco import parameters
from openopco.rights import Actor, Permission

LONGEST_REPRIEVE = 366


@action
def lapse(*, actor: Actor, number: str) -> Dossier:
    """An agreement whose last day has passed lapses: what was engaged is released by the effects. The system alone does it;
    never while a modification waits for its answer. Raises `NotPossibleNow`."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_LAPSE, number=number)
    workflow.check(dossier, workflow.Event.RENDRE_CADUQUE)
    if paris_today(timezone.now()) <= dossier.due_on or open_modification(dossier):
        raise NotPossibleNow
    last = dossier.due_on
    no_deadline(dossier)
    move(dossier, workflow.Event.RENDRE_CADUQUE, actor=actor, payload={"jusqu_au": last.isoformat()})
    return dossier


@action
def lift_lapse(*, actor: Actor, number: str, until: date, reason: str, version: int | None = None) -> Dossier:
    """An officer gives back an agreement that had lapsed, until a day to come. Raises `MissingReason`, `InvalidValue`,
    `NotDecidable` on exhausted funds."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_REVIVE, number=number, version=version)
    workflow.check(dossier, workflow.Event.LEVER_CADUCITE)
    now, told = timezone.now(), refuse_nir(clean_text(reason))
    if not told:
        raise MissingReason
    require_reprieve(dossier, until, today=paris_today(now))
    require_more_funds(dossier, paris_today(now), NOT_AGAIN)
    LapseLifting.objects.create(
        dossier=dossier,
        reason=told,
        good_until=until,
        lifted_by_id=person(actor),
        lifted_by_label=actor.label,
        lifted_at=now,
    )
    dossier.due_on = agreement_good_until(dossier, issued_on=_issued_on(dossier))
    entry = {"motif": told, "jusqu_au": dossier.due_on.isoformat()}
    move(dossier, workflow.Event.LEVER_CADUCITE, actor=actor, payload=entry)
    return dossier


def _issued_on(dossier: Dossier) -> date:
    assert dossier.decided_at
    return paris_today(dossier.decided_at)


def require_reprieve(dossier: Dossier, until: date, *, today: date) -> None:
    """The new last day is to come, within a year, and takes nothing of the ordinary delay. Raises `InvalidValue`."""
    ordinary = ordinary_last_day(dossier)
    if until <= today:
        raise InvalidValue("Choisissez un jour à venir.")
    if until < ordinary:
        raise InvalidValue(
            f"Le délai ordinaire court jusqu'au {format_date(ordinary)} : choisissez ce jour ou un suivant."
        )
    if until > max(add_calendar_days(today, LONGEST_REPRIEVE), ordinary):
        raise InvalidValue("Choisissez une date dans l'année qui vient.")


def ordinary_last_day(dossier: Dossier) -> date:
    """The last day to ask for the payment, had nobody lapsed nor lifted anything."""
    assert dossier.ends_on
    return last_day_to_claim(dossier.ends_on, parameters.value("claim_months", on=dossier.ends_on))


@action
def confirm_start(*, actor: Actor, number: str, started_on: date) -> Dossier:
    """The employer says that the course began (an officer, that he was told so): the agreement is then good until the last
    day to claim. Twice is once. Raises `InvalidValue`, `NotPossibleNow`."""
    dossier = lock(actor=actor, permission=Permission.COURSE_CONFIRM, number=number)
    if dossier.state != State.ACCORDEE:
        raise NotPossibleNow
    now = timezone.now()
    _require_begun(dossier, started_on, paris_today(now))
    said = {"confirmed_by_id": person(actor), "confirmed_by_label": actor.label, "confirmed_at": now}
    _, first = CourseStart.objects.get_or_create(dossier=dossier, defaults={"started_on": started_on, **said})
    if not first:
        return dossier
    dossier.due_on = agreement_good_until(dossier, issued_on=_issued_on(dossier), is_started=True)
    touch(dossier)
    dossier.save(update_fields=["due_on", "version", "updated_at"])
    entry = {"le": started_on.isoformat(), "telephone": actor.is_opco}
    note_in_journal(dossier, "confirmer_debut", actor=actor, payload=entry)
    return dossier


@action
def correct_start(*, actor: Actor, number: str, started_on: date) -> Dossier:
    """An officer sets right the first day that somebody said; nothing else moves. Raises `Forbidden`, `InvalidValue`,
    `NotPossibleNow` where nobody said any."""
    dossier = lock(actor=actor, permission=Permission.COURSE_CONFIRM, number=number)
    if not actor.is_opco:
        raise Forbidden
    if dossier.state != State.ACCORDEE or not has_started(dossier):
        raise NotPossibleNow
    _require_begun(dossier, started_on, paris_today(timezone.now()))
    before = dossier.course_start.started_on
    if before == started_on:
        return dossier
    CourseStart.objects.filter(dossier=dossier).update(started_on=started_on)
    touch(dossier)
    dossier.save(update_fields=["version", "updated_at"])
    entry = {"avant": before.isoformat(), "le": started_on.isoformat()}
    note_in_journal(dossier, "corriger_debut", actor=actor, payload=entry)
    return dossier


def _require_begun(dossier: Dossier, started_on: date, today: date) -> None:
    assert dossier.starts_on
    assert dossier.ends_on
    if started_on > today:
        raise InvalidValue("Ce jour n'est pas encore venu : confirmez une fois la formation commencée.")
    if not dossier.starts_on <= started_on <= dossier.ends_on:
        period = f"du {format_date(dossier.starts_on)} au {format_date(dossier.ends_on)}"
        raise InvalidValue(f"La formation est prévue {period} : si les dates ont changé, signalez une modification.")
