"""« Paramètres »: what is in force, since when and why; a new value from a day on, checked before it is kept."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.errors import OpenOpcoError
from openopco.opco import parameters
from openopco.opco.actions.parameters import set_parameter, withdraw_parameter
from openopco.opco.errors import DayOutOfReach, ParameterAlreadySet, PastDay, UnknownParameter
from openopco.opco.queries import ParameterLine, parameter_line, parameter_lines
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.admin.dating import posted_pairs
from openopco.web.admin.parameter_forms import ValueForm
from openopco.web.admin.wording import effect_in_words, parameter_card, value_in_words

WRITE_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@needs(Permission.PARAMETER_MANAGE)
def in_force(request: PersonRequest) -> HttpResponse:
    """Every parameter, with what is planned."""
    today = paris_today(timezone.now())
    cards = [parameter_card(line, today) for line in parameter_lines(actor=request.actor, on=today)]
    return render(request, "admin/settings/parameters.html", {"cards": cards, "today": today})


@require_http_methods(WRITE_METHODS)
@needs(Permission.PARAMETER_MANAGE)
def parameter(request: PersonRequest, code: str) -> HttpResponse:
    """One parameter: its values and « Nouvelle valeur ». A POST asks to confirm, then keeps it."""
    line = _found(request, code)
    if request.method != "POST":
        return _show(request, line, ValueForm(line.default, current=line.current.value))
    form = ValueForm(line.default, request.POST, line.current.value)
    if not form.is_valid():
        return _show(request, line, form, 422)
    if "modifier" in request.POST:
        return _show(request, line, form)
    if "confirmer" in request.POST:
        return _keep(request, line, form)
    return _check(request, line, form)


@require_http_methods(WRITE_METHODS)
@needs(Permission.PARAMETER_MANAGE)
def withdraw(request: PersonRequest, code: str, parameter_id: int) -> HttpResponse:
    """« Êtes-vous sûr ? », then the planned value is taken back."""
    line = _found(request, code)
    planned = next((row for row in line.rows.values() if row.pk == parameter_id), None)
    if planned is None:
        raise Http404
    if request.method != "POST":
        words = value_in_words(planned.value, line.default)
        return render(request, "admin/settings/withdraw.html", {"line": line, "planned": planned, "words": words})
    try:
        withdraw_parameter(actor=request.actor, parameter_id=planned.pk)
    except OpenOpcoError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"La valeur prévue le {format_date(planned.starts_on)} est retirée.")
    return redirect("admin_opco:parameter", code)


def _check(request: PersonRequest, line: ParameterLine, form: ValueForm) -> HttpResponse:
    """Nothing is written: the value, its day and its effect are shown before they are kept."""
    today = paris_today(timezone.now())
    try:
        _refuse_day(line, form, today)
    except OpenOpcoError as error:
        return _refused(request, line, form, error)
    starts_on, value = form.cleaned_data["starts_on"], form.value()
    before = parameters.in_force(line.versions[::-1], starts_on)
    context = {
        "line": line,
        "pairs": posted_pairs(request, form),
        "before": value_in_words(before.value, line.default),
        "after": value_in_words(value, line.default),
        "starts_on": starts_on,
        "is_past": starts_on < today,
        "given": form.cleaned_data,
        "example": effect_in_words(line.code, before.value, value, starts_on),
        "unchanged": before.value == value,
    }
    return render(request, "admin/settings/parameter_check.html", context)


def _refuse_day(line: ParameterLine, form: ValueForm, today: date) -> None:
    given = form.cleaned_data
    if given["starts_on"] < today and not given["late_reason"]:
        raise PastDay
    if given["starts_on"] in line.rows:
        raise ParameterAlreadySet


def _keep(request: PersonRequest, line: ParameterLine, form: ValueForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        row = set_parameter(
            actor=request.actor,
            code=line.code,
            value=form.value(),
            starts_on=given["starts_on"],
            source=given["source"],
            late_reason=given["late_reason"],
        )
    except OpenOpcoError as error:
        return _refused(request, line, form, error)
    messages.success(request, f"{line.default.label} : nouvelle valeur à partir du {format_date(row.starts_on)}.")
    return redirect("admin_opco:parameter", line.code)


def _refused(request: PersonRequest, line: ParameterLine, form: ValueForm, error: OpenOpcoError) -> HttpResponse:
    """The page again, the refusal beside what it is about."""
    of_the_day = isinstance(error, PastDay | DayOutOfReach | ParameterAlreadySet)
    form.add_error("starts_on" if of_the_day else form.value_names[0], error.message)
    return _show(request, line, form, 422)


def _show(request: PersonRequest, line: ParameterLine, form: ValueForm, status: int = 200) -> HttpResponse:
    today = paris_today(timezone.now())
    context = {"line": line, "card": parameter_card(line, today), "form": form, "today": today}
    return render(request, "admin/settings/parameter.html", context, status=status)


def _found(request: PersonRequest, code: str) -> ParameterLine:
    try:
        return parameter_line(actor=request.actor, code=code, on=paris_today(timezone.now()))
    except UnknownParameter as error:
        raise Http404 from error
