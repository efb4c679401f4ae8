"""A claim in its payee's words, for pages and files."""

from collections.abc import Iterable

from openopco.billing.enums import ClaimState, DueState
from openopco.billing.models import Claim

WORDS = {
    ClaimState.BROUILLON: ("En préparation", "off"),
    ClaimState.DEPOSEE: ("En contrôle", "info"),
    ClaimState.A_COMPLETER: ("À compléter", "wait"),
    ClaimState.VALIDEE: ("À régler", "info"),
    ClaimState.REFUSEE: ("Refusée", "bad"),
    ClaimState.RETIREE: ("Retirée", "off"),
}
PAID, SENT, CREDITED = ("Réglée", "ok"), ("Virement en cours", "info"), ("Annulée par un avoir", "off")


def word_of(claim: Claim, due: Iterable[str]) -> tuple[str, str]:
    """Its word and tone; of one whose service was found done, where its payment is: `due`, the states of what is due by it."""
    state = ClaimState(claim.state)
    if state is not ClaimState.VALIDEE:
        return WORDS[state]
    states = set(due)
    if states == {DueState.ANNULEE}:
        return CREDITED
    states.discard(DueState.ANNULEE)
    if states == {DueState.PAYEE}:
        return PAID
    return SENT if DueState.EN_COURS in states else WORDS[state]


def title_of(claim: Claim) -> str:
    """« Facture 2027-014 », « Facture de l'organisme », « Demande de remboursement »."""
    if claim.provider_id is None:
        return "Demande de remboursement"
    return f"Facture {claim.invoice.number}" if claim.invoice else "Facture de l'organisme"
