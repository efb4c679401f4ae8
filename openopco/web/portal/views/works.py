"""« Mes travaux »: batches and exports that one asked for, how far they are, what they left out, their file."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from openopco import journal
from openopco.base import works
from openopco.base.models import RowOutcome, Work, WorkRow
from openopco.base.sheets import neutralised
from openopco.base.works.asking import rows_said
from openopco.base.works.results import open_result
from openopco.dossiers.actions.batches import KIND as BATCH
from openopco.dossiers.errors import UnknownDossier
from openopco.exports.actions import ask_archive
from openopco.habilitations.http import PersonRequest
from openopco.web.portal.works import key_of, line_of, sentence_of

# Beyond this many, rows are told in the report alone.
MOST_SHOWN = 200
TAKEN = "export.taken"


@require_POST
def archive(request: PersonRequest, number: str) -> HttpResponse:
    """Asks for the whole of a request as a ZIP, from either side's page of it."""
    key = key_of(request)
    try:
        work = ask_archive(actor=request.actor, number=number, key=key)
    except UnknownDossier as error:
        raise Http404 from error
    except works.WorkAlreadyAsked:
        return redirect("portal:work", key)
    return redirect("portal:work", work.key)


@require_safe
def listing(request: PersonRequest) -> HttpResponse:
    page = works.works_of(request.user.pk, request.GET.get("after"))
    lines = [line_of(work) for work in page.items]
    return render(request, "portal/works.html", {"page": page, "lines": lines})


@require_safe
def work(request: PersonRequest, key: UUID) -> HttpResponse:
    found = _own(request, key)
    context: dict[str, Any] = {
        "work": found,
        "line": line_of(found),
        "sentence": sentence_of(found),
        "is_batch": found.kind == BATCH,
        "left_out": _rows(found, RowOutcome.LEFT_OUT),
        "did": [] if found.is_open else _rows(found, RowOutcome.DONE),
        "untouched": 0 if found.is_open or found.total is None else found.total - found.done - found.left_out,
        "most": MOST_SHOWN,
    }
    return render(request, "portal/work.html", context)


def _rows(found: Work, outcome: RowOutcome) -> list[WorkRow]:
    return list(rows_said(found, outcome)[:MOST_SHOWN]) if found.kind == BATCH else []


@require_POST
def stop(request: PersonRequest, key: UUID) -> HttpResponse:
    found = _own(request, key)
    if found.is_open:
        works.cancel(found)
        messages.success(request, "Le travail est arrêté. Ce qui était fait le reste.")
    else:
        messages.info(request, "Ce travail était déjà terminé.")
    return redirect("portal:work", found.key)


@require_safe
def result(request: PersonRequest, key: UUID) -> HttpResponseBase:
    """The file, to who asked for it and still may; that it was taken is kept."""
    found = _own(request, key)
    if not found.result_name:
        raise Http404
    if not works.may_take(found):
        raise PermissionDenied
    content = open_result(found)
    if content is None:
        raise Http404
    journal.audit_read(actor=request.actor, subject_kind="work", subject_id=found.pk, what=TAKEN)
    answer = FileResponse(content, as_attachment=True, filename=found.result_filename)
    answer["Content-Length"] = str(found.result_size)
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
def report(request: PersonRequest, key: UUID) -> HttpResponseBase:
    """What a batch did and left out, row by row, for a spreadsheet."""
    found = _own(request, key)
    if found.kind != BATCH:
        raise Http404
    answer = StreamingHttpResponse(_report(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="compte-rendu-lot-{found.pk}.csv"'
    return answer


def _report(found: Work) -> Iterator[str]:
    yield "\ufeffDossier;Résultat;Détail;Adresse\r\n"
    for row in WorkRow.objects.filter(work=found).order_by("id").iterator(chunk_size=500):
        cells = (row.label, RowOutcome(row.outcome).label, row.said, reverse("desk:dossier", args=[row.label]))
        yield ";".join('"{}"'.format(neutralised(cell).replace('"', '""')) for cell in cells) + "\r\n"


def _own(request: PersonRequest, key: UUID) -> Work:
    found = works.own(request.user.pk, key)
    if found is None:
        raise Http404
    return found
