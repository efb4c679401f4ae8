"""What a training provider reads of the requests where it teaches, once they are granted: this, and nothing else of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from openopco.base.keyset import paginate
from openopco.dossiers.enums import State
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import PAGE_SIZE, capped_count
from openopco.dossiers.search import holding, words_of
from openopco.rights import Actor, Permission, Subject, may
from openopco.training.models import Enrolment

# Granted, and what may come of it; « annulée » also names what was taken back before any decision.
STATES = (State.ACCORDEE, State.CADUQUE, State.ANNULEE)
GRANTED_ONCE = Q(state__in=[State.ACCORDEE, State.CADUQUE]) | Q(state=State.ANNULEE, decided_at__isnull=False)
READ = ("number", "title", "employer_name", "starts_on", "ends_on", "state", "updated_at")


@dataclass(frozen=True, slots=True)
class Course:
    """One request as its provider reads it. `minutes` per trainee; `people`: first and last names."""

    dossier_id: int
    number: str
    title: str
    employer: str
    starts_on: date
    ends_on: date
    minutes: int
    people: tuple[str, ...]
    state: State

    @property
    def hours(self) -> Decimal:
        """Per trainee."""
        return Decimal(self.minutes) / 60


@dataclass(frozen=True, slots=True)
class Courses:
    """A page of them, with its cursors as `base.keyset.Page` has them."""

    items: list[Course]
    next: str | None
    previous: str | None


def taught_to(actor: Actor) -> QuerySet[Dossier]:
    """The requests granted whose provider the actor acts for, his attachment accepted."""
    held = [grant.provider_id for grant in actor.provider_grants() if grant.provider_id is not None]
    reached = [pk for pk in held if may(actor, Permission.COURSE_READ, Subject(provider_id=pk))]
    return Dossier.objects.filter(GRANTED_ONCE, provider_id__in=reached)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed to; empty means all."""

    provider_id: int
    state: str = ""
    search: str = ""


def courses_of(*, actor: Actor, asked: Asked, after: str | None = None, size: int = PAGE_SIZE) -> Courses:
    """« Mes dossiers » of one provider, those that moved last first. Two queries."""
    found = _narrowed(actor, asked).only(*READ).annotate(minutes=F("training_action__minutes"))
    page = paginate(found, keys=("updated_at", "id"), after=after, size=size, descending=True)
    return Courses(_courses(page.items), page.next, page.previous)


def count_courses(*, actor: Actor, asked: Asked) -> int:
    """How many there are, never beyond the ceiling of lists."""
    return capped_count(_narrowed(actor, asked))


def find_course(*, actor: Actor, number: str) -> Course:
    """One of them by its number. Raises `UnknownDossier` for anybody else's, and for what was never granted."""
    found = taught_to(actor).filter(number=number).only(*READ).annotate(minutes=F("training_action__minutes"))
    courses = _courses(found.order_by("id"))
    if not courses:
        raise UnknownDossier
    return courses[0]


def _narrowed(actor: Actor, asked: Asked) -> QuerySet[Dossier]:
    found = taught_to(actor).filter(provider_id=asked.provider_id)
    return holding(found.filter(state=asked.state) if asked.state else found, words_of(asked.search))


def _courses(dossiers: Iterable[Dossier]) -> list[Course]:
    dossiers = list(dossiers)
    people = _people_of(dossiers)
    return [_course(dossier, tuple(people.get(dossier.pk, ()))) for dossier in dossiers]


def _course(dossier: Dossier, people: tuple[str, ...]) -> Course:
    # The database holds it of everything that was sent.
    assert dossier.number
    assert dossier.starts_on
    assert dossier.ends_on
    return Course(
        dossier.pk,
        dossier.number,
        dossier.title,
        dossier.employer_name,
        dossier.starts_on,
        dossier.ends_on,
        dossier.minutes or 0,  # type: ignore[attr-defined]
        people,
        State(dossier.state),
    )


def _people_of(dossiers: list[Dossier]) -> dict[int, list[str]]:
    """First and last names, and no more of anybody is read."""
    enrolled = Enrolment.objects.filter(dossier__in=[dossier.pk for dossier in dossiers]).order_by("id")
    found: dict[int, list[str]] = {}
    for dossier_id, first, last in enrolled.values_list("dossier_id", "first_name", "last_name"):
        found.setdefault(dossier_id, []).append(f"{first} {last}")
    return found
