"""« Ajouter une entrée », « Changer cette entrée »: what an administrator writes of an entry of a list."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.text import capfirst

from openopco.opco.actions.lists import MOST_LABEL, Wording
from openopco.opco.rules import MAX_BODY
from openopco.opco.shipped_lists import Entry, ListKind
from openopco.opco.values import NATURES
from openopco.web.admin.dating import DayField, PlainField
from openopco.web.admin.wording import NATURES as NATURE_WORDS

OFFERED = (("oui", "Oui"), ("non", "Non : elle est fermée à partir de ce jour"))


class EntryForm(forms.Form):
    """The words, the place and the day; a code too for a new entry, whether it is offered for a known one."""

    def __init__(self, kind: ListKind, data: Mapping[str, Any] | None, entry: Entry | None, rank: int = 1) -> None:
        super().__init__(data, initial=_initial(entry, rank))
        self.kind, self.entry = kind, entry
        if entry is None:
            self.fields["code"] = _code(kind)
        self.fields["label"] = _label(kind)
        if kind.is_phrases:
            self.fields["text"] = _text()
            self.fields["natures"] = _natures()
        self.fields["rank"] = _rank()
        if entry is not None:
            self.fields["offered"] = forms.ChoiceField(
                label="Proposée",
                choices=OFFERED,
                widget=forms.RadioSelect,
                error_messages=_always("Choisissez oui ou non."),
            )
        self.fields["starts_on"] = DayField(label="À partir du")

    def wording(self) -> Wording:
        """What was written. Once the form is valid."""
        given = self.cleaned_data
        return Wording(
            label=given["label"],
            rank=given["rank"],
            text=given.get("text", ""),
            natures=given.get("natures", ()),
            is_open=given.get("offered", "oui") == "oui",
        )

    @property
    def starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        return day


def _always(sentence: str) -> dict[str, str]:
    names = ("required", "invalid", "invalid_choice", "min_value", "max_value", "max_length")
    return dict.fromkeys(names, sentence)


def _initial(entry: Entry | None, rank: int) -> dict[str, Any]:
    if entry is None:
        return {"rank": rank}
    return {
        "label": entry.label,
        "text": entry.text,
        "natures": list(entry.natures),
        "rank": entry.rank,
        "offered": "oui" if entry.is_open else "non",
    }


def _code(kind: ListKind) -> PlainField:
    hint = f"{kind.code_hint} Il ne changera plus jamais."
    return PlainField(
        label="Code",
        help_text=hint,
        max_length=40,
        error_messages=_always(kind.code_hint),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "short"}),
    )


def _label(kind: ListKind) -> PlainField:
    label = "Titre, pour le gestionnaire" if kind.is_phrases else "Libellé"
    sentence = f"Écrivez un libellé, de {MOST_LABEL} caractères au plus."
    return PlainField(label=label, max_length=MOST_LABEL, error_messages=_always(sentence))


def _text() -> PlainField:
    sentence = f"Écrivez le texte de la phrase, de {MAX_BODY} caractères au plus."
    return PlainField(
        label="Texte, que l'employeur lira",
        help_text="Le gestionnaire l'insère puis peut le modifier.",
        max_length=MAX_BODY,
        error_messages=_always(sentence),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


def _natures() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Pour ces natures d'action",
        help_text="Aucune cochée : pour toutes.",
        choices=[(nature, capfirst(NATURE_WORDS[nature])) for nature in NATURES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=_always("Cochez parmi les natures de la liste."),
    )


def _rank() -> forms.IntegerField:
    return forms.IntegerField(
        label="Ordre dans la liste",
        min_value=0,
        max_value=999,
        error_messages=_always("Écrivez un nombre entier, de 0 à 999."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "very-short"}),
    )
