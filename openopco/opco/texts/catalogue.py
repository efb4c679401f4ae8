"""Every template that an administrator may word: what it is for, and the only variables it knows.

A variable is added here and where its value is made, at once; one that a version in force uses is never taken away."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from openopco.opco.texts.syntax import Shape, Variable


class Medium(StrEnum):
    LETTER = "lettre"
    MAIL = "courriel"


@dataclass(frozen=True, slots=True)
class Template:
    """`label` and `sent` tell administrators what it is and when it goes."""

    code: str
    medium: Medium
    label: str
    sent: str
    variables: dict[str, Variable]

    @property
    def is_letter(self) -> bool:
        return self.medium is Medium.LETTER

    @property
    def examples(self) -> dict[str, object]:
        """An invented request."""
        return {name: variable.example for name, variable in self.variables.items()}


_HOUSE: Final = (
    Variable("opco", "Le nom de l'OPCO", "OPCO Mobilités"),
    Variable("de_opco", "Le nom de l'OPCO après « de »", "d'OPCO Mobilités"),
    Variable("produit", "Le nom du portail", "M-Gestion"),
    Variable("contact", "Comment joindre l'OPCO", "contact@opco.example, 01 00 00 00 00", may_be_empty=True),
)
_REQUEST: Final = (
    *_HOUSE,
    Variable("date", "Le jour de la lettre", "12/01/2027"),
    Variable("numero", "Le numéro de la demande", "AF-2027-000123"),
    Variable("formation", "L'intitulé de la formation", "Habilitation électrique B1V"),
    Variable("entreprise", "Le nom de l'entreprise", "GARAGE DES VALLÉES"),
    Variable("siret", "Le SIRET de l'établissement", "000 710 376 00013"),
    Variable("organisme", "L'organisme de formation", "CENTRE DE FORMATION DU RHIN", may_be_empty=True),
    Variable("date_debut", "Le premier jour de la formation", "15/02/2027"),
    Variable("date_fin", "Le dernier jour de la formation", "16/02/2027"),
    Variable("stagiaires", "Le nombre de stagiaires", "2 stagiaires"),
    Variable("cout_demande", "Le coût demandé", "1 250,00 € HT"),
    Variable("date_envoi", "Le jour où la demande a été envoyée", "04/01/2027"),
    Variable("lien", "L'adresse de la demande dans le portail", "https://portail.example/demandes/AF-2027-000123/"),
    Variable("gestionnaire", "Le gestionnaire qui a examiné la demande", "Olga Roux"),
    Variable(
        "tableau",
        "Le résumé de la demande, en tableau",
        [
            ["Demande", "AF-2027-000123"],
            ["Formation", "Habilitation électrique B1V"],
            ["Organisme de formation", "CENTRE DE FORMATION DU RHIN"],
            ["Dates", "du 15/02/2027 au 16/02/2027"],
            ["Stagiaires", "2 stagiaires"],
            ["Coût demandé", "1 250,00 € HT"],
        ],
        Shape.TABLE,
    ),
)
_REASON: Final = Variable(
    "motif", "Le motif écrit par le gestionnaire", "Le programme joint ne décrit pas les objectifs.", Shape.TEXT
)
_GRANT: Final = (
    Variable("montant_accorde", "Le montant accordé", "1 000,00 € HT"),
    Variable(
        "motif",
        "Pourquoi ce montant, si le gestionnaire l'a écrit",
        "Votre budget annuel ne permet pas davantage.",
        Shape.TEXT,
        may_be_empty=True,
    ),
    Variable("accord_precedent", "Le jour de l'accord que celui-ci remplace", "08/01/2027", may_be_empty=True),
    Variable("delai_signalement", "Le délai pour signaler un changement", "8 jours"),
    Variable(
        "financement",
        "Ce qui est pris en charge ou non, ligne par ligne : montant, règle, bénéficiaire",
        [
            "1 000,00 € HT, coût pédagogique. Plan de développement des compétences : budget de 1 500,00 € par entreprise en "
            "2027, dont il restait 1 000,00 €. Réglé à : l'employeur.",
            "Reste à votre charge : 250,00 € HT, coût pédagogique. Budget de 1 500,00 € par entreprise en 2027, déjà utilisé.",
        ],
        Shape.LIST,
        may_be_empty=True,
    ),
    Variable(
        "reglement",
        "Comment demander le paiement",
        "Réglez l'organisme, puis demandez-nous le remboursement du montant hors taxe, avec la facture et le certificat de "
        "réalisation.",
        Shape.TEXT,
        may_be_empty=True,
    ),
    Variable("demande_avant", "Le dernier jour pour demander le paiement", "16/06/2027", may_be_empty=True),
    Variable(
        "debut_avant",
        "Le dernier jour pour dire que la formation a commencé, si l'accord tombe sans cela",
        "14/08/2027",
        may_be_empty=True,
    ),
)
_ASK: Final = (
    Variable(
        "points",
        "Ce qui est à corriger ou à joindre, avec le motif de chaque point",
        ["Durée : la convention parle de 22 heures.", "Programme de l'action : il manque les objectifs."],
        Shape.LIST,
    ),
    Variable(
        "message",
        "Le message du gestionnaire, s'il en a écrit un",
        "Deux points, et nous pourrons décider.",
        Shape.TEXT,
        may_be_empty=True,
    ),
    Variable("reponse_avant", "Le dernier jour pour répondre", "27/01/2027"),
)
_SENT: Final = (
    *_HOUSE,
    Variable("numero", "Le numéro de la demande", "AF-2027-000123"),
    Variable("formation", "L'intitulé de la formation", "Habilitation électrique B1V"),
    Variable("entreprise", "Le nom de l'entreprise", "GARAGE DES VALLÉES"),
    Variable("envoi", "Le jour et l'heure de l'envoi", "04/01/2027 à 10 h 20"),
    Variable("deposant", "Qui a envoyé la demande", "Alice Martin", may_be_empty=True),
)
_NOTICE: Final = (
    *_HOUSE,
    Variable("evenement", "Ce qui arrive, en une phrase", "Votre demande AF-2027-000123 est accordée."),
    Variable("acte", "Ce qu'il y a à faire", "Lire la décision"),
    Variable("lien", "Où lire la suite", "https://portail.example/demandes/AF-2027-000123/"),
)
_NUMBERED: Final = (*_NOTICE, Variable("numero", "Le numéro de la demande", "AF-2027-000123"))
_WITH_LETTER: Final = (
    *_NUMBERED,
    Variable(
        "lien_lettre",
        "Où télécharger la lettre",
        "https://portail.example/demandes/AF-2027-000123/lettres/12.pdf",
        may_be_empty=True,
    ),
)

_GIVEN_BACK: Final = (
    *_HOUSE,
    Variable("numero", "Le numéro de l'ordre de reversement", "TP-2027-000012"),
    Variable("dossier", "Le numéro de la demande", "AF-2027-000123"),
    Variable("montant", "La somme à rembourser", "250,00 €"),
    Variable("virement", "La référence du virement", "VIR-2027-000031-000004"),
    Variable("verse_le", "Le jour du virement", "15/03/2027"),
    Variable("motif", "Pourquoi cette somme est à rembourser", "Avoir A-12 : un stagiaire absent.", Shape.TEXT),
)


def _template(code: str, medium: Medium, label: str, sent: str, variables: tuple[Variable, ...]) -> Template:
    return Template(code, medium, label, sent, {variable.name: variable for variable in variables})


def _letter(code: str, label: str, sent: str, *variables: Variable) -> Template:
    return _template(code, Medium.LETTER, label, sent, variables)


def _mail(code: str, label: str, sent: str, variables: tuple[Variable, ...]) -> Template:
    return _template(code, Medium.MAIL, label, sent, variables)


ACCORD, REFUS, SANS_SUITE, COMPLEMENT, RECU = "accord", "refus", "sans-suite", "complement", "recu"
NOTICE: Final = "avis"

TEMPLATES: Final[dict[str, Template]] = {
    template.code: template
    for template in (
        _letter(RECU, "Accusé de réception", "Dès qu'une demande est envoyée.", *_SENT),
        _letter(ACCORD, "Lettre d'accord", "Quand une demande est accordée.", *_REQUEST, *_GRANT),
        _letter(REFUS, "Lettre de refus", "Quand une demande est refusée.", *_REQUEST, _REASON),
        _letter(SANS_SUITE, "Lettre de classement sans suite", "Quand un dossier est classé.", *_REQUEST, _REASON),
        _letter(COMPLEMENT, "Demande de complément", "Quand un complément est demandé.", *_REQUEST, *_ASK),
        _letter("reversement", "Ordre de reversement", "Quand un avoir arrive après le paiement.", *_GIVEN_BACK),
        _mail("courriel-recu", "Demande reçue", "Dès qu'une demande est envoyée, à la personne qui l'envoie.",
              (*_SENT, Variable("reponse_visee", "Le jour avant lequel l'OPCO vise une réponse", "24/01/2027"),
               Variable("debut_avant_reponse", "Un avertissement, si la formation commence avant la réponse visée",
                        "La formation commence le 18/01/2027, avant cette date.", Shape.TEXT, may_be_empty=True),
               Variable("lien", "Où suivre la demande", "https://portail.example/demandes/AF-2027-000123/"))),
        _mail("courriel-accord", "Demande accordée", "Quand une demande est accordée.", _WITH_LETTER),
        _mail("courriel-refus", "Demande refusée", "Quand une demande est refusée.", _WITH_LETTER),
        _mail("courriel-sans-suite", "Demande classée sans suite", "Quand un dossier est classé.", _WITH_LETTER),
        _mail("courriel-complement", "Complément demandé", "Quand un complément est demandé.",
              (*_WITH_LETTER, Variable("reponse_avant", "Le dernier jour pour répondre", "27/01/2027"))),
        _mail("courriel-rappel", "Rappel avant une échéance", "Quand il reste peu de jours pour répondre.", _NUMBERED),
        _mail("courriel-message", "Nouveau message", "Quand un message est écrit dans une demande.", _NUMBERED),
        _mail(NOTICE, "Toute autre notification", "Quand aucun autre modèle ne convient.", _NOTICE),
    )
}  # fmt: skip
