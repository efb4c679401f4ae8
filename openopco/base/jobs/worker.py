"""The worker's loop: cheap while there is nothing to do, prompt when there is, and gone politely on SIGTERM."""

import os
import random
import select
import signal
import time
from types import FrameType

import structlog
from django.db import DatabaseError, close_old_connections

from openopco.base.jobs import queue
from openopco.base.jobs.runner import run_one
from openopco.base.jobs.sweeping import run_due_sweeps
from openopco.base.logging import describe

log = structlog.get_logger(__name__)
SHORTEST_WAIT, LONGEST_WAIT = 0.5, 2.0
SWEEP_SECONDS = 5.0


class Worker:
    """One process's loop. `stop()` may come from a signal: the job under way is finished first."""

    def __init__(self) -> None:
        self.name = queue.worker_name()
        self._stopping = False
        self._wait = SHORTEST_WAIT
        self._next_sweep = 0.0
        self._bell_out, self._bell_in = os.pipe()
        os.set_blocking(self._bell_in, False)

    def listen(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopping = True
        os.write(self._bell_in, b"!")

    def run(self) -> None:
        log.info("worker started", worker=self.name)
        while not self._stopping:
            try:
                busy = self.turn()
            except DatabaseError as error:
                log.warning("worker waits for the database", error=describe(error))
                busy = False
            self._pause(busy)
        log.info("worker stopped", worker=self.name)

    def turn(self) -> bool:
        """Sweeps if it is time, then runs one job. Whether there was one."""
        close_old_connections()
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + SWEEP_SECONDS
            run_due_sweeps()
        return run_one(self.name)

    def _pause(self, busy: bool) -> None:
        if busy:
            self._wait = SHORTEST_WAIT
            return
        select.select([self._bell_out], [], [], self._wait * random.uniform(0.8, 1))  # noqa: S311 - a pause, not a secret
        self._wait = min(self._wait * 1.5, LONGEST_WAIT)
