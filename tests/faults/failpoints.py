"""Where a process kills itself, as told by a file that it removes first: once killed, its successor lives.

The file holds a word, and for « statement » a number: « statement 12 » dies before the 12th statement of a request,
« answer » once the transaction is over and before the answer leaves."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

FILE = Path(os.environ["OPENOPCO_TEST_FAILPOINT"])
# Breaks on purpose what protects a submission, to show that the test sees it.
COMMITS_EACH_STATEMENT = "OPENOPCO_TEST_NO_TRANSACTION" in os.environ


def die(name: str) -> None:
    """Kills this process if it is told to die here."""
    if FILE.exists() and FILE.read_text() == name:
        FILE.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


class Countdown:
    """A wrapper of database statements."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.done += 1
        die(f"statement {self.done}")
        result = execute(sql, params, many, context)
        if COMMITS_EACH_STATEMENT and sql.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            context["connection"].connection.commit()
        return result
