"""What is left for a request: of envelopes, of its company's budgets, of its account."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from openopco.base.kept import Kept
from openopco.base.prepared import Prepared
from openopco.funding.enums import Fund
from openopco.funding.models import Commitment, CompanyBudget, Envelope, VoluntaryAccount
from openopco.funding.rules import Account, Left
from openopco.organisations.models import Company

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Balances:
    """The rows themselves: `envelopes` by fund, the branch's own before that of all; budgets by their code."""

    envelopes: Mapping[Fund, Envelope]
    budgets: Mapping[str, CompanyBudget]
    account: VoluntaryAccount | None


def balances(*, company_id: int, year: int, idcc: str, locked: bool = False) -> Balances:
    """What stands for a company in a year. `locked` holds the rows until the transaction ends, in the order that everybody
    keeps: budgets, account, envelopes. Three queries."""
    budgets = CompanyBudget.objects.filter(company_id=company_id, year=year).order_by("pk")
    accounts = VoluntaryAccount.objects.filter(company_id=company_id)
    envelopes = Envelope.objects.filter(year=year, idcc__in=["", idcc]).order_by("pk")
    if locked:
        budgets, accounts = budgets.select_for_update(), accounts.select_for_update()
        envelopes = envelopes.select_for_update()
    known = {budget.budget: budget for budget in budgets}
    account = accounts.first()
    return Balances(_by_fund(envelopes), known, account)


# Every envelope: few. What engages reads them anew, under their lock.
envelopes: Kept[list[Envelope]] = Kept(lambda: list(Envelope.objects.order_by("pk")))


def left_for(*, company_id: int, year: int, idcc: str, own: Collection[Commitment] = ()) -> Left:
    """What is left, to be shown, where `own` lines count as given back: one query, and what this process keeps of the
    envelopes for a moment."""
    found: list[Any] = _standing_in(year)(company_id)
    near = serving(envelopes.value(), year=year, idcc=idcc)
    had = {row.budget: row.had - _of_budget(own, row.budget, year) for row in found if row.budget is not None}
    return Left(_bounds(near, own), had, _shown_account(found[0], own))


def _standing(company_id: int, year: int) -> QuerySet[Company]:
    """The company once for each of its budgets of the year, once without any; its account beside each."""
    rows = Company.objects.filter(pk=company_id).only("pk")
    rows = rows.annotate(own=FilteredRelation("budgets", condition=Q(budgets__year=year)))
    account = {name: F(f"voluntary_account__{name}") for name in ("paid_in", "engaged", "pays_ancillary", "pays_wages")}
    return rows.annotate(budget=F("own__budget"), had=F("own__engaged"), **account)


@lru_cache(maxsize=8)
def _standing_in(year: int) -> Prepared[Company]:
    return Prepared((int,), lambda company_id: _standing(company_id, year))


def name_of(envelope: Envelope) -> str:
    """How the waiting list names it."""
    return f"{envelope.year}:{envelope.fund}:{envelope.idcc}"


def serving(among: Iterable[Envelope], *, year: int, idcc: str) -> Mapping[Fund, Envelope]:
    """Of some envelopes in order of their ids, those that serve a branch in a year."""
    return _by_fund(each for each in among if each.year == year and each.idcc in ("", idcc))


def _shown_account(row: Any, own: Iterable[Commitment]) -> Account | None:
    if row.paid_in is None:
        return None
    return Account(row.paid_in - row.engaged + _voluntary(own), row.pays_ancillary, row.pays_wages)


def _by_fund(envelopes: Iterable[Envelope]) -> dict[Fund, Envelope]:
    found: dict[Fund, Envelope] = {}
    for envelope in envelopes:
        fund = Fund(envelope.fund)
        if fund not in found or envelope.idcc:
            found[fund] = envelope
    return found


def left_of(standing: Balances, own: Iterable[Commitment] = ()) -> Left:
    """What is left, where `own` lines, about to be engaged anew, count as given back."""
    own = list(own)
    companies = {code: budget.engaged - _of_budget(own, code, budget.year) for code, budget in standing.budgets.items()}
    return Left(_bounds(standing.envelopes, own), companies, _account(standing.account, own))


def _bounds(standing: Mapping[Fund, Envelope], own: Collection[Commitment]) -> dict[Fund, Decimal | None]:
    return {
        fund: each.left + _sum(line for line in own if line.envelope_id == each.pk) if each.is_blocking else None
        for fund, each in standing.items()
    }


def _of_budget(own: Iterable[Commitment], code: str, year: int) -> Decimal:
    return _sum(line for line in own if line.budget == code and line.year == year)


def _voluntary(own: Iterable[Commitment]) -> Decimal:
    return _sum(line for line in own if line.fund == Fund.VOLONTAIRE)


def _account(account: VoluntaryAccount | None, own: Iterable[Commitment]) -> Account | None:
    if account is None:
        return None
    return Account(account.balance + _voluntary(own), account.pays_ancillary, account.pays_wages)


def _sum(lines: Iterable[Commitment]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)
