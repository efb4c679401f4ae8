"""Days: typed, shown, counted; Paris and its public holidays."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.kernel.calendar import (
    add_calendar_days,
    add_months,
    add_working_days,
    days_left,
    delay_in_words,
    format_date,
    format_date_in_words,
    is_working_day,
    next_working_day,
    paris_today,
    parse_date,
    public_holidays,
)
from openopco.kernel.errors import InvalidValue
from tests.kernel.reading import read_or_refusal
from tests.shared_data import shared_rows

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
RECENT_DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    "raw",
    [
        "12/01/2027",
        "12/1/2027",
        "12-01-2027",
        "12.01.2027",
        "12 01 2027",
        "12012027",
        "2027-01-12",
        " 12 / 01 / 2027 ",
        "１２/０１/２０２７",
    ],
)
def test_every_usual_way_to_type_a_day_is_read(raw: str) -> None:
    assert parse_date(raw) == date(2027, 1, 12)


@given(DAYS)
def test_a_day_shown_is_a_day_read(day: date) -> None:
    assert parse_date(format_date(day)) == day
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "Indiquez une date, par exemple 12/01/2027."),
        ("31/02/2027", "Le 31/02/2027 n'existe pas."),
        ("29/2/2027", "Le 29/02/2027 n'existe pas."),
        ("12/13/2027", "Le 12/13/2027 n'existe pas."),
        ("00/01/2027", "Le 00/01/2027 n'existe pas."),
        ("12/01/27", "Écrivez l'année avec quatre chiffres, par exemple 12/01/2027."),
        ("120127", "Écrivez l'année avec quatre chiffres, par exemple 12/01/2027."),
        ("12/01/1899", "L'année doit être comprise entre 1900 et 2100."),
        ("12/01/2101", "L'année doit être comprise entre 1900 et 2100."),
        ("12/01/0000", "L'année doit être comprise entre 1900 et 2100."),
        ("demain", "Cette date est illisible : écrivez jj/mm/aaaa, par exemple 12/01/2027."),
        ("2027/01/12", "Cette date est illisible : écrivez jj/mm/aaaa, par exemple 12/01/2027."),
        ("12/01/2027 10:00", "Cette date est illisible : écrivez jj/mm/aaaa, par exemple 12/01/2027."),
        ("١٢/٠١/٢٠٢٧", "Cette date est illisible : écrivez jj/mm/aaaa, par exemple 12/01/2027."),
    ],
)
def test_a_day_that_isn_t_one_is_explained(raw: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_date(raw)
    assert caught.value.message == message


@given(st.text(max_size=30))
def test_any_text_is_a_day_within_bounds_or_is_refused(raw: str) -> None:
    day, refusal = read_or_refusal(parse_date, raw)
    assert refusal.endswith(".") if day is None else 1900 <= day.year <= 2100


def test_a_day_in_words_has_its_month_and_its_first() -> None:
    assert format_date_in_words(date(2027, 1, 12)) == "12 janvier 2027"
    assert format_date_in_words(date(2027, 5, 1)) == "1er mai 2027"
    assert format_date_in_words(date(2027, 12, 31)) == "31 décembre 2027"


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2027, 1, 11, 22, 59, tzinfo=UTC), date(2027, 1, 11)),
        (datetime(2027, 1, 11, 23, 0, tzinfo=UTC), date(2027, 1, 12)),
        (datetime(2027, 7, 11, 21, 59, tzinfo=UTC), date(2027, 7, 11)),
        (datetime(2027, 7, 11, 22, 0, tzinfo=UTC), date(2027, 7, 12)),
    ],
)
def test_today_is_the_day_of_paris_winter_and_summer(now: datetime, day: date) -> None:
    assert paris_today(now) == day


def test_a_time_without_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="naive"):
        paris_today(datetime(2027, 1, 12))


@given(DAYS, st.integers(-400, 400))
def test_calendar_days_are_counted_both_ways(day: date, count: int) -> None:
    assert days_left(day, add_calendar_days(day, count)) == count


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 1, 31), 12, date(2028, 1, 31)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
        (date(2027, 1, 15), -1, date(2026, 12, 15)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2027, 5, 5), 0, date(2027, 5, 5)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_month_s_last(day: date, count: int, expected: date) -> None:
    assert add_months(day, count) == expected


@given(RECENT_DAYS, st.integers(-60, 60))
def test_adding_months_lands_in_that_month_never_later_than_the_day(day: date, count: int) -> None:
    later = add_months(day, count)
    assert later.year * 12 + later.month == day.year * 12 + day.month + count
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_the_eleven_public_holidays_of_2027() -> None:
    days = ["0101", "0329", "0501", "0506", "0508", "0517", "0714", "0815", "1101", "1111", "1225"]
    assert public_holidays(2027) == {date(2027, int(day[:2]), int(day[2:])) for day in days}


def test_alsace_and_moselle_have_two_more() -> None:
    extra = public_holidays(2027, alsace_moselle=True) - public_holidays(2027)
    assert extra == {date(2027, 3, 26), date(2027, 12, 26)}


@given(RECENT_DAYS, st.booleans())
def test_a_term_is_carried_over_to_the_first_worked_day(day: date, alsace_moselle: bool) -> None:
    carried = next_working_day(day, alsace_moselle=alsace_moselle)
    assert is_working_day(carried, alsace_moselle=alsace_moselle)
    skipped = [day + timedelta(days=count) for count in range((carried - day).days)]
    assert not any(is_working_day(other, alsace_moselle=alsace_moselle) for other in skipped)
    assert next_working_day(carried, alsace_moselle=alsace_moselle) == carried


def test_a_week_end_and_a_holiday_on_end_are_all_skipped() -> None:
    assert next_working_day(date(2027, 3, 27)) == date(2027, 3, 30)
    assert next_working_day(date(2027, 3, 26), alsace_moselle=True) == date(2027, 3, 30)
    assert next_working_day(date(2027, 12, 31)) == date(2027, 12, 31)
    assert next_working_day(date(2028, 1, 1)) == date(2028, 1, 3)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2027, 1, 11), 0, date(2027, 1, 11)),
        (date(2027, 1, 11), 4, date(2027, 1, 15)),
        (date(2027, 1, 11), 5, date(2027, 1, 18)),
        (date(2027, 5, 5), 1, date(2027, 5, 7)),
        (date(2027, 5, 16), 1, date(2027, 5, 18)),
    ],
)
def test_worked_days_are_counted_from_the_day_after(day: date, count: int, expected: date) -> None:
    assert add_working_days(day, count) == expected


def test_worked_days_are_never_counted_backwards() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_days(date(2027, 1, 11), -1)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "aujourd'hui"),
        (1, "demain"),
        (2, "dans 2 j"),
        (6, "dans 6 j"),
        (-1, "en retard de 1 j"),
        (-3, "en retard de 3 j"),
    ],
)
def test_a_delay_is_said_in_words(count: int, words: str) -> None:
    today = date(2027, 1, 12)
    assert delay_in_words(today, today + timedelta(days=count)) == words


def test_public_holidays_agree_with_the_published_list() -> None:
    rows = shared_rows("refdata/parametres/jours-feries-2024-2030.csv")
    listed = {date.fromisoformat(row["date"]) for row in rows if row["zone"] == "FR" and row["source"] == "les_deux"}
    assert listed
    assert listed == {day for year in range(2024, 2031) for day in public_holidays(year)}
