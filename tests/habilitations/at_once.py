"""Several people at the same instant, each on a connection of their own. PostgreSQL only."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Runs the acts together; gives what each returned or raised."""
    barrier = threading.Barrier(len(acts), timeout=10)
    results: list[Any] = [None] * len(acts)

    def run(position: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            results[position] = act()
        except Exception as error:
            results[position] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results
