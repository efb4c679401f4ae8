"""The inbox of each person, and what each wants by mail."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openopco.habilitations.http import PersonRequest
from openopco.notifications import queries
from openopco.notifications.actions import mark_read, set_mail_pace
from openopco.notifications.enums import Pace
from openopco.notifications.kinds import registered_kinds
from openopco.notifications.models import Notice
from openopco.notifications.rules import by_subject

# What to do with a notice whose kind nobody registers any more.
OPEN = "Ouvrir"


@require_safe
def notices(request: PersonRequest) -> HttpResponse:
    page = queries.inbox(request.user.pk, request.GET.get("after"))
    acts = {kind.code: kind.act for kind in registered_kinds()}
    groups = [Group(each[0], acts.get(each[0].kind, OPEN), each[1:]) for each in by_subject(page.items)]
    return render(request, "portal/notices.html", {"page": page, "groups": groups})


@dataclass(frozen=True, slots=True)
class Group:
    """The latest of what came about the same thing, what to do about it, and what came before."""

    latest: Notice
    act: str
    older: list[Notice]


@require_POST
def open_notice(request: PersonRequest, notice_id: int) -> HttpResponse:
    """Marks it read, then leads to what it is about."""
    notice = _own(request, notice_id)
    mark_read(actor=request.actor, notice_ids=[notice.pk])
    return redirect(notice.url)


@require_POST
def read_notice(request: PersonRequest, notice_id: int) -> HttpResponse:
    mark_read(actor=request.actor, notice_ids=[_own(request, notice_id).pk])
    return redirect("portal:notices")


@require_POST
def read_all(request: PersonRequest) -> HttpResponse:
    count = mark_read(actor=request.actor)
    if count:
        messages.success(request, "Tout est marqué comme lu.")
    return redirect("portal:notices")


def _own(request: PersonRequest, notice_id: int) -> Notice:
    notice = queries.own_notice(request.user.pk, notice_id)
    if notice is None:
        raise Http404
    return notice


@require_http_methods(["GET", "HEAD", "POST"])
def mail_preferences(request: PersonRequest) -> HttpResponse:
    """When each kind of notice comes by mail too; those that open a delay always do, at once."""
    is_opco = request.user.is_opco
    choices = [each for each in queries.mail_choices(request.user.pk) if each[0].concerns(is_opco=is_opco)]
    if request.method != "POST":
        context: dict[str, Any] = {
            "free": [choice for choice in choices if not choice[0].compulsory],
            "compulsory": [kind for kind, _ in choices if kind.compulsory],
            "paces": Pace.choices,
        }
        return render(request, "portal/mail_preferences.html", context)
    for kind, pace in choices:
        chosen = request.POST.get(kind.code, pace)
        if not kind.compulsory and chosen != pace and chosen in Pace.values:
            set_mail_pace(actor=request.actor, kind=kind.code, pace=chosen)
    messages.success(request, "Vos préférences sont enregistrées.")
    return redirect("portal:mail_preferences")
