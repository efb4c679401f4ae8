"""The fields of a request, declared once: how each is named, read, shown and asked for. Pure.

One declaration serves the form, the save as one types, « Ce qui manque », the synthesis, the corrections and the officer's page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openopco.kernel.errors import InvalidValue
from openopco.kernel.text import clean_line

Choices = tuple[tuple[str, str], ...]
Show = Callable[[Any], str]
YES = "oui"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field. `parse` turns what was typed into a value or raises `InvalidValue`; `task` is the line of « Ce qui
    manque » that asks for it; `show` words its value for people. `only_if` hides it until another field has a value; a
    `sensitive` value (health) stays out of the journal."""

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

    def shown(self, value: Any) -> str:
        """The value as people read it; empty when there is none."""
        if value is None or value == "":
            return ""
        return dict(self.choices).get(str(value), "") if self.choices else self.show(value)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a raw value means: a value, or a sentence that says what is wrong. An empty field has neither."""

    value: Any = None
    error: str = ""

    @property
    def is_filled(self) -> bool:
        return not self.error and self.value not in (None, "")


def read(spec: FieldSpec, raw: str) -> Reading:
    """Reads a raw value by its declaration. Empty is never an error here: whether it is missing is another question."""
    if not raw.strip():
        return Reading(None)
    if spec.choices and raw not in dict(spec.choices):
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
