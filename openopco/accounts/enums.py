"""Stable codes of the room."""

from django.db import models


class AccountKind(models.TextChoices):
    """On which side of the counter somebody sits. What one may do there is the affair of `habilitations`."""

    EXTERNE = "externe", "Entreprise ou partenaire"
    OPCO = "opco", "OPCO"
