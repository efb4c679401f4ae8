"""Step 3: the trainees of a draft, each on a page of his own; taken from the employer's directory, or typed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from openopco.dossiers import kinds
from openopco.dossiers.actions import drafts
from openopco.dossiers.draft import DraftView, Missing, RowView
from openopco.dossiers.enums import State
from openopco.dossiers.fields import YES
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import format_date
from openopco.kernel.errors import InvalidValue, OpenOpcoError
from openopco.trainees import queries as directory
from openopco.trainees.models import Trainee
from openopco.training import rules
from openopco.training.fields import TRAINEE, TRAINEE_FIELDS
from openopco.web.portal import presenting
from openopco.web.portal.access import draft_or_404, view_of
from openopco.web.portal.views.steps import panel_context, posted_fields

STEP = rules.TRAINEES
TYPED_FIELDS = tuple(spec for spec in TRAINEE_FIELDS if spec.kind != "nir")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PersonRequest, key: UUID) -> HttpResponse:
    """[+ AJOUTER]: an empty row, then its page. A GET only comes from SUIVANT's « suite » and asks to confirm."""
    dossier = _draft(request, key)
    if request.method != "POST":
        return redirect(presenting.step_url(dossier, STEP))
    row = drafts.add_row(actor=request.actor, key=str(key), row_kind=TRAINEE)
    return redirect("portal:trainee", key, row.key)


@require_http_methods(["GET", "HEAD", "POST"])
def trainee(request: PersonRequest, key: UUID, row: str) -> HttpResponse:
    """One trainee. POST keeps what was typed, then says what he still lacks, all at once."""
    dossier = _draft(request, key)
    if view_of(request, dossier).row(row) is None:
        raise Http404
    if request.method != "POST":
        return _show(request, dossier, row)
    nir_error = _keep(request, key, row)
    batch = drafts.save_fields(actor=request.actor, key=str(key), values=posted_fields(request, TYPED_FIELDS), row=row)
    conflicts = {conflict.name: conflict for conflict in batch.conflicts}
    dossier = draft_or_404(request, key)
    draft = view_of(request, dossier)
    lacks = list(rules.missing_of_trainee(draft, _row(draft, row)))
    if nir_error or conflicts or lacks:
        return _show(request, dossier, row, lacks=lacks, nir_error=nir_error, conflicts=conflicts)
    messages.success(request, f"{rules.name_of(_row(draft, row))} est ajouté à la demande.")
    return redirect(presenting.step_url(dossier, STEP))


def _keep(request: PersonRequest, key: UUID, row: str) -> str:
    """Sends a NIR typed on the page to the vault; an empty field leaves the one that stands. Returns what is wrong with it."""
    raw = request.POST.get("nir", "")
    if not raw.strip():
        return ""
    try:
        drafts.set_nir(actor=request.actor, key=str(key), row=row, raw=raw)
    except InvalidValue as error:
        return error.message
    return ""


def _show(request: PersonRequest, dossier: Dossier, row_key: str, **problems: Any) -> HttpResponse:
    return render(request, "portal/draft/trainee.html", _context(request, dossier, row_key, **problems))


