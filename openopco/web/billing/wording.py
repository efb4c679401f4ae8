"""What a payee does next with a claim."""

from openopco.billing.enums import ClaimState
from openopco.billing.models import Claim

# By the word of its payment.
AFTER_CHECK = {
    "À régler": "Le virement part avec un prochain lot, vers un IBAN vérifié.",
    "Virement en cours": "Le virement est préparé ou parti à la banque.",
    "Réglée": "Le virement est fait : sa référence, ci-dessous, est celle de votre relevé.",
    "Annulée par un avoir": "Rien n'est plus dû de cette facture.",
}


def next_of(claim: Claim, opco: str, word: str, *, is_payee: bool) -> str:
    """What happens now, and who has to act."""
    match ClaimState(claim.state):
        case ClaimState.DEPOSEE:
            return f"{opco} contrôle que la formation a eu lieu, d'après les certificats et la facture."
        case ClaimState.A_COMPLETER if is_payee:
            return "À vous de jouer : joignez ce qui est demandé, puis répondez."
        case ClaimState.A_COMPLETER:
            return "L'organisme doit compléter sa facture."
        case ClaimState.REFUSEE if is_payee:
            return "Lisez le motif. Vous pouvez corriger et demander à nouveau."
        case ClaimState.VALIDEE:
            return AFTER_CHECK.get(word, "")
    return ""
