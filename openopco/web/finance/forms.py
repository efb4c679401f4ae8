"""The forms of finance."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from openopco.base.sheets import Format
from openopco.funding.enums import Fund
from openopco.kernel.calendar import parse_date
from openopco.kernel.errors import InvalidValue
from openopco.kernel.money import parse_amount

FORMATS = ((Format.XLSX, "Classeur (XLSX)"), (Format.CSV, "Texte (CSV)"))


def line(label: str, hint: str = "", *, most: int = 300, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    too_long = {"max_length": f"{most} caractères au plus."}
    return forms.CharField(
        label=label, required=False, max_length=most, help_text=hint, widget=widget, error_messages=too_long
    )


def day(label: str, hint: str = "jj/mm/aaaa") -> forms.CharField:
    return line(label, hint, most=30, inputmode="numeric", **{"class": "short"})


class Typed(forms.Form):
    """Fields read by the house's own parsers: a refusal stands beside its field."""

    def day_of(self, name: str) -> date | None:
        found: date | None = self._read(name, parse_date)
        return found

    def amount_of(self, name: str) -> Decimal | None:
        found: Decimal | None = self._read(name, parse_amount)
        return found

    def _read(self, name: str, parse: Callable[[str], Any]) -> Any:
        try:
            return parse(self.cleaned_data.get(name, ""))
        except InvalidValue as error:
            self.add_error(name, error.message)
            return None


class BatchForm(Typed):
    fund = forms.ChoiceField(
        label="Fonds",
        choices=Fund.choices,
        error_messages={"invalid_choice": "Choisissez un fonds.", "required": "Choisissez un fonds."},
    )
    day = day("Date d'exécution", "Le jour où la banque doit payer, un jour ouvré. jj/mm/aaaa")


class DebtorForm(forms.Form):
    fund = forms.ChoiceField(label="Fonds", required=False, choices=Fund.choices)
    holder = line("Titulaire du compte", "L'OPCO, tel que sa banque l'écrit.", most=200)
    iban = line("IBAN", "Du compte à débiter.", most=80, spellcheck="false", **{"class": "figures"})
    bic = line("BIC", "Vide : celui que dit l'IBAN.", most=20, spellcheck="false", **{"class": "short figures"})


class FileForm(forms.Form):
    file = forms.FileField(
        label="Fichier de la banque",
        required=False,
        allow_empty_file=True,
        help_text="Un compte rendu (pain.002) ou un avis d'opérations (camt.054), 10 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".xml,text/xml,application/xml"}),
    )


class WordsForm(forms.Form):
    words = forms.CharField(label="", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label, self.fields["words"].help_text = label, hint


class RecoveryForm(Typed):
    amount = line("Montant reçu", most=40, inputmode="decimal", **{"class": "short"})
    received_on = day("Reçu le")
    reference = line("Référence du relevé de banque", "La même référence ne compte qu'une fois.", most=60)


class RefundForm(Typed):
    given_on = day("Rendu le")
    reference = line("Référence du relevé de banque", "Celle du virement que l'OPCO lui a fait.", most=60)


class CreditForm(Typed):
    amount = line("Montant repris", most=40, inputmode="decimal", **{"class": "short"})
    reason = line("Pourquoi", "Le numéro de l'avoir, et ce qu'il corrige : le bénéficiaire le lira.")


class EntriesForm(Typed):
    first = day("Du")
    last = day("Au", "jj/mm/aaaa, une année au plus")
    format = forms.ChoiceField(
        label="Format", choices=FORMATS, initial=Format.XLSX, widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choisissez un format.", "required": "Choisissez un format."},
    )  # fmt: skip
