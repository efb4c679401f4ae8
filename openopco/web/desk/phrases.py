"""« Motif type »: the phrase of a list that an officer inserts in what he writes, then edits. Works by a submit alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from openopco.opco import lists
from openopco.opco.shipped_lists import Entry

INSERT = "inserer"
NOTHING_CHOSEN = "Choisissez un motif dans la liste, puis « Insérer »."


@dataclass(frozen=True, slots=True)
class Picker:
    """What stands above a text: what may be inserted there, and what was inserted last (`code`, by its `title`)."""

    field: str
    choices: tuple[tuple[str, str], ...]
    code: str = ""
    title: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The phrases of a list that suit a request, and what was posted of them."""

    phrases: tuple[Entry, ...]
    posted: Mapping[str, str]

    def picker(self, field: str) -> Picker:
        """The picker of one text."""
        found = self._find(self._asked(field)) or self._find(self.code(field))
        error = NOTHING_CHOSEN if self.inserts(field) and not self._find(self._asked(field)) else ""
        choices = tuple((each.code, each.label) for each in self.phrases)
        return Picker(field, choices, found.code if found else "", found.label if found else "", error)

    def inserts(self, field: str) -> bool:
        return self.posted.get(INSERT) == field

    def text(self, field: str, typed: str) -> str:
        """What is typed, with the phrase after it where one is inserted there."""
        phrase = self._find(self._asked(field)) if self.inserts(field) else None
        return "\n\n".join(part for part in (typed.strip(), phrase.text) if part) if phrase else typed

    def code(self, field: str) -> str:
        """The code of the reason inserted last; empty where the text is its writer's own."""
        return self.posted.get(f"code:{field}", "")

    def _asked(self, field: str) -> str:
        return self.posted.get(f"phrase:{field}", "") if self.inserts(field) else ""

    def _find(self, code: str) -> Entry | None:
        return next((each for each in self.phrases if each.code == code), None)


def shelf(list_code: str, nature: str, on: date, posted: Mapping[str, str]) -> Shelf:
    """The phrases in force on a day for an action of that nature."""
    return Shelf(tuple(lists.phrases(list_code, nature, on)), posted)
