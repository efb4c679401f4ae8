"""The worker as a process: finishes what it does when asked to stop, loses nothing when killed."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import DatabaseError

from openopco.base.jobs import enqueue, job, registry, worker
from openopco.base.jobs.worker import Worker
from openopco.base.models import Job, JobState

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(registry, "_jobs", {})
    monkeypatch.setattr(registry, "_sweeps", {})
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    return []


@pytest.mark.django_db
def test_a_stop_during_a_job_lets_it_finish_and_takes_no_other(calls: list[str]) -> None:
    one = Worker()

    @job("test.stop")
    def stop(name: str) -> None:
        one.stop()
        calls.append(name)

    enqueue("test.stop", name="first")
    enqueue("test.stop", name="second")
    one.run()
    assert calls == ["first"]
    assert sorted(Job.objects.values_list("state", flat=True)) == [JobState.DONE, JobState.QUEUED]


@pytest.mark.django_db
def test_a_stop_while_waiting_is_heard_at_once() -> None:
    one = Worker()
    timer = threading.Timer(0.1, one.stop)
    timer.start()
    start = time.monotonic()
    one.run()
    timer.join()
    assert time.monotonic() - start < 1.5


def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch, calls: list[str]) -> None:
    one = Worker()

    def turn() -> bool:
        calls.append("turn")
        if len(calls) < 3:
            raise DatabaseError("server closed the connection")
        one.stop()
        return True

    monkeypatch.setattr(one, "turn", turn)
    monkeypatch.setattr(worker.select, "select", lambda *args: None)
    one.run()
    assert len(calls) == 3


def test_it_waits_longer_and_longer_while_there_is_nothing_up_to_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    one, waits = Worker(), []
    monkeypatch.setattr(worker.select, "select", lambda r, w, x, seconds: waits.append(seconds))
    for _ in range(10):
        one._pause(busy=False)
    one._pause(busy=True)
    one._pause(busy=False)
    assert 0.4 <= waits[0] <= 0.5
    assert 1.6 <= max(waits) <= 2.0
    assert waits[-1] <= 0.5


QUEUE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from openopco.mail.actions import queue_mail
for number in range({count}): queue_mail(to="a@x.example", subject="s", text="t", unique_key=str(number))
"""
COUNT = """
import django; django.setup()
from openopco.mail.models import OutgoingMail
print(OutgoingMail.objects.filter(state="sent").count())
"""


def environment_of(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_URL", "TEST_"))}
    return kept | {"OPENOPCO_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings.dev"}


def python(folder: Path, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment_of(folder),
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def queued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose database has forty mails to send."""
    folder = tmp_path_factory.mktemp("queued")
    python(folder, QUEUE.format(count=40))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_stopped_or_killed_leaves_work_that_the_next_one_does(
    queued: Path, tmp_path: Path, number: signal.Signals
) -> None:
    var = Path(shutil.copytree(queued, tmp_path / "var"))
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run_worker"],
            cwd=ROOT,
            env=environment_of(var),
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        for line in process.stderr:
            if '"job done"' in line:
                break
        process.send_signal(number)
        process.stderr.read()
        process.stderr.close()
        assert process.wait(timeout=20) == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    assert 2 <= int(python(var, COUNT)) <= 40
    drain = (
        "import django; django.setup(); from openopco.base.jobs import run_pending_jobs, queue; queue.release_lost()\n"
    )
    drain += "from openopco.base.models import Job; from django.utils import timezone\n"
    drain += "Job.objects.filter(state='queued').update(run_at=timezone.now()); run_pending_jobs()"
    python(var, drain)
    assert int(python(var, COUNT)) == 40
