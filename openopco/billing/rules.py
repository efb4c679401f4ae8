"""What is due of a claim: never more than was asked, than is left of the agreement, than the hours followed allow. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final

from openopco.funding.enums import Base

ZERO, CENT = Decimal(0), Decimal("0.01")
# What an hour that was not followed takes away (R. 6332-25: paid once done, on the hours attested); the other expenses are paid
# on their proof.
BY_THE_HOUR: Final = frozenset({Base.PEDAGOGIQUE, Base.SALAIRES})


def minutes_of(hours: Decimal) -> int:
    """Hours as people type them, to the nearest minute: « 7h20 » is 7.33, and 440 minutes."""
    return int((hours * 60).to_integral_value(ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Engaged:
    """A line of the agreement, for one payee: euros HT. `amount` is what is engaged of it now, `released` what earlier claims
    gave back of it as not needed: hours are a share of both."""

    id: int
    base: Base
    amount: Decimal
    invoiced: Decimal
    released: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        return self.amount - self.invoiced


@dataclass(frozen=True, slots=True)
class Attendance:
    """Minutes, all trainees together: those of the agreement, those attested."""

    planned: int
    followed: int

    def of(self, amount: Decimal) -> Decimal:
        """The part of an amount that the hours followed give, to the cent below."""
        if self.planned <= 0:
            return ZERO
        share = min(self.followed, self.planned)
        return (amount * share / self.planned).quantize(CENT, rounding=ROUND_DOWN)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One expense of a claim: what was asked, what the agreement and the hours allow, what is due of it."""

    base: Base
    asked: Decimal
    allowed: Decimal
    due: Decimal

    @property
    def cut(self) -> Decimal:
        return self.asked - self.due


@dataclass(frozen=True, slots=True)
class Result:
    """`dues`: by id of the engaged line, none of zero."""

    lines: tuple[Reckoned, ...]
    dues: Mapping[int, Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.dues.values(), ZERO)


def reckon(engaged: Sequence[Engaged], asked: Mapping[Base, Decimal], attendance: Attendance) -> Result:
    """Expense by expense, first lines first. Amounts in euros HT."""
    lines: list[Reckoned] = []
    dues: dict[int, Decimal] = {}
    for base, amount in asked.items():
        own = [line for line in engaged if line.base == base]
        allowed = _allowed(base, own, attendance)
        due = min(amount, allowed)
        lines.append(Reckoned(base, amount, allowed, due))
        dues |= _spread(own, due)
    return Result(tuple(lines), dues)


def _allowed(base: Base, own: Iterable[Engaged], attendance: Attendance) -> Decimal:
    own = list(own)
    left = sum((line.left for line in own), ZERO)
    granted = sum((line.amount + line.released for line in own), ZERO)
    invoiced = sum((line.invoiced for line in own), ZERO)
    most = attendance.of(granted) if base in BY_THE_HOUR else granted
    return max(ZERO, min(left, most - invoiced))


def _spread(own: Iterable[Engaged], due: Decimal) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for line in own:
        part = min(due, line.left)
        if part > 0:
            found[line.id] = part
            due -= part
    return found
