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
    confirm_staff_role,
    end_staff_role,
    grant_staff_role,
    make_first_administrators,
)

__all__ = [
    "accept_membership",
    "add_proof",
    "confirm_staff_role",
    "end_membership",
    "end_staff_role",
    "grant_staff_role",
    "make_first_administrators",
    "refuse_membership",
    "request_membership",
    "switch_establishment",
]
