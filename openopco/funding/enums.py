"""Codes of the room and their words."""

from django.db.models import TextChoices

from openopco.training.enums import AncillaryCost


class Fund(TextChoices):
    """Where the money comes from (L.6332-3, L.6332-1-2, L.6332-1-3 C. trav.)."""

    PDC = "pdc", "Plan de développement des compétences, moins de 50 salariés"
    CONVENTIONNEL = "conventionnel", "Fonds conventionnels de la branche"
    VOLONTAIRE = "volontaire", "Versements volontaires de l'entreprise"
    ALTERNANCE = "alternance", "Alternance"


# What a fund may give is bounded by an envelope: without one, nothing can be engaged on it. Alternance is followed: the law
# engages the OPCO beyond what it had planned. A company's own payments are bounded by its account.
BOUNDED_BY_ENVELOPE = frozenset({Fund.PDC, Fund.CONVENTIONNEL})


class Base(TextChoices):
    """What is paid for: each with an amount in euros HT; all but the first also with a quantity."""

    PEDAGOGIQUE = "pedagogique", "Coût pédagogique"
    REPAS = AncillaryCost.REPAS.value, "Repas"
    HEBERGEMENT = AncillaryCost.HEBERGEMENT.value, "Hébergement"
    TRANSPORT = AncillaryCost.TRANSPORT.value, "Transport"
    SALAIRES = AncillaryCost.SALAIRES.value, "Salaires"


ANCILLARY = frozenset({Base.REPAS, Base.HEBERGEMENT, Base.TRANSPORT})


class Form(TextChoices):
    """What sort of request is funded, by the code of its kind."""

    ACTION = "AF", "Action de formation"
    APPRENTISSAGE = "CA", "Contrat d'apprentissage"
    PRO = "CP", "Contrat de professionnalisation"


class Payee(TextChoices):
    """Whom a line pays: the provider (subrogation), or the employer, who is refunded."""

    ORGANISME = "organisme", "L'organisme de formation"
    EMPLOYEUR = "employeur", "L'employeur"


class Cumulation(TextChoices):
    """How a rule stands beside those before it on the same base."""

    ADDITIF = "additif", "S'ajoute aux autres"
    ALTERNATIF = "alternatif", "Seulement si aucune autre ne s'applique"


class Mode(TextChoices):
    """What happens at the end of an envelope."""

    BLOQUANTE = "bloquante", "Bloquante : rien n'est engagé au-delà"
    SUIVIE = "suivie", "Suivie : engagée au-delà, et signalée"
