"""What is refused of a bank's file, and of our own. Each in a sentence for whoever handed the file over."""

from openopco.kernel.errors import OpenOpcoError


class WrongTotals(OpenOpcoError):
    """The transfers written aren't those that the totals told."""

    message = "Les virements ne correspondent pas au total annoncé : le fichier n'a pas été produit."


class InvalidFile(OpenOpcoError):
    """A file of ours that is not what its schema says. `reason` is the parser's, for the log."""

    message = "Le fichier de virements n'est pas conforme au format pain.001.001.09 : il n'a pas été produit."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class RefusedBankFile(OpenOpcoError):
    """A file that came as the bank's and of which nothing is taken."""

    message = "Ce fichier de la banque est illisible : rien n'a été enregistré."


class Malformed(RefusedBankFile):
    """Not XML, or cut short, or not in the order or with the elements that its format says."""

    message = "Ce fichier est incomplet ou abîmé : demandez à la banque de vous le renvoyer. Rien n'a été enregistré."


class TooLarge(RefusedBankFile):
    message = "Ce fichier est trop gros pour être un relevé de la banque. Rien n'a été enregistré."


class Hostile(RefusedBankFile):
    """A DOCTYPE, hence perhaps entities, or elements piled up: no bank writes so."""

    message = (
        "Ce fichier contient des instructions qu'aucune banque n'écrit (DOCTYPE, éléments empilés) : il a été refusé. "
        "Vérifiez d'où il vient."
    )


class UnknownMessage(RefusedBankFile):
    """Well-formed, but not a message that we read."""

    def __init__(self, namespace: str) -> None:
        name = namespace.rpartition(":")[2][:35] or "sans nom"
        super().__init__(
            f"Ce fichier est d'un format que l'application ne lit pas ({name}) : "
            "donnez un pain.002 (compte rendu) ou un camt.054 (avis d'opérations)."
        )


class WrongCurrency(RefusedBankFile):
    message = "Ce fichier contient un montant qui n'est pas en euros. Rien n'a été enregistré."


class WrongSums(RefusedBankFile):
    message = "Les totaux du fichier ne correspondent pas à ses lignes. Rien n'a été enregistré."
