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


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A check in words. `blocks`: nobody may grant while it fails."""

    label: str
    detail: str
    tone: str
    word: str
    icon: str
    blocks: bool


PROBLEM = '\n<li><span class="badge badge-{}">{}{}</span><span><strong>{}</strong> {}{}</span></li>'
PASSED = "\n<li>{}<span><strong>{}</strong> {}</span></li>"
BLOCKS = filled(" <em>Empêche d'accorder.</em>")
PROBLEMS = '<ul class="checks">{}\n</ul>'
ALL_PASSED = '<ul class="checks-passed" aria-label="Contrôles réussis">{}\n</ul>'


def checks_html(checks: Iterable[CheckLine]) -> SafeString:
    """What hurts, then what is good; nothing without checks."""
    checks = list(checks)
    problems = [_problem(check) for check in checks if check.tone != "ok"]
    passed = [(icon(check.icon), check.label, check.detail) for check in checks if check.tone == "ok"]
    lists = ((PROBLEMS, PROBLEM, problems), (ALL_PASSED, PASSED, passed))
    shown = [filled(around, filled_each(line, rows)) for around, line, rows in lists if rows]
    return filled_each("{}", ((each,) for each in shown), "\n")


def _problem(check: CheckLine) -> tuple[str, ...]:
    return check.tone, icon(check.icon), check.word, check.label, check.detail, BLOCKS if check.blocks else ""


FACT = "<div><dt>{}</dt><dd>{}</dd></div>"


def facts_html(facts: Iterable[tuple[str, str]]) -> SafeString:
    """Labels and what the house knows under each."""
    return filled_each(FACT, facts)


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
