"""What every act on a request begins and ends with: lock, right, journal. Lock order: dossier, rows, sequence."""

from datetime import date
from typing import Any

from django.utils import timezone

from openopco import journal
from openopco.dossiers import kinds, workflow
from openopco.dossiers.draft import DraftView
from openopco.dossiers.effects import run_effects
from openopco.dossiers.errors import ChangedMeanwhile, MissingReason, UnknownBranch, UnknownDossier
from openopco.dossiers.models import NO_DUE_DATE, Dossier
from openopco.dossiers.news import add_news
from openopco.dossiers.queries import as_key, load_values, subject_of, visible_to, workable_by
from openopco.dossiers.search import search_text
from openopco.kernel.calendar import add_calendar_days, paris_today
from openopco.kernel.errors import Forbidden
from openopco.kernel.identifiers import parse_idcc
from openopco.opco import lists, parameters
from openopco.organisations.models import Establishment
from openopco.reference.queries import idcc_label
from openopco.reference.regions import region_of
from openopco.rights import Actor, Permission, require

SUBJECT = "dossier"


def lock(
    *, actor: Actor, permission: Permission, number: str = "", key: str = "", version: int | None = None
) -> Dossier:
    """Locks a request that the actor sees and may act upon. `version` is the one his page showed.
    Raises `UnknownDossier`, `Forbidden`, `ChangedMeanwhile`."""
    wanted = visible_to(actor).filter(number=number) if number else workable_by(actor).filter(key=as_key(key))
    rows = wanted.select_related("establishment__company", "provider", "paper")
    dossier = rows.select_for_update(of=("self",)).first()
    if dossier is None:
        raise UnknownDossier
    require(actor, permission, subject_of(dossier))
    if version is not None and version != dossier.version:
        raise ChangedMeanwhile
    return dossier


def move(dossier: Dossier, event: workflow.Event, *, actor: Actor, payload: dict[str, Any] | None = None) -> None:
    """Applies the event, saves, journals, and lets the registered effects act or veto in the same transaction. Last in an
    action: the effects find everything else written."""
    before = dossier.state
    workflow.apply(dossier, event)
    touch(dossier)
    dossier.save()
    entry = {"de": before, "vers": dossier.state, **(payload or {}), **_for_whom(dossier)}
    journal.record(subject_kind=SUBJECT, subject_id=dossier.pk, event=f"dossier.{event}", actor=actor, payload=entry)
    add_news(dossier, event, actor=actor)
    run_effects(event, dossier)


def note_in_journal(dossier: Dossier, event: str, *, actor: Actor, payload: dict[str, Any] | None = None) -> None:
    """Journals something that moves no state."""
    entry = {**(payload or {}), **_for_whom(dossier)} or None
    journal.record(subject_kind=SUBJECT, subject_id=dossier.pk, event=f"dossier.{event}", actor=actor, payload=entry)
    add_news(dossier, event, actor=actor)


def _for_whom(dossier: Dossier) -> dict[str, str]:
    """« En remplacement de »."""
    return {"pour": dossier.acted_for} if dossier.acted_for else {}


def touch(dossier: Dossier) -> None:
    dossier.version += 1
    dossier.updated_at = timezone.now()


def no_deadline(dossier: Dossier) -> None:
    dossier.due_on = NO_DUE_DATE


def refresh_from_draft(dossier: Dossier, draft: DraftView | None = None) -> DraftView:
    """Brings the narrow row in line with what was typed (unsaved). Returns the values it was made of."""
    draft = draft or load_values(dossier, today=paris_today(timezone.now()))
    heading = kinds.get(dossier.kind).heading(draft)
    dossier.title = heading.title
    dossier.starts_on, dossier.ends_on = heading.starts_on, heading.ends_on
    dossier.trainee_count, dossier.amount_asked = heading.trainee_count, heading.amount
    dossier.employer_name = dossier.establishment.name
    dossier.provider_name = dossier.provider.name if dossier.provider and heading.has_provider else ""
    dossier.idcc = heading.idcc or dossier.establishment.idcc or None
    dossier.region = _region(dossier.establishment)
    dossier.search = search_text(
        dossier.number or "", dossier.title, dossier.employer_name, dossier.provider_name, *heading.names
    )
    return draft


def _region(place: Establishment) -> str | None:
    return region_of(insee_code=place.insee_code, postal_code=place.postal_code) or None


def rewrite_typed_rows(dossier: Dossier, *, amount_answered: bool = False) -> None:
    """After a correction: the narrow row, then the kind's own typed rows, follow the draft. The amount asked moves only
    where the employer has just answered on it: what an officer rectified is not what was asked."""
    asked = dossier.amount_asked
    draft = refresh_from_draft(dossier)
    if not amount_answered:
        dossier.amount_asked = asked
    dossier.save()
    kinds.get(dossier.kind).materialise(dossier, draft)


def person(actor: Actor) -> int:
    """The id of who acts. Raises `Forbidden` for the system: people alone type, decide and write."""
    if actor.user_id is None:
        raise Forbidden
    return actor.user_id


def known_branch(typed: str) -> str:
    """The IDCC that somebody typed, empty for all branches. Raises `InvalidValue`, `UnknownBranch`."""
    code = parse_idcc(typed) if typed.strip() else ""
    if code and not idcc_label(code):
        raise UnknownBranch
    return code


def answer_target(today: date) -> date:
    """The day by which the OPCO means to answer: a setting."""
    return add_calendar_days(today, parameters.value("answer_target_days", on=today))


def standard_reason(list_code: str, code: str, reason: str, today: date) -> str:
    """The code of a standard reason, where there is a reason. Raises `MissingReason` on one that the list never had."""
    if code and not lists.label(list_code, code, today):
        raise MissingReason("Ce motif n'est pas dans la liste : choisissez-en un autre, ou écrivez le vôtre.")
    return code if reason.strip() else ""
