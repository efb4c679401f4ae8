"""The forms of « Financement »: a rule, its end, an envelope."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from django import forms

from openopco.funding.actions.rules import Wanted
from openopco.funding.enums import Base, Cumulation, Fund
from openopco.funding.terms import Gives, Rule, dump
from openopco.kernel.calendar import format_date, parse_date
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import parse_idcc
from openopco.kernel.money import parse_amount
from openopco.training.enums import Modality, Nature

EMPTY = ""
DATES = ("asked_from", "asked_until", "starts_from", "starts_until", "granted_from", "granted_until")
CODES = ("idccs", "nafs", "regions", "themes")
CHOICES = ("natures", "modalities")
COUNTS = ("headcount_from", "headcount_below")
AMOUNTS = tuple(each.name for each in fields(Gives) if each.name not in ("per_group",))


def line(label: str, hint: str = "", *, required: str = "", **attrs: object) -> forms.CharField:
    """A line of text; `required` is what is said where it is empty."""
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    errors = {"required": required, "max_length": "300 caractères au plus."}
    return forms.CharField(
        label=label, max_length=300, required=bool(required), help_text=hint, widget=widget, error_messages=errors
    )


def said(parse: Callable[[str], Any], raw: str) -> Any:
    """What a parser of the house reads, or its refusal as the field's own."""
    try:
        return parse(raw)
    except InvalidValue as error:
        raise forms.ValidationError(error.message) from error


def _several(label: str, choices: Any, hint: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, help_text=hint, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choisissez dans la liste."},
    )  # fmt: skip


def _euros(label: str, hint: str = "") -> forms.CharField:
    return line(label, hint, inputmode="decimal")


class RuleForm(forms.Form):
    """A rule, as an administrator types it: what is left empty bounds nothing."""

    code = line(
        "Code",
        "Lettres minuscules, chiffres et tirets, par exemple pdc-2027-11.",
        required="Donnez un code à la règle.",
    )
    label = line("Nom, tel que l'employeur le lit", required="Donnez le nom que lira l'employeur.")
    source = line("Source", "Qui l'a publiée, et quand.", required="Dites d'où vient la règle.")
    fund = forms.ChoiceField(label="Fonds", choices=Fund.choices)
    bases = _several("Dépenses prises en charge", Base.choices)
    priority = line("Rang", "Le plus petit passe d'abord.", required="Indiquez un rang.", inputmode="numeric")
    cumulation = forms.ChoiceField(label="Cumul avec les autres règles", choices=Cumulation.choices)
    budget = line("Budget annuel partagé", "Un même code pour les règles qui partagent le budget de l'entreprise.")

    headcount_from = line("Effectif à partir de", inputmode="numeric")
    headcount_below = line("Effectif inférieur à", inputmode="numeric")
    idccs = line("Branches (codes IDCC)", "Séparés par des virgules. Vide : toutes.")
    nafs = line("Codes NAF", "Par exemple 4520A, 4520B. Vide : tous.")
    regions = line("Régions (codes Insee)", "Par exemple 44 pour le Grand Est. Vide : toutes.")
    themes = line("Thèmes", "Codes de la liste « Thèmes de formation ». Vide : tous.")
    natures = _several("Dispositifs", Nature.choices, "Aucun coché : tous.")
    modalities = _several("Modalités", Modality.choices, "Aucune cochée : toutes.")
    asked_from = line("Demandes envoyées à partir du", "jj/mm/aaaa", inputmode="numeric")
    asked_until = line("Demandes envoyées jusqu'au", "jj/mm/aaaa", inputmode="numeric")
    starts_from = line("Formations commençant à partir du", "jj/mm/aaaa", inputmode="numeric")
    starts_until = line("Formations commençant jusqu'au", "jj/mm/aaaa", inputmode="numeric")
    granted_from = line("Accords donnés à partir du", "jj/mm/aaaa", inputmode="numeric")
    granted_until = line("Accords donnés jusqu'au", "jj/mm/aaaa", inputmode="numeric")

    share = _euros("Part du coût (%)")
    hourly = _euros("Plafond horaire (€ HT)")
    per_group = forms.BooleanField(label="Ce plafond vaut pour tout le groupe, pas par stagiaire", required=False)
    most_hours = _euros("Heures prises en compte, au plus")
    unit = _euros("Plafond par repas, nuit ou trajet (€ HT)")
    flat_person = _euros("Forfait par stagiaire (€ HT)")
    flat_request = _euros("Forfait par demande (€ HT)")
    per_person = _euros("Plafond par stagiaire (€ HT)")
    per_person_year = _euros("Plafond par stagiaire et par an (€ HT)")
    per_request = _euros("Plafond par demande (€ HT)")
    per_company_year = _euros("Plafond par entreprise et par an (€ HT)")

    def clean_priority(self) -> int:
        return _whole(self.cleaned_data["priority"])

    def clean(self) -> dict[str, Any]:
        """Reads what is in words; each refusal stands by its field."""
        data: dict[str, Any] = super().clean() or {}
        self.terms = dict(self._terms(data))
        return data

    def _terms(self, data: Mapping[str, Any]) -> Any:
        readers: dict[str, Callable[[str], Any]] = {
            **dict.fromkeys(DATES, lambda raw: parse_date(raw).isoformat()),
            **dict.fromkeys(CODES, codes),
            "idccs": lambda raw: [parse_idcc(each) for each in codes(raw)],
            **dict.fromkeys(COUNTS, _whole),
            **dict.fromkeys(AMOUNTS, lambda raw: f"{parse_amount(raw):.2f}"),
        }
        for name, read in readers.items():
            if raw := data.get(name):
                try:
                    yield name, said(read, raw)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        for name in CHOICES:
            if chosen := data.get(name):
                yield name, list(chosen)
        if data.get("per_group"):
            yield "per_group", True

    def wanted(self) -> Wanted:
        """What was typed, once it is valid."""
        data = self.cleaned_data
        return Wanted(
            code=data["code"],
            label=data["label"],
            fund=data["fund"],
            bases=tuple(data["bases"]),
            priority=data["priority"],
            source=data["source"],
            terms=self.terms,
            cumulation=data["cumulation"],
            budget=data["budget"],
        )


