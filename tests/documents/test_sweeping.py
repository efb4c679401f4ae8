"""What was lost on the way is found again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from openopco.base.jobs import registered_jobs, registered_sweeps, run_pending_jobs
from openopco.base.models import Job, JobState
from openopco.documents import tasks
from openopco.documents.actions import record_verdict
from openopco.documents.antivirus import Verdict
from openopco.documents.enums import State
from openopco.documents.models import Document
from openopco.rights import Actor

from .factories import document

pytestmark = pytest.mark.django_db


def later(**delay: int) -> Any:
    return time_machine.travel(timezone.now() + timedelta(**delay), tick=False)


@pytest.fixture
def pending(alice: Actor, settings: Any) -> Document:
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    return document(alice)


def test_the_room_registers_its_work() -> None:
    assert {"documents.scan", "documents.erase"} <= set(registered_jobs())
    assert {"documents.pending", "documents.errors", "documents.orphans"} <= set(registered_sweeps())


def test_a_waiting_document_whose_job_is_lost_is_queued_again_once(pending: Document) -> None:
    Job.objects.update(state=JobState.FAILED, finished_at=timezone.now())
    assert tasks.requeue_pending() == 0, "too early to worry"
    with later(minutes=11):
        assert tasks.requeue_pending() == 1
        assert tasks.requeue_pending() == 0
    assert Job.objects.filter(state=JobState.QUEUED, args__document_id=pending.pk).count() == 1


def test_a_waiting_document_whose_job_lives_is_left_alone(pending: Document) -> None:
    with later(hours=1):
        assert tasks.requeue_pending() == 0


def test_a_document_with_its_verdict_is_left_alone(pending: Document) -> None:
    record_verdict(document_id=pending.pk, verdict=Verdict(clean=True))
    Job.objects.all().delete()
    with later(hours=1):
        assert tasks.requeue_pending() == 0


def test_what_could_not_be_told_is_asked_again_once_a_day_for_some_days(pending: Document) -> None:
    record_verdict(document_id=pending.pk, verdict=Verdict(clean=False, error="out of memory"))
    assert tasks.ask_again() == 0
    with later(hours=25):
        assert tasks.ask_again() == 1
        assert tasks.ask_again() == 0
    with later(days=4):
        assert tasks.ask_again() == 0


def test_a_content_that_no_row_names_is_erased_when_it_is_old_enough(alice: Actor, folder: Path) -> None:
    kept = document(alice)
    place = (folder / str(kept.content.name)).parent
    orphan = place / ("0" * 32)
    orphan.write_bytes(b"orphan")
    assert tasks.erase_orphans() == 0, "its row may be on its way"
    with later(days=3):
        assert tasks.erase_orphans() == 1
        run_pending_jobs()
    assert not orphan.exists()
    assert (folder / str(kept.content.name)).exists()
    with later(days=3):
        assert tasks.erase_orphans() == 0


def test_no_folder_means_no_orphan() -> None:
    assert tasks.erase_orphans() == 0


def test_a_content_is_not_erased_while_a_document_has_it(alice: Actor, folder: Path) -> None:
    one = document(alice)
    tasks.erase(content=str(one.content.name))
    assert (folder / str(one.content.name)).exists()


def test_erasing_what_is_gone_is_no_error() -> None:
    tasks.erase(content="documents/2026-01-01/absent")


def test_a_scan_of_what_is_gone_or_told_is_no_error(pending: Document) -> None:
    record_verdict(document_id=pending.pk, verdict=Verdict(clean=True))
    tasks.scan(document_id=pending.pk)
    tasks.scan(document_id=99999)
    assert Document.objects.get(pk=pending.pk).state == State.SAFE
