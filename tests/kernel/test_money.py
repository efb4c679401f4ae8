"""Euros and hours: every usual way to type them, no other; not a cent lost."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.kernel.errors import InvalidValue
from openopco.kernel.money import (
    format_euros,
    format_hours,
    from_cents,
    parse_amount,
    parse_hours,
    share,
    to_cents,
)
from tests.kernel.reading import read_or_refusal

CENTS = st.integers(0, 999_999_999)
ANY_CENTS = st.integers(-(2**62), 2**62)


@pytest.mark.parametrize(
    "raw",
    [
        "1 250,50",
        "1\u00a0250,50",
        "1\u202f250,50 €",
        "1250.50",
        "1250,50",
        "1250,5",
        "1.250,50",
        "1,250.50",
        "1 250,50 €",
        "1 250,50€",
        "1'250.50",
        "1’250,50",
        "1250,50 euros",
        "1250,50 EUR",
        "1 250,50 € HT",
        "  1250,50  ",
        "0001250,50",
        "１２５０，５０",
    ],
)
def test_every_usual_way_to_type_an_amount_is_read(raw: str) -> None:
    assert parse_amount(raw) == Decimal("1250.50")


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        ("0", "0.00"),
        (",5", "0.50"),
        ("1.250.000", "1250000.00"),
        ("1 250 000", "1250000.00"),
        ("0,05", "0.05"),
        ("9 999 999,99", "9999999.99"),
        ("12", "12.00"),
    ],
)
def test_an_amount_has_two_places(raw: str, amount: str) -> None:
    assert str(parse_amount(raw)) == amount


UNREADABLE = "Ce montant est illisible : écrivez-le en chiffres, par exemple 1 250,50."


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "Indiquez un montant, par exemple 1 250,50."),
        ("€", "Indiquez un montant, par exemple 1 250,50."),
        ("-12", "Un montant ne peut pas être négatif."),
        ("\u221212,00", "Un montant ne peut pas être négatif."),
        ("10 000 000", "Ce montant est trop élevé : 9 999 999,99 € au plus."),
        ("9" * 5000, "Ce montant est trop élevé : 9 999 999,99 € au plus."),
        ("12,5051", "Deux chiffres au plus après la virgule."),
        ("0.125", "Deux chiffres au plus après la virgule."),
        ("1 250,505", "Deux chiffres au plus après la virgule."),
        ("1.250", "« 1.250 » peut se lire de deux façons : écrivez 1250 ou 1,25."),
        ("12,505", "« 12,505 » peut se lire de deux façons : écrivez 12505 ou 12,50."),
        ("12 50", UNREADABLE),
        ("1250 50", UNREADABLE),
        ("1,2,3", UNREADABLE),
        ("1250,", UNREADABLE),
        ("douze", UNREADABLE),
        ("1e3", UNREADABLE),
        ("1_000", UNREADABLE),
        ("NaN", UNREADABLE),
        ("Infinity", UNREADABLE),
        ("5²", UNREADABLE),
        ("½", UNREADABLE),
        ("١٢٣", UNREADABLE),
        ("12 $", UNREADABLE),
        ("10-20", UNREADABLE),
    ],
)
def test_an_amount_that_isn_t_one_is_explained(raw: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_amount(raw)
    assert caught.value.message == message


@given(CENTS)
def test_an_amount_shown_is_an_amount_read(cents: int) -> None:
    amount = from_cents(cents)
    assert parse_amount(format_euros(amount)) == amount
    assert parse_amount(str(amount)) == amount


@given(st.text(max_size=30))
def test_any_text_is_an_amount_within_bounds_or_is_refused(raw: str) -> None:
    amount, refusal = read_or_refusal(parse_amount, raw)
    if amount is None:
        assert refusal.endswith(".")
    else:
        assert 0 <= amount <= Decimal("9999999.99")
        assert amount.as_tuple().exponent == -2


@given(st.from_regex(r"[0-9]{1,4}[ .,'][0-9]{1,4}([.,][0-9]{0,3})?", fullmatch=True))
def test_no_reading_of_an_amount_invents_digits(raw: str) -> None:
    try:
        amount = parse_amount(raw)
    except InvalidValue:
        return
    typed = "".join(letter for letter in raw if letter.isdigit()).lstrip("0")
    assert str(amount).replace(".", "").strip("0") == typed.rstrip("0")


@given(ANY_CENTS)
def test_cents_come_back_the_same(cents: int) -> None:
    assert to_cents(from_cents(cents)) == cents
    assert from_cents(cents).as_tuple().exponent == -2


@pytest.mark.parametrize("amount", ["0.001", "1.005", "NaN", "Infinity", "-0.005"])
def test_nothing_is_rounded_to_cents_in_silence(amount: str) -> None:
    with pytest.raises(ValueError):
        to_cents(Decimal(amount))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("1250.5", "1\u202f250,50\u202f€"),
        ("0", "0,00\u202f€"),
        ("-0.004", "0,00\u202f€"),
        ("-1250.5", "\u22121\u202f250,50\u202f€"),
        ("1234567.895", "1\u202f234\u202f567,90\u202f€"),
    ],
)
def test_euros_are_shown_the_french_way(amount: str, shown: str) -> None:
    assert format_euros(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("raw", "hours"),
    [
        ("14", "14.00"),
        ("10,5", "10.50"),
        ("10.5", "10.50"),
        ("10h30", "10.50"),
        ("10 h 30", "10.50"),
        ("10H30", "10.50"),
        ("10:30", "10.50"),
        ("10h30min", "10.50"),
        ("14h", "14.00"),
        ("14 heures", "14.00"),
        ("1 heure 15", "1.25"),
        ("45 min", "0.75"),
        ("90 minutes", "1.50"),
        ("10h20", "10.33"),
        ("10h40", "10.67"),
        ("1 607", "1607.00"),
        ("9999", "9999.00"),
        ("0", "0.00"),
    ],
)
def test_every_usual_way_to_type_hours_is_read(raw: str, hours: str) -> None:
    assert str(parse_hours(raw)) == hours


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "Indiquez une durée en heures, par exemple 14 ou 10,5."),
        ("-7", "Une durée ne peut pas être négative."),
        ("9999,5", "Cette durée est trop longue : 9 999 heures au plus."),
        ("9999h01", "Cette durée est trop longue : 9 999 heures au plus."),
        ("10h75", "Une heure compte 60 minutes : écrivez par exemple 10h30."),
        ("10,2555", "Deux chiffres au plus après la virgule."),
        ("2 jours", "Cette durée est illisible : écrivez par exemple 14, 10,5 ou 10h30."),
        ("h30", "Cette durée est illisible : écrivez par exemple 14, 10,5 ou 10h30."),
        ("14 €", "Cette durée est illisible : écrivez par exemple 14, 10,5 ou 10h30."),
    ],
)
def test_hours_that_aren_t_any_are_explained(raw: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_hours(raw)
    assert caught.value.message == message


@given(st.integers(0, 9999 * 60))
def test_hours_shown_are_hours_read_to_the_minute(minutes: int) -> None:
    hours = parse_hours(f"{minutes // 60}h{minutes % 60:02d}")
    assert abs(hours * 60 - minutes) < 1
    assert parse_hours(format_hours(hours)) == hours


@pytest.mark.parametrize(
    ("hours", "shown"), [("14", "14\u202fh"), ("10.33", "10\u202fh\u202f20"), ("1607", "1\u202f607\u202fh")]
)
def test_hours_are_shown_in_hours_and_minutes(hours: str, shown: str) -> None:
    assert format_hours(Decimal(hours)) == shown


@given(ANY_CENTS.map(lambda cents: cents // 1000), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_a_share_loses_no_cent_and_each_part_is_near_its_due(cents: int, weights: list[int]) -> None:
    total = from_cents(cents)
    parts = share(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < Decimal("0.01") * sum(weights)


@given(CENTS, st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any))
def test_who_weighs_nothing_gets_nothing_and_who_weighs_more_never_gets_less(cents: int, weights: list[int]) -> None:
    parts = share(from_cents(cents), weights)
    for part, weight in zip(parts, weights, strict=True):
        assert weight > 0 or part == 0
        assert all(part <= other for other, heavier in zip(parts, weights, strict=True) if heavier > weight)


def test_the_cents_left_go_to_the_first_ones() -> None:
    assert share(Decimal(100), [1, 1, 1]) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert share(Decimal("0.02"), [Decimal("0.5"), Decimal("0.5"), 1]) == [Decimal("0.01"), Decimal(0), Decimal("0.01")]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [3, -1]])
def test_a_share_needs_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        share(Decimal(1), weights)
