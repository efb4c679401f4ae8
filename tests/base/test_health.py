"""What works and what does not."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from openopco.base import health
from openopco.base.jobs import enqueue
from openopco.base.models import Job
from openopco.mail.actions import queue_mail
from tests.conftest import free_port

pytestmark = pytest.mark.django_db


def part(name: str) -> health.Part:
    return next(one for one in health.report() if one.name == name)


def test_all_works_on_a_fresh_installation(client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json()["ok"]
    assert {"database", "storage", "jobs", "mail", "antivirus"} <= response.json()["parts"].keys()
    assert "no-store" in response["Cache-Control"]


def test_nothing_of_anybody_is_told(client) -> None:
    queue_mail(to="alice@garage.example", subject="Secret", text="Secret", unique_key="1")
    body = client.get("/healthz").content.decode()
    assert "alice" not in body
    assert "Secret" not in body


def test_a_database_that_is_down_makes_it_503(client, monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> health.Part:
        raise OSError("connection to alice's server refused")

    monkeypatch.setattr(health, "_checks", [down])
    monkeypatch.setattr(health, "VITAL", frozenset({down}))
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"ok": False, "parts": {"down": {"ok": False, "says": "OSError"}}}


def test_jobs_that_wait_too_long_are_told_and_the_portal_still_serves(client) -> None:
    enqueue("mail.send", mail_id=1)
    assert part("jobs").works
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert not part("jobs").works
        assert client.get("/healthz").status_code == 200


def test_jobs_for_later_are_not_late() -> None:
    enqueue("mail.send", mail_id=1, run_at=timezone.now() + timedelta(days=3))
    assert part("jobs").says == "late 0 s, failed 0"


def test_jobs_given_up_are_counted() -> None:
    job = enqueue("mail.send", mail_id=1)
    Job.objects.filter(pk=job.pk).update(state="failed", finished_at=timezone.now())
    assert part("jobs").says.endswith("failed 1")


def test_a_folder_that_can_not_be_written_is_told(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "default_storage", FileSystemStorage(location=tmp_path))
    assert part("storage").works
    monkeypatch.setattr(health.os, "access", lambda *args: False)
    assert not part("storage").works


def test_no_antivirus_configured_is_said_and_is_no_fault(settings) -> None:
    settings.CLAMD_ADDRESS = ""
    assert (part("antivirus").works, part("antivirus").says) == (True, "not configured")


def test_an_antivirus_that_is_down_is_told(settings) -> None:
    settings.CLAMD_ADDRESS = f"127.0.0.1:{free_port()}"
    assert not part("antivirus").works


@pytest.fixture
def answering() -> Iterator[tuple[str, list[bytes]]]:
    answers = [b"PONG\0"]
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            link, _ = server.accept()
            with link:
                link.recv(16)
                link.sendall(answers[0])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", answers
        thread.join(timeout=5)


def test_an_antivirus_that_answers_works(settings, answering) -> None:
    settings.CLAMD_ADDRESS, _ = answering
    assert part("antivirus").works


def test_an_antivirus_that_answers_nonsense_does_not(settings, answering) -> None:
    settings.CLAMD_ADDRESS, answers = answering
    answers[0] = b"HTTP/1.1 400"
    assert not part("antivirus").works


@pytest.mark.clamd
def test_a_real_antivirus_works(settings, clamd: str) -> None:
    settings.CLAMD_ADDRESS = clamd
    assert part("antivirus") == health.Part("antivirus", True, "clamd")