def _context(
    request: PersonRequest,
    dossier: Dossier,
    row_key: str,
    *,
    lacks: list[Missing] | None = None,
    nir_error: str = "",
    conflicts: dict[str, Any] | None = None,
) -> dict[str, Any]:
    kind, draft = kinds.get(dossier.kind), view_of(request, dossier)
    row = _row(draft, row_key)
    shown = lacks if lacks is not None else [line for line in kind.errors(draft) if line.row == row_key]
    if "verifier" in request.GET:
        shown = list(rules.missing_of_trainee(draft, row))
    wrong = presenting.messages_by_field(shown, step=STEP, row=row_key)
    if nir_error:
        wrong = {"nir": nir_error, **{name: text for name, text in wrong.items() if name != "nir"}}
    missing = kind.missing(draft)
    summarised = lacks is not None or nir_error or "verifier" in request.GET
    return {
        "dossier": dossier,
        "draft": draft,
        "row": row,
        "name": rules.name_of(row),
        "steps": presenting.step_links(dossier, kind, missing, STEP),
        "rank": 3,
        "step_count": len(kind.steps),
        "fields": presenting.raw_fields(TRAINEE_FIELDS, row, wrong=wrong, conflicts=conflicts),
        "warnings": [each for each in kind.warnings(draft) if each.row == row_key],
        "errors": presenting.error_links(wrong) if summarised else [],
        "autosave_url": f"{reverse('portal:autosave', args=[dossier.key])}?ligne={row.key}",
        "back_url": presenting.step_url(dossier, STEP),
        "typed_nir": request.POST.get("nir", "") if nir_error else "",
        **panel_context(dossier, kind, missing, STEP),
    }


def _row(draft: DraftView, key: str) -> RowView:
    row = draft.row(key)
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: PersonRequest, key: UUID) -> HttpResponse:
    """« Sélectionner ou créer le stagiaire »: several people of the directory at a time; `ligne` is an empty row to fill."""
    dossier = _draft(request, key)
    if request.method == "POST":
        return _take_chosen(request, dossier)
    searched = request.GET.get("nom", "")
    page = directory.directory(request.actor, dossier.establishment_id, searched, request.GET.get("after"))
    taken = {row.trainee_id for row in view_of(request, dossier).rows}
    context = {
        "dossier": dossier,
        "people": page.items,
        "page": page,
        "taken": taken,
        "searched": searched,
        "line": request.GET.get("ligne", ""),
        "back_url": presenting.step_url(dossier, STEP),
    }
    return render(request, "portal/draft/choose_trainees.html", context)


def _take_chosen(request: PersonRequest, dossier: Dossier) -> HttpResponse:
    chosen = [int(raw) for raw in request.POST.getlist("stagiaire")[:200] if raw.isascii() and raw.isdigit()]
    found = (directory.find_trainee(request.actor, trainee_id) for trainee_id in chosen)
    people = [person for person in found if person and person.establishment_id == dossier.establishment_id]
    line = request.POST.get("ligne", "")
    if people and line:
        drafts.remove_row(actor=request.actor, key=str(dossier.key), row=line)
    for person in people:
        drafts.add_row(
            actor=request.actor,
            key=str(dossier.key),
            row_kind=TRAINEE,
            values=values_of(person),
            trainee_id=person.pk,
            nir_id=person.nir_id,
        )
    if people:
        count = len(people)
        messages.success(request, "Un stagiaire ajouté." if count == 1 else f"{count} stagiaires ajoutés.")
    else:
        messages.error(request, "Cochez au moins une personne.")
    return redirect(presenting.step_url(dossier, STEP))


def values_of(person: Trainee) -> dict[str, str]:
    """A person of the directory as raw values of a row."""
    return {
        "last_name": person.last_name,
        "birth_name": person.birth_name,
        "first_name": person.first_name,
        "birth_date": format_date(person.birth_date),
        "sex": person.sex,
        "postal_code": person.postal_code,
        "city": person.city,
        "employee_number": person.employee_number,
        "csp": person.csp,
        "contract_type": person.contract_type,
        "education_level": str(person.education_level),
        "rqth": YES if person.rqth else "",
        "nir_absent_reason": person.nir_absent_reason,
    }


@require_POST
def remove(request: PersonRequest, key: UUID, row: str) -> HttpResponse:
    """✗: takes a trainee out of the request."""
    dossier = _draft(request, key)
    try:
        drafts.remove_row(actor=request.actor, key=str(key), row=row)
    except OpenOpcoError as error:
        messages.error(request, error.message)
    return redirect(presenting.step_url(dossier, STEP))


def _draft(request: PersonRequest, key: UUID) -> Dossier:
    dossier = draft_or_404(request, key)
    if dossier.state != State.BROUILLON:
        raise Http404
    return dossier
