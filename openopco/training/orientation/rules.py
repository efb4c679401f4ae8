"""« Quel dispositif choisir ? »: five questions at most, then the form that fits and why. Pure: one decision table.

Sources: C. trav. L.6313-1 (nature of an action), L.6222-1 (apprenticeship: 16 to 29), L.6325-1 (contrat de
professionnalisation), decrees 2026-39 and 2026-40 (période de reconversion, Cerfa 17613)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """`choices`: code in the address, words. `hint` helps who hesitates."""

    code: str
    label: str
    choices: tuple[tuple[str, str], ...]
    hint: str = ""

    def word(self, answer: str) -> str:
        return dict(self.choices)[answer]


WHO = Question(
    "qui",
    "Qui doit être formé ?",
    (
        ("salarie", "Un salarié déjà dans l'entreprise"),
        ("embauche", "Une personne que nous allons embaucher"),
        ("dirigeant", "Un dirigeant ou un indépendant qui n'est pas salarié"),
    ),
)
AIM_OF_EMPLOYEE = Question(
    "but",
    "Dans quel but ?",
    (
        ("competences", "Apprendre ou se mettre à jour pour son travail"),
        ("bilan", "Faire le point sur ses compétences et son projet"),
        ("vae", "Faire reconnaître son expérience par une certification"),
        ("metier", "Changer de métier ou de qualification"),
    ),
)
AIM_OF_RECRUIT = Question(
    "but",
    "Dans quel but ?",
    (
        ("alternance", "Se qualifier en travaillant, en alternance"),
        ("competences", "Apprendre ce que demande le poste, une fois embauchée"),
    ),
)
GOAL = Question(
    "certification",
    "À quoi mène la formation ?",
    (
        ("diplome", "Un diplôme ou un titre inscrit au RNCP"),
        ("branche", "Une qualification de la branche (CQP, convention collective)"),
        ("aucune", "Rien de cela"),
    ),
    "L'organisme de formation ou le CFA vous le dira.",
)
AGE = Question(
    "age",
    "Quel âge aura la personne au début du contrat ?",
    (("moins_26", "De 16 à 25 ans"), ("26_29", "De 26 à 29 ans"), ("30_plus", "30 ans ou plus")),
)
STARTED = Question(
    "commencee",
    "La formation a-t-elle déjà commencé ?",
    (("non", "Non"), ("oui", "Oui")),
)
QUESTIONS = (WHO, AIM_OF_EMPLOYEE, GOAL, AGE, STARTED)


class Form(StrEnum):
    """The form that a request is made on. `AUCUN`: none is the OPCO's."""

    ACTION = "action"
    APPRENTISSAGE = "apprentissage"
    PRO = "professionnalisation"
    RECONVERSION = "reconversion"
    AUCUN = "aucun"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the answers lead: `why` one sentence each, `before` what must be known first, `nature` that of an action de
    formation."""

    form: Form
    title: str
    why: tuple[str, ...]
    before: tuple[str, ...] = ()
    nature: str = ""


def next_question(answers: Answers) -> Question | None:
    """The first question that these answers call for and don't settle; None once they lead somewhere."""
    return next((each for each in _path(answers) if answers.get(each.code) not in dict(each.choices)), None)


def kept(answers: Answers) -> list[tuple[Question, str]]:
    """The answers that count, in order: whatever else an address holds is left out."""
    found = []
    for question in _path(answers):
        answer = answers.get(question.code, "")
        if answer not in dict(question.choices):
            break
        found.append((question, answer))
    return found


def _path(answers: Answers) -> list[Question]:
    """The questions of these answers, each asked because of those before it."""
    who, aim, goal = (answers.get(code, "") for code in ("qui", "but", "certification"))
    if who == "dirigeant":
        return [WHO]
    if who == "embauche":
        if aim == "alternance":
            return [WHO, AIM_OF_RECRUIT, GOAL, *([AGE] if goal != "aucune" else [STARTED])]
        return [WHO, AIM_OF_RECRUIT, STARTED]
    if aim == "metier":
        return [WHO, AIM_OF_EMPLOYEE, GOAL, *([STARTED] if goal == "aucune" else [])]
    return [WHO, AIM_OF_EMPLOYEE, STARTED]


