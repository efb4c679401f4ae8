"""Employers and providers as pages show and ask them. What people type stays text: the rooms read it, and say what is
wrong beside each field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse_lazy

from openopco.kernel.contacts import format_phone
from openopco.kernel.errors import InvalidValue, OpenOpcoError
from openopco.kernel.identifiers import format_naf, format_siret
from openopco.opco.table import OPCOS
from openopco.organisations import fields
from openopco.organisations.actions.providers import QUALIOPI_COLUMNS
from openopco.organisations.errors import InvalidFields
from openopco.organisations.models import Establishment, Provider
from openopco.organisations.queries import knows_agreement
from openopco.reference.enums import HeadcountBand
from openopco.reference.queries import idcc_label, naf_label
from openopco.rights import Actor

BANDS = dict(HeadcountBand.choices)
FORM_NAMES = fields.IDENTITY | fields.COMPLETION | fields.PROVIDER


@dataclass(frozen=True, slots=True)
class Row:
    """A line of `components/summary_list.html`."""

    label: str
    value: str


def _line(label: str, *, hint: str = "", **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attributes})
    return forms.CharField(label=label, help_text=hint, required=False, widget=widget)


def _name(label: str) -> forms.CharField:
    refusal = {"required": "Indiquez le nom ou la raison sociale."}
    return forms.CharField(label=label, error_messages=refusal, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class CompletionForm(forms.Form):
    """What no registry tells of an establishment."""

    headcount_exact = _line(
        "Effectif total salariés",
        hint="Toute l'entreprise (tous les établissements du SIREN), en nombre de salariés.",
        inputmode="numeric",
    )
    idcc = _line("Code IDCC de la convention collective", hint="Quatre chiffres, sur les bulletins de paie.")
    email = _line("E-Mail", hint="Pour les questions sur vos demandes.", inputmode="email")
    phone = _line("Téléphone", inputmode="tel")


POSTAL = {
    "autocomplete": "off",
    "inputmode": "numeric",
    "class": "short",
    "data-postal-url": reverse_lazy("portal:communes"),
    "data-postal-city": "id_city",
}


class IdentityForm(forms.Form):
    """An establishment that the registry does not tell."""

    name = _name("Nom et prénom ou dénomination")
    address = _line("Adresse")
    postal_code = forms.CharField(label="Code postal", required=False, widget=forms.TextInput(attrs=POSTAL))
    city = _line("Commune")
    naf = _line("Code NACE", hint="Par exemple 4520A.")


class EstablishmentForm(IdentityForm, CompletionForm):
    """All of an establishment, keyed by hand or corrected."""


def typed(form: forms.Form) -> dict[str, str]:
    """What was typed about the organisation, less what else the form asks."""
    return {name: str(value) for name, value in form.cleaned_data.items() if name in FORM_NAMES}


def check(form: forms.Form, allowed: frozenset[str]) -> None:
    """Puts beside each field what its room would refuse. Changes nothing."""
    try:
        fields.read(typed(form), allowed)
    except InvalidFields as error:
        place(form, error)


def place(form: forms.Form, error: OpenOpcoError) -> None:
    """A refusal beside its fields, else above the form."""
    if not isinstance(error, InvalidFields):
        form.add_error(None, error.message)
        return
    for name, sentence in error.errors.items():
        form.add_error(name if name in form.fields else None, sentence)


def posted(request: HttpRequest) -> Mapping[str, Any] | None:
    """What a bound form reads; None on a page that is only opened."""
    return request.POST if request.method == "POST" else None


def values_of(establishment: Establishment) -> dict[str, Any]:
    """What is known, for a form to begin with."""
    company = establishment.company
    known = {name: getattr(establishment, name) for name in fields.IDENTITY | fields.COMPLETION - {"headcount_exact"}}
    return {**known, "phone": format_phone(establishment.phone), "headcount_exact": company.headcount_exact}


def public_rows(establishment: Establishment, reader: Actor) -> list[Row]:
    """What the public registry tells of an establishment, to whoever gives its SIRET; the agreement that its people told,
    to those who may read it alone."""
    idcc = establishment.idcc if knows_agreement(reader, establishment) else ""
    place_ = f"{establishment.postal_code} {establishment.city}".strip()
    activity = f"{format_naf(establishment.naf)} {naf_label(establishment.naf)}" if establishment.naf else ""
    return [
        Row("SIRET", format_siret(establishment.siret)),
        Row("Adresse", "\n".join(part for part in (establishment.address, place_) if part)),
        Row("Activité (NAF)", activity.strip()),
        Row("Tranche d'effectif", BANDS.get(establishment.company.headcount_band, "")),
        Row("Convention collective", agreement(idcc)),
        Row("OPCO", opco_name(establishment.opco_slug)),
    ]


def private_rows(establishment: Establishment) -> list[Row]:
    """What its own people completed, for them and for officers."""
    headcount = establishment.company.headcount_exact
    return [
        Row("Effectif total salariés", "" if headcount is None else str(headcount)),
        Row("E-Mail", establishment.email),
        Row("Téléphone", format_phone(establishment.phone) if establishment.phone else ""),
    ]


def provider_rows(provider: Provider) -> list[Row]:
    """What the registries tell of a training provider, and how to reach it: whoever looks for it by SIRET reads the same."""
    certified = [nature.label for nature, column in QUALIOPI_COLUMNS.items() if getattr(provider, column)]
    return [
        Row("SIRET", format_siret(provider.siret)),
        Row("N° de déclaration d'activité", provider.nda),
        Row(
            "Adresse",
            "\n".join(part for part in (provider.address, f"{provider.postal_code} {provider.city}".strip()) if part),
        ),
        Row("Certifié Qualiopi pour", ", ".join(certified)),
        Row("Téléphone", format_phone(provider.phone) if provider.phone else ""),
        Row("Adresse email", provider.email),
    ]


def agreement(code: str) -> str:
    """« 1090 · Services de l'automobile »."""
    label = idcc_label(code) if code else ""
    return f"{code} · {label}" if label else code


def opco_name(slug: str) -> str:
    """The name of an OPCO; empty where nobody has told which."""
    return OPCOS.get(slug, {}).get("name", slug)


def opco_choices() -> Iterable[tuple[str, str]]:
    return [("", "Non connu"), *((slug, words["name"]) for slug, words in OPCOS.items())]


def siret_of(form: forms.Form, read: Any) -> str:
    """The SIRET typed in the form, or an empty string once what is wrong stands beside it."""
    try:
        return str(read(form.cleaned_data.get("siret", "")))
    except InvalidValue as error:
        form.add_error("siret", error.message)
        return ""
