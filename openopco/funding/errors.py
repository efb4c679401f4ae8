"""What the room refuses, by name."""

from collections.abc import Mapping

from openopco.dossiers.errors import NotDecidable
from openopco.kernel.errors import Conflict, InvalidValue, OpenOpcoError


class NotEngageable(NotDecidable):
    """The rules, the envelopes or the account don't bear what is to be granted. The message says how much they do."""


class AlreadyClaimed(NotDecidable):
    """A line would fall below what was already asked to be paid on it."""


class BeyondEngaged(Conflict):
    """More would be claimed of a line than is engaged on it, or less than was ordered."""

    message = "L'engagement a changé entre-temps : rechargez la page avant de recommencer."


class BadRule(InvalidValue):
    """A rule that can't stand: `errors` has a sentence by field."""

    message = "Cette règle est à corriger."

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("Cette règle est à corriger.")
        self.errors = dict(errors)


class UnknownRule(OpenOpcoError):
    message = "Cette règle n'existe pas."


class UnknownEnvelope(OpenOpcoError):
    message = "Cette enveloppe n'existe pas."


class BelowEngaged(InvalidValue):
    """An envelope or an account can't hold less than what is engaged on it. The message says what is."""
