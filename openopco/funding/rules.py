"""The engine: what the OPCO funds of a request, line by line, and what it does not, each in a sentence. Pure.

Amounts in euros HT, exact to the cent. The same rules in any order give the same lines."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal

from openopco.funding.enums import ANCILLARY, BOUNDED_BY_ENVELOPE, Base, Cumulation, Form, Fund, Payee
from openopco.funding.terms import CENT, Rule
from openopco.kernel.money import format_euros, format_hours

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a request asks. `hours` per trainee; `costs` in euros HT for the whole; `quantities` of meals, nights, trips, hours
    of wages; `headcount` the exact one of the SIREN. `granted_on` is today while nothing is granted."""

    idcc: str
    naf: str
    region: str
    headcount: int
    nature: str
    modality: str
    theme: str
    internal: bool
    hours: Decimal
    trainees: int
    costs: Mapping[Base, Decimal]
    quantities: Mapping[Base, int]
    asked_on: date
    starts_on: date
    granted_on: date
    subrogation: bool = False
    voluntary: bool = False
    form: Form = Form.ACTION

    @property
    def year(self) -> int:
        """The year whose money pays: that of the first day of the course."""
        return self.starts_on.year


@dataclass(frozen=True, slots=True)
class Account:
    """A company's voluntary payments: what is left, and what its agreement lets them pay beside the course."""

    left: Decimal
    pays_ancillary: bool = False
    pays_wages: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """What is left before this request. `envelopes` by fund, None where nothing bounds it, absent where none is open;
    `companies` is what this company already had this year, by budget, `people` what each of the trainees had, where it is known
    of them; `account` is None where it has none."""

    envelopes: Mapping[Fund, Decimal | None] = field(default_factory=dict)
    companies: Mapping[str, Decimal] = field(default_factory=dict)
    account: Account | None = None
    people: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """An amount, where it comes from, under which rule, for what, and to whom. `sentence` is for a garage owner."""

    base: Base
    amount: Decimal
    fund: Fund
    rule: str
    label: str
    budget: str
    source: str
    sentence: str
    payee: Payee = Payee.EMPLOYEUR


