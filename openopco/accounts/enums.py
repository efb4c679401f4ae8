"""Stable codes of the room."""

from django.db import models


class AccountKind(models.TextChoices):
    """On which side of the counter somebody sits. What one may do there is the affair of `habilitations`."""

    EXTERNE = "externe", "Entreprise ou partenaire"
    OPCO = "opco", "OPCO"


# What a session remembers of its holder: moments, in seconds since 1970, and whether a second factor is set up.
SIGNED_IN_AT, SEEN_AT, ENROLLED_AT = "signed_in_at", "seen_at", "enrolled_at"
SECOND_FACTOR = "second_factor"
