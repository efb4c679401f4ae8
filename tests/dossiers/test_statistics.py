"""The figures of each month: kept by the sweep, read without a look at the requests."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from openopco.dossiers import tallying
from openopco.dossiers.actions import deciding_modifications
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier, PointTally, StateTally, TalliedMonth, TallyReading
from openopco.dossiers.queries import Statistics, statistics
from openopco.kernel.errors import Forbidden
from openopco.rights import Actor, Grant, Role
from tests.dossiers.factories import NOW, DossierFactory, garage, in_state, number_of, school, signalled
from tests.habilitations.factories import employer, officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def frozen() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def read(first: date = NOVEMBER, last: date = NOVEMBER, idcc: str = "") -> Statistics:
    return statistics(actor=officer(), first=first, last=last, idcc=idcc)


def decided(days: int, state: State = State.ACCORDEE, **changes: Any) -> Dossier:
    sent = datetime(2026, 11, 2, 9, tzinfo=UTC)
    return DossierFactory.create(state=state, sent_at=sent, decided_at=sent + timedelta(days=days), **changes)


def test_delays_and_acceptance_are_those_of_the_requests() -> None:
    for days in (1, 2, 3, 4, 30):
        decided(days, idcc="1090")
    decided(5, State.REFUSEE)
    DossierFactory.create(idcc="1090")
    assert tallying.tally() == 1
    found = read()
    assert (found.total.sent, found.total.median, found.total.ninetieth, found.total.acceptance) == (7, 3, 30, 83)
    assert found.branches["1090"].sent == 6
    assert found.branches[""].refused == 1
    assert list(found.branches) == ["1090", ""]
    assert found.total.granted_cents == 5 * 500_00
    assert read(idcc="1090").total.sent == 6


def test_a_lapsed_agreement_was_granted_and_a_day_is_one_of_paris() -> None:
    sent = datetime(2026, 11, 2, 22, 30, tzinfo=UTC)
    DossierFactory.create(state=State.CADUQUE, amount_granted=500, sent_at=sent, decided_at=sent + timedelta(hours=1))
    tallying.tally()
    assert (read().total.granted, read().total.median) == (1, 1)


def test_what_moves_is_counted_anew_and_what_does_not_is_left() -> None:
    dossier, actor, desk = in_state(State.TRANSMISE)
    tallying.tally()
    assert read().total.states == {State.TRANSMISE: 1}
    TalliedMonth.objects.create(month=date(2026, 10, 1), counted_at=NOW)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        tallying.tally()
        tallying.tally()
    from openopco.dossiers.actions import deciding

    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        assert tallying.tally() == 0
        deciding.cancel(actor=actor, number=str(dossier.number))
        assert tallying.tally() == 1
    assert read().total.states == {State.ANNULEE: 1}
    assert TalliedMonth.objects.get(month=date(2026, 10, 1)).counted_at == NOW


def test_a_turn_counts_a_few_months_and_says_how_old_its_figures_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for month in range(1, 6):
        DossierFactory.create(sent_at=datetime(2026, month, 3, tzinfo=UTC))
    assert tallying.tally() == tallying.MOST_MONTHS
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert read().at == NOW
        assert tallying.tally() == 2
        assert read(date(2026, 1, 1)).at == NOW + timedelta(hours=1)
        assert read(date(2026, 1, 1)).total.sent == 5
        assert tallying.tally() == 0


def test_a_count_killed_halfway_leaves_the_old_figures_and_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    DossierFactory.create()
    tallying.tally()
    DossierFactory.create()
    TalliedMonth.objects.update(touched_at=NOW)
    with monkeypatch.context() as patched:
        patched.setattr(tallying._Tally, "_points", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tallying.tally()
    assert read().total.sent == 1
    assert tallying.tally() == 1
    assert read().total.sent == 2


def test_a_young_entry_is_read_again() -> None:
    """Its neighbours of a lower number may not be committed yet."""
    in_state(State.TRANSMISE)
    tallying.tally()
    assert TallyReading.objects.get().last_entry_id == 0
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        tallying.tally()
        assert TallyReading.objects.get().last_entry_id > 0


def test_what_was_asked_is_counted_by_cause() -> None:
    in_state(State.COMPLEMENT_DEMANDE)
    tallying.tally()
    assert [(line.kind, line.name, line.count) for line in read().points] == [("champ", "cost", 1)]
    assert PointTally.objects.get().reason_code == ""


def test_providers_come_by_number_of_requests() -> None:
    teacher = school(name="ÉCOLE DU LAC")
    DossierFactory.create_batch(2, provider=teacher)
    DossierFactory.create()
    tallying.tally()
    assert [(line.name, line.sent) for line in read().providers] == [("ÉCOLE DU LAC", 2), ("", 1)]


def test_reading_costs_as_much_for_many_rows_and_never_looks_at_requests() -> None:
    def cost() -> list[str]:
        tallying.tally()
        actor = Actor(user_id=None, label="", grants=(Grant(Role.ADMINISTRATEUR),))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            statistics(actor=actor, first=date(2026, 1, 1), last=NOVEMBER)
        return [query["sql"] for query in queries.captured_queries]

    DossierFactory.create()
    few = cost()
    for rank in range(8):
        DossierFactory.create(idcc=f"10{rank:02d}", provider=school(), sent_at=NOW - timedelta(days=30 * rank))
    TallyReading.objects.all().delete()
    many = cost()
    assert len(few) == len(many)
    assert not [sql for sql in many if "dossiers_dossier" in sql]


def test_an_employer_reads_no_statistics() -> None:
    with pytest.raises(Forbidden):
        statistics(actor=employer(garage()), first=NOVEMBER, last=NOVEMBER)


@pytest.mark.parametrize(
    "wrong",
    [{"count": 0}, {"granted": 2}, {"state": State.BROUILLON}, {"amount_granted": 2}, {"amount_granted": -1}],
)
def test_the_database_refuses_figures_that_cannot_be(wrong: dict[str, Any]) -> None:
    month = TalliedMonth.objects.create(month=NOVEMBER, counted_at=NOW)
    good = {"state": State.ACCORDEE, "count": 1, "granted": 1, "amount_asked": 1, "amount_granted": 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        StateTally.objects.create(month=month, idcc="", **{**good, **wrong})
    StateTally.objects.create(month=month, idcc="", **good)


def test_a_month_is_named_by_its_first_day() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TalliedMonth.objects.create(month=date(2026, 11, 2), counted_at=NOW)


def test_a_modification_accepted_later_does_not_lengthen_the_delay() -> None:
    dossier, employer_, desk = in_state(State.ACCORDEE)
    waiting = signalled(employer_, dossier)
    with time_machine.travel(NOW + timedelta(days=20), tick=False):
        deciding_modifications.accept(
            actor=desk, number=number_of(dossier), modification_id=waiting.pk, amount=Decimal("560.00")
        )
        dossier.refresh_from_db()
        assert dossier.decided_at == NOW + timedelta(days=20)
        tallying.tally()
        assert (read().total.granted, read().total.median) == (1, 0)
