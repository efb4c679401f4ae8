"""The letters of a request as both sides list them, and a letter as a page shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from openopco.dossiers.enums import LETTER_WORDS, LetterKind
from openopco.dossiers.letters import path_of_letter
from openopco.dossiers.models import Dossier, Letter
from openopco.web.components.blocks import blocks_html
from openopco.web.components.markup import filled_each
from openopco.web.components.tags import day, icon


@dataclass(frozen=True, slots=True)
class LetterLink:
    """What a line of `letters_html` says."""

    label: str
    at: datetime
    url: str


def letter_links(dossier: Dossier, letters: Iterable[Letter]) -> list[LetterLink]:
    return [_link(dossier, letter) for letter in letters]


def _link(dossier: Dossier, letter: Letter) -> LetterLink:
    return LetterLink(LETTER_WORDS[LetterKind(letter.kind)], letter.issued_at, path_of_letter(dossier, letter.pk))


LETTER = '\n<li><a href="{}" download>{}{} du {} (PDF)</a></li>'


def letters_html(letters: Iterable[LetterLink]) -> SafeString:
    """Lines of a list of acts."""
    return filled_each(LETTER, ((each.url, icon("download"), each.label, day(each.at)) for each in letters))


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter filled in, as `components/letter_sheet.html` shows it; `text` alone for a mail."""

    subject: str
    html: SafeString | str
    text: str = ""


def shown(content: Mapping[str, Any]) -> Shown:
    """A letter as it would be kept."""
    return Shown(content["title"], blocks_html(content["blocks"]))
