"""What every page that dates a decision asks: a day, a source."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from openopco.kernel.calendar import format_date, parse_date
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import NirInText, find_nir

DAY = {"autocomplete": "off", "inputmode": "numeric", "class": "short"}


class DayField(forms.CharField):
    """A day typed by a person, read by the house's own parser; None where nothing is typed and nothing is due."""

    def __init__(self, *, label: str, required: bool = True, help_text: str = "jj/mm/aaaa") -> None:
        messages = {"required": "Indiquez une date, par exemple 12/01/2027."}
        widget = forms.TextInput(attrs=DAY)
        super().__init__(
            label=label, required=required, help_text=help_text, max_length=20, error_messages=messages, widget=widget
        )

    def prepare_value(self, value: Any) -> Any:
        return format_date(value) if isinstance(value, date) else value

    def clean(self, value: Any) -> Any:
        raw = super().clean(value)
        if not raw:
            return None
        try:
            return parse_date(str(raw))
        except InvalidValue as error:
            raise ValidationError(error.message) from error


class PlainField(forms.CharField):
    """A line or a text without any NIR in it."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if find_nir(text):
            raise ValidationError(NirInText.message)
        return text


def source_field() -> PlainField:
    return PlainField(
        label="Source",
        help_text="La décision qui fonde la valeur : conseil d'administration, critères de l'année, article de loi…",
        max_length=300,
        error_messages={"required": "Indiquez la décision qui fonde cette valeur."},
    )


def late_reason_field() -> PlainField:
    return PlainField(
        label="Pourquoi une date passée ?",
        help_text="Seulement si le jour est passé. Ce qui a été décidé depuis n'est pas rejugé.",
        max_length=300,
        required=False,
    )


def posted_pairs(request: HttpRequest, form: forms.Form) -> Iterator[tuple[str, str]]:
    """What was typed, to be carried by the page that asks to confirm."""
    for name in form.fields:
        for value in request.POST.getlist(name):
            yield name, value