@dataclass(frozen=True, slots=True)
class Unfunded:
    """What stays the employer's, and why."""

    base: Base
    amount: Decimal
    sentence: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules give. `unpublished` is the year for which no rule exists yet: nothing is said of amounts then."""

    lines: tuple[Line, ...] = ()
    unfunded: tuple[Unfunded, ...] = ()
    unpublished: int | None = None

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def left_to_pay(self) -> Decimal:
        return sum((each.amount for each in self.unfunded), ZERO)


def unpublished_words(year: int) -> str:
    return f"Règles {year} non encore publiées"


def propose(facts: Facts, rules: Iterable[Rule], left: Left) -> Proposal:
    """What the rules give of a request, given what is left. Never more than a cost, a cap, an envelope, an account."""
    known = sorted(rules, key=lambda rule: (rule.priority, rule.code))
    if not any(rule.fund is not Fund.VOLONTAIRE and rule.scope.covers_start(facts.starts_on) for rule in known):
        return Proposal(unpublished=facts.year)
    till = _Till(facts, left)
    lines = tuple(line for base in Base for line in _lines_of(base, known, till))
    unfunded = tuple(_unfunded(base, known, till) for base in Base if till.rest(base) > 0)
    return Proposal(lines, unfunded)


def reduce(lines: Iterable[Line], amount: Decimal) -> tuple[Line, ...]:
    """The lines that make `amount`: the first ones whole, then what is left of the next. An officer grants less."""
    kept: list[Line] = []
    for line in lines:
        part = min(line.amount, amount)
        if part > 0:
            kept.append(line if part == line.amount else replace(line, amount=part))
        amount -= part
    return tuple(kept)


def left_over(proposal: Proposal, kept: Iterable[Line]) -> tuple[Unfunded, ...]:
    """What stays the employer's once `kept` alone, of the proposal's lines, is granted: what the rules don't give, and what the
    officer gives less."""
    kept = tuple(kept)
    less = {base: _sum_of(proposal.lines, base) - _sum_of(kept, base) for base in Base}
    given_less = tuple(Unfunded(base, amount, GIVEN_LESS) for base, amount in less.items() if amount > 0)
    return (*proposal.unfunded, *given_less)


GIVEN_LESS = "Accordé moins que ce que permettent les règles : le motif de la décision le dit."


def _sum_of(lines: Iterable[Line], base: Base) -> Decimal:
    return sum((line.amount for line in lines if line.base is base), ZERO)


# --- whom a rule reaches ---------------------------------------------------------------------------------------------


def reaches(rule: Rule, facts: Facts) -> bool:
    """Whether the request is within all that a rule says of its scope."""
    scope = rule.scope
    listed = (
        (scope.idccs, facts.idcc),
        (scope.nafs, facts.naf),
        (scope.regions, facts.region),
        (scope.natures, facts.nature),
        (scope.themes, facts.theme),
        (scope.modalities, facts.modality),
    )
    if any(among and value not in among for among, value in listed):
        return False
    if scope.internal is not None and scope.internal != facts.internal:
        return False
    return _headcount(rule, facts) and _days(rule, facts)


def _headcount(rule: Rule, facts: Facts) -> bool:
    below = rule.scope.headcount_below
    return rule.scope.headcount_from <= facts.headcount and (below is None or facts.headcount < below)


def _days(rule: Rule, facts: Facts) -> bool:
    scope = rule.scope
    pairs = (
        (scope.asked_from, scope.asked_until, facts.asked_on),
        (scope.starts_from, scope.starts_until, facts.starts_on),
        (scope.granted_from, scope.granted_until, facts.granted_on),
    )
    return all((first is None or first <= day) and (last is None or day <= last) for first, last, day in pairs)


# --- what it gives ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Bound:
    """A most, and how it is told."""

    most: Decimal
    words: str
    # What of it the line consumed is told, where nothing was left of it.
    exhausted: str = ""


class _Till:
    """What is left while the lines are made: each takes from it."""

    def __init__(self, facts: Facts, left: Left) -> None:
        self.facts = facts
        self.account = left.account
        self._costs = {base: facts.costs.get(base, ZERO) for base in Base}
        self._envelopes = dict(left.envelopes)
        self._companies = dict(left.companies)
        self._account = left.account.left if left.account else ZERO
        self._people = left.people
        self._taken: dict[str, Decimal] = {}
        # What first kept a rule that reaches the request from giving more.
        self.reasons: dict[Base, str] = {}

    def rest(self, base: Base) -> Decimal:
        return self._costs[base]

    def envelope(self, fund: Fund) -> Decimal | None:
        """None: nothing bounds it."""
        if fund is Fund.VOLONTAIRE:
            return max(self._account, ZERO)
        if fund not in self._envelopes:
            return ZERO if fund in BOUNDED_BY_ENVELOPE else None
        left = self._envelopes[fund]
        return None if left is None else max(left, ZERO)

    def is_open(self, fund: Fund) -> bool:
        return fund in self._envelopes or fund not in BOUNDED_BY_ENVELOPE

    def had(self, budget: str) -> Decimal:
        return self._companies.get(budget, ZERO)

    def left_to_people(self, budget: str, most: Decimal) -> Decimal:
        """Of what each may have in a year: those of whom nothing is known had nothing."""
        had = self._people.get(budget, ())[: self.facts.trainees]
        whole = most * (self.facts.trainees - len(had)) + sum((max(most - each, ZERO) for each in had), ZERO)
        return max(whole - self._taken.get(budget, ZERO), ZERO)

    def take(self, line: Line) -> None:
        self._costs[line.base] -= line.amount
        self._taken[line.budget] = self._taken.get(line.budget, ZERO) + line.amount
        self._companies[line.budget] = self.had(line.budget) + line.amount
        if line.fund is Fund.VOLONTAIRE:
            self._account -= line.amount
        elif (left := self._envelopes.get(line.fund)) is not None:
            self._envelopes[line.fund] = left - line.amount


def _lines_of(base: Base, rules: Iterable[Rule], till: _Till) -> Iterator[Line]:
    given = False
    for rule in rules:
        if base not in rule.bases or not reaches(rule, till.facts) or not _is_allowed(rule, base, till):
            continue
        if given and rule.cumulation is Cumulation.ALTERNATIF:
            continue
        line = _line(rule, base, till)
        if line is not None:
            given = True
            till.take(line)
            yield line


def _is_allowed(rule: Rule, base: Base, till: _Till) -> bool:
    """The employer's own money: where he says so, for what his agreement names."""
    if rule.fund is not Fund.VOLONTAIRE:
        return True
    if not till.facts.voluntary or till.account is None:
        return False
    if base is Base.SALAIRES:
        return till.account.pays_wages
    return base not in ANCILLARY or till.account.pays_ancillary


