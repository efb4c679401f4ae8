"""Stable codes of memberships, with the words people see."""

from django.db.models import TextChoices


class MembershipState(TextChoices):
    """Where somebody's tie to an establishment, or to a provider, stands. Only `workflow` names the next one."""

    PENDING = "PENDING", "Rattachement à valider"
    ACCEPTED = "ACCEPTED", "Rattachement accepté"
    REFUSED = "REFUSED", "Rattachement refusé"
    ENDED = "ENDED", "Rattachement terminé"


class MembershipRole(TextChoices):
    """As what somebody acts for an establishment once accepted. The administrator also says who acts for it."""

    ADMINISTRATEUR = "ADMIN", "Administrateur de l'établissement"
    DECLARANT = "DECLARANT", "Déclarant"


# What the same roles are called at a training provider.
PROVIDER_ROLE_WORDS = {
    MembershipRole.ADMINISTRATEUR: "Administrateur de l'organisme",
    MembershipRole.DECLARANT: "Membre de l'organisme",
}


class InvitationState(TextChoices):
    """What became of an invitation. That it has expired is told by its day, not by a state."""

    PENDING = "PENDING", "En attente"
    ACCEPTED = "ACCEPTED", "Acceptée"
    DECLINED = "DECLINED", "Déclinée"
    REVOKED = "REVOKED", "Retirée"


LIVE_STATES = (MembershipState.PENDING, MembershipState.ACCEPTED)


class StaffRoleName(TextChoices):
    """The capacities of the OPCO's own people; the codes are those of `rights.Role`."""

    GESTIONNAIRE = "gestionnaire", "Gestionnaire"
    ADMINISTRATEUR = "administrateur", "Administrateur"
    CONTROLEUR = "controleur", "Contrôleur"
    COMPTABLE = "comptable", "Comptable"
