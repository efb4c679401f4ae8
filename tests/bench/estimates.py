"""What the rules give a request: the engine alone, then the whole estimate of a draft beside the reading of that draft alone,
which every page of it does anyway. In turns, so that a busy moment of the machine falls on both."""

import time
from datetime import date
from typing import Any

TURN = 50


def measure(count: int) -> dict[str, Any]:
    """Seconds for `count` proposals of the pure engine, and for a tenth as many estimates."""
    whole = count // 10
    read, estimated = _drafts(whole)
    return {"proposals": count, "engine": _engine(count), "estimates": whole, "read": read, "estimated": estimated}


def _engine(count: int) -> float:
    from openopco.funding.rules import propose
    from openopco.funding.shipped import MOBILITES, VOLUNTARY
    from tests.funding.builders import RICH, facts

    rules = (*MOBILITES, VOLUNTARY)
    asked = [facts(trainees=people, headcount=3 + 10 * people) for people in range(1, 5)]
    start = time.perf_counter()
    for rank in range(count):
        propose(asked[rank % len(asked)], rules, RICH)
    return time.perf_counter() - start


def _drafts(count: int) -> tuple[float, float]:
    """Of one request that was sent, over and over."""
    from openopco.dossiers.models import Dossier
    from openopco.dossiers.queries import load_draft
    from openopco.funding.estimating import estimate_of

    today = date.today()  # noqa: DTZ011 - of the machine that measures
    sent = Dossier.objects.exclude(state="brouillon").exclude(training_action=None)
    dossier = sent.select_related("establishment__company", "provider", "paper").order_by("id")[0]
    draft = load_draft(dossier, today=today)
    estimate_of(dossier, draft, today=today)
    read = estimated = 0.0
    for _ in range(0, count, TURN):
        start = time.perf_counter()
        drafts = [load_draft(dossier, today=today) for _ in range(TURN)]
        read += time.perf_counter() - start
        start = time.perf_counter()
        for draft in drafts:
            estimate_of(dossier, draft, today=today)
        estimated += time.perf_counter() - start
    return read, estimated
