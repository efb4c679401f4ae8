"""From a request to what the officer's page shows of it: state, checks, sections, pieces, who files and who teaches."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone

from openopco.documents.enums import State as FileState
from openopco.dossiers import kinds, queries
from openopco.dossiers.draft import DraftView, EmployerFacts, ProviderFacts, SummaryLine, SummarySection
from openopco.dossiers.enums import STATE_TONES, STATE_WORDS, Audience, ItemKind, State
from openopco.dossiers.fields import YES
from openopco.dossiers.kinds import Check, Outcome
from openopco.dossiers.models import NO_DUE_DATE, CorrectionItem, Dossier
from openopco.funding.estimating import Estimate, estimate_of
from openopco.kernel.calendar import days_left, delay_in_words, format_date, paris_today
from openopco.kernel.contacts import format_phone
from openopco.kernel.identifiers import format_naf, format_siret
from openopco.kernel.sizes import format_size
from openopco.rights import Actor, Permission, may
from openopco.training.rules import PIECES, TRAINEES
from openopco.web.desk.lines import CheckLine, Line
from openopco.web.desk.points import Target, key_of, targets_of
from openopco.web.desk.rows import tone_of
from openopco.web.menu import address_of, address_with

# Beyond this many trainees each has a line and a page of his own.
MOST_CARDS = 3
OUTCOMES = {
    Outcome.PASSED: ("ok", "Bon", "check"),
    Outcome.FAILED: ("bad", "Échec", "x"),
    Outcome.LOOK: ("wait", "À regarder", "eye"),
}
FILE_STATES = {"pending": "Contrôle antivirus en cours", "infected": "Dangereux, détruit", "error": "Non contrôlé"}


@dataclass(frozen=True)
class Reading:
    """A request read for the desk, as it was sent: `points` are those that wait for the employer; `may_reveal`: whether
    its reader may open a NIR."""

    dossier: Dossier
    kind: kinds.Kind
    draft: DraftView
    points: list[CorrectionItem]
    may_reveal: bool

    @cached_property
    def estimate(self) -> Estimate:
        """What the rules of today give of what stands."""
        return estimate_of(self.dossier, self.draft, today=paris_today(timezone.now()))

    @cached_property
    def targets(self) -> Mapping[str, Target]:
        """What may be corrected: of use to whoever holds the request alone."""
        return targets_of(self.kind, self.draft)


def read(dossier: Dossier, actor: Actor) -> Reading:
    """The draft on the day it was sent, with its twins while it may still be decided."""
    points = queries.open_points(dossier) if dossier.state == State.COMPLEMENT_DEMANDE else []
    day = paris_today(dossier.sent_at or timezone.now())
    draft = queries.load_draft(dossier, today=day, viewer=actor, with_twins=dossier.is_open, points=points)
    reveals = may(actor, Permission.NIR_REVEAL, queries.subject_of(dossier))
    return Reading(dossier, kinds.get(dossier.kind), draft, points, reveals)


# --- state -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request is: in words, with who must act and by when."""

    word: str
    tone: str
    awaited: str
    due: str
    delay: str
    delay_tone: str


def standing_of(dossier: Dossier, actor: Actor, today: date) -> Standing:
    state = State(dossier.state)
    due = None if dossier.due_on == NO_DUE_DATE else dossier.due_on
    return Standing(
        STATE_WORDS[Audience.OPCO][state],
        STATE_TONES[state],
        _awaited(dossier, state, actor, due),
        format_date(due) if due else "",
        _delay(today, due, state) if due else "",
        tone_of(today, due),
    )


def _delay(today: date, due: date, state: State) -> str:
    """What is granted waits for nobody: its delay says how long it lasts."""
    left = days_left(today, due)
    return f"valable encore {left} j" if state is State.ACCORDEE and left > 0 else delay_in_words(today, due)


