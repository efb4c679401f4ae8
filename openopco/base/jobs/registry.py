"""What can be queued, and what looks for lost work. Filled by each room's tasks.py at start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, TypeVar

Handler = Callable[..., Any]
H = TypeVar("H", bound=Handler)
Sweep = Callable[[], int]
S = TypeVar("S", bound=Sweep)


@dataclass(frozen=True, slots=True)
class JobKind:
    """`lease`: how long a run may take before another worker takes it again. A handler must bound itself below it."""

    name: str
    handler: Handler
    max_attempts: int
    lease: timedelta


@dataclass(frozen=True, slots=True)
class SweepKind:
    """`every`: how often at most. The function returns how many lost things it queued again."""

    name: str
    function: Sweep
    every: timedelta


_jobs: dict[str, JobKind] = {}
_sweeps: dict[str, SweepKind] = {}


def job(name: str, *, max_attempts: int = 10, lease_seconds: int = 120) -> Callable[[H], H]:
    """Registers an idempotent handler, called with the keyword arguments queued (JSON, no personal data), outside any
    transaction. What it raises is tried again, later and later."""

    def register(handler: H) -> H:
        if name in _jobs:
            raise ValueError(f"job {name} is registered twice")
        _jobs[name] = JobKind(name, handler, max_attempts, timedelta(seconds=lease_seconds))
        return handler

    return register


def sweep(name: str, *, every_seconds: int = 60) -> Callable[[S], S]:
    """Registers a function that looks in the database for work whose job was lost, queues it, and returns how many."""

    def register(function: S) -> S:
        if name in _sweeps:
            raise ValueError(f"sweep {name} is registered twice")
        _sweeps[name] = SweepKind(name, function, timedelta(seconds=every_seconds))
        return function

    return register


def kind_of(name: str) -> JobKind:
    """Raises `KeyError` where no room registered that job."""
    return _jobs[name]


def registered_jobs() -> Mapping[str, JobKind]:
    return MappingProxyType(_jobs)


def registered_sweeps() -> Mapping[str, SweepKind]:
    return MappingProxyType(_sweeps)
