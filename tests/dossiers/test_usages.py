"""Before an edition drops codes, who holds them is counted: establishments, providers, requests, rules."""

from datetime import date

import pytest

from openopco.accounts.models import User
from openopco.dossiers.enums import State
from openopco.dossiers.models import DraftField, FundClosure, PortfolioRule
from openopco.organisations.models import Establishment
from openopco.reference.usages import used
from tests.accounts.factories import OpcoUserFactory
from tests.dossiers.factories import NOW, DossierFactory
from tests.organisations.factories import EstablishmentFactory, ProviderFactory

pytestmark = pytest.mark.django_db


def told(**gone: list[str]) -> dict[str, list[list[object]]]:
    return {usage["usage"]: usage["codes"] for usage in used(gone)}


def test_establishments_and_providers_are_counted_by_code() -> None:
    for idcc in ("1090", "1090", "0016"):
        EstablishmentFactory.create(idcc=idcc, naf="4520A", insee_code="68154")
    ProviderFactory.create(insee_code="68154")
    assert told(idcc=["0016", "1090", "9999"])["organisations.agreements"] == [["0016", 1], ["1090", 2]]
    assert told(naf=["4520A"]) == {"organisations.activities": [["4520A", 3]]}
    assert told(insee=["68154"]) == {
        "organisations.places": [["68154", 3]],
        "organisations.providers": [["68154", 1]],
    }


def test_open_requests_funds_and_rules_of_a_branch_are_counted() -> None:
    admin: User = OpcoUserFactory.create()
    place: Establishment = EstablishmentFactory.create()
    DossierFactory.create(establishment=place, idcc="1090", state=State.TRANSMISE)
    FundClosure.objects.create(
        idcc="1090", closed_on=date(2026, 11, 1), sentence="x", source="x", closed_by=admin, created_at=NOW
    )
    PortfolioRule.objects.create(officer=admin, idcc="1090", created_by=admin, created_at=NOW)
    PortfolioRule.objects.create(officer=admin, idcc="1090", created_by=admin, created_at=NOW, ended_at=NOW)
    assert told(idcc=["1090"]) == {
        "dossiers.open": [["1090", 1]],
        "dossiers.funds": [["1090", 1]],
        "dossiers.portfolios": [["1090", 1]],
    }


def test_a_draft_is_counted_once_for_each_postal_code_and_a_sent_request_not_at_all() -> None:
    author = OpcoUserFactory.create()
    draft, sent = DossierFactory.create(state=State.BROUILLON), DossierFactory.create(state=State.TRANSMISE)
    for dossier, row in ((draft, ""), (draft, "a"), (sent, "")):
        DraftField.objects.create(
            dossier=dossier,
            row=row,
            name="postal_code" if row else "place_postal_code",
            value="68110",
            saved_by=author,
            saved_at=NOW,
        )
    assert told(postal_codes=["68110"]) == {"dossiers.drafts": [["68110", 1]]}


def test_what_nobody_holds_is_not_told() -> None:
    assert used({"idcc": ["9999"], "naf": [], "insee": ["99999"]}) == []
