"""Rules and envelopes as administrators add, try, end and change them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openopco.funding import queries
from openopco.funding.actions.envelopes import change_envelope, open_envelope
from openopco.funding.actions.rules import add_rule, end_rule, problems
from openopco.funding.enums import Base, Cumulation, Fund
from openopco.funding.errors import BadRule, UnknownEnvelope, UnknownRule
from openopco.funding.terms import Rule, load
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.money import format_euros
from openopco.rights import Permission
from openopco.web.admin.access import needs
from openopco.web.admin.funding_forms import AmountForm, EndForm, EnvelopeForm, RuleForm, initial_from
from openopco.web.funding import envelope_line, rule_line

WRITE_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(WRITE_METHODS)
@needs(Permission.FUNDING_MANAGE)
def add(request: PersonRequest) -> HttpResponse:
    """A new rule, tried on the last agreements before it is added. `?modele=` fills it from another."""
    form = RuleForm(request.POST or None, initial=_initial(request))
    if request.method != "POST":
        return _form(request, form)
    if not form.is_valid() or _marked(form):
        return _form(request, form, status=422)
    if "essai" in request.POST:
        return _form(request, form, trial=_trial(request, form))
    try:
        row = add_rule(actor=request.actor, wanted=form.wanted())
    except BadRule as error:
        _mark(form, error.errors)
        return _form(request, form, status=422)
    messages.success(request, f"La règle « {row.label} » est ajoutée.")
    return redirect("desk:funding")


def _initial(request: PersonRequest) -> dict[str, Any]:
    model = request.GET.get("modele", "")
    if not model:
        return {"priority": "500"}
    try:
        return initial_from(queries.standing_rule(request.actor, model).rule)
    except UnknownRule as error:
        raise Http404 from error


def _marked(form: RuleForm) -> bool:
    """Whether the room refuses it, each refusal by its field."""
    errors = problems(form.wanted())
    _mark(form, errors)
    return bool(errors)


def _mark(form: forms.Form, errors: dict[str, str]) -> None:
    for name, text in errors.items():
        form.add_error(name, text)


def _trial(request: PersonRequest, form: RuleForm) -> list[queries.Trial]:
    wanted = form.wanted()
    scope, gives = load(wanted.terms)
    bases = tuple(Base(code) for code in wanted.bases)
    rule = Rule(
        wanted.code, wanted.label, Fund(wanted.fund), bases, wanted.priority, wanted.source, scope, gives,
        Cumulation(wanted.cumulation), wanted.budget,
    )  # fmt: skip
    return queries.trial(request.actor, rule, today=paris_today(timezone.now()))


def _form(
    request: PersonRequest, form: RuleForm, *, trial: list[queries.Trial] | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "trial": trial, "tried": queries.TRIED}
    return render(request, "admin/funding/rule.html", context, status=status)


@require_http_methods(WRITE_METHODS)
@needs(Permission.FUNDING_MANAGE)
def end(request: PersonRequest, code: str) -> HttpResponse:
    try:
        standing = queries.standing_rule(request.actor, code)
    except UnknownRule as error:
        raise Http404 from error
    today = paris_today(timezone.now())
    form = EndForm(request.POST or None, initial={"last_day": format_date(today)})
    if request.method == "POST" and form.is_valid():
        try:
            ending = end_rule(actor=request.actor, code=code, **form.cleaned_data)
        except InvalidValue as error:
            form.add_error("last_day", error.message)
        else:
            messages.success(request, f"La règle prend fin le {format_date(ending.last_day)}.")
            return redirect("desk:funding")
    context = {"form": form, "line": rule_line(standing, today)}
    return render(request, "admin/funding/end.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(WRITE_METHODS)
@needs(Permission.FUNDING_MANAGE)
def new_envelope(request: PersonRequest) -> HttpResponse:
    form = EnvelopeForm(request.POST or None, initial={"year": str(paris_today(timezone.now()).year)})
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "fund": Fund(form.cleaned_data["fund"])}
        try:
            made = open_envelope(actor=request.actor, **given)
        except InvalidValue as error:
            form.add_error("year", error.message)
        else:
            messages.success(request, f"L'enveloppe {made.year} est ouverte : {format_euros(made.amount)} HT.")
            return redirect("desk:funding")
    status = 422 if request.method == "POST" else 200
    return render(request, "admin/funding/new_envelope.html", {"form": form}, status=status)


@require_http_methods(WRITE_METHODS)
@needs(Permission.FUNDING_MANAGE)
def envelope(request: PersonRequest, envelope_id: int) -> HttpResponse:
    """What an envelope holds, how it came to it, and its new amount."""
    try:
        found = queries.envelope(request.actor, envelope_id)
    except UnknownEnvelope as error:
        raise Http404 from error
    form = AmountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_envelope(actor=request.actor, envelope_id=envelope_id, **form.cleaned_data)
        except InvalidValue as error:
            form.add_error("amount", error.message)
        else:
            messages.success(request, "Le montant de l'enveloppe est changé.")
            return redirect("desk:funding")
    context = {"form": form, "line": envelope_line(found), "changes": found.changes.all()[:100]}
    status = 422 if request.method == "POST" else 200
    return render(request, "admin/funding/envelope.html", context, status=status)
