"""What the room refuses."""

from openopco.kernel.errors import Conflict, OpenOpcoError


class EmailTaken(Conflict):
    """Another account already has this e-mail. Only for callers who may know it (administrators, the console)."""

    message = "Un compte utilise déjà cette adresse e-mail."


class OneselfDisabled(OpenOpcoError):
    """Nobody locks himself out."""

    message = "Vous ne pouvez pas désactiver votre propre compte."


class OwnSecondFactor(OpenOpcoError):
    """Nobody does away with his own second factor."""

    message = "Demandez à un autre administrateur de réinitialiser votre double authentification."
