"""« Listes et phrases »: what forms offer and what officers write with, entry by entry, each from a day on."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.errors import Conflict, InvalidValue, OpenOpcoError
from openopco.opco import queries
from openopco.opco.actions.lists import add_entry, change_entry, withdraw_entry
from openopco.opco.errors import CodeTaken, LastEntry, TooEarly, UnknownList, WrongCode
from openopco.opco.queries import EntryLine, ListLine
from openopco.opco.shipped_lists import Entry
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.admin.list_forms import EntryForm
from openopco.web.admin.views.parameters import WRITE_METHODS
from openopco.web.admin.wording import NATURES, SHIPPED

# Beside which field each refusal stands; the others above the form.
FIELD_OF: dict[type[OpenOpcoError], str] = {
    WrongCode: "code",
    CodeTaken: "code",
    TooEarly: "starts_on",
    LastEntry: "offered",
}
STATES = {"open": ("ok", "Proposée"), "closed": ("off", "Fermée"), "coming": ("info", "À venir")}


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as the table of its list shows it; `planned` the next change, if any."""

    code: str
    entry: Entry
    tone: str
    word: str
    planned: date | None


@require_safe
@needs(Permission.PARAMETER_MANAGE)
def every(request: PersonRequest) -> HttpResponse:
    """The lists, those of the forms first."""
    today = _today()
    found = queries.list_lines(actor=request.actor, on=today)
    lines = [(line, *_counts(line, today)) for line in found]
    groups = [
        ("Listes des formulaires", [line for line in lines if not line[0].kind.is_phrases]),
        ("Motifs et phrases des gestionnaires", [line for line in lines if line[0].kind.is_phrases]),
    ]
    return render(request, "admin/settings/lists.html", {"groups": groups})


@require_safe
@needs(Permission.PARAMETER_MANAGE)
def one(request: PersonRequest, list_code: str) -> HttpResponse:
    line, today = _found(request, list_code), _today()
    rows = [_row(each, today) for each in line.entries]
    return render(request, "admin/settings/list.html", {"line": line, "rows": rows})


@require_http_methods(WRITE_METHODS)
@needs(Permission.PARAMETER_MANAGE)
def add(request: PersonRequest, list_code: str) -> HttpResponse:
    line = _found(request, list_code)
    rank = max((each.shown.rank for each in line.entries), default=0) + 1
    form = EntryForm(line.kind, request.POST if request.method == "POST" else None, None, rank)
    if form.is_bound and form.is_valid():
        try:
            row = add_entry(
                actor=request.actor,
                list_code=list_code,
                code=form.cleaned_data["code"],
                wording=form.wording(),
                starts_on=form.starts_on,
            )
        except (InvalidValue, Conflict) as error:
            form.add_error(FIELD_OF.get(type(error)), error.message)
        else:
            messages.success(request, f"« {row.label} » est proposé à partir du {format_date(row.starts_on)}.")
            return redirect("admin_opco:list", list_code)
    context = {"line": line, "form": form}
    return render(request, "admin/settings/entry_add.html", context, status=422 if form.errors else 200)


@require_http_methods(WRITE_METHODS)
@needs(Permission.PARAMETER_MANAGE)
def entry(request: PersonRequest, list_code: str, entry_code: str) -> HttpResponse:
    """One entry: its words by dates, and what should change."""
    line = _found(request, list_code)
    known = _entry(line, entry_code)
    form = EntryForm(line.kind, request.POST if request.method == "POST" else None, known.shown)
    if form.is_bound and form.is_valid():
        try:
            row = change_entry(
                actor=request.actor,
                list_code=list_code,
                code=entry_code,
                wording=form.wording(),
                starts_on=form.starts_on,
                revision=_seen(request),
            )
        except (InvalidValue, Conflict) as error:
            form.add_error(FIELD_OF.get(type(error)), error.message)
        else:
            messages.success(request, f"« {row.label} » change à partir du {format_date(row.starts_on)}.")
            return redirect("admin_opco:entry", list_code, entry_code)
    context = {"line": line, "known": known, "form": form, "history": _history(known), "row": _row(known, _today())}
    return render(request, "admin/settings/entry.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Permission.PARAMETER_MANAGE)
def withdraw(request: PersonRequest, list_code: str, entry_code: str) -> HttpResponse:
    """What is planned for a later day is taken back; where it was all there was of an entry, so is the entry."""
    line = _found(request, list_code)
    _entry(line, entry_code)
    try:
        starts_on = date.fromisoformat(request.POST.get("starts_on", ""))
        withdraw_entry(
            actor=request.actor, list_code=list_code, code=entry_code, starts_on=starts_on, revision=_seen(request)
        )
    except ValueError:
        messages.error(request, "Choisissez le changement à retirer.")
    except OpenOpcoError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"Le changement prévu le {format_date(starts_on)} est retiré.")
    return redirect("admin_opco:list", list_code)


def _today() -> date:
    return paris_today(timezone.now())


def _seen(request: PersonRequest) -> int:
    """The revision the page showed; one that nobody has where it says none."""
    raw = request.POST.get("revision", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 6 else -1


def _counts(line: ListLine, today: date) -> tuple[int, int]:
    offered = sum(1 for each in line.entries if each.current and each.current.is_open)
    return offered, sum(1 for each in line.entries if each.versions[0].since > today)


def _row(line: EntryLine, today: date) -> Row:
    state = "coming" if line.current is None else "open" if line.current.is_open else "closed"
    coming = [each.since for each in line.versions if each.since > today]
    return Row(line.code, line.shown, *STATES[state], planned=min(coming, default=None))


def _history(line: EntryLine) -> list[dict[str, object]]:
    today = _today()
    return [
        {
            "entry": each,
            "natures": ", ".join(NATURES[nature] for nature in each.natures),
            "author": line.rows[each.since].created_by if each.since in line.rows else SHIPPED,
            "written_at": line.rows[each.since].created_at if each.since in line.rows else None,
            "is_current": each is line.current,
            "is_coming": each.since > today,
        }
        for each in line.versions
    ]


def _found(request: PersonRequest, list_code: str) -> ListLine:
    try:
        return queries.list_line(actor=request.actor, list_code=list_code, on=_today())
    except UnknownList as error:
        raise Http404 from error


def _entry(line: ListLine, code: str) -> EntryLine:
    found = next((each for each in line.entries if each.code == code), None)
    if found is None:
        raise Http404
    return found
