"""Days that an agreement and a modification obey. Pure: days and dated parameters come in as arguments."""

from dataclasses import dataclass
from datetime import date

from openopco.kernel.calendar import add_calendar_days, add_months


def notice_due_on(known_on: date, notice_days: int) -> date:
    """The last day to tell in time of a change known on a day: « dans les 8 jours », calendar days, that day not counted."""
    return add_calendar_days(known_on, notice_days)


def last_day_to_claim(ends_on: date, claim_months: int) -> date:
    """The last day to ask for the payment of a course."""
    return add_months(ends_on, claim_months)


@dataclass(frozen=True, slots=True)
class Delays:
    """The dated parameters of an agreement: months to claim after the end; days after the start when a course that nobody
    said began lapses (0: never so); days that any agreement lasts at least."""

    claim_months: int
    unconfirmed_days: int
    least_days: int


def good_until(
    *, starts_on: date, ends_on: date, issued_on: date, delays: Delays, is_started: bool, lifted_until: date | None
) -> date:
    """The last day on which an agreement is good: that of the claim, sooner where nobody ever said that a course of several
    months began; never before it has lasted `least_days`. What an officer gave back stays given."""
    floor = add_calendar_days(issued_on, delays.least_days)
    last = max(last_day_to_claim(ends_on, delays.claim_months), floor)
    if lifted_until:
        return max(last, lifted_until)
    if is_started or not delays.unconfirmed_days:
        return last
    return min(last, max(add_calendar_days(starts_on, delays.unconfirmed_days), floor))
