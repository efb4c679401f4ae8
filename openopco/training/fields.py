"""Every field of an action de formation, as the seed's screens name them. Pure.

« Durée » is in hours per trainee; « Coût pédagogique » is the whole action, all trainees, in euros HT."""

from openopco.dossiers.fields import YES, FieldSpec, parse_yes, show_yes
from openopco.kernel.calendar import format_date, parse_date
from openopco.kernel.contacts import format_phone, parse_email, parse_phone, parse_postal_code
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import parse_idcc, parse_rncp
from openopco.kernel.money import format_euros, format_hours, parse_amount, parse_hours
from openopco.kernel.text import clean_text
from openopco.opco import shipped_lists as lists
from openopco.trainees.enums import NirAbsentReason, Sex
from openopco.training.enums import AncillaryCost, Modality, Nature

YES_NO = ((YES, "Oui"), ("non", "Non"))
TRAINEE = "stagiaire"
MOST_DIGITS = 9


def parse_headcount(raw: str) -> int:
    """A number of employees of the whole company (SIREN), 1 to 500 000."""
    return _count(raw, 500_000, "Indiquez un nombre entier de salariés, par exemple 3.")


def parse_quantity(raw: str) -> int:
    """A count of meals, nights, trips or hours, 1 to 9 999."""
    return _count(raw, 9999, "Indiquez un nombre entier, par exemple 4.")


def _count(raw: str, most: int, problem: str) -> int:
    digits = "".join(raw.split())
    # A longer one is too much, whatever it says.
    if not digits.isascii() or not digits.isdigit() or len(digits) > MOST_DIGITS or not 1 <= int(digits) <= most:
        raise InvalidValue(problem)
    return int(digits)


def parse_declared(raw: str) -> bool:
    """What is declared of a person, health included: « oui », « non », and nothing else passes for a « non »."""
    if raw.strip() not in (YES, "non"):
        raise InvalidValue("Répondez par oui ou par non.")
    return raw.strip() == YES


def _choices(enum: type) -> tuple[tuple[str, str], ...]:
    return tuple((str(code), label) for code, label in enum.choices)  # type: ignore[attr-defined]


# --- step 1 ----------------------------------------------------------------------------------------------------------

HEADCOUNT = FieldSpec(
    "headcount",
    "Effectif total salariés",
    "Indiquer l'effectif de l'entreprise",
    parse_headcount,
    required=True,
    hint="Tous les salariés de l'entreprise (même SIREN), tous établissements confondus.",
    inputmode="numeric",
    max_length=8,
)
IDCC = FieldSpec(
    "idcc",
    "Code IDCC de la convention collective",
    "Indiquer la convention collective",
    parse_idcc,
    required=True,
    hint="Quatre chiffres, sur vos bulletins de paie. Services de l'automobile : 1090.",
    inputmode="numeric",
    max_length=12,
)
EMAIL = FieldSpec(
    "contact_email",
    "E-Mail",
    "Indiquer votre e-mail",
    parse_email,
    required=True,
    kind="email",
    autocomplete="email",
    inputmode="email",
)
PHONE = FieldSpec(
    "contact_phone",
    "Téléphone",
    "Indiquer votre téléphone",
    parse_phone,
    kind="tel",
    autocomplete="tel",
    inputmode="tel",
    max_length=30,
    show=format_phone,
)

# --- step 2 ----------------------------------------------------------------------------------------------------------

