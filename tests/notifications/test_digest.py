"""The digest: one mail in the morning, in Paris, where something is new; run again, it sends nothing more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from openopco.accounts.models import User
from openopco.mail.models import OutgoingMail
from openopco.notifications.actions import mark_read, notify, set_mail_pace
from openopco.notifications.models import Digest, Notice
from openopco.notifications.tasks import send_digests
from openopco.rights import Actor
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)  # half past seven in Paris


@pytest.fixture
def alice(db: None) -> User:
    person = UserFactory.create()
    for kind in ("tests.loud", "tests.quiet"):
        set_mail_pace(actor=Actor(person.pk, str(person)), kind=kind, pace="daily")
    return person


def tell(person: User, at: datetime, title: str = "Une nouvelle.", **changes: Any) -> Notice:
    given: dict[str, Any] = {"kind": "tests.loud", "url": "/demandes/AF-1/", "subject_kind": "dossier", "subject_id": 1}
    with time_machine.travel(at, tick=False):
        return notify(user_ids=[person.pk], title=title, unique_key=f"{title}{at}", **{**given, **changes})[0]


def sweep(at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        return send_digests()


def test_nothing_goes_at_once_and_all_of_it_in_the_morning(alice: User) -> None:
    tell(alice, MORNING - timedelta(hours=12), "Première.")
    tell(alice, MORNING - timedelta(hours=11), "Autre demande.", subject_id=2, url="/demandes/AF-2/")
    tell(alice, MORNING - timedelta(hours=10), "Suite de la première.")
    assert not OutgoingMail.objects.exists()
    assert sweep(MORNING) == 1
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == (alice.email, "3 nouvelles sur vos demandes")
    places = [mail.text.index(words) for words in ("Première.", "Suite de la première.", "Autre demande.")]
    assert places == sorted(places), "what is about the same request is together"
    assert "Voir ce qu'il y a : https://portail.example/demandes/AF-2/" in mail.text


@pytest.mark.parametrize(("at", "goes"), [((5, 59), False), ((6, 0), True)])
def test_it_waits_for_seven_in_paris(alice: User, at: tuple[int, int], goes: bool) -> None:
    tell(alice, MORNING - timedelta(hours=12))
    assert sweep(MORNING.replace(hour=at[0], minute=at[1])) == goes


def test_one_a_day_and_each_notice_once(alice: User) -> None:
    tell(alice, MORNING - timedelta(hours=12))
    assert [sweep(MORNING), sweep(MORNING + timedelta(minutes=10))] == [1, 0]
    tell(alice, MORNING + timedelta(hours=1), "Plus tard.")
    assert sweep(MORNING + timedelta(hours=2)) == 0, "tomorrow's"
    assert sweep(MORNING + timedelta(days=1)) == 1
    assert sweep(MORNING + timedelta(days=2)) == 0, "nothing is new"
    assert [mail.text.count("\n- ") for mail in OutgoingMail.objects.order_by("id")] == [1, 1]
    assert Digest.objects.count() == 2


def test_what_was_read_meanwhile_or_is_of_another_kind_is_left_out(alice: User) -> None:
    read = tell(alice, MORNING - timedelta(hours=12))
    mark_read(actor=Actor(alice.pk, str(alice)), notice_ids=[read.pk])
    set_mail_pace(actor=Actor(alice.pk, str(alice)), kind="tests.quiet", pace="none")
    tell(alice, MORNING - timedelta(hours=11), "Silence.", kind="tests.quiet")
    assert sweep(MORNING) == 0


def test_what_is_compulsory_goes_at_once_all_the_same(alice: User) -> None:
    tell(alice, MORNING - timedelta(hours=12), kind="tests.compulsory")
    assert OutgoingMail.objects.count() == 1
    assert sweep(MORNING) == 0


def test_an_account_closed_meanwhile_gets_nothing(alice: User) -> None:
    tell(alice, MORNING - timedelta(hours=12))
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert sweep(MORNING) == 0
