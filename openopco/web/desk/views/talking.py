"""« Échanges »: messages with the employer, notes among officers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from openopco.dossiers import queries
from openopco.dossiers.actions import talking
from openopco.dossiers.errors import NotPossibleNow
from openopco.dossiers.models import Dossier, Message, Note
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import InvalidValue
from openopco.opco import shipped_lists
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.desk.access import found
from openopco.web.desk.pages import frame_of, page_url
from openopco.web.desk.phrases import INSERT, Shelf, shelf

# The latest; the journal's line of each older one stays in « Historique ».
MOST = 100


@require_safe
@needs(Permission.NOTE_READ)
def talk(request: PersonRequest, number: str) -> HttpResponse:
    return _show(request, found(request, number))


@require_POST
@needs(Permission.NOTE_WRITE)
def message(request: PersonRequest, number: str) -> HttpResponse:
    return _write(request, number, "message", talking.write_message, "Votre message est envoyé à l'employeur.")


@require_POST
@needs(Permission.NOTE_WRITE)
def note(request: PersonRequest, number: str) -> HttpResponse:
    return _write(request, number, "note", talking.write_note, "Votre note est gardée.")


def _write(request: PersonRequest, number: str, field: str, act: Callable[..., Any], done: str) -> HttpResponse:
    dossier = found(request, number)
    typed = request.POST.get("body", "")
    if INSERT in request.POST:
        shelved = _shelf(dossier, request.POST.dict())
        status = 422 if shelved.picker("message").error else 200
        return _show(request, dossier, typed={field: shelved.text("message", typed)}, status=status)
    try:
        act(actor=request.actor, number=number, body=typed)
    except (InvalidValue, NotPossibleNow) as error:
        return _show(request, dossier, typed={field: typed}, errors={field: error.message}, status=422)
    messages.success(request, done)
    return redirect(f"{page_url(request, number, 'desk:talk')}#{field}s")


def _show(
    request: PersonRequest,
    dossier: Dossier,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    said = Message.objects.filter(dossier=dossier).order_by("-created_at", "-id")[:MOST]
    noted = Note.objects.filter(dossier=dossier).order_by("-created_at", "-id")[:MOST]
    context = frame_of(request, dossier, "desk:talk") | {
        "said": _oldest_first(said),
        "noted": _oldest_first(noted),
        "typed": {"message": "", "note": "", **(typed or {})},
        "errors": errors or {},
        "picker": _shelf(dossier, request.POST.dict()).picker("message"),
    }
    return render(request, "desk/talk.html", context, status=status)


def _shelf(dossier: Dossier, posted: dict[str, str]) -> Shelf:
    return shelf(shipped_lists.MESSAGE, queries.nature_of(dossier), paris_today(timezone.now()), posted)


def _oldest_first(found: Any) -> list[Any]:
    lines: list[Any] = list(found)
    return sorted(lines, key=_moment)


def _moment(line: Message | Note) -> tuple[datetime, int]:
    return line.created_at, line.pk
