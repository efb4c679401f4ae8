"""What a password may not be, beyond Django's own checks. No rule of composition: length and guessability only."""

import re

from django.core.exceptions import ValidationError

from openopco.accounts.models import User
from openopco.kernel.text import fold

MAX_LENGTH = 128
FEWEST_DISTINCT = 5
# What people type when a French portal asks for « un mot de passe » ; compared without accents, digits or signs.
OBVIOUS_STEMS = frozenset(
    {
        "motdepasse",
        "monmotdepasse",
        "azertyuiop",
        "azerty",
        "qwertyuiop",
        "qsdfghjklm",
        "wxcvbn",
        "bonjour",
        "soleil",
        "formation",
        "opco",
        "opcomobilites",
        "mgestion",
        "openopco",
        "gestionnaire",
        "employeur",
        "administrateur",
    }
)


class ObviousPasswordValidator:
    """Refuses what a guesser tries first here: the words of the trade and of the keyboard, few characters repeated."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises `ValidationError` with a French sentence."""
        if len(password) > MAX_LENGTH:
            raise ValidationError(f"Ce mot de passe est trop long : {MAX_LENGTH} caractères au plus.", code="too_long")
        if is_obvious(password):
            raise ValidationError("Ce mot de passe est trop facile à deviner : choisissez-en un autre.", code="obvious")

    def get_help_text(self) -> str:
        return "Évitez les mots qui se devinent et les caractères répétés."


def is_obvious(password: str) -> bool:
    """Whether a password is few characters repeated, or an obvious stem dressed with digits and signs."""
    stem = re.sub(r"[^a-z]", "", fold(password))
    return len(set(password.casefold())) < FEWEST_DISTINCT or stem in OBVIOUS_STEMS