def _awaited(dossier: Dossier, state: State, actor: Actor, due: date | None) -> str:
    name = dossier.holder.full_name if dossier.holder else ""
    mine = dossier.holder_id == actor.user_id
    return {
        State.TRANSMISE: "Personne ne traite encore ce dossier.",
        State.EN_INSTRUCTION: "À vous d'examiner la demande." if mine else f"{name} examine la demande.",
        State.ACCORDEE: f"Accord valable jusqu'au {format_date(due)}." if due else "L'accord est valable.",
        State.COMPLEMENT_DEMANDE: "L'employeur doit répondre" + (" à votre demande." if mine else f" à {name}."),
    }.get(state, "Plus rien n'est attendu.")


# --- checks ----------------------------------------------------------------------------------------------------------


def checks_of(reading: Reading) -> list[CheckLine]:
    """The officer's list; none once the request is closed: what has changed since had no part in the decision."""
    return check_lines(queries.checks_in(reading.dossier, reading.draft)) if reading.dossier.is_open else []


def check_lines(checks: list[Check]) -> list[CheckLine]:
    return [_check(check) for check in checks]


def _check(check: Check) -> CheckLine:
    tone, word, icon = OUTCOMES[check.outcome]
    return CheckLine(check.label, check.detail, tone, word, icon, check.blocking and check.outcome is Outcome.FAILED)


def tally(lines: list[CheckLine]) -> list[dict[str, Any]]:
    """How many of each, those that hurt first."""
    counted = [(tone, sum(line.tone == tone for line in lines)) for tone in ("bad", "wait", "ok")]
    words = {"bad": ("échec", "échecs"), "wait": ("à regarder", "à regarder"), "ok": ("bon", "bons")}
    return [{"tone": tone, "text": f"{count} {words[tone][count > 1]}"} for tone, count in counted if count]


# --- the request -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Section:
    """`empty` names the fields that the employer left so: they take no line."""

    title: str
    lines: list[Line]
    empty: str


def sections_of(reading: Reading, *, may_mend: bool, query: str) -> list[Section]:
    """The synthesis without what has a card of its own: pieces, establishment, provider, and trainees where many."""
    many = len(reading.draft.rows) > MOST_CARDS
    return [
        section_of(reading, section, may_mend=may_mend, query=query)
        for section in reading.kind.summary(reading.draft)
        if section.step != PIECES and not _is_provider(section) and not (many and section.step == TRAINEES)
    ]


def _is_provider(section: SummarySection) -> bool:
    return section.lines[0].target in ("provider", "internal") and section.title != "La Formation"


def section_of(reading: Reading, section: SummarySection, *, may_mend: bool, query: str) -> Section:
    """Its lines that say something; what the house knows of the establishment is on its card."""
    lines = [line for line in section.lines if line.target]
    told = [(line, _shown(reading, line)) for line in lines]
    shown = [_line(reading, line, value, may_mend, query) for line, value in told if value]
    return Section(section.title, shown, ", ".join(line.label for line, value in told if not value))


def _shown(reading: Reading, line: SummaryLine) -> str:
    """A box that was not ticked says no."""
    if line.value:
        return line.value
    target = reading.draft.row(line.row)
    spec = (
        kinds.find_row_field(reading.kind, target.kind, line.target)
        if target
        else kinds.find_field(reading.kind, line.target)
    )
    return "Non" if spec and spec.kind == "checkbox" else ""


def _line(reading: Reading, line: SummaryLine, value: str, may_mend: bool, query: str) -> Line:
    number, nir_url = str(reading.dossier.number), ""
    if line.target == "nir" and reading.may_reveal and (row := reading.draft.row(line.row)) and row.has_nir:
        nir_url = address_with("desk:nir", number, line.row) + query
    target = reading.targets.get(key_of(ItemKind.CHAMP, line.row, line.target)) if may_mend else None
    if target is None:
        return Line(line.label, value, nir_url=nir_url)
    mend_url = f"{address_with('desk:slip', number)}?point={target.key}{query.replace('?', '&')}"
    return Line(line.label, value, target.key, mend_url if target.is_mendable else "", nir_url)


@dataclass(frozen=True, slots=True)
class TraineeRow:
    name: str
    cells: list[str]
    url: str


def trainee_rows(reading: Reading, query: str) -> list[TraineeRow]:
    """One line for each trainee where they are too many for cards."""
    if len(reading.draft.rows) <= MOST_CARDS:
        return []
    people = [section for section in reading.kind.summary(reading.draft) if section.step == TRAINEES]
    return [_trainee(reading, section, query) for section in people]


