"""The demonstration's mailbox: every mail it would have sent, to read and to follow the links of, without signing in."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openopco.base.keyset import paginate
from openopco.demo.accounts import ACCOUNTS
from openopco.demo.linking import pieces_of
from openopco.mail.models import OutgoingMail
from openopco.mail.queries import backlog, demo_mailbox

SIZE = 25


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The latest first; « a » keeps one person's."""
    _demo_only()
    to = request.GET.get("a", "").strip()
    page = paginate(
        demo_mailbox(to or None), keys=("sent_at", "id"), after=request.GET.get("after"), size=SIZE, descending=True
    )
    context = {"page": page, "to": to, "waiting": backlog()[0], "accounts": [email for email, _ in ACCOUNTS]}
    return render(request, "demo/mailbox.html", context)


@login_not_required
@require_safe
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    found = _found(mail_id)
    context = {
        "mail": found,
        "pieces": pieces_of(found.text, own_hosts={request.get_host()}),
        "attachments": found.attachments.order_by("id").defer("content"),
    }
    return render(request, "demo/mail.html", context)


@login_not_required
@require_safe
def attachment(request: HttpRequest, mail_id: int, attachment_id: int) -> HttpResponse:
    """What was joined, to be kept: never shown as a page of the site."""
    piece = _found(mail_id).attachments.filter(pk=attachment_id).first()
    if piece is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="piece-{piece.pk}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(bytes(piece.content), content_type="application/octet-stream", headers=headers)


def _found(mail_id: int) -> OutgoingMail:
    _demo_only()
    found = demo_mailbox().filter(pk=mail_id).first()
    if found is None:
        raise Http404
    return found


def _demo_only() -> None:
    """Should these addresses ever be routed elsewhere, they lead nowhere."""
    if not settings.DEMO:
        raise Http404
