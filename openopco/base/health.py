"""What works and what does not, for `/healthz` and for whoever is called at night."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.utils import timezone

from openopco.base.models import Job, JobState

LATE_SECONDS = 300
CLAMD_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Part:
    """`vital`: without it the portal can't serve at all. `says` holds figures and codes, no personal data."""

    name: str
    works: bool
    says: str
    vital: bool = False


Check = Callable[[], Part]
_checks: list[Check] = []


def health_check(check: Check) -> Check:
    """Registers one more thing to look at. Each check bounds its own time; what it raises counts as broken."""
    _checks.append(check)
    return check


def report() -> list[Part]:
    """All parts, in the order they were registered."""
    return [_tried(check) for check in _checks]


def _tried(check: Check) -> Part:
    try:
        return check()
    except Exception as error:
        return Part(check.__name__, False, type(error).__name__, vital=check in VITAL)


@health_check
def database() -> Part:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Part("database", True, connection.vendor, vital=True)


@health_check
def storage() -> Part:
    if not isinstance(default_storage, FileSystemStorage):
        return Part("storage", True, "remote")
    folder = Path(default_storage.location)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Part("storage", os.access(folder, os.W_OK), "folder")


@health_check
def jobs() -> Part:
    """Late when the oldest due job has waited for five minutes: no worker runs, or it can't keep up."""
    oldest = Job.objects.filter(state=JobState.QUEUED).order_by("run_at", "id").values_list("run_at", flat=True).first()
    late = max(0, int((timezone.now() - oldest).total_seconds())) if oldest else 0
    failed = Job.objects.filter(state=JobState.FAILED).order_by()[:1000].count()
    return Part("jobs", late < LATE_SECONDS, f"late {late} s, failed {failed}")


@health_check
def antivirus() -> Part:
    """Asks clamd, where one is configured."""
    address: str = settings.CLAMD_ADDRESS
    if not address:
        return Part("antivirus", True, "not configured")
    return Part("antivirus", _ping(address), "clamd")


def _ping(address: str) -> bool:
    with _connect(address) as link:
        link.sendall(b"zPING\0")
        return link.recv(16).startswith(b"PONG")


def _connect(address: str) -> socket.socket:
    if address.startswith("unix:"):
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(CLAMD_SECONDS)
        link.connect(address.removeprefix("unix:"))
        return link
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=CLAMD_SECONDS)


VITAL = frozenset({database})
