"""clamd's word, and everything that is not its word."""

import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings.storage import clamd_address
from openopco.base.jobs import run_pending_jobs
from openopco.base.models import Job, JobState
from openopco.documents import antivirus, queries
from openopco.documents.enums import State
from openopco.documents.models import Document
from openopco.kernel.errors import Unavailable
from openopco.rights import Actor

from . import hostile, liars
from .factories import document, upload

SIGNATURE = b"OPENOPCO-TEST-SIGNATURE"


@pytest.fixture(autouse=True)
def short_patience(settings: Any) -> None:
    settings.CLAMD_TIMEOUT = 2


@pytest.fixture
def patient(settings: Any) -> None:
    settings.CLAMD_TIMEOUT = 30


@pytest.mark.clamd
@pytest.mark.usefixtures("patient")
def test_clamd_finds_what_it_knows_and_passes_the_rest(clamd: str, settings: Any) -> None:
    settings.CLAMD_ADDRESS = clamd
    assert antivirus.scan(b"an honest text") == antivirus.Verdict(clean=True)
    assert antivirus.scan(hostile.pdf()).clean
    found = antivirus.scan(b"before " + SIGNATURE + b" after")
    assert not found.clean
    assert "OpenOPCO.Test" in found.threat


@pytest.mark.clamd
@pytest.mark.usefixtures("patient")
def test_clamd_reads_a_file_of_the_greatest_size(clamd: str, settings: Any) -> None:
    settings.CLAMD_ADDRESS = clamd
    assert antivirus.scan(bytes(20 << 20)).clean
    assert not antivirus.scan(bytes(15 << 20) + SIGNATURE).clean


@pytest.mark.clamd
@pytest.mark.usefixtures("patient")
def test_what_clamd_finds_too_big_is_not_clean(clamd: str, settings: Any) -> None:
    settings.CLAMD_ADDRESS = clamd
    try:
        verdict = antivirus.scan(bytes(30 << 20))
    except Unavailable:
        return
    assert not verdict.clean
    assert "size limit" in verdict.error


@pytest.mark.clamd
@pytest.mark.django_db
@pytest.mark.usefixtures("patient")
def test_an_upload_is_scanned_then_safe(clamd: str, settings: Any, alice: Actor) -> None:
    settings.CLAMD_ADDRESS = clamd
    one = document(alice)
    assert one.state == State.PENDING
    run_pending_jobs()
    one.refresh_from_db()
    assert (one.state, one.scanned) == (State.SAFE, True)


@pytest.mark.clamd
@pytest.mark.django_db
@pytest.mark.usefixtures("patient")
def test_an_infected_upload_is_destroyed(clamd: str, settings: Any, alice: Actor, folder: Path) -> None:
    settings.CLAMD_ADDRESS = clamd
    content = hostile.pdf_with_stream(b"% " + SIGNATURE, [])
    one = document(alice, upload=upload(content=content))
    run_pending_jobs()
    one.refresh_from_db()
    assert one.state == State.INFECTED
    assert "OpenOPCO.Test" in one.reason
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def scanned_by(behave: liars.Behaviour, settings: Any, content: bytes = b"content") -> antivirus.Verdict:
    with liars.server(behave) as address:
        settings.CLAMD_ADDRESS = address
        return antivirus.scan(content)


def test_the_whole_content_is_sent(settings: Any) -> None:
    received: list[bytes] = []

    def listen(line: socket.socket) -> None:
        received.append(liars.read_stream(line))
        line.sendall(b"stream: OK\0")

    content = bytes(range(256)) * 1000
    assert scanned_by(listen, settings, content).clean
    assert received == [content]


def test_an_answer_in_pieces_is_put_together(settings: Any) -> None:
    def drip(line: socket.socket) -> None:
        liars.read_stream(line)
        for byte in b"stream: OK\0":
            line.sendall(bytes([byte]))

    assert scanned_by(drip, settings).clean


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0",
        b"OK\0",
        b"stream: OK",
        b"stream: OK\n",
        b"stream: OK\0stream: OK\0",
        b"stream: NOT OK\0",
        b" stream: OK\0",
        b"stream: ok\0",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"UNKNOWN COMMAND\0",
        b"\xff\xfe\xfd\0",
        b"x" * 100_000,
    ],
)
def test_whatever_is_not_its_explicit_word_is_no_verdict(answer: bytes, settings: Any) -> None:
    with pytest.raises(Unavailable):
        scanned_by(liars.answering(answer), settings)


