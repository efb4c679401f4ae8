"""The page « Comment la demande est-elle arrivée ? » as a form: what was typed stays text, `dossiers.papers` reads it."""

from typing import Any

from django import forms

from openopco.dossiers.enums import Reception
from openopco.dossiers.errors import BadReception
from openopco.dossiers.models import PaperFiling
from openopco.kernel.calendar import format_date
from openopco.web.organisations import EstablishmentForm
from openopco.web.portal.memberships import ACCEPTED_FILES, SiretForm

CHOICES = (
    ("", "Choisissez"),
    (Reception.COURRIER, "Courrier"),
    (Reception.COURRIEL, "Courriel"),
    (Reception.TELEPHONE, "Téléphone"),
)


def _line(label: str, *, hint: str = "", **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attributes})
    return forms.CharField(label=label, help_text=hint, required=False, widget=widget)


class ReceptionForm(forms.Form):
    """How a request came. What is wrong is said by the room, in `wrong`."""

    reception = forms.CharField(label="Reçue par", required=False, widget=forms.Select(choices=CHOICES))
    received_on = _line("Le", hint="Le jour où elle est arrivée, jj/mm/aaaa.", inputmode="numeric", maxlength="20")
    sender = _line("De la part de", hint="Nom et qualité de la personne, chez l'employeur.", maxlength="120")
    contact = _line("Comment la joindre", hint="Téléphone, courriel ou adresse.", maxlength="200")
    confirmed_by = _line(
        "Au téléphone, confirmée par",
        hint="Relisez la demande à l'employeur : qui vous l'a confirmée ?",
        maxlength="120",
    )
    scan = forms.FileField(
        label="Le courrier numérisé",
        help_text="PDF ou photo, 10 Mo au plus. Indispensable pour un courrier.",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED_FILES}),
    )

    @property
    def raw(self) -> dict[str, str]:
        return {name: str(self.cleaned_data.get(name) or "") for name in self.fields if name != "scan"}

    def wrong(self, error: BadReception) -> None:
        for name, sentence in error.problems.items():
            if name not in self.errors:
                self.add_error(name, sentence)


class EmployerForm(SiretForm, EstablishmentForm):
    """An establishment that the registry does not tell."""

    field_order = ("siret", "name", "address", "postal_code", "city", "naf")


def values_of(paper: PaperFiling) -> dict[str, Any]:
    """What a draft's page begins with."""
    names = ("reception", "sender", "contact", "confirmed_by")
    return {name: getattr(paper, name) for name in names} | {"received_on": format_date(paper.received_on)}
