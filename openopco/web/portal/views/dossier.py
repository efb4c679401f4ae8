"""A request sent: where it stands, what it says, what was decided, what was written; cancelled from here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openopco import opco
from openopco.documents.enums import State as FileState
from openopco.dossiers import kinds, overview, timeline, workflow
from openopco.dossiers.actions import deciding, talking
from openopco.dossiers.draft import DraftView, PieceView, SummarySection
from openopco.dossiers.enums import CLOSED_STATES, STATE_TONES, Audience, ItemKind, State
from openopco.dossiers.errors import NotPossibleNow
from openopco.dossiers.letters import letters_of
from openopco.dossiers.models import CorrectionItem, Decision, Dossier, Message
from openopco.dossiers.notices import path_for
from openopco.dossiers.queries import subject_of
from openopco.dossiers.queries.modifications import modifications_of, pieces_told, versions_of, why_not_modifiable
from openopco.funding.enums import Payee
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.sizes import format_size
from openopco.opco import parameters
from openopco.rights import Actor, Grant, Permission, Role, may
from openopco.training.rules import PIECES
from openopco.web.billing.cards import Card, settlement_card
from openopco.web.components.letters import letter_links, letters_html
from openopco.web.funding import shown_decision
from openopco.web.menu import address_with
from openopco.web.modifications import life_of, start_of, versions
from openopco.web.papers import paper_card
from openopco.web.portal import wording
from openopco.web.portal.access import dossier_or_404, dossier_to_act_on, view_of
from openopco.web.portal.funds import told_of
from openopco.web.portal.rows import folds_of
from openopco.web.portal.zones import CLOSED

# Beyond this many, trainees are told in one line each.
MOST_TRAINEES_IN_FULL = 10
TONES = {FileState.PENDING: "wait", FileState.INFECTED: "bad", FileState.ERROR: "wait"}


@require_safe
def dossier(request: PersonRequest, number: str) -> HttpResponse:
    """The request as its employer reads it; an officer is led to his own page of it."""
    found = dossier_or_404(request, number)
    if request.user.is_opco:
        return redirect(path_for(found, Audience.OPCO))
    return _show(request, found)


def _show(request: PersonRequest, found: Dossier, *, typed: str = "", error: str = "") -> HttpResponse:
    context = {**contents(found, request.actor), "typed": typed, "message_error": error}
    return render(request, "portal/dossier.html", context, status=422 if error else 200)


def contents(found: Dossier, reader: Actor) -> dict[str, Any]:
    """What the page shows to one reader, and what he may do there."""
    items = overview.asked_of([found]).get(found.pk, [])
    draft = as_sent(view_of(reader, found), items)
    kind = kinds.get(found.kind)
    today, decisions = paris_today(timezone.now()), versions_of(found)
    told = modifications_of(found, reader)
    settlement, start = _settlement(found, reader, decisions, today), start_of(found, today)
    life = life_of(found, told, Audience.EMPLOYEUR, pieces_told(told))
    return {
        "dossier": found,
        "tone": STATE_TONES[State(found.state)],
        "word": wording.WORDS[State(found.state)],
        "turn": wording.turn_of(
            found, is_modified=life["open_modification"] is not None, settled=settlement.turn if settlement else None
        ),
        "asked": [Asked(wording.label_of(kind, item), item.reason) for item in items],
        "asked_message": items[0].request.message if items else "",
        "is_unconfirmed": wording.is_from_unconfirmed(found, reader),
        "decision": decisions[0] if decisions else None,
        "funding": shown_decision(decisions[0].funding) if decisions else None,
        "settlement": settlement,
        "opco_name": opco.identity().name,
        "versions": versions(found, decisions, "portal:version"),
        "start": replace(start, is_asked=False) if settlement and settlement.turn else start,
        "notice_days": parameters.value("change_notice_days", on=today),
        "can_modify": _may_modify(reader, found, today),
        **life,
        "pieces": [_piece(kind, piece) for piece in draft.pieces],
        "paper": paper_card(found, draft),
        "letters": letters_html(letter_links(found, letters_of(found))),
        "talk": _talk(found, reader),
        "typed": "",
        "message_error": "",
        "events": timeline.events(found, Audience.EMPLOYEUR),
        "is_closed": found.state in CLOSED_STATES,
        **told_of(found, today),
        "key": uuid4(),
        "seen_from_desk": "",
        **_contents(kind, draft),
        **_rights(reader, found),
    }


def _settlement(found: Dossier, reader: Actor, decisions: Sequence[Decision], today: date) -> Card | None:
    if not decisions:
        return None
    can_write = may(reader, Permission.CLAIM_WRITE, subject_of(found)) and reader.user_id is not None
    return settlement_card(found, decisions[0].funding, side=Payee.EMPLOYEUR, can_write=can_write, today=today)


NO_ACT = {"can_modify": False, "can_answer": False, "can_cancel": False, "can_resume": False, "can_write": False}


def as_its_employer_reads_it(found: Dossier) -> dict[str, Any]:
    """The same page for an officer who wants to see what the employer sees: of somebody attached there, and no act."""
    reader = Actor(user_id=None, label="", grants=(Grant(Role.EMPLOYEUR, found.establishment_id),))
    return {**contents(found, reader), **NO_ACT}


def as_sent(draft: DraftView, items: Sequence[CorrectionItem]) -> DraftView:
    """What the OPCO has in hand: what is being corrected is not yet there."""
    return draft.with_values({(item.row, item.name): item.before for item in items if item.kind == ItemKind.CHAMP})


@dataclass(frozen=True, slots=True)
class Asked:
    """A point that the officer wants corrected, and why."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece as the page lists it; `url` is empty while the antivirus holds it back, and for who may not open it."""

    name: str
    zone: str
    size: str
    url: str
    tone: str = ""
    word: str = ""