def test_an_error_of_clamd_is_not_clean(settings: Any) -> None:
    verdict = scanned_by(liars.answering(b"INSTREAM size limit exceeded. ERROR\0"), settings)
    assert verdict == antivirus.Verdict(clean=False, error="INSTREAM size limit exceeded.")


@pytest.mark.parametrize(("answer", "threat"), [(b"stream: Eicar FOUND\0", "Eicar"), (b"stream: OK FOUND\0", "OK")])
def test_a_find_is_not_clean_whatever_its_name(answer: bytes, threat: str, settings: Any) -> None:
    verdict = scanned_by(liars.answering(answer), settings)
    assert (verdict.clean, verdict.threat) == (False, threat)


def test_a_line_dropped_is_no_verdict(settings: Any) -> None:
    with pytest.raises(Unavailable):
        scanned_by(lambda line: None, settings, bytes(5 << 20))


def test_a_clamd_that_never_answers_is_waited_for_so_long_and_no_longer(settings: Any) -> None:
    settings.CLAMD_TIMEOUT = 0.3
    over = threading.Event()

    def stay_silent(line: socket.socket) -> None:
        liars.read_stream(line)
        over.wait(5)

    with liars.server(stay_silent) as address:
        settings.CLAMD_ADDRESS = address
        with pytest.raises(Unavailable):
            antivirus.scan(b"content")
        over.set()


def test_a_clamd_that_drips_without_end_is_left(settings: Any) -> None:
    settings.CLAMD_TIMEOUT = 0.3
    over = threading.Event()

    def drip(line: socket.socket) -> None:
        liars.read_stream(line)
        while not over.wait(0.05):
            line.sendall(b" ")

    with liars.server(drip) as address:
        settings.CLAMD_ADDRESS = address
        with pytest.raises(Unavailable):
            antivirus.scan(b"content")
        over.set()


def test_a_clamd_that_is_down_is_unavailable(settings: Any) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    with pytest.raises(Unavailable, match="antivirus"):
        antivirus.scan(b"content")


def test_a_unix_socket_is_spoken_to(settings: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "clamd.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()

        def serve() -> None:
            line, _ = listener.accept()
            with line:
                liars.answering(b"stream: OK\0")(line)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        settings.CLAMD_ADDRESS = f"unix:{path}"
        assert antivirus.scan(b"content").clean
        thread.join(5)
    settings.CLAMD_ADDRESS = f"unix:{path}-absent"
    with pytest.raises(Unavailable):
        antivirus.scan(b"content")


@pytest.mark.django_db
def test_while_clamd_is_down_the_document_waits_and_its_job_comes_back(settings: Any, alice: Actor) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    one = document(alice)
    with pytest.raises(Unavailable):
        run_pending_jobs()
    one.refresh_from_db()
    assert one.state == State.PENDING
    job = Job.objects.get(name="documents.scan")
    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    with liars.server(liars.answering(b"stream: OK\0")) as address:
        settings.CLAMD_ADDRESS = address
        Job.objects.update(run_at=one.created_at)
        run_pending_jobs()
    one.refresh_from_db()
    assert one.state == State.SAFE


@pytest.mark.django_db
def test_a_worker_without_antivirus_does_not_call_a_waiting_document_safe(settings: Any, alice: Actor) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    one = document(alice)
    settings.CLAMD_ADDRESS = ""
    with pytest.raises(Unavailable):
        run_pending_jobs()
    assert Document.objects.get(pk=one.pk).state == State.PENDING


@pytest.mark.django_db
def test_an_error_of_clamd_shows_on_the_document(settings: Any, alice: Actor) -> None:
    with liars.server(liars.answering(b"Can't allocate memory ERROR\0")) as address:
        settings.CLAMD_ADDRESS = address
        one = document(alice)
        run_pending_jobs()
    one.refresh_from_db()
    assert (one.state, one.reason) == (State.ERROR, "Can't allocate memory")
    assert queries.state_in_words(one) == "Contrôle antivirus impossible"


@pytest.mark.parametrize("address", ["", "127.0.0.1:3310", "[::1]:3310", "unix:/run/clamd.sock", "clamd:3310"])
def test_an_address_of_clamd_is_read(address: str) -> None:
    assert clamd_address(environment(CLAMD_ADDRESS=address)) == address


@pytest.mark.parametrize("address", ["clamd", "clamd:", ":3310", "clamd:0", "clamd:99999", "unix:", "http://clamd:x"])
def test_a_wrong_address_of_clamd_stops_the_start(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="CLAMD_ADDRESS"):
        clamd_address(environment(CLAMD_ADDRESS=address))


def environment(**values: str) -> Any:
    import environ

    env = environ.Env()
    env.ENVIRON = values
    return env