def _line(rule: Rule, base: Base, till: _Till) -> Line | None:
    rest = till.rest(base)
    bounds = list(_bounds(rule, base, till))
    tightest = min(bounds, key=lambda bound: bound.most, default=None)
    amount = rest if tightest is None else min(rest, tightest.most.quantize(CENT, ROUND_DOWN))
    bound = tightest if tightest and amount < rest else None
    if bound:
        till.reasons.setdefault(base, bound.exhausted if amount <= 0 and bound.exhausted else bound.words)
    if amount <= 0:
        return None
    words = bound.words if bound else "pris en charge en totalité"
    sentence = f"{rule.label} : {words}."
    return Line(base, amount, rule.fund, rule.code, rule.label, rule.budget_key, rule.source, sentence)


def _bounds(rule: Rule, base: Base, till: _Till) -> Iterator[_Bound]:
    yield from _by_amount(rule, base, till)
    yield from _by_budget(rule, till)


def _by_amount(rule: Rule, base: Base, till: _Till) -> Iterator[_Bound]:
    gives, facts = rule.gives, till.facts
    people = f"{facts.trainees} stagiaire{'s' if facts.trainees > 1 else ''}"
    if gives.share is not None:
        cost = facts.costs.get(base, ZERO)
        yield _Bound(cost * gives.share / 100, f"{_percent(gives.share)} du coût")
    if gives.hourly is not None:
        yield _hourly(rule, facts)
    if gives.unit is not None:
        units = facts.quantities.get(base, 0)
        yield _Bound(gives.unit * units, f"{format_euros(gives.unit)} l'unité, pour {units}")
    if gives.flat_person is not None:
        yield _Bound(gives.flat_person * facts.trainees, f"forfait de {format_euros(gives.flat_person)} pour {people}")
    if gives.flat_request is not None:
        yield _Bound(gives.flat_request, f"forfait de {format_euros(gives.flat_request)}")
    if gives.per_person is not None:
        yield _Bound(
            gives.per_person * facts.trainees, f"{format_euros(gives.per_person)} au plus par stagiaire, pour {people}"
        )
    if gives.per_request is not None:
        yield _Bound(gives.per_request, f"{format_euros(gives.per_request)} au plus par demande")


def _hourly(rule: Rule, facts: Facts) -> _Bound:
    gives = rule.gives
    assert gives.hourly is not None
    hours = facts.hours if gives.most_hours is None else min(facts.hours, gives.most_hours)
    counted = f", {format_hours(gives.most_hours)} au plus" if gives.most_hours is not None else ""
    if gives.per_group:
        return _Bound(gives.hourly * hours, f"{format_euros(gives.hourly)} au plus par heure de groupe{counted}")
    words = f"{format_euros(gives.hourly)} au plus par heure et par stagiaire{counted}"
    return _Bound(gives.hourly * hours * facts.trainees, words)


def _by_budget(rule: Rule, till: _Till) -> Iterator[_Bound]:
    facts, most = till.facts, rule.gives.per_company_year
    if most is not None:
        left = max(most - till.had(rule.budget_key), ZERO)
        budget = f"budget de {format_euros(most)} par entreprise en {facts.year}"
        yield _Bound(left, f"{budget}, dont il restait {format_euros(left)}", f"{budget}, déjà utilisé")
    if rule.gives.per_person_year is not None:
        yield _of_people(rule, rule.gives.per_person_year, till)
    envelope = till.envelope(rule.fund)
    if envelope is None:
        return
    if rule.fund is Fund.VOLONTAIRE:
        yield _Bound(envelope, f"il restait {format_euros(envelope)}", "vos versements volontaires sont épuisés")
    elif till.is_open(rule.fund):
        yield _Bound(
            envelope,
            f"il restait {format_euros(envelope)} dans l'enveloppe {facts.year}",
            f"l'enveloppe {facts.year} est épuisée",
        )
    else:
        none = f"aucune enveloppe {facts.year} n'est encore ouverte"
        yield _Bound(ZERO, none, none)


