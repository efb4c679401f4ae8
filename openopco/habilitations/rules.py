"""Limits of the room. Pure."""

MOST_PENDING = 10
LEAST_REASON = 5
LEAST_ADMINISTRATORS = 2


def is_reason(text: str) -> bool:
    """Whether something was really written."""
    return len(text) >= LEAST_REASON


def may_lose_an_administrator(active: int) -> bool:
    """`active`: how many administrators count now. Two at least must remain, since it takes two to appoint one."""
    return active > LEAST_ADMINISTRATORS
