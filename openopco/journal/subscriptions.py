"""Who wants to know what happened: after the commit, as a job called with `entry_id`."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True, order=True)
class Subscription:
    """`pattern` as in file names ("dossier.*"); `handler` is the name of a registered job."""

    pattern: str
    handler: str


_subscriptions: list[Subscription] = []


def subscribe(event_pattern: str, handler_name: str) -> None:
    """Called at start by a room's tasks.py. Raises `ValueError` for the same subscription twice."""
    subscription = Subscription(event_pattern, handler_name)
    if subscription in _subscriptions:
        raise ValueError(f"{handler_name} subscribes twice to {event_pattern}")
    _subscriptions.append(subscription)


def handlers_of(event: str) -> list[str]:
    """Names of the jobs that want this event, each once."""
    return sorted({one.handler for one in _subscriptions if fnmatchcase(event, one.pattern)})


def registered_subscriptions() -> tuple[Subscription, ...]:
    return tuple(sorted(_subscriptions))
