"""Jobs run after the commit, at least once, whatever dies."""

import os
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from openopco.base.jobs import enqueue, job, queue, registry, run_pending_jobs, runner, sweep, sweeping
from openopco.base.models import Job, JobState, SweepTurn

NOW = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)


class Broken(Exception):
    pass


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    monkeypatch.setattr(registry, "_jobs", {})
    monkeypatch.setattr(registry, "_sweeps", {})
    seen: list[object] = []

    @job("test.note", max_attempts=3, lease_seconds=60)
    def note(value: object = None) -> None:
        seen.append(value)

    @job("test.break", max_attempts=3)
    def fail(email: str = "alice@garage.example") -> None:
        raise Broken(f"cannot write to {email}")

    with time_machine.travel(NOW, tick=False):
        yield seen


def later(**delta: float) -> time_machine.travel:
    return time_machine.travel(NOW + timedelta(**delta), tick=False)


@pytest.mark.django_db
class TestQueueing:
    def test_only_the_jobs_of_these_names_are_run(self, calls: list[object]) -> None:
        enqueue("test.break")
        enqueue("test.note", value=1)
        assert run_pending_jobs(names=["test.note"]) == 1
        assert calls == [1]
        assert Job.objects.get(name="test.break").state == JobState.QUEUED

    def test_a_job_is_run_with_its_arguments_then_done(self, calls: list[object]) -> None:
        enqueue("test.note", value={"ids": [1, 2]})
        assert run_pending_jobs() == 1
        assert calls == [{"ids": [1, 2]}]
        row = Job.objects.get()
        assert (row.state, row.attempts, row.finished_at, row.lease_until) == (JobState.DONE, 1, NOW, None)

    def test_a_job_of_a_transaction_rolled_back_never_runs(self, calls: list[object]) -> None:
        with transaction.atomic():
            enqueue("test.note")
            transaction.set_rollback(True)
        assert run_pending_jobs() == 0
        assert calls == []

    def test_the_oldest_due_runs_first(self, calls: list[object]) -> None:
        enqueue("test.note", run_at=NOW - timedelta(minutes=1), value="second")
        enqueue("test.note", run_at=NOW - timedelta(minutes=2), value="first")
        run_pending_jobs()
        assert calls == ["first", "second"]

    def test_a_job_for_later_waits_for_its_time(self, calls: list[object]) -> None:
        enqueue("test.note", run_at=NOW + timedelta(hours=1))
        assert run_pending_jobs() == 0
        with later(hours=1):
            assert run_pending_jobs() == 1

    def test_a_unique_key_is_queued_once_even_after_it_is_done(self, calls: list[object]) -> None:
        first = enqueue("test.note", unique_key="receipt:1", value=1)
        run_pending_jobs()
        second = enqueue("test.note", unique_key="receipt:1", value=2)
        assert first.unique_key == second.unique_key
        assert run_pending_jobs() == 0
        assert calls == [1]

    def test_a_job_nobody_registered_can_not_be_queued(self) -> None:
        with pytest.raises(KeyError):
            enqueue("test.unknown")

    def test_a_job_whose_handler_is_gone_is_kept_as_a_failure_to_come_back_to(self) -> None:
        Job.objects.create(name="test.gone", max_attempts=2)
        assert runner.run_one("w")
        row = Job.objects.get()
        assert (row.state, row.last_error.split(" ")[0]) == (JobState.QUEUED, "KeyError")

    def test_a_job_queued_by_a_job_runs_too(self, calls: list[object]) -> None:
        @job("test.chain")
        def chain() -> None:
            enqueue("test.note", value="chained")

        enqueue("test.chain")
        assert run_pending_jobs() == 2
        assert calls == ["chained"]

    def test_for_tests_the_number_of_jobs_is_bounded(self) -> None:
        @job("test.endless")
        def endless() -> None:
            enqueue("test.endless")

        enqueue("test.endless")
        assert run_pending_jobs(limit=7) == 7

    def test_a_name_registered_twice_is_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="twice"):
            job("test.note")(print)


@pytest.mark.django_db
class TestFailing:
    def test_an_error_is_kept_without_its_words_and_tried_again_later(self) -> None:
        enqueue("test.break")
        assert runner.run_one("w")
        row = Job.objects.get()
        assert (row.state, row.attempts, row.lease_until) == (JobState.QUEUED, 1, None)
        assert row.last_error.startswith("Broken at test_jobs.py:")
        assert "alice" not in row.last_error
        assert NOW + timedelta(seconds=5) <= row.run_at <= NOW + timedelta(seconds=6)
        assert not runner.run_one("w")

    def test_each_try_waits_longer_up_to_an_hour(self) -> None:
        delays = [queue.back_off(attempt) for attempt in range(1, 15)]
        assert all(late > early for early, late in zip(delays[:8], delays[1:9], strict=True))
        assert timedelta(hours=1) <= delays[-1] <= timedelta(hours=1, minutes=12)

    def test_after_the_last_try_it_is_given_up_and_stays_to_be_seen(self) -> None:
        enqueue("test.break")
        for hours in (0, 2, 4):
            with later(hours=hours):
                assert runner.run_one("w")
        row = Job.objects.get()
        assert (row.state, row.attempts) == (JobState.FAILED, 3)
        with later(days=100):
            assert not runner.run_one("w")
            assert queue.purge_done() == 0

    def test_the_runner_for_tests_raises_what_the_handler_raised(self) -> None:
        enqueue("test.break")
        with pytest.raises(Broken):
            run_pending_jobs()
        assert Job.objects.get().last_error.startswith("Broken")

    def test_done_jobs_are_purged_after_a_while(self) -> None:
        enqueue("test.note")
        run_pending_jobs()
        with later(days=13):
            assert queue.purge_done() == 0
        with later(days=15):
            assert queue.purge_done() == 1


