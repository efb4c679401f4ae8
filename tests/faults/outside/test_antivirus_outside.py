"""clamd refuses, keeps silent, hangs up or lies: the piece is kept, its request leaves, and only clamd's « OK » frees it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from openopco.base.models import Job
from openopco.documents import tasks
from openopco.documents.enums import State as FileState
from openopco.documents.models import Document
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from tests.conftest import free_port
from tests.documents import liars
from tests.faults.outside.doors import grant, join, now, send, text_of, work, work_later


def keeps_silent(line: Any) -> None:
    liars.read_stream(line)
    line.recv(1)


def hangs_up_at_once(line: Any) -> None:
    line.recv(1)


def hangs_up_before_the_answer(line: Any) -> None:
    liars.read_stream(line)


LIARS = [
    None,
    keeps_silent,
    hangs_up_at_once,
    hangs_up_before_the_answer,
    *(liars.answering(lie) for lie in (b"\xff\x00\xfe\0", b"OK\0", b"stream: OK", b"stream: NOT OK\0", b"x" * 9000)),
]


@pytest.fixture(params=LIARS, ids=lambda liar: getattr(liar, "__name__", "refuses"))
def _no_clamd(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    settings.CLAMD_TIMEOUT = 0.2
    settings.CLAMD_ADDRESS = f"127.0.0.1:{free_port()}"
    if request.param is None:
        yield
        return
    with liars.server(request.param) as settings.CLAMD_ADDRESS:
        yield


@pytest.fixture
def piece(_no_clamd: None, draft: Dossier, as_alice: Client) -> Document:
    """The only piece of the request, joined while nobody can look at it."""
    Document.objects.filter(owner_id=draft.pk).delete()
    answer = join(as_alice, draft)
    assert answer.status_code == 201
    assert "contrôle" in answer.json()["html"].lower()
    work()
    return Document.objects.get(owner_id=draft.pk)


def state_of(piece: Document) -> FileState:
    return FileState(Document.objects.get(pk=piece.pk).state)


def opens(client: Client, piece: Document) -> bool:
    answer = client.get(f"/documents/{piece.key}/")
    assert answer.status_code in (200, 404)
    # Read to its end, a file is closed as the client does it; `close()` would close the test's connection too.
    return answer.status_code == 200 and answer.getvalue().startswith(b"%PDF")


def test_the_request_leaves_its_piece_is_its_uploader_s_and_the_decision_waits(
    piece: Document,
    draft: Dossier,
    as_alice: Client,
    as_bob: Client,
    as_olga: Client,
    settings: Any,
    clock: time_machine.Traveller,
) -> None:
    assert state_of(piece) == FileState.PENDING
    sent = send(as_alice, draft)
    assert [opens(client, piece) for client in (as_alice, as_bob, as_olga)] == [True, False, False]
    assert "Contrôle antivirus non terminé" in text_of(grant(as_olga, sent))
    assert now(sent).state == State.EN_INSTRUCTION
    with liars.server(liars.answering(b"stream: OK\0")) as settings.CLAMD_ADDRESS:
        settings.CLAMD_TIMEOUT = 5
        work_later(clock)
    assert state_of(piece) == FileState.SAFE
    assert opens(as_olga, piece)
    assert grant(as_olga, sent).status_code == 302


@pytest.mark.parametrize("_no_clamd", [None], indirect=True)
def test_a_scan_given_up_is_taken_up_by_the_sweep(
    piece: Document, settings: Any, clock: time_machine.Traveller
) -> None:
    for _ in range(12):
        work_later(clock, timedelta(hours=2))
    assert set(Job.objects.filter(name="documents.scan").values_list("state", flat=True)) == {"failed"}
    with liars.server(liars.answering(b"stream: OK\0")) as settings.CLAMD_ADDRESS:
        settings.CLAMD_TIMEOUT = 5
        assert tasks.requeue_pending() == 1
        work()
    assert state_of(piece) == FileState.SAFE
