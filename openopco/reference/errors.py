"""What the room of nomenclatures refuses."""

from collections.abc import Sequence

from openopco.kernel.errors import Conflict, InvalidValue, OpenOpcoError


class BadFile(InvalidValue):
    """A file that is not an edition. `lines` are the first faults, each with the line it stands on; `more` counts the
    others. Nothing was kept."""

    def __init__(self, message: str, lines: Sequence[str] = (), more: int = 0) -> None:
        super().__init__(message)
        self.lines, self.more = tuple(lines), more


class MissingEditionSource(InvalidValue):
    message = "Dites d'où vient le fichier : une adresse, ou l'organisme et le nom de la publication."


class EditionFromTheFuture(InvalidValue):
    message = "La date de l'édition est celle de sa publication : aujourd'hui au plus tard."


class EditionWaits(Conflict):
    message = "Ce même fichier attend déjà. Ouvrez l'édition qui l'attend, ou écartez-la."


class SecondPersonNeeded(OpenOpcoError):
    message = "Vous avez déposé cette édition : un autre administrateur doit la valider."


class WrongMoment(Conflict):
    message = "Cette édition n'attend plus cette décision."


class AnotherIsNext(Conflict):
    message = "Une autre édition est déjà validée et attend son jour. Écartez-la d'abord."


class DayOutOfReach(InvalidValue):
    message = "Choisissez aujourd'hui ou un jour à venir, dans l'année."


class NothingToRestore(Conflict):
    message = "Il n'y a pas d'édition précédente à rétablir."
