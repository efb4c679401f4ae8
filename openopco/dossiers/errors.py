"""What the room refuses, by name. Messages are for the person who acted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from openopco.kernel.errors import Conflict, InvalidValue, OpenOpcoError, TooMany


class UnknownDossier(OpenOpcoError):
    """No such request, or a stranger's: doors answer 404."""

    message = "Cette demande n'existe pas, ou vous n'y avez pas accès."


class TooManyReads(TooMany):
    """An officer opens more requests than anybody examines: he is slowed, and the administrators are told."""

    message = "Vous avez ouvert beaucoup de dossiers en peu de temps. Réessayez dans dix minutes."


class NotPossibleNow(OpenOpcoError):
    """The state of the request does not allow this event."""

    message = "La demande a changé d'état entre-temps : cette action n'est plus possible."


class ChangedMeanwhile(Conflict):
    """Somebody decided, took or changed the request since the actor opened its page."""

    message = "Ce dossier a changé depuis que vous l'avez ouvert. Voici où il en est maintenant."


class HeldByAnother(Conflict):
    """Another officer holds the request. Its name is in the message."""


class TooManyFollowed(InvalidValue):
    """A list that long is no longer one that anybody watches."""

    message = "Vous suivez déjà 200 dossiers : cessez d'en suivre un avant d'en ajouter."


class BadListName(InvalidValue):
    """No name, too long a one, or one that another list of the person has."""


class NothingNarrowed(OpenOpcoError):
    """The plain list needs no name: it is what opens anyway."""

    message = "C'est la liste qui s'ouvre d'elle-même : choisissez d'abord un onglet ou un filtre, puis enregistrez-la."


class TooManyLists(OpenOpcoError):
    message = "Vous avez déjà vingt listes : supprimez-en une dans « Mes listes » avant d'en ajouter."


class UnknownList(OpenOpcoError):
    """No such list, or somebody else's. Doors answer 404."""

    message = "Cette liste n'existe pas."


class UnknownBranch(InvalidValue):
    message = "Cette convention collective n'existe pas."


class AlreadyClosed(InvalidValue):
    message = "Les fonds de cette branche sont déjà déclarés épuisés : rouvrez-les d'abord."


class NotEditable(OpenOpcoError):
    """The field can't be changed now: the request was sent, and nothing was asked about it."""

    message = "Ce champ ne peut plus être modifié : la demande est envoyée."


class UnknownField(OpenOpcoError):
    message = "Ce champ n'existe pas dans cette demande."


class PieceOfWhatWasSent(NotEditable):
    """What was sent stays: a correction adds a piece, it takes none off."""

    message = "Cette pièce fait partie de la demande envoyée : ajoutez la nouvelle à côté."


class TooManyRows(InvalidValue):
    message = "Cette demande compte déjà trop de lignes : répartissez-les sur plusieurs demandes."


class TooLong(InvalidValue):
    message = "Ce texte est trop long."


class NotDecidable(OpenOpcoError):
    """Something that only blocks the decision is still open: the message lists it."""


class MissingReason(InvalidValue):
    message = "Écrivez le motif : l'employeur le lira."


class BadAmount(InvalidValue):
    message = "Le montant accordé doit être compris entre 0 € et le coût demandé, au centime près."


class NothingGranted(BadAmount):
    message = "Pour ne rien accorder, refusez la demande."


class Unanswered(OpenOpcoError):
    """Points of a correction that still wait for an answer. `targets` are their « row:name » keys."""

    message = (
        "Il reste des points sans réponse. Corrigez-les, joignez les pièces demandées, ou écrivez un message si une "
        "information était déjà la bonne."
    )

    def __init__(self, targets: list[str]) -> None:
        super().__init__()
        self.targets = targets


@dataclass
class FieldConflict:
    """Both values of a field that two windows changed. Times are UTC."""

    row: str
    name: str
    typed: str
    current: str
    revision: int
    saved_by: str
    saved_at: datetime


class StaleField(Conflict):
    """A save made on an old revision."""

    message = "Ce champ a été modifié dans une autre fenêtre."

    def __init__(self, conflict: FieldConflict) -> None:
        super().__init__()
        self.conflict = conflict


class AlreadyAnswered(NotPossibleNow):
    """A colleague decided of the modification, or the employer took it back, while the actor read it."""

    message = "Cette modification a déjà reçu sa réponse, ou a été retirée."


class ModificationOpen(Conflict):
    """One at a time: another modification of the request waits for its answer."""

    message = "Une modification de cette demande attend déjà une réponse : attendez-la, ou retirez-la d'abord."


class TooManyPieces(OpenOpcoError):
    """A modification carries a few pieces, no more."""

    def __init__(self, most: int) -> None:
        super().__init__(f"Une modification porte {most} pièces au plus : retirez-en une, ou réunissez-les.")


class NotModifiable(OpenOpcoError):
    """The request, or its agreement, is past being modified: the message says why and what remains possible."""


class BadReception(InvalidValue):
    """How a request was received can't be read, or lacks something. `problems`: a sentence by field."""

    message = "Certaines informations sont à corriger."

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__()


class BadModification(InvalidValue):
    """What a modification holds can't be sent. `problems`: a sentence by control, « row-name » or name."""

    message = "Cette modification ne peut pas être envoyée telle quelle."

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(next(iter(problems.values()), self.message))
        self.problems = problems