INTERNAL = FieldSpec(
    "internal",
    "Formation interne",
    parse=parse_yes,
    kind="checkbox",
    hint="La formation est donnée par votre entreprise, sans organisme de formation.",
    show=show_yes,
    correctable=False,
)
TITLE = FieldSpec(
    "title", "Intitulé de la formation", "Donner l'intitulé de la formation", required=True, max_length=200
)
NATURE = FieldSpec(
    "nature",
    "Dispositif",
    "Choisir le dispositif",
    required=True,
    kind="select",
    choices=_choices(Nature),
    default=Nature.ACTION.value,
)
STARTS_ON = FieldSpec(
    "starts_on",
    "Date de début",
    "Indiquer la date de début",
    parse_date,
    required=True,
    kind="date",
    hint="jj/mm/aaaa",
    inputmode="numeric",
    max_length=20,
    show=format_date,
)
ENDS_ON = FieldSpec(
    "ends_on",
    "Date de fin",
    "Indiquer la date de fin",
    parse_date,
    required=True,
    kind="date",
    hint="jj/mm/aaaa",
    inputmode="numeric",
    max_length=20,
    show=format_date,
)
CERTIFYING = FieldSpec("certifying", "Formation certifiante", kind="select", choices=YES_NO, default="non")
CERTIFICATION = FieldSpec(
    "certification",
    "Numéro RNCP ou RS",
    "Indiquer le numéro RNCP ou RS",
    parse_rncp,
    required=True,
    hint="Par exemple RNCP37680 ou RS5715 : l'organisme de formation vous le donne.",
    max_length=20,
    only_if=("certifying", YES),
)
MODALITY = FieldSpec(
    "modality",
    "Modalités pédagogiques",
    kind="select",
    choices=_choices(Modality),
    default=Modality.PRESENTIEL.value,
)
THEME = FieldSpec(
    "theme",
    "Thème de la formation",
    kind="select",
    listed=lists.THEME,
    hint="Certaines aides de votre branche en dépendent. Laissez vide si aucun ne convient.",
)
HOURS = FieldSpec(
    "hours",
    "Durée en heure(s)",
    "Indiquer la durée en heures",
    parse_hours,
    required=True,
    hint="Par stagiaire. Par exemple 14 ou 10,5.",
    inputmode="decimal",
    max_length=12,
    show=format_hours,
)
COST = FieldSpec(
    "cost",
    "Coût pédagogique de l'action HT",
    "Indiquer le coût pédagogique",
    parse_amount,
    required=True,
    kind="amount",
    hint="Pour tous les stagiaires, hors taxes.",
    inputmode="decimal",
    max_length=20,
    suffix="€",
    show=format_euros,
)
PLACE_POSTAL_CODE = FieldSpec(
    "place_postal_code",
    "Code postal",
    "Indiquer le lieu de formation",
    parse_postal_code,
    kind="postal",
    hint="Recherche par code postal",
    inputmode="numeric",
    max_length=10,
)
PLACE_CITY = FieldSpec("place_city", "Ville", kind="city", max_length=120)


def _ancillary() -> tuple[FieldSpec, ...]:
    fields = []
    for cost in AncillaryCost:
        unit = "nombre d'heures" if cost is AncillaryCost.SALAIRES else "quantité"
        fields.append(
            FieldSpec(
                f"{cost.value}_quantity",
                f"{cost.label} : {unit}",
                parse=parse_quantity,
                inputmode="numeric",
                max_length=6,
            )
        )
        fields.append(
            FieldSpec(
                f"{cost.value}_amount",
                f"{cost.label} : montant HT",
                parse=parse_amount,
                kind="amount",
                inputmode="decimal",
                max_length=20,
                suffix="€",
                show=format_euros,
            )
        )
    return tuple(fields)


ANCILLARY = _ancillary()

# --- step 3, for each trainee ----------------------------------------------------------------------------------------

NIR = FieldSpec(
    "nir",
    "NIR",
    "Saisir le NIR",
    kind="nir",
    hint="Numéro de sécurité sociale, 15 chiffres, sur la carte Vitale ou un bulletin de paie.",
    inputmode="numeric",
    max_length=30,
)
NIR_ABSENT_REASON = FieldSpec(
    "nir_absent_reason",
    "Pas de NIR : pourquoi ?",
    kind="select",
    choices=tuple(pair for pair in _choices(NirAbsentReason) if pair[0] != NirAbsentReason.NOT_ASKED),
)
BIRTH_DATE = FieldSpec(
    "birth_date",
    "Date de naissance",
    "Indiquer la date de naissance",
    parse_date,
    required=True,
    kind="date",
    hint="jj/mm/aaaa",
    inputmode="numeric",
    max_length=20,
    show=format_date,
)
BIRTH_NAME = FieldSpec("birth_name", "Nom de naissance", hint="S'il diffère du nom d'usage.", max_length=100)
LAST_NAME = FieldSpec("last_name", "Nom", "Indiquer le nom", required=True, max_length=100)
FIRST_NAME = FieldSpec("first_name", "Prénom", "Indiquer le prénom", required=True, max_length=100)
SEX = FieldSpec("sex", "Sexe", "Indiquer le sexe", required=True, kind="select", choices=_choices(Sex))
HOME_POSTAL_CODE = FieldSpec(
    "postal_code",
    "Domiciliation - code postal",
    parse=parse_postal_code,
    kind="postal",
    hint="Recherche par code postal",
    inputmode="numeric",
    max_length=10,
)
HOME_CITY = FieldSpec("city", "Domiciliation - ville", kind="city", max_length=120)
EMPLOYEE_NUMBER = FieldSpec("employee_number", "Matricule", hint="Celui de votre logiciel de paie.", max_length=40)
CSP = FieldSpec("csp", "CSP", "Choisir la CSP", required=True, kind="select", listed=lists.CSP)
CONTRACT_TYPE = FieldSpec("contract_type", "Type de contrat", kind="select", listed=lists.CONTRACT_TYPE)
EDUCATION_LEVEL = FieldSpec(
    "education_level",
    "Niveau de formation initial",
    "Choisir le niveau de formation",
    required=True,
    kind="select",
    listed=lists.EDUCATION_LEVEL,
)
RQTH = FieldSpec(
    "rqth",
    "Déclare bénéficiaire de la reconnaissance travailleur handicapé",
    parse=parse_declared,
    kind="checkbox",
    show=show_yes,
    sensitive=True,
)
TRAINEE_FIELDS = (
    NIR,
    NIR_ABSENT_REASON,
    BIRTH_DATE,
    BIRTH_NAME,
    LAST_NAME,
    FIRST_NAME,
    SEX,
    HOME_POSTAL_CODE,
    HOME_CITY,
    EMPLOYEE_NUMBER,
    CSP,
    CONTRACT_TYPE,
    EDUCATION_LEVEL,
    RQTH,
)

