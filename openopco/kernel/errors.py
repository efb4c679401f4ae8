"""The root of every error a room names. A door words it for people; nothing here is ever shown raw."""


class OpenOpcoError(Exception):
    """An act that the rules of the house refuse. `message` is a French sentence fit for the person who acted."""

    message = "Cette action n'est pas possible."

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.message
        super().__init__(self.message)


class Forbidden(OpenOpcoError):
    """The actor lacks the right. Where the subject is a stranger's, doors answer 404 instead."""

    message = "Vous n'avez pas le droit de faire cela."


class InvalidValue(OpenOpcoError):
    """A value that someone typed and that can't be read. `message` says what to type instead."""

    message = "Cette valeur n'est pas valable."


class Conflict(OpenOpcoError):
    """Somebody else changed the thing since the actor last saw it."""

    message = "Quelqu'un a modifié ces informations entre-temps. Relisez-les avant de recommencer."


class TooMany(OpenOpcoError):
    """Done too often in a short time: one waits. Doors answer 429."""

    message = "Trop d'actions en peu de temps. Réessayez dans quelques minutes."


class Unavailable(OpenOpcoError):
    """Something outside the process did not answer in time, or answered nonsense."""

    message = "Ce service ne répond pas pour le moment."