@pytest.mark.django_db
class TestLeases:
    def test_a_claimed_job_is_nobody_else_s(self) -> None:
        enqueue("test.note")
        assert queue.claim("a") is not None
        assert queue.claim("b") is None

    def test_by_conditional_update_too_a_claimed_job_is_nobody_else_s(self) -> None:
        enqueue("test.note")
        seen_by_both = queue._due().get()
        assert queue._claim_by_conditional_update("a") is not None
        assert not queue._take(seen_by_both, "b")
        assert Job.objects.get().worker == "a"

    def test_a_job_whose_lease_ran_out_is_taken_again(self, calls: list[object]) -> None:
        enqueue("test.note", value=1)
        queue.claim("another-machine:1")
        with later(seconds=59):
            assert queue.release_lost() == 0
        with later(seconds=61):
            assert queue.release_lost() == 1
        with later(hours=1):
            assert run_pending_jobs() == 1
        assert calls == [1]
        assert Job.objects.get().attempts == 2

    def test_a_job_of_a_dead_process_of_this_machine_is_taken_again_at_once(self) -> None:
        enqueue("test.note")
        queue.claim(f"{socket.gethostname()[:80]}:{2**22 + 5}")
        assert queue.release_lost() == 1

    def test_a_job_of_a_live_process_is_left_alone(self) -> None:
        enqueue("test.note")
        queue.claim(f"{socket.gethostname()[:80]}:{os.getppid()}")
        assert queue.release_lost() == 0

    def test_a_worker_that_lost_its_lease_can_not_finish_what_another_runs(self) -> None:
        enqueue("test.note")
        slow = queue.claim("slow:1")
        assert slow is not None
        with later(minutes=2):
            queue.release_lost()
        with later(minutes=5):
            assert queue.claim("quick:2") is not None
            assert not queue.finish(slow)
            assert not queue.fail(slow, "late")
        row = Job.objects.get()
        assert (row.state, row.worker) == (JobState.RUNNING, "quick:2")

    def test_a_job_that_kills_its_worker_each_time_is_given_up(self) -> None:
        enqueue("test.note")
        for minutes in (0, 10, 20):
            with later(minutes=minutes):
                assert queue.claim("victim:1") is not None
            with later(minutes=minutes + 5):
                assert queue.release_lost() == 1
        assert Job.objects.get().state == JobState.FAILED

    @pytest.mark.parametrize(
        "columns",
        [
            {"state": "lost"},
            {"state": "running"},
            {"lease_until": NOW},
            {"state": "done"},
            {"finished_at": NOW},
            {"attempts": 99},
        ],
    )
    def test_the_database_refuses_an_incoherent_row(self, columns: dict[str, object]) -> None:
        row = enqueue("test.note")
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.filter(pk=row.pk).update(**columns)


@pytest.mark.django_db
class TestSweeps:
    def test_a_sweep_runs_once_per_period_whoever_comes_first(self) -> None:
        ran: list[int] = []

        @sweep("test.sweep", every_seconds=60)
        def look() -> int:
            ran.append(1)
            return 1

        assert [sweeping.run_due_sweeps() for _ in range(3)] == [1, 0, 0]
        with later(seconds=61):
            assert sweeping.run_due_sweeps() == 1
        assert len(ran) == 2
        assert SweepTurn.objects.get().due_at == NOW + timedelta(seconds=121)

    def test_a_failing_sweep_does_not_stop_the_others(self) -> None:
        ran: list[str] = []

        @sweep("test.broken")
        def broken() -> int:
            raise Broken

        @sweep("test.whole")
        def whole() -> int:
            ran.append("whole")
            return 0

        assert sweeping.run_due_sweeps() == 1
        assert ran == ["whole"]

    def test_a_sweep_registered_twice_is_a_mistake(self) -> None:
        sweep("test.twice")(lambda: 0)
        with pytest.raises(ValueError, match="twice"):
            sweep("test.twice")(lambda: 0)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_never_take_the_same_job() -> None:
    for _ in range(30):
        enqueue("test.note")
    taken: list[int] = []
    start = threading.Barrier(3)

    def work(name: str) -> None:
        start.wait(timeout=10)
        while (row := queue.claim(name)) is not None:
            taken.append(row.pk)
        connection.close()

    threads = [threading.Thread(target=work, args=(f"w:{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(taken) == len(set(taken)) == 30


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_job_locked_by_another_worker_is_stepped_over() -> None:
    first, second = enqueue("test.note"), enqueue("test.note")
    with transaction.atomic():
        assert Job.objects.select_for_update().get(pk=first.pk)
        found: list[int | None] = []

        def claim() -> None:
            row = queue.claim("other:1")
            found.append(row.pk if row else None)
            connection.close()

        thread = threading.Thread(target=claim)
        thread.start()
        thread.join(timeout=10)
    assert found == [second.pk]
