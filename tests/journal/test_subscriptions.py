"""Who subscribed is told after the commit, by a job, once."""

import pytest
from django.db import transaction

from openopco.base.jobs import job, registry, run_pending_jobs
from openopco.base.models import Job
from openopco.journal import subscriptions
from openopco.journal.actions import record
from openopco.journal.models import Entry
from openopco.journal.subscriptions import subscribe
from tests.journal.tampering import ALICE

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(registry, "_jobs", {})
    monkeypatch.setattr(subscriptions, "_subscriptions", [])
    entries: list[int] = []

    @job("test.hear")
    def hear(entry_id: int) -> None:
        entries.append(entry_id)

    return entries


def tell(event: str) -> Entry:
    with transaction.atomic():
        return record(subject_kind="dossier", subject_id=1, event=event, actor=ALICE)


def test_a_subscriber_hears_the_events_of_its_pattern_only(heard: list[int]) -> None:
    subscribe("dossier.*", "test.hear")
    told = [tell("dossier.sent"), tell("membership.accepted"), tell("dossier.refused")]
    run_pending_jobs()
    assert heard == [told[0].pk, told[2].pk]


def test_two_patterns_that_match_tell_the_same_handler_once(heard: list[int]) -> None:
    subscribe("dossier.*", "test.hear")
    subscribe("*.sent", "test.hear")
    tell("dossier.sent")
    assert Job.objects.count() == 1


def test_nothing_is_told_of_what_was_rolled_back(heard: list[int]) -> None:
    subscribe("*", "test.hear")
    with transaction.atomic():
        tell("dossier.sent")
        transaction.set_rollback(True)
    assert run_pending_jobs() == 0
    assert heard == []


def test_the_same_subscription_twice_is_a_mistake(heard: list[int]) -> None:
    subscribe("dossier.*", "test.hear")
    with pytest.raises(ValueError, match="twice"):
        subscribe("dossier.*", "test.hear")
