"""What happened to a request, in words for each audience, from its journal. The words are pure; `events` reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openopco import journal, opco
from openopco.base.prepared import Prepared
from openopco.dossiers import kinds
from openopco.dossiers.enums import Audience, State
from openopco.dossiers.fields import FieldSpec, read
from openopco.dossiers.models import Dossier
from openopco.dossiers.papers import came_in_words
from openopco.dossiers.workflow import Event
from openopco.journal.models import Entry
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.money import format_euros

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """A line of `components/timeline.html`. `at` is UTC; `by` is empty where nobody need be named."""

    title: str
    at: datetime
    by: str = ""
    text: str = ""
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class Words:
    """How an entry is told. An empty title leaves it out for that audience; `text` adds what its payload says."""

    employer: str
    opco: str
    tone: str = "info"
    from_employer: bool = False
    text: Callable[[kinds.Kind, Payload, date], str] = lambda kind, payload, on: ""


def _reason(kind: kinds.Kind, payload: Payload, on: date) -> str:
    return str(payload.get("motif") or "")


def _granted(kind: kinds.Kind, payload: Payload, on: date) -> str:
    amount = payload.get("montant")
    told = f"{format_euros(Decimal(amount))} HT accordés." if amount else ""
    return "\n".join(filter(None, [told, _reason(kind, payload, on)]))


def _points(kind: kinds.Kind, payload: Payload, on: date) -> str:
    labels = (label_of_target(kind, str(target)) for target in payload.get("points") or ())
    return " · ".join(dict.fromkeys(label for label in labels if label))


def _slip(kind: kinds.Kind, payload: Payload, on: date) -> str:
    if "champ" not in payload:
        return ""
    spec = _spec_of(kind, str(payload["champ"]))
    label = spec.label if spec else ""
    before, after = (_as_read(spec, str(payload.get(when) or ""), on) or "vide" for when in ("avant", "apres"))
    # What may not be kept reads the same before and after.
    told = f"{label} : « {before} » devient « {after} »." if before != after else f"{label}."
    return "\n".join(filter(None, [told, _reason(kind, payload, on)]))


def _as_read(spec: FieldSpec | None, raw: str, on: date) -> str:
    """A raw value in people's words, where it can be read."""
    return (spec.shown(read(spec, raw, on).value, on) if spec else "") or raw


def _change(kind: kinds.Kind, payload: Payload, on: date) -> str:
    """Which fields, how many people: « Date de début · un stagiaire de moins », then what was said of it."""
    if payload.get("annulation"):
        parts = ["La formation n'aura pas lieu."]
    else:
        named = (field_label(kind, str(name)) for name in payload.get("champs") or ())
        parts = [" · ".join(filter(None, [*named, *_people_changed(payload)]))]
    late = "Signalée après le délai." if payload.get("tard") else ""
    return "\n".join(filter(None, [*parts, late, _granted(kind, payload, on)]))


def _people_changed(payload: Payload) -> list[str]:
    gone, come = int(payload.get("departs") or 0), int(payload.get("arrivees") or 0)
    return [
        "organisme de formation" if payload.get("organisme") else "",
        f"{gone} stagiaire{'s' if gone > 1 else ''} de moins" if gone else "",
        f"{come} stagiaire{'s' if come > 1 else ''} de plus" if come else "",
    ]


def _until(kind: kinds.Kind, payload: Payload, on: date) -> str:
    until = payload.get("jusqu_au")
    told = f"Valable jusqu'au {format_date(date.fromisoformat(until))}." if until else ""
    return "\n".join(filter(None, [told, _reason(kind, payload, on)]))


def _came(kind: kinds.Kind, payload: Payload, on: date) -> str:
    words = came_in_words(str(payload["reception"]), date.fromisoformat(str(payload["recue_le"])))
    return f"{words[0].upper()}{words[1:]}."


def _answered_for(kind: kinds.Kind, payload: Payload, on: date) -> str:
    return "\n".join(filter(None, [_came(kind, payload, on), _points(kind, payload, on)]))


