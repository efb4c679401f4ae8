"""What officers check before requests can be decided: the tabs they share, and the forms by which they vouch."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse

from openopco.organisations.actions.providers import QUALIOPI_COLUMNS
from openopco.organisations.enums import Nature
from openopco.organisations.fields import PROVIDER
from openopco.organisations.models import Provider
from openopco.web.organisations import EstablishmentForm, opco_choices

TABS = (
    ("desk:memberships", "Rattachements"),
    ("desk:establishments", "Établissements à vérifier"),
    ("desk:providers", "Organismes à vérifier"),
)
ANSWERS = (("", "Non connu"), ("oui", "Oui"), ("non", "Non"))
READ_ANSWERS = {"": None, "oui": True, "non": False}


def tabs(current: str) -> list[dict[str, Any]]:
    return [{"label": label, "url": reverse(route), "current": route == current} for route, label in TABS]


class VouchForm(EstablishmentForm):
    """An establishment that an officer vouches for, corrected if need be."""

    opco_slug = forms.ChoiceField(label="OPCO", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opco_slug"].choices = opco_choices()  # type: ignore[attr-defined]


def _text(label: str, hint: str = "", **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attributes})
    return forms.CharField(label=label, help_text=hint, required=False, widget=widget)


class ProviderForm(forms.Form):
    """A provider that an officer vouches for, with what it is certified for."""

    name = forms.CharField(label="Raison sociale", error_messages={"required": "Indiquez la raison sociale."})
    nda = _text("N° de déclaration d'activité", "Onze chiffres.", inputmode="numeric")
    address = _text("Adresse")
    postal_code = _text("Code postal", **{"inputmode": "numeric", "class": "short"})
    city = _text("Ville")
    phone = _text("Téléphone", inputmode="tel")
    email = _text("Adresse email", inputmode="email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nature in Nature:
            self.fields[QUALIOPI_COLUMNS[nature]] = forms.ChoiceField(
                label=nature.label, required=False, choices=ANSWERS, widget=forms.Select
            )

    def certificates(self) -> Iterable[forms.BoundField]:
        """The fields of Qualiopi, one for each nature of action."""
        return [self[column] for column in QUALIOPI_COLUMNS.values()]

    def certified(self) -> dict[Nature, bool]:
        """What was answered, less what is not known."""
        read = {nature: READ_ANSWERS[self.cleaned_data[column]] for nature, column in QUALIOPI_COLUMNS.items()}
        return {nature: answer for nature, answer in read.items() if answer is not None}


def provider_values(provider: Provider) -> dict[str, Any]:
    """What is known, for a form to begin with."""
    known = {name: getattr(provider, name) for name in PROVIDER}
    words = {answer: word for word, answer in READ_ANSWERS.items()}
    return {**known, **{column: words[getattr(provider, column)] for column in QUALIOPI_COLUMNS.values()}}
