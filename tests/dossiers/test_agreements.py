"""An agreement through whole calendars: warned of, lapsed, given back."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from openopco.dossiers import effects, lapsing
from openopco.dossiers.actions import agreements, deciding
from openopco.dossiers.enums import Audience, State
from openopco.dossiers.errors import MissingReason, NotPossibleNow
from openopco.dossiers.models import CourseStart, Dossier, LapseLifting
from openopco.dossiers.timeline import events
from openopco.dossiers.workflow import Event
from openopco.journal.models import Entry
from openopco.kernel.calendar import PARIS
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.notifications.models import Notice
from openopco.organisations.models import Establishment
from openopco.rights import SYSTEM, Actor
from tests.dossiers.factories import in_state, number_of, signalled, taken

pytestmark = pytest.mark.django_db
LONG = {"starts_on": "05/01/2027", "ends_on": "17/12/2027"}


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=PARIS)


def live(clock: Any, first: date, last: date) -> dict[date, tuple[int, int]]:
    """Every day from one to the other, both sweeps; the days on which something was told or lapsed."""
    happened = {}
    day = first
    while day <= last:
        clock.move_to(at(day))
        found = lapsing.remind_of_agreements(), lapsing.lapse_agreements()
        if any(found):
            happened[day] = found
        day += timedelta(days=1)
    return happened


def granted(alice: Actor, olga: Actor, place: Establishment, **changes: str) -> Dossier:
    dossier = taken(alice, place, olga, **changes)
    return deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("560.00"))


class TestThroughTheYear:
    def test_a_short_course_is_asked_for_warned_of_twice_then_lapses(
        self, alice: Actor, olga: Actor, place: Establishment, clock: Any
    ) -> None:
        dossier = granted(alice, olga, place)
        assert live(clock, date(2026, 11, 23), date(2027, 6, 30)) == {
            date(2027, 1, 15): (1, 0),
            date(2027, 3, 14): (1, 0),
            date(2027, 4, 28): (1, 0),
            date(2027, 5, 14): (0, 1),
        }
        dossier.refresh_from_db()
        assert (dossier.state, dossier.amount_granted) == (State.CADUQUE, Decimal("560.00"))

    def test_a_course_of_a_year_that_nobody_began_ends_six_months_in(
        self, alice: Actor, olga: Actor, place: Establishment, clock: Any
    ) -> None:
        granted(alice, olga, place, **LONG)
        assert live(clock, date(2026, 12, 1), date(2027, 8, 1)) == {
            date(2027, 1, 8): (1, 0),
            date(2027, 5, 5): (1, 0),
            date(2027, 6, 19): (1, 0),
            date(2027, 7, 5): (0, 1),
        }

    def test_one_that_began_lives_to_the_last_day_to_claim(
        self, alice: Actor, olga: Actor, place: Establishment, clock: Any
    ) -> None:
        dossier = granted(alice, olga, place, **LONG)
        clock.move_to(at(date(2027, 1, 6)))
        agreements.confirm_start(actor=alice, number=number_of(dossier), started_on=date(2027, 1, 5))
        assert live(clock, date(2027, 1, 7), date(2028, 4, 30)) == {
            date(2028, 2, 17): (1, 0),
            date(2028, 4, 2): (1, 0),
            date(2028, 4, 18): (0, 1),
        }

    def test_a_worker_that_slept_a_week_still_tells(
        self, alice: Actor, olga: Actor, place: Establishment, clock: Any
    ) -> None:
        granted(alice, olga, place)
        clock.move_to(at(date(2027, 3, 20)))
        assert [lapsing.remind_of_agreements(), lapsing.remind_of_agreements()] == [1, 0]

    def test_all_of_an_establishment_are_told_what_and_until_when(
        self, alice: Actor, bob: Actor, olga: Actor, place: Establishment, clock: Any
    ) -> None:
        granted(alice, olga, place)
        clock.move_to(at(date(2027, 4, 28)))
        lapsing.remind_of_agreements()
        told = Notice.objects.filter(title__contains="valable jusqu'au 13/05/2027")
        assert {notice.user_id for notice in told} == {alice.user_id, bob.user_id}

    def test_an_agreement_given_late_can_still_serve(
        self, alice: Actor, olga: Actor, place: Establishment, clock: Any
    ) -> None:
        dossier = taken(alice, place, olga)
        clock.move_to(at(date(2027, 8, 2)))
        late = deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("560.00"))
        assert late.due_on == date(2027, 9, 1)
        assert lapsing.lapse_agreements() == 0

    def test_one_that_waits_for_an_answer_is_left_alone(self, clock: Any) -> None:
        dossier, employer_, _ = in_state(State.ACCORDEE)
        clock.move_to(at(date(2027, 5, 13)))
        signalled(employer_, dossier)
        clock.move_to(at(date(2027, 5, 20)))
        assert lapsing.lapse_agreements() == 0

    def test_the_many_are_done_turn_by_turn(self, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lapsing, "MOST_AT_ONCE", 1)
        for _ in range(2):
            in_state(State.ACCORDEE)
        clock.move_to(at(date(2027, 6, 1)))
        assert [lapsing.lapse_agreements() for _ in range(3)] == [1, 1, 0]

    def test_what_was_engaged_is_released_at_once(self, clock: Any) -> None:
        in_state(State.ACCORDEE)
        told: list[str] = []
        kept = {event: list(each) for event, each in effects._EFFECTS.items()}
        effects.on(Event.RENDRE_CADUQUE)(lambda dossier: told.append(dossier.state))
        try:
            clock.move_to(at(date(2027, 5, 14)))
            lapsing.lapse_agreements()
        finally:
            effects._EFFECTS.clear()
            effects._EFFECTS.update(kept)
        assert told == [State.CADUQUE]


class TestLifting:
    @pytest.fixture
    def lapsed(self) -> Dossier:
        return in_state(State.CADUQUE)[0]

    def test_it_is_good_again_until_that_day(self, lapsed: Dossier, olga: Actor, clock: Any) -> None:
        clock.move_to(at(date(2027, 6, 1)))
        lifted = agreements.lift_lapse(
            actor=olga, number=number_of(lapsed), until=date(2027, 7, 31), reason="Facture reçue en mai."
        )
        assert (lifted.state, lifted.due_on, lifted.amount_granted) == (
            State.ACCORDEE,
            date(2027, 7, 31),
            Decimal("560.00"),
        )
        assert LapseLifting.objects.get().reason == "Facture reçue en mai."
        payload = Entry.objects.get(event="dossier.lever_caducite").payload
        assert (payload["motif"], payload["jusqu_au"]) == ("Facture reçue en mai.", "2027-07-31")
        clock.move_to(at(date(2027, 7, 31)))
        assert lapsing.lapse_agreements() == 0
        clock.move_to(at(date(2027, 8, 1)))
        assert lapsing.lapse_agreements() == 1

    @pytest.mark.parametrize("until", [date(2027, 6, 1), date(2027, 5, 1), date(2028, 6, 2)])
    def test_the_day_is_to_come_and_within_a_year(self, until: date, lapsed: Dossier, olga: Actor, clock: Any) -> None:
        clock.move_to(at(date(2027, 6, 1)))
        with pytest.raises(InvalidValue):
            agreements.lift_lapse(actor=olga, number=number_of(lapsed), until=until, reason="Facture.")
        lapsed.refresh_from_db()
        assert lapsed.state == State.CADUQUE

    def test_it_takes_nothing_of_the_ordinary_delay(self, lapsed: Dossier, olga: Actor) -> None:
        with pytest.raises(InvalidValue, match="13/05/2027"):
            agreements.lift_lapse(actor=olga, number=number_of(lapsed), until=date(2027, 5, 12), reason="Erreur.")

    def test_a_reason_is_needed(self, lapsed: Dossier, olga: Actor) -> None:
        with pytest.raises(MissingReason):
            agreements.lift_lapse(actor=olga, number=number_of(lapsed), until=date(2027, 6, 1), reason="  ")

    def test_officers_alone(self, olga: Actor, admin: Actor) -> None:
        dossier, employer_, _ = in_state(State.CADUQUE)
        with pytest.raises(Forbidden):
            agreements.lift_lapse(actor=employer_, number=number_of(dossier), until=date(2027, 6, 1), reason="Non.")

    def test_what_has_not_lapsed_is_not_lifted(self, olga: Actor) -> None:
        dossier, _, _ = in_state(State.ACCORDEE)
        with pytest.raises(NotPossibleNow):
            agreements.lift_lapse(actor=olga, number=number_of(dossier), until=date(2027, 6, 1), reason="Non.")


class TestStarted:
    def test_said_once(self, clock: Any) -> None:
        dossier, employer_, _ = in_state(State.ACCORDEE)
        clock.move_to(at(date(2027, 1, 13)))
        for day in (date(2027, 1, 12), date(2027, 1, 13)):
            agreements.confirm_start(actor=employer_, number=number_of(dossier), started_on=day)
        assert CourseStart.objects.get().started_on == date(2027, 1, 12)
        assert Entry.objects.filter(event="dossier.confirmer_debut").count() == 1

    def test_by_an_officer_who_was_told(self, olga: Actor, clock: Any) -> None:
        dossier, _, _ = in_state(State.ACCORDEE)
        clock.move_to(at(date(2027, 1, 13)))
        agreements.confirm_start(actor=olga, number=number_of(dossier), started_on=date(2027, 1, 12))
        assert Entry.objects.get(event="dossier.confirmer_debut").payload["telephone"] is True

    @pytest.mark.parametrize("day", [date(2027, 1, 14), date(2027, 1, 11), date(2027, 1, 15)])
    def test_on_a_day_of_the_course_that_has_come(self, day: date, clock: Any) -> None:
        dossier, employer_, _ = in_state(State.ACCORDEE)
        clock.move_to(at(date(2027, 1, 13)))
        with pytest.raises(InvalidValue):
            agreements.confirm_start(actor=employer_, number=number_of(dossier), started_on=day)

    def test_of_what_is_granted_alone(self) -> None:
        dossier, employer_, _ = in_state(State.EN_INSTRUCTION)
        with pytest.raises(NotPossibleNow):
            agreements.confirm_start(actor=employer_, number=number_of(dossier), started_on=date(2027, 1, 12))


class TestStartSetRight:
    """A wrong first day is an officer's to correct: it was said, what it opened stays open."""

    @pytest.fixture
    def started(self, clock: Any) -> tuple[Dossier, Actor, Actor]:
        dossier, employer_, desk = in_state(State.ACCORDEE)
        clock.move_to(at(date(2027, 1, 13)))
        agreements.confirm_start(actor=employer_, number=number_of(dossier), started_on=date(2027, 1, 12))
        return dossier, employer_, desk

    def test_by_an_officer_and_both_days_are_told(self, started: tuple[Dossier, Actor, Actor]) -> None:
        dossier, employer_, desk = started
        until = Dossier.objects.get(pk=dossier.pk).due_on
        for _ in range(2):
            agreements.correct_start(actor=desk, number=number_of(dossier), started_on=date(2027, 1, 13))
        kept = CourseStart.objects.get()
        assert (kept.started_on, kept.confirmed_by_id) == (date(2027, 1, 13), employer_.user_id)
        assert Dossier.objects.get(pk=dossier.pk).due_on == until
        assert Entry.objects.filter(event="dossier.corriger_debut").count() == 1
        for audience in Audience:
            assert "« 12/01/2027 » devient « 13/01/2027 »." in events(dossier, audience)[0].text

    def test_neither_by_the_employer_nor_outside_the_course(self, started: tuple[Dossier, Actor, Actor]) -> None:
        dossier, employer_, desk = started
        with pytest.raises(Forbidden):
            agreements.correct_start(actor=employer_, number=number_of(dossier), started_on=date(2027, 1, 13))
        for day in (date(2027, 1, 11), date(2027, 1, 14)):
            with pytest.raises(InvalidValue):
                agreements.correct_start(actor=desk, number=number_of(dossier), started_on=day)
        assert CourseStart.objects.get().started_on == date(2027, 1, 12)

    def test_where_nobody_said_any_there_is_none_to_correct(self, clock: Any) -> None:
        dossier, _, desk = in_state(State.ACCORDEE)
        clock.move_to(at(date(2027, 1, 13)))
        with pytest.raises(NotPossibleNow):
            agreements.correct_start(actor=desk, number=number_of(dossier), started_on=date(2027, 1, 12))


def test_the_system_lapses_nothing_that_waits_for_an_answer(clock: Any) -> None:
    dossier, employer_, _ = in_state(State.ACCORDEE)
    clock.move_to(at(date(2027, 5, 13)))
    signalled(employer_, dossier)
    clock.move_to(at(date(2027, 5, 20)))
    with pytest.raises(NotPossibleNow):
        agreements.lapse(actor=SYSTEM, number=number_of(dossier))
    assert Dossier.objects.get(pk=dossier.pk).state == State.ACCORDEE


def test_an_agreement_given_back_for_a_few_days_is_warned_of_once(olga: Actor, clock: Any) -> None:
    dossier = in_state(State.CADUQUE)[0]
    clock.move_to(at(date(2027, 6, 1)))
    agreements.lift_lapse(actor=olga, number=number_of(dossier), until=date(2027, 6, 5), reason="Facture reçue.")
    assert live(clock, date(2027, 6, 1), date(2027, 6, 7)) == {date(2027, 6, 1): (1, 0), date(2027, 6, 6): (0, 1)}
    assert Notice.objects.filter(title__contains="valable jusqu'au 05/06/2027, puis il devient caduc").exists()
