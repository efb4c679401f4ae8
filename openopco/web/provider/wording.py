"""A request in the words of its training provider."""

from dataclasses import dataclass

from openopco import opco
from openopco.dossiers.enums import STATE_TONES, State
from openopco.kernel.calendar import format_date
from openopco.kernel.money import format_hours
from openopco.training.taught import Course

WORDS = {
    State.ACCORDEE: "Accordée",
    State.CADUQUE: "Accord caduc",
    State.ANNULEE: "Annulée",
}
EXPLANATIONS = {
    State.ACCORDEE: "{opco} prend cette formation en charge : elle peut avoir lieu.",
    State.CADUQUE: "L'accord n'est plus valable. Voyez avec l'employeur avant de dispenser la formation.",
    State.ANNULEE: "L'employeur a dit, après l'accord, que la formation n'aurait pas lieu.",
}
# Beyond this many, a list names the first ones.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A request in a list, and on its page. `named`: the trainees, or the first of many."""

    number: str
    title: str
    employer: str
    starts: str
    ends: str
    hours: str
    people: tuple[str, ...]
    named: str
    word: str
    tone: str
    explanation: str


def line_of(course: Course) -> Line:
    return Line(
        course.number,
        course.title,
        course.employer,
        format_date(course.starts_on),
        format_date(course.ends_on),
        format_hours(course.hours),
        course.people,
        _named(course.people),
        WORDS[course.state],
        STATE_TONES[course.state],
        EXPLANATIONS[course.state].format(opco=opco.identity().name),
    )


def _named(people: tuple[str, ...]) -> str:
    """« Zoé Müller, Léa Martin, Ali Diallo et 4 autres »."""
    more = len(people) - MOST_NAMED
    if more <= 0:
        return ", ".join(people)
    return f"{', '.join(people[:MOST_NAMED])} et {more} autre{'s' if more > 1 else ''}"
