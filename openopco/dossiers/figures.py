"""Pure arithmetic of statistics: percentiles of a histogram, shares, months."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time

from openopco.kernel.calendar import PARIS, add_months


def percentile(histogram: Mapping[int, int], percent: int) -> int | None:
    """The least value that at least `percent` per cent of the counted ones do not exceed; None of nothing."""
    total = sum(histogram.values())
    reached = 0
    for value in sorted(histogram):
        reached += histogram[value]
        if histogram[value] and reached * 100 >= total * percent:
            return value
    return None


def share(part: int, whole: int) -> int | None:
    """In whole per cent, halves up; None of nothing."""
    return (part * 200 + whole) // (whole * 2) if whole else None


def month_of(moment: datetime) -> date:
    """The first day of the month that it is in Paris."""
    return moment.astimezone(PARIS).date().replace(day=1)


def bounds_of(month: date) -> tuple[datetime, datetime]:
    """When a month begins in Paris, and when the next one does."""
    return beginning_of(month), beginning_of(add_months(month, 1))


def beginning_of(day: date) -> datetime:
    """Its midnight in Paris."""
    return datetime.combine(day, time(), tzinfo=PARIS).astimezone(UTC)


def months_between(first: date, last: date) -> Iterator[date]:
    """Each month, by its first day, both ends included; none where `last` comes first."""
    month = first
    while month <= last:
        yield month
        month = add_months(month, 1)
