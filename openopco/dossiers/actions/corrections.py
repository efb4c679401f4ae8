"""Corrections: asked on the very field, answered there, and slips that an officer mends himself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from openopco.base.actions import action
from openopco.dossiers import kinds, workflow
from openopco.dossiers.actions._common import lock, move, note_in_journal, refresh_from_draft, touch
from openopco.dossiers.actions.holding import require_holder
from openopco.dossiers.draft import DraftView
from openopco.dossiers.enums import CorrectionState, ItemKind, State
from openopco.dossiers.errors import MissingReason, NotPossibleNow, Unanswered, UnknownField
from openopco.dossiers.fields import read
from openopco.dossiers.models import CorrectionItem, CorrectionRequest, Dossier, DraftField
from openopco.dossiers.queries import load_draft, open_correction
from openopco.kernel.calendar import add_calendar_days, paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.text import clean_text
from openopco.opco import parameters
from openopco.rights import Actor, Permission


@dataclass(frozen=True, slots=True)
class Point:
    """What is asked: a field (`row` empty, or a trainee's key) or the pieces of a zone, and why."""

    kind: ItemKind
    name: str
    reason: str
    row: str = ""


@action
def ask(*, actor: Actor, number: str, points: Iterable[Point], message: str = "", due_on: date | None = None,
        version: int | None = None) -> CorrectionRequest:  # fmt: skip
    """Asks the employer for corrections or pieces. The deadline is a dated parameter unless given (future, Paris day)."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_INSTRUCT, number=number, version=version)
    require_holder(actor, dossier)
    wanted = list(points)
    if not wanted:
        raise InvalidValue("Choisissez au moins un champ ou une pièce à corriger.")
    today = paris_today(timezone.now())
    due_on = due_on or add_calendar_days(today, parameters.value("correction_days", on=today))
    if due_on <= today:
        raise InvalidValue("Laissez au moins un jour à l'employeur pour répondre.")
    draft = load_draft(dossier, today=today)
    request = CorrectionRequest(
        dossier=dossier, asked_by_id=actor.user_id, message=clean_text(message), due_on=due_on, created_at=timezone.now()
    )
    items = [_item(dossier, draft, point) for point in wanted]
    dossier.due_on = due_on
    move(dossier, workflow.Event.DEMANDER_COMPLEMENT, actor=actor, payload={"points": [_target(item) for item in items]})
    request.save()
    for item in items:
        item.request = request
    CorrectionItem.objects.bulk_create(items)
    return request


def _item(dossier: Dossier, draft: DraftView, point: Point) -> CorrectionItem:
    if not point.reason.strip():
        raise MissingReason("Dites pourquoi, pour chaque point : l'employeur le lira.")
    kind = kinds.get(dossier.kind)
    if point.kind is ItemKind.PIECE:
        if point.name not in dict(kind.zones):
            raise UnknownField
        before = ", ".join(piece.name for piece in draft.pieces_in(point.name))
    else:
        before = _raw(kind, draft, row=point.row, name=point.name)
    return CorrectionItem(
        kind=point.kind, row=point.row, name=point.name, reason=clean_text(point.reason), before=before
    )


def _raw(kind: kinds.Kind, draft: DraftView, *, row: str, name: str) -> str:
    view = draft.row(row) if row else None
    spec = kinds.find_row_field(kind, view.kind, name) if view else kinds.find_field(kind, name)
    if spec is None or not spec.correctable or (row and view is None):
        raise UnknownField
    if spec.kind == "nir":
        return view.nir_mask if view else ""
    return view.raw(name) if view else draft.raw(name)


def _target(item: CorrectionItem) -> str:
    return ":".join(part for part in (item.kind, item.row, item.name) if part)


@action
def answer(*, actor: Actor, number: str) -> Dossier:
    """Sends the employer's answer: the points are read again, the typed rows rewritten, the officer told.
    Raises `Unanswered` with the points that still miss, or `sending.Incomplete` where an answer broke something else."""
    from openopco.dossiers.actions.sending import Incomplete

    dossier = lock(actor=actor, permission=Permission.DOSSIER_ANSWER, number=number)
    correction = open_correction(dossier)
    if correction is None:
        raise NotPossibleNow
    now = timezone.now()
    kind = kinds.get(dossier.kind)
    draft = load_draft(dossier, today=paris_today(now))
    missing = kind.missing(draft)
    if missing:
        raise Incomplete(missing)
    _keep_answers(kind, draft, correction)
    correction.state, correction.closed_at = CorrectionState.REPONDUE, now
    correction.save(update_fields=["state", "closed_at"])
    refresh_from_draft(dossier, typed=True)
    dossier.due_on = _answer_target(now)
    changes = [_target(item) for item in correction.items.all()]
    move(dossier, workflow.Event.REPONDRE, actor=actor, payload={"points": changes})
    return dossier


def _answer_target(now: object) -> date:
    today = paris_today(timezone.now())
    return add_calendar_days(today, parameters.value("answer_target_days", on=today))


def _keep_answers(kind: kinds.Kind, draft: DraftView, correction: CorrectionRequest) -> None:
    unanswered = []
    for item in correction.items.all():
        if item.kind == ItemKind.PIECE:
            item.after = ", ".join(piece.name for piece in draft.pieces_in(item.name))
            answered = bool(item.after)
        else:
            item.after = _raw(kind, draft, row=item.row, name=item.name)
            answered = item.after != "" or item.before != ""
        if not answered:
            unanswered.append(_target(item))
        item.save(update_fields=["after"])
    if unanswered:
        raise Unanswered(unanswered)


@action
def withdraw(*, actor: Actor, number: str, version: int | None = None) -> Dossier:
    """The officer no longer needs the answer; what the employer began to correct goes back to what was sent."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_INSTRUCT, number=number, version=version)
    require_holder(actor, dossier)
    correction = open_correction(dossier)
    if correction is None:
        raise NotPossibleNow
    for item in correction.items.all():
        if item.kind == ItemKind.CHAMP and item.name != "nir":
            DraftField.objects.filter(dossier=dossier, row=item.row, name=item.name).update(value=item.before)
    correction.state, correction.closed_at = CorrectionState.RETIREE, timezone.now()
    correction.save(update_fields=["state", "closed_at"])
    dossier.due_on = _answer_target(None)
    move(dossier, workflow.Event.RETIRER_COMPLEMENT, actor=actor)
    return dossier


@action
def correct_slip(*, actor: Actor, number: str, name: str, value: str, reason: str, row: str = "",
                 version: int | None = None) -> Dossier:  # fmt: skip
    """An officer mends an evident slip himself: traced with both values, told to the employer. Not on a NIR."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_INSTRUCT, number=number, version=version)
    require_holder(actor, dossier)
    if dossier.state != State.EN_INSTRUCTION:
        raise NotPossibleNow
    if not reason.strip():
        raise MissingReason
    before, raw = _write_slip(dossier, actor=actor, name=name, value=value, row=row)
    refresh_from_draft(dossier, typed=True)
    touch(dossier)
    dossier.save()
    entry: Mapping[str, str] = {"champ": name, "ligne": row, "avant": before, "apres": raw, "motif": clean_text(reason)}
    note_in_journal(dossier, "rectifier", actor=actor, payload=dict(entry))
    return dossier


def _write_slip(dossier: Dossier, *, actor: Actor, name: str, value: str, row: str) -> tuple[str, str]:
    kind = kinds.get(dossier.kind)
    now = timezone.now()
    draft = load_draft(dossier, today=paris_today(now))
    view = draft.row(row) if row else None
    spec = kinds.find_row_field(kind, view.kind, name) if view else kinds.find_field(kind, name)
    if spec is None or spec.kind == "nir":
        raise UnknownField
    before, raw = _raw(kind, draft, row=row, name=name), clean_text(value)
    problem = read(spec, raw).error
    if problem:
        raise InvalidValue(problem)
    field, _ = DraftField.objects.get_or_create(
        dossier=dossier, row=row, name=name, defaults={"saved_by_id": actor.user_id, "saved_at": now, "revision": 0}
    )
    field.value, field.revision, field.saved_at, field.saved_by_id = raw, field.revision + 1, now, actor.user_id  # type: ignore[assignment]
    field.save()
    still = kind.missing(load_draft(dossier, today=paris_today(now)))
    if still:
        raise InvalidValue(still[0].message)
    return before, raw