def _of_people(rule: Rule, most: Decimal, till: _Till) -> _Bound:
    left = till.left_to_people(rule.budget_key, most)
    whole = f"{format_euros(most)} au plus par stagiaire en {till.facts.year}"
    return _Bound(left, f"{whole}, dont il restait {format_euros(left)}", f"{whole}, déjà utilisés")


def _percent(share: Decimal) -> str:
    return f"{share.normalize():f} %".replace(".", ",").replace(" ", "\u202f")


# --- what it does not ------------------------------------------------------------------------------------------------


def _unfunded(base: Base, rules: list[Rule], till: _Till) -> Unfunded:
    return Unfunded(base, till.rest(base), _why(base, rules, till))


def _why(base: Base, rules: list[Rule], till: _Till) -> str:
    """The first thing that kept money back; else why no rule reaches."""
    if reason := till.reasons.get(base):
        return f"{reason[0].upper()}{reason[1:]}.{_own_money(base, till)}"
    mutual = [rule for rule in rules if rule.fund is not Fund.VOLONTAIRE and base in rule.bases]
    if not mutual:
        return f"Les fonds mutualisés ne prennent pas en charge : {base.label.lower()}.{_own_money(base, till)}"
    if any(reaches(rule, replace(till.facts, headcount=rule.scope.headcount_from)) for rule in mutual):
        return f"Les fonds mutualisés sont réservés aux entreprises de moins de 50 salariés.{_own_money(base, till)}"
    return f"Aucune règle de votre branche ne finance cette formation.{_own_money(base, till)}"


def _own_money(base: Base, till: _Till) -> str:
    account = till.account
    if account is None or account.left <= 0 or till.facts.voluntary:
        return ""
    if (base is Base.SALAIRES and not account.pays_wages) or (base in ANCILLARY and not account.pays_ancillary):
        return ""
    return " Vos versements volontaires peuvent le financer, si vous l'autorisez."


# --- who is paid -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subrogation:
    """When the OPCO pays the provider itself, as the parameters of a day say. `restricted` (agreements granted since the OPCOs'
    VAT reform, 1 October 2026): only below a headcount, all of it on legal PDC funds. `pro`: for a contrat de
    professionnalisation."""

    restricted: bool
    below: int
    pro: bool


def decide_payees(facts: Facts, lines: Iterable[Line], terms: Subrogation) -> tuple[Line, ...]:
    """Who each line pays. Subrogation is for the course alone; whoever has an employee in apprenticeship never advances it."""
    lines = tuple(lines)
    direct = not why_no_subrogation(facts, lines, terms)
    return tuple(
        replace(line, payee=Payee.ORGANISME if direct and line.base is Base.PEDAGOGIQUE else Payee.EMPLOYEUR)
        for line in lines
    )


def why_no_subrogation(facts: Facts, lines: Iterable[Line], terms: Subrogation) -> str:
    """Why the OPCO does not pay the provider itself, in a sentence; empty where it does. Of an action, it is asked for; a CFA is
    always paid (L.6332-14 C. trav.)."""
    if facts.form is Form.APPRENTISSAGE or (facts.form is Form.PRO and terms.pro):
        return ""
    if facts.internal:
        return "Formation interne : il n'y a pas d'organisme à régler."
    if facts.form is Form.PRO or not facts.subrogation:
        return "Vous réglez l'organisme, puis l'OPCO vous rembourse le montant hors taxe."
    if terms.restricted and facts.headcount >= terms.below:
        return (
            f"Depuis la réforme de la TVA, l'OPCO ne règle directement l'organisme que pour les entreprises de moins de "
            f"{terms.below} salariés : vous réglez l'organisme, puis l'OPCO vous rembourse le montant hors taxe."
        )
    if terms.restricted and any(line.fund is not Fund.PDC for line in lines):
        return (
            "Depuis la réforme de la TVA, l'OPCO ne règle directement l'organisme que si tout vient du plan de développement "
            "des compétences : vous réglez l'organisme, puis l'OPCO vous rembourse le montant hors taxe."
        )
    return ""
