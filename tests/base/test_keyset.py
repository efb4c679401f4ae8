"""Pages by key: every row once, in order, both ways, and a bad cursor is the first page."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openopco.base.keyset import Page, paginate
from openopco.base.models import Job, Sequence

pytestmark = pytest.mark.django_db
KEYS = ("last_value", "id")


def fill(values: list[int]) -> None:
    Sequence.objects.bulk_create(Sequence(name=f"n{index}", last_value=value) for index, value in enumerate(values))


def page(after: str | None = None, *, size: int = 2, descending: bool = False) -> Page[Sequence]:
    return paginate(Sequence.objects.all(), keys=KEYS, after=after, size=size, descending=descending)


def names(one: Page[Sequence]) -> list[str]:
    return [item.name for item in one.items]


def walk(*, size: int, descending: bool = False) -> list[str]:
    found, after = [], None
    for _ in range(50):
        one = page(after, size=size, descending=descending)
        found += names(one)
        after = one.next
        if after is None:
            return found
    raise AssertionError("endless")


def test_an_empty_list_has_one_empty_page() -> None:
    assert page() == Page([], None, None)


def test_equal_keys_are_told_apart_by_the_last_one() -> None:
    fill([5, 5, 5])
    first = page()
    assert names(first) == ["n0", "n1"]
    assert names(page(first.next)) == ["n2"]


def test_one_walks_forth_and_back_over_the_same_pages() -> None:
    fill([3, 1, 2, 5, 4])
    first = page()
    second = page(first.next)
    third = page(second.next)
    assert [names(one) for one in (first, second, third)] == [["n1", "n2"], ["n0", "n4"], ["n3"]]
    assert (first.previous, third.next) == (None, None)
    back = page(third.previous)
    assert names(back) == names(second)
    start = page(back.previous)
    assert (names(start), start.previous) == (names(first), None)
    assert names(page(start.next)) == names(second)


def test_descending_is_the_same_list_backwards() -> None:
    fill([3, 1, 2, 2])
    assert walk(size=3, descending=True) == list(reversed(walk(size=3)))


def test_rows_that_arrive_or_leave_meanwhile_never_show_another_twice() -> None:
    fill([1, 2, 3, 4])
    first = page()
    Sequence.objects.create(name="early", last_value=0)
    Sequence.objects.filter(name="n1").delete()
    assert names(page(first.next)) == ["n2", "n3"]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(values=st.lists(st.integers(min_value=0, max_value=5), max_size=12), size=st.integers(min_value=1, max_value=5))
def test_every_row_is_seen_once_and_in_order(values: list[int], size: int) -> None:
    Sequence.objects.all().delete()
    fill(values)
    expected = [row.name for row in Sequence.objects.order_by(*KEYS)]
    assert walk(size=size) == expected
    assert walk(size=size, descending=True) == expected[::-1]


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "after",
    [
        "",
        "é",
        "###",
        "AAAA",
        "A" * 2000,
        cursor("n"),
        cursor("n", 1),
        cursor("n", 1, 2, 3),
        cursor("x", 1, 2),
        cursor("n", "one", 2),
        cursor("n", None, 2),
        cursor("n", [1], 2),
        cursor("n", {"a": 1}, 2),
        cursor("n", True, 2),
        cursor("n", "\0", 2),
        base64.urlsafe_b64encode(b"{}").decode(),
        base64.urlsafe_b64encode(b"[" * 500).decode(),
    ],
)
def test_a_cursor_that_can_not_be_read_gives_the_first_page(after: str) -> None:
    fill([1, 2, 3])
    assert names(page(after)) == ["n0", "n1"]


@pytest.mark.parametrize("value", [10**30, -(10**30)])
def test_a_number_beyond_the_column_gives_no_error(value: int) -> None:
    fill([1, 2, 3])
    assert len(names(page(cursor("n", value, 1)))) in (0, 2)


@given(after=st.text(max_size=60))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_text_at_all_breaks_a_page(after: str) -> None:
    assert paginate(Sequence.objects.all(), keys=KEYS, after=after).items == []


def test_dates_are_kept_to_the_microsecond() -> None:
    start = datetime(2027, 1, 12, 9, 0, 0, 123456, tzinfo=UTC)
    for step in range(3):
        Job.objects.create(name=f"j{step}", run_at=start + timedelta(microseconds=step))
    first = paginate(Job.objects.all(), keys=("run_at", "id"), after=None, size=1)
    second = paginate(Job.objects.all(), keys=("run_at", "id"), after=first.next, size=1)
    assert [row.name for row in (*first.items, *second.items)] == ["j0", "j1"]


def test_a_page_is_one_query_that_starts_in_the_index(django_assert_num_queries) -> None:
    fill(list(range(6)))
    after = page().next
    with django_assert_num_queries(1) as queries:
        page(after)
    assert '"last_value" >= ' in queries.captured_queries[0]["sql"]
