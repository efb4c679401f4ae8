"""The letters of a request as both sides list them, and a letter as a page shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from openopco.dossiers.enums import LETTER_WORDS, LetterKind
from openopco.dossiers.models import Dossier, Letter
from openopco.web.components.blocks import blocks_html


@dataclass(frozen=True, slots=True)
class LetterLink:
    """A line of `components/letters.html`."""

    label: str
    at: datetime
    url: str


def letter_links(dossier: Dossier, letters: Iterable[Letter]) -> list[LetterLink]:
    return [_link(dossier, letter) for letter in letters]


def _link(dossier: Dossier, letter: Letter) -> LetterLink:
    url = reverse("portal:letter", args=[dossier.number, letter.pk])
    return LetterLink(LETTER_WORDS[LetterKind(letter.kind)], letter.issued_at, url)


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter filled in, as `components/letter_sheet.html` shows it; `text` alone for a mail."""

    subject: str
    html: SafeString | str
    text: str = ""


def shown(content: Mapping[str, Any]) -> Shown:
    """A letter as it would be kept."""
    return Shown(content["title"], blocks_html(content["blocks"]))
