"""What moves with a request: an agreement that ends gives back what it had engaged, one given back engages again."""

from openopco.dossiers import effects
from openopco.dossiers.models import Dossier
from openopco.dossiers.workflow import Event
from openopco.funding.actions.engaging import engage_again, release


def _lapsed(dossier: Dossier) -> None:
    release(dossier, "caducite")


def _cancelled(dossier: Dossier) -> None:
    release(dossier, "annulation")


def _given_back(dossier: Dossier) -> None:
    engage_again(dossier)


def register() -> None:
    effects.on(Event.RENDRE_CADUQUE)(_lapsed)
    effects.on(Event.CONSTATER_ANNULATION)(_cancelled)
    effects.on(Event.LEVER_CADUCITE)(_given_back)
