"""The action decorator: one business verb, one transaction, deadlocks tried again."""

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction

P = ParamSpec("P")
R = TypeVar("R")
TRIES = 4
# PostgreSQL: serialization failure, deadlock. SQLite: the one write lock was not had in time.
RETRIED_SQLSTATES = {"40001", "40P01"}
RETRIED_TEXTS = ("database is locked",)


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Runs `function` in a transaction of its own. Alone at the outermost level it is tried again after a deadlock;
    called by another action it joins that one's transaction, whose failure then undoes both."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if transaction.get_connection().in_atomic_block:
            with transaction.atomic():
                return function(*args, **kwargs)
        for attempt in range(1, TRIES + 1):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if attempt == TRIES or not _may_pass(error):
                    raise
                time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - a pause, not a secret
        raise AssertionError("unreachable")

    return run


def _may_pass(error: OperationalError) -> bool:
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return sqlstate in RETRIED_SQLSTATES or any(text in str(error) for text in RETRIED_TEXTS)
