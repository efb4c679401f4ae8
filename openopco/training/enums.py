"""Codes of an action de formation: its nature (L.6313-1 C. trav.), how it is taught, its ancillary costs."""

from django.db.models import TextChoices


class Nature(TextChoices):
    """L.6313-1: the user's word is « Dispositif »."""

    ACTION = "action", "ACTION FORMATION"
    BILAN = "bilan", "BILAN DE COMPÉTENCES"
    VAE = "vae", "VAE"


class Modality(TextChoices):
    """Modalités pédagogiques: LHEO's three, and AFEST (L.6313-2)."""

    PRESENTIEL = "presentiel", "En présentiel"
    DISTANCIEL = "distanciel", "À distance"
    MIXTE = "mixte", "Mixte (présentiel et distance)"
    AFEST = "afest", "En situation de travail (AFEST)"


class AncillaryCost(TextChoices):
    """Frais annexes: each has a quantity and an amount in euros HT."""

    REPAS = "repas", "Repas"
    HEBERGEMENT = "hebergement", "Hébergement"
    TRANSPORT = "transport", "Transport"
    SALAIRES = "salaires", "Salaires"


class Zone(TextChoices):
    """The four zones of « Les pièces jointes »."""

    PROGRAMME = "programme", "Programme de l'action"
    BILAN = "bilan", "Pour un bilan de compétence : copie de la convention tripartite"
    VAE = "vae", "Pour une VAE : copie de la convention"
    DIVERS = "divers", "Autres / Divers"
