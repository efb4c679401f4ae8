"""Writes of memberships and roles."""

from openopco.habilitations.actions.memberships import (
    accept_membership,
    add_proof,
    end_membership,
    refuse_membership,
    request_membership,
    switch_establishment,
)
from openopco.habilitations.actions.staff import (
    close_staff_account,
    confirm_staff_role,
    end_staff_role,
    grant_staff_role,
    make_first_administrators,
    open_staff_account,
)

__all__ = [
    "accept_membership",
    "add_proof",
    "close_staff_account",
    "confirm_staff_role",
    "end_membership",
    "end_staff_role",
    "grant_staff_role",
    "make_first_administrators",
    "open_staff_account",
    "refuse_membership",
    "request_membership",
    "switch_establishment",
]
