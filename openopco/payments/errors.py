"""What the room refuses. Messages are for accountants."""

from openopco.kernel.errors import Conflict, InvalidValue, OpenOpcoError


class NoDebtorAccount(OpenOpcoError):
    message = "Aucun compte à débiter n'est vérifié pour ce fonds : ajoutez-le dans « Comptes débiteurs »."


class NothingToPay(OpenOpcoError):
    message = "Rien ne peut être payé sur ce fonds à cette date."


class BatchMoved(Conflict):
    """Released or cancelled meanwhile."""

    message = "Ce lot n'est plus à l'état « préparé » : quelqu'un l'a émis ou annulé entre-temps."


class Received(Conflict):
    """The bank has spoken of a batch. The message says what to do."""


class NotReleasable(OpenOpcoError):
    """Something changed since it was prepared. The message says what to do."""


class FileMissing(OpenOpcoError):
    message = "Le fichier de ce lot n'est pas encore écrit : revenez dans un instant."


class FileChanged(OpenOpcoError):
    message = (
        "Le fichier gardé n'a plus l'empreinte de celui qui a été écrit : il ne se télécharge plus. Ne donnez aucune copie à la "
        "banque et prévenez l'exploitant."
    )


class AlreadyRead(OpenOpcoError):
    """The very same file was read before. The message says when."""


class InvalidFields(InvalidValue):
    """What is wrong, by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class UnknownReference(OpenOpcoError):
    message = "Cette référence est inconnue."
