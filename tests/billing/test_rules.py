"""What is due of a claim, as laws: never above what was asked, what is left, what the hours allow."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from openopco.billing.rules import BY_THE_HOUR, Attendance, Engaged, reckon
from openopco.funding.enums import Base

D = Decimal
amounts = st.decimals(0, 20_000, places=2)
lines = st.builds(
    lambda base, amount, share: (base, amount, (amount * share / 100).quantize(D("0.01"))),
    st.sampled_from([Base.PEDAGOGIQUE, Base.SALAIRES, Base.REPAS]),
    amounts,
    st.integers(0, 100),
)
agreements = st.lists(lines, max_size=6).map(
    lambda rows: [
        Engaged(rank, base, amount, min(amount, invoiced)) for rank, (base, amount, invoiced) in enumerate(rows)
    ]
)
asked = st.dictionaries(st.sampled_from(list(Base)), amounts, max_size=4)
attendances = st.builds(Attendance, st.integers(0, 10_000), st.integers(0, 12_000))


def left(agreement: list[Engaged], base: Base) -> Decimal:
    return sum((line.left for line in agreement if line.base == base), D(0))


@given(agreements, asked, attendances)
def test_nothing_is_due_beyond_what_is_asked_engaged_and_followed(
    agreement: list[Engaged], claimed: dict[Base, Decimal], attendance: Attendance
) -> None:
    result = reckon(agreement, claimed, attendance)
    by_id = {line.id: line for line in agreement}
    assert all(0 < amount <= by_id[pk].left for pk, amount in result.dues.items())
    assert result.total == sum((line.due for line in result.lines), D(0))
    for line in result.lines:
        assert 0 <= line.due <= line.asked
        assert line.due <= left(agreement, line.base)
        total = sum((each.amount for each in agreement if each.base == line.base), D(0))
        invoiced = sum((each.invoiced for each in agreement if each.base == line.base), D(0))
        if line.base in BY_THE_HOUR:
            assert line.due + min(invoiced, attendance.of(total)) <= attendance.of(total)


@given(agreements, asked, attendances, st.integers(0, 500))
def test_an_hour_more_never_pays_less(
    agreement: list[Engaged], claimed: dict[Base, Decimal], attendance: Attendance, more: int
) -> None:
    longer = Attendance(attendance.planned, attendance.followed + more)
    assert reckon(agreement, claimed, attendance).total <= reckon(agreement, claimed, longer).total


@given(agreements, st.integers(1, 10_000))
def test_all_that_is_asked_is_due_where_everything_was_followed(agreement: list[Engaged], planned: int) -> None:
    everything = {base: left(agreement, base) for base in Base}
    result = reckon(agreement, everything, Attendance(planned, planned))
    assert result.total == sum(everything.values(), D(0))


def test_half_of_the_hours_give_half_of_the_agreement_and_proven_meals_whole() -> None:
    agreement = [Engaged(1, Base.PEDAGOGIQUE, D(1000), D(0)), Engaged(2, Base.REPAS, D(60), D(0))]
    result = reckon(agreement, {Base.PEDAGOGIQUE: D(1000), Base.REPAS: D(45)}, Attendance(1680, 840))
    assert result.dues == {1: D(500), 2: D(45)}


def test_what_was_paid_on_the_way_is_not_paid_again() -> None:
    agreement = [Engaged(1, Base.PEDAGOGIQUE, D(1000), D(500))]
    result = reckon(agreement, {Base.PEDAGOGIQUE: D(900)}, Attendance(1680, 1260))
    assert result.dues == {1: D(250)}


def test_lines_are_filled_in_their_order() -> None:
    agreement = [Engaged(1, Base.PEDAGOGIQUE, D(300), D(0)), Engaged(2, Base.PEDAGOGIQUE, D(700), D(0))]
    assert reckon(agreement, {Base.PEDAGOGIQUE: D(500)}, Attendance(10, 10)).dues == {1: D(300), 2: D(200)}
