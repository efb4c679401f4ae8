"""What a request that is being paid can no longer become, and what becomes of drafts when it moves."""

from django.db.models import Q

from openopco.billing.enums import OPEN_CLAIMS, ClaimState
from openopco.billing.models import Claim
from openopco.billing.queries import standing
from openopco.dossiers import effects
from openopco.dossiers.errors import NotPossibleNow
from openopco.dossiers.models import Dossier
from openopco.dossiers.workflow import Event
from openopco.funding.enums import Payee

WAITING = "Un règlement attend son contrôle sur ce dossier : il faut d'abord qu'il soit conclu, ou retiré."
PAID = (
    "Ce dossier est déjà réglé, en tout ou partie : une dernière demande de règlement le termine, ou un avoir reprend ce "
    "qui a été réglé à tort."
)


def _refuse_while_claimed(dossier: Dossier) -> None:
    if _waits(dossier):
        raise NotPossibleNow(WAITING)
    if standing().filter(dossier=dossier).exists():
        raise NotPossibleNow(PAID)
    _drop(dossier, Q())


def _follow_a_modification(dossier: Dossier) -> None:
    """What is claimed was of the agreement as it stood: it is concluded first. A draft of a former provider serves no more."""
    if _waits(dossier):
        raise NotPossibleNow(WAITING)
    _drop(dossier, Q(payee=Payee.ORGANISME) & ~Q(provider_id=dossier.provider_id))


def _waits(dossier: Dossier) -> bool:
    return Claim.objects.filter(dossier=dossier, state__in=OPEN_CLAIMS).exists()


def _drop(dossier: Dossier, which: Q) -> None:
    Claim.objects.filter(which, dossier=dossier, state=ClaimState.BROUILLON).update(state=ClaimState.RETIREE)


def register() -> None:
    effects.on(Event.RENDRE_CADUQUE)(_refuse_while_claimed)
    effects.on(Event.CONSTATER_ANNULATION)(_refuse_while_claimed)
    effects.on(Event.MODIFIER)(_follow_a_modification)
