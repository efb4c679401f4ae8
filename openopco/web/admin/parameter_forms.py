"""« Nouvelle valeur »: the fields of a parameter by the type of its values, and the value they make."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.text import capfirst

from openopco.opco.defaults import Default
from openopco.opco.values import NATURES, ZONES, Whole, first_day, last_days, pieces_by_nature, yes_or_no
from openopco.web.admin.dating import DayField, late_reason_field, source_field
from openopco.web.admin.wording import NATURES as NATURE_WORDS
from openopco.web.admin.wording import PIECES

DAYS: Final = ("last_day", "late_from", "late_last_day")
ALL_OR_NONE = "Remplissez les trois dates, ou laissez-les toutes vides pour n'avoir aucune limite."


class ValueForm(forms.Form):
    """The new value, then the day it starts and what it rests on."""

    def __init__(self, default: Default, data: Mapping[str, Any] | None = None, current: Any = None) -> None:
        super().__init__(data, initial=_initial(default, current))
        self.default = default
        self.value_names = list(fields := _value_fields(default))
        self.fields.update(fields)
        self.fields["starts_on"] = DayField(label=default.from_label)
        self.fields["source"] = source_field()
        self.fields["late_reason"] = late_reason_field()

    @property
    def value_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.value_names]

    def clean(self) -> dict[str, Any]:
        if self.default.accepts is last_days:
            self._check_days()
        return self.cleaned_data

    def _check_days(self) -> None:
        days: dict[str, date | None] = {name: self.cleaned_data.get(name) for name in DAYS}
        last, late = days["last_day"], days["late_last_day"]
        if any(days.values()) and not all(days.values()):
            for name in DAYS:
                if not days[name] and name not in self.errors:
                    self.add_error(name, ALL_OR_NONE)
        elif last and late and last > late:
            self.add_error("late_last_day", "Ce jour ne peut pas être avant le dernier jour ordinaire.")

    def value(self) -> Any:
        """What the fields say, as the parameter keeps it. Once the form is valid."""
        given = self.cleaned_data
        if isinstance(self.default.accepts, Whole):
            return given["value"]
        if self.default.accepts is yes_or_no:
            return given["value"] == "oui"
        if self.default.accepts is first_day:
            return given["value"].isoformat() if given["value"] else None
        if self.default.accepts is pieces_by_nature:
            return {nature: [zone for zone in ZONES if zone in given[f"pieces_{nature}"]] for nature in NATURES}
        return {name: given[name].isoformat() for name in DAYS} if given["last_day"] else None


def _initial(default: Default, current: Any) -> dict[str, Any]:
    if default.accepts is yes_or_no:
        return {"value": "oui" if current else "non"}
    if default.accepts is pieces_by_nature:
        return {f"pieces_{nature}": zones for nature, zones in (current or {}).items()}
    if default.accepts is last_days:
        return {name: date.fromisoformat(day) for name, day in (current or {}).items()}
    if default.accepts is first_day:
        return {"value": date.fromisoformat(current) if current else None}
    return {"value": current}


def _value_fields(default: Default) -> dict[str, forms.Field]:
    if isinstance(default.accepts, Whole):
        return {"value": _number(default.accepts, default.unit)}
    if default.accepts is yes_or_no:
        return {"value": _choice()}
    if default.accepts is pieces_by_nature:
        return {f"pieces_{nature}": _pieces(nature) for nature in NATURES}
    if default.accepts is first_day:
        return {"value": DayField(label=default.label, required=False, help_text="Vide : ouvert depuis toujours.")}
    return _limits()


def _number(bounds: Whole, unit: str) -> forms.IntegerField:
    sentence = f"Écrivez un nombre entier, de {bounds.low} à {bounds.high}."
    messages = dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence)
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"})
    return forms.IntegerField(
        label=f"En {unit}",
        min_value=bounds.low,
        max_value=bounds.high,
        help_text=f"De {bounds.low} à {bounds.high}.",
        error_messages=messages,
        widget=widget,
    )


def _choice() -> forms.ChoiceField:
    messages = dict.fromkeys(("required", "invalid_choice"), "Choisissez oui ou non.")
    return forms.ChoiceField(
        label="Nouvelle valeur",
        choices=[("oui", "Oui"), ("non", "Non")],
        widget=forms.RadioSelect,
        error_messages=messages,
    )


def _pieces(nature: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=f"Pièces exigées : {NATURE_WORDS[nature]}",
        choices=[(zone, capfirst(PIECES[zone])) for zone in ZONES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Cette pièce n'existe pas : cochez parmi la liste."},
    )


def _limits() -> dict[str, forms.Field]:
    late = "L'action débute tard dans la période : jusqu'à quand l'envoyer ?"
    return {
        "last_day": DayField(label="Dernier jour pour envoyer", required=False, help_text="Vide : aucune limite."),
        "late_from": DayField(label="Une action débute tard à partir du", required=False),
        "late_last_day": DayField(label="Dernier jour pour une action qui débute tard", required=False, help_text=late),
    }
