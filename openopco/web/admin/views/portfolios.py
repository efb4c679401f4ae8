"""« Portefeuilles »: who handles which branches, regions and amounts."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from openopco.dossiers import kinds
from openopco.dossiers.actions.portfolios import add_rule, end_rule
from openopco.dossiers.errors import NotPossibleNow, UnknownBranch
from openopco.dossiers.models import PortfolioRule
from openopco.dossiers.portfolios import in_order
from openopco.habilitations.http import PersonRequest
from openopco.habilitations.queries import active_officers
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import parse_idcc
from openopco.kernel.money import format_euros, parse_amount
from openopco.reference.regions import REGIONS
from openopco.rights import Permission
from openopco.web.admin.access import needs

PROPOSE, ASSIGN = "proposer", "confier"
WAYS = (
    (PROPOSE, "Proposer : le dossier s'affiche en tête de sa liste « À prendre »"),
    (ASSIGN, "Confier : le dossier est à lui dès l'arrivée"),
)


def _choice(label: str, choices: list[tuple[str, str]], refusal: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[("", "Choisir" if refusal else "Toutes"), *choices], required=bool(refusal),
        error_messages={"required": refusal, "invalid_choice": "Choisissez dans la liste."},
    )  # fmt: skip


def _typed(label: str, parse: Callable[[str], Any], mode: str) -> forms.CharField:
    """Read by the house's own words; nothing of nothing."""

    class Field(forms.CharField):
        def clean(self, value: Any) -> Any:
            raw = super().clean(value)
            try:
                return parse(raw) if raw else None
            except InvalidValue as error:
                raise forms.ValidationError(error.message) from error

    widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": mode})
    return Field(label=label, required=False, max_length=20, widget=widget)


class RuleForm(forms.Form):
    officer = _choice("Gestionnaire", [], "Choisissez un gestionnaire.")
    idcc = _typed("Branche (code IDCC)", parse_idcc, "numeric")
    region = _choice("Région de l'établissement", list(REGIONS.items()))
    kind = _choice("Type de demande", [])
    amount_from = _typed("Coût HT à partir de (€)", parse_amount, "decimal")
    amount_to = _typed("Coût HT jusqu'à (€)", parse_amount, "decimal")
    way = forms.ChoiceField(label="Ce que fait la règle", choices=WAYS, widget=forms.RadioSelect, initial=PROPOSE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(user.pk), user.full_name) for user in active_officers()]
        self.fields["officer"].choices = [("", "Choisir"), *people]  # type: ignore[attr-defined]
        known = [(kind.code, kind.label) for kind in kinds.all_kinds()]
        self.fields["kind"].choices = [("", "Tous"), *known]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PARAMETER_MANAGE)
def listing(request: PersonRequest) -> HttpResponse:
    form = RuleForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            _add(request, form.cleaned_data)
        except InvalidValue as error:
            form.add_error("idcc" if isinstance(error, UnknownBranch) else "amount_to", error.message)
        else:
            messages.success(request, "La règle est en vigueur pour les prochaines demandes.")
            return redirect("admin_opco:portfolios")
    rules = in_order(PortfolioRule.objects.filter(ended_at=None).select_related("officer"))
    context = {"form": form, "rows": [_row(rule) for rule in rules]}
    return render(request, "admin/portfolios.html", context, status=422 if form.errors else 200)


def _add(request: PersonRequest, typed: dict[str, Any]) -> None:
    add_rule(
        actor=request.actor,
        officer_id=int(typed["officer"]),
        idcc=typed["idcc"] or "",
        region=typed["region"],
        kind=typed["kind"],
        amount_from=typed["amount_from"],
        amount_to=typed["amount_to"],
        assigns=typed["way"] == ASSIGN,
    )


@require_POST
@needs(Permission.PARAMETER_MANAGE)
def end(request: PersonRequest, rule_id: int) -> HttpResponse:
    try:
        end_rule(actor=request.actor, rule_id=rule_id)
    except NotPossibleNow as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "La règle est terminée. Les dossiers déjà confiés ou proposés le restent.")
    return redirect("admin_opco:portfolios")


def _row(rule: PortfolioRule) -> dict[str, Any]:
    said = [
        f"branche {rule.idcc}" if rule.idcc else "",
        REGIONS.get(rule.region, ""),
        kinds.get(rule.kind).label if rule.kind else "",
        _amounts(rule.amount_from, rule.amount_to),
    ]
    words = " · ".join(part for part in said if part) or "Toutes les demandes"
    return {"rule": rule, "words": words[:1].upper() + words[1:], "way": "Confier" if rule.assigns else "Proposer"}


def _amounts(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"de {format_euros(low)} à {format_euros(high)} HT"
    if low is not None:
        return f"à partir de {format_euros(low)} HT"
    return f"jusqu'à {format_euros(high)} HT" if high is not None else ""
