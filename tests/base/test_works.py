"""Long works: by stretches, resumed, cancelled, given up, forgotten after a while."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from openopco.base import works
from openopco.base.jobs import queue, run_pending_jobs
from openopco.base.models import Job, JobState, RowOutcome, Work, WorkRow, WorkState
from openopco.base.works import FileKind, RowsKind, Stopped, WorkAlreadyAsked, registry, running
from openopco.kernel.errors import OpenOpcoError

NOW = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
ME, HER = 1, 2


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Any) -> None:
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}


@pytest.fixture(autouse=True)
def did(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the work on rows did, in order."""
    seen: list[str] = []

    def act(work: Work, row: WorkRow) -> str:
        if row.label == "refused":
            raise OpenOpcoError("Non.")
        if row.label == "ends":
            raise Stopped
        seen.append(row.label)
        return "Oui."

    def make(work: Work, path: Path, beat: Callable[[int], None]) -> int:
        path.write_bytes(b"content")
        beat(3)
        return 1

    def made(work: Work) -> dict[str, Any]:
        work.result_filename = "list.csv"
        return {"kept": True}

    monkeypatch.setattr(registry, "_kinds", {})
    works.register(RowsKind("test.rows", act))
    works.register(FileKind("test.file", make, made, lambda work: bool(work.args["kept"])))
    with time_machine.travel(NOW, tick=False):
        yield seen


def start(kind: str = "test.rows", labels: tuple[str, ...] = ("a", "b"), **given: Any) -> Work:
    rows = [(rank, 0, label) for rank, label in enumerate(labels)] if kind == "test.rows" else None
    return works.start(
        kind=kind, title="Essai", asked_by=ME, key=uuid.uuid4(), args={"secret": "x"}, rows=rows, **given
    )


def fresh(work: Work) -> Work:
    return Work.objects.get(pk=work.pk)


