"""What the room tells people of: one registry line each, one sentence each, without personal data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openopco.dossiers import kinds
from openopco.dossiers.enums import Audience, State
from openopco.dossiers.models import Dossier
from openopco.dossiers.news import followed_word
from openopco.dossiers.papers import came_in_words
from openopco.dossiers.timeline import field_label
from openopco.dossiers.workflow import Event
from openopco.kernel.calendar import format_date
from openopco.notifications.kinds import NoticeKind, Readers, register
from openopco.opco.texts.catalogue import NOTICE


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of an event of the journal, under which kind, in which words; `only_while`: not worth telling once the
    request has left that state."""

    audience: Audience
    kind: NoticeKind
    words: Callable[[Dossier], str]
    only_while: State | None = None
    mail: str = NOTICE


FILED_FOR = register(
    NoticeKind(
        "dossier.saisie", "Demande saisie pour votre entreprise par l'OPCO", compulsory=True, act="Lire la demande"
    )
)
ANSWER = register(NoticeKind("dossier.decision", "Décision sur une demande", compulsory=True, act="Lire la décision"))
CORRECTION = register(
    NoticeKind("dossier.complement", "Complément demandé sur une demande", compulsory=True, act="Répondre")
)
MOVED = register(NoticeKind("dossier.avancement", "Avancement d'une demande", mail=False, act="Voir la demande"))
MESSAGE = register(
    NoticeKind("dossier.message", "Message dans une demande", readers=Readers.ALL, act="Lire le message")
)
REMINDER = register(NoticeKind("dossier.rappel", "Rappel avant une échéance", act="Faire le nécessaire"))
DESK = register(
    NoticeKind(
        "dossier.bureau", "Ce qui arrive dans mes dossiers", mail=False, readers=Readers.OPCO, act="Ouvrir le dossier"
    )
)
FUNDS = register(NoticeKind("dossier.fonds", "Fonds épuisés, puis rouverts", act="Voir la demande"))
WATCHED = register(
    NoticeKind(
        "dossier.suivi",
        "Ce qui change dans les dossiers que je suis",
        mail=False,
        readers=Readers.OPCO,
        act="Ouvrir le dossier",
    )
)

_E, _O = Audience.EMPLOYEUR, Audience.OPCO
TOLD: dict[str, Told] = {
    f"dossier.{Event.PRENDRE}": Told(_E, MOVED, lambda d: f"Votre demande {d.number} est en cours d'examen."),
    f"dossier.{Event.DEMANDER_COMPLEMENT}": Told(
        _E,
        CORRECTION,
        lambda d: f"Une réponse est attendue sur votre demande {d.number} avant le {format_date(d.due_on)}.",
        only_while=State.COMPLEMENT_DEMANDE,
        mail="courriel-complement",
    ),
    f"dossier.{Event.RETIRER_COMPLEMENT}": Told(
        _E, MOVED, lambda d: f"Plus rien n'est attendu de vous sur la demande {d.number}."
    ),
    f"dossier.{Event.ACCORDER}": Told(
        _E, ANSWER, lambda d: f"Votre demande {d.number} est accordée.", mail="courriel-accord"
    ),
    f"dossier.{Event.REFUSER}": Told(
        _E, ANSWER, lambda d: f"Votre demande {d.number} est refusée : lisez le motif.", mail="courriel-refus"
    ),
    f"dossier.{Event.CLASSER}": Told(
        _E,
        ANSWER,
        lambda d: f"Votre demande {d.number} est classée sans suite : lisez le motif.",
        mail="courriel-sans-suite",
    ),
    f"dossier.{Event.RENDRE_CADUQUE}": Told(
        _E, ANSWER, lambda d: f"L'accord de la demande {d.number} n'est plus valable."
    ),
    f"dossier.{Event.LEVER_CADUCITE}": Told(
        _E,
        ANSWER,
        lambda d: f"L'accord de la demande {d.number} est de nouveau valable, jusqu'au {format_date(d.due_on)}.",
        only_while=State.ACCORDEE,
    ),
    f"dossier.{Event.CONSTATER_ANNULATION}": Told(
        _E, ANSWER, lambda d: f"L'annulation de la formation est enregistrée : la demande {d.number} est close."
    ),
    "dossier.refuser_modification": Told(
        _E, ANSWER, lambda d: f"La modification de la demande {d.number} n'est pas acceptée : lisez le motif."
    ),
    "dossier.retirer_modification": Told(
        _O, DESK, lambda d: f"La modification signalée sur le dossier {d.number} est retirée."
    ),
    "dossier.confirmer_debut": Told(_O, DESK, lambda d: f"La formation du dossier {d.number} a commencé."),
    "dossier.corriger_debut": Told(
        _E, MOVED, lambda d: f"Un gestionnaire a corrigé le premier jour de la formation de la demande {d.number}."
    ),
    f"dossier.{Event.REPONDRE}": Told(_O, DESK, lambda d: f"L'employeur a répondu sur le dossier {d.number}."),
    f"dossier.{Event.ANNULER}": Told(_O, DESK, lambda d: f"L'employeur a annulé le dossier {d.number}."),
    f"dossier.{Event.ASSIGNER}": Told(_O, DESK, lambda d: f"Le dossier {d.number} vous est confié."),
}
# What both sides are told, each in its own words.
DESK_TOO: dict[str, Told] = {
    f"dossier.{Event.RENDRE_CADUQUE}": Told(_O, DESK, lambda d: f"L'accord du dossier {d.number} est devenu caduc."),
}

