"""Corrections: asked on the very field, answered there, or no longer needed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.utils import timezone

from openopco.base.actions import action
from openopco.documents.enums import State as FileState
from openopco.dossiers import kinds, workflow
from openopco.dossiers.actions._common import answer_target, lock, move, person, rewrite_typed_rows, standard_reason
from openopco.dossiers.actions.drafts.writing import require_answering
from openopco.dossiers.actions.holding import require_holder
from openopco.dossiers.actions.sending import Incomplete
from openopco.dossiers.actions.talking import write_message
from openopco.dossiers.draft import DraftView
from openopco.dossiers.enums import CorrectionState, ItemKind
from openopco.dossiers.errors import MissingReason, NotPossibleNow, Unanswered, UnknownField
from openopco.dossiers.letters import write_for_correction
from openopco.dossiers.models import (
    CorrectionItem,
    CorrectionRequest,
    Dossier,
    DraftField,
    DraftRow,
    Message,
    pieces_of,
)
from openopco.dossiers.papers import AnswerReceived, journalled
from openopco.dossiers.queries import as_sent, load_draft, open_correction
from openopco.dossiers.timeline import label_of_target
from openopco.kernel.calendar import add_calendar_days, paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text
from openopco.opco import parameters
from openopco.opco import shipped_lists as lists
from openopco.rights import Actor, Permission

# What is kept of a NIR in a correction: that there was one.
GIVEN = "Renseigné"


@dataclass(frozen=True, slots=True)
class Point:
    """What is asked: a field (`row` empty, or a trainee's key) or the pieces of a zone, and why: `reason_code` where the
    reason began as a standard one."""

    kind: ItemKind
    name: str
    reason: str
    row: str = ""
    reason_code: str = ""


# --- asked -----------------------------------------------------------------------------------------------------------


@action
def ask(*, actor: Actor, number: str, points: Iterable[Point], message: str = "", due_on: date | None = None,
        version: int | None = None) -> CorrectionRequest:  # fmt: skip
    """Asks the employer for corrections or pieces. The deadline is a dated parameter unless given (future, Paris day).
    Raises `InvalidValue`, `MissingReason`, `UnknownField`."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_INSTRUCT, number=number, version=version)
    require_holder(actor, dossier)
    workflow.check(dossier, workflow.Event.DEMANDER_COMPLEMENT)
    now = timezone.now()
    today = paris_today(now)
    items = _items(dossier, list(points), load_draft(dossier, today=today))
    dossier.due_on = _deadline(today, due_on)
    request = CorrectionRequest.objects.create(
        dossier=dossier,
        asked_by_id=person(actor),
        message=refuse_nir(clean_text(message)),
        due_on=dossier.due_on,
        created_at=now,
    )
    for item in items:
        item.request = request
    CorrectionItem.objects.bulk_create(items)
    write_for_correction(dossier, request, [_in_words(dossier, item) for item in items], actor=actor)
    move(
        dossier, workflow.Event.DEMANDER_COMPLEMENT, actor=actor, payload={"points": [_target(item) for item in items]}
    )
    return request


def _in_words(dossier: Dossier, item: CorrectionItem) -> str:
    """A point as the letter tells it: what it is about, and why."""
    label = label_of_target(kinds.get(dossier.kind), _target(item))
    return f"{label} : {item.reason}" if label else item.reason


def _deadline(today: date, wanted: date | None) -> date:
    due_on = wanted or add_calendar_days(today, parameters.value("correction_days", on=today))
    if due_on <= today:
        raise InvalidValue("Laissez au moins un jour à l'employeur pour répondre.")
    if due_on > add_calendar_days(today, 366):
        raise InvalidValue("Choisissez une date dans l'année qui vient.")
    return due_on


def _items(dossier: Dossier, points: list[Point], draft: DraftView) -> list[CorrectionItem]:
    if not points:
        raise InvalidValue("Choisissez au moins un champ ou une pièce à corriger.")
    if len({(point.kind, point.row, point.name) for point in points}) < len(points):
        raise InvalidValue("Le même point est demandé deux fois : réunissez vos remarques.")
    return [_item(dossier, draft, point) for point in points]


def _item(dossier: Dossier, draft: DraftView, point: Point) -> CorrectionItem:
    if not point.reason.strip():
        raise MissingReason("Dites pourquoi, pour chaque point : l'employeur le lira.")
    kind = kinds.get(dossier.kind)
    before = (
        _piece_names(kind, draft, point.name)
        if point.kind is ItemKind.PIECE
        else raw_value(kind, draft, row=point.row, name=point.name)
    )
    item = CorrectionItem(
        kind=point.kind,
        row=point.row,
        name=point.name,
        reason=refuse_nir(clean_text(point.reason)),
        reason_code=standard_reason(lists.CORRECTION, point.reason_code, point.reason, draft.today),
        before=before,
    )
    if _is_nir(item):
        item.nir_before_id = DraftRow.objects.values_list("nir_id", flat=True).get(dossier=dossier, key=point.row)
    return item


def _piece_names(kind: kinds.Kind, draft: DraftView, zone: str) -> str:
    if zone not in dict(kind.zones):
        raise UnknownField
    return ", ".join(piece.name for piece in draft.pieces_in(zone))


def raw_value(kind: kinds.Kind, draft: DraftView, *, row: str, name: str) -> str:
    """What stands in a field that may be corrected; of a NIR, only whether there is one. Raises `UnknownField`."""
    view = draft.row(row) if row else None
    spec = kinds.find_row_field(kind, view.kind, name) if view else kinds.find_field(kind, name)
    if spec is None or not spec.correctable or (row and view is None):
        raise UnknownField
    if spec.kind == "nir":
        return GIVEN if view and view.has_nir else ""
    return view.raw(name) if view else draft.raw(name)


def _target(item: CorrectionItem) -> str:
    return ":".join(part for part in (item.kind, item.row, item.name) if part)


def _is_nir(item: CorrectionItem) -> bool:
    return item.kind == ItemKind.CHAMP and item.name == "nir"


# --- answered --------------------------------------------------------------------------------------------------------


@action
def answer(*, actor: Actor, number: str, message: str = "", received: AnswerReceived | None = None) -> Dossier:
    """Sends the employer's answer: the points are read again, the typed rows rewritten, the officer told. A field is
    answered by a change, or by a message since it was asked (`message` is written with the answer, or not at all); a
    piece, by a piece. An officer who types what came back on paper says how it came (`received`): he will not decide
    it. Raises `Unanswered` with the points that still miss, `InvalidValue` for the message, or
    `sending.Incomplete` with what the answer broke; what was lacking already is not the employer's to mend here."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_READ, number=number)
    require_answering(actor, dossier)
    workflow.check(dossier, workflow.Event.REPONDRE)
    correction = _open(dossier)
    if actor.is_opco and received is None:
        raise InvalidValue("Dites comment la réponse est arrivée, et quand.")
    if message.strip():
        write_message(actor=actor, number=number, body=message, for_employer=actor.is_opco)
    now = timezone.now()
    draft = load_draft(dossier, today=paris_today(now))
    _require_unbroken(kinds.get(dossier.kind), before=as_sent(draft, correction), after=draft)
    _keep_answers(dossier, draft, correction)
    _close(correction, CorrectionState.REPONDUE, now)
    rewrite_typed_rows(dossier, amount_answered=_asks_amount(dossier, correction))
    dossier.due_on = answer_target(paris_today(now))
    changed = [_target(item) for item in correction.items.all() if item.before != item.after]
    move(dossier, workflow.Event.REPONDRE, actor=actor, payload={"points": changed, **journalled(received)})
    return dossier


def _open(dossier: Dossier) -> CorrectionRequest:
    correction = open_correction(dossier)
    if correction is None:
        raise NotPossibleNow
    return correction


def _asks_amount(dossier: Dossier, correction: CorrectionRequest) -> bool:
    name = kinds.get(dossier.kind).amount_field
    return any(item.kind == ItemKind.CHAMP and not item.row and item.name == name for item in correction.items.all())


def _require_unbroken(kind: kinds.Kind, *, before: DraftView, after: DraftView) -> None:
    lacked = {(line.row, line.target, line.message) for line in kind.missing(before)}
    broken = [line for line in kind.missing(after) if (line.row, line.target, line.message) not in lacked]
    if broken:
        raise Incomplete(broken)


def _keep_answers(dossier: Dossier, draft: DraftView, correction: CorrectionRequest) -> None:
    explained = Message.objects.filter(dossier=dossier, from_opco=False, created_at__gte=correction.created_at).exists()
    joined = set(_zones_joined_since(dossier, correction))
    nirs = dict(DraftRow.objects.filter(dossier=dossier).values_list("key", "nir_id"))
    unanswered = []
    for item in correction.items.all():
        item.after = _after(dossier, draft, item)
        item.save(update_fields=["after"])
        said = explained and item.kind == ItemKind.CHAMP
        if not (said or _is_changed(item, joined, nirs)):
            unanswered.append(_target(item))
    if unanswered:
        raise Unanswered(unanswered)


def _zones_joined_since(dossier: Dossier, correction: CorrectionRequest) -> Iterable[str]:
    joined = pieces_of(dossier.pk).filter(created_at__gt=correction.created_at)
    return joined.exclude(state=FileState.INFECTED).values_list("zone", flat=True)


def _after(dossier: Dossier, draft: DraftView, item: CorrectionItem) -> str:
    kind = kinds.get(dossier.kind)
    if item.kind == ItemKind.PIECE:
        return _piece_names(kind, draft, item.name)
    return raw_value(kind, draft, row=item.row, name=item.name)


def _is_changed(item: CorrectionItem, joined: set[str], nirs: Mapping[str, int | None]) -> bool:
    if item.kind == ItemKind.PIECE:
        return item.name in joined
    if _is_nir(item):
        return nirs.get(item.row) != item.nir_before_id
    return item.after != item.before


# --- no longer needed ------------------------------------------------------------------------------------------------


@action
def withdraw(*, actor: Actor, number: str, version: int | None = None) -> Dossier:
    """The officer no longer needs the answer; what the employer began to correct goes back to what was sent."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_INSTRUCT, number=number, version=version)
    require_holder(actor, dossier)
    workflow.check(dossier, workflow.Event.RETIRER_COMPLEMENT)
    drop_open_correction(dossier)
    dossier.due_on = answer_target(paris_today(timezone.now()))
    move(dossier, workflow.Event.RETIRER_COMPLEMENT, actor=actor)
    return dossier


def drop_open_correction(dossier: Dossier) -> None:
    """Closes a correction that nobody answers any more, if there is one: what was sent stands again. The pieces joined
    meanwhile stay. The caller holds the dossier's lock."""
    correction = open_correction(dossier)
    if correction is None:
        return
    for item in correction.items.all():
        _put_back(dossier, item)
    _close(correction, CorrectionState.RETIREE, timezone.now())


def _put_back(dossier: Dossier, item: CorrectionItem) -> None:
    if _is_nir(item):
        DraftRow.objects.filter(dossier=dossier, key=item.row).update(nir_id=item.nir_before_id)
    elif item.kind == ItemKind.CHAMP:
        standing = DraftField.objects.filter(dossier=dossier, row=item.row, name=item.name)
        standing.exclude(value=item.before).update(value=item.before, revision=F("revision") + 1)


def _close(correction: CorrectionRequest, state: CorrectionState, now: datetime) -> None:
    correction.state, correction.closed_at = state, now
    correction.save(update_fields=["state", "closed_at"])
