"""Pure rights: an `Actor` with its grants, and the one question `may(actor, permission, subject)`."""

from openopco.rights.actor import ANONYMOUS, OPCO_ROLES, ROLE_LABELS, SYSTEM, Actor, Grant, Role
from openopco.rights.permissions import PERMISSIONS, Permission, Subject, may, require

__all__ = [
    "ANONYMOUS",
    "OPCO_ROLES",
    "PERMISSIONS",
    "ROLE_LABELS",
    "SYSTEM",
    "Actor",
    "Grant",
    "Permission",
    "Role",
    "Subject",
    "may",
    "require",
]
