"""What people do through the portal's own addresses, and what the worker does behind them."""

from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client

from openopco.base.jobs import runner
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from tests.documents.factories import upload
from tests.web.desk.dossiers.reading import now, post, text_of, url
from tests.web.portal.people import browser_of

__all__ = ["browser_of", "now", "text_of", "url"]
LATER = timedelta(minutes=10)


def work() -> None:
    """What the worker does: errors stay on the row."""
    while runner.run_one("tests"):
        pass


def work_later(clock: time_machine.Traveller, after: timedelta = LATER) -> None:
    clock.shift(after)
    work()


def send(client: Client, draft: Dossier) -> Dossier:
    """Presses [VALIDER]: it is sent, and said so."""
    answer = client.post(f"/brouillons/{draft.key}/envoyer/")
    assert answer.status_code == 302
    sent = now(draft)
    assert sent.state == State.TRANSMISE
    assert sent.number
    assert sent.number in text_of(client.get(answer["Location"]))
    return sent


def receipt(client: Client, dossier: Dossier) -> bytes:
    answer = client.get(f"/demandes/{dossier.number}/accuse-reception.pdf")
    assert answer.status_code == 200
    return bytes(answer.content)


def join(client: Client, draft: Dossier, **more: Any) -> Any:
    """Joins a programme, as the page's script does."""
    url = f"/brouillons/{draft.key}/pieces/programme/"
    return client.post(url, {"file": upload(), **more}, headers={"Accept": "application/json"})


def grant(client: Client, dossier: Dossier) -> Any:
    """Takes the request if nobody has, and grants what was asked."""
    if now(dossier).state == State.TRANSMISE:
        assert post(client, dossier, "prendre/").status_code == 302
    return post(client, dossier, "accorder/", amount="560,00")
