"""kill -9 at any moment of a submission and of the jobs that follow: nothing is lost, nothing is done twice."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError

from openopco.base.models import Job, JobState
from openopco.base.models import Sequence as Series
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier, Receipt, Transmission
from openopco.journal.models import Entry
from openopco.mail.models import MailState, OutgoingMail
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.training.models import Enrolment, TrainingAction
from tests.dossiers import factories
from tests.faults.conftest import Sink, Visitor, running, wait_until
from tests.habilitations.factories import employer

pytestmark = [pytest.mark.postgresql, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
# More statements than a submission has.
MOST_STATEMENTS = 200


@pytest.fixture
def place() -> Establishment:
    return factories.garage()


@pytest.fixture
def alice(place: Establishment) -> Actor:
    return employer(place)


def address(draft: Dossier) -> str:
    return f"/brouillons/{draft.key}/envoyer/"


def broken_promises(draft: Dossier) -> list[str]:
    """What is not exactly once of a request that somebody sent."""
    found = Dossier.objects.get(pk=draft.pk)
    counts = {
        "number": int(found.number is not None and found.state == State.TRANSMISE),
        "transmission": Transmission.objects.filter(dossier=found).count(),
        "receipt": Receipt.objects.filter(dossier=found).count(),
        "course": TrainingAction.objects.filter(dossier=found).count(),
        "trainee": Enrolment.objects.filter(dossier=found).count(),
        "mail": OutgoingMail.objects.filter(unique_key=f"acknowledgement:{found.key}").count(),
        "receipt's job": Job.objects.filter(unique_key=f"receipt:{found.key}").count(),
        "journal": Entry.objects.filter(subject_id=found.pk, event="dossier.transmettre").count(),
    }
    return [f"{count} {name}" for name, count in counts.items() if count != 1]


def numbers_have_no_hole() -> bool:
    numbers = Dossier.objects.exclude(number=None).order_by("number").values_list("number", flat=True)
    ranks = [int(number.rpartition("-")[2]) for number in numbers if number]
    return ranks == list(range(1, len(ranks) + 1)) and Series.objects.get().last_value == len(ranks)


def killed_at_each_statement(visitor: Visitor, failpoint: Path, draft: Callable[[], Dossier]) -> Iterator[list[str]]:
    """What is broken after each kill: the first statement, the second… until one submission lives through."""
    for rank in range(1, MOST_STATEMENTS):
        sent = draft()
        failpoint.write_text(f"statement {rank}")
        first = visitor.post(address(sent))
        if first is not None:
            failpoint.unlink()
            assert first == 302
            return
        visitor.insist(address(sent))
        yield broken_promises(sent)


def test_the_web_process_killed_before_each_statement_of_a_submission(
    serve: Callable[..., Any], failpoint: Path, place: Establishment, alice: Actor
) -> None:
    with serve() as port:
        visitor = Visitor(alice, port)
        outcomes = list(killed_at_each_statement(visitor, failpoint, lambda: factories.complete_draft(alice, place)))
    assert len(outcomes) > 30
    assert outcomes == [[]] * len(outcomes)
    assert numbers_have_no_hole()


def test_the_web_process_killed_once_the_request_is_sent_and_before_it_says_so(
    serve: Callable[..., Any], failpoint: Path, place: Establishment, alice: Actor
) -> None:
    draft = factories.complete_draft(alice, place)
    with serve() as port:
        visitor = Visitor(alice, port)
        failpoint.write_text("answer")
        assert visitor.post(address(draft)) is None
        assert broken_promises(draft) == []
        assert visitor.insist(address(draft)) == 302
        assert visitor.insist(address(draft)) == 302
    assert broken_promises(draft) == []
    assert numbers_have_no_hole()


def test_without_its_transaction_the_same_kills_break_promises(
    serve: Callable[..., Any], failpoint: Path, place: Establishment, alice: Actor
) -> None:
    """The guard removed: each statement is committed as it comes. Were the first test blind, this one would fail."""
    with serve(OPENOPCO_TEST_NO_TRANSACTION="1") as port:
        visitor = Visitor(alice, port)
        assert any(killed_at_each_statement(visitor, failpoint, lambda: factories.complete_draft(alice, place)))


@pytest.mark.parametrize(
    ("moment", "deliveries"),
    [("before the mail", 1), ("after the mail", 2), ("before the file", 1), ("after the file", 1)],
)
def test_the_worker_killed_during_a_job(
    environment: dict[str, str],
    sink: tuple[Sink, int],
    failpoint: Path,
    place: Establishment,
    alice: Actor,
    moment: str,
    deliveries: int,
) -> None:
    """A mail is sent again only if the process dies between the server's 250 and the commit: with the same Message-ID."""
    dossier = factories.sent(alice, place)
    failpoint.write_text(moment)
    command = [sys.executable, "-m", "tests.faults.worker"]
    with running(command, environment) as process:
        wait_until(lambda: process.poll() is not None, "the worker was not killed")
    assert not failpoint.exists()
    assert Job.objects.filter(state=JobState.RUNNING).exists()
    with running(command, environment):
        wait_until(lambda: not Job.objects.exclude(state=JobState.DONE).exists(), "jobs are left")
    (mail,) = OutgoingMail.objects.filter(unique_key=f"acknowledgement:{dossier.key}")
    assert mail.state == MailState.SENT
    assert sink[0].received[f"Message-ID: {mail.message_id}"] == deliveries
    assert broken_promises(dossier) == []
    receipt = Receipt.objects.get(dossier=dossier)
    with default_storage.open(receipt.storage_name) as file:
        assert file.read().startswith(b"%PDF-")


def test_the_database_itself_refuses_a_second_transmission(
    place: Establishment, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard « already sent » removed: the constraint behind it holds, and nothing of the second try is left."""
    from openopco.dossiers.actions import sending

    dossier = factories.sent(alice, place)
    lock = sending.lock

    def forgetful(**given: Any) -> Dossier:
        found = lock(**given)
        found.state = State.BROUILLON
        return found

    monkeypatch.setattr(sending, "lock", forgetful)
    with pytest.raises(IntegrityError):
        sending.send(actor=alice, key=str(dossier.key))
    assert broken_promises(dossier) == []
    assert numbers_have_no_hole()
