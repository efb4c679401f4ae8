"""What every act on a request begins and ends with: lock, right, journal. Lock order: dossier, rows, sequence."""

from typing import Any

from django.utils import timezone

from openopco import journal
from openopco.dossiers import kinds, workflow
from openopco.dossiers.effects import run_effects
from openopco.dossiers.errors import ChangedMeanwhile, UnknownDossier
from openopco.dossiers.models import NO_DUE_DATE, Dossier
from openopco.dossiers.queries import load_draft, subject_of, visible_to
from openopco.dossiers.search import search_text
from openopco.kernel.calendar import paris_today
from openopco.rights import Actor, Permission, require

SUBJECT = "dossier"


def lock(*, actor: Actor, permission: Permission, number: str = "", key: str = "", version: int | None = None) -> Dossier:
    """Locks a request that the actor sees and may act upon. `version` is the one his page showed.
    Raises `UnknownDossier`, `Forbidden`, `ChangedMeanwhile`."""
    wanted = {"number": number} if number else {"key": key}
    rows = visible_to(actor).filter(**wanted).select_related("establishment__company", "provider")
    dossier = rows.select_for_update(of=("self",)).first()
    if dossier is None:
        raise UnknownDossier
    require(actor, permission, subject_of(dossier))
    if version is not None and version != dossier.version:
        raise ChangedMeanwhile
    return dossier


def move(dossier: Dossier, event: workflow.Event, *, actor: Actor, payload: dict[str, Any] | None = None) -> None:
    """Applies the event, saves, journals, and lets the registered effects act or veto in the same transaction."""
    before = dossier.state
    workflow.apply(dossier, event)
    touch(dossier)
    dossier.save()
    entry = {"de": before, "vers": dossier.state, **(payload or {})}
    journal.record(subject_kind=SUBJECT, subject_id=dossier.pk, event=f"dossier.{event}", actor=actor, payload=entry)
    run_effects(event, dossier)


def note_in_journal(dossier: Dossier, event: str, *, actor: Actor, payload: dict[str, Any] | None = None) -> None:
    """Journals something that moves no state."""
    journal.record(subject_kind=SUBJECT, subject_id=dossier.pk, event=f"dossier.{event}", actor=actor, payload=payload)


def touch(dossier: Dossier) -> None:
    dossier.version += 1
    dossier.updated_at = timezone.now()


def no_deadline(dossier: Dossier) -> None:
    dossier.due_on = NO_DUE_DATE


def refresh_from_draft(dossier: Dossier, *, typed: bool) -> None:
    """Brings the narrow row in line with the draft; `typed` also rewrites the kind's own rows (from sending on)."""
    kind = kinds.get(dossier.kind)
    draft = load_draft(dossier, today=paris_today(timezone.now()))
    heading = kind.heading(draft)
    dossier.title = heading.title
    dossier.starts_on, dossier.ends_on = heading.starts_on, heading.ends_on
    dossier.trainee_count, dossier.amount_asked = heading.trainee_count, heading.amount
    dossier.employer_name = dossier.establishment.name
    dossier.provider_name = dossier.provider.name if dossier.provider else ""
    dossier.search = search_text(
        dossier.number or "", dossier.title, dossier.employer_name, dossier.provider_name, *heading.names
    )
    if typed:
        kind.materialise(dossier, draft)
