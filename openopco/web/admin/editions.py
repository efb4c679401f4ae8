"""Editions of the nomenclatures in words: states, rows, what changes; and the forms that bring and validate them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from openopco.documents.rules import LIMITS
from openopco.reference.enums import Dataset, EditionState, Origin
from openopco.reference.models import ReferenceEdition
from openopco.reference.shapes import SHAPES, Row, values_of
from openopco.web.admin.dating import DayField, PlainField

TONES = {
    EditionState.TO_COMPARE: "info",
    EditionState.TO_VALIDATE: "wait",
    EditionState.VALIDATED: "info",
    EditionState.IN_FORCE: "ok",
    EditionState.REPLACED: "off",
    EditionState.DISCARDED: "off",
}
USES = {
    Dataset.COMMUNES: "Les communes que les formulaires proposent pour un code postal.",
    Dataset.NAF: "Le libellé de l'activité de chaque établissement.",
    Dataset.IDCC: "Le libellé des conventions collectives, celui des branches dans les listes et les statistiques.",
}
COLUMN_WORDS = {
    "name": "nom",
    "department": "département",
    "zone": "zone",
    "parent": "ville de l'arrondissement",
    "postal_codes": "codes postaux",
    "label": "libellé",
    "active": "en vigueur",
}
CELL_WORDS = {"active": {"1": "oui", "0": "non"}}
# Of the rows in force, the part whose loss makes a file look cut short.
SUSPECT_PART = 10


class EditionForm(forms.Form):
    published_on = DayField(label="Édition du", help_text="Date de publication du fichier, jj/mm/aaaa.")
    source = PlainField(
        label="Source",
        help_text="L'adresse du fichier, ou l'organisme et le nom de la publication.",
        max_length=300,
        error_messages={"required": "Dites d'où vient le fichier."},
    )
    file = forms.FileField(
        label="Fichier",
        help_text=f"CSV ou JSON en UTF-8, compressé par gzip ou non, {LIMITS.file_megabytes} Mo au plus.",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.json,.gz"}),
        error_messages={"required": "Choisissez le fichier de l'édition.", "invalid": "Choisissez un fichier."},
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > LIMITS.file_bytes:
            raise ValidationError(f"Le fichier dépasse {LIMITS.file_megabytes} Mo : compressez-le par gzip.")
        return upload


class ValidationForm(forms.Form):
    starts_on = DayField(
        label="Prend effet le", required=False, help_text="jj/mm/aaaa, dans l'année. Laissez vide : tout de suite."
    )


@dataclass(frozen=True, slots=True)
class EditionWords:
    """An edition, its state, its date and where it comes from."""

    edition: ReferenceEdition
    word: str
    tone: str
    is_shipped: bool
    title: str


def edition_words(edition: ReferenceEdition) -> EditionWords:
    state = EditionState(edition.state)
    is_shipped = edition.origin == Origin.SHIPPED
    title = f"Édition livrée ({edition.as_of})" if is_shipped else capfirst(edition.as_of)
    return EditionWords(edition, state.label, TONES[state], is_shipped, title)


@dataclass(frozen=True, slots=True)
class Changed:
    """One cell that an edition changes, for `components/compared.html`."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ComparisonWords:
    """What an edition changes, as its page tells it. `is_suspect`: so much vanishes that the file may be cut short."""

    found: dict[str, Any]
    added: list[str]
    removed: list[str]
    changed: list[Changed]
    is_suspect: bool

    @property
    def is_empty(self) -> bool:
        return not (self.found["added"] or self.found["removed"] or self.found["changed"])


def comparison_words(edition: ReferenceEdition) -> ComparisonWords | None:
    if edition.comparison is None:
        return None
    found: dict[str, Any] = edition.comparison
    return ComparisonWords(
        found,
        [row_words(edition.dataset, row) for row in found["first_added"]],
        [row_words(edition.dataset, row) for row in found["first_removed"]],
        [line for pair in found["first_changed"] for line in _changes(edition.dataset, *pair)],
        found["removed"] * SUSPECT_PART > found["before"],
    )


def row_words(dataset: str, row: Row) -> str:
    """« 68224 Mulhouse (68100, 68200) », « naf-rev2 7120A Contrôle technique », « 1090 Services de l'automobile »."""
    told = " ".join([*(row[name] for name in SHAPES[dataset].key), row.get("name") or row.get("label", "")])
    codes = ", ".join(values_of(row.get("postal_codes", "")))
    return f"{told} ({codes})" if codes else told


def _changes(dataset: str, before: Row, after: Row) -> Iterator[Changed]:
    key = " ".join(after[name] for name in SHAPES[dataset].key)
    for name in SHAPES[dataset].columns:
        if before[name] != after[name]:
            yield Changed(f"{key}, {COLUMN_WORDS[name]}", _cell(name, before[name]), _cell(name, after[name]))


def _cell(name: str, value: str) -> str:
    return CELL_WORDS.get(name, {}).get(value, ", ".join(values_of(value)) if name == "postal_codes" else value) or "—"
