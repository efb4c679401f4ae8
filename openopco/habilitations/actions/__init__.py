"""Writes of memberships and roles."""

from openopco.habilitations.actions.invitations import (
    accept_invitation,
    decline_invitation,
    invite,
    resend_invitation,
    revoke_invitation,
)
from openopco.habilitations.actions.memberships import (
    accept_membership,
    add_proof,
    end_membership,
    refuse_membership,
    request_membership,
    set_membership_role,
    switch_place,
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
    "accept_invitation",
    "accept_membership",
    "add_proof",
    "close_staff_account",
    "confirm_staff_role",
    "decline_invitation",
    "end_membership",
    "end_staff_role",
    "grant_staff_role",
    "invite",
    "make_first_administrators",
    "open_staff_account",
    "refuse_membership",
    "request_membership",
    "resend_invitation",
    "revoke_invitation",
    "set_membership_role",
    "switch_place",
]