ANSWER_DUE = Told(
    _E,
    REMINDER,
    lambda d: f"Il reste peu de temps pour répondre sur la demande {d.number} : avant le {format_date(d.due_on)}.",
    mail="courriel-rappel",
)
AGREEMENT_ENDS = Told(
    _E,
    REMINDER,
    lambda d: (
        f"L'accord de la demande {d.number} est valable jusqu'au {format_date(d.due_on)}, puis il devient caduc : "
        "voyez ce qu'il reste à faire."
    ),
)
COURSE_STARTED = Told(
    _E, REMINDER, lambda d: f"La formation de la demande {d.number} a-t-elle commencé ? Dites-le-nous en un clic."
)
DRAFT_LEFT = Told(_E, REMINDER, lambda d: "Un brouillon vous attend : il n'est pas encore envoyé.")


def told_of(event: str, payload: Mapping[str, Any]) -> list[Told]:
    """What an entry of the journal is worth telling."""
    if event == "dossier.message":
        return [_message(from_opco=bool(payload.get("opco")))]
    if event == "dossier.rectifier":
        return [_slip(str(payload.get("champ", "")))]
    if event == "dossier.signaler":
        return [_signalled(by_telephone=bool(payload.get("telephone")), is_late=bool(payload.get("tard")))]
    if event == f"dossier.{Event.MODIFIER}":
        return [_modified(payload.get("version"))]
    if event == f"dossier.{Event.TRANSMETTRE}" and "reception" in payload:
        return [_filed_for(came_in_words(str(payload["reception"]), date.fromisoformat(str(payload["recue_le"]))))]
    told = [each[event] for each in (TOLD, DESK_TOO) if event in each]
    if event == f"dossier.{Event.ASSIGNER}" and payload.get("de") == State.TRANSMISE:
        # For the employer it is as if the colleague had taken it himself.
        told.append(TOLD[f"dossier.{Event.PRENDRE}"])
    return told


def told_to_followers(event: str) -> Told | None:
    """What the officers who follow a request are told of an entry; None for what is no news."""
    word = followed_word(event.removeprefix("dossier."))
    return Told(_O, WATCHED, lambda d: f"Dossier suivi {d.number} : {word}.") if word else None


@dataclass(frozen=True, slots=True)
class ToldToProvider:
    """What the people of who teaches are told of a request that was granted."""

    words: Callable[[Dossier], str]
    only_while: State | None = None


TAUGHT = register(
    NoticeKind("dossier.organisme", "Dossier accordé à mon organisme de formation", act="Voir le dossier")
)
TOLD_TO_PROVIDER: dict[str, ToldToProvider] = {
    f"dossier.{Event.ACCORDER}": ToldToProvider(
        lambda d: f"La demande {d.number}, dont vous assurez la formation, est accordée.", State.ACCORDEE
    ),
    f"dossier.{Event.MODIFIER}": ToldToProvider(
        lambda d: f"Le dossier {d.number} est modifié : relisez les dates, la durée et les stagiaires.", State.ACCORDEE
    ),
    f"dossier.{Event.RENDRE_CADUQUE}": ToldToProvider(lambda d: f"L'accord du dossier {d.number} n'est plus valable."),
    f"dossier.{Event.LEVER_CADUCITE}": ToldToProvider(
        lambda d: f"L'accord du dossier {d.number} est de nouveau valable.", State.ACCORDEE
    ),
    f"dossier.{Event.CONSTATER_ANNULATION}": ToldToProvider(
        lambda d: f"La formation du dossier {d.number} est annulée par l'employeur."
    ),
}
PROVIDER_PATH = "/organisme/dossiers/{}/"


def _filed_for(came: str) -> Told:
    return Told(_E, FILED_FOR, lambda d: f"Un gestionnaire a saisi votre demande {d.number}, {came}.")


def _message(*, from_opco: bool) -> Told:
    """A message is told to the other side."""
    words = "Nouveau message sur la demande"
    return Told(_E if from_opco else _O, MESSAGE, lambda d: f"{words} {d.number}.", mail="courriel-message")


def _signalled(*, by_telephone: bool, is_late: bool) -> Told:
    """A modification is told to the other side."""
    if by_telephone:
        return Told(
            _E, MOVED, lambda d: f"Un gestionnaire a enregistré la modification que vous signalez ({d.number})."
        )
    late = ", hors délai" if is_late else ""
    return Told(_O, DESK, lambda d: f"L'employeur signale une modification sur le dossier {d.number}{late}.")


def _modified(version: Any) -> Told:
    anew = f" : l'accord est établi à nouveau (version {version})" if version else ""
    return Told(_E, ANSWER, lambda d: f"La modification de la demande {d.number} est acceptée{anew}.")


def _slip(name: str) -> Told:
    """Names the field that an officer rectified; both values are on the request's page."""

    def words(dossier: Dossier) -> str:
        label = field_label(kinds.get(dossier.kind), name)
        what = f"« {label} »" if label else "une information"
        return f"Le gestionnaire a rectifié {what} dans la demande {dossier.number}."

    return Told(_E, MOVED, words)


def path_for(dossier: Dossier, audience: Audience) -> str:
    """The page of a request for its reader. The doors route these two addresses; a test holds them to it."""
    if audience is Audience.OPCO:
        return f"/gestion/dossiers/{dossier.number}/"
    return f"/demandes/{dossier.number}/" if dossier.number else f"/brouillons/{dossier.key}/"
