"""The synthesis: cards whose lines lead back to their fields."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openopco.dossiers.draft import SummaryLine, SummarySection
from openopco.web.portal.opened import Opened
from openopco.web.portal.presenting import anchored, target_url

# Beyond this many, trainees are told in one line each.
MOST_PEOPLE_IN_FULL = 5
PEOPLE = "Le(s) stagiaire(s)"


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A line of `components/summary_list.html`."""

    label: str
    value: str
    change_url: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class SummaryCard:
    """One `components/summary_list.html`."""

    title: str
    rows: list[SummaryRow]


def summary_cards(page: Opened, sections: list[SummarySection]) -> list[SummaryCard]:
    """A card for each section; many trainees share one, in their place. What was typed and is wrong is shown as it was
    typed, with what is wrong with it."""
    wrong = wrong_of(page)
    people = [section for section in sections if section.row]
    if len(people) <= MOST_PEOPLE_IN_FULL:
        return [_card(page, section, wrong) for section in sections]
    together = SummaryCard(PEOPLE, [_person(page, section, wrong) for section in people])
    before = sections[: sections.index(people[0])]
    after = sections[sections.index(people[-1]) + 1 :]
    return [*(_card(page, each, wrong) for each in before), together, *(_card(page, each, wrong) for each in after)]


Wrong = Mapping[tuple[str, str], str]


def wrong_of(page: Opened) -> Wrong:
    """What was typed and is wrong, by row and field."""
    return {(line.row, line.target): line.message for line in page.kind.errors(page.draft)}


def _card(page: Opened, section: SummarySection, wrong: Wrong) -> SummaryCard:
    return SummaryCard(section.title, [_row(page, section, line, wrong) for line in section.lines])


def _row(page: Opened, section: SummarySection, line: SummaryLine, wrong: Wrong) -> SummaryRow:
    url = anchored(page.dossier, section.step, line.target, line.row) if line.target else ""
    error = wrong.get((line.row, line.target), "") if line.target else ""
    return SummaryRow(line.label, line.value or (_raw(page, line) if error else ""), url, error)


def _raw(page: Opened, line: SummaryLine) -> str:
    source = page.row(line.row) if line.row else page.draft
    return source.raw(line.target) if source else ""


def _person(page: Opened, section: SummarySection, wrong: Wrong) -> SummaryRow:
    name = section.title.partition(" : ")[2]
    rows = [_row(page, section, line, wrong) for line in section.lines]
    url = target_url(page.dossier, section.step, section.row)
    return SummaryRow(name, _in_one_line(rows), url, " ".join(row.error for row in rows if row.error))


def _in_one_line(rows: Iterable[SummaryRow]) -> str:
    return " · ".join(f"{row.label} : {row.value}" for row in rows if row.value)
