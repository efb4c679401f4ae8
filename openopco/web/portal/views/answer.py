"""« Répondre »: only what an officer asked can be changed, each point with his reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openopco.documents.rules import ACCEPT, limits_in_words
from openopco.dossiers import kinds, overview
from openopco.dossiers.actions import corrections, drafts
from openopco.dossiers.actions.sending import Incomplete
from openopco.dossiers.enums import ItemKind, State
from openopco.dossiers.errors import BadReception, FieldConflict, NotEditable, NotPossibleNow, Unanswered
from openopco.dossiers.fields import FieldSpec
from openopco.dossiers.models import CorrectionItem, Dossier
from openopco.dossiers.papers import AnswerReceived, read_answer_received
from openopco.dossiers.queries import answers_for
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.text import clean_text
from openopco.training.fields import TRAINEE
from openopco.web.components.raw import RawField
from openopco.web.desk.receiving import CHOICES
from openopco.web.portal import answering, wording
from openopco.web.portal.access import dossier_or_404, page_of, view_of
from openopco.web.portal.giving_back import give_back, typed_in
from openopco.web.portal.posted import posted_field

SENT = "Votre réponse est envoyée. Le gestionnaire reprend l'examen de votre demande."
SENT_FOR = (
    "La réponse de l'employeur est enregistrée : le gestionnaire reprend l'examen. Vous ne pourrez pas décider cette "
    "demande."
)
KEPT = "Vos corrections sont enregistrées. Elles ne sont pas encore envoyées."
KEPT_FOR = "Ce que vous avez saisi est gardé. La réponse n'est pas encore enregistrée."
OVER = "Plus aucune réponse n'est attendue sur cette demande."


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: PersonRequest, number: str) -> HttpResponse:
    """The points asked. POST keeps them, then sends the answer, or only keeps them (« garder »)."""
    dossier = dossier_or_404(request, number)
    if request.user.is_opco and not answers_for(request.actor, dossier):
        raise Http404
    items = overview.asked_of([dossier]).get(dossier.pk, [])
    if dossier.state != State.COMPLEMENT_DEMANDE or not items:
        return _over(request, dossier)
    if request.method != "POST":
        return _show(request, dossier, items)
    try:
        return _take(request, dossier, items)
    except (NotPossibleNow, NotEditable):
        return _over(request, dossier)


def _over(request: PersonRequest, dossier: Dossier) -> HttpResponse:
    """What was being written when the officer closed or went on is given back."""
    typed = _typed(request, kinds.get(dossier.kind)) if request.method == "POST" else []
    if typed:
        return give_back(request, dossier, OVER, typed)
    messages.info(request, OVER)
    return redirect(page_of(request, dossier))


def _typed(request: PersonRequest, kind: kinds.Kind) -> list[RawField]:
    specs = {name: spec for name in request.POST if (spec := _declared(kind, name))}
    body = clean_text(request.POST.get("message", ""))
    return [*typed_in(request, specs), *([RawField("message", "Message", body, kind="textarea")] if body else [])]


def _declared(kind: kinds.Kind, control: str) -> FieldSpec | None:
    row, name = answering.split_name(control)
    return kinds.find_row_field(kind, TRAINEE, name) if row else kinds.find_field(kind, name)


def _take(request: PersonRequest, dossier: Dossier, items: Sequence[CorrectionItem]) -> HttpResponse:
    kept = _keep(request, dossier, items)
    if kept.wrong or kept.conflicts:
        return _show(request, dossier, items, kept.problems())
    if "garder" in request.POST:
        messages.success(request, KEPT_FOR if request.actor.is_opco else KEPT)
        return redirect("portal:answer", dossier.number)
    try:
        _send(request, dossier, items)
    except BadReception as refused:
        return _show(request, dossier, items, answering.Problems(refused.problems, {}, {}))
    except Unanswered as error:
        said = answering.unanswered(kinds.get(dossier.kind), items, error.targets)
        return _show(request, dossier, items, answering.Problems(said, {}, {}))
    except Incomplete as error:
        here, elsewhere = answering.broken(items, error.missing)
        return _show(request, dossier, items, answering.Problems(here, {}, {}, elsewhere))
    except InvalidValue as error:
        return _show(request, dossier, items, answering.Problems({"message": error.message}, {}, {}))
    messages.success(request, SENT_FOR if request.actor.is_opco else SENT)
    return redirect(page_of(request, dossier))


def _send(request: PersonRequest, dossier: Dossier, items: Sequence[CorrectionItem]) -> None:
    """Sends the answer. A message explains the fields left as they were: it is written with the answer, or not at all."""
    number, body = str(dossier.number), request.POST.get("message", "")
    received = _received(request, items) if request.actor.is_opco else None
    corrections.answer(actor=request.actor, number=number, message=body, received=received)


def _received(request: PersonRequest, items: Sequence[CorrectionItem]) -> AnswerReceived:
    """How the answer that an officer types came to the OPCO. Raises `BadReception`."""
    asked_on = paris_today(items[0].request.created_at)
    return read_answer_received(request.POST.dict(), today=paris_today(timezone.now()), asked_on=asked_on)


@dataclass(slots=True)
class Kept:
    """What saving the page met."""

    wrong: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, FieldConflict] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)

    def problems(self) -> answering.Problems:
        return answering.Problems(self.wrong, self.conflicts, self.typed)


def _keep(request: PersonRequest, dossier: Dossier, items: Sequence[CorrectionItem]) -> Kept:
    """Keeps what the page holds of the fields asked: raw values by row, a NIR straight to the vault."""
    kept = Kept()
    by_row: dict[str, dict[str, tuple[str, int]]] = {}
    for item in (item for item in items if item.kind == ItemKind.CHAMP):
        name = answering.page_name(item)
        if item.name == answering.NIR:
            _keep_nir(request, dossier, item, kept)
            continue
        sent = posted_field(request, name)
        if sent is not None:
            by_row.setdefault(item.row, {})[item.name] = sent
    for row, values in by_row.items():
        batch = drafts.save_fields(actor=request.actor, key=str(dossier.key), values=values, row=row)
        prefix = f"{row}{answering.SEPARATOR}" if row else ""
        kept.conflicts.update({f"{prefix}{conflict.name}": conflict for conflict in batch.conflicts})
        kept.wrong.update({f"{prefix}{refused.name}": refused.message for refused in batch.refused})
        kept.typed.update({f"{prefix}{refused.name}": refused.typed for refused in batch.refused})
    return kept


def _keep_nir(request: PersonRequest, dossier: Dossier, item: CorrectionItem, kept: Kept) -> None:
    """An empty field leaves the NIR that stands."""
    name = answering.page_name(item)
    raw = request.POST.get(name, "")
    if not raw.strip():
        return
    try:
        drafts.set_nir(actor=request.actor, key=str(dossier.key), row=item.row, raw=raw)
    except InvalidValue as error:
        kept.wrong[name], kept.typed[name] = error.message, raw


def _show(
    request: PersonRequest,
    dossier: Dossier,
    items: Sequence[CorrectionItem],
    problems: answering.Problems = answering.NONE,
) -> HttpResponse:
    kind, draft = kinds.get(dossier.kind), view_of(request.actor, dossier, as_typed=True)
    links = answering.links(problems)
    context: dict[str, Any] = {
        "dossier": dossier,
        "turn": wording.turn_of(dossier),
        "asked_message": items[0].request.message,
        "fields": answering.asked_fields(kind, draft, items, problems),
        "zones": answering.asked_zones(dossier, kind, draft, items, problems),
        "limits": limits_in_words(),
        "accept": ACCEPT,
        "errors": links,
        "message_error": problems.wrong.get("message", ""),
        "typed": request.POST.get("message", ""),
        "for_employer": request.actor.is_opco,
        "receptions": CHOICES,
        "received": {name: request.POST.get(name, "") for name in ("reception", "received_on")},
        "wrong": problems.wrong,
        "autosave_url": reverse("portal:autosave", args=[dossier.key]),
    }
    return render(request, "portal/answer.html", context, status=422 if links else 200)