# --- step 5 ----------------------------------------------------------------------------------------------------------

COMMENT = FieldSpec("comment", "Commentaire", parse=clean_text, kind="textarea", max_length=2000)
DONE_AT = FieldSpec(
    "done_at", "Fait à", "Indiquer où la demande est faite", required=True, max_length=120, correctable=False
)
DONE_ON = FieldSpec(
    "done_on",
    "Date",
    "Dater la demande",
    parse_date,
    required=True,
    kind="date",
    hint="jj/mm/aaaa",
    inputmode="numeric",
    max_length=20,
    show=format_date,
    correctable=False,
)
SUBROGATION = FieldSpec(
    "subrogation",
    "Je souhaite qu'{opco} règle directement le coût pédagogique à l'organisme de formation",
    parse=parse_yes,
    kind="checkbox",
    show=show_yes,
    correctable=False,
)
VOLUNTARY = FieldSpec(
    "voluntary",
    "J'autorise la prise en charge sur les versements volontaires du coût pédagogique non financé sur les fonds mutualisés "
    "d'{opco} ainsi que des éventuels frais annexes.",
    parse=parse_yes,
    kind="checkbox",
    show=show_yes,
    correctable=False,
)
ATTEST = FieldSpec(
    "attest",
    "J'atteste sur l'honneur les points suivants :",
    "Attester sur l'honneur",
    parse=parse_yes,
    required=True,
    kind="checkbox",
    show=show_yes,
    correctable=False,
)
ATTESTED_POINTS = (
    "Les stagiaires mentionnés dans ce formulaire ont bien le statut de salariés au sein de l'entreprise et que toutes les "
    "informations indiquées sont exactes.",
    "M'engage à signaler par écrit à {opco}, toute modification intervenant dans le déroulement de l'action dans un délai de "
    "{delay}.",
    "Être habilité(e) par l'employeur à déposer une demande de prise en charge auprès des services d'{opco}.",
)
EMPLOYER_FIELDS = (HEADCOUNT, IDCC, EMAIL, PHONE)
TRAINING_FIELDS = (
    INTERNAL,
    TITLE,
    NATURE,
    STARTS_ON,
    ENDS_ON,
    CERTIFYING,
    CERTIFICATION,
    MODALITY,
    THEME,
    HOURS,
    COST,
    PLACE_POSTAL_CODE,
    PLACE_CITY,
    *ANCILLARY,
)
CLOSING_FIELDS = (COMMENT, DONE_AT, DONE_ON, SUBROGATION, VOLUNTARY, ATTEST)
# What may change once the request is sent, signalled by a modification.
MODIFIABLE_FIELDS = (STARTS_ON, ENDS_ON, HOURS, COST, MODALITY, PLACE_POSTAL_CODE, PLACE_CITY)
# What a « reprise » or a copy must be told anew.
NOT_COPIED = frozenset({"starts_on", "ends_on", "done_at", "done_on", "attest"})
# What a model of course keeps.
TEMPLATE_FIELDS = ("title", "nature", "modality", "theme", "certifying", "certification", "hours", "cost")
