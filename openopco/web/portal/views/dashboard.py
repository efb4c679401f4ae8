"""« Mon tableau de bord »: what waits for me, what moved, what is new."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from openopco.billing.queries import Awaited, awaited_of
from openopco.dossiers import kinds, overview, queries
from openopco.dossiers.enums import State
from openopco.dossiers.funds import closure_for
from openopco.dossiers.models import CorrectionItem, Dossier
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.queries import current_membership
from openopco.kernel.calendar import format_date, paris_today
from openopco.opco import changelog
from openopco.organisations.models import Establishment
from openopco.rights import Actor, Permission, Subject, may
from openopco.web.components.tags import moment
from openopco.web.menu import home_of
from openopco.web.portal import wording
from openopco.web.portal.closing import closing_notice, opening_notice

MOST_NEWS = 3
SHOWN_STATES = (State.COMPLEMENT_DEMANDE, State.TRANSMISE, State.EN_INSTRUCTION, State.ACCORDEE, State.REFUSEE)


@require_safe
def dashboard(request: PersonRequest) -> HttpResponse:
    """The employer's first page; the OPCO's people have theirs, and so have those of a training provider."""
    if request.user.is_opco:
        return redirect(home_of(request.actor) or "account_profile")
    membership = current_membership(request)
    if membership is not None and membership.provider_id is not None:
        return redirect("provider:dashboard")
    context: dict[str, Any] = {
        "kinds": kinds.all_kinds(),
        "key": uuid4(),
        "news": _news(),
        "closing": closing_notice(paris_today(timezone.now())),
        "opening": opening_notice(paris_today(timezone.now())),
        "is_pending": membership is not None and membership.state == MembershipState.PENDING,
    }
    if membership is not None and membership.establishment is not None:
        context |= _requests(request, membership.establishment)
        context["funds"] = closure_for(membership.establishment.idcc, paris_today(timezone.now()))
    return render(request, "portal/dashboard.html", context)


def _requests(request: PersonRequest, establishment: Establishment) -> dict[str, Any]:
    actor, place = request.actor, establishment.pk
    counts = overview.state_counts(actor=actor, establishment_id=place)
    if not counts:
        return {"establishment": establishment}
    waiting = queries.awaiting_employer(actor=actor, establishment_id=place) if _waits(counts) else []
    return {
        "establishment": establishment,
        "todo": [
            *(_money(actor, place) if State.ACCORDEE in counts else ()),
            *_todo(waiting, establishment, actor),
        ],
        "more_todo": _waits(counts) - len(waiting),
        "recent": wording.lines_of(queries.recent(actor=actor, establishment_id=place), actor)
        if set(counts) != {State.BROUILLON}
        else [],
        "states": [_state(state, counts[state]) for state in SHOWN_STATES if state in counts],
        "total": sum(counts.values()),
    }


def _money(actor: Actor, place: int) -> Iterator["Todo"]:
    """What its payments wait for: claims to complete or to finish, courses over of which nothing was asked."""
    if not may(actor, Permission.CLAIM_READ, Subject(establishment_id=place)):
        return
    for awaited in awaited_of(actor, place, paris_today(timezone.now())):
        yield _payment(awaited)


def _payment(awaited: Awaited) -> "Todo":
    dossier, number = awaited.dossier, awaited.dossier.number or ""
    if awaited.key is None:
        url = f"{reverse('portal:dossier', args=[number])}#reglement"
        text = f"La formation est finie : demandez le remboursement avant le {format_date(dossier.due_on)}"
        return Todo(url, number, dossier.title, text, "wait", "À demander", is_new=False)
    url = reverse("billing:claim" if awaited.is_asked else "billing:draft", args=[awaited.key])
    if awaited.due_on is None:
        return Todo(url, number, dossier.title, "Demande de remboursement commencée", "off", "À finir", is_new=False)
    text = f"Règlement : des pièces sont demandées, avant le {format_date(awaited.due_on)}"
    return Todo(url, number, dossier.title, text, "wait", "À compléter", is_new=True)


def _waits(counts: dict[State, int]) -> int:
    return counts.get(State.BROUILLON, 0) + counts.get(State.COMPLEMENT_DEMANDE, 0)


@dataclass(frozen=True, slots=True)
class StateLink:
    """A state of my requests, how many are in it, and where they are."""

    label: str
    count: str
    url: str


def _state(state: State, count: int) -> StateLink:
    url = f"{reverse('portal:requests')}?etat={state.value}"
    return StateLink(wording.WORDS[state], wording.capped(count), url)


@dataclass(frozen=True, slots=True)
class Todo:
    """A line of « À faire de votre côté »."""

    url: str
    number: str
    title: str
    text: str
    tone: str
    word: str
    is_new: bool


def _todo(waiting: list[Dossier], establishment: Establishment, reader: Actor) -> list[Todo]:
    drafts = [dossier for dossier in waiting if dossier.state == State.BROUILLON]
    missing = overview.missing_counts(drafts, establishment, today=paris_today(timezone.now()))
    asked = overview.asked_of(waiting)
    return [
        _draft(wording.line_of(dossier, reader), dossier, missing[dossier.pk])
        if dossier.pk in missing
        else _answer(wording.line_of(dossier, reader), dossier, asked.get(dossier.pk, []))
        for dossier in waiting
    ]


def _draft(line: wording.Line, dossier: Dossier, missing: int) -> Todo:
    text = f"{wording.missing_in_words(missing)} · enregistré {moment(dossier.updated_at)}"
    word = "À compléter" if missing else "À valider"
    return Todo(line.url, line.number, line.title, text, "off", word, is_new=False)


def _answer(line: wording.Line, dossier: Dossier, items: list[CorrectionItem]) -> Todo:
    text = " · ".join(part for part in (wording.asked_in_words(queries.kind_of(dossier), items), line.mark) if part)
    word = f"Répondre avant le {format_date(dossier.due_on)}"
    return Todo(f"{line.url}repondre/", line.number, line.title, text, "wait", word, is_new=True)


def _news() -> tuple[str, ...]:
    latest = changelog.news()[:1]
    return latest[0].lines[:MOST_NEWS] if latest else ()
