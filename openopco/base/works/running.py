"""The job behind every long work: rows by stretches, each in its transaction; files in one go, made again after a kill."""

import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import structlog
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from openopco.base.actions import action
from openopco.base.jobs import job, sweep
from openopco.base.jobs.queue import renew_lease
from openopco.base.logging import describe
from openopco.base.models import Job, JobState, RowOutcome, Work, WorkRow, WorkState
from openopco.base.works.asking import enqueue_part, finish
from openopco.base.works.registry import FileKind, RowsKind, Stopped, kind_of
from openopco.kernel.errors import OpenOpcoError

log = structlog.get_logger(__name__)
# A stretch is short, so that mails and others' works take their turn between two of them.
STRETCH_SECONDS, STRETCH_ROWS = 5.0, 100
LEASE_SECONDS = 120
OVERDUE = timedelta(minutes=2)
FOLDER = "works"
FAILED = "Ce travail n'a pas pu aller à son terme : ce qui est fait est fait. Demandez-le de nouveau pour le reste."
BROKEN = "Une erreur a empêché d'agir sur cette ligne : faites-le depuis sa page."


class _Cancelled(Exception):
    """The work was stopped while its file was being written."""


@job("works.run", lease_seconds=LEASE_SECONDS)
def run(*, work_id: int, part: int) -> None:
    """One stretch of a work, then queues the next. Over or gone, nothing happens."""
    work = _begin(work_id)
    if work is None:
        return
    kind = kind_of(work.kind)
    try:
        if isinstance(kind, FileKind):
            _make(work, kind)
        elif _act_a_while(work, kind):
            enqueue_part(work.pk, part + 1)
        else:
            _end(work.pk, WorkState.DONE)
    except Stopped as stop:
        _end(work.pk, WorkState.FAILED, stop.message)


@action
def _begin(work_id: int) -> Work | None:
    work = Work.objects.select_for_update().filter(pk=work_id).first()
    if work is None or not work.is_open:
        return None
    if work.state == WorkState.QUEUED:
        work.state, work.started_at = WorkState.RUNNING, timezone.now()
        work.save(update_fields=["state", "started_at"])
    return work


@action
def _end(work_id: int, state: WorkState, stopped_by: str = "") -> None:
    work = Work.objects.select_for_update().get(pk=work_id)
    if work.is_open:
        finish(work, state, stopped_by)


# --- rows ------------------------------------------------------------------------------------------------------------


def _act_a_while(work: Work, kind: RowsKind) -> bool:
    """Does a stretch of rows. Whether some are left."""
    until = time.monotonic() + STRETCH_SECONDS
    waiting = WorkRow.objects.filter(work=work, outcome=RowOutcome.WAITING).order_by("id")
    rows = list(waiting[: STRETCH_ROWS + 1])
    for row in rows[:STRETCH_ROWS]:
        renew_lease()
        if not _act(work.pk, row.pk, kind):
            return False
        if time.monotonic() > until:
            break
    return waiting.exists()


@action
def _act(work_id: int, row_id: int, kind: RowsKind) -> bool:
    """One row: the act and the word that it is done stand or fall together. Lock order: work, row, then what the act locks.
    False once the work is over."""
    work = Work.objects.select_for_update().get(pk=work_id)
    if not work.is_open:
        return False
    row = WorkRow.objects.select_for_update().get(pk=row_id)
    if row.outcome == RowOutcome.WAITING:
        outcome, said = _attempt(work, row, kind)
        _note(work, row, outcome, said)
    return True


def _attempt(work: Work, row: WorkRow, kind: RowsKind) -> tuple[RowOutcome, str]:
    try:
        with transaction.atomic():
            return RowOutcome.DONE, kind.act(work, row)
    except (Stopped, OperationalError, InterfaceError):
        raise
    except OpenOpcoError as error:
        return RowOutcome.LEFT_OUT, error.message
    except Exception as error:
        # A row that a fault of ours breaks must not hold back all those behind it.
        log.exception("work row failed", work_id=work.pk, row_id=row.pk, error=describe(error))
        return RowOutcome.LEFT_OUT, BROKEN


def _note(work: Work, row: WorkRow, outcome: RowOutcome, said: str) -> None:
    row.outcome, row.said, row.done_at = outcome, said[:400], timezone.now()
    row.save(update_fields=["outcome", "said", "done_at"])
    counted = "done" if outcome is RowOutcome.DONE else "left_out"
    Work.objects.filter(pk=work.pk).update(**{counted: F(counted) + 1})


# --- files -----------------------------------------------------------------------------------------------------------


def _make(work: Work, kind: FileKind) -> None:
    with tempfile.TemporaryDirectory(prefix="openopco-work-") as folder:
        path = Path(folder, "made")
        try:
            left_out = kind.make(work, path, _beat(work.pk))
        except _Cancelled:
            return
        name = _keep(work, path)
        _hand_over(work, kind, name, path.stat().st_size, left_out)


def _beat(work_id: int) -> Callable[[int], None]:
    def beat(done: int) -> None:
        renew_lease()
        alive = Work.objects.filter(pk=work_id, state=WorkState.RUNNING)
        # A row more than there were when the work was asked is no fault.
        if not alive.update(done=done, total=Greatest(F("total"), done)):
            raise _Cancelled

    return beat


def name_of(work: Work) -> str:
    """Where the file of a work is kept: known beforehand, so that what a killed worker left is written over."""
    return f"{FOLDER}/{work.key}"


def _keep(work: Work, path: Path) -> str:
    name = name_of(work)
    default_storage.delete(name)
    with path.open("rb") as file:
        return default_storage.save(name, File(file))


@action
def _hand_over(work: Work, kind: FileKind, name: str, size: int, left_out: int) -> None:
    """The file is there for whoever asked, and said so where it must be, or is forgotten: cancelled meanwhile."""
    held = Work.objects.select_for_update().get(pk=work.pk)
    if not held.is_open:
        return
    held.left_out, held.total = left_out, held.done + left_out
    kept = kind.made(held)
    held.result_name, held.result_size = name, size
    finish(held, WorkState.DONE, kept=kept)


# --- upkeep ----------------------------------------------------------------------------------------------------------


@sweep("works.lost", every_seconds=60)
def end_lost_works() -> int:
    """Works whose job was given up after all its tries: said so to who waits. Returns how many."""
    old = Work.objects.filter(state__in=[WorkState.QUEUED, WorkState.RUNNING], created_at__lt=timezone.now() - OVERDUE)
    lost = [work for work in old.order_by("id")[:500] if not _has_live_job(work)]
    for work in lost:
        _end(work.pk, WorkState.FAILED, FAILED)
    return len(lost)


def _has_live_job(work: Work) -> bool:
    live = Job.objects.filter(name="works.run", state__in=[JobState.QUEUED, JobState.RUNNING])
    return live.filter(unique_key__startswith=f"work:{work.pk}:").exists()


@sweep("works.purge", every_seconds=3600)
def purge_works() -> int:
    """Deletes works past their time, their report and their file with them. Returns how many."""
    past = list(Work.objects.filter(expires_at__lt=timezone.now()).order_by("id")[:200])
    for work in past:
        default_storage.delete(name_of(work))
        work.delete()
    return len(past)
