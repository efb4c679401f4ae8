"""[VALIDER], the confirmation, the receipt."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from openopco import opco
from openopco.dossiers import kinds
from openopco.dossiers.actions.sending import Closed, Incomplete, send
from openopco.dossiers.enums import State
from openopco.dossiers.errors import NotEditable
from openopco.dossiers.models import Dossier, Receipt
from openopco.dossiers.receipts import receipt_pdf
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.opco import parameters
from openopco.web.portal.access import dossier_or_404, draft_or_404, page_of
from openopco.web.portal.funds import told_of
from openopco.web.portal.opened import open_draft
from openopco.web.portal.posted import ALL_KEPT, Unkept, keep_posted
from openopco.web.portal.views.steps import step_context


@require_POST
def submit(request: PersonRequest, key: UUID) -> HttpResponse:
    """Keeps the last step, then sends. Sent already (double click, lost answer): the same confirmation."""
    dossier = draft_or_404(request, key)
    if dossier.state == State.BROUILLON:
        try:
            return _keep_and_send(request, dossier)
        except NotEditable:
            # The first of two clicks sent it while this one was on its way.
            dossier = draft_or_404(request, key)
    return _sent(request, dossier)


def _sent(request: PersonRequest, dossier: Dossier) -> HttpResponse:
    """The confirmation, for the employer; an officer who typed it for him is led to its page at the desk."""
    if not request.actor.is_opco:
        return redirect("portal:sent", dossier.number)
    messages.success(request, f"Demande {dossier.number} enregistrée. Un collègue l'examinera.")
    return redirect(page_of(request, dossier))


def _keep_and_send(request: PersonRequest, dossier: Dossier) -> HttpResponse:
    unkept = keep_posted(request, dossier, kinds.get(dossier.kind).steps[-1].fields)
    if unkept:
        return _refuse(request, dossier, unkept)
    try:
        sent = send(actor=request.actor, key=str(dossier.key))
    except (Closed, Incomplete):
        return _refuse(request, dossier)
    return _sent(request, sent.dossier)


def _refuse(request: PersonRequest, dossier: Dossier, unkept: Unkept = ALL_KEPT) -> HttpResponse:
    """The last step again, with all that forbids sending, here and on the other steps."""
    page = open_draft(request, draft_or_404(request, dossier.key))
    closing = page.kind.steps[-1]
    context = step_context(page, closing, unkept=unkept, summary=True, insist=True)
    return render(request, f"portal/draft/{closing.slug}.html", context)


@require_safe
def sent(request: PersonRequest, number: str) -> HttpResponse:
    """« Demande envoyée »: the number, what happens next, and when."""
    dossier = dossier_or_404(request, number)
    notice_days = parameters.value("change_notice_days", on=paris_today(timezone.now()))
    context = {
        "dossier": dossier,
        "identity": opco.identity(),
        "change_notice_days": notice_days,
        **told_of(dossier, paris_today(timezone.now())),
    }
    return render(request, "portal/sent.html", context)


@require_safe
def receipt(request: PersonRequest, number: str) -> HttpResponse:
    """The receipt's PDF: the one that the job kept, or, while it waits, made from the same snapshot."""
    dossier = dossier_or_404(request, number)
    found = Receipt.objects.select_related("dossier__transmission", "dossier__filed_by").filter(dossier=dossier).first()
    if found is None:
        raise Http404
    name = f"accuse-reception-{dossier.number}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(receipt_pdf(found), content_type="application/pdf", headers=headers)
