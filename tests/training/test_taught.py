"""What a provider reads of the requests where it teaches."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openopco.base.jobs import run_pending_jobs
from openopco.dossiers.actions import agreements, deciding
from openopco.dossiers.enums import State
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import find
from openopco.notifications.models import Notice
from openopco.organisations.models import Provider
from openopco.rights import ANONYMOUS, SYSTEM, Actor
from openopco.training.taught import Asked, Course, count_courses, courses_of, find_course
from tests.dossiers.factories import PERSON, DossierFactory, garage, in_state, number_of, taken
from tests.habilitations.factories import employer, officer, teacher
from tests.organisations.factories import ProviderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(db: None) -> Provider:
    return ProviderFactory.create()


@pytest.fixture
def tess(school: Provider) -> Actor:
    return teacher(school)


def granted(school: Provider, **given: Any) -> Dossier:
    return DossierFactory.create(**{"state": State.ACCORDEE, "provider": school, **given})


def numbers(actor: Actor, school: Provider, **narrowed: str) -> list[str]:
    return [course.number for course in courses_of(actor=actor, asked=Asked(school.pk, **narrowed)).items]


def test_it_reads_what_was_granted_and_what_came_of_it_alone(school: Provider, tess: Actor) -> None:
    seen = {granted(school).number}
    lapsed, cancelled = granted(school), granted(school)
    Dossier.objects.filter(pk=lapsed.pk).update(state=State.CADUQUE)
    Dossier.objects.filter(pk=cancelled.pk).update(state=State.ANNULEE, waiting_for="personne", amount_granted=None)
    seen |= {lapsed.number, cancelled.number}
    for state in State:
        if state not in (State.ACCORDEE, State.CADUQUE):
            DossierFactory.create(state=state, provider=school)
    assert set(numbers(tess, school)) == seen
    assert count_courses(actor=tess, asked=Asked(school.pk)) == 3


def test_a_stranger_and_who_waits_find_nothing(school: Provider) -> None:
    number = number_of(granted(school))
    for actor in (teacher(), teacher(school, accepted=False), employer(), officer(), ANONYMOUS):
        assert numbers(actor, school) == []
        with pytest.raises(UnknownDossier):
            find_course(actor=actor, number=number)


def test_what_it_teaches_does_not_open_the_request_itself(school: Provider, tess: Actor) -> None:
    number = number_of(granted(school))
    assert find_course(actor=tess, number=number).number == number
    with pytest.raises(UnknownDossier):
        find(actor=tess, number=number)


def test_a_course_tells_this_and_nothing_else() -> None:
    place, desk = garage(name="GARAGE DU LAC"), officer()
    dossier = taken(
        employer(place), place, desk, people=(PERSON, {**PERSON, "first_name": "Ali", "last_name": "Diallo"})
    )
    deciding.grant(actor=desk, number=number_of(dossier), amount=Decimal("560.00"))
    tess = teacher(dossier.provider)
    assert find_course(actor=tess, number=number_of(dossier)) == Course(
        dossier_id=dossier.pk,
        number=number_of(dossier),
        title="Contrôle technique : mise à jour",
        employer="GARAGE DU LAC",
        starts_on=date(2027, 1, 12),
        ends_on=date(2027, 1, 13),
        minutes=14 * 60,
        people=("Zoé Müller", "Ali Diallo"),
        state=State.ACCORDEE,
    )


def test_the_list_is_searched_and_narrowed_to_a_state(school: Provider, tess: Actor) -> None:
    welding = granted(school, title="Soudure aluminium", words="Zoé Müller")
    other = granted(school)
    Dossier.objects.filter(pk=other.pk).update(state=State.CADUQUE)
    assert numbers(tess, school, search="aluminium") == [welding.number]
    assert numbers(tess, school, search="muller") == [welding.number]
    assert numbers(tess, school, state="caduque") == [other.number]
    assert numbers(tess, school, state="caduque", search="aluminium") == []


def test_it_is_paged_by_key_what_moved_last_first(school: Provider, tess: Actor) -> None:
    made = [granted(school, updated_at=datetime(2026, 11, 1 + day, tzinfo=UTC)) for day in range(5)]
    first = courses_of(actor=tess, asked=Asked(school.pk), size=3)
    second = courses_of(actor=tess, asked=Asked(school.pk), size=3, after=first.next)
    assert [course.number for course in (*first.items, *second.items)] == [each.number for each in reversed(made)]
    assert second.next is None


def test_a_page_costs_two_queries_whatever_its_length(school: Provider, tess: Actor) -> None:
    for count in (1, 6):
        for _ in range(count):
            granted(school)
        with CaptureQueriesContext(connection) as asked:
            courses_of(actor=tess, asked=Asked(school.pk))
        assert len(asked) == 2


def test_its_people_are_told_of_what_was_granted_and_not_of_what_is_asked() -> None:
    place, desk = garage(), officer()
    dossier = taken(employer(place), place, desk)
    tess, waits = teacher(dossier.provider), teacher(dossier.provider, accepted=False)
    run_pending_jobs(names=["dossiers.tell"])
    assert not Notice.objects.filter(user_id=tess.user_id).exists()
    deciding.grant(actor=desk, number=number_of(dossier), amount=Decimal("560.00"))
    run_pending_jobs(names=["dossiers.tell"])
    told = Notice.objects.get(user_id=tess.user_id)
    assert told.url == f"/organisme/dossiers/{dossier.number}/"
    assert "560" not in told.title
    assert not Notice.objects.filter(user_id=waits.user_id).exists()


def test_its_people_are_told_when_the_agreement_lapses() -> None:
    dossier, _, _ = in_state(State.ACCORDEE)
    run_pending_jobs(names=["dossiers.tell"])
    tess = teacher(dossier.provider)
    lapse(dossier)
    assert "n'est plus valable" in Notice.objects.get(user_id=tess.user_id).title


def lapse(dossier: Dossier) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(due_on=date(2026, 1, 13))
    agreements.lapse(actor=SYSTEM, number=number_of(dossier))
    run_pending_jobs(names=["dossiers.tell"])
