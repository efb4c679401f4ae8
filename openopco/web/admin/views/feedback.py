"""« Avis reçus »: what people think of the portal, for administrators."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from openopco.accounts.models import User
from openopco.habilitations.http import PersonRequest
from openopco.opco import queries
from openopco.opco.actions.feedback import mark_feedback_read
from openopco.opco.models import Feedback
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.components.tags import moment

UNREAD = "non-lus"


@require_safe
@needs(Permission.FEEDBACK_READ)
def received(request: PersonRequest) -> HttpResponse:
    unread_only = request.GET.get("filtre") == UNREAD
    page = queries.feedback_page(actor=request.actor, unread_only=unread_only, after=request.GET.get("after"))
    context = {"page": page, "unread_only": unread_only, "tabs": _tabs(unread_only)}
    return render(request, "admin/feedback_list.html", context)


@require_safe
@needs(Permission.FEEDBACK_READ)
def detail(request: PersonRequest, feedback_id: int) -> HttpResponse:
    feedback = _found(request, feedback_id)
    return render(request, "admin/feedback_detail.html", {"feedback": feedback, "rows": _origin(feedback)})


@require_POST
@needs(Permission.FEEDBACK_READ)
def mark_read(request: PersonRequest, feedback_id: int) -> HttpResponse:
    feedback = mark_feedback_read(actor=request.actor, feedback_id=_found(request, feedback_id).pk)
    messages.success(request, f"L'avis n° {feedback.pk} est marqué comme lu.")
    return redirect("admin_opco:feedback")


def _tabs(unread_only: bool) -> list[dict[str, object]]:
    every = reverse("admin_opco:feedback")
    return [
        {"label": "Tous", "url": every, "current": not unread_only},
        {"label": "Non lus", "url": f"{every}?filtre={UNREAD}", "current": unread_only},
    ]


def _origin(feedback: Feedback) -> list[dict[str, str]]:
    author = User.objects.filter(pk=feedback.author_id).first() if feedback.author_id else None
    return [
        {"label": "Note", "value": f"{feedback.rating} sur 5" if feedback.rating else "Aucune"},
        {"label": "Page", "value": feedback.page},
        {"label": "Reçu", "value": moment(feedback.created_at)},
        {"label": "De", "value": f"{author} ({author.email})" if author else "Une personne qui n'a pas donné son nom"},
    ]


def _found(request: PersonRequest, feedback_id: int) -> Feedback:
    try:
        return queries.feedback(actor=request.actor, feedback_id=feedback_id)
    except (Feedback.DoesNotExist, OverflowError) as error:
        raise Http404 from error
