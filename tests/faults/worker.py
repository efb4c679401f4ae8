"""The job worker, with failpoints around what leaves the database: mail, files. Retries come at once."""

import itertools
import os
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.core.files.storage import FileSystemStorage  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from openopco.base.jobs import queue  # noqa: E402
from openopco.base.works import running  # noqa: E402
from openopco.mail import transports  # noqa: E402
from tests.faults.failpoints import die  # noqa: E402

queue.FIRST_DELAY = timedelta(milliseconds=50)
deliver, save = transports.SmtpTransport.deliver, FileSystemStorage.save


def deliver_or_die(self: Any, mail: Any) -> None:
    die("before the mail")
    deliver(self, mail)
    die("after the mail")


def save_or_die(self: Any, *args: Any, **kwargs: Any) -> str:
    die("before the file")
    name = save(self, *args, **kwargs)
    die("after the file")
    return name


# The rows of a batch, counted; and, to show that the test sees it, what keeps them from being done twice taken away.
rank = itertools.count(1)
attempt, note, act = running._attempt, running._note, running._act
NOTED_APART = "OPENOPCO_TEST_NOTED_APART" in os.environ


def attempt_or_die(*args: Any) -> Any:
    result = attempt(*args)
    if NOTED_APART:
        connection.connection.commit()
    worker_row[0] = next(rank)
    die(f"row {worker_row[0]} acted")
    return result


def note_or_die(*args: Any) -> None:
    note(*args)
    die(f"row {worker_row[0]} noted")


def act_or_die(*args: Any) -> bool:
    is_open = act(*args)
    die(f"row {worker_row[0]} committed")
    return is_open


worker_row = [0]
running._attempt, running._note, running._act = attempt_or_die, note_or_die, act_or_die
transports.SmtpTransport.deliver = deliver_or_die  # type: ignore[method-assign]
FileSystemStorage.save = save_or_die  # type: ignore[method-assign]
call_command("run_worker")
