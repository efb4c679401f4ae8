"""The synthesis: cards whose lines lead back to their fields."""

from collections.abc import Iterable
from dataclasses import dataclass

from openopco.dossiers.draft import SummaryLine, SummarySection
from openopco.dossiers.models import Dossier
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


def summary_cards(dossier: Dossier, sections: list[SummarySection]) -> list[SummaryCard]:
    """A card for each section; many trainees share one, in their place."""
    people = [section for section in sections if section.row]
    if len(people) <= MOST_PEOPLE_IN_FULL:
        return [_card(dossier, section) for section in sections]
    together = SummaryCard(PEOPLE, [_person(dossier, section) for section in people])
    before = sections[: sections.index(people[0])]
    after = sections[sections.index(people[-1]) + 1 :]
    return [*(_card(dossier, each) for each in before), together, *(_card(dossier, each) for each in after)]


def _card(dossier: Dossier, section: SummarySection) -> SummaryCard:
    return SummaryCard(section.title, [_row(dossier, section, line) for line in section.lines])


def _row(dossier: Dossier, section: SummarySection, line: SummaryLine) -> SummaryRow:
    url = anchored(dossier, section.step, line.target, line.row) if line.target else ""
    return SummaryRow(line.label, line.value, url)


def _person(dossier: Dossier, section: SummarySection) -> SummaryRow:
    name = section.title.partition(" : ")[2]
    return SummaryRow(name, _in_one_line(section.lines), target_url(dossier, section.step, section.row))


def _in_one_line(lines: Iterable[SummaryLine]) -> str:
    return " · ".join(f"{line.label} : {line.value}" for line in lines if line.value)
