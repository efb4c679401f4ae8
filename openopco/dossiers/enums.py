"""Stable codes of the life of a request, and the words each audience reads for them."""

from enum import StrEnum


class State(StrEnum):
    """Where a request stands. Codes never change; words are below."""

    BROUILLON = "brouillon"
    TRANSMISE = "transmise"
    EN_INSTRUCTION = "en_instruction"
    COMPLEMENT_DEMANDE = "complement_demande"
    ACCORDEE = "accordee"
    REFUSEE = "refusee"
    SANS_SUITE = "sans_suite"
    ANNULEE = "annulee"
    CADUQUE = "caduque"


class Audience(StrEnum):
    """Who reads: the employer and those who act for him, or the OPCO's own people."""

    EMPLOYEUR = "employeur"
    OPCO = "opco"


class WaitingFor(StrEnum):
    """Who must act next."""

    EMPLOYEUR = "employeur"
    OPCO = "opco"
    PERSONNE = "personne"


STATE_WORDS: dict[Audience, dict[State, str]] = {
    Audience.EMPLOYEUR: {
        State.BROUILLON: "À compléter",
        State.TRANSMISE: "Envoyée",
        State.EN_INSTRUCTION: "En cours d'examen",
        State.COMPLEMENT_DEMANDE: "Attend votre réponse",
        State.ACCORDEE: "Accordée",
        State.REFUSEE: "Refusée",
        State.SANS_SUITE: "Classée sans suite",
        State.ANNULEE: "Annulée",
        State.CADUQUE: "Caduque",
    },
    Audience.OPCO: {
        State.BROUILLON: "Brouillon",
        State.TRANSMISE: "Transmise, à prendre",
        State.EN_INSTRUCTION: "En instruction",
        State.COMPLEMENT_DEMANDE: "Complément demandé",
        State.ACCORDEE: "Accordée",
        State.REFUSEE: "Refusée",
        State.SANS_SUITE: "Sans suite",
        State.ANNULEE: "Annulée par l'employeur",
        State.CADUQUE: "Caduque",
    },
}
# The class of a status badge: its colour says nothing that its word does not.
STATE_TONES: dict[State, str] = {
    State.BROUILLON: "off",
    State.TRANSMISE: "info",
    State.EN_INSTRUCTION: "info",
    State.COMPLEMENT_DEMANDE: "wait",
    State.ACCORDEE: "ok",
    State.REFUSEE: "bad",
    State.SANS_SUITE: "off",
    State.ANNULEE: "off",
    State.CADUQUE: "off",
}
STATE_EXPLANATIONS: dict[State, str] = {
    State.BROUILLON: "Votre demande n'est pas encore envoyée. Complétez-la puis validez-la.",
    State.TRANSMISE: "Votre demande est bien arrivée. Un gestionnaire va la prendre en charge.",
    State.EN_INSTRUCTION: "Un gestionnaire examine votre demande. Vous n'avez rien à faire.",
    State.COMPLEMENT_DEMANDE: "Le gestionnaire a besoin d'une précision ou d'une pièce pour continuer.",
    State.ACCORDEE: "Votre demande est acceptée.",
    State.REFUSEE: "Votre demande n'a pas été acceptée. Vous pouvez la reprendre dans une nouvelle demande.",
    State.SANS_SUITE: "Votre demande est fermée sans décision. Vous pouvez la reprendre dans une nouvelle demande.",
    State.ANNULEE: "Vous avez annulé cette demande.",
    State.CADUQUE: "L'accord n'est plus valable : le dernier jour pour demander le paiement est passé.",
}
LAPSED_UNBEGUN = "L'accord n'est plus valable : personne ne nous a dit à temps que la formation avait commencé."
OPEN_STATES = frozenset({State.TRANSMISE, State.EN_INSTRUCTION, State.COMPLEMENT_DEMANDE})
DECIDED_STATES = frozenset({State.ACCORDEE, State.REFUSEE, State.SANS_SUITE})
CLOSED_STATES = frozenset({State.REFUSEE, State.SANS_SUITE, State.ANNULEE, State.CADUQUE})


class CorrectionState(StrEnum):
    OUVERTE = "ouverte"
    REPONDUE = "repondue"
    RETIREE = "retiree"


class ItemKind(StrEnum):
    """What a correction is asked on: a field of the form, or a piece."""

    CHAMP = "champ"
    PIECE = "piece"


