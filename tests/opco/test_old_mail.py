"""Mail is kept as long as the OPCO decided, and no longer."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from openopco.mail.actions import queue_mail
from openopco.mail.models import OutgoingMail
from openopco.opco import tasks
from openopco.opco.models import Parameter

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def mail_of(day: datetime, key: str) -> None:
    mail = queue_mail(to="alice@garage.example", subject="Votre demande", text="Bonjour", unique_key=key)
    OutgoingMail.objects.filter(pk=mail.pk).update(created_at=day, state="sent", sent_at=day, delivered_by="demo")


def keys() -> set[str]:
    return set(OutgoingMail.objects.values_list("unique_key", flat=True))


def test_a_year_by_default() -> None:
    mail_of(NOW - timedelta(days=366), "old")
    mail_of(NOW - timedelta(days=364), "recent")
    with time_machine.travel(NOW, tick=False):
        assert tasks.purge_old_mail() == 1
        assert tasks.purge_old_mail() == 0
    assert keys() == {"recent"}


def test_the_opco_decides_how_long() -> None:
    Parameter.objects.create(code="mail_kept_days", value=30, starts_on=date(2026, 1, 1), source="Essai")
    mail_of(NOW - timedelta(days=31), "old")
    with time_machine.travel(NOW, tick=False):
        assert tasks.purge_old_mail() == 1


def test_more_than_a_batch_goes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    for number in range(5):
        mail_of(NOW - timedelta(days=400), f"old-{number}")
    with time_machine.travel(NOW, tick=False):
        assert tasks.purge_old_mail() == 5
    assert keys() == set()
