"""Codes of the room of notices."""

from django.db.models import TextChoices


class Pace(TextChoices):
    """How somebody gets a kind of notice by mail, beside the inbox."""

    AT_ONCE = "at_once", "Tout de suite"
    DAILY = "daily", "Une fois par jour, le matin"
    NONE = "none", "Pas d'e-mail"
