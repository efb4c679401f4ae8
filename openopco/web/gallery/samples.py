"""Invented contents for the components, in all their states."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from openopco.base.keyset import Page
from openopco.web.components.raw import FieldConflict, RawField


@dataclass(frozen=True, slots=True)
class Item:
    """Whatever a component reads of an object: one shape for all samples."""

    label: str
    url: str = ""
    state: str = ""
    done: bool = False
    current: bool = False
    count: int | None = None
    value: str = ""
    change_url: str = ""
    error: str = ""
    total: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    title: str
    at: datetime
    by: str = ""
    text: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class SampleFile:
    key: str
    name: str
    size_words: str
    state_words: str = ""
    tone: str = ""
    url: str = ""
    can_remove: bool = True
    error: str = ""


STEPS = (
    Item("L'Employeur", "#etapes", "done"),
    Item("La Formation", "#etapes", "current"),
    Item("Le(s) stagiaire(s)", "#etapes", "problem"),
    Item("Les pièces jointes", "#etapes", "todo"),
    Item("Synthèse", "#etapes", "todo"),
)
MISSING = (
    Item("L'employeur", done=True),
    Item("Corriger la date de fin", "#id_fin"),
    Item("Ajouter au moins un stagiaire", "#etapes"),
    Item("Joindre le programme", "#fichiers"),
    Item("Attester sur l'honneur", "#etapes"),
)
ESTIMATE = (
    Item("Fonds mutualisés (moins de 11 salariés)", value="1 010,00 €"),
    Item("Versements volontaires", value="0,00 €"),
    Item("Reste à votre charge", value="240,50 €", total=True),
)
SUMMARY = (
    Item("Intitulé de la formation", value="Contrôle technique : remise à niveau annuelle", change_url="#id_intitule"),
    Item("Date de début", value="12/01/2027", change_url="#id_debut"),
    Item(
        "Date de fin",
        value="11/01/2027",
        change_url="#id_fin",
        error="La fin (11/01/2027) précède le début (12/01/2027).",
    ),
    Item("Commentaire", change_url="#id_commentaire"),
)
TABS = (
    {"label": "Demande", "url": "#onglets", "current": True},
    {"label": "Messages", "url": "#onglets", "current": False, "count": 2},
    {"label": "Historique", "url": "#onglets", "current": False},
)
CHIPS = (
    Item("Mes dossiers", "#filtres", current=True, count=42),
    Item("Non attribués", "#filtres", count=118),
    Item("Échéance ≤ 7 j", "#filtres", count=5),
)
COLUMNS = (Item("Version"), Item("Nouveauté"), Item("Coût HT", number=True))
ROWS = (("1.0.0", "Première version", "0,00 €"), ("1.1.0", "Dupliquer une demande", "1 250,50 €"))
STATES = (
    ("ok", "Accordée"),
    ("wait", "Attend votre réponse"),
    ("bad", "Refusée"),
    ("info", "En cours d'examen"),
    ("off", "Brouillon"),
)
YES_NO = (("oui", "Oui"), ("non", "Non"))
MODALITIES = (("presentiel", "En présentiel"), ("distanciel", "À distance"), ("mixte", "Mixte"), ("afest", "AFEST"))
FIELDS = (
    RawField("intitule", "Intitulé de la formation", "Contrôle technique : remise à niveau annuelle", required=True),
    RawField("debut", "Date de début", "12/01/2027", hint="jj/mm/aaaa", kind="date", required=True),
    RawField(
        "fin",
        "Date de fin",
        "11/01/2027",
        error="La fin (11/01/2027) précède le début (12/01/2027).",
        hint="jj/mm/aaaa",
        kind="date",
        required=True,
    ),
    RawField("duree", "Durée en heure(s)", "14", kind="hours", required=True),
    RawField("cout", "Coût pédagogique de l'action HT", "1 250,50", kind="amount", required=True),
    RawField("modalite", "Modalités pédagogiques", "presentiel", kind="select", choices=MODALITIES),
    RawField("certifiante", "Formation certifiante", "non", kind="radios", choices=YES_NO, inline=True),
    RawField(
        "code_postal",
        "Code postal",
        hint="Recherche par code postal",
        kind="postal",
        data=(("postal-url", "/composants/communes/"), ("postal-city", "id_ville")),
    ),
    RawField("ville", "Ville", kind="city"),
    RawField("commentaire", "Commentaire", "Bonjour", kind="textarea", max_length=2000),
    RawField("atteste", "J'atteste sur l'honneur les points suivants", kind="checkbox", required=True),
)


def conflict() -> RawField:
    """A field that changed meanwhile."""
    kept = FieldConflict("Contrôle des deux-roues", "Alice Martin", timezone.now() - timedelta(minutes=3))
    return replace(FIELDS[0], name="conflit", conflict=kept)


def events() -> tuple[Event, ...]:
    now = timezone.now()
    return (
        Event("Un complément vous est demandé", now, "Claire Petit", "Joignez le programme signé.", "wait"),
        Event("Votre demande est en cours d'examen", now - timedelta(days=1), "OPCO Mobilités"),
        Event("Demande transmise", now - timedelta(days=6), "Vous", "", "ok"),
    )


def files() -> tuple[SampleFile, ...]:
    return (
        SampleFile("a", "programme-remise-a-niveau.pdf", "214 ko", "Vérifié", "ok", "#fichiers"),
        SampleFile("b", "devis.pdf", "1,2 Mo", "Analyse en cours", "wait"),
        SampleFile("c", "photo.heic", "2,4 Mo", error="Ce fichier est abîmé : reprenez la photo, puis déposez-la."),
    )


def context() -> dict[str, Any]:
    """All that the page of components shows."""
    today = timezone.localdate()
    return {
        "steps": STEPS,
        "missing": MISSING,
        "estimate": ESTIMATE,
        "summary": SUMMARY,
        "tabs": TABS,
        "chips": CHIPS,
        "columns": COLUMNS,
        "rows": ROWS,
        "states": STATES,
        "fields": FIELDS,
        "conflict_field": conflict(),
        "events": events(),
        "files": files(),
        "deadlines": deadlines(today),
        "page": Page(items=[], next="suite", previous="avant"),
        "saved_at": timezone.now(),
    }


def deadlines(today: date) -> tuple[date, ...]:
    return tuple(today + timedelta(days=days) for days in (-3, 1, 6, 14))
