"""What the room refuses, each in words for the person who acted."""

from openopco.kernel.errors import Conflict, InvalidValue, OpenOpcoError


class UnknownParameter(InvalidValue):
    message = "Ce paramètre n'existe pas."


class WrongParameterValue(InvalidValue):
    message = "Cette valeur ne convient pas à ce paramètre."


class ParameterAlreadySet(Conflict):
    message = "Ce paramètre a déjà une valeur qui commence ce jour-là. Choisissez un autre jour."


class MissingSource(InvalidValue):
    message = "Indiquez la décision qui fonde cette valeur."


class PastDay(InvalidValue):
    message = "Ce jour est passé. Choisissez un jour à venir, ou dites pourquoi la valeur vaut pour des jours passés."


class DayOutOfReach(InvalidValue):
    message = "Choisissez un jour entre le 01/04/2019 et dans dix ans."


class AlreadyInForce(Conflict):
    message = "Cette valeur a pris effet : elle ne se retire plus. Ajoutez une nouvelle valeur."


class UnknownList(InvalidValue):
    message = "Cette liste n'existe pas."


class WrongCode(InvalidValue):
    """What a code is made of depends on its list."""


class CodeTaken(Conflict):
    message = "Ce code existe déjà dans la liste : un code ne change jamais de sens. Choisissez-en un autre."


class WrongEntry(InvalidValue):
    """The words or the place of an entry; `message` says which."""


class TooEarly(InvalidValue):
    """An entry changes from a day on, never for days already lived."""


class LastEntry(InvalidValue):
    message = "C'est la dernière entrée proposée : la fermer rendrait le formulaire impossible à remplir."


class EmptyFeedback(InvalidValue):
    message = "Écrivez votre avis ou choisissez une note."


class WrongRating(InvalidValue):
    message = "La note va de 1 à 5."


class FeedbackTooLong(InvalidValue):
    message = "Votre avis est trop long : 4 000 caractères au plus."


class TooMuchFeedback(OpenOpcoError):
    message = "Vous avez déjà donné plusieurs avis. Merci ! Vous pourrez en donner un autre dans une heure."


class BadTemplate(InvalidValue):
    """What is wrong with each field of a template (`subject`, `body`), in sentences for who wrote it."""

    message = "Ce modèle ne peut pas être enregistré : corrigez ce qui est indiqué."

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__()
        self.errors = errors


class UnknownTemplate(InvalidValue):
    message = "Ce modèle n'existe pas."


class TemplateChangedMeanwhile(Conflict):
    message = (
        "Quelqu'un a enregistré une autre version de ce modèle entre-temps. Relisez-la avant d'enregistrer la vôtre."
    )
