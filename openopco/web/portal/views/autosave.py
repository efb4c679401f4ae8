"""A draft saved field by field as one types."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from openopco.dossiers import kinds
from openopco.dossiers.actions import drafts
from openopco.dossiers.enums import State
from openopco.dossiers.errors import FieldConflict, StaleField, UnknownDossier, UnknownField
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import InvalidValue, OpenOpcoError
from openopco.web.portal.access import draft_or_404
from openopco.web.portal.answering import NIR, split_name
from openopco.web.portal.opened import Opened, open_draft
from openopco.web.portal.panel import render_panel
from openopco.web.portal.posted import number_in, row_in

# The « revision » of a NIR's field says whether one stood already when the page was shown: emptied, the field then leaves it.
STANDS = 1


@require_POST
def autosave(request: PersonRequest, key: UUID) -> HttpResponse:
    """Keeps one field. Answers {revision, saved_at, error, warnings_html, beside_html, missing_html}; 409 with both values;
    422 with a sentence.
    `ligne` in the address, or before the name: the trainee's row."""
    row, name = split_name(request.POST.get("name", ""))
    row = row_in(row or request.GET.get("ligne", ""))
    try:
        answer = _keep_nir(request, key, row) if name == NIR and row else _keep_field(request, key, row, name)
    except StaleField as error:
        return JsonResponse(_conflict(error.conflict), status=409)
    except (UnknownDossier, UnknownField) as error:
        raise Http404 from error
    except OpenOpcoError as error:
        return JsonResponse({"error": error.message}, status=422)
    return JsonResponse(answer)


def _keep_field(request: PersonRequest, key: UUID, row: str, name: str) -> dict[str, Any]:
    saved = drafts.save_field(
        actor=request.actor,
        key=str(key),
        name=name,
        value=request.POST.get("value", ""),
        revision=number_in(request.POST.get("revision", "")),
        row=row,
    )
    told = {"revision": saved.stored.revision, "saved_at": saved.saved_at.isoformat()}
    return {**told, **_verdict(request, key, name, row)}


def _keep_nir(request: PersonRequest, key: UUID, row: str) -> dict[str, Any]:
    """A NIR is kept only whole and right, in the vault: a wrong one is said, and stays in the field alone."""
    value, revision = request.POST.get("value", ""), number_in(request.POST.get("revision", ""))
    if not value.strip() and (revision == STANDS or draft_or_404(request, key).state != State.BROUILLON):
        return {"error": ""}
    try:
        drafts.set_nir(actor=request.actor, key=str(key), row=row, raw=value)
    except InvalidValue as error:
        return {"error": error.message, "unsaved": True}
    told = {"revision": revision, "saved_at": timezone.now().isoformat()}
    return {**told, **_verdict(request, key, NIR, row)}


def _conflict(conflict: FieldConflict) -> dict[str, Any]:
    return {
        "current": conflict.current,
        "revision": conflict.revision,
        "by": conflict.saved_by,
        "at": conflict.saved_at.isoformat(),
    }


def _verdict(request: PersonRequest, key: UUID, name: str, row: str) -> dict[str, str]:
    """What is to be said of the field now, and the panel as it stands."""
    page = open_draft(request, draft_or_404(request, key), as_typed=True)
    step, view = _step_of(page, name, row), page.row(row)
    # A NIR is nowhere among what was typed: given, whatever it still lacks is wrong with it.
    wrong = page.lacks_of(step, row) if name == NIR and view and view.has_nir else page.errors_of(step, row)
    error = next((line.message for line in wrong if line.target == name), "")
    if page.dossier.state != State.BROUILLON:
        return {"error": error}
    return {
        "error": error,
        "warnings_html": _warnings(page, step, row, beside=False),
        "beside_html": _warnings(page, step, row, beside=True),
        "missing_html": render_panel(page, step, row),
    }


def _warnings(page: Opened, step: str, row: str, *, beside: bool) -> str:
    context = {"warnings": page.warnings_of(step, row, beside=beside), "beside": beside}
    return render_to_string("portal/draft/warnings.html", context)


def _step_of(page: Opened, name: str, row: str) -> str:
    """The step that asks a field that was just saved."""
    view = page.row(row) if row else None
    spec = None if view else kinds.find_field(page.kind, name)
    return next(step.slug for step in page.kind.steps if (step.row_kind == view.kind if view else spec in step.fields))
