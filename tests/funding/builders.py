"""Facts, rules and money in memory for the engine; envelopes and accounts in the database."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from openopco.funding.enums import Base, Fund, Mode
from openopco.funding.models import Envelope, VoluntaryAccount
from openopco.funding.rules import Facts, Left
from openopco.funding.terms import Gives, Rule, Scope
from openopco.organisations.models import Company

AT = datetime(2026, 1, 2, 9, tzinfo=UTC)
RICH = Left({Fund.PDC: Decimal(100_000), Fund.CONVENTIONNEL: Decimal(100_000)})


def facts(**changes: Any) -> Facts:
    """A garage of three asks 560 € for two days, 14 hours, one trainee, in December 2026."""
    given: dict[str, Any] = {
        "idcc": "1090",
        "naf": "7120B",
        "region": "44",
        "headcount": 3,
        "nature": "action",
        "modality": "presentiel",
        "theme": "",
        "internal": False,
        "hours": Decimal(14),
        "trainees": 1,
        "costs": {Base.PEDAGOGIQUE: Decimal(560)},
        "quantities": {},
        "asked_on": date(2026, 11, 23),
        "starts_on": date(2026, 12, 7),
        "granted_on": date(2026, 11, 23),
        **changes,
    }
    return Facts(**given)


def rule(code: str = "r", *, scope: Scope | None = None, gives: Gives | None = None, **changes: Any) -> Rule:
    given: dict[str, Any] = {
        "label": f"Règle {code}",
        "fund": Fund.PDC,
        "bases": (Base.PEDAGOGIQUE,),
        "priority": 100,
        "source": "Un test",
        **changes,
    }
    return Rule(code=code, scope=scope or Scope(), gives=gives or Gives(), **given)


def envelope(amount: int = 100_000, **changes: Any) -> Envelope:
    given: dict[str, Any] = {
        "year": 2026,
        "fund": Fund.PDC,
        "mode": Mode.BLOQUANTE,
        "amount": Decimal(amount),
        "created_at": AT,
        **changes,
    }
    return Envelope.objects.create(**given)


def account(company: Company, by: int, *, paid_in: int = 1000, **changes: Any) -> VoluntaryAccount:
    given: dict[str, Any] = {"agreement": "VV-2026-1", "signed_on": date(2026, 1, 5), "opened_at": AT, **changes}
    return VoluntaryAccount.objects.create(company=company, opened_by_id=by, paid_in=Decimal(paid_in), **given)
