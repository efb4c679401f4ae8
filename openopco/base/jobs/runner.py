"""Running one claimed job, or all that are due."""

from collections.abc import Collection

import structlog

from openopco.base.jobs import queue
from openopco.base.jobs.registry import kind_of
from openopco.base.logging import describe
from openopco.base.models import Job

log = structlog.get_logger(__name__)


def run_one(worker: str) -> bool:
    """Claims and runs one due job. False when there was none. A handler's error is kept on the row, not raised."""
    job = queue.claim(worker)
    if job is None:
        return False
    try:
        _handle(job)
    except Exception as error:
        where = describe(error)
        log.warning("job failed", job=job.name, job_id=job.pk, attempt=job.attempts, error=where)
        queue.fail(job, where)
    else:
        queue.finish(job)
        log.info("job done", job=job.name, job_id=job.pk, attempt=job.attempts)
    return True


def run_pending_jobs(*, limit: int = 1000, names: Collection[str] = ()) -> int:
    """For tests and commands: runs all due jobs here and now, those they queue too; of these names alone, if any. A
    handler's error is raised, after it was kept on the row. Returns how many ran."""
    count = 0
    while count < limit and (job := queue.claim(queue.worker_name(), names)):
        count += 1
        try:
            _handle(job)
        except Exception as error:
            queue.fail(job, describe(error))
            raise
        queue.finish(job)
    return count


def _handle(job: Job) -> None:
    with queue.in_hand(job):
        kind_of(job.name).handler(**job.args)
