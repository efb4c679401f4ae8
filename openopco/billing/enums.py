"""Codes of the room and their words."""

from django.db.models import TextChoices


class ClaimState(TextChoices):
    """Where a claim is. Its words for the OPCO; payees have their own (`web.billing`)."""

    BROUILLON = "brouillon", "En préparation"
    DEPOSEE = "deposee", "À contrôler"
    A_COMPLETER = "a_completer", "Pièces demandées"
    VALIDEE = "validee", "Service fait"
    REFUSEE = "refusee", "Refusée"
    RETIREE = "retiree", "Retirée"


# What was sent and waits for somebody.
OPEN_CLAIMS = frozenset({ClaimState.DEPOSEE, ClaimState.A_COMPLETER})


class InvoiceKind(TextChoices):
    FACTURE = "facture", "Facture"
    AVOIR = "avoir", "Avoir"


class Origin(TextChoices):
    """How an invoice or a certificate came: made by the portal in the provider's name, read from its file, or keyed beside
    its preview."""

    GENEREE = "generee", "Établie par le portail"
    LUE = "lue", "Déposée, ses données lues"
    SAISIE = "saisie", "Déposée, saisie à la main"


class Outcome(TextChoices):
    """What the service-done check concluded."""

    FAIT = "fait", "Service fait"
    PARTIEL = "partiel", "Service fait en partie"
    PIECES = "pieces", "Pièces demandées"
    REFUS = "refus", "Refusé"


class DueState(TextChoices):
    """Of an amount that the OPCO owes: to be gathered in a batch, on its way, debited; or taken back by a credit note
    before it left."""

    A_PAYER = "a_payer", "À payer"
    EN_COURS = "en_cours", "Virement en cours"
    PAYEE = "payee", "Payée"
    ANNULEE = "annulee", "Annulée par un avoir"
