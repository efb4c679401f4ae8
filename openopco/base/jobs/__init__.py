"""Work after the commit, at least once: rows queued in the transaction, leases, back-off, a sweeper."""

from openopco.base.jobs.queue import enqueue
from openopco.base.jobs.registry import job, registered_jobs, registered_sweeps, sweep
from openopco.base.jobs.runner import run_pending_jobs

__all__ = ["enqueue", "job", "registered_jobs", "registered_sweeps", "run_pending_jobs", "sweep"]
