"""Who gets a mail beside the line in the inbox, when, and what it says. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Protocol, TypeVar

from openopco.kernel.calendar import PARIS
from openopco.notifications.enums import Pace
from openopco.notifications.kinds import NoticeKind

MOST_COUNTED = 99
# The digest goes from seven in the morning, in Paris.
MORNING = 7


def pace_of(kind: NoticeKind, choice: str | None) -> Pace:
    """`choice` is the person's own, None when there is none."""
    if kind.compulsory:
        return Pace.AT_ONCE
    return Pace(choice) if choice else Pace.AT_ONCE if kind.mail else Pace.NONE


def is_morning(now: datetime) -> bool:
    """Whether the day's digest may go."""
    return now.astimezone(PARIS).hour >= MORNING


@dataclass(frozen=True, slots=True)
class Line:
    """What happened, what to do about it, and where (a whole address)."""

    title: str
    act: str
    link: str


def digest_text(lines: Sequence[Line], *, product: str, opco: str) -> str:
    """The plain text of the day's mail: what is about the same thing together, in the order given."""
    told = "\n\n".join(f"- {line.title}\n  {line.act} : {line.link}" for line in lines)
    foot = f"Vous recevez un e-mail par jour au plus : cela se règle dans vos notifications, sur {product}."
    return f"Bonjour,\n\nDepuis votre dernier résumé :\n\n{told}\n\n{foot}\n\n{opco}\n"


def digest_subject(count: int) -> str:
    return "Une nouvelle sur vos demandes" if count == 1 else f"{count} nouvelles sur vos demandes"


class AboutSomething(Protocol):
    kind: str
    subject_kind: str
    subject_id: int


T = TypeVar("T", bound=AboutSomething)


def by_subject(notices: Iterable[T]) -> list[list[T]]:
    """Neighbours that are about the same thing, of the same kind, together; the order stands."""
    return [list(group) for _, group in groupby(notices, key=_about)]


def _about(notice: AboutSomething) -> tuple[str, str, int]:
    return notice.kind, notice.subject_kind, notice.subject_id
