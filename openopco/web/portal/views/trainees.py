"""Step 3: each trainee of a draft on a page of his own."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from openopco.dossiers import kinds
from openopco.dossiers.actions import drafts
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import InvalidValue
from openopco.training import rules
from openopco.training.fields import TRAINEE, TRAINEE_FIELDS
from openopco.web.portal import presenting
from openopco.web.portal.access import open_draft_or_404
from openopco.web.portal.opened import Opened, open_draft
from openopco.web.portal.panel import panel_context
from openopco.web.portal.posted import ALL_KEPT, Unkept, keep_posted
from openopco.web.portal.views.steps import frame_context

STEP = rules.TRAINEES
TYPED_FIELDS = tuple(spec for spec in TRAINEE_FIELDS if spec.kind != "nir")


@require_POST
def add(request: PersonRequest, key: UUID) -> HttpResponse:
    """[+ AJOUTER]: an empty row, then its page."""
    dossier = open_draft_or_404(request, key)
    try:
        row = drafts.add_row(actor=request.actor, key=str(key), row_kind=TRAINEE)
    except InvalidValue as error:
        messages.error(request, error.message)
        return redirect(presenting.step_url(dossier, STEP))
    return redirect("portal:trainee", key, row.key)


@require_http_methods(["GET", "HEAD", "POST"])
def trainee(request: PersonRequest, key: UUID, row: str) -> HttpResponse:
    """One trainee. POST keeps what was typed, then says what he still lacks, all at once."""
    page = open_draft(request, open_draft_or_404(request, key))
    if page.row(row) is None:
        raise Http404
    if request.method != "POST":
        return _show(request, page, row, insist="verifier" in request.GET)
    return _keep(request, page.dossier, row)


def _keep(request: PersonRequest, dossier: Dossier, row: str) -> HttpResponse:
    nir_error = _keep_nir(request, dossier, row)
    unkept = keep_posted(request, dossier, TYPED_FIELDS, row=row)
    page = open_draft(request, open_draft_or_404(request, dossier.key))
    if "retirer-nir" in request.POST:
        return redirect(f"{presenting.target_url(dossier, STEP, row)}#id_nir")
    if nir_error or unkept or page.lacks_of(STEP, row):
        return _show(request, page, row, insist=True, nir_error=nir_error, unkept=unkept)
    messages.success(request, f"{_name(page, row)} figure dans la demande : ses informations sont enregistrées.")
    for warning in [*page.warnings_of(STEP, row), *page.warnings_of(STEP, row, beside=True)]:
        messages.warning(request, warning.message)
    return redirect(presenting.step_url(dossier, STEP))


def _keep_nir(request: PersonRequest, dossier: Dossier, row: str) -> str:
    """Sends a NIR typed on the page to the vault; an empty field leaves the one that stands, « retirer » takes it off.
    Returns what is wrong with it."""
    raw = "" if "retirer-nir" in request.POST else request.POST.get("nir", "")
    if not raw.strip() and "retirer-nir" not in request.POST:
        return ""
    try:
        drafts.set_nir(actor=request.actor, key=str(dossier.key), row=row, raw=raw)
    except InvalidValue as error:
        return error.message
    return ""


def _show(
    request: PersonRequest,
    page: Opened,
    row: str,
    *,
    insist: bool = False,
    nir_error: str = "",
    unkept: Unkept = ALL_KEPT,
) -> HttpResponse:
    wrong = presenting.messages_by_field(page.lacks_of(STEP, row) if insist else page.errors_of(STEP, row))
    if nir_error:
        wrong = {"nir": nir_error} | {name: text for name, text in wrong.items() if name != "nir"}
    context = {
        **_context(page, row, wrong, unkept),
        "errors": presenting.error_links(wrong, unkept) if insist else [],
        "typed_nir": request.POST.get("nir", "") if nir_error else "",
    }
    return render(request, "portal/draft/trainee.html", context)


def _context(page: Opened, row: str, wrong: Mapping[str, str], unkept: Unkept) -> dict[str, Any]:
    view = page.draft.row(row)
    assert view is not None
    return {
        **frame_context(page, _step(page.kind)),
        **panel_context(page, STEP, row),
        "row": view,
        "name": _name(page, row),
        "fields": presenting.raw_fields(TRAINEE_FIELDS, view, wrong=wrong, unkept=unkept),
        "warnings": page.warnings_of(STEP, row),
        "warnings_beside": page.warnings_of(STEP, row, beside=True),
        "autosave_url": f"{reverse('portal:autosave', args=[page.dossier.key])}?ligne={row}",
        "back_url": presenting.step_url(page.dossier, STEP),
    }


def _step(kind: kinds.Kind) -> kinds.Step:
    return next(step for step in kind.steps if step.row_kind == TRAINEE)


def _name(page: Opened, row: str) -> str:
    view = page.draft.row(row)
    return rules.name_of(view) if view else ""


@require_POST
def remove(request: PersonRequest, key: UUID, row: str) -> HttpResponse:
    """✗: takes a trainee out of the request."""
    dossier = open_draft_or_404(request, key)
    drafts.remove_row(actor=request.actor, key=str(key), row=row)
    return redirect(presenting.step_url(dossier, STEP))
