"""A request at the desk: examined, talked of, and what happened to it."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from openopco.dossiers import queries
from openopco.dossiers.enums import Audience
from openopco.dossiers.letters import letters_of
from openopco.dossiers.models import Decision, Dossier
from openopco.dossiers.queries import Marks
from openopco.dossiers.queries.modifications import modifications_of, pieces_told, versions_of
from openopco.dossiers.reading import note_as_employer
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.rights import Permission, may
from openopco.web.admin.access import needs
from openopco.web.billing.cards import Card, settlement_card
from openopco.web.components.letters import letter_links, letters_html
from openopco.web.desk import showing
from openopco.web.desk.access import found, opened, sought
from openopco.web.desk.acts import Acts
from openopco.web.desk.blocks import cards_html, sections_html, zones_html
from openopco.web.desk.filters import read_trail
from openopco.web.desk.lines import checks_html, html_of
from openopco.web.desk.pages import frame_of, page_url
from openopco.web.desk.points import words_of
from openopco.web.funding import shown_decision
from openopco.web.modifications import life_of, versions
from openopco.web.papers import paper_card
from openopco.web.portal.views.dossier import as_its_employer_reads_it


@require_safe
@needs(Permission.DESK_READ)
def dossier(request: PersonRequest, number: str) -> HttpResponse:
    """« Examen »: the checks, then the request."""
    dossier, marks = opened(request, number)
    return show(request, dossier, marks=marks)


@require_safe
@needs(Permission.DOSSIER_TAKE)
def as_employer(request: PersonRequest, number: str) -> HttpResponse:
    """« Voir comme l'employeur »: his page of the request, where nothing can be done."""
    shown = found(request, number)
    note_as_employer(actor=request.actor, dossier=shown)
    context = {**as_its_employer_reads_it(shown), "seen_from_desk": page_url(request, number)}
    return render(request, "portal/dossier.html", context)


def _settlement(dossier: Dossier, decisions: Sequence[Decision]) -> Card | None:
    if not decisions:
        return None
    today = paris_today(timezone.now())
    return settlement_card(dossier, decisions[0].funding, side=None, can_write=False, today=today)


def show(
    request: PersonRequest, dossier: Dossier, *, marks: Marks | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page as the request now stands; `problem` says why what was just tried was not done."""
    frame = frame_of(request, dossier, "desk:dossier")
    reading = showing.read(dossier, request.actor)
    may_mend = frame["possible"].mend
    told = modifications_of(dossier, request.actor)
    checks, decisions = showing.checks_of(reading), versions_of(dossier)
    marks = marks or _marks_of(request, dossier)
    context = frame | {
        "problem": problem,
        "marks": marks,
        "acts": Acts(request, dossier, frame["possible"], frame["query"], followed=marks.followed),
        "checks_html": checks_html(checks),
        "tally": showing.tally(checks),
        "sections_html": sections_html(showing.sections_of(reading, may_mend=may_mend, query=frame["query"])),
        "trainees": showing.trainee_rows(reading, frame["query"]),
        "zones_html": zones_html(showing.piece_zones(reading, may_mend=may_mend)),
        "cards_html": cards_html(_cards(request, reading)),
        "asked": _asked(reading),
        "decision": decisions[0] if decisions else None,
        "funding": shown_decision(decisions[0].funding) if decisions else None,
        "settlement": _settlement(dossier, decisions),
        "versions": versions(dossier, decisions, "portal:version"),
        **life_of(dossier, told, Audience.OPCO, pieces_told(told)),
        "paper": paper_card(dossier, reading.draft),
        "letters": letters_html(letter_links(dossier, letters_of(dossier))),
    }
    return render(request, "desk/dossier.html", context, status=status)


def _cards(request: PersonRequest, reading: showing.Reading) -> list[showing.Facts]:
    return showing.cards_of(reading.draft, may_verify=may(request.actor, Permission.ESTABLISHMENT_VERIFY))


def _marks_of(request: PersonRequest, dossier: Dossier) -> Marks:
    return queries.marks_of(actor=request.actor, dossiers=[dossier]).get(dossier.pk, Marks())


def _asked(reading: showing.Reading) -> dict[str, Any] | None:
    """What the employer has been asked, while it waits for him."""
    if not reading.points:
        return None
    correction = reading.points[0].request
    items = [{"label": words_of(reading.kind, reading.draft, item), "reason": item.reason} for item in reading.points]
    return {"message": correction.message, "items": items, "due_on": correction.due_on}


@require_safe
@needs(Permission.DESK_READ)
def trainee(request: PersonRequest, number: str, row: str) -> HttpResponse:
    """One trainee of a request that has many."""
    dossier = found(request, number)
    frame = frame_of(request, dossier)
    reading = showing.read(dossier, request.actor)
    sections = [section for section in reading.kind.summary(reading.draft) if row and section.row == row]
    if not sections:
        raise Http404
    section = showing.section_of(reading, sections[0], may_mend=frame["possible"].mend, query=frame["query"])
    return render(request, "desk/trainee.html", frame | {"section": section, "lines_html": html_of(section.lines)})


@require_safe
@needs(Permission.DESK_READ)
def following(request: PersonRequest, number: str) -> HttpResponse:
    """« Dossier suivant » of the list one came from; the list itself once there is none."""
    return _beside(request, number, backward=False)


@require_safe
@needs(Permission.DESK_READ)
def preceding(request: PersonRequest, number: str) -> HttpResponse:
    """« Dossier précédent »."""
    return _beside(request, number, backward=True)


def _beside(request: PersonRequest, number: str, *, backward: bool) -> HttpResponse:
    trail, today = read_trail(request.GET), paris_today(timezone.now())
    filters = trail.filters(today)
    # Only looked for: what one goes away from is not read.
    dossier = sought(request, number)
    other = queries.next_in_worklist(actor=request.actor, filters=filters, dossier=dossier, backward=backward)
    return redirect(page_url(request, str(other.number)) if other else trail.list_url)
