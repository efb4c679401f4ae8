"""Rules as shipped: what OPCO Mobilités publishes for 2026, each with its source. Another OPCO, or another year, adds rows on
« Règles de financement », and ends these there; nobody edits this.

Not here, for want of a figure that sources agree on: overseas budgets (2024 only), wages of urban transport companies of 50 and
more (15 to 30 € an hour), ProPulsion (enrolled without any request), juries and tutors (no such request yet)."""

from datetime import date
from decimal import Decimal
from typing import Final

from openopco.funding.enums import Base, Cumulation, Fund
from openopco.funding.terms import Gives, Rule, Scope

WORDED_FOR: Final = "mobilites"
PDC_BUDGET: Final = "pdc"
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
COURSE = (Base.PEDAGOGIQUE,)
PDC_SOURCE = "OPCO Mobilités, critères de prise en charge du plan de développement des compétences, janvier 2026"
AUTO_SOURCE = "OPCO Mobilités, critères de la branche des services de l'automobile (IDCC 1090), 2026"
ROAD_SOURCE = "OPCO Mobilités, critères de la branche des transports routiers (IDCC 16), 2026"
URBAN_SOURCE = "OPCO Mobilités, critères de la branche des transports urbains (IDCC 1424), 2026"
OWN_SOURCE = "Convention de versement volontaire de l'entreprise avec l'OPCO"

# Themes that a branch's rules ask for; the codes are those of the list « Thèmes ».
PERMIS, CAPACITE, AMBULANCE, PARCOURS, FCO = "permis-fimo", "capacite", "ambulance", "parcours", "fco"


def shipped_rules(slug: str) -> tuple[Rule, ...]:
    """The rules shipped for an OPCO; the company's own payments are anybody's."""
    return (*MOBILITES, VOLUNTARY) if slug == WORDED_FOR else (VOLUNTARY,)


def _starting(**scope: object) -> Scope:
    return Scope(asked_from=FIRST, starts_from=FIRST, starts_until=LAST, **scope)  # type: ignore[arg-type]


def _pdc(first: int, below: int, budget: int) -> Rule:
    whom = f"de moins de {below} salariés" if first == 0 else f"de {first} à {below - 1} salariés"
    return Rule(
        code=f"pdc-2026-{first}",
        label=f"Plan de développement des compétences, entreprises {whom}",
        fund=Fund.PDC,
        bases=COURSE,
        priority=100,
        source=PDC_SOURCE,
        scope=_starting(headcount_from=first, headcount_below=below),
        gives=Gives(per_company_year=Decimal(budget)),
        budget=PDC_BUDGET,
    )


def _branch(code: str, label: str, priority: int, source: str, scope: Scope, gives: Gives, *bases: Base) -> Rule:
    return Rule(code, label, Fund.CONVENTIONNEL, bases or COURSE, priority, source, scope, gives)


_BUDGETS: Final = ((0, 11, 1500), (11, 20, 1800), (20, 30, 2100), (30, 40, 2400), (40, 50, 2700))
AUTO, ROAD, URBAN = frozenset({"1090"}), frozenset({"0016"}), frozenset({"1424"})
GARAGES = frozenset({"4520A", "4511Z", "4520B"})

MOBILITES: Final[tuple[Rule, ...]] = (
    *(_pdc(*band) for band in _BUDGETS),
    _branch(
        "auto-afest-2026",
        "Services de l'automobile : formation en situation de travail",
        200,
        AUTO_SOURCE,
        _starting(idccs=AUTO, modalities=frozenset({"afest"}), headcount_below=50),
        Gives(per_company_year=Decimal(3000)),
    ),
    _branch(
        "auto-parcours-2026",
        "Services de l'automobile : parcours multimodal",
        210,
        AUTO_SOURCE,
        _starting(idccs=AUTO, themes=frozenset({PARCOURS})),
        Gives(per_person=Decimal(4800)),
    ),
    _branch(
        "auto-tpe-2026",
        "Services de l'automobile : plan TPE",
        220,
        AUTO_SOURCE,
        _starting(idccs=AUTO, nafs=GARAGES, headcount_below=11),
        Gives(hourly=Decimal(65), most_hours=Decimal(21)),
    ),
    _branch(
        "route-permis-2026",
        "Transports routiers : permis C, CE, D, DE, BE ou FIMO",
        200,
        ROAD_SOURCE,
        _starting(idccs=ROAD, themes=frozenset({PERMIS})),
        Gives(per_person=Decimal(500)),
    ),
    _branch(
        "route-capacite-2026",
        "Transports routiers : préparation à la capacité (CTRMP, CTCR)",
        210,
        ROAD_SOURCE,
        _starting(idccs=ROAD, themes=frozenset({CAPACITE})),
        Gives(hourly=Decimal(18), per_person=Decimal(1260)),
    ),
    _branch(
        "route-ambulance-2026",
        "Transports routiers : auxiliaire ambulancier",
        220,
        ROAD_SOURCE,
        _starting(idccs=ROAD, themes=frozenset({AMBULANCE})),
        Gives(per_person=Decimal(1000)),
    ),
    _branch(
        "route-afest-2026",
        "Transports routiers : formation en situation de travail",
        230,
        ROAD_SOURCE,
        _starting(idccs=ROAD, modalities=frozenset({"afest"})),
        Gives(per_request=Decimal(1000), per_company_year=Decimal(3000)),
    ),
    Rule(
        "urbain-fco-2026",
        "Transports urbains : formation continue obligatoire",
        Fund.CONVENTIONNEL,
        COURSE,
        200,
        URBAN_SOURCE,
        _starting(idccs=URBAN, themes=frozenset({FCO})),
        Gives(flat_person=Decimal(149)),
    ),
    Rule(
        "urbain-cours-2026",
        "Transports urbains : moins de 50 salariés, coût pédagogique et salaires",
        Fund.CONVENTIONNEL,
        (Base.PEDAGOGIQUE, Base.SALAIRES),
        210,
        URBAN_SOURCE,
        _starting(idccs=URBAN, headcount_below=50),
        cumulation=Cumulation.ALTERNATIF,
    ),
    _branch(
        "urbain-repas-2026",
        "Transports urbains : repas",
        220,
        URBAN_SOURCE,
        _starting(idccs=URBAN),
        Gives(unit=Decimal(35)),
        Base.REPAS,
    ),
    _branch(
        "urbain-nuit-2026",
        "Transports urbains : nuit d'hôtel",
        220,
        URBAN_SOURCE,
        _starting(idccs=URBAN),
        Gives(unit=Decimal(140)),
        Base.HEBERGEMENT,
    ),
)
# After all mutual money, and only where the employer allows it: bounded by his account, and by nothing else.
VOLUNTARY: Final = Rule(
    "versements-volontaires",
    "Vos versements volontaires",
    Fund.VOLONTAIRE,
    tuple(Base),
    900,
    OWN_SOURCE,
)
