"""« Historique »: the timeline, and each correction with what stood before and after."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openopco.dossiers import kinds, timeline
from openopco.dossiers.enums import Audience, CorrectionState, ItemKind
from openopco.dossiers.fields import read
from openopco.dossiers.models import CorrectionItem, CorrectionRequest, Decision, Dossier, DraftRow
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.rights import Permission
from openopco.training.kind import in_opco_words
from openopco.web.admin.access import needs
from openopco.web.desk.access import found
from openopco.web.desk.pages import frame_of

WORDS = {
    CorrectionState.OUVERTE: ("wait", "Attend la réponse"),
    CorrectionState.REPONDUE: ("ok", "Répondu"),
    CorrectionState.RETIREE: ("off", "Retiré"),
}


@require_safe
@needs(Permission.NOTE_READ)
def history(request: PersonRequest, number: str) -> HttpResponse:
    dossier = found(request, number)
    context = frame_of(request, dossier, "desk:history") | {
        "events": timeline.events(dossier, Audience.OPCO),
        "corrections": _corrections(dossier),
        "decisions": list(Decision.objects.filter(dossier=dossier).order_by("-version")),
    }
    return render(request, "desk/history.html", context)


def _corrections(dossier: Dossier) -> list[dict[str, Any]]:
    asked = CorrectionRequest.objects.filter(dossier=dossier).select_related("asked_by").prefetch_related("items")
    requests = list(asked.order_by("-id"))
    rows = {row.key: row for row in DraftRow.objects.filter(dossier=dossier)} if requests else {}
    return [_correction(dossier, request, rows) for request in requests]


def _correction(dossier: Dossier, request: CorrectionRequest, rows: dict[str, DraftRow]) -> dict[str, Any]:
    state, on = CorrectionState(request.state), paris_today(request.created_at)
    tone, word = WORDS[state]
    return {
        "asked_at": request.created_at,
        "asked_by": request.asked_by.full_name,
        "due_on": request.due_on,
        "message": request.message,
        "tone": tone,
        "word": word,
        "answered": state is CorrectionState.REPONDUE,
        "items": [_item(kinds.get(dossier.kind), item, rows, on) for item in request.items.all()],
    }


def _item(kind: kinds.Kind, item: CorrectionItem, rows: dict[str, DraftRow], on: date) -> dict[str, Any]:
    if item.kind == ItemKind.PIECE:
        label, before, after = dict(kind.zones).get(item.name, item.name), item.before, item.after
    else:
        row = rows.get(item.row)
        spec = kinds.find_row_field(kind, row.kind, item.name) if row else kinds.find_field(kind, item.name)
        label = in_opco_words(spec.label) if spec else item.name
        before, after = (
            (spec.shown(read(spec, raw, on).value, on) or raw) if spec else raw for raw in (item.before, item.after)
        )
    unchanged = item.before == item.after and not _is_other_nir(item, rows)
    return {"label": label, "reason": item.reason, "before": before, "after": after, "unchanged": unchanged}


def _is_other_nir(item: CorrectionItem, rows: dict[str, DraftRow]) -> bool:
    """Of a NIR the point only says that there is one, before and after."""
    row = rows.get(item.row)
    return item.name == "nir" and row is not None and row.nir_id != item.nir_before_id
