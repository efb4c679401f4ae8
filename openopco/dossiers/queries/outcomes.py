"""What came of requests, whatever became of them since: as the statistics count them (`tallying.was_granted`)."""

from collections.abc import Mapping

from django.db.models import Q

from openopco.dossiers.enums import State

DECIDED, GRANTED = "decidees", "accordees"
OUTCOMES: Mapping[str, Q] = {
    "": Q(),
    DECIDED: Q(decided_at__isnull=False),
    GRANTED: Q(state__in=[State.ACCORDEE, State.CADUQUE]) | Q(state=State.ANNULEE, decided_at__isnull=False),
}
