"""The steps of a draft: shown in any order, kept by SUIVANT and PRÉCÉDENT."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openopco.dossiers import kinds, overview, queries
from openopco.dossiers.actions import drafts
from openopco.dossiers.enums import CLOSED_STATES, State
from openopco.dossiers.errors import NotEditable, UnknownDossier
from openopco.dossiers.funds import closure_for
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.queries import current_establishment
from openopco.training.enums import Nature
from openopco.training.fields import NATURE, STARTS_ON
from openopco.training.rules import TRAINING
from openopco.web.components.raw import RawField
from openopco.web.portal import presenting
from openopco.web.portal.access import draft_or_404, page_of
from openopco.web.portal.contents import content_of
from openopco.web.portal.giving_back import give_back, typed_in
from openopco.web.portal.opened import Opened, open_draft
from openopco.web.portal.panel import by_person, panel_context
from openopco.web.portal.posted import ALL_KEPT, Unkept, keep_posted, new_key
from openopco.web.portal.wording import WORDS

# Buttons of a step that keep the page, then open something: their value names it.
ALREADY_SENT = "Cette demande a été envoyée entre-temps depuis une autre fenêtre : cette page n'a rien enregistré."
FOLLOWING = {"organisme": "portal:provider", "modeles": "portal:templates"}


@require_POST
def create(request: PersonRequest, slug: str) -> HttpResponse:
    """[+ CRÉER UNE DEMANDE]: opens a draft on the current establishment; the key in the form makes a double click harmless."""
    kind, establishment = kinds.by_slug(slug), current_establishment(request)
    if kind is None:
        raise Http404
    if establishment is None:
        messages.info(request, "Rattachez d'abord votre compte à un établissement : il suffit de son SIRET.")
        return redirect("portal:attach")
    key = new_key(request)
    try:
        draft = drafts.create_draft(actor=request.actor, establishment=establishment, kind_code=kind.code, key=key)
    except UnknownDossier as error:
        raise Http404 from error
    if draft.state == State.BROUILLON:
        _fill_nature(request, draft)
    return redirect("portal:step", draft.key, kind.steps[0].slug)


def _fill_nature(request: PersonRequest, draft: Dossier) -> None:
    """« Quel dispositif choisir ? » says which nature the request has; a form posted twice writes the same."""
    nature = request.POST.get("nature", "")
    if nature in Nature.values:
        drafts.fill_fields(actor=request.actor, key=str(draft.key), values={NATURE.name: nature})


@require_GET
def resume(request: PersonRequest, key: UUID) -> HttpResponse:
    """A draft's own address: its first step that misses something."""
    dossier = draft_or_404(request, key)
    if dossier.state != State.BROUILLON:
        return redirect(page_of(request, dossier))
    page = open_draft(request, dossier)
    return redirect("portal:step", key, page.missing[0].step if page.missing else page.kind.steps[-1].slug)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: PersonRequest, key: UUID, slug: str) -> HttpResponse:
    """One step. POST keeps what the page holds, then leads on, unless something typed can't be read or two windows disagree."""
    dossier = draft_or_404(request, key)
    current = next((each for each in kinds.get(dossier.kind).steps if each.slug == slug), None)
    if current is None:
        raise Http404
    if request.method == "POST":
        return _take(request, dossier, current)
    if dossier.state != State.BROUILLON:
        return redirect(page_of(request, dossier))
    return _show(request, open_draft(request, dossier), current)


def _take(request: PersonRequest, dossier: Dossier, current: kinds.Step) -> HttpResponse:
    """Sent from another window meanwhile, it gives back what was typed."""
    try:
        if dossier.state == State.BROUILLON:
            return _keep(request, dossier, current)
    except NotEditable:
        dossier.refresh_from_db()
    return give_back(request, dossier, ALREADY_SENT, typed_in(request, {spec.name: spec for spec in current.fields}))


def _keep(request: PersonRequest, dossier: Dossier, current: kinds.Step) -> HttpResponse:
    unkept = keep_posted(request, dossier, current.fields)
    page = open_draft(request, draft_or_404(request, dossier.key))
    wrong = page.errors_of(current.slug)
    if unkept or (wrong and not _goes_back(request)):
        return _show(request, page, current, unkept=unkept, summary=True)
    return HttpResponseRedirect(_onward(request, page, current))


def _goes_back(request: PersonRequest) -> bool:
    return "precedent" in request.POST