def _started(kind: kinds.Kind, payload: Payload, on: date) -> str:
    day = payload.get("le")
    return f"Le {format_date(date.fromisoformat(day))}." if day else ""


def _mended(kind: kinds.Kind, payload: Payload, on: date) -> str:
    before, after = (format_date(date.fromisoformat(payload[name])) for name in ("avant", "le"))
    return f"« {before} » devient « {after} »."


WORDS: dict[str, Words] = {
    "dossier.creer": Words("Brouillon commencé", "Brouillon commencé", "off", from_employer=True),
    f"dossier.{Event.TRANSMETTRE}": Words("Demande envoyée", "Demande transmise", from_employer=True),
    f"dossier.{Event.PRENDRE}": Words("Un gestionnaire examine la demande", "Dossier pris en charge"),
    f"dossier.{Event.RELACHER}": Words("La demande attend un autre gestionnaire", "Dossier remis à prendre", "off"),
    f"dossier.{Event.ASSIGNER}": Words("", "Dossier confié à un gestionnaire", "off"),
    f"dossier.{Event.DEMANDER_COMPLEMENT}": Words("Complément demandé", "Complément demandé", "wait", text=_points),
    f"dossier.{Event.RETIRER_COMPLEMENT}": Words(
        "Le complément n'est plus nécessaire", "Demande de complément retirée", "off"
    ),
    f"dossier.{Event.REPONDRE}": Words(
        "Réponse envoyée", "Réponse de l'employeur", "info", from_employer=True, text=_points
    ),
    f"dossier.{Event.ACCORDER}": Words("Demande accordée", "Accordée", "ok", text=_granted),
    f"dossier.{Event.REFUSER}": Words("Demande refusée", "Refusée", "bad", text=_reason),
    f"dossier.{Event.CLASSER}": Words("Demande classée sans suite", "Classée sans suite", "off", text=_reason),
    f"dossier.{Event.ANNULER}": Words(
        "Demande annulée", "Annulée par l'employeur", "off", from_employer=True, text=_reason
    ),
    f"dossier.{Event.RENDRE_CADUQUE}": Words("L'accord n'est plus valable", "Devenue caduque", "off"),
    f"dossier.{Event.LEVER_CADUCITE}": Words("L'accord est de nouveau valable", "Caducité levée", "ok", text=_until),
    f"dossier.{Event.CONSTATER_ANNULATION}": Words(
        "Annulation de la formation enregistrée", "Annulation constatée", "off", text=_reason
    ),
    f"dossier.{Event.MODIFIER}": Words("Modification acceptée", "Modification acceptée", "ok", text=_change),
    "dossier.signaler": Words(
        "Modification signalée", "Modification signalée par l'employeur", "wait", from_employer=True, text=_change
    ),
    "dossier.refuser_modification": Words("Modification refusée", "Modification refusée", "bad", text=_reason),
    "dossier.retirer_modification": Words("Modification retirée", "Modification retirée", "off", from_employer=True),
    "dossier.confirmer_debut": Words(
        "La formation a commencé", "Formation commencée", "ok", from_employer=True, text=_started
    ),
    "dossier.corriger_debut": Words(
        "Un gestionnaire a corrigé le premier jour de la formation",
        "Premier jour de la formation corrigé",
        text=_mended,
    ),
    "dossier.rectifier": Words(
        "Le gestionnaire a rectifié une information", "Information rectifiée", "wait", text=_slip
    ),
    "dossier.note": Words("", "Note interne", "off"),
    "dossier.reprendre_saisie": Words("", "Saisie reprise par un collègue", "off"),
}
_TYPED = Words("", "Saisie commencée pour l'employeur", "off", text=_came)
_SENT_FOR = Words("Demande saisie et envoyée pour vous", "Demande saisie et envoyée pour l'employeur", text=_came)
_ANSWERED_FOR = Words("Réponse saisie pour vous", "Réponse de l'employeur, saisie pour lui", text=_answered_for)
_ON_PAPER = {
    "dossier.creer": _TYPED,
    f"dossier.{Event.TRANSMETTRE}": _SENT_FOR,
    f"dossier.{Event.REPONDRE}": _ANSWERED_FOR,
}
_FROM_OPCO = Words("Message du gestionnaire", "Message à l'employeur", "off")
_FROM_EMPLOYER = Words("Message au gestionnaire", "Message de l'employeur", "off", from_employer=True)
_BY_TELEPHONE = Words(
    "Modification enregistrée par un gestionnaire, comme vous le lui avez dit",
    "Modification signalée par téléphone",
    "wait",
    text=_change,
)
_START_BY_TELEPHONE = Words(
    "Un gestionnaire a noté que la formation a commencé", "Formation commencée, dit par téléphone", "ok", text=_started
)
_TOLD_BY_TELEPHONE = {"dossier.signaler": _BY_TELEPHONE, "dossier.confirmer_debut": _START_BY_TELEPHONE}
_TAKEN_FOR = Words("Un gestionnaire examine la demande", "Dossier confié à un gestionnaire")