class TestRows:
    def test_each_row_is_done_or_left_out_and_counted(self, did: list[str]) -> None:
        work = start(labels=("a", "refused", "b"))
        run_pending_jobs()
        work = fresh(work)
        assert did == ["a", "b"]
        assert (work.state, work.total, work.done, work.left_out, work.args) == (WorkState.DONE, 3, 2, 1, {})
        assert (work.started_at, work.finished_at) == (NOW, NOW)
        assert list(work.rows.order_by("id").values_list("outcome", "said")) == [
            (RowOutcome.DONE, "Oui."),
            (RowOutcome.LEFT_OUT, "Non."),
            (RowOutcome.DONE, "Oui."),
        ]

    def test_a_stretch_leaves_the_queue_to_others(self, did: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(running, "STRETCH_ROWS", 2)
        work = start(labels=("a", "b", "c", "d", "e"))
        run_pending_jobs(limit=1)
        assert (did, fresh(work).state, fresh(work).done) == (["a", "b"], WorkState.RUNNING, 2)
        run_pending_jobs()
        assert (did, fresh(work).state) == (["a", "b", "c", "d", "e"], WorkState.DONE)
        assert Job.objects.filter(name="works.run").count() == 3

    def test_a_long_stretch_is_cut_short(self, did: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(running, "STRETCH_SECONDS", -1.0)
        start(labels=("a", "b"))
        run_pending_jobs(limit=1)
        assert did == ["a"]

    def test_who_lost_the_right_stops_there(self, did: list[str]) -> None:
        work = start(labels=("a", "ends", "b"))
        run_pending_jobs()
        work = fresh(work)
        assert did == ["a"]
        assert (work.state, work.done, work.stopped_by) == (WorkState.FAILED, 1, Stopped.message)

    def test_cancelled_nothing_more_is_done(self, did: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(running, "STRETCH_ROWS", 1)
        work = start(labels=("a", "b"))
        run_pending_jobs(limit=1)
        works.cancel(work)
        run_pending_jobs()
        assert (did, fresh(work).state, fresh(work).args) == (["a"], WorkState.CANCELLED, {})

    def test_one_that_is_over_can_t_be_cancelled(self) -> None:
        work = start()
        run_pending_jobs()
        assert works.cancel(work).state == WorkState.DONE

    def test_a_work_that_is_gone_is_no_work(self) -> None:
        start().delete()
        assert run_pending_jobs() == 1

    def test_the_database_refuses_the_same_row_twice(self) -> None:
        work = start(labels=())
        WorkRow.objects.create(work=work, subject_id=1, label="a")
        with pytest.raises(IntegrityError), transaction.atomic():
            WorkRow.objects.create(work=work, subject_id=1, label="a")


class TestFiles:
    def test_the_file_is_kept_under_a_name_known_beforehand(self) -> None:
        work = start("test.file", total=2)
        run_pending_jobs()
        work = fresh(work)
        assert (work.state, work.done, work.left_out, work.total) == (WorkState.DONE, 3, 1, 4)
        assert (work.result_name, work.result_filename, work.result_size) == (f"works/{work.key}", "list.csv", 7)
        assert work.args == {"kept": True}
        assert works.may_take(work)

    def test_what_a_killed_worker_left_is_written_over(self) -> None:
        work = start("test.file")
        default_storage.save(f"works/{work.key}", ContentFile(b"half"))
        run_pending_jobs()
        assert fresh(work).result_name == f"works/{work.key}"
        with default_storage.open(fresh(work).result_name) as file:
            assert file.read() == b"content"

    def test_cancelled_before_it_is_handed_over_it_is_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        work = start("test.file")
        keep = running._keep

        def cancelling(held: Work, path: Path) -> str:
            works.cancel(held)
            return keep(held, path)

        monkeypatch.setattr(running, "_keep", cancelling)
        run_pending_jobs()
        assert (fresh(work).state, fresh(work).result_name) == (WorkState.CANCELLED, "")
        assert not works.may_take(fresh(work))


class TestLease:
    def test_a_long_job_keeps_its_lease(self) -> None:
        queue.enqueue("works.run", work_id=0, part=0)
        job = queue.claim("me")
        assert job is not None
        with queue.in_hand(job), time_machine.travel(NOW + timedelta(seconds=70), tick=False):
            queue.renew_lease()
        assert Job.objects.get().lease_until == NOW + timedelta(seconds=190)

    def test_a_lease_still_young_costs_no_query(self, django_assert_num_queries: Any) -> None:
        queue.enqueue("works.run", work_id=0, part=0)
        job = queue.claim("me")
        assert job is not None
        with queue.in_hand(job), django_assert_num_queries(0):
            queue.renew_lease()

    def test_who_lost_it_lets_go(self) -> None:
        queue.enqueue("works.run", work_id=0, part=0)
        job = queue.claim("me")
        assert job is not None
        Job.objects.update(state=JobState.QUEUED, lease_until=None)
        later = time_machine.travel(NOW + timedelta(seconds=119), tick=False)
        with queue.in_hand(job), later, pytest.raises(queue.LeaseLost):
            queue.renew_lease()

    def test_outside_a_job_there_is_none_to_keep(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            queue.renew_lease()


class TestUpkeep:
    def test_a_work_whose_job_was_given_up_says_so(self) -> None:
        work = start()
        Job.objects.update(state=JobState.FAILED, finished_at=NOW)
        assert running.end_lost_works() == 0
        with time_machine.travel(NOW + timedelta(minutes=3), tick=False):
            assert running.end_lost_works() == 1
        assert (fresh(work).state, fresh(work).stopped_by) == (WorkState.FAILED, running.FAILED)

    def test_one_that_waits_its_turn_is_not_lost(self) -> None:
        start()
        with time_machine.travel(NOW + timedelta(minutes=3), tick=False):
            assert running.end_lost_works() == 0

    def test_a_work_goes_with_its_rows_after_its_time(self) -> None:
        start()
        run_pending_jobs()
        with time_machine.travel(NOW + timedelta(days=8), tick=False):
            assert running.purge_works() == 1
        assert not WorkRow.objects.exists()


class TestAsking:
    def test_the_same_form_twice_is_one_work(self) -> None:
        key = uuid.uuid4()
        given: dict[str, Any] = {"kind": "test.rows", "title": "Essai", "asked_by": ME, "args": {}, "rows": []}
        works.start(key=key, **given)
        with pytest.raises(WorkAlreadyAsked):
            works.start(key=key, **given)

    def test_one_reads_one_s_own_alone_the_latest_first(self) -> None:
        first, second = start(), start()
        assert [work.pk for work in works.works_of(ME).items] == [second.pk, first.pk]
        assert works.works_of(HER).items == []
        assert works.own(ME, first.key) == first
        assert works.own(HER, first.key) is None
        assert works.own(None, first.key) is None

    def test_a_kind_that_nobody_registered(self) -> None:
        with pytest.raises(KeyError):
            start("test.none")
        with pytest.raises(ValueError, match="registered twice"):
            works.register(RowsKind("test.rows", lambda work, row: ""))
