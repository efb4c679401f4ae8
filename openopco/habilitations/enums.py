"""Stable codes of memberships, with the words people see."""

from django.db.models import TextChoices


class MembershipState(TextChoices):
    """Where somebody's tie to an establishment stands. Only `workflow` names the next one."""

    PENDING = "PENDING", "Rattachement à valider"
    ACCEPTED = "ACCEPTED", "Rattachement accepté"
    REFUSED = "REFUSED", "Rattachement refusé"
    ENDED = "ENDED", "Rattachement terminé"


LIVE_STATES = (MembershipState.PENDING, MembershipState.ACCEPTED)


class StaffRoleName(TextChoices):
    """The capacities of the OPCO's own people; the codes are those of `rights.Role`."""

    GESTIONNAIRE = "gestionnaire", "Gestionnaire"
    ADMINISTRATEUR = "administrateur", "Administrateur"
