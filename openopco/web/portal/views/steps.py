"""The steps of a draft: shown in any order, saved by SUIVANT, and field by field as one types."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openopco.dossiers import kinds
from openopco.dossiers.actions import drafts
from openopco.dossiers.draft import Missing
from openopco.dossiers.enums import State
from openopco.dossiers.errors import FieldConflict, StaleField, UnknownDossier, UnknownField
from openopco.dossiers.fields import FieldSpec
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.queries import current_establishment
from openopco.kernel.errors import InvalidValue, OpenOpcoError
from openopco.web.portal import presenting
from openopco.web.portal.access import draft_or_404, view_of
from openopco.web.portal.answering import split_name
from openopco.web.portal.contents import content_of

LONGEST_VALUE = 5000
COMPLETE = "Il ne manque rien : vous pouvez valider la demande."


@require_POST
def create(request: PersonRequest, slug: str) -> HttpResponse:
    """[+ CRÉER UNE DEMANDE]: opens a draft on the current establishment; the key in the form makes a double click harmless."""
    kind, establishment = kinds.by_slug(slug), current_establishment(request)
    if kind is None:
        raise Http404
    if establishment is None:
        messages.info(request, "Rattachez d'abord votre compte à un établissement : il suffit de son SIRET.")
        return redirect("portal:attach")
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError as error:
        raise Http404 from error
    draft = drafts.create_draft(actor=request.actor, establishment=establishment, kind_code=kind.code, key=key)
    return redirect("portal:step", draft.key, kind.steps[0].slug)


@require_GET
def resume(request: PersonRequest, key: UUID) -> HttpResponse:
    """A draft's own address: its first step that misses something."""
    dossier = draft_or_404(request, key)
    if dossier.state != State.BROUILLON:
        return redirect("portal:dossier", dossier.number)
    kind = kinds.get(dossier.kind)
    missing = kind.missing(view_of(request, dossier))
    return redirect("portal:step", dossier.key, missing[0].step if missing else kind.steps[-1].slug)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: PersonRequest, key: UUID, slug: str) -> HttpResponse:
    """One step. POST keeps what the page holds, then leads on, unless something typed can't be read or two windows disagree."""
    dossier = draft_or_404(request, key)
    if dossier.state != State.BROUILLON:
        return redirect("portal:dossier", dossier.number)
    kind = kinds.get(dossier.kind)
    current = next((each for each in kind.steps if each.slug == slug), None)
    if current is None:
        raise Http404
    if request.method != "POST":
        return _show(request, dossier, current)
    try:
        batch = drafts.save_fields(actor=request.actor, key=str(key), values=posted_fields(request, current.fields))
    except InvalidValue as error:
        messages.error(request, error.message)
        return _show(request, dossier, current)
    conflicts = {conflict.name: conflict for conflict in batch.conflicts}
    dossier = draft_or_404(request, key)
    wrong = [line for line in kind.errors(view_of(request, dossier)) if line.step == slug and not line.row]
    if conflicts or (wrong and not _goes_back(request)):
        return _show(request, dossier, current, conflicts=conflicts, summary=True)
    return HttpResponseRedirect(_onward(request, dossier, kind, slug))


def _goes_back(request: PersonRequest) -> bool:
    return "precedent" in request.POST


def _onward(request: PersonRequest, dossier: Dossier, kind: kinds.Kind, slug: str) -> str:
    slugs = [each.slug for each in kind.steps]
    place = slugs.index(slug) + (-1 if _goes_back(request) else 1)
    if "suite" in request.POST:
        return following(request, dossier, slug)
    return presenting.step_url(dossier, slugs[max(0, min(place, len(slugs) - 1))])


# Buttons of a step that keep the page, then open something: their value names it.
FOLLOWING = {"organisme": "portal:provider", "modeles": "portal:templates", "stagiaire": "portal:add_trainee"}


def following(request: PersonRequest, dossier: Dossier, slug: str) -> str:
    name = FOLLOWING.get(request.POST.get("suite", ""))
    return reverse(name, args=[dossier.key]) if name else presenting.step_url(dossier, slug)


def posted_fields(request: PersonRequest, specs: tuple[FieldSpec, ...]) -> dict[str, tuple[str, int]]:
    """What the page sent of the fields it showed: a field shown names its revision; a box left alone sends nothing else.
    Where a conflict was shown, « theirs » keeps the other window's value."""
    values: dict[str, tuple[str, int]] = {}
    for spec in specs:
        revision = posted_revision(request, spec.name)
        if revision is not None:
            values[spec.name] = (request.POST.get(spec.name, "")[:LONGEST_VALUE], revision)
    return values


def posted_revision(request: PersonRequest, name: str) -> int | None:
    """The revision that the page showed of a field; None where the page did not show it, or gives it up to another window."""
    revision = request.POST.get(f"revision:{name}")
    if revision is None or request.POST.get(f"keep:{name}") == "theirs":
        return None
    return _number(revision)


