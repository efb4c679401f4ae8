"""The fields of a request as the officer's page lists them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from openopco.web.components.markup import filled, filled_each
from openopco.web.components.tags import icon


@dataclass(frozen=True, slots=True)
class Line:
    """A field of a section. `key` where a correction may be asked; `mend_url` where the officer may write it himself."""

    label: str
    value: str
    key: str = ""
    mend_url: str = ""
    nir_url: str = ""


# Written here: a template would take ten times longer to say the same.
LINE = "\n<div><dt>{}</dt><dd>{}{}</dd>{}</div>"
SHOW = ' <a href="{}">Afficher</a>'
ASK = (
    '<dd class="facts-acts"><input type="checkbox" class="tick" form="choose" name="point" value="{}" '
    'aria-label="À revoir : {}" title="À revoir">{}</dd>'
)
MEND = '<a href="{}" title="Rectifier">{}<span class="visually-hidden">Rectifier : {}</span></a>'


def html_of(lines: Iterable[Line]) -> SafeString:
    """The lines of a section."""
    return filled_each(LINE, map(_columns, lines))


def _columns(line: Line) -> tuple[str, ...]:
    return (
        line.label,
        line.value,
        filled(SHOW, line.nir_url) if line.nir_url else "",
        filled(ASK, line.key, line.label, _mending(line)) if line.key else "",
    )


def _mending(line: Line) -> str:
    return filled(MEND, line.mend_url, icon("pencil"), line.label) if line.mend_url else ""
