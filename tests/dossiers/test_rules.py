"""The days of agreements and of notices: laws that hold for any course."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.dossiers.rules import Delays, good_until, last_day_to_claim, notice_due_on

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
DELAYS = st.builds(Delays, st.integers(1, 36), st.integers(0, 730), st.integers(1, 365))


@pytest.mark.parametrize(
    ("known", "days", "due"),
    [
        (date(2026, 11, 23), 8, date(2026, 12, 1)),
        (date(2026, 12, 28), 8, date(2027, 1, 5)),
        (date(2028, 2, 25), 8, date(2028, 3, 4)),
    ],
)
def test_a_notice_is_due_so_many_calendar_days_later(known: date, days: int, due: date) -> None:
    assert notice_due_on(known, days) == due


@pytest.mark.parametrize(
    ("ends", "last"), [(date(2027, 1, 13), date(2027, 5, 13)), (date(2026, 10, 31), date(2027, 2, 28))]
)
def test_the_claim_ends_months_after_the_course(ends: date, last: date) -> None:
    assert last_day_to_claim(ends, 4) == last


@given(DAYS, st.integers(0, 700), DAYS, DELAYS, st.booleans(), st.none() | DAYS)
def test_an_agreement_lasts_at_least_and_never_beyond_what_was_promised(
    starts: date, length: int, issued: date, delays: Delays, is_started: bool, lifted: date | None
) -> None:
    ends = starts + timedelta(days=length)
    last = good_until(
        starts_on=starts, ends_on=ends, issued_on=issued, delays=delays, is_started=is_started, lifted_until=lifted
    )
    floor = issued + timedelta(days=delays.least_days)
    claim = last_day_to_claim(ends, delays.claim_months)
    assert last >= floor
    assert last <= max(claim, floor, lifted or floor)
    if is_started or lifted:
        assert last >= claim


@given(DAYS, st.integers(0, 700), DAYS, DELAYS)
def test_saying_that_it_began_never_shortens_it(starts: date, length: int, issued: date, delays: Delays) -> None:
    ends = starts + timedelta(days=length)
    said, unsaid = (
        good_until(starts_on=starts, ends_on=ends, issued_on=issued, delays=delays, is_started=began, lifted_until=None)
        for began in (True, False)
    )
    assert said >= unsaid


def test_a_long_course_that_nobody_began_ends_sooner() -> None:
    year = {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 12, 18), "issued_on": date(2025, 12, 1)}
    delays = Delays(claim_months=4, unconfirmed_days=180, least_days=30)
    assert good_until(**year, delays=delays, is_started=False, lifted_until=None) == date(2026, 7, 4)
    assert good_until(**year, delays=delays, is_started=True, lifted_until=None) == date(2027, 4, 18)


def test_nought_means_never_for_that_reason() -> None:
    year = {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 12, 18), "issued_on": date(2025, 12, 1)}
    delays = Delays(claim_months=4, unconfirmed_days=0, least_days=30)
    assert good_until(**year, delays=delays, is_started=False, lifted_until=None) == date(2027, 4, 18)
