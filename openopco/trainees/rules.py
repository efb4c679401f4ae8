"""Limits of the vault and sameness of people. Pure."""

from datetime import datetime, timedelta

MOST_REVEALS = 10
REVEAL_WINDOW = timedelta(minutes=10)
LEAST_REASON = 5
# A NIR typed by mistake, or in a draft since deleted, that nothing points at any more.
ORPHAN_AFTER = timedelta(days=30)


def may_reveal_again(recent: int) -> bool:
    """`recent`: how many NIR the person has been shown within the window."""
    return recent < MOST_REVEALS


def window_of(now: datetime) -> int:
    """The number of the ten-minute slice in which `now` falls: one alert for each."""
    return int(now.timestamp() // REVEAL_WINDOW.total_seconds())


def is_real_reason(reason: str) -> bool:
    return len(reason) >= LEAST_REASON
