"""What came of requests, whatever became of them since, and what was asked anew of them: as the statistics count them
(`tallying`)."""

from collections.abc import Mapping

from django.db.models import Q

from openopco.dossiers.enums import CorrectionState, State
from openopco.dossiers.models import CorrectionItem

DECIDED, GRANTED, JUDGED = "decidees", "accordees", "tranchees"
_GRANTED = Q(state__in=[State.ACCORDEE, State.CADUQUE]) | Q(state=State.ANNULEE, decided_at__isnull=False)
OUTCOMES: Mapping[str, Q] = {
    "": Q(),
    DECIDED: Q(decided_at__isnull=False),
    GRANTED: _GRANTED,
    JUDGED: _GRANTED | Q(state=State.REFUSEE),
}


def point_code(kind: str, name: str, reason_code: str) -> str:
    """« piece:programme:illisible »: a point asked anew and its cause, as the address of a list names them; no cause for
    words of the officer's own."""
    return f"{kind}:{name}:{reason_code}"


def point_asked(code: str) -> Q:
    """The requests of which that was asked, unless it was withdrawn; none where the code names no point."""
    kind, _, rest = code.partition(":")
    name, _, reason = rest.partition(":")
    asked = CorrectionItem.objects.filter(kind=kind, name=name, reason_code=reason)
    return Q(pk__in=asked.exclude(request__state=CorrectionState.RETIREE).values("request__dossier"))
