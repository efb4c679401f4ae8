"""The fields of a request, declared once: how each is named, read, shown and asked for. Pure.

One declaration serves the form, the save as one types, « Ce qui manque », the synthesis, the corrections and the officer's page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from openopco.kernel.errors import InvalidValue
from openopco.kernel.text import clean_line
from openopco.opco import lists

Choices = tuple[tuple[str, str], ...]
Show = Callable[[Any], str]
YES = "oui"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field. `parse` turns what was typed into a value or raises `InvalidValue`; `task` is the line of « Ce qui
    manque » that asks for it; `show` words its value for people. `only_if` hides it until another field has a value; a
    `sensitive` value (health) stays out of the journal. `listed` names the dated list of this OPCO that its choices come
    from: as shipped where no day is told."""

    name: str
    label: str
    task: str = ""
    parse: Callable[[str], Any] = clean_line
    required: bool = False
    kind: str = "text"
    choices: Choices = ()
    hint: str = ""
    autocomplete: str = "off"
    inputmode: str = ""
    max_length: int = 200
    suffix: str = ""
    default: str = ""
    show: Show = str
    only_if: tuple[str, str] | None = None
    correctable: bool = True
    sensitive: bool = False
    listed: str = ""

    def choices_on(self, on: date | None) -> Choices:
        """What may be chosen, on a day."""
        return lists.choices(self.listed, on) if self.listed else self.choices

    def shown(self, value: Any, on: date | None = None) -> str:
        """The value as people read it, in the words of a day; empty when there is none."""
        if value is None or value == "":
            return ""
        if self.listed:
            return lists.label(self.listed, str(value), on)
        return dict(self.choices).get(str(value), "") if self.choices else self.show(value)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a raw value means: a value, or a sentence that says what is wrong. An empty field has neither."""

    value: Any = None
    error: str = ""

    @property
    def is_filled(self) -> bool:
        return not self.error and self.value not in (None, "")


def read(spec: FieldSpec, raw: str, on: date | None = None) -> Reading:
    """Reads a raw value by its declaration, as on a day. Empty is never an error: whether it is missing is another question."""
    if not raw.strip():
        return Reading(None)
    if (choices := spec.choices_on(on)) and raw not in dict(choices):
        return Reading(error="Choisissez une des réponses proposées.")
    if len(raw) > spec.max_length:
        return Reading(error=f"Ce texte est trop long : {spec.max_length} caractères au plus.")
    try:
        return Reading(spec.parse(raw))
    except InvalidValue as error:
        return Reading(error=error.message)


def parse_yes(raw: str) -> bool:
    """A box: ticked or not."""
    return raw.strip() in (YES, "on", "1", "true")


def show_yes(value: Any) -> str:
    return "Oui" if value else "Non"
