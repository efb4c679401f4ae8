"""What a password may not be, beyond Django's own checks. No rule of composition: length and guessability only."""

import re
from functools import cache
from itertools import pairwise

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from openopco.accounts.models import User
from openopco.kernel.text import fold

MIN_LENGTH = 12
MAX_LENGTH = 128
FEWEST_DISTINCT = 5
SHORTEST_STEM = 6
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
    """Whether a password is a short thing repeated, a run of the alphabet or of digits, or a well-known word dressed with
    digits and signs. The usual lists alone would not do: nearly all that they hold is shorter than 12 characters."""
    typed = password.casefold()
    stem = re.sub(r"[^a-z]", "", fold(password))
    return (
        len(set(typed)) < FEWEST_DISTINCT
        or len(_repeated_unit(password)) < MIN_LENGTH
        or _is_a_run(typed)
        or stem in OBVIOUS_STEMS
        or (len(stem) >= SHORTEST_STEM and stem in _common_passwords())
    )


def _repeated_unit(text: str) -> str:
    """« abc » for « abcabcab »; the text itself where nothing repeats."""
    period = next(size for size in range(1, len(text) + 1) if text.startswith(text[size:]))
    return text[:period] if period <= len(text) // 2 else text.ljust(MIN_LENGTH)


def _is_a_run(text: str) -> bool:
    steps = [abs(ord(after) - ord(before)) <= 1 for before, after in pairwise(text)]
    return sum(steps) >= len(steps) * 0.75


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
