"""Limits of the room. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta

from openopco.habilitations.enums import StaffRoleName

MOST_PENDING = 10
LEAST_REASON = 5
LEAST_ADMINISTRATORS = 2
MOST_INVITATIONS_PER_DAY = 20
MOST_SENDINGS = 5
BETWEEN_SENDINGS = timedelta(minutes=5)


def may_hold_together(roles: Collection[StaffRoleName]) -> bool:
    """Whether one person may hold these roles at the OPCO. A payment gathers hundreds of requests: no check made on each
    of them would keep who orders it apart from who decided one, so that an accountant is nothing else."""
    return StaffRoleName.COMPTABLE not in roles or len(set(roles)) == 1


def is_reason(text: str) -> bool:
    """Whether something was really written."""
    return len(text) >= LEAST_REASON


def may_lose_an_administrator(active: int) -> bool:
    """`active`: how many administrators count now. Two at least must remain, since it takes two to appoint one."""
    return active > LEAST_ADMINISTRATORS


def may_lose_its_administrator(*, others: int, administrators: int) -> bool:
    """`others`: how many would still act for the establishment; `administrators`: how many of them would administer it."""
    return others == 0 or administrators > 0


def may_send_again(*, sendings: int, last: datetime, now: datetime) -> bool:
    """A mail takes its time, and an address that never answers is left alone."""
    return sendings < MOST_SENDINGS and now - last >= BETWEEN_SENDINGS
