"""A request that the employer made on paper or by telephone, and that an officer typed: what is told of it, and how that is
read. Pure, but for `paper_of`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from openopco.dossiers.enums import RECEPTION_WORDS, Reception
from openopco.dossiers.errors import BadReception
from openopco.dossiers.models import Dossier, PaperFiling
from openopco.kernel.calendar import format_date, parse_date
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line

# Older, it is a slip in the year.
OLDEST = timedelta(days=366)
LONGEST = {"sender": 120, "contact": 200, "confirmed_by": 120}


@dataclass(frozen=True, slots=True)
class Received:
    """How a request came, when, from whom; by telephone, who confirmed it."""

    reception: Reception
    received_on: date
    sender: str
    contact: str = ""
    confirmed_by: str = ""


def read_received(raw: Mapping[str, str], *, today: date, has_scan: bool) -> Received:
    """What was typed on the page. Raises `BadReception`, with a sentence for each field."""
    problems: dict[str, str] = {}
    reception = raw.get("reception", "")
    if reception not in set(Reception):
        problems["reception"] = "Dites comment la demande est arrivée."
    day = _day(raw.get("received_on", ""), today, problems)
    lines = {name: _line(raw.get(name, ""), name, most, problems) for name, most in LONGEST.items()}
    if not lines["sender"]:
        problems.setdefault("sender", "Indiquez la personne qui fait la demande.")
    if reception == Reception.TELEPHONE and not lines["confirmed_by"]:
        problems.setdefault("confirmed_by", "Indiquez qui vous a confirmé la demande au téléphone.")
    if reception == Reception.COURRIER and not has_scan:
        problems["scan"] = "Joignez le courrier numérisé : c'est lui qui porte les déclarations de l'employeur."
    if problems or day is None:
        raise BadReception(problems)
    return Received(Reception(reception), day, **lines)


@dataclass(frozen=True, slots=True)
class AnswerReceived:
    """How an answer came, and when."""

    reception: Reception
    received_on: date


def read_answer_received(raw: Mapping[str, str], *, today: date, asked_on: date) -> AnswerReceived:
    """What an officer typed of an answer that came otherwise than on the portal. Raises `BadReception`."""
    problems: dict[str, str] = {}
    reception = raw.get("reception", "")
    if reception not in set(Reception):
        problems["reception"] = "Dites comment la réponse est arrivée."
    day = _day(raw.get("received_on", ""), today, problems, "la réponse")
    if day and day < asked_on:
        problems["received_on"] = (
            f"Le complément a été demandé le {format_date(asked_on)} : la réponse est arrivée après."
        )
    if problems or day is None:
        raise BadReception(problems)
    return AnswerReceived(Reception(reception), day)


def _day(raw: str, today: date, problems: dict[str, str], what: str = "la demande") -> date | None:
    if not raw.strip():
        problems["received_on"] = f"Indiquez le jour où {what} est arrivée."
        return None
    try:
        day = parse_date(raw)
    except InvalidValue as error:
        problems["received_on"] = error.message
        return None
    if day > today:
        problems["received_on"] = f"Cette date est dans l'avenir : mettez le jour où {what} est arrivée."
    elif day < today - OLDEST:
        problems["received_on"] = "Cette date a plus d'un an : vérifiez l'année."
    return day


def _line(raw: str, name: str, most: int, problems: dict[str, str]) -> str:
    try:
        line = refuse_nir(clean_line(raw))
    except InvalidValue as error:
        problems[name] = error.message
        return ""
    if len(line) > most:
        problems[name] = f"C'est trop long : {most} caractères au plus."
    return line


def paper_of(dossier: Dossier) -> PaperFiling | None:
    """How the request came; None for what the employer sent himself. No query where the dossier came with its « paper »."""
    return dossier.paper if hasattr(dossier, "paper") else None


def add_hand(paper: PaperFiling, user_id: int) -> None:
    """Remembers an officer who typed of it: like who filed it, he does not decide it."""
    if user_id not in paper.also_typed:
        paper.also_typed = [*paper.also_typed, user_id]
        paper.save(update_fields=["also_typed"])


def journalled(told: Received | AnswerReceived | PaperFiling | None) -> dict[str, str]:
    """What the journal keeps of it: no name of the employer's people. Empty for what he sent himself."""
    return {"reception": str(told.reception), "recue_le": told.received_on.isoformat()} if told else {}


def came_in_words(reception: str, received_on: date) -> str:
    """« reçue par courrier le 20/11/2026 »."""
    return f"reçue {RECEPTION_WORDS[Reception(reception)]} le {format_date(received_on)}"


def typed_in_words(paper: PaperFiling) -> str:
    """« Saisie par Olga Petit pour l'employeur, reçue par courrier le 20/11/2026 »."""
    return f"Saisie par {paper.recorded_by_label} pour l'employeur, {came_in_words(paper.reception, paper.received_on)}"


def declared_in_words(paper: PaperFiling) -> str:
    """Who declared what is ticked, and how: « par Mme Keller, sur le courrier reçu le 20/11/2026 »."""
    day = format_date(paper.received_on)
    if paper.reception == Reception.TELEPHONE:
        return f"par {paper.sender}, au téléphone le {day}, confirmé par {paper.confirmed_by}"
    where = "sur le courrier reçu" if paper.reception == Reception.COURRIER else "dans le courriel reçu"
    return f"par {paper.sender}, {where} le {day}"
