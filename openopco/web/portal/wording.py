"""What an employer reads of a request: its state, whose turn it is, what was asked of him. Pure, but for the settings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from openopco import opco
from openopco.dossiers import funds, kinds
from openopco.dossiers.enums import (
    LAPSED_UNBEGUN,
    STATE_EXPLANATIONS,
    STATE_TONES,
    STATE_WORDS,
    Audience,
    ItemKind,
    State,
)
from openopco.dossiers.holds import holds_of
from openopco.dossiers.models import NO_DUE_DATE, CorrectionItem, Dossier, FundHold
from openopco.dossiers.queries.modifications import lapsed_unbegun
from openopco.dossiers.timeline import field_label
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.money import format_euros
from openopco.rights import Actor

WORDS = STATE_WORDS[Audience.EMPLOYEUR]
NOTHING = "–"
UNTITLED = "Formation sans intitulé"
WAITS = "En attente de fonds"
UNCONFIRMED = "Envoyée par une personne dont le rattachement n'est pas validé"
MANY = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """A request in a list."""

    url: str
    number: str
    title: str
    provider: str
    starts: str
    amount: str
    tone: str
    word: str
    due: str = ""
    mark: str = ""
    waits: str = ""


def line_of(dossier: Dossier, reader: Actor, hold: FundHold | None = None) -> Line:
    """`waits`: that its funds are exhausted, where it has to wait for them; `hold`, its last."""
    state, today = State(dossier.state), paris_today(timezone.now())
    return Line(
        url=f"/demandes/{dossier.number}/" if dossier.number else f"/brouillons/{dossier.key}/",
        number=dossier.number or "Brouillon",
        title=dossier.title or UNTITLED,
        provider=dossier.provider_name,
        starts=format_date(dossier.starts_on) if dossier.starts_on else NOTHING,
        amount=NOTHING if dossier.amount_asked is None else format_euros(dossier.amount_asked),
        tone=STATE_TONES[state],
        word=WORDS[state],
        due=f"Avant le {format_date(dossier.due_on)}" if state is State.COMPLEMENT_DEMANDE else "",
        mark=UNCONFIRMED if is_from_unconfirmed(dossier, reader) else "",
        waits=WAITS if funds.waits(dossier, today, hold) else "",
    )


def is_from_unconfirmed(dossier: Dossier, reader: Actor) -> bool:
    """Whether somebody else sent the request, whom nobody has yet accepted as acting for the employer."""
    return dossier.unconfirmed and dossier.number is not None and dossier.filed_by_id != reader.user_id


def count_in_words(count: int, one: str, many: str) -> str:
    """« 1 demande », « 12 demandes », « Plus de 1 000 demandes »."""
    if count > MANY:
        return f"Plus de 1\u202f000 {many}"
    return f"{count or 'Aucune'} {one if count < 2 else many}"


def capped(count: int) -> str:
    """A count on a chip: « 1 000 + » beyond what is worth counting."""
    return "1\u202f000\u00a0+" if count > MANY else str(count)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is, what he has to do, and by when (None: no term)."""

    who: str
    what: str
    due_on: date | None = None
    is_mine: bool = False
    term: str = "Au plus tard"


TO_COME = "La formation peut avoir lieu. Le règlement se demande après la formation, tant que l'accord est valable."
OVER = "La formation est finie. Le règlement se demande tant que l'accord est valable."
EXAMINES = "Le gestionnaire examine la modification signalée. L'accord ne change pas d'ici sa réponse."


def turn_of(dossier: Dossier, *, is_modified: bool = False, settled: tuple[str, str, bool] | None = None) -> Turn:
    """`is_modified`: a modification waits for its answer. `settled`: who acts next on its payment, what happens, and whether
    it is the employer."""
    state = State(dossier.state)
    due = None if dossier.due_on == NO_DUE_DATE else dossier.due_on
    name = opco.identity().name
    if is_modified and state is State.ACCORDEE:
        return Turn(name, EXAMINES, due, term="Accord valable jusqu'au")
    if state in (State.TRANSMISE, State.EN_INSTRUCTION):
        return Turn(name, STATE_EXPLANATIONS[state], due, term="Réponse visée avant le")
    if state is State.COMPLEMENT_DEMANDE:
        return Turn("Vous", STATE_EXPLANATIONS[state], due, is_mine=True)
    if state is State.ACCORDEE and settled is not None:
        return Turn(settled[0], settled[1], None, is_mine=settled[2])
    if state is State.ACCORDEE:
        is_over = dossier.ends_on is not None and dossier.ends_on < paris_today(timezone.now())
        return Turn("Vous", OVER if is_over else TO_COME, due, term="Accord valable jusqu'au")
    return Turn("Personne", explanation_of(dossier))


def explanation_of(dossier: Dossier) -> str:
    """What its state means, in a sentence; of an agreement that lapsed, why."""
    state = State(dossier.state)
    return LAPSED_UNBEGUN if state is State.CADUQUE and lapsed_unbegun(dossier) else STATE_EXPLANATIONS[state]


def asked_in_words(kind: kinds.Kind, items: Sequence[CorrectionItem]) -> str:
    """« Le gestionnaire demande une pièce : Programme de l'action », « … 2 corrections et une pièce »."""
    pieces = [item for item in items if item.kind == ItemKind.PIECE]
    fields = [item for item in items if item.kind == ItemKind.CHAMP]
    if len(items) == 1:
        what = "une pièce" if pieces else "une correction"
        return f"Le gestionnaire demande {what} : {label_of(kind, items[0])}"
    parts = [
        _some(len(fields), "une correction", "corrections"),
        _some(len(pieces), "une pièce", "pièces"),
    ]
    return "Le gestionnaire demande " + " et ".join(part for part in parts if part)


def _some(count: int, one: str, many: str) -> str:
    return "" if not count else one if count == 1 else f"{count} {many}"


def label_of(kind: kinds.Kind, item: CorrectionItem) -> str:
    """The words of one point: its field's label, or its zone's title."""
    return dict(kind.zones).get(item.name, "") if item.kind == ItemKind.PIECE else field_label(kind, item.name)


def missing_in_words(count: int) -> str:
    """« Il manque 2 informations », « Prêt à envoyer »."""
    if not count:
        return "Rien ne manque : il reste à valider"
    return f"Il manque {count} information{'s' if count > 1 else ''}"


def lines_of(dossiers: Iterable[Dossier], reader: Actor) -> list[Line]:
    """In the words of who reads the list; no query while no envelope is waited for, else one."""
    dossiers = list(dossiers)
    held = holds_of(dossiers)
    return [line_of(dossier, reader, held.get(dossier.pk)) for dossier in dossiers]
