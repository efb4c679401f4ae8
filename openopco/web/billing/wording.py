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


CAME_BACK = (
    "La banque n'a pas pu faire le virement. La somme reste due : vérifiez l'IBAN donné, un autre virement suivra."
)


def next_of(claim: Claim, opco: str, word: str, *, is_payee: bool, came_back: bool = False) -> str:
    """What happens now, and who has to act. `came_back`: its last transfer was refused or returned."""
    match ClaimState(claim.state):
        case ClaimState.DEPOSEE:
            return f"{opco} contrôle que la formation a eu lieu, d'après les certificats et la facture."
        case ClaimState.A_COMPLETER if is_payee:
            return "À vous de jouer : joignez ce qui est demandé, puis répondez."
        case ClaimState.A_COMPLETER:
            return "L'organisme doit compléter sa facture."
        case ClaimState.REFUSEE if is_payee:
            return "Lisez le motif. Vous pouvez corriger et demander à nouveau."
        case ClaimState.VALIDEE if came_back and word == "À régler" and is_payee:
            return CAME_BACK
        case ClaimState.VALIDEE:
            return AFTER_CHECK.get(word, "")
    return ""
