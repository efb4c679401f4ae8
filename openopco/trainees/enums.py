"""Closed codes of what is asked about a trainee. CSP, contract and level are lists of this OPCO: see `opco.lists`."""

from django.db.models import TextChoices


class Sex(TextChoices):
    F = "F", "Femme"
    M = "M", "Homme"


class NirAbsentReason(TextChoices):
    """Why a trainee has no NIR. NOT_ASKED is for installations that may not collect it; nobody chooses it."""

    NOT_YET_ASSIGNED = "NOT_YET_ASSIGNED", "Numéro non encore attribué"
    TEMPORARY_NUMBER = "TEMPORARY_NUMBER", "Numéro provisoire seulement"
    POSTED_WORKER = "POSTED_WORKER", "Salarié détaché, sans numéro français"
    NOT_COMMUNICATED = "NOT_COMMUNICATED", "Le salarié ne l'a pas encore communiqué"
    NOT_ASKED = "NOT_ASKED", "Numéro non demandé par cet OPCO"
