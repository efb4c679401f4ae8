"""What the room refuses, in words fit for the person who asked."""

from openopco.kernel.errors import Conflict, InvalidValue, OpenOpcoError, TooMany


class NotPossibleNow(Conflict):
    """The membership has moved on since the person last saw it."""

    message = "Ce rattachement a changé d'état entre-temps : relisez-le."


class ProofNeeded(InvalidValue):
    message = "Aucun justificatif n'est joint : demandez-le, ou écrivez comment vous avez vérifié."


class ProofChanged(Conflict):
    message = "Un autre justificatif a été joint entre-temps : ouvrez-le avant d'accepter."


class ReasonNeeded(InvalidValue):
    message = "Écrivez le motif du refus : la personne le lira."


class TooManyPending(OpenOpcoError):
    message = "Vous avez déjà beaucoup de rattachements à valider. Attendez la réponse, ou appelez-nous."


class UnknownMembership(OpenOpcoError):
    """Not there, or not for this person to see. Doors answer 404."""

    message = "Ce rattachement n'existe pas."


class BadAbsence(InvalidValue):
    """Days or people that do not go together: the message says which, `about` by which of the action's arguments."""

    def __init__(self, message: str, about: str = "starts_on") -> None:
        self.about = about
        super().__init__(message)


class LastAdministrator(OpenOpcoError):
    """Somebody must always be able to say who acts for an establishment."""

    message = (
        "C'est le seul administrateur de l'établissement, où d'autres personnes agissent : "
        "nommez d'abord un autre administrateur."
    )


class UnknownInvitation(OpenOpcoError):
    """Not there, or sent to another address. Doors answer 404."""

    message = "Cette invitation n'existe pas."


class InvitationOver(OpenOpcoError):
    """Used, taken back or expired, or who sent it may not invite any more."""

    message = "Cette invitation n'est plus valable. Demandez à l'établissement de vous en envoyer une autre."


class AlreadyThere(InvalidValue):
    message = "Cette personne agit déjà pour l'établissement."


class AlreadyInvited(InvalidValue):
    message = "Une invitation attend déjà à cette adresse : vous pouvez la renvoyer."


class AlreadyAsked(InvalidValue):
    message = "Cette personne a déjà demandé à agir pour l'établissement : acceptez sa demande."


class TooManyInvitations(TooMany):
    message = "Beaucoup d'invitations sont parties aujourd'hui. Réessayez demain."


class JustSent(TooMany):
    message = (
        "Cette invitation vient de partir, ou elle est déjà partie plusieurs fois : laissez-lui le temps d'arriver."
    )


class FourEyes(OpenOpcoError):
    """A role at the OPCO takes two administrators, and neither of them may be its holder."""

    message = "Un autre administrateur doit confirmer ce rôle : personne ne le donne seul, ni à soi-même."


class AccountantsAlone(InvalidValue):
    """Who orders payments neither decides, nor checks, nor says who does."""

    message = (
        "Un comptable n'a aucun autre rôle : celui qui paie ne décide pas des demandes, ne contrôle pas le service fait "
        "et ne gère pas les droits."
    )


class LastAdministrators(OpenOpcoError):
    """Roles are confirmed by two: with one administrator left, nobody could be appointed any more."""

    message = "Il doit rester au moins deux administrateurs. Nommez-en un autre d'abord."
