"""« Fonds »: the branches whose funds are exhausted, declared and reopened."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openopco.dossiers.actions.funds import close_funds, reopen_funds
from openopco.dossiers.errors import AlreadyClosed, NotPossibleNow
from openopco.dossiers.models import FundClosure
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import format_date, paris_today, parse_date
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import parse_idcc
from openopco.reference.queries import idcc_label
from openopco.rights import Permission
from openopco.web.admin.access import needs

ALL_BRANCHES = "Toutes les branches"


def _line(label: str, refusal: str = "", hint: str = "", **given: object) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **given})
    return forms.CharField(
        label=label, max_length=300, required=bool(refusal), help_text=hint, widget=widget,
        error_messages={"required": refusal},
    )  # fmt: skip


class ClosureForm(forms.Form):
    idcc = _line("Branche (code IDCC)", hint="Laissez vide pour toutes les branches.", inputmode="numeric")
    closed_on = _line(
        "Épuisés à partir du", "Indiquez la date.", "jj/mm/aaaa, aujourd'hui ou plus tard.", inputmode="numeric"
    )
    sentence = forms.CharField(
        label="Ce que les employeurs lisent",
        max_length=500,
        help_text="Par exemple « Le budget 2026 de la branche est entièrement engagé. Il rouvre en janvier 2027. »",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Écrivez la phrase que les employeurs liront."},
    )
    source = _line("Source", "Dites d'où vient la décision.", "Par exemple « Conseil d'administration du 12/11/2026 ».")

    def clean_idcc(self) -> str:
        raw: str = self.cleaned_data["idcc"]
        if not raw:
            return ""
        return str(_said(parse_idcc, raw))

    def clean_closed_on(self) -> date:
        day: date = _said(parse_date, self.cleaned_data["closed_on"])
        if day < paris_today(timezone.now()):
            raise forms.ValidationError("Choisissez aujourd'hui ou une date à venir : le passé ne change pas.")
        return day


def _said(parse: Callable[[str], Any], raw: str) -> Any:
    try:
        return parse(raw)
    except InvalidValue as error:
        raise forms.ValidationError(error.message) from error


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PARAMETER_MANAGE)
def listing(request: PersonRequest) -> HttpResponse:
    """What is exhausted, what was, and the form that declares."""
    today = paris_today(timezone.now())
    form = ClosureForm(request.POST or None, initial={"closed_on": format_date(today)})
    if request.method == "POST" and form.is_valid():
        try:
            closure = close_funds(actor=request.actor, **form.cleaned_data)
        except (InvalidValue, AlreadyClosed) as error:
            form.add_error("idcc", error.message)
        else:
            messages.success(request, f"{_name(closure)} : les fonds sont déclarés épuisés.")
            return redirect("admin_opco:funds")
    rows = [_row(each, today) for each in FundClosure.objects.order_by("-closed_on", "-id")[:100]]
    bad = request.method == "POST"
    return render(request, "admin/funds.html", {"form": form, "rows": rows}, status=422 if bad else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PARAMETER_MANAGE)
def reopen(request: PersonRequest, closure_id: int) -> HttpResponse:
    if request.method != "POST":
        closure = FundClosure.objects.filter(pk=closure_id, reopened_on=None).first()
        if closure is None:
            raise Http404
        return render(request, "admin/funds_reopen.html", {"closure": closure, "name": _name(closure)})
    try:
        closure = reopen_funds(actor=request.actor, closure_id=closure_id)
    except NotPossibleNow as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{_name(closure)} : les fonds sont rouverts, les plus anciennes demandes d'abord.")
    return redirect("admin_opco:funds")


def _name(closure: FundClosure) -> str:
    return f"{closure.idcc} {idcc_label(closure.idcc)}".strip() if closure.idcc else ALL_BRANCHES


def _row(closure: FundClosure, today: date) -> dict[str, Any]:
    word, tone = ("Rouverts", "ok") if closure.reopened_on else ("Épuisés", "wait")
    if closure.reopened_on is None and closure.closed_on > today:
        word, tone = "À venir", "info"
    return {"closure": closure, "name": _name(closure), "word": word, "tone": tone}
