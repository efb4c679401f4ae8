"""« Le règlement » on the page of a request: what was asked, what may be asked now, by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openopco import opco
from openopco.billing.enums import OPEN_CLAIMS, ClaimState
from openopco.billing.models import Claim
from openopco.billing.queries import claims_of, due_of
from openopco.billing.wording import CREDITED, PAID, title_of, word_of
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Payee

SETTLED = frozenset({State.ACCORDEE, State.CADUQUE})


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim as the card lists it."""

    claim: Claim
    title: str
    word: str
    tone: str
    is_draft: bool


@dataclass(frozen=True, slots=True)
class Card:
    """`payees` are those whom the agreement pays; `is_early`: the course is not over; `may_start`: this reader can begin."""

    asked: tuple[Asked, ...]
    payees: frozenset[Payee]
    is_early: bool
    may_start: bool
    is_provider: bool

    @property
    def turn(self) -> tuple[str, str, bool] | None:
        """Who acts next on the payment, what happens, whether it is the employer; None where nothing was sent yet."""
        sent = [each for each in self.asked if not each.is_draft]
        if not sent:
            return None
        last, name = sent[0], opco.identity().name
        match ClaimState(last.claim.state):
            case ClaimState.DEPOSEE:
                return name, f"{last.title} : le service fait est en contrôle.", False
            case ClaimState.A_COMPLETER if last.claim.payee == Payee.EMPLOYEUR:
                return "Vous", f"{last.title} : des pièces vous sont demandées.", True
            case ClaimState.A_COMPLETER:
                return "L'organisme", f"{last.title} : des pièces lui sont demandées.", False
            case ClaimState.REFUSEE:
                is_mine = last.claim.payee == Payee.EMPLOYEUR
                return "Vous" if is_mine else "L'organisme", f"{last.title} : refusée, lisez pourquoi.", is_mine
        if not last.claim.is_final:
            return "Vous", "Une partie est réglée ou va l'être. La suite se demande quand la formation avance.", False
        paid = (last.word, last.tone) == PAID
        return ("Personne", f"{last.title} : réglée.", False) if paid else (name, f"{last.title} : à régler.", False)

    @property
    def pays_employer(self) -> bool:
        return Payee.EMPLOYEUR in self.payees

    @property
    def pays_provider(self) -> bool:
        return Payee.ORGANISME in self.payees


def settlement_card(
    dossier: Dossier, funding: Mapping[str, Any], *, side: Payee | None, can_write: bool, today: date
) -> Card | None:
    """`funding` is what the decision engaged. `side`: whose page it is; None, the OPCO's. One query once the course has
    begun."""
    payees = frozenset(Payee(line["beneficiaire"]) for line in funding.get("lignes", []) if "beneficiaire" in line)
    if dossier.state not in SETTLED or not payees or (side is Payee.ORGANISME and side not in payees):
        return None
    begun = dossier.starts_on is not None and dossier.starts_on <= today
    claims = [claim for claim in claims_of(dossier) if _is_shown(claim, side)] if begun else []
    asked = tuple(map(_asked, claims))
    mine = [claim for claim in claims if claim.payee == side]
    credited = {each.claim.pk for each in asked if (each.word, each.tone) == CREDITED}
    waits = any(claim.state in (ClaimState.BROUILLON, *OPEN_CLAIMS) for claim in mine)
    ended = dossier.ends_on is not None and dossier.ends_on <= today
    is_done = any(claim.state == ClaimState.VALIDEE and claim.is_final and claim.pk not in credited for claim in mine)
    open_now = dossier.state == State.ACCORDEE and begun and not waits and not is_done
    return Card(
        asked=asked,
        payees=payees,
        is_early=not ended,
        may_start=can_write and side in payees and open_now,
        is_provider=side is Payee.ORGANISME,
    )


def _is_shown(claim: Claim, side: Payee | None) -> bool:
    if claim.state == ClaimState.BROUILLON:
        return claim.payee == side
    return side is not Payee.ORGANISME or claim.payee == side


def _asked(claim: Claim) -> Asked:
    word, tone = word_of(claim, due_of(claim))
    return Asked(claim, title_of(claim), word, tone, claim.state == ClaimState.BROUILLON)
