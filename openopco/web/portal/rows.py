"""Rows of « Mes demandes », and what a request says, written here: a template would take ten times longer to say the same."""

from collections.abc import Iterable

from django.utils.safestring import SafeString

from openopco.dossiers.draft import SummaryLine, SummarySection
from openopco.web.components.markup import filled, filled_each
from openopco.web.components.tags import icon
from openopco.web.portal.wording import Line

ROW = (
    '<tr{}><th scope="row"><a class="figures" href="{}">{}</a></th><td data-label="Formation">{}{}</td>'
    '<td data-label="Début" class="figures">{}</td><td data-label="Coût HT" class="number">{}</td>'
    '<td data-label="Où elle en est">{}<span class="badge badge-{}">{}</span>{}{}{}</td></tr>'
)
BADGES, WAITS = filled('<span class="{}">', "badges"), '<span class="badge badge-wait">{}</span></span>'
NEW = filled(' class="{}"', "row-new")


def rows_of(lines: Iterable[Line]) -> SafeString:
    """The body of the table."""
    return filled_each(ROW, map(_columns, lines), "\n")


RECENT = (
    '<tr><th scope="row"><a class="figures" href="{}">{}</a></th>'
    '<td data-label="Formation">{}<small>Début le <span class="figures">{}</span></small></td>'
    '<td data-label="Coût HT" class="number">{}</td>'
    '<td data-label="Où elle en est"><span class="badge badge-{}">{}</span>{}</td></tr>'
)


def recent_of(lines: Iterable[Line]) -> SafeString:
    """The body of the dashboard's own table: less of each request."""
    return filled_each(
        RECENT,
        (
            (line.url, line.number, line.title, line.starts, line.amount, line.tone, line.word, _small(line.mark))
            for line in lines
        ),
        "\n",
    )


def _columns(line: Line) -> tuple[str, ...]:
    return (
        NEW if line.due else "",
        line.url,
        line.number,
        line.title,
        _small(line.provider),
        line.starts,
        line.amount,
        BADGES if line.waits else "",
        line.tone,
        line.word,
        filled(WAITS, line.waits) if line.waits else "",
        _small(line.due),
        _small(line.mark),
    )


def _small(text: str) -> str:
    return filled("<small>{}</small>", text) if text else ""


FOLD = (
    '<details class="fold"><summary>{}{}</summary><div class="fold-body"><dl class="summary summary-plain">{}\n'
    "</dl></div></details>"
)
SAID = "\n<div><dt>{}</dt><dd>{}</dd></div>"
UNSAID = filled('<span class="{}">Non renseigné</span>', "muted")


def folds_of(sections: Iterable[SummarySection]) -> SafeString:
    """All that a request says, a fold for each section."""
    arrow = icon("chevron-down")
    return filled_each(FOLD, ((arrow, section.title, _said(section.lines)) for section in sections), "\n")


def _said(lines: Iterable[SummaryLine]) -> SafeString:
    return filled_each(SAID, ((line.label, line.value or UNSAID) for line in lines))
