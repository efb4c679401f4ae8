"""Long works in words: where each stands, what came of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.urls import reverse

from openopco.base.models import Work, WorkState
from openopco.dossiers.actions.batches import KIND as BATCH
from openopco.exports.actions import ARCHIVE_KIND
from openopco.kernel.sizes import format_count, format_size

TONES = {
    WorkState.QUEUED: "info",
    WorkState.RUNNING: "info",
    WorkState.DONE: "ok",
    WorkState.CANCELLED: "off",
    WorkState.FAILED: "bad",
}

NOUNS = {BATCH: "demande", ARCHIVE_KIND: "pièce"}
SAID_WHY = " (LISEZ-MOI.txt dit pourquoi)"


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A work as a list shows it. `file_url` is empty where there is no file to take."""

    title: str
    url: str
    word: str
    tone: str
    asked_at: datetime
    sentence: str
    file_url: str
    size: str


def key_of(request: HttpRequest) -> UUID:
    """The key of a form that asks for a work: the same form, sent twice, asks once."""
    try:
        return UUID(request.POST.get("cle", ""))
    except ValueError:
        return uuid4()


def line_of(work: Work) -> WorkLine:
    state = WorkState(work.state)
    has_file = bool(work.result_name)
    return WorkLine(
        title=work.title,
        url=reverse("portal:work", args=[work.key]),
        word=state.label,
        tone=TONES[state],
        asked_at=work.created_at,
        sentence=sentence_of(work),
        file_url=reverse("portal:work_result", args=[work.key]) if has_file else "",
        size=format_size(work.result_size) if has_file else "",
    )


def sentence_of(work: Work) -> str:
    """How far it is, or what came of it, in one sentence."""
    if work.state == WorkState.QUEUED:
        return "Il commence dans un instant."
    if work.is_open:
        return f"{format_count(work.done + work.left_out)}{_out_of(work)}."
    return f"{work.stopped_by} {_came(work)}".strip() if work.stopped_by else _came(work)


def _out_of(work: Work) -> str:
    noun = NOUNS.get(work.kind, "ligne")
    many = "s" if (work.total or 0) > 1 else ""
    return "" if work.total is None else f" sur {format_count(work.total)} {noun}{many}"


def _came(work: Work) -> str:
    if work.kind == BATCH:
        return f"{_counted(work.done, 'demande', 'traitée')}{_left_out(work)}."
    if work.kind == ARCHIVE_KIND:
        return f"{_counted(work.done, 'pièce', 'jointe')}{_left_out(work)}{SAID_WHY if work.left_out else ''}."
    return f"{_counted(work.done, 'ligne', 'écrite')}." if not work.stopped_by else ""


def _counted(count: int, noun: str, participle: str) -> str:
    many = "s" if count > 1 else ""
    return f"{format_count(count)} {noun}{many} {participle}{many}"


def _left_out(work: Work) -> str:
    many = "s" if work.left_out > 1 else ""
    return f", {format_count(work.left_out)} laissée{many} de côté" if work.left_out else ""
