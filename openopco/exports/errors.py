"""What the room refuses. Messages are for the person who asked."""

from openopco.kernel.errors import InvalidValue, OpenOpcoError


class UnknownList(OpenOpcoError):
    message = "Cette liste n'existe pas."


class TooManyRows(InvalidValue):
    """More than an export may count: the message says how many that is."""
