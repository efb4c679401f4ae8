"""Two people, or one person's two clicks, at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from openopco.documents import actions
from openopco.documents.antivirus import Verdict
from openopco.documents.models import Document
from openopco.documents.refusals import RefusedFile
from openopco.documents.rules import LIMITS
from openopco.journal.queries import entries_of
from openopco.rights import Actor

from .factories import document
from .test_accepting import examined

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Runs the acts at once, each on a connection of its own; gives what each returned or raised."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index: int) -> None:
        try:
            barrier.wait(timeout=10)
            results[index] = acts[index]()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def test_the_last_place_is_taken_once(alice: Actor, bob: Actor) -> None:
    for number in range(LIMITS.owner_files - 1):
        document(alice, upload=examined(number))
    results = together(
        lambda: document(alice, upload=examined(1001)),
        lambda: document(bob, upload=examined(1002)),
    )
    assert Document.objects.count() == LIMITS.owner_files
    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [RefusedFile]


def test_a_double_click_keeps_one_document(alice: Actor, folder: Any) -> None:
    first, second = together(*[lambda: document(alice, upload=examined(1))] * 2)
    assert first.pk == second.pk
    assert Document.objects.count() == 1
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def test_a_verdict_and_a_removal_do_not_trip_over_each_other(alice: Actor, settings: Any) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    one = document(alice)
    pk = one.pk
    results = together(
        lambda: actions.remove(actor=alice, document=Document(pk=pk)),
        lambda: actions.record_verdict(document_id=pk, verdict=Verdict(clean=False, threat="Eicar")),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    assert not Document.objects.exists()
    assert list(entries_of("document", pk).values_list("event", flat=True))[-1] == "document.removed"


def test_two_drafts_that_swap_their_documents_do_not_deadlock(alice: Actor) -> None:
    document(alice, owner_id=1, upload=examined(1))
    document(alice, owner_id=2, upload=examined(2))
    results = together(
        lambda: actions.move(actor=alice, owner_kind="draft", owner_id=1, to_kind="draft", to_id=2),
        lambda: actions.move(actor=alice, owner_kind="draft", owner_id=2, to_kind="draft", to_id=1),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    assert Document.objects.count() == 2
