"""The OPCO's answer to a modification: accepted, the request and its agreement follow; or refused, with a reason."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from openopco.base.actions import action
from openopco.dossiers import kinds, workflow
from openopco.dossiers.actions._common import (
    lock,
    move,
    no_deadline,
    note_in_journal,
    person,
    refresh_from_draft,
    touch,
)
from openopco.dossiers.actions._decisions import record_decision
from openopco.dossiers.actions.deciding import blocking_of, is_within
from openopco.dossiers.actions.holding import require_holder
from openopco.dossiers.actions.modifying import told_of
from openopco.dossiers.changes import row_kind_of
from openopco.dossiers.enums import ChangeKind, ItemKind, ModificationState, State
from openopco.dossiers.errors import (
    AlreadyAnswered,
    BadAmount,
    ChangedMeanwhile,
    MissingReason,
    NotDecidable,
    NothingGranted,
    UnknownDossier,
)
from openopco.dossiers.funds import NO_MORE, require_more_funds
from openopco.dossiers.models import Dossier, DraftField, DraftRow, Modification, ModificationItem
from openopco.dossiers.modification_workflow import Event, apply
from openopco.dossiers.queries import open_points
from openopco.dossiers.queries.modifications import agreement_good_until, items_of, standing_draft
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import Forbidden
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text
from openopco.rights import Actor, Permission, Subject, may

OWN = "Vous avez enregistré cette modification : un collègue doit en décider."
ASKED_MEANWHILE = (
    "Une réponse est attendue sur un point que cette modification change : "
    "retirez la demande de complément, ou attendez la réponse."
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What an answer works on, locked."""

    dossier: Dossier
    modification: Modification
    items: list[ModificationItem]

    @property
    def is_cancellation(self) -> bool:
        return any(item.kind == ChangeKind.ANNULATION for item in self.items)

    @property
    def changes_cost(self) -> bool:
        name = kinds.get(self.dossier.kind).amount_field
        return any(not item.row and item.name == name for item in self.items)


def _open(actor: Actor, number: str, modification_id: int, version: int | None) -> Opened:
    dossier = lock(actor=actor, permission=Permission.MODIFICATION_DECIDE, number=number)
    modification = Modification.objects.filter(dossier=dossier, pk=modification_id).first()
    if modification is None or modification.state == ModificationState.PREPAREE:
        raise UnknownDossier
    if modification.state != ModificationState.PROPOSEE:
        raise AlreadyAnswered
    if version is not None and version != dossier.version:
        raise ChangedMeanwhile
    filed = Subject(dossier.establishment_id, filed_by=modification.filed_by_id)
    if not may(actor, Permission.MODIFICATION_DECIDE, filed):
        raise Forbidden(OWN)
    if dossier.is_open:
        require_holder(actor, dossier)
    return Opened(dossier, modification, items_of(modification))


@action
def accept(
    *,
    actor: Actor,
    number: str,
    modification_id: int,
    amount: Decimal | None = None,
    reason: str = "",
    version: int | None = None,
) -> Dossier:
    """Accepts a modification. Of an agreement, `amount` (euros HT, at most the cost as modified) is what is now granted, less
    than before needs a reason, and the agreement is issued anew; a cancellation ends it. Raises `AlreadyAnswered`,
    `BadAmount`, `MissingReason`, `NotDecidable`, `HeldByAnother`, `ChangedMeanwhile`, `Forbidden`."""
    opened = _open(actor, number, modification_id, version)
    now, told = timezone.now(), refuse_nir(clean_text(reason))
    if opened.is_cancellation:
        return _end(opened, actor=actor, reason=told, now=now)
    before = opened.dossier.amount_granted
    _apply(opened, actor, now, amount)
    payload = told_of(opened.modification, paris_today(opened.modification.proposed_at or now))
    if opened.dossier.state == State.ACCORDEE:
        payload |= _issue_anew(opened, actor=actor, amount=amount, before=before, reason=told, now=now)
    _answered(opened.modification, Event.ACCEPTER, actor=actor, answer=told, now=now)
    move(opened.dossier, workflow.Event.MODIFIER, actor=actor, payload=payload | {"motif": told})
    return opened.dossier


def _end(opened: Opened, *, actor: Actor, reason: str, now: datetime) -> Dossier:
    """The course won't take place: nothing is granted any more."""
    dossier = opened.dossier
    workflow.check(dossier, workflow.Event.CONSTATER_ANNULATION)
    dossier.amount_granted = None
    no_deadline(dossier)
    _answered(opened.modification, Event.ACCEPTER, actor=actor, answer=reason, now=now)
    move(dossier, workflow.Event.CONSTATER_ANNULATION, actor=actor, payload={"motif": opened.modification.reason})
    return dossier


