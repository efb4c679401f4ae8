"""What an officer typed on a page that acts: fields as they are shown, kept whatever happens."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from openopco.web.components.raw import RawField
from openopco.web.portal.presenting import ErrorLink

TEXT = 4000


def text_area(name: str, label: str, *, hint: str = "", required: bool = False) -> RawField:
    return RawField(name, label, kind="textarea", hint=hint, required=required, revision=None, max_length=TEXT)


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a page by name, in order, with values and errors. `problem`: why it was not done at all."""

    fields: Mapping[str, RawField]
    problem: str = ""

    def holding(self, values: Mapping[str, str]) -> "Typed":
        """With what was posted."""
        filled = {name: replace(field, value=values.get(name, field.value)) for name, field in self.fields.items()}
        return replace(self, fields=filled)

    def wrong(self, errors: Mapping[str, str]) -> "Typed":
        marked = {name: replace(field, error=errors.get(name, "")) for name, field in self.fields.items()}
        return replace(self, fields=marked)

    def refused(self, problem: str) -> "Typed":
        return replace(self, problem=problem)

    @property
    def errors(self) -> list[ErrorLink]:
        return [ErrorLink(f"id_{field.name}", field.error) for field in self.fields.values() if field.error]

    @property
    def kept(self) -> list[RawField]:
        """What was written, to be copied elsewhere once it can't be sent from here."""
        return [field for field in self.fields.values() if field.value.strip()]

    def value(self, name: str) -> str:
        return self.fields[name].value
