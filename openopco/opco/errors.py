"""What the room refuses, each in words for the person who acted."""

from openopco.kernel.errors import Conflict, InvalidValue, OpenOpcoError


class UnknownParameter(InvalidValue):
    message = "Ce paramètre n'existe pas."


class WrongParameterValue(InvalidValue):
    message = "Cette valeur ne convient pas à ce paramètre."


class ParameterAlreadySet(Conflict):
    message = "Ce paramètre a déjà une valeur qui commence ce jour-là. Choisissez un autre jour."


class EmptyFeedback(InvalidValue):
    message = "Écrivez votre avis ou choisissez une note."


class WrongRating(InvalidValue):
    message = "La note va de 1 à 5."


class FeedbackTooLong(InvalidValue):
    message = "Votre avis est trop long : 4 000 caractères au plus."


class TooMuchFeedback(OpenOpcoError):
    message = "Vous avez déjà donné plusieurs avis. Merci ! Vous pourrez en donner un autre dans une heure."
