"""[VALIDER], the confirmation, the receipt."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from openopco import opco
from openopco.dossiers import kinds
from openopco.dossiers.actions import drafts
from openopco.dossiers.actions.sending import Incomplete, send
from openopco.dossiers.enums import State
from openopco.dossiers.models import Receipt
from openopco.dossiers.receipts import render_receipt
from openopco.habilitations.http import PersonRequest
from openopco.training.rules import SUMMARY
from openopco.web.portal.access import dossier_or_404, draft_or_404
from openopco.web.portal.views.steps import posted_fields, step_context


@require_POST
def submit(request: PersonRequest, key: UUID) -> HttpResponse:
    """Keeps the last step, then sends. Sent already (double click, lost answer): the same confirmation."""
    dossier = draft_or_404(request, key)
    if dossier.state != State.BROUILLON:
        return redirect("portal:sent", dossier.number)
    closing = kinds.get(dossier.kind).steps[-1]
    batch = drafts.save_fields(actor=request.actor, key=str(key), values=posted_fields(request, closing.fields))
    conflicts = {conflict.name: conflict for conflict in batch.conflicts}
    if conflicts:
        return _show(request, key, conflicts=conflicts)
    try:
        sent = send(actor=request.actor, key=str(key))
    except Incomplete:
        return _show(request, key)
    return redirect("portal:sent", sent.dossier.number)


def _show(request: PersonRequest, key: UUID, **problems: object) -> HttpResponse:
    dossier = draft_or_404(request, key)
    context = step_context(request, dossier, SUMMARY, summary=True, insist=True, **problems)  # type: ignore[arg-type]
    context["refused"] = True
    return render(request, f"portal/draft/{SUMMARY}.html", context)


@require_GET
def sent(request: PersonRequest, number: str) -> HttpResponse:
    """« Demande envoyée »: the number, what happens next, and when."""
    dossier = dossier_or_404(request, number)
    if dossier.state == State.BROUILLON:
        raise Http404
    return render(request, "portal/sent.html", {"dossier": dossier, "identity": opco.identity()})


@require_GET
def receipt(request: PersonRequest, number: str) -> HttpResponse:
    """The receipt's PDF: the one that the job kept, or, while it waits, made from the same snapshot."""
    dossier = dossier_or_404(request, number)
    found = Receipt.objects.select_related("dossier__transmission", "dossier__filed_by").filter(dossier=dossier).first()
    if found is None:
        raise Http404
    name = f"accuse-reception-{dossier.number}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(_content(found), content_type="application/pdf", headers=headers)


def _content(found: Receipt) -> bytes:
    if found.storage_name and default_storage.exists(found.storage_name):
        with default_storage.open(found.storage_name) as file:
            return bytes(file.read())
    return render_receipt(found)
