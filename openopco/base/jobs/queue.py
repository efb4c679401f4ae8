"""Rows of the queue: put in, claimed, finished, tried again, swept, purged."""

import os
import random
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from openopco.base.jobs.registry import JobKind, kind_of
from openopco.base.models import Job, JobState

FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=1)
KEPT_AFTER_DONE = timedelta(days=14)
# The job that this worker has in hand.
_in_hand: ContextVar[Job | None] = ContextVar("job in hand", default=None)


def enqueue(name: str, /, *, unique_key: str | None = None, run_at: datetime | None = None, **kwargs: Any) -> Job:
    """Queues in the current transaction. With a `unique_key` already used, returns that job, whatever its state.
    Raises `KeyError` for a name that no room registered."""
    kind = kind_of(name)
    job = Job(
        name=name, args=kwargs, unique_key=unique_key, max_attempts=kind.max_attempts, run_at=run_at or timezone.now()
    )
    if unique_key is None:
        job.save(force_insert=True)
        return job
    Job.objects.bulk_create([job], ignore_conflicts=True)
    return Job.objects.get(unique_key=unique_key)


def enqueue_again(name: str, /, *, unique_key: str, **kwargs: Any) -> bool:
    """For the sweepers of work that was lost: queues it under a key that says the day, so once a day. Whether it was new."""
    if Job.objects.filter(unique_key=unique_key).exists():
        return False
    enqueue(name, unique_key=unique_key, **kwargs)
    return True


def worker_name() -> str:
    return f"{socket.gethostname()[:80]}:{os.getpid()}"


def claim(worker: str, names: Collection[str] = ()) -> Job | None:
    """Takes the oldest due job for this worker, of these names if any, or None. The one place that differs by
    database."""
    if connection.features.has_select_for_update_skip_locked:
        return _claim_skipping_locked(worker, names)
    return _claim_by_conditional_update(worker, names)


def _due(names: Collection[str] = ()) -> QuerySet[Job]:
    due = Job.objects.filter(state=JobState.QUEUED, run_at__lte=timezone.now()).order_by("run_at", "id")
    return due.filter(name__in=names) if names else due


def _claim_skipping_locked(worker: str, names: Collection[str] = ()) -> Job | None:
    with transaction.atomic():
        job = _due(names).select_for_update(skip_locked=True).first()
        return job if job and _take(job, worker) else None


def _claim_by_conditional_update(worker: str, names: Collection[str] = ()) -> Job | None:
    for job in _due(names)[:5]:
        if _take(job, worker):
            return job
    return None


def _take(job: Job, worker: str) -> bool:
    job.lease_until = timezone.now() + _lease_of(job)
    taken = Job.objects.filter(pk=job.pk, state=JobState.QUEUED, attempts=job.attempts).update(
        state=JobState.RUNNING, attempts=F("attempts") + 1, lease_until=job.lease_until, worker=worker
    )
    job.state, job.attempts, job.worker = JobState.RUNNING, job.attempts + 1, worker
    return bool(taken)


def _lease_of(job: Job) -> timedelta:
    try:
        return kind_of(job.name).lease
    except KeyError:
        return timedelta(seconds=30)


def _mine(job: Job) -> QuerySet[Job]:
    # A worker whose lease ran out must not overwrite what the next one writes.
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, worker=job.worker, attempts=job.attempts)


@contextmanager
def in_hand(job: Job) -> Iterator[None]:
    """While a handler runs: what `renew_lease` renews."""
    token = _in_hand.set(job)
    try:
        yield
    finally:
        _in_hand.reset(token)


class LeaseLost(RuntimeError):
    """Another worker has taken the job meanwhile: this one lets go of it."""


def renew_lease() -> None:
    """Called by a long handler between two steps: its lease starts anew once half of it is gone. Raises `LeaseLost`.
    Outside a job, nothing happens."""
    job = _in_hand.get()
    if job is None or job.lease_until is None:
        return
    lease, now = _lease_of(job), timezone.now()
    if job.lease_until - now > lease / 2:
        return
    job.lease_until = now + lease
    if not _mine(job).update(lease_until=job.lease_until):
        raise LeaseLost


def finish(job: Job) -> bool:
    """Marks done. False when the lease was lost meanwhile."""
    now = timezone.now()
    return bool(_mine(job).update(state=JobState.DONE, lease_until=None, finished_at=now, last_error=""))


def fail(job: Job, error: str) -> bool:
    """Queues the next try, later each time, or gives up after the last. `error` holds no personal data."""
    if job.attempts >= job.max_attempts:
        return bool(
            _mine(job).update(
                state=JobState.FAILED, lease_until=None, finished_at=timezone.now(), last_error=error[:200]
            )
        )
    run_at = timezone.now() + back_off(job.attempts)
    return bool(_mine(job).update(state=JobState.QUEUED, lease_until=None, run_at=run_at, last_error=error[:200]))


def back_off(attempts: int) -> timedelta:
    """5 s, 10 s, 20 s… up to an hour, with a fifth of chance so that failures don't come back together."""
    # Long past the longest delay: a duration has its greatest value.
    doubled: timedelta = FIRST_DELAY * 2 ** min(attempts - 1, 20)
    delay = min(doubled, LONGEST_DELAY)
    return delay * random.uniform(1, 1.2)  # noqa: S311 - a pause, not a secret


def release_lost() -> int:
    """Queues again the jobs whose lease ran out or whose worker, on this machine, is dead. Returns how many."""
    lost = [job for job in Job.objects.filter(state=JobState.RUNNING).order_by("id") if _is_lost(job)]
    return sum(fail(job, "worker lost") for job in lost)


def _is_lost(job: Job) -> bool:
    if job.lease_until is None or job.lease_until <= timezone.now():
        return True
    host, _, pid = job.worker.rpartition(":")
    return host == socket.gethostname()[:80] and pid.isdigit() and not _alive(int(pid))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def purge_done() -> int:
    """Deletes the jobs done long ago. Failed ones stay until somebody looked at them."""
    limit = timezone.now() - KEPT_AFTER_DONE
    return Job.objects.filter(state=JobState.DONE, finished_at__lt=limit).delete()[0]


__all__ = [
    "JobKind",
    "LeaseLost",
    "back_off",
    "claim",
    "enqueue",
    "fail",
    "finish",
    "in_hand",
    "purge_done",
    "release_lost",
    "renew_lease",
    "worker_name",
]
