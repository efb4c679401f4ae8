"""The arithmetic of statistics."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from openopco.dossiers.figures import bounds_of, month_of, months_between, percentile, share

VALUES = st.lists(st.integers(0, 366), min_size=1, max_size=60)


@given(VALUES, st.integers(1, 100))
def test_a_percentile_is_the_one_of_the_sorted_values(values: list[int], percent: int) -> None:
    histogram = {value: values.count(value) for value in values}
    rank = -(-len(values) * percent // 100)
    assert percentile(histogram, percent) == sorted(values)[rank - 1]


def test_nothing_counted_has_no_percentile() -> None:
    assert percentile({}, 50) is None
    assert percentile({4: 0}, 50) is None


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_and_what_is_left_make_a_hundred_but_for_halves(part: int, more: int) -> None:
    whole = part + more
    one, other = share(part, whole), share(more, whole)
    assert one is not None
    assert other is not None
    assert one + other in (100, 101)


def test_a_share_of_nothing_is_unknown_and_halves_go_up() -> None:
    assert share(0, 0) is None
    assert share(1, 8) == 13


@given(st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_a_moment_is_within_the_bounds_of_its_month(moment: datetime) -> None:
    first, after = bounds_of(month_of(moment))
    assert first <= moment < after


def test_months_are_those_of_paris() -> None:
    assert month_of(datetime(2026, 10, 31, 23, 30, tzinfo=UTC)) == date(2026, 11, 1)
    assert list(months_between(date(2026, 11, 1), date(2027, 1, 1))) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]
    assert list(months_between(date(2027, 1, 1), date(2026, 11, 1))) == []
