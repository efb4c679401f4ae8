"""What the demonstration shows: invented people and requests, told as data. Days are counted from the day of loading."""

from dataclasses import dataclass
from typing import Final

from openopco.demo.accounts import (
    ACCOUNTANT,
    ADMINISTRATOR,
    CONTROLLER,
    EMPLOYER,
    OFFICER,
    PROVIDER,
    SECOND_ACCOUNTANT,
    SECOND_ADMINISTRATOR,
    SECOND_OFFICER,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `sirets`: the establishments he files for; `waits`: his attachment is still to be decided."""

    email: str
    first_name: str
    last_name: str
    sirets: tuple[str, ...] = ()
    waits: bool = False


OFFICERS = (Person(OFFICER, "Nadia", "Benali"), Person(SECOND_OFFICER, "Étienne", "Rousseau"))
ADMINISTRATORS = (Person(ADMINISTRATOR, "Hélène", "Marchand"), Person(SECOND_ADMINISTRATOR, "Yann", "Le Goff"))
CONTROLLERS = (Person(CONTROLLER, "Samira", "Haddad"),)
ACCOUNTANTS = (Person(ACCOUNTANT, "Bruno", "Keller"), Person(SECOND_ACCOUNTANT, "Lucie", "Fontaine"))
EMPLOYERS = (
    Person(EMPLOYER, "Camille", "Martin", ("83135297600011",)),
    Person("atelier@demo.example", "Luc", "Schmitt", ("00071037600013", "00071111900016")),
    Person("controle@demo.example", "Aïcha", "Traoré", ("00071074900011",)),
    Person("transport@demo.example", "Pascal", "Grandmougin", ("00071296800015",)),
    Person("cycles@demo.example", "Zoé", "Parmentier", ("00071407100016",), waits=True),
)
# At ACTIF AUTO CONTROLE, after its administrator: a declarant, somebody who asks to act, an address invited.
COLLEAGUE = Person("collegue@demo.example", "Inès", "Muller", ("83135297600011",))
ASKER = Person("accueil@demo.example", "Théo", "Weber", ("83135297600011",), waits=True)
# For the provider of the walk: its own number, not that of an employer.
TEACHER = Person(PROVIDER, "Claire", "Dubois", ("83426702300028",))
INVITED = "cabinet@demo.example"


# An establishment that the registry does not know yet: typed by its employer, to be verified by an officer.
KEYED_BY_HAND: Final = {
    "siret": "00071999700017",
    "name": "GARAGE DES TROIS VALLEES, ATELIER DU LAC",
    "address": "2 CHEMIN DU LAC",
    "postal_code": "68140",
    "city": "MUNSTER",
    "naf": "4520A",
    "headcount_exact": "4",
    "idcc": "1090",
}


SEEN: Final = "Attestation de vigilance de l'Urssaf, transmise par l'entreprise"
COMPANY_NOTE: Final = "M. Grandmougin doit régulariser en début d'année : le rappeler avant d'accorder."
PROVIDER_NOTE: Final = "Programmes toujours complets. Contact utile : le secrétariat, le matin."


@dataclass(frozen=True, slots=True)
class Worker:
    """A trainee of an employer's directory. `born`: jj/mm/aaaa; the NIR is made up from sex, birth and rank."""

    last_name: str
    first_name: str
    sex: str
    born: str
    csp: str
    level: str
    contract: str = "CDI"


WORKERS: dict[str, tuple[Worker, ...]] = {
    "83135297600011": (
        Worker("Müller", "Anaïs", "F", "12/05/1995", "TAM", "4"),
        Worker("Da Silva", "Bruno", "M", "03/11/1988", "OQ", "3"),
        Worker("N'Guyen", "Thi-Lan", "F", "27/02/2001", "EMP", "5"),
    ),
    "00071037600013": (
        Worker("Kessler", "Jean-Marc", "M", "14/07/1979", "OQ", "3"),
        Worker("Élie", "Maëlle", "F", "30/09/1999", "OQ", "4"),
    ),
    "00071111900016": (Worker("Lempereur", "Sacha", "M", "21/01/1992", "OQ", "3"),),
    "00071074900011": (Worker("Haddad", "Karim", "M", "08/08/1986", "TAM", "5"),),
    "00071296800015": (
        Worker("Vautrin", "Odile", "F", "19/03/1974", "EMP", "3"),
        Worker("Œuvrard", "Théo", "M", "11/12/2003", "ONQ", "3", "CDD"),
    ),
    "00071407100016": (Worker("Parmentier", "Noé", "M", "02/06/1997", "OQ", "4"),),
}


@dataclass(frozen=True, slots=True)
class Request:
    """A request and how far it went. `sent`: days ago; `starts`: days from now; `cost` in euros HT as typed; `by_mail`: the
    second officer typed it from a letter.

    `story`: the steps after sending, each « who:what » played by `loading`."""

    siret: str
    title: str
    provider: str
    sent: int | None
    starts: int
    days: int
    hours: str
    cost: str
    trainees: int = 1
    nature: str = "action"
    modality: str = "presentiel"
    story: tuple[str, ...] = ()
    filled: bool = True
    by_mail: bool = False


AXEPT, CONDUITE, TECHNIQUE = "83426702300028", "00075053900017", "00075106500012"
BILAN, ELECTRIQUE, SECOURISME = "00075159400011", "00075318600014", "00075424200014"
ACTIF, VALLEES, LEMPEREUR = "83135297600011", "00071037600013", "00071111900016"
RIED, GRANDMOUGIN, CYCLES = "00071074900011", "00071296800015", "00071407100016"
GRANTED, LAPSED, ASKED = ("granted",), ("granted", "lapsed"), ("asked",)
CLAIMED, INVOICED = ("granted", "claimed"), ("granted", "invoiced", "checked")
REFUNDED = ("granted", "claimed", "checked", "paid")
SIGNALLED, REISSUED = ("granted", "signalled"), ("granted", "reissued")
GIVEN_BACK, CALLED_OFF = ("granted", "lapsed", "given_back"), ("granted", "called_off")
REQUESTS = (
    Request(
        ACTIF,
        "Contrôle technique : maintien de qualification",
        AXEPT,
        260,
        -240,
        2,
        "14",
        "840",
        2,
        story=LAPSED,
    ),
    Request(
        ACTIF,
        "Contrôle des véhicules hybrides et électriques",
        ELECTRIQUE,
        48,
        -12,
        2,
        "14",
        "1 250,50",
        2,
        story=GRANTED,
    ),
    Request(
        ACTIF,
        "Accueil et relation client au centre de contrôle",
        AXEPT,
        40,
        -20,
        1,
        "7",
        "620",
        3,
        story=("granted_less",),
    ),
    Request(ACTIF, "Perfectionnement au tableur", CONDUITE, 33, -10, 3, "21", "2 950", 1, story=("refused",)),
    Request(
        ACTIF,
        "Bilan de compétences de la réceptionnaire",
        BILAN,
        26,
        30,
        60,
        "24",
        "1 900",
        1,
        nature="bilan",
        story=ASKED,
    ),
    Request(
        ACTIF, "Contrôle des deux-roues motorisés", TECHNIQUE, 9, 50, 2, "14", "1 680", 2, story=("taken", "message")
    ),
    Request(ACTIF, "Sauveteur secouriste du travail", SECOURISME, 2, 15, 2, "14", "390", 3),
    Request(
        ACTIF, "Anglais pour l'accueil", AXEPT, 30, 5, 10, "20", "900", 1, modality="distanciel", story=("cancelled",)
    ),
    Request(ACTIF, "Habilitation électrique B0L-B2VL", ELECTRIQUE, None, 40, 2, "14", "980", 2),
    Request(ACTIF, "Remise à niveau annuelle", AXEPT, None, 60, 1, "", "", 0, filled=False),
    Request(
        VALLEES,
        "Diagnostic des systèmes d'aide à la conduite",
        TECHNIQUE,
        24,
        10,
        3,
        "21",
        "1 890",
        2,
        story=("taken2",),
    ),
    Request(VALLEES, "Climatisation automobile : attestation de capacité", AXEPT, 12, 22, 2, "14", "760"),
    Request(
        VALLEES, "Soudure sur acier à très haute limite élastique", AXEPT, 70, -30, 2, "14", "1 100", story=GRANTED
    ),
    Request(LEMPEREUR, "Peinture à base aqueuse", AXEPT, 6, 35, 2, "14", "1 020"),
    Request(LEMPEREUR, "Réparation des matériaux composites", AXEPT, 60, -25, 3, "21", "1 640", story=("closed",)),
    Request(
        RIED, "Contrôleur technique : qualification initiale", TECHNIQUE, 19, 14, 45, "315", "6 900", story=("taken",)
    ),
    Request(RIED, "Contrôle technique des véhicules au gaz", TECHNIQUE, 4, 28, 1, "7", "450"),
    Request(GRANDMOUGIN, "Conduite rationnelle et économe", CONDUITE, 15, 9, 1, "7", "540", 2, story=("asked_twice",)),
    Request(GRANDMOUGIN, "Chronotachygraphe : nouvelle génération", CONDUITE, 3, 12, 1, "7", "310", 2),
    Request(GRANDMOUGIN, "Gestes et postures en messagerie", SECOURISME, 55, -22, 1, "7", "380", 2, story=CLAIMED),
    Request(CYCLES, "Vélo à assistance électrique : diagnostic", AXEPT, 5, 25, 2, "14", "720"),
    # Once granted, a course moves, shrinks, begins or never happens.
    Request(ACTIF, "Organes de sécurité : perfectionnement", TECHNIQUE, 34, 18, 2, "14", "1 120", 2, story=SIGNALLED),
    Request(ACTIF, "Gestion des litiges avec la clientèle", AXEPT, 44, 12, 2, "14", "980", 2, story=REISSUED),
    Request(ACTIF, "Formation de tuteur en entreprise", AXEPT, 38, -4, 30, "42", "1 400", 1, story=GRANTED),
    Request(VALLEES, "Géométrie des trains roulants", TECHNIQUE, 300, -280, 2, "14", "690", 1, story=GIVEN_BACK),
    Request(GRANDMOUGIN, "Conduite de chariots élévateurs", SECOURISME, 45, 6, 3, "21", "840", 1, story=CALLED_OFF),
    Request(ACTIF, "Prise en main du nouveau banc de freinage", AXEPT, 48, -16, 2, "14", "960", 3, story=GRANTED),
    Request(ACTIF, "Tenue du registre des contrôles", AXEPT, 110, -84, 1, "7", "450", 1, story=REFUNDED),
    Request(VALLEES, "Réparation des pièces en plastique", AXEPT, 95, -64, 1, "7", "360", 1, story=INVOICED),
    Request(ACTIF, "Réglage des phares et des feux", TECHNIQUE, 1, 44, 1, "7", "410", 2, by_mail=True),
)
SENDER, CONTACT = "Mme Martin, gérante", "03 89 00 00 00"
