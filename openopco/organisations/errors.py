"""What can go wrong when an organisation is looked up or kept, in words fit for the person who typed the SIRET."""

from collections.abc import Mapping

from openopco.kernel.errors import Conflict, InvalidValue, OpenOpcoError


class NotFound(OpenOpcoError):
    """The registry answers, and does not know that SIRET."""

    message = "Ce SIRET est inconnu du répertoire officiel. Vérifiez-le, ou saisissez les informations vous-même."


class ClosedEstablishment(OpenOpcoError):
    """The registry says that the establishment has closed: nothing can be asked for it any more."""

    message = "Cet établissement est fermé d'après le répertoire officiel. Indiquez le SIRET de celui qui est ouvert."


class AlreadyKnown(Conflict):
    """Somebody keyed by hand an organisation that is already kept."""

    message = "Ce SIRET est déjà enregistré : recherchez-le au lieu de le créer."


class TooMany(OpenOpcoError):
    """One person keyed more organisations in a day than any request needs."""

    message = "Vous avez enregistré beaucoup d'organismes aujourd'hui. Réessayez demain, ou appelez-nous."


class InvalidFields(InvalidValue):
    """Several typed values, each with what is wrong with it: `errors` maps the field's name to a French sentence."""

    message = "Certaines informations sont à corriger."

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(next(iter(self.errors.values()), None))


class UnknownAccount(OpenOpcoError):
    """No such account, or not one that the actor may see."""

    message = "Ce compte bancaire n'existe pas."


class AccountDecided(Conflict):
    """Somebody decided, or another account came, since the actor last saw it."""

    message = "Ce compte n'attend plus d'être vérifié : quelqu'un s'en est occupé entre-temps."


class ProofNeeded(InvalidValue):
    message = "Joignez le RIB : sans lui, nous ne pouvons pas vérifier le compte."


class WordsNeeded(InvalidValue):
    message = "Écrivez comment vous avez vérifié, ou pourquoi vous refusez : au moins dix caractères."
