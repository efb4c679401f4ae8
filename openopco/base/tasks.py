"""The plumbing's own upkeep."""

from importlib import import_module

from django.conf import settings

from openopco.base.jobs import queue, sweep
from openopco.base.works import running as works  # noqa: F401 - registers the job of long works, and their sweeps


@sweep("jobs.lost", every_seconds=10)
def requeue_lost_jobs() -> int:
    return queue.release_lost()


@sweep("jobs.purge", every_seconds=3600)
def purge_done_jobs() -> int:
    return queue.purge_done()


@sweep("sessions.purge", every_seconds=3600)
def purge_expired_sessions() -> int:
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return 0