def _apply(opened: Opened, actor: Actor, now: datetime, amount: Decimal | None) -> None:
    """Writes the lines in the draft, then the narrow row and the typed rows follow. The cost alone moves what is asked: what
    an officer rectified is not."""
    dossier = opened.dossier
    workflow.check(dossier, workflow.Event.MODIFIER)
    _refuse_what_is_asked(opened)
    asked = dossier.amount_asked
    _write(opened, actor, now)
    draft = standing_draft(dossier)
    refresh_from_draft(dossier, draft)
    if not opened.changes_cost:
        dossier.amount_asked = asked
    if dossier.state == State.ACCORDEE:
        _require_amount(dossier, amount)
        dossier.amount_granted = amount
    dossier.save()
    kinds.get(dossier.kind).materialise(dossier, draft)
    opened.modification.people = kinds.get(dossier.kind).people(draft)


def _refuse_what_is_asked(opened: Opened) -> None:
    if opened.dossier.state != State.COMPLEMENT_DEMANDE:
        return
    points = [point for point in open_points(opened.dossier) if point.kind == ItemKind.CHAMP]
    gone = {item.row for item in opened.items if item.kind == ChangeKind.RETRAIT}
    changed = {(item.row, item.name) for item in opened.items}
    if any((point.row, point.name) in changed or (point.row and point.row in gone) for point in points):
        raise NotDecidable(ASKED_MEANWHILE)


def _write(opened: Opened, actor: Actor, now: datetime) -> None:
    dossier = opened.dossier
    gone = [item.row for item in opened.items if item.kind == ChangeKind.RETRAIT]
    DraftField.objects.filter(dossier=dossier, row__in=gone).delete()
    DraftRow.objects.filter(dossier=dossier, key__in=gone).delete()
    last = DraftRow.objects.filter(dossier=dossier).order_by("position").values_list("position", flat=True).last() or 0
    joined = [item for item in opened.items if item.kind == ChangeKind.AJOUT]
    row_kind = row_kind_of(kinds.get(dossier.kind))
    DraftRow.objects.bulk_create(
        _row(dossier, item, last + rank, row_kind) for rank, item in enumerate(joined, start=1)
    )
    for item in (item for item in opened.items if item.kind == ChangeKind.CHAMP):
        _write_field(dossier, item, person(actor), now)
    for item in (item for item in opened.items if item.provider):
        dossier.provider = item.provider


def _row(dossier: Dossier, item: ModificationItem, position: int, row_kind: str) -> DraftRow:
    return DraftRow(
        dossier=dossier,
        key=item.row,
        kind=row_kind,
        position=position,
        trainee_id=item.trainee_id,
        nir_id=item.nir_after_id,
    )


def _write_field(dossier: Dossier, item: ModificationItem, by: int, now: datetime) -> None:
    changed = DraftField.objects.filter(dossier=dossier, row=item.row, name=item.name).update(
        value=item.after, revision=F("revision") + 1, saved_by_id=by, saved_at=now
    )
    if not changed:
        DraftField.objects.create(
            dossier=dossier, row=item.row, name=item.name, value=item.after, saved_by_id=by, saved_at=now
        )


def _require_amount(dossier: Dossier, amount: Decimal | None) -> None:
    if amount == 0:
        raise NothingGranted("Pour ne rien accorder, refusez la modification.")
    if amount is None or not is_within(amount, dossier.amount_asked or Decimal(0)):
        raise BadAmount("Le montant accordé doit être compris entre 0 € et le coût modifié, au centime près.")


def _issue_anew(
    opened: Opened, *, actor: Actor, amount: Decimal | None, before: Decimal | None, reason: str, now: datetime
) -> dict[str, object]:
    """The agreement's next version: amount, snapshot, last day."""
    dossier = opened.dossier
    floor = min(before or Decimal(0), dossier.amount_asked or Decimal(0))
    if (amount or Decimal(0)) < floor and not reason:
        raise MissingReason("Expliquez pourquoi vous accordez moins qu'avant : l'employeur le lira.")
    if blocking := blocking_of(dossier):
        raise NotDecidable(blocking)
    if (amount or Decimal(0)) > (before or Decimal(0)):
        require_more_funds(dossier, paris_today(now), NO_MORE)
    dossier.due_on = agreement_good_until(dossier, issued_on=paris_today(now))
    decision = record_decision(dossier, State.ACCORDEE, actor=actor, reason=reason, now=now)
    opened.modification.decision, opened.modification.amount_granted = decision, amount
    return {"montant": str(amount), "version": decision.version}


def _answered(modification: Modification, event: Event, *, actor: Actor, answer: str, now: datetime) -> None:
    apply(modification, event)
    modification.closed_at, modification.answer = now, answer
    modification.decided_by_id, modification.decided_by_label = person(actor), actor.label
    modification.save()


@action
def refuse(*, actor: Actor, number: str, modification_id: int, reason: str, version: int | None = None) -> Dossier:
    """Refuses a modification: the request, or its agreement, stays as it is; the employer reads why."""
    opened = _open(actor, number, modification_id, version)
    told = refuse_nir(clean_text(reason))
    if not told:
        raise MissingReason
    _answered(opened.modification, Event.REFUSER, actor=actor, answer=told, now=timezone.now())
    touch(opened.dossier)
    opened.dossier.save(update_fields=["version", "updated_at"])
    note_in_journal(opened.dossier, "refuser_modification", actor=actor, payload={"motif": told})
    return opened.dossier
