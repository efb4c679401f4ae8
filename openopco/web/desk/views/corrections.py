"""« Demander un complément »: which fields and pieces, why each, by when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openopco.dossiers import queries
from openopco.dossiers.actions import corrections
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.errors import NotPossibleNow, UnknownField
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import add_calendar_days, format_date, paris_today, parse_date
from openopco.kernel.errors import Conflict, InvalidValue
from openopco.kernel.nir import NirInText, find_nir
from openopco.opco import parameters, shipped_lists
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.components.letters import Shown
from openopco.web.components.raw import RawField
from openopco.web.desk import showing
from openopco.web.desk.access import found, shown_version
from openopco.web.desk.acting import why_not
from openopco.web.desk.pages import frame_of, page_url
from openopco.web.desk.phrases import INSERT, Picker, Shelf, shelf
from openopco.web.desk.points import Target
from openopco.web.desk.previewing import correction_letter
from openopco.web.desk.typed import TEXT, Typed, text_area
from openopco.web.desk.views.deciding import WRITE_METHODS
from openopco.web.desk.views.holding import CONFLICT

MISSING = "Écrivez ce qui ne va pas, et ce que vous attendez."


@dataclass(frozen=True, slots=True)
class Asked:
    """A point chosen, with the reason being written for it and the standard reason it began as."""

    target: Target
    field: RawField
    picker: Picker
    code: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """All that the page holds: the points chosen with their reasons, and what goes with them."""

    asked: tuple[Asked, ...]
    typed: Typed

    @property
    def errors(self) -> list[Any]:
        points = Typed({each.field.name: each.field for each in self.asked})
        return [*points.errors, *self.typed.errors]

    @property
    def kept(self) -> list[RawField]:
        written = [replace(each.field, label=f"Motif : {each.target.label}") for each in self.asked]
        return [*(field for field in written if field.value.strip()), *self.typed.kept]


@require_http_methods(WRITE_METHODS)
@needs(Permission.DOSSIER_INSTRUCT)
def ask(request: PersonRequest, number: str) -> HttpResponse:
    """Points come by the address from the page of the request, or are added here; nothing is sent before [Envoyer]."""
    dossier = found(request, number)
    targets = showing.read(dossier, request.actor).targets
    today = paris_today(timezone.now())
    if request.method != "POST":
        return _show(
            request, dossier, targets, _choice(request.GET.getlist("point"), targets, _shelf(dossier, {}), today)
        )
    chosen = [key for key in request.POST.getlist("point") if key != request.POST.get("retirer")]
    choice = _choice(chosen, targets, _shelf(dossier, request.POST.dict()), today)
    if INSERT in request.POST:
        faulty = any(each.picker.error for each in choice.asked)
        return _show(request, dossier, targets, choice, 422 if faulty else 200)
    if "ajouter" in request.POST or "retirer" in request.POST:
        return _show(request, dossier, targets, choice)
    return _send(request, dossier, targets, choice, today)


def _send(
    request: PersonRequest, dossier: Dossier, targets: Mapping[str, Target], choice: Choice, today: date
) -> HttpResponse:
    number = str(dossier.number)
    choice, due_on = _checked(choice, today)
    if choice.errors:
        return _show(request, dossier, targets, choice, 422)
    if "apercu" in request.POST and choice.asked:
        return _show(request, dossier, targets, choice, letter=_letter(request, dossier, choice, due_on))
    points = [
        Point(each.target.kind, each.target.name, each.field.value, each.target.row, each.code) for each in choice.asked
    ]
    try:
        corrections.ask(
            actor=request.actor,
            number=number,
            points=points,
            message=choice.typed.value("message"),
            due_on=due_on,
            version=shown_version(request),
        )
    except (NotPossibleNow, Conflict, UnknownField) as error:
        dossier = found(request, number)
        refused = replace(choice, typed=choice.typed.refused(why_not(request.actor, dossier, error)))
        return _show(request, dossier, targets, refused, CONFLICT)
    except InvalidValue as error:
        field = "due_on" if choice.asked else "points"
        return _show(request, dossier, targets, _with_error(choice, field, error.message), 422)
    messages.success(request, f"Le complément est demandé. L'employeur a jusqu'au {format_date(due_on)}.")
    return redirect(page_url(request, number))


def _letter(request: PersonRequest, dossier: Dossier, choice: Choice, due_on: date) -> Shown:
    """The letter that [Envoyer] would send."""
    points = [(each.target.label, each.field.value) for each in choice.asked]
    message = choice.typed.value("message")
    return correction_letter(request.actor, dossier, points, message=message, due_on=due_on)


def _shelf(dossier: Dossier, posted: Mapping[str, str]) -> Shelf:
    return shelf(shipped_lists.CORRECTION, queries.nature_of(dossier), paris_today(timezone.now()), posted)


def _choice(keys: list[str], targets: Mapping[str, Target], shelved: Shelf, today: date) -> Choice:
    values = shelved.posted
    chosen = [targets[key] for key in dict.fromkeys(keys) if key in targets]
    asked = tuple(_asked(target, shelved) for target in chosen)
    proposed = add_calendar_days(today, parameters.value("correction_days", on=today))
    due_on = RawField(
        "due_on",
        "Réponse attendue au plus tard le",
        format_date(proposed),
        hint="jj/mm/aaaa",
        kind="date",
        required=True,
        revision=None,
        max_length=20,
    )
    message = text_area("message", "Message à l'employeur (facultatif)", hint="Ce qui vaut pour tous les points.")
    return Choice(asked, Typed({"due_on": due_on, "message": message}).holding(values))


def _asked(target: Target, shelved: Shelf) -> Asked:
    name = f"motif:{target.key}"
    written = _reason(target, shelved.text(name, shelved.posted.get(name, "")))
    return Asked(target, written, shelved.picker(name), shelved.code(name))


def _reason(target: Target, value: str) -> RawField:
    label = "Ce qui ne va pas, ce que vous attendez"
    return RawField(f"motif:{target.key}", label, value, kind="textarea", required=True, revision=None, max_length=TEXT)


def _checked(choice: Choice, today: date) -> tuple[Choice, date]:
    """The same with what is wrong said beside it, and the day read."""
    asked = tuple(replace(each, field=replace(each.field, error=_fault(each.field.value))) for each in choice.asked)
    choice = replace(choice, asked=asked)
    if find_nir(choice.typed.value("message")):
        choice = _with_error(choice, "message", NirInText.message)
    try:
        return choice, parse_date(choice.typed.value("due_on"))
    except InvalidValue as error:
        return _with_error(choice, "due_on", error.message), today


def _fault(reason: str) -> str:
    if not reason.strip():
        return MISSING
    return NirInText.message if find_nir(reason) else ""


def _with_error(choice: Choice, field: str, message: str) -> Choice:
    if field not in choice.typed.fields:
        return replace(choice, typed=choice.typed.refused(message))
    return replace(choice, typed=choice.typed.wrong({field: message}))


def _show(
    request: PersonRequest,
    dossier: Dossier,
    targets: Mapping[str, Target],
    choice: Choice,
    status: int = 200,
    letter: Shown | None = None,
) -> HttpResponse:
    frame = frame_of(request, dossier)
    chosen = {each.target.key for each in choice.asked}
    others: dict[str, list[Target]] = {}
    for key, target in targets.items():
        if key not in chosen:
            others.setdefault(target.group, []).append(target)
    context: dict[str, Any] = {
        "choice": choice,
        "letter": letter,
        "typed": choice.typed,
        "others": list(others.items()),
        "can": frame["possible"].ask,
    }
    return render(request, "desk/corrections.html", frame | context, status=status)