def _piece(kind: kinds.Kind, piece: PieceView) -> Piece:
    state = FileState(piece.state)
    if piece.is_closed:
        return Piece(piece.name, kinds.zone_label(kind, piece.zone), format_size(piece.size), "", "wait", CLOSED)
    zone, size = kinds.zone_label(kind, piece.zone), format_size(piece.size)
    if state is FileState.SAFE:
        return Piece(piece.name, zone, size, f"{address_with('portal:document', str(piece.key))}?apercu")
    return Piece(piece.name, zone, size, "", TONES[state], state.label)


@dataclass(frozen=True, slots=True)
class Said:
    """A message: whose, and on which side of the page."""

    who: str
    body: str
    at: Any
    is_mine: bool


def _talk(found: Dossier, reader: Actor) -> list[Said]:
    return [
        Said(_author(each, reader), each.body, each.created_at, not each.from_opco)
        for each in overview.messages_in(found)
    ]


def _author(message: Message, reader: Actor) -> str:
    return "Vous" if message.author_id == reader.user_id else message.author_label


def _contents(kind: kinds.Kind, draft: DraftView) -> dict[str, Any]:
    sections = [section for section in kind.summary(draft) if section.step != PIECES]
    people = [section for section in sections if section.row]
    if len(people) <= MOST_TRAINEES_IN_FULL:
        return {"sections": folds_of(sections), "people": []}
    return {
        "sections": folds_of(section for section in sections if not section.row),
        "people": [_person(section) for section in people],
    }


def _person(section: SummarySection) -> dict[str, str]:
    values = {line.target: line.value for line in section.lines}
    name = f"{values.get('first_name', '')} {values.get('last_name', '')}"
    return {"name": name, "birth_date": values.get("birth_date", ""), "csp": values.get("csp", "")}


def _may_modify(actor: Actor, found: Dossier, today: date) -> bool:
    return not why_not_modifiable(found, today=today) and may(actor, Permission.MODIFICATION_PROPOSE, subject_of(found))


def _rights(actor: Actor, found: Dossier) -> dict[str, bool]:
    subject, state = subject_of(found), State(found.state)
    return {
        "can_answer": bool(workflow.find(state, workflow.Event.REPONDRE))
        and may(actor, Permission.DOSSIER_ANSWER, subject),
        "can_cancel": bool(workflow.find(state, workflow.Event.ANNULER))
        and may(actor, Permission.DOSSIER_CANCEL, subject),
        "can_resume": may(actor, Permission.DOSSIER_RESUME, subject),
        "can_write": may(actor, Permission.MESSAGE_WRITE, subject),
    }


@require_POST
def message(request: PersonRequest, number: str) -> HttpResponse:
    """A word to the officer. What was typed stays where it was refused. An officer writes from the desk."""
    found = dossier_or_404(request, number)
    if request.user.is_opco:
        raise Http404
    body = request.POST.get("message", "")
    try:
        talking.write_message(actor=request.actor, number=number, body=body)
    except InvalidValue as error:
        return _show(request, found, typed=body, error=error.message)
    messages.success(request, "Votre message est envoyé.")
    return redirect(f"{reverse('portal:dossier', args=[number])}#messages")


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: PersonRequest, number: str) -> HttpResponse:
    """Asks, then takes the request back. Too late where it has been decided meanwhile."""
    found = dossier_to_act_on(request, number, Permission.DOSSIER_CANCEL)
    if not workflow.find(State(found.state), workflow.Event.ANNULER):
        messages.info(request, "Cette demande ne peut plus être annulée.")
        return redirect("portal:dossier", number)
    if request.method != "POST":
        return render(request, "portal/cancel.html", {"dossier": found, "typed": "", "error": ""})
    reason = request.POST.get("motif", "")
    try:
        deciding.cancel(actor=request.actor, number=number, reason=reason)
    except InvalidValue as error:
        context = {"dossier": found, "typed": reason, "error": error.message}
        return render(request, "portal/cancel.html", context, status=422)
    except NotPossibleNow as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "La demande est annulée. Vous pouvez la reprendre dans une nouvelle demande.")
    return redirect("portal:dossier", number)