def _number(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else 0


def _show(
    request: PersonRequest,
    dossier: Dossier,
    current: kinds.Step,
    *,
    conflicts: Mapping[str, FieldConflict] | None = None,
    summary: bool = False,
) -> HttpResponse:
    context = step_context(request, dossier, current.slug, conflicts=conflicts, summary=summary)
    return render(request, f"portal/draft/{current.slug}.html", context)


def step_context(
    request: PersonRequest,
    dossier: Dossier,
    slug: str,
    *,
    conflicts: Mapping[str, FieldConflict] | None = None,
    summary: bool = False,
    insist: bool = False,
) -> dict[str, Any]:
    """What every step's template needs. `insist` shows what is missing as errors too: sending was tried."""
    kind = kinds.get(dossier.kind)
    draft = view_of(request, dossier, with_twins=slug == kind.steps[-1].slug)
    missing = kind.missing(draft)
    step_ = next(each for each in kind.steps if each.slug == slug)
    insist = insist or "verifier" in request.GET
    wrong = presenting.messages_by_field(missing if insist else kind.errors(draft), step=slug)
    warnings = [warning for warning in kind.warnings(draft) if warning.step == slug]
    slugs = [each.slug for each in kind.steps]
    place = slugs.index(slug)
    return {
        "dossier": dossier,
        "draft": draft,
        "kind": kind,
        "step": step_,
        "rank": place + 1,
        "step_count": len(slugs),
        "steps": presenting.step_links(dossier, kind, missing, slug),
        "fields": presenting.raw_fields(step_.fields, draft, wrong=wrong, conflicts=conflicts),
        "errors": _summary(wrong, conflicts) if (summary or insist) else [],
        "warnings": warnings,
        **panel_context(dossier, kind, missing, slug),
        "autosave_url": reverse("portal:autosave", args=[dossier.key]),
        "previous_url": presenting.step_url(dossier, slugs[place - 1]) if place else "",
        **content_of(slug, dossier, kind, draft, wrong),
    }


def panel_context(dossier: Dossier, kind: kinds.Kind, missing: list[Missing], current: str) -> dict[str, Any]:
    """« Ce qui manque » and when the draft was last saved."""
    return {
        "items": presenting.missing_items(dossier, kind, missing, current),
        "missing_count": len(missing),
        "complete": COMPLETE,
        "saved_at": dossier.updated_at,
    }


def _summary(wrong: Mapping[str, str], conflicts: Mapping[str, FieldConflict] | None) -> list[presenting.ErrorLink]:
    message = "Ce champ a été modifié dans une autre fenêtre : choisissez la valeur à garder."
    return presenting.error_links({**wrong, **dict.fromkeys(conflicts or {}, message)})


@require_POST
def autosave(request: PersonRequest, key: UUID) -> HttpResponse:
    """Keeps one field. Answers {revision, saved_at, error, warning, missing_html}; 409 with both values; 422 with a sentence.
    `ligne` in the address, or before the name: the trainee's row."""
    row, name = split_name(request.POST.get("name", ""))
    row, value = row or request.GET.get("ligne", ""), request.POST.get("value", "")
    try:
        if name == "nir" and row:
            return _autosave_nir(request, key, row, value)
        saved = drafts.save_field(
            actor=request.actor,
            key=str(key),
            name=name,
            value=value,
            revision=_number(request.POST.get("revision", "")),
            row=row,
        )
    except StaleField as error:
        return JsonResponse(_conflict(error.conflict), status=409)
    except (UnknownDossier, UnknownField) as error:
        raise Http404 from error
    except OpenOpcoError as error:
        return JsonResponse({"error": error.message}, status=422)
    answer = {"revision": saved.stored.revision, "saved_at": saved.saved_at.isoformat()}
    return JsonResponse({**answer, **_verdict(request, key, name, row)})


def _autosave_nir(request: PersonRequest, key: UUID, row: str, value: str) -> HttpResponse:
    """A NIR is kept only whole and right, in the vault: a wrong one is said, and stays in the field alone. Once sent, an
    emptied field leaves the one that stands."""
    if not value.strip() and draft_or_404(request, key).state != State.BROUILLON:
        return JsonResponse({"error": ""})
    try:
        drafts.set_nir(actor=request.actor, key=str(key), row=row, raw=value)
    except InvalidValue as error:
        return JsonResponse({"error": error.message, "unsaved": True})
    return JsonResponse({"revision": 0, "saved_at": timezone.now().isoformat(), **_verdict(request, key, "nir", row)})


def render_panel(dossier: Dossier, kind: kinds.Kind, missing: list[Missing], current: str) -> str:
    """« Ce qui manque » as it stands, for the page's script to put in place."""
    return render_to_string("components/missing.html", panel_context(dossier, kind, missing, current))


def _conflict(conflict: FieldConflict) -> dict[str, Any]:
    return {
        "current": conflict.current,
        "revision": conflict.revision,
        "by": conflict.saved_by,
        "at": conflict.saved_at.isoformat(),
    }


def _verdict(request: PersonRequest, key: UUID, name: str, row: str) -> dict[str, str]:
    """What is to be said of the field now, and the panel as it stands."""
    dossier = draft_or_404(request, key)
    kind, draft = kinds.get(dossier.kind), view_of(request, dossier)
    errors = [line.message for line in kind.errors(draft) if (line.target, line.row) == (name, row)]
    if dossier.state != State.BROUILLON:
        return {"error": (errors or [""])[0]}
    missing = kind.missing(draft)
    warnings = [line.message for line in kind.warnings(draft) if (line.target, line.row) == (name, row)]
    current = "" if row else next((each.slug for each in kind.steps if kinds.find_field(kind, name) in each.fields), "")
    panel = render_panel(dossier, kind, missing, current or kind.steps[2].slug)
    return {"error": (errors or [""])[0], "warning": (warnings or [""])[0], "missing_html": panel}
