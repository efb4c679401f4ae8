"""Ending with an answer of the test client."""

from typing import Any


def release(answer: Any) -> None:
    """Closes the files that an answer holds. Its own `close()` would also end the request, whose signal closes the test's
    connection on PostgreSQL."""
    for close in answer._resource_closers:
        close()