def _trainee(reading: Reading, section: SummarySection, query: str) -> TraineeRow:
    shown = {line.target: line.value for line in section.lines}
    cells = [shown.get(name, "") for name in ("nir", "birth_date", "csp", "contract_type", "education_level")]
    url = reverse("desk:trainee", args=[reading.dossier.number, section.row]) + query
    return TraineeRow(section.title.removeprefix("Stagiaire : "), cells, url)


@dataclass(frozen=True, slots=True)
class PieceZone:
    label: str
    key: str
    files: list[dict[str, str]]


def piece_zones(reading: Reading, *, may_mend: bool) -> list[PieceZone]:
    return [
        PieceZone(
            label,
            key_of(ItemKind.PIECE, "", code) if may_mend else "",
            [_file(piece) for piece in reading.draft.pieces_in(code)],
        )
        for code, label in reading.kind.zones
    ]


def _file(piece: Any) -> dict[str, str]:
    address = address_with("portal:document", str(piece.key))
    can_open = piece.state == FileState.SAFE
    return {
        "name": piece.name,
        "size": format_size(piece.size),
        "open_url": f"{address}?apercu" if can_open else "",
        "url": address if can_open else "",
        "state": FILE_STATES.get(piece.state, ""),
    }


# --- who files, who teaches ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    """A card of what the house knows; `verify_url` where it is keyed by hand and one may go and verify it."""

    title: str
    name: str
    word: str
    tone: str
    lines: list[tuple[str, str]]
    verify_url: str = ""


def cards_of(draft: DraftView, *, may_verify: bool) -> list[Facts]:
    """Who asks, then who teaches: nobody outside where the training is internal."""
    cards = [employer_card(draft.employer), provider_card(None if draft.raw("internal") == YES else draft.provider)]
    return cards if may_verify else [replace(card, verify_url="") for card in cards]


def employer_card(employer: EmployerFacts) -> Facts:
    headcount = "Non connu" if employer.headcount is None else f"{employer.headcount} salariés"
    agreement = f"{employer.idcc} {employer.idcc_label}".strip()
    place = f"{employer.address}, {employer.postal_code} {employer.city}".strip(", ")
    lines = [
        ("SIRET", format_siret(employer.siret)),
        ("Adresse", place),
        ("NAF", format_naf(employer.naf) if employer.naf else ""),
        ("Effectif", headcount),
        ("Convention", agreement),
        ("Téléphone", format_phone(employer.phone) if employer.phone else ""),
        ("E-mail", employer.email),
    ]
    return _facts("Établissement", employer.name, employer.verified, lines)


def provider_card(provider: ProviderFacts | None) -> Facts:
    if provider is None:
        return Facts("Organisme", "Formation interne", "", "off", [])
    certified = (
        ("actions", provider.qualiopi_actions),
        ("bilans", provider.qualiopi_bilans),
        ("VAE", provider.qualiopi_vae),
    )
    lines = [
        ("SIRET", format_siret(provider.siret)),
        ("Déclaration", provider.nda),
        ("Qualiopi", " · ".join(f"{word} : {_known(answer)}" for word, answer in certified)),
        ("Adresse", f"{provider.address}, {provider.postal_code} {provider.city}".strip(", ")),
        ("Téléphone", format_phone(provider.phone) if provider.phone else ""),
        ("E-mail", provider.email),
    ]
    return _facts("Organisme", provider.name, provider.verified, lines, active=provider.status == "ACTIF")


def _facts(title: str, name: str, verified: bool, lines: list[tuple[str, str]], *, active: bool = True) -> Facts:
    word, tone = ("Vérifié", "ok") if verified else ("À vérifier", "wait")
    if not active:
        word, tone = "Suspendu ou fermé", "bad"
    known = [(label, value) for label, value in lines if value]
    return Facts(title, name, word, tone, known, "" if verified else address_of("desk:establishments"))


def _known(answer: bool | None) -> str:
    return "non connu" if answer is None else "oui" if answer else "non"