class NewsKind(StrEnum):
    """What may have changed in a request since an officer last opened it."""

    REPONSE = "reponse"
    MESSAGE = "message"
    NOTE = "note"
    PIECE = "piece"
    MODIFICATION = "modification"
    MODIF_RETIREE = "modif_retiree"
    MODIF_ACCEPTEE = "modif_acceptee"
    MODIF_REFUSEE = "modif_refusee"
    DEBUT = "debut"
    CADUCITE = "caducite"
    LEVEE = "levee"
    CONSTATEE = "constatee"
    CONFIE = "confie"
    ANNULATION = "annulation"
    DECISION = "decision"
    FONDS = "fonds"


# « Confié par Nadia Benali »: those that end with « par » go on with a name.
NEWS_WORDS: dict[NewsKind, str] = {
    NewsKind.REPONSE: "Réponse reçue",
    NewsKind.MESSAGE: "Nouveau message",
    NewsKind.NOTE: "Nouvelle note",
    NewsKind.PIECE: "Pièce ajoutée",
    NewsKind.MODIFICATION: "Modification signalée",
    NewsKind.MODIF_RETIREE: "Modification retirée",
    NewsKind.MODIF_ACCEPTEE: "Modification acceptée",
    NewsKind.MODIF_REFUSEE: "Modification refusée",
    NewsKind.DEBUT: "Formation commencée",
    NewsKind.CADUCITE: "Accord caduc",
    NewsKind.LEVEE: "Caducité levée",
    NewsKind.CONSTATEE: "Annulation constatée",
    NewsKind.CONFIE: "Confié par",
    NewsKind.ANNULATION: "Annulée par l'employeur",
    NewsKind.DECISION: "Décision prise",
    NewsKind.FONDS: "Fonds rouverts",
}


class ModificationState(StrEnum):
    """Where a modification stands. Codes never change; words are below."""

    PREPAREE = "preparee"
    PROPOSEE = "proposee"
    ACCEPTEE = "acceptee"
    REFUSEE = "refusee"
    RETIREE = "retiree"


class ChangeKind(StrEnum):
    """What one line of a modification changes."""

    CHAMP = "champ"
    RETRAIT = "retrait"
    AJOUT = "ajout"
    ORGANISME = "organisme"
    ANNULATION = "annulation"


class Channel(StrEnum):
    """How a modification reached the OPCO: written by the employer, or told to an officer who files it."""

    EN_LIGNE = "en_ligne"
    TELEPHONE = "telephone"


MODIFICATION_WORDS: dict[Audience, dict[ModificationState, str]] = {
    Audience.EMPLOYEUR: {
        ModificationState.PREPAREE: "Pas encore envoyée",
        ModificationState.PROPOSEE: "Envoyée, en attente de réponse",
        ModificationState.ACCEPTEE: "Acceptée",
        ModificationState.REFUSEE: "Refusée",
        ModificationState.RETIREE: "Retirée",
    },
    Audience.OPCO: {
        ModificationState.PREPAREE: "En préparation",
        ModificationState.PROPOSEE: "À décider",
        ModificationState.ACCEPTEE: "Acceptée",
        ModificationState.REFUSEE: "Refusée",
        ModificationState.RETIREE: "Retirée",
    },
}
MODIFICATION_TONES: dict[ModificationState, str] = {
    ModificationState.PREPAREE: "off",
    ModificationState.PROPOSEE: "wait",
    ModificationState.ACCEPTEE: "ok",
    ModificationState.REFUSEE: "bad",
    ModificationState.RETIREE: "off",
}


class Reception(StrEnum):
    """How a request came that an officer types for an employer."""

    COURRIER = "courrier"
    COURRIEL = "courriel"
    TELEPHONE = "telephone"


RECEPTION_WORDS: dict[Reception, str] = {
    Reception.COURRIER: "par courrier",
    Reception.COURRIEL: "par courriel",
    Reception.TELEPHONE: "par téléphone",
}


class LetterKind(StrEnum):
    """What a letter says. The same codes name the templates of `openopco.opco.texts`."""

    ACCORD = "accord"
    REFUS = "refus"
    SANS_SUITE = "sans-suite"
    COMPLEMENT = "complement"


LETTER_WORDS: dict[LetterKind, str] = {
    LetterKind.ACCORD: "Lettre d'accord",
    LetterKind.REFUS: "Lettre de refus",
    LetterKind.SANS_SUITE: "Lettre de classement sans suite",
    LetterKind.COMPLEMENT: "Demande de complément",
}


# The zone of the paper that an officer scanned, among a request's pieces: no kind of request asks for it.
PAPER_ZONE = "papier"


def choices(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """Pairs for a model's `choices`: the code stands for itself, audiences have words of their own."""
    return [(member.value, member.value) for member in enum]
