"""Rows of « Mes demandes », and what a request says, written here: a template would take ten times longer to say the same."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from openopco.dossiers.draft import SummaryLine, SummarySection
from openopco.web.components.tags import icon
from openopco.web.portal.wording import Line

ROW = (
    '<tr{}><th scope="row"><a class="figures" href="{}">{}</a></th><td data-label="Formation">{}{}</td>'
    '<td data-label="Début" class="figures">{}</td><td data-label="Coût HT" class="number">{}</td>'
    '<td data-label="Où elle en est"><span class="badge badge-{}">{}</span>{}{}</td></tr>'
)
NEW = format_html(' class="{}"', "row-new")


def rows_of(lines: Iterable[Line]) -> SafeString:
    """The body of the table."""
    return format_html_join("\n", ROW, map(_columns, lines))


def _columns(line: Line) -> tuple[str, ...]:
    return (
        NEW if line.due else "",
        line.url,
        line.number,
        line.title,
        _small(line.provider),
        line.starts,
        line.amount,
        line.tone,
        line.word,
        _small(line.due),
        _small(line.mark),
    )


def _small(text: str) -> str:
    return format_html("<small>{}</small>", text) if text else ""


FOLD = (
    '<details class="fold"><summary>{}{}</summary><div class="fold-body"><dl class="summary summary-plain">{}\n'
    "</dl></div></details>"
)
SAID = "\n<div><dt>{}</dt><dd>{}</dd></div>"
UNSAID = format_html('<span class="{}">Non renseigné</span>', "muted")


def folds_of(sections: Iterable[SummarySection]) -> SafeString:
    """All that a request says, a fold for each section."""
    arrow = icon("chevron-down")
    return format_html_join("\n", FOLD, ((arrow, section.title, _said(section.lines)) for section in sections))


def _said(lines: Iterable[SummaryLine]) -> SafeString:
    return format_html_join("", SAID, ((line.label, line.value or UNSAID) for line in lines))
