"""What a request that is being paid can no longer become."""

from openopco.billing.enums import STANDING_CLAIMS, ClaimState
from openopco.billing.models import Claim
from openopco.dossiers import effects
from openopco.dossiers.errors import NotPossibleNow
from openopco.dossiers.models import Dossier
from openopco.dossiers.workflow import Event


def _refuse_while_claimed(dossier: Dossier) -> None:
    claims = Claim.objects.filter(dossier=dossier)
    if claims.filter(state__in=STANDING_CLAIMS).exists():
        raise NotPossibleNow("Un règlement a été demandé sur ce dossier : il faut d'abord qu'il soit retiré ou refusé.")
    # What nobody sent serves no more.
    claims.filter(state=ClaimState.BROUILLON).update(state=ClaimState.RETIREE)


def register() -> None:
    effects.on(Event.RENDRE_CADUQUE)(_refuse_while_claimed)
    effects.on(Event.CONSTATER_ANNULATION)(_refuse_while_claimed)
