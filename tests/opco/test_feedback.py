"""« Donnez votre avis »: who may leave an opinion, what is kept of it, who reads it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openopco.journal.queries import entries_of
from openopco.kernel.errors import Forbidden
from openopco.opco import queries, rules
from openopco.opco.actions.feedback import leave_feedback, mark_feedback_read
from openopco.opco.errors import EmptyFeedback, FeedbackTooLong, TooMuchFeedback, WrongRating
from openopco.opco.models import Feedback
from openopco.rights import ANONYMOUS
from tests.opco.factories import ADMINISTRATOR, COLLEAGUE, EMPLOYER, OFFICER, FeedbackFactory

pytestmark = pytest.mark.usefixtures("empty_cache")


def test_an_opinion_is_kept_with_its_page_note_and_author() -> None:
    kept = leave_feedback(actor=EMPLOYER, page="/demandes/", body=" Très clair.\r\nMerci ! ", rating="5")
    kept.refresh_from_db()
    assert (kept.page, kept.rating, kept.body, kept.author_id) == ("/demandes/", 5, "Très clair.\nMerci !", 1)
    assert kept.read_at is None


def test_an_anonymous_opinion_keeps_no_author_nor_a_trace_in_the_journal() -> None:
    kept = leave_feedback(actor=EMPLOYER, page="/", body="Bof", anonymous=True)
    assert kept.author_id is None
    assert list(entries_of("feedback", kept.pk)) == []


@pytest.mark.parametrize("sent", [{"body": "Des mots sans note"}, {"rating": 1}, {"rating": "3", "body": "   "}])
def test_words_or_a_note_are_enough(sent: dict[str, object]) -> None:
    leave_feedback(actor=EMPLOYER, page="/", **sent)
    assert Feedback.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, EmptyFeedback),
        ({"body": " \u200b\n "}, EmptyFeedback),
        ({"body": "x", "rating": "6"}, WrongRating),
        ({"body": "x", "rating": "0"}, WrongRating),
        ({"body": "x", "rating": "cinq"}, WrongRating),
        ({"body": "x", "rating": "٣"}, WrongRating),
        ({"body": "x" * 4001}, FeedbackTooLong),
    ],
)
def test_nonsense_is_refused_and_nothing_is_kept(sent: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        leave_feedback(actor=EMPLOYER, page="/", **sent)
    assert not Feedback.objects.exists()


def test_the_longest_opinion_fits() -> None:
    assert len(leave_feedback(actor=EMPLOYER, page="/", body="é" * 4000).body) == 4000


def test_somebody_who_is_not_signed_in_leaves_none() -> None:
    with pytest.raises(Forbidden):
        leave_feedback(actor=ANONYMOUS, page="/", body="x")


def test_five_an_hour_then_a_pause_for_that_person_alone() -> None:
    with time_machine.travel("2026-11-23 09:00:00+00:00", tick=False) as clock:
        for _ in range(5):
            leave_feedback(actor=EMPLOYER, page="/", body="Encore")
        with pytest.raises(TooMuchFeedback):
            leave_feedback(actor=EMPLOYER, page="/", body="Encore")
        leave_feedback(actor=COLLEAGUE, page="/", body="Moi aussi")
        clock.shift(timedelta(minutes=59, seconds=59))
        with pytest.raises(TooMuchFeedback):
            leave_feedback(actor=EMPLOYER, page="/", body="Encore")
        clock.shift(timedelta(seconds=1))
        leave_feedback(actor=EMPLOYER, page="/", body="Encore")
    assert Feedback.objects.count() == 7


def test_a_refused_opinion_does_not_count_against_its_author() -> None:
    for _ in range(6):
        with pytest.raises(EmptyFeedback):
            leave_feedback(actor=EMPLOYER, page="/")
    leave_feedback(actor=EMPLOYER, page="/", body="Enfin")


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("/demandes/AF-2026-000123/", "/demandes/AF-2026-000123/"),
        ("/demandes/?q=Dupont&jeton=abc#haut", "/demandes/"),
        ("https://ailleurs.test/vol/", "/vol/"),
        ("//ailleurs.test/vol/", "/vol/"),
        ("javascript:alert(1)", "/"),
        ("demandes", "/"),
        ("", "/"),
        ("/a\r\nb%0d%0ac/", "/abc/"),
        ("http://[::1", "/"),
    ],
)
def test_the_page_is_kept_as_a_bare_path(raw: str, kept: str) -> None:
    assert rules.feedback_page(raw) == kept


@given(st.text(max_size=400))
def test_any_page_whatever_becomes_a_short_local_path(raw: str) -> None:
    path = rules.feedback_page(raw)
    assert path.startswith("/")
    assert not path.startswith("//")
    assert len(path) <= rules.MAX_PAGE
    assert path.isprintable()


def test_administrators_read_the_latest_first() -> None:
    now = timezone.now()
    old = FeedbackFactory(created_at=now - timedelta(days=2))
    new = FeedbackFactory(created_at=now - timedelta(days=1))
    assert queries.feedback_page(actor=ADMINISTRATOR).items == [new, old]


def test_unread_opinions_alone() -> None:
    unread, read = FeedbackFactory(), FeedbackFactory()
    assert queries.has_unread_feedback(actor=ADMINISTRATOR)
    mark_feedback_read(actor=ADMINISTRATOR, feedback_id=read.pk)
    assert queries.feedback_page(actor=ADMINISTRATOR, unread_only=True).items == [unread]
    mark_feedback_read(actor=ADMINISTRATOR, feedback_id=unread.pk)
    assert not queries.has_unread_feedback(actor=ADMINISTRATOR)


def test_pages_follow_each_other_without_loss_and_each_costs_one_query(django_assert_num_queries) -> None:
    wanted = {FeedbackFactory().pk for _ in range(queries.PAGE_SIZE + 3)}
    with django_assert_num_queries(1):
        first = queries.feedback_page(actor=ADMINISTRATOR)
    second = queries.feedback_page(actor=ADMINISTRATOR, after=first.next)
    assert len(first.items) == queries.PAGE_SIZE
    assert {each.pk for each in [*first.items, *second.items]} == wanted
    assert second.next is None


def test_reading_is_marked_once_and_journalled_once() -> None:
    feedback = FeedbackFactory()
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        first = mark_feedback_read(actor=ADMINISTRATOR, feedback_id=feedback.pk)
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        again = mark_feedback_read(actor=ADMINISTRATOR, feedback_id=feedback.pk)
    assert first.read_at == again.read_at
    assert [entry.event for entry in entries_of("feedback", feedback.pk)] == ["feedback.read"]


def test_an_unknown_opinion_is_not_found() -> None:
    with pytest.raises(Feedback.DoesNotExist):
        mark_feedback_read(actor=ADMINISTRATOR, feedback_id=999)
    with pytest.raises(Feedback.DoesNotExist):
        queries.feedback(actor=ADMINISTRATOR, feedback_id=999)


@pytest.mark.parametrize("actor", [EMPLOYER, OFFICER, ANONYMOUS])
def test_only_administrators_read_opinions(actor) -> None:
    feedback = FeedbackFactory(author_id=actor.user_id)
    for refused in (
        lambda: queries.feedback_page(actor=actor),
        lambda: queries.feedback(actor=actor, feedback_id=feedback.pk),
        lambda: queries.has_unread_feedback(actor=actor),
        lambda: mark_feedback_read(actor=actor, feedback_id=feedback.pk),
    ):
        with pytest.raises(Forbidden):
            refused()


@pytest.mark.parametrize(
    "broken",
    [
        {"rating": 0},
        {"rating": 6},
        {"rating": None, "body": ""},
        {"read_at": timezone.now() - timedelta(days=9)},
    ],
)
def test_the_database_refuses_nonsense(broken: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedbackFactory(**broken)