def outcome(answers: Answers) -> Outcome:
    """Where complete answers lead. Raises KeyError for those that are not: ask `next_question` first."""
    if answers["qui"] == "dirigeant":
        return _NOT_OURS
    aim, goal = answers["but"], answers.get("certification", "")
    if aim == "metier" and goal != "aucune":
        return _RECONVERSION
    if aim == "alternance" and goal != "aucune":
        return _in_alternation(goal, answers["age"])
    return _action(aim, goal, started=answers["commencee"] == "oui", is_recruit=answers["qui"] == "embauche")


_NOT_OURS = Outcome(
    Form.AUCUN,
    "Ce n'est pas une demande à l'OPCO",
    ("L'OPCO finance la formation des salariés. Un dirigeant ou un indépendant non salarié cotise à un autre fonds.",),
    (
        "Votre attestation de contribution à la formation, envoyée par l'Urssaf, nomme votre fonds d'assurance formation.",
    ),
)
_RECONVERSION = Outcome(
    Form.RECONVERSION,
    "Une période de reconversion",
    (
        "Un salarié change de métier ou de qualification, par une certification reconnue.",
        "Elle remplace la Pro-A depuis le 1er février 2026.",
    ),
    (
        "Un accord écrit avec le salarié, et une convention avec l'organisme de formation.",
        "De 150 à 450 heures, sur douze mois au plus.",
        "L'envoi se fait dans les trente jours qui précèdent le début, sur le Cerfa 17613.",
    ),
)
_APPRENTICESHIP = Outcome(
    Form.APPRENTISSAGE,
    "Un contrat d'apprentissage",
    (
        "La personne a de 16 à 29 ans et prépare un diplôme ou un titre inscrit au RNCP.",
        "La formation se fait dans un CFA, en alternance avec le travail.",
    ),
    ("Choisissez le CFA : il vous aide à remplir le contrat.",),
)


def _in_alternation(goal: str, age: str) -> Outcome:
    if goal == "diplome" and age != "30_plus":
        return _APPRENTICESHIP
    if goal == "diplome":
        why = "À partir de 30 ans, l'apprentissage n'est ouvert que par exception (travailleur handicapé, création d'entreprise)."
    else:
        why = "Une qualification de la branche se prépare en contrat de professionnalisation."
    young = age == "moins_26"
    who = (
        "" if young else "À partir de 26 ans : la personne est inscrite à France Travail, ou reçoit un minimum social."
    )
    before = tuple(
        line for line in (who, "Choisissez l'organisme de formation et un tuteur dans l'entreprise.") if line
    )
    return Outcome(Form.PRO, "Un contrat de professionnalisation", (why,), before)


_TITLES = {
    "bilan": (
        "Une action de formation : bilan de compétences",
        "Un bilan de compétences se demande comme une action de formation.",
    ),
    "vae": ("Une action de formation : VAE", "Une VAE se demande comme une action de formation."),
}


def _action(aim: str, goal: str, *, started: bool, is_recruit: bool) -> Outcome:
    nature = aim if aim in _TITLES else "action"
    title, why = _TITLES.get(aim, ("Une action de formation", "L'entreprise forme un salarié pour son travail."))
    reasons = [why]
    if goal == "aucune":
        reasons.append("Sans certification, ni contrat en alternance ni période de reconversion n'est possible.")
    before = ["La demande s'envoie avant le début de la formation."]
    if started:
        before = ["La formation a déjà commencé : la demande devait partir avant, elle pourrait être refusée."]
    if is_recruit:
        before.append("La personne doit être salariée de l'entreprise quand la formation commence.")
    return Outcome(Form.ACTION, title, tuple(reasons), tuple(before), nature)
