"""The lists as shipped, version 0 of each: what forms ask people to choose from, and the phrases officers write with.

An OPCO adds, rewords and closes entries on « Listes » and « Motifs et phrases »; it never edits this."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from openopco.opco.defaults import ALWAYS
from openopco.reference.enums import ContractType, Csp, EducationLevel

SHORT_CODE: Final = re.compile(r"[A-Z0-9]{1,3}")
LEVEL_CODE: Final = re.compile(r"[1-9][0-9]?")
WORD_CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it reads from `since` on. A phrase also has a text, and the natures of action it is for (none: all)."""

    code: str
    label: str
    rank: int
    text: str = ""
    natures: tuple[str, ...] = ()
    is_open: bool = True
    since: date = ALWAYS


@dataclass(frozen=True, slots=True)
class ListKind:
    """One list: its name, where it is used, what its codes are made of, its shipped entries."""

    label: str
    usage: str
    code: re.Pattern[str]
    code_hint: str
    shipped: tuple[Entry, ...]
    is_phrases: bool = False
    needs_one: bool = False


def _entries(choices: list[tuple[str, str]]) -> tuple[Entry, ...]:
    return tuple(Entry(str(code), label, rank) for rank, (code, label) in enumerate(choices, 1))


def _phrases(label: str, usage: str, *shipped: tuple[str, str, str]) -> ListKind:
    entries = tuple(Entry(code, title, rank, text) for rank, (code, title, text) in enumerate(shipped, 1))
    hint = "Lettres minuscules, chiffres et tirets : hors-champ. Les statistiques comptent par ce code."
    return ListKind(label, usage, WORD_CODE, hint, entries, is_phrases=True)


THREE = "Une à trois majuscules ou chiffres, par exemple EMP."
CSP, CONTRACT_TYPE, EDUCATION_LEVEL, THEME = "csp", "contract_type", "education_level", "theme"
REFUSAL, CLOSING, CORRECTION, PARTIAL, MESSAGE = "refus", "sans_suite", "complement", "accord_partiel", "message"

LISTS: Final[dict[str, ListKind]] = {
    CSP: ListKind(
        "Catégories socioprofessionnelles",
        "Le champ « CSP » de chaque stagiaire.",
        SHORT_CODE,
        THREE,
        _entries(Csp.choices),
        needs_one=True,
    ),
    CONTRACT_TYPE: ListKind(
        "Types de contrat",
        "Le champ « Type de contrat » de chaque stagiaire.",
        SHORT_CODE,
        THREE,
        _entries(ContractType.choices),
    ),
    EDUCATION_LEVEL: ListKind(
        "Niveaux de formation",
        "Le champ « Niveau de formation initial » de chaque stagiaire.",
        LEVEL_CODE,
        "Un nombre de 1 à 99.",
        _entries([(str(code), label) for code, label in EducationLevel.choices]),
        needs_one=True,
    ),
    THEME: ListKind(
        "Thèmes de formation",
        "Le champ « Thème de la formation » d'une demande ; les règles de financement d'une branche en dépendent.",
        WORD_CODE,
        "Lettres minuscules, chiffres et tirets : permis-fimo. Les règles de financement nomment ce code.",
        _entries(
            [
                ("permis-fimo", "Permis C, CE, D, DE, BE ou FIMO"),
                ("capacite", "Capacité de transport (CTRMP, CTCR)"),
                ("ambulance", "Auxiliaire ambulancier"),
                ("fco", "Formation continue obligatoire (FCO)"),
                ("parcours", "Parcours multimodal de la branche automobile"),
            ]
        ),
    ),
    REFUSAL: _phrases(
        "Motifs de refus",
        "La page « Refuser ».",
        (
            "hors-champ",
            "Employeur hors du champ de l'OPCO",
            "Votre établissement ne relève pas de notre OPCO : sa convention collective dépend d'un autre. Adressez votre "
            "demande à l'OPCO dont vous relevez.",
        ),
        (
            "organisme-non-conforme",
            "Organisme non déclaré ou non certifié",
            "L'organisme de formation n'a pas de déclaration d'activité valable ou n'est pas certifié Qualiopi : la loi "
            "nous interdit de financer cette formation. Vous pouvez choisir un autre organisme et reprendre la demande.",
        ),
        (
            "formation-commencee",
            "Formation commencée avant la demande",
            "La formation avait commencé avant l'envoi de votre demande. Envoyez la prochaine avant le premier jour.",
        ),
        (
            "action-non-eligible",
            "Action qui n'est pas une formation au sens du Code du travail",
            "Le programme ne décrit pas une action de formation : objectifs, contenu, moyens et évaluation y manquent "
            "(L.6313-1 à L.6313-3 du Code du travail).",
        ),
        (
            "fonds-epuises",
            "Fonds de l'année épuisés",
            "Les fonds prévus cette année pour cette action sont engagés en totalité. Vous pouvez reprendre votre demande "
            "à l'ouverture de l'année suivante.",
        ),
    ),
    CLOSING: _phrases(
        "Motifs de classement sans suite",
        "La page « Classer sans suite ».",
        (
            "sans-reponse",
            "Pas de réponse à la demande de complément",
            "Nous n'avons pas reçu les éléments demandés dans le délai. Vous pouvez reprendre votre demande dans une "
            "nouvelle, complète.",
        ),
        (
            "doublon",
            "Demande déjà reçue",
            "Cette demande fait double emploi avec une autre, que nous examinons. Vous n'avez rien à faire.",
        ),
        (
            "abandon",
            "L'employeur renonce",
            "Vous nous avez dit renoncer à cette formation : nous fermons le dossier.",
        ),
    ),
    CORRECTION: _phrases(
        "Motifs de complément",
        "La page « Demander un complément », pour chaque point.",
        ("piece-illisible", "Pièce illisible", "Le document est illisible ou incomplet : déposez-en une copie nette."),
        (
            "programme-incomplet",
            "Programme incomplet",
            "Le programme doit dire les objectifs, le contenu, les moyens, la durée et l'évaluation.",
        ),
        (
            "dates-differentes",
            "Dates différentes d'un document à l'autre",
            "Les dates de la demande et celles du document ne sont pas les mêmes : corrigez les unes ou les autres.",
        ),
        (
            "cout-different",
            "Coût différent d'un document à l'autre",
            "Le coût de la demande n'est pas celui du document : corrigez l'un ou l'autre, hors taxes.",
        ),
        ("identite", "Identité du stagiaire à vérifier", "Vérifiez le nom et la date de naissance du stagiaire."),
    ),
    PARTIAL: _phrases(
        "Motifs d'accord partiel",
        "La page « Accorder », quand le montant est inférieur au coût demandé.",
        ("plafond-horaire", "Plafond horaire dépassé", "Le coût est pris en charge dans la limite du plafond horaire."),
        (
            "stagiaire-ecarte",
            "Un stagiaire n'est pas pris en charge",
            "Un des stagiaires ne relève pas de nos fonds : sa part du coût est retirée.",
        ),
        (
            "budget",
            "Budget de l'entreprise atteint",
            "Le reste du coût dépasse le budget de votre entreprise cette année.",
        ),
    ),
    MESSAGE: _phrases(
        "Phrases de message",
        "Le message à l'employeur, dans « Échanges ».",
        (
            "examen-en-cours",
            "Examen en cours",
            "Bonjour,\nVotre demande est en cours d'examen. Nous revenons vers vous dès que possible.",
        ),
        (
            "merci-du-complement",
            "Complément bien reçu",
            "Bonjour,\nNous avons bien reçu votre complément, merci. Nous reprenons l'examen de votre demande.",
        ),
    ),
}
