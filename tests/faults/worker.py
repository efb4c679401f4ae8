"""The job worker, with failpoints around what leaves the database: mail, files. Retries come at once."""

from datetime import timedelta
from typing import Any

import django

django.setup()

from django.core.files.storage import FileSystemStorage  # noqa: E402
from django.core.management import call_command  # noqa: E402

from openopco.base.jobs import queue  # noqa: E402
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


transports.SmtpTransport.deliver = deliver_or_die  # type: ignore[method-assign]
FileSystemStorage.save = save_or_die  # type: ignore[method-assign]
call_command("run_worker")
