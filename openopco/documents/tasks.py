"""Jobs of the documents room: the scan, the erasing, and the sweeps that find what was lost on the way."""

from datetime import timedelta

from django.utils import timezone

from openopco.base.jobs import enqueue, enqueue_again, job, sweep
from openopco.base.models import Job, JobState
from openopco.documents import antivirus, storage
from openopco.documents.actions import record_verdict
from openopco.documents.enums import State
from openopco.documents.models import FOLDER, Document
from openopco.kernel.errors import Unavailable

OVERDUE = timedelta(minutes=10)
# What the antivirus could not tell is asked again once a day, this long.
ASKED_AGAIN = timedelta(days=3)
# A content this young may still be waiting for its row; older than the last day looked at, it has been looked at.
ORPHAN_DAYS = range(2, 8)


@job("documents.scan", max_attempts=12, lease_seconds=180)
def scan(document_id: int) -> None:
    """Asks the antivirus and records its verdict. Raises `Unavailable`, to be tried again, when nobody could look."""
    document = Document.objects.filter(pk=document_id, state__in=[State.PENDING, State.ERROR]).first()
    if document is None:
        return
    if not antivirus.is_configured():
        # Queued by a process that had one: no antivirus now doesn't mean that the file is clean.
        raise Unavailable("Aucun antivirus n'est configuré.")
    record_verdict(document_id=document.pk, verdict=antivirus.scan(storage.read_content(document)))


@job("documents.erase", max_attempts=20)
def erase(content: str) -> None:
    """Deletes a content that no document has any more, by its storage name."""
    if not Document.objects.filter(content=content).exists():
        storage.erase(content)


@sweep("documents.pending", every_seconds=300)
def requeue_pending() -> int:
    """Documents that wait for a verdict with no live job to bring it: their scan is queued again."""
    now = timezone.now()
    waiting = Document.objects.filter(state=State.PENDING, created_at__lt=now - OVERDUE).order_by("id")
    lost = [pk for pk in waiting.values_list("pk", flat=True)[:500] if not _has_live_scan(pk)]
    for pk in lost:
        enqueue("documents.scan", document_id=pk)
    return len(lost)


@sweep("documents.errors", every_seconds=3600)
def ask_again() -> int:
    """Documents of the last days that the antivirus could not tell: asked once more each day."""
    now = timezone.now()
    unsure = Document.objects.filter(
        state=State.ERROR, created_at__range=(now - ASKED_AGAIN, now - timedelta(days=1))
    ).order_by("id")
    found = list(unsure.values_list("pk", flat=True)[:500])
    return sum(
        enqueue_again("documents.scan", unique_key=f"documents.scan:{pk}:{now:%Y-%m-%d}", document_id=pk)
        for pk in found
    )


@sweep("documents.orphans", every_seconds=6 * 3600)
def erase_orphans() -> int:
    """Contents of the last days that no row names (the process died between the two writes): erased."""
    today = timezone.now()
    return sum(_erase_orphans_of(f"{FOLDER}/{today - timedelta(days=days):%Y-%m-%d}") for days in ORPHAN_DAYS)


def _erase_orphans_of(folder: str) -> int:
    names = storage.names_in(folder)
    known = set(Document.objects.filter(content__startswith=f"{folder}/").values_list("content", flat=True))
    orphans = [name for name in names if name not in known]
    for content in orphans:
        enqueue("documents.erase", unique_key=f"documents.erase:{content}", content=content)
    return len(orphans)


def _has_live_scan(document_id: int) -> bool:
    live = Job.objects.filter(name="documents.scan", state__in=[JobState.QUEUED, JobState.RUNNING])
    return live.filter(args__document_id=document_id).exists()
