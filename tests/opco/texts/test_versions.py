"""Which words stand when: dated, kept, never rewritten."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.opco.errors import BadTemplate, TemplateChangedMeanwhile, UnknownTemplate
from openopco.opco.models import TemplateVersion
from openopco.opco.texts.actions import set_template
from openopco.opco.texts.shipped import SHIPPED, Words
from openopco.opco.texts.versions import coming, every_version, in_force, standing, versions_of
from openopco.rights import Actor
from tests.habilitations.factories import administrator, employer, officer
from tests.organisations.factories import EstablishmentFactory

pytestmark = pytest.mark.django_db
NOW, TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def admin() -> Actor:
    return administrator()


def set_words(actor: Actor, body: str, starts_on: date = TODAY, last_seen: int = 0) -> TemplateVersion:
    return set_template(
        actor=actor, code="accord", words=Words("Accord", body), starts_on=starts_on, last_seen=last_seen
    )


def body_at(at: datetime) -> str:
    return in_force("accord", at).words.body


def test_the_shipped_words_stand_until_somebody_words_them() -> None:
    found = in_force("accord", NOW)
    assert (found.number, found.words) == (0, SHIPPED["accord"])


def test_words_take_over_on_their_day_in_paris(admin: Actor) -> None:
    set_words(admin, "Nouveau.", TOMORROW)
    assert in_force("accord", NOW).number == 0
    # 23:30 in Paris, then half past midnight: UTC is an hour late.
    assert in_force("accord", datetime(2026, 11, 23, 22, 30, tzinfo=UTC)).number == 0
    assert in_force("accord", datetime(2026, 11, 23, 23, 30, tzinfo=UTC)).number == 1
    assert in_force("refus", datetime(2026, 12, 1, tzinfo=UTC)).number == 0


def test_what_stood_at_a_past_moment_never_changes(admin: Actor, clock: Any) -> None:
    set_words(admin, "Un.")
    before = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    clock.move_to(NOW + timedelta(hours=2))
    set_words(admin, "Deux.", last_seen=1)
    assert body_at(before) == "Un."
    assert body_at(NOW + timedelta(hours=3)) == "Deux."


def test_a_version_for_the_same_day_replaces_the_one_to_come(admin: Actor) -> None:
    set_words(admin, "Un.", TOMORROW)
    set_words(admin, "Deux.", TOMORROW, last_seen=1)
    known = versions_of(actor=admin, code="accord")
    assert [each.number for each in known] == [2, 1, 0]
    assert [each.number for each in coming(known, TODAY)] == [2]
    assert standing(known, TODAY).number == 0
    assert standing(known, TOMORROW).number == 2


def test_who_and_when_are_kept_and_journalled(admin: Actor) -> None:
    row = set_words(admin, "Un.")
    assert (row.version, row.created_by, row.created_at) == (1, admin.label, NOW)
    entry = Entry.objects.get(subject_kind="template", subject_id=row.pk)
    assert (entry.event, entry.actor_id) == ("template.set", admin.user_id)
    assert entry.payload == {"code": "accord", "version": 1, "starts_on": "2026-11-23"}


def test_the_same_click_twice_makes_one_version(admin: Actor) -> None:
    assert set_words(admin, "Un.") == set_words(admin, "Un.")
    assert Entry.objects.filter(subject_kind="template").count() == 1


def test_who_did_not_see_the_latest_version_is_told(admin: Actor) -> None:
    set_words(admin, "Un.")
    with pytest.raises(TemplateChangedMeanwhile):
        set_words(administrator(), "Deux.")
    assert TemplateVersion.objects.count() == 1


def test_two_at_once_make_one_version(admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    set_words(admin, "Un.")
    hidden = TemplateVersion.objects.none()
    monkeypatch.setattr(TemplateVersion.objects, "filter", lambda **given: hidden)
    with pytest.raises(TemplateChangedMeanwhile):
        set_words(administrator(), "Deux.")


@pytest.mark.parametrize("make", [officer, lambda: employer(EstablishmentFactory.create())])
def test_administrators_alone_word_and_read_templates(make: Any) -> None:
    actor = make()
    with pytest.raises(Forbidden):
        set_words(actor, "Un.")
    with pytest.raises(Forbidden):
        versions_of(actor=actor, code="accord")
    with pytest.raises(Forbidden):
        every_version(actor=actor)


def test_what_can_not_be_sent_is_not_kept(admin: Actor) -> None:
    with pytest.raises(BadTemplate):
        set_words(admin, "{{ inconnue }}")
    with pytest.raises(InvalidValue):
        set_words(admin, "Hier.", TODAY - timedelta(days=1))
    with pytest.raises(UnknownTemplate):
        set_template(actor=admin, code="x", words=Words("a", "b"), starts_on=TODAY, last_seen=0)
    assert not TemplateVersion.objects.exists()


@pytest.mark.parametrize("changes", [{"version": 0}, {"subject": ""}, {"body": ""}, {"version": 1}])
def test_the_database_refuses_nonsense(admin: Actor, changes: dict[str, Any]) -> None:
    set_words(admin, "Un.")
    given = {
        "code": "accord",
        "version": 2,
        "starts_on": TODAY,
        "subject": "a",
        "body": "b",
        "created_at": NOW,
        **changes,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        TemplateVersion.objects.create(**given)


def test_the_list_of_templates_costs_one_query(admin: Actor, django_assert_num_queries: Any) -> None:
    set_words(admin, "Un.")
    with django_assert_num_queries(1):
        known = every_version(actor=admin)
    assert [each.number for each in known["accord"]] == [1, 0]
    assert [each.number for each in known["refus"]] == [0]