_entries_of: Prepared[Entry] = Prepared((int,), lambda pk: journal.entries_of("dossier", pk))


def events(dossier: Dossier, audience: Audience) -> list[TimelineEvent]:
    """The life of a request, the latest first, in one query. The caller has checked that the reader may see it."""
    kind = kinds.get(dossier.kind)
    told = (tell(entry, kind, audience) for entry in _entries_of(dossier.pk))
    return [event for event in told if event][::-1]


def tell(entry: Entry, kind: kinds.Kind, audience: Audience) -> TimelineEvent | None:
    """An entry in an audience's words; None for what it is not told, and for what nobody worded."""
    payload: Payload = entry.payload or {}
    words = _words(entry.event, payload)
    title = "" if words is None else words.employer if audience is Audience.EMPLOYEUR else words.opco
    if words is None or not title:
        return None
    text = "\n".join(filter(None, [words.text(kind, payload, paris_today(entry.at)), _lot(payload, audience)]))
    return TimelineEvent(title, entry.at, _by(entry, words, audience), text, words.tone)


def _lot(payload: Payload, audience: Audience) -> str:
    """That an officer did it on many requests at once: told at the desk alone."""
    return f"Traité par lot (n° {payload['lot']})." if "lot" in payload and audience is Audience.OPCO else ""


def _words(event: str, payload: Payload) -> Words | None:
    if event == "dossier.message":
        return _FROM_OPCO if payload.get("opco") else _FROM_EMPLOYER
    if event == f"dossier.{Event.ASSIGNER}" and payload.get("de") == State.TRANSMISE:
        return _TAKEN_FOR
    if payload.get("reception") and event in _ON_PAPER:
        return _ON_PAPER[event]
    if payload.get("telephone") and event in _TOLD_BY_TELEPHONE:
        return _TOLD_BY_TELEPHONE[event]
    return WORDS.get(event)


def _by(entry: Entry, words: Words, audience: Audience) -> str:
    """The employer reads who of his own acted; on the other side, the OPCO did."""
    stood_in_for = (entry.payload or {}).get("pour")
    if audience is Audience.OPCO and stood_in_for:
        return f"{entry.actor_label}, en remplacement de {stood_in_for}"
    if audience is Audience.OPCO or words.from_employer:
        return entry.actor_label
    return opco.identity().name


def label_of_target(kind: kinds.Kind, target: str) -> str:
    """The words of a correction's point: « champ:cost », « champ:a1b2c3d4:birth_date », « piece:programme »."""
    what, _, rest = target.partition(":")
    name = rest.rpartition(":")[2]
    return dict(kind.zones).get(name, "") if what == "piece" else field_label(kind, name)


def field_label(kind: kinds.Kind, name: str) -> str:
    """The label of a field of the form, on a step or in a row; empty where the kind no longer has it."""
    spec = _spec_of(kind, name)
    return spec.label if spec else ""


def _spec_of(kind: kinds.Kind, name: str) -> FieldSpec | None:
    specs = (kinds.find_row_field(kind, step.row_kind, name) for step in kind.steps if step.row_kind)
    return kinds.find_field(kind, name) or next((spec for spec in specs if spec), None)