def _onward(request: PersonRequest, page: Opened, current: kinds.Step) -> str:
    if "suite" in request.POST:
        name = FOLLOWING.get(request.POST["suite"])
        return reverse(name, args=[page.dossier.key]) if name else presenting.step_url(page.dossier, current.slug)
    steps = page.kind.steps
    place = steps.index(current) + (-1 if _goes_back(request) else 1)
    return presenting.step_url(page.dossier, steps[max(0, min(place, len(steps) - 1))].slug)


def _show(
    request: PersonRequest, page: Opened, current: kinds.Step, *, unkept: Unkept = ALL_KEPT, summary: bool = False
) -> HttpResponse:
    insist = "verifier" in request.GET
    context = step_context(page, current, unkept=unkept, summary=summary, insist=insist)
    return render(request, f"portal/draft/{current.slug}.html", context)


def step_context(
    page: Opened,
    current: kinds.Step,
    *,
    unkept: Unkept = ALL_KEPT,
    summary: bool = False,
    insist: bool = False,
) -> dict[str, Any]:
    """What every step's template needs. `insist` shows what is missing as errors too: sending was tried."""
    slug = current.slug
    wrong = presenting.messages_by_field(page.lacks_of(slug) if insist else page.errors_of(slug))
    return {
        **frame_context(page, current),
        **panel_context(page, slug),
        "step": current,
        "fields": _fields(page, current, wrong, unkept),
        "errors": _problems(page, current, wrong, unkept, insist=insist) if summary or insist else [],
        "warnings": page.warnings_of(slug),
        "warnings_beside": page.warnings_of(slug, beside=True),
        "funds": closure_for(page.dossier.idcc or page.dossier.establishment.idcc, page.draft.today),
        "autosave_url": reverse("portal:autosave", args=[page.dossier.key]),
        **content_of(slug, page, wrong),
    }


def _fields(page: Opened, current: kinds.Step, wrong: Mapping[str, str], unkept: Unkept) -> dict[str, RawField]:
    """Of a request that came on paper, each box says who declared it: not whoever ticks it here."""
    fields = presenting.raw_fields(current.fields, page.draft, wrong=wrong, unkept=unkept)
    paper = page.draft.paper if current is page.kind.steps[-1] else None
    return {
        name: replace(field, hint=f"À cocher si c'est déclaré {paper.declared}.")
        if paper and field.kind == "checkbox"
        else field
        for name, field in fields.items()
    }


def _problems(
    page: Opened, current: kinds.Step, wrong: Mapping[str, str], unkept: Unkept, *, insist: bool
) -> list[presenting.ErrorLink]:
    """The page's own faults; with `insist` those of its rows too and, on the last step, which sends, of every other."""
    links = presenting.error_links(wrong, unkept)
    if not insist:
        return links
    is_last = current is page.kind.steps[-1]
    closed = page.kind.closed(page.draft) if is_last else ""
    if closed:
        links = [presenting.ErrorLink("", closed, presenting.anchored(page.dossier, TRAINING, STARTS_ON.name)), *links]
    others = [line for line in page.missing if (line.row if line.step == current.slug else is_last)]
    return links + [presenting.ErrorLink("", item.label, item.url) for item in by_person(page, others)]


def frame_context(page: Opened, current: kinds.Step) -> dict[str, Any]:
    """Where one is in the draft: the same on every page of it."""
    place = page.kind.steps.index(current)
    return {
        "dossier": page.dossier,
        "rank": place + 1,
        "step_count": len(page.kind.steps),
        "steps": presenting.step_links(page.dossier, page.kind, page.missing, current.slug),
        "previous_url": presenting.step_url(page.dossier, page.kind.steps[place - 1].slug) if place else "",
        "resumed": resumed_from(page),
        "paper": page.draft.paper,
    }


@dataclass(frozen=True, slots=True)
class Resumed:
    """The closed request that a draft takes up again: how it ended, why, and its address."""

    number: str
    word: str
    reason: str
    url: str


def resumed_from(page: Opened) -> Resumed | None:
    """None for a draft begun from nothing, copied from a request that still lives, or from one that the reader can't see.
    No query for the first."""
    if page.dossier.resumed_from_id is None:
        return None
    source = queries.visible_to(page.reader).filter(pk=page.dossier.resumed_from_id, state__in=CLOSED_STATES).first()
    if source is None or source.number is None:
        return None
    decision = overview.decision_on(source)
    url = reverse("portal:dossier", args=[source.number])
    return Resumed(source.number, WORDS[State(source.state)].lower(), decision.reason if decision else "", url)
