"""People are told once, in their inbox, and by mail as they chose."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from openopco.accounts.models import User
from openopco.habilitations.queries import access_of
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.mail.models import OutgoingMail
from openopco.notifications.actions import mark_read, notify, set_mail_pace
from openopco.notifications.kinds import NoticeKind, kind_of, register, registered_kinds
from openopco.notifications.models import Notice
from openopco.notifications.queries import UNREAD_COUNT, inbox, mail_choices, own_notice, unread_count
from openopco.notifications.rules import pace_of
from openopco.rights import ANONYMOUS, Actor
from tests.accounts.factories import UserFactory
from tests.habilitations.factories import MembershipFactory, StaffRoleFactory
from tests.web.visitors import client_of

pytestmark = pytest.mark.django_db


def tell(*people: User, kind: str = "tests.loud", key: str = "k1", **changes: Any) -> list[Notice]:
    told = {"title": "Votre demande avance.", "url": "/demandes/AF-1/", "subject_kind": "dossier", "subject_id": 7}
    return notify(user_ids=[person.pk for person in people], kind=kind, unique_key=key, **{**told, **changes})


def actor(person: User) -> Actor:
    return Actor(person.pk, str(person))


def test_each_person_has_a_line_of_their_own() -> None:
    alice, bob, charlie = UserFactory.create(), UserFactory.create(), UserFactory.create()
    assert len(tell(alice, bob)) == 2
    (notice,) = inbox(alice.pk).items
    assert (notice.title, notice.url, notice.subject_id) == ("Votre demande avance.", "/demandes/AF-1/", 7)
    assert inbox(charlie.pk).items == []


def test_telling_twice_tells_once() -> None:
    alice, bob = UserFactory.create(), UserFactory.create()
    tell(alice)
    assert [notice.user for notice in tell(alice, bob)] == [bob]
    assert Notice.objects.count() == 2
    assert OutgoingMail.objects.count() == 2


def test_somebody_whose_account_is_closed_is_not_told() -> None:
    assert tell(UserFactory.create(is_active=False)) == []
    assert not OutgoingMail.objects.exists()


def test_a_mail_goes_along_with_the_whole_address() -> None:
    alice = UserFactory.create()
    tell(alice)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == (alice.email, "Votre demande avance.")
    assert "https://portail.example/demandes/AF-1/" in mail.text
    assert "OPCO Mobilités" in mail.text
    assert alice.last_name not in mail.text


def test_a_title_on_several_lines_forges_no_header() -> None:
    tell(UserFactory.create(), title="Bonjour\r\nBcc: tous@exemple.fr")
    assert OutgoingMail.objects.get().subject == "Bonjour Bcc: tous@exemple.fr"


def test_a_quiet_kind_sends_no_mail_unless_asked() -> None:
    alice, bob = UserFactory.create(), UserFactory.create()
    set_mail_pace(actor=actor(bob), kind="tests.quiet", pace="at_once")
    tell(alice, bob, kind="tests.quiet")
    assert [mail.to for mail in OutgoingMail.objects.all()] == [bob.email]


def test_a_loud_kind_can_be_silenced_and_still_reaches_the_inbox() -> None:
    alice = UserFactory.create()
    set_mail_pace(actor=actor(alice), kind="tests.loud", pace="none")
    tell(alice)
    assert not OutgoingMail.objects.exists()
    assert unread_count(alice.pk) == 1


@pytest.mark.parametrize("factory", [MembershipFactory, StaffRoleFactory])
def test_how_many_are_unread_is_read_with_the_access_of_a_person(
    factory: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    alice, bob = factory.create().user, factory.create().user
    tell(alice, bob)
    tell(alice, key="k2")
    mark_read(actor=actor(bob), notice_ids=[inbox(bob.pk).items[0].pk])
    for person, count in ((alice, 2), (bob, 0)):
        with django_assert_num_queries(1):
            assert access_of(person).figures[UNREAD_COUNT] == count


def test_a_page_shows_it_even_to_who_acts_for_nobody_yet() -> None:
    alice, bob = MembershipFactory.create().user, UserFactory.create()
    tell(alice, bob)
    assert UNREAD_COUNT not in access_of(bob).figures
    for person in (alice, bob):
        assert client_of(person).get("/notifications/").context["frame"].unread_count == 1


def test_a_preference_may_change_again() -> None:
    alice = UserFactory.create()
    for pace in ("none", "at_once"):
        set_mail_pace(actor=actor(alice), kind="tests.loud", pace=pace)
    tell(alice)
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("kind", ["tests.compulsory", "tests.unheard_of"])
def test_no_choice_is_taken_for_a_compulsory_or_unknown_kind(kind: str) -> None:
    with pytest.raises(InvalidValue):
        set_mail_pace(actor=actor(UserFactory.create()), kind=kind, pace="none")


def test_no_pace_is_invented() -> None:
    with pytest.raises(InvalidValue):
        set_mail_pace(actor=actor(UserFactory.create()), kind="tests.loud", pace="hourly")


@pytest.mark.parametrize(
    ("kind", "choice", "pace"),
    [
        (NoticeKind("a", "", mail=True), None, "at_once"),
        (NoticeKind("a", "", mail=False), None, "none"),
        (NoticeKind("a", "", mail=True), "none", "none"),
        (NoticeKind("a", "", mail=False), "daily", "daily"),
        (NoticeKind("a", "", mail=True, compulsory=True), "none", "at_once"),
        (NoticeKind("a", "", mail=False, compulsory=True), None, "at_once"),
    ],
)
def test_when_a_mail_comes(kind: NoticeKind, choice: str | None, pace: str) -> None:
    assert pace_of(kind, choice) == pace


def test_a_mail_says_what_to_do() -> None:
    tell(UserFactory.create())
    assert "Voir ce qu'il y a, dans votre espace M-Gestion" in OutgoingMail.objects.get().text


def test_every_kind_says_what_to_do() -> None:
    assert [
        kind.code for kind in registered_kinds() if kind.act == "Ouvrir" and not kind.code.startswith("tests.")
    ] == []


def test_the_choices_page_lists_every_kind() -> None:
    alice = UserFactory.create()
    set_mail_pace(actor=actor(alice), kind="tests.loud", pace="none")
    choices = {kind.code: pace for kind, pace in mail_choices(alice.pk)}
    assert (choices["tests.loud"], choices["tests.quiet"], choices["tests.compulsory"]) == (
        "none",
        "none",
        "at_once",
    )
    assert set(choices) == {kind.code for kind in registered_kinds()}


def test_reading_marks_ones_own_alone() -> None:
    alice, bob = UserFactory.create(), UserFactory.create()
    mine, theirs = tell(alice, bob)
    assert mark_read(actor=actor(alice), notice_ids=[mine.pk, theirs.pk]) == 1
    assert (unread_count(alice.pk), unread_count(bob.pk)) == (0, 1)


def test_all_may_be_read_at_once_and_keep_their_first_time() -> None:
    alice = UserFactory.create()
    tell(alice, key="a")
    mark_read(actor=actor(alice))
    first = Notice.objects.get().read_at
    tell(alice, key="b")
    assert mark_read(actor=actor(alice)) == 1
    assert Notice.objects.get(unique_key="a").read_at == first


def test_the_anonymous_reads_and_prefers_nothing() -> None:
    with pytest.raises(Forbidden):
        mark_read(actor=ANONYMOUS)
    with pytest.raises(Forbidden):
        set_mail_pace(actor=ANONYMOUS, kind="tests.loud", pace="at_once")


def test_the_inbox_turns_its_pages_latest_first() -> None:
    alice = UserFactory.create()
    for number in range(5):
        tell(alice, key=str(number), title=f"n° {number}")
    first = inbox(alice.pk, size=3)
    second = inbox(alice.pk, first.next, size=3)
    assert [notice.title for notice in first.items + second.items] == [f"n° {n}" for n in (4, 3, 2, 1, 0)]
    assert (second.next, first.previous) == (None, None)


def test_a_strangers_notice_is_nowhere() -> None:
    alice, bob = UserFactory.create(), UserFactory.create()
    (notice,) = tell(alice)
    assert own_notice(alice.pk, notice.pk) == notice
    assert own_notice(bob.pk, notice.pk) is None


def test_counting_stops_at_99_and_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    alice = UserFactory.create()
    common = {"user": alice, "kind": "tests.quiet", "title": "t", "url": "/", "subject_kind": "d", "subject_id": 1}
    Notice.objects.bulk_create(
        Notice(**common, unique_key=str(number), created_at=timezone.now()) for number in range(120)
    )
    with django_assert_num_queries(1):
        assert unread_count(alice.pk) == 99


def test_telling_many_takes_no_query_per_person(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    people = UserFactory.create_batch(6)
    # The people not told yet, the rows, the choices, the rows again; a savepoint around.
    with transaction.atomic(), django_assert_num_queries(6):
        tell(*people, kind="tests.quiet")


@pytest.mark.parametrize("url", ["https://ailleurs.example/", "//ailleurs.example/", "ailleurs"])
def test_a_notice_leads_nowhere_else(url: str) -> None:
    with pytest.raises(ValueError, match="portal"):
        tell(UserFactory.create(), url=url)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(user=UserFactory.create(), url=url, subject_id=1, created_at=timezone.now())


def test_an_unknown_kind_is_a_programmers_error() -> None:
    with pytest.raises(KeyError):
        tell(UserFactory.create(), kind="tests.unheard_of")


def test_a_code_belongs_to_one_kind() -> None:
    with pytest.raises(ValueError, match=r"tests\.loud"):
        register(NoticeKind("tests.loud", "Autre"))
    assert register(kind_of("tests.loud")) is kind_of("tests.loud")
