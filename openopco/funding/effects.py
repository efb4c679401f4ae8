"""What moves with a request: an agreement that ends gives back what it had engaged, one given back engages again. A
request that nothing is left for waits."""

from django.utils import timezone

from openopco.dossiers import effects
from openopco.dossiers.models import Dossier
from openopco.dossiers.workflow import Event
from openopco.funding.actions.engaging import engage_again, release
from openopco.funding.actions.waiting import leave, settle


def _lapsed(dossier: Dossier) -> None:
    release(dossier, "caducite")


def _cancelled(dossier: Dossier) -> None:
    release(dossier, "annulation")


def _given_back(dossier: Dossier) -> None:
    engage_again(dossier)


def _asks(dossier: Dossier) -> None:
    settle(dossier, timezone.now())


def _closed(dossier: Dossier) -> None:
    leave(dossier, timezone.now())


def register() -> None:
    for event in (Event.TRANSMETTRE, Event.REPONDRE, Event.MODIFIER):
        effects.on(event)(_asks)
    for event in (Event.ACCORDER, Event.REFUSER, Event.CLASSER, Event.ANNULER):
        effects.on(event)(_closed)
    effects.on(Event.RENDRE_CADUQUE)(_lapsed)
    effects.on(Event.CONSTATER_ANNULATION)(_cancelled)
    effects.on(Event.LEVER_CADUCITE)(_given_back)
