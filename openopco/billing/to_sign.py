"""Certificates to be printed and signed by hand, one for each trainee, with what the draft of a claim says so far. Pure."""

from collections.abc import Iterator
from typing import Any

from openopco.billing.certificates import TITLE, sheet_of
from openopco.billing.drafting import Agreed, Read, Trainee, attested_for

PEN_OF = {"starts_on": "start", "ends_on": "end"}


def sheets(found: Read, agreed: Agreed) -> dict[str, Any]:
    """The data of the template « certificates »; none for who was absent, so perhaps none at all."""
    return {
        "product": TITLE,
        "opco": agreed.provider or agreed.employer,
        "title": f"Certificats de réalisation {agreed.dossier}",
        "certificates": list(_sheets(found, agreed)),
    }


def _sheets(found: Read, agreed: Agreed) -> Iterator[dict[str, Any]]:
    wrong_days = {field for name, field in PEN_OF.items() if name in found.errors}
    for trainee in agreed.trainees:
        minutes = _minutes(found, trainee)
        if minutes != 0:
            by_hand = wrong_days | ({"hours"} if minutes is None else set())
            yield sheet_of(attested_for(found, agreed, trainee, minutes or 0), by_hand, internal=agreed.internal)


def _minutes(found: Read, trainee: Trainee) -> int | None:
    """None where nothing right was typed."""
    followed = found.minutes.get(trainee.row)
    # The one who is told that nobody came was absent too.
    return None if followed and f"hours-{trainee.row}" in found.errors else followed
