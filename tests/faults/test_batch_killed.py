"""kill -9 in the middle of a batch: it goes on where it stopped, and each request is dealt with once."""

import sys
import uuid
from collections import Counter
from pathlib import Path

import pytest

from openopco.base.models import Job, JobState, RowOutcome, Work, WorkRow, WorkState
from openopco.dossiers.actions.batches import ask_batch
from openopco.dossiers.batching import Act, Plan
from openopco.dossiers.models import Dossier, Message
from openopco.dossiers.queries.batches import Scope
from openopco.journal.models import Entry
from openopco.rights import Actor
from tests.dossiers.factories import DossierFactory
from tests.faults.conftest import running, wait_until
from tests.habilitations.factories import officer

pytestmark = [pytest.mark.postgresql, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
COMMAND = [sys.executable, "-m", "tests.faults.worker"]
ROWS = 6


@pytest.fixture
def work() -> Work:
    """A message to write in each of a few requests: nothing in the database refuses a second one."""
    olga: Actor = officer()
    rows = Scope(DossierFactory.create_batch(ROWS), ()).rows
    return ask_batch(actor=olga, plan=Plan(Act.ECRIRE, text="Bonjour."), rows=rows, key=uuid.uuid4())


def killed_then_resumed(work: Work, environment: dict[str, str], failpoint: Path, moment: str) -> None:
    failpoint.write_text(moment)
    with running(COMMAND, environment) as process:
        wait_until(lambda: process.poll() is not None, "the worker was not killed")
    assert not failpoint.exists()
    assert Job.objects.filter(name="works.run", state=JobState.RUNNING).exists()
    assert Work.objects.get(pk=work.pk).state == WorkState.RUNNING
    with running(COMMAND, environment):
        wait_until(lambda: not Work.objects.get(pk=work.pk).is_open, "the batch never ended")


def broken_promises(work: Work) -> list[str]:
    """What is not exactly once."""
    written = Counter(Message.objects.values_list("dossier_id", flat=True))
    told = Counter(Entry.objects.filter(event="dossier.message").values_list("subject_id", flat=True))
    found = Work.objects.get(pk=work.pk)
    faults = [
        f"{pk}: {written[pk]} messages" for pk in Dossier.objects.values_list("pk", flat=True) if written[pk] != 1
    ]
    faults += [f"{pk}: {count} entries" for pk, count in told.items() if count != 1]
    done = WorkRow.objects.filter(work=work, outcome=RowOutcome.DONE).count()
    return faults + ([] if (found.done, done) == (ROWS, ROWS) else [f"{found.done} counted, {done} rows done"])


@pytest.mark.parametrize("moment", ["row 1 acted", "row 3 acted", "row 3 noted", "row 3 committed", "row 6 committed"])
def test_the_worker_killed_in_the_middle_of_a_batch(
    work: Work, environment: dict[str, str], failpoint: Path, moment: str
) -> None:
    killed_then_resumed(work, environment, failpoint, moment)
    assert broken_promises(work) == []


def test_were_the_row_noted_apart_from_its_act_the_same_kill_would_do_it_twice(
    work: Work, environment: dict[str, str], failpoint: Path
) -> None:
    """The guard removed: the act is committed before the row says that it is done. Were the first test blind, this one
    would fail."""
    killed_then_resumed(work, {**environment, "OPENOPCO_TEST_NOTED_APART": "1"}, failpoint, "row 3 acted")
    assert any("2 messages" in fault for fault in broken_promises(work))