class EndForm(forms.Form):
    last_day = line("Dernier jour", "jj/mm/aaaa : aujourd'hui ou un jour à venir.", required="Indiquez la date.")
    reason = line("Pourquoi", required="Dites pourquoi la règle prend fin.")

    def clean_last_day(self) -> Any:
        return said(parse_date, self.cleaned_data["last_day"])


class EnvelopeForm(forms.Form):
    year = line("Année", required="Indiquez l'année.", inputmode="numeric")
    fund = forms.ChoiceField(label="Fonds", choices=[each for each in Fund.choices if each[0] != Fund.VOLONTAIRE])
    idcc = line("Branche (code IDCC)", "Vide : toutes les branches qui n'ont pas la leur.", inputmode="numeric")
    amount = line("Montant HT", required="Indiquez le montant.", inputmode="decimal")
    reason = line("Source ou raison", required="Dites d'où vient ce montant.")

    def clean_year(self) -> int:
        return _whole(self.cleaned_data["year"])

    def clean_idcc(self) -> str:
        raw = self.cleaned_data["idcc"]
        return str(said(parse_idcc, raw)) if raw else ""

    def clean_amount(self) -> Decimal:
        amount: Decimal = said(parse_amount, self.cleaned_data["amount"])
        return amount


class AmountForm(forms.Form):
    amount = line("Nouveau montant HT", required="Indiquez le montant.", inputmode="decimal")
    reason = line("Pourquoi", required="Dites pourquoi l'enveloppe change.")

    def clean_amount(self) -> Decimal:
        amount: Decimal = said(parse_amount, self.cleaned_data["amount"])
        return amount


def codes(raw: str) -> list[str]:
    """« 1090, 16 » as a list."""
    return [each for each in raw.replace(";", ",").replace(" ", ",").split(",") if each]


def _whole(raw: str) -> int:
    if not raw.isascii() or not raw.isdigit() or len(raw) > 6:
        raise forms.ValidationError("Indiquez un nombre entier.")
    return int(raw)


def initial_from(rule: Rule) -> dict[str, Any]:
    """A rule as the form would have been filled, to make the next one of it."""
    terms = {name: _typed(name, value) for name, value in dump(rule.scope, rule.gives).items()}
    return {
        **terms,
        "label": rule.label,
        "fund": rule.fund,
        "bases": list(rule.bases),
        "priority": str(rule.priority),
        "cumulation": rule.cumulation,
        "budget": rule.budget,
    }


def _typed(name: str, value: Any) -> Any:
    if name in DATES:
        return format_date(parse_date(value))
    if name in CODES:
        return ", ".join(value)
    return value.replace(".", ",") if name in AMOUNTS else value
