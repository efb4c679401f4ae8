"""Stable codes of the organisations room, with the words people see."""

from django.db.models import TextChoices


class Source(TextChoices):
    """Where the facts kept about an organisation come from."""

    REGISTRY = "REGISTRY", "Répertoire officiel"
    HAND = "HAND", "Saisie à la main"


class ProviderStatus(TextChoices):
    """Whether a provider may be paid with public money. SUSPENDU blocks new agreements (L.6351-4-1 C. trav.)."""

    ACTIF = "ACTIF", "En activité"
    SUSPENDU = "SUSPENDU", "Déclaration d'activité suspendue"
    FERME = "FERME", "Fermé"


class AccountState(TextChoices):
    """How far a bank account may be trusted."""

    PROPOSED = "proposed", "À vérifier"
    CONFIRMED = "confirmed", "Vérifié"
    REFUSED = "refused", "Refusé"
    ENDED = "ended", "Ancien"


class Ground(TextChoices):
    """Why an account is paid for a payee: its own, or another's by an act that binds the OPCO from a day on."""

    OWN = "own", "Son propre compte"
    FACTOR = "factor", "Cession de créances (affacturage)"
    SEIZURE = "seizure", "Saisie, ou avis à tiers détenteur"
    LIQUIDATION = "liquidation", "Procédure collective (mandataire ou liquidateur)"


class Nature(TextChoices):
    """What a provider may be certified for: the action types of L.6313-1 C. trav."""

    ACTION = "action", "Action de formation"
    BILAN = "bilan", "Bilan de compétences"
    VAE = "vae", "Validation des acquis de l'expérience"
    APPRENTISSAGE = "apprentissage", "Action de formation par apprentissage"
