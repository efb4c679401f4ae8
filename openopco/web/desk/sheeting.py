"""What the sheets of a company and of a provider show, and the form of contributions."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse

from openopco.dossiers.enums import STATE_TONES, STATE_WORDS, Audience, State
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import MOST_COUNTED, Figures
from openopco.kernel.calendar import format_date, parse_date
from openopco.kernel.contacts import format_phone
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import format_siret
from openopco.kernel.money import format_euros
from openopco.organisations.models import Company, Establishment, Provider
from openopco.rights import Actor
from openopco.web.organisations import Row, private_rows, public_rows

TABS = (("desk:companies", "Employeurs"), ("desk:known_providers", "Organismes de formation"))
WORDS = STATE_WORDS[Audience.OPCO]
PAID = {True: ("À jour", "ok"), False: ("Pas à jour", "bad"), None: ("Non connu", "off")}
ANSWERS = {None: "non connu", True: "oui", False: "non"}


class ContributionsForm(forms.Form):
    """Whether a company has paid its contributions. What is wrong is said by the room, in `add`."""

    paid = forms.ChoiceField(
        label="À jour de ses contributions",
        choices=(("oui", "Oui"), ("non", "Non")),
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Choisissez oui ou non."},
    )
    on = forms.CharField(
        label="Constaté le",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "jj/mm/aaaa", "class": "short"}),
    )
    source = forms.CharField(
        label="Source",
        help_text="Par exemple : attestation de vigilance de l'Urssaf.",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @property
    def answer(self) -> bool | None:
        return {"oui": True, "non": False}.get(self.cleaned_data.get("paid", ""))

    def clean_on(self) -> date | None:
        raw = self.cleaned_data["on"]
        try:
            return parse_date(raw) if raw else None
        except InvalidValue as error:
            raise forms.ValidationError(error.message) from error


def tabs(current: str) -> list[dict[str, Any]]:
    return [{"label": label, "url": reverse(route), "current": route == current} for route, label in TABS]


def identity_rows(establishment: Establishment, reader: Actor) -> list[Row]:
    """What the registry tells, then what its people completed, with the day the headcount was told."""
    counted = establishment.company.headcount_at
    rows = [*public_rows(establishment, reader), *private_rows(establishment)]
    return [*rows, Row("Effectif déclaré le", format_date(counted) if counted else "")]


def provider_rows(provider: Provider) -> list[Row]:
    place = f"{provider.postal_code} {provider.city}".strip()
    certified = (
        ("actions de formation", provider.qualiopi_actions),
        ("bilans de compétences", provider.qualiopi_bilans),
        ("VAE", provider.qualiopi_vae),
        ("apprentissage", provider.qualiopi_apprentissage),
    )
    return [
        Row("SIRET", format_siret(provider.siret)),
        Row("N° de déclaration d'activité", provider.nda),
        Row("Qualiopi", "\n".join(f"{word} : {ANSWERS[answer]}" for word, answer in certified)),
        Row("Adresse", "\n".join(part for part in (provider.address, place) if part)),
        Row("Téléphone", format_phone(provider.phone) if provider.phone else ""),
        Row("Adresse email", provider.email),
    ]


def contributions_of(company: Company) -> dict[str, str]:
    word, tone = PAID[company.contributions_paid]
    day = format_date(company.contributions_on) if company.contributions_on else ""
    return {"word": word, "tone": tone, "on": day, "source": company.contributions_source}


def sister_lines(establishments: Iterable[Establishment]) -> list[dict[str, str]]:
    return [
        {
            "name": each.name,
            "url": reverse("desk:company", args=[each.pk]),
            "place": f"{each.postal_code} {each.city}".strip(),
            "siret": format_siret(each.siret),
        }
        for each in establishments
    ]


def figure_lines(figures: Figures, state: str) -> dict[str, Any]:
    """The chips by state, each narrowing the list below (`state` is the one that does), and one line for each year."""
    states = [
        {
            "word": WORDS[each],
            "count": count,
            "url": "?#demandes" if each == state else f"?etat={each}#demandes",
            "current": each == state,
        }
        for each, count in figures.by_state.items()
    ]
    years = [
        {
            "year": str(line.year),
            "count": str(line.count),
            "asked": format_euros(line.asked),
            "granted": format_euros(line.granted),
        }
        for line in figures.by_year
    ]
    return {"states": states, "years": years, "partial": MOST_COUNTED if figures.is_partial else 0}


def history_lines(dossiers: Iterable[Dossier]) -> list[dict[str, str]]:
    return [
        {
            "number": dossier.number or "",
            "url": reverse("desk:dossier", args=[dossier.number]),
            "title": dossier.title,
            "employer": dossier.employer_name,
            "provider": dossier.provider_name or "Formation interne",
            "starts": format_date(dossier.starts_on) if dossier.starts_on else "",
            "amount": format_euros(dossier.amount_asked) if dossier.amount_asked is not None else "",
            "state": WORDS[State(dossier.state)],
            "tone": STATE_TONES[State(dossier.state)],
        }
        for dossier in dossiers
    ]
