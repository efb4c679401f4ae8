"""Work after the commit, at least once: rows queued in the transaction, leases, back-off, a sweeper."""

from openopco.base.jobs.queue import enqueue, enqueue_again
from openopco.base.jobs.registry import job, registered_jobs, registered_sweeps, sweep
from openopco.base.jobs.runner import run_pending_jobs

__all__ = ["enqueue", "enqueue_again", "job", "registered_jobs", "registered_sweeps", "run_pending_jobs", "sweep"]
