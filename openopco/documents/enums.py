"""Codes of the documents room. Stable: they are in the database."""

from django.db import models


class State(models.TextChoices):
    """How far a document may be trusted. A file that the door refuses is never kept, so it has no state."""

    PENDING = "pending", "Contrôle antivirus en cours"
    SAFE = "safe", "Contrôlé"
    INFECTED = "infected", "Écarté : contenu dangereux"
    ERROR = "error", "Contrôle antivirus impossible"


class ContentType(models.TextChoices):
    """What a kept document can be. A photo in HEIC is kept as JPEG."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"
    # Of an electronic invoice, which the room of billing opens itself; no door takes another.
    XML = "application/xml", "XML"
