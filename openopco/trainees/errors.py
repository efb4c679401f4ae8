"""What the vault and the directory refuse."""

from openopco.kernel.errors import InvalidValue, OpenOpcoError, TooMany


class ReasonNeeded(InvalidValue):
    """A NIR is shown to an officer only for a reason that he writes."""

    message = "Écrivez pourquoi vous avez besoin de voir ce NIR : la raison est gardée."


class TooManyReveals(TooMany):
    """One account opens more NIR than any officer needs: it is slowed, and the administrators are told."""

    message = "Vous avez affiché beaucoup de NIR en peu de temps. Réessayez dans dix minutes."


class UnknownTrainee(OpenOpcoError):
    """Not in the directory, or not for this person to see. Doors answer 404."""

    message = "Ce stagiaire n'est pas dans votre répertoire."
