"""What is measured, and what is asked of each."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from tests.bench.build import Measured
from tests.bench.wsgi import Answer, Application, Browser

EMPTY, BARE = "floor: empty page", "floor: bare 25 rows"
Ask = Callable[[], Answer]


@dataclass(frozen=True, slots=True)
class Case:
    """`ask` makes one request. `share`: the least part of `floor`'s requests per second, 0 for none. `grows`: whether its
    time is compared with that at 10,000 requests. `most`: how many times it can be asked, 0 for any."""

    name: str
    ask: Ask
    expected: int = 200
    floor: str = BARE
    share: float = 0.0
    is_read: bool = True
    most: int = 0


def cases(application: Application, measured: Measured) -> list[Case]:
    """All of them, each with somebody really signed in."""
    anyone, alice, olga = (Browser(application) for _ in range(3))
    alice.sign_in(measured.employer, measured.password)
    olga.sign_in(measured.officer, measured.password)
    word = quote("habilitation electrique")
    return [
        Case(EMPTY, _page(alice, "/bench/empty/")),
        Case(BARE, _page(alice, "/bench/bare/")),
        Case("sign-in", _page(anyone, "/connexion/"), floor=EMPTY, share=0.2),
        Case("dashboard", _page(alice, "/tableau-de-bord/"), share=0.5),
        Case("Mes demandes", _page(alice, "/demandes/"), share=0.5),
        Case("Mes demandes, filter", _page(alice, "/demandes/?etat=accordee&tri=ancien"), share=0.5),
        Case("Mes demandes, search", _page(alice, f"/demandes/?q={word}"), share=0.5),
        Case("worklist", _page(olga, "/gestion/"), share=0.5),
        Case("worklist, news", _page(olga, "/gestion/?vue=nouveautes"), share=0.5),
        Case("worklist, followed", _page(olga, "/gestion/?vue=suivis"), share=0.5),
        Case("worklist, stand-in", _page(olga, "/gestion/?vue=remplace"), share=0.5),
        Case("worklist, branch", _page(olga, "/gestion/?vue=ouverts&branche=0016"), share=0.5),
        Case("worklist, filter", _page(olga, "/gestion/?vue=tout&etat=accordee"), share=0.5),
        Case("worklist, search", _page(olga, f"/gestion/?vue=tout&q={word}"), share=0.5),
        Case("dossier, employer", _page(alice, f"/demandes/{measured.dossier}/"), share=0.5),
        Case("dossier, officer", _page(olga, f"/gestion/dossiers/{measured.dossier}/"), share=0.5),
        Case("draft, training step", _page(alice, f"/brouillons/{measured.draft}/formation/")),
        Case("autosave", _autosave(alice, measured.draft), is_read=False),
        Case("submission", _submission(alice, measured.ready), 302, is_read=False, most=len(measured.ready)),
    ]


def _page(browser: Browser, url: str) -> Ask:
    return lambda: browser.get(url)


def _autosave(browser: Browser, key: str) -> Ask:
    """A field typed again and again, each time on what the last answer said."""
    revisions: list[int] = [1]
    words: Iterator[int] = itertools.count()

    def ask() -> Answer:
        data = {"name": "title", "value": f"Contrôle technique {next(words)}", "revision": str(revisions[-1])}
        answer = browser.post(f"/brouillons/{key}/champ/", data, HTTP_ACCEPT="application/json")
        if answer.status == 200:
            revisions.append(json.loads(answer.body)["revision"])
        return answer

    return ask


def _submission(browser: Browser, ready: tuple[str, ...]) -> Ask:
    """[VALIDER] on a draft that misses nothing: checks, number, typed rows, snapshot, journal, receipt, mail."""
    keys = iter(ready)
    return lambda: browser.post(f"/brouillons/{next(keys)}/envoyer/", {})
