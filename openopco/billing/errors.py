"""What the room refuses, by name. Messages are for the person, in French."""

from collections.abc import Iterable, Mapping

from openopco.billing.einvoice.findings import Finding
from openopco.billing.matching import Difference
from openopco.kernel.errors import Conflict, InvalidValue, OpenOpcoError


class UnknownClaim(OpenOpcoError):
    message = "Cette facture ou demande de remboursement n'existe pas."


class NotClaimable(OpenOpcoError):
    """Nothing can be asked of this agreement now. The message says why."""


class ClaimMoved(Conflict):
    """It was sent, withdrawn or checked meanwhile."""

    message = "Cette demande a changé entre-temps : rechargez la page."


class StaleDraft(Conflict):
    """Somebody else saved this draft since the page was shown."""

    message = "Quelqu'un a enregistré cette page entre-temps : relisez ce qui suit avant de recommencer."


class NotWhole(InvalidValue):
    """What keeps a claim from being sent: sentences by field."""

    message = "Il manque encore quelque chose."

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("Il manque encore quelque chose.")
        self.errors = dict(errors)


class RefusedInvoice(InvalidValue):
    """A deposited invoice that can't be taken: every reason, for whoever made it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(self.findings[0].sentence if self.findings else "Cette facture ne peut pas être prise.")


class Differs(InvalidValue):
    """An invoice that does not match its agreement, where that must be mended first."""

    message = "La facture ne correspond pas à l'accord."

    def __init__(self, differences: Iterable[Difference]) -> None:
        self.differences = tuple(differences)
        super().__init__(self.differences[0].todo if self.differences else "La facture ne correspond pas à l'accord.")


class AlreadyInvoiced(InvalidValue):
    """The same number, or the same content, was deposited before. The message says where."""


class NoMandate(OpenOpcoError):
    message = "Le mandat de facturation n'est pas accepté : un administrateur de l'organisme peut le faire."


class NotCreditable(InvalidValue):
    """A credit that what is due can't bear: beyond what is left of it, or while a transfer is on its way. The message says."""


class InvalidField(InvalidValue):
    """What is wrong of one `field` of a form."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)
