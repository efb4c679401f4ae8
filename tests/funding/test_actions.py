"""What administrators and accountants decide: rules, envelopes, accounts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from openopco.funding import ruling
from openopco.funding.actions.accounts import open_account, record_payment
from openopco.funding.actions.envelopes import change_envelope, open_envelope
from openopco.funding.actions.rules import Wanted, add_rule, end_rule
from openopco.funding.enums import Fund, Mode
from openopco.funding.errors import BadRule, BelowEngaged, UnknownEnvelope, UnknownRule
from openopco.funding.models import Envelope, EnvelopeChange, FundingRule, VoluntaryAccount
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.funding.builders import envelope
from tests.habilitations.factories import accountant

D = Decimal
pytestmark = pytest.mark.django_db
TERMS = {
    "starts_from": "2027-01-01",
    "starts_until": "2027-12-31",
    "per_company_year": "1600.00",
    "headcount_below": 11,
}


def wanted(**changes: Any) -> Wanted:
    given: dict[str, Any] = {
        "code": "pdc-2027-0",
        "label": "Plan 2027",
        "fund": Fund.PDC,
        "bases": ("pedagogique",),
        "priority": 100,
        "source": "Conseil d'administration du 14 décembre 2026",
        "terms": TERMS,
        **changes,
    }
    return Wanted(**given)


@pytest.fixture
def bruno(db: None) -> Actor:
    return accountant()


def test_a_rule_added_stands_beside_those_shipped(admin: Actor) -> None:
    add_rule(actor=admin, wanted=wanted())
    codes = [rule.code for rule in ruling.rules(anew=True)]
    assert "pdc-2027-0" in codes
    assert "pdc-2026-0" in codes
    assert Entry.objects.get(event="funding.ajouter_regle").payload["source"].startswith("Conseil")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "PDC 2027"}, "code"),
        ({"code": "pdc-2026-0"}, "code"),
        ({"label": " "}, "label"),
        ({"source": ""}, "source"),
        ({"fund": "autre"}, "fund"),
        ({"bases": ()}, "bases"),
        ({"priority": -1}, "priority"),
        ({"budget": "Le mien"}, "budget"),
        ({"terms": {"share": "140.00"}}, "share"),
        ({"terms": {"hourly": 12.5}}, "hourly"),
        ({"terms": {"starts_from": "2027-05-01", "starts_until": "2027-01-01"}}, "starts_until"),
        ({"terms": {"inconnu": "1"}}, "inconnu"),
        ({"terms": {"most_hours": "21.00"}}, "most_hours"),
        ({"terms": {"headcount_from": 11, "headcount_below": 11}}, "headcount_below"),
    ],
)
def test_a_rule_that_cannot_stand_says_where(admin: Actor, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRule) as refused:
        add_rule(actor=admin, wanted=wanted(**changes))
    assert set(refused.value.errors) == {field}
    assert not FundingRule.objects.exists()


def test_an_ended_rule_reaches_no_later_agreement(admin: Actor) -> None:
    end_rule(actor=admin, code="pdc-2026-0", last_day=date(2026, 11, 30), reason="Budget revu.")
    known = {rule.code: rule for rule in ruling.rules(anew=True)}
    assert known["pdc-2026-0"].scope.granted_until == date(2026, 11, 30)
    with pytest.raises(InvalidValue, match="prend déjà fin le 30/11/2026"):
        end_rule(actor=admin, code="pdc-2026-0", last_day=date(2026, 12, 1), reason="Encore.")


def test_a_rule_does_not_end_in_the_past_nor_without_reason(admin: Actor) -> None:
    with pytest.raises(InvalidValue, match="à venir"):
        end_rule(actor=admin, code="pdc-2026-0", last_day=date(2026, 11, 22), reason="Hier.")
    with pytest.raises(InvalidValue, match="pourquoi"):
        end_rule(actor=admin, code="pdc-2026-0", last_day=date(2026, 11, 30), reason="  ")
    with pytest.raises(UnknownRule):
        end_rule(actor=admin, code="rien", last_day=date(2026, 11, 30), reason="?")


def test_only_administrators_touch_rules_and_envelopes(olga: Actor, bruno: Actor) -> None:
    for actor in (olga, bruno):
        with pytest.raises(Forbidden):
            add_rule(actor=actor, wanted=wanted())
        with pytest.raises(Forbidden):
            end_rule(actor=actor, code="pdc-2026-0", last_day=date(2026, 11, 30), reason="Non.")
        with pytest.raises(Forbidden):
            open_envelope(actor=actor, year=2027, fund=Fund.PDC, amount=D(1), reason="Non.")
        with pytest.raises(Forbidden):
            change_envelope(actor=actor, envelope_id=1, amount=D(1), reason="Non.")


def test_an_envelope_blocks_where_its_fund_is_bounded(admin: Actor) -> None:
    bag = open_envelope(actor=admin, year=2027, fund=Fund.PDC, amount=D(1000), reason="Budget 2027")
    assert bag.mode == Mode.BLOQUANTE
    followed = open_envelope(actor=admin, year=2027, fund=Fund.ALTERNANCE, amount=D(1000), reason="Budget 2027")
    assert followed.mode == Mode.SUIVIE
    assert EnvelopeChange.objects.count() == 2
    with pytest.raises(InvalidValue, match="existe déjà"):
        open_envelope(actor=admin, year=2027, fund=Fund.PDC, amount=D(5), reason="Encore")
    with pytest.raises(InvalidValue, match="compte de chaque entreprise"):
        open_envelope(actor=admin, year=2027, fund=Fund.VOLONTAIRE, amount=D(5), reason="Non")


def test_a_blocking_envelope_never_holds_less_than_is_engaged(admin: Actor) -> None:
    bag = envelope(1000, engaged=D(600))
    with pytest.raises(BelowEngaged, match="600,00"):
        change_envelope(actor=admin, envelope_id=bag.pk, amount=D("599.99"), reason="Moins.")
    change_envelope(actor=admin, envelope_id=bag.pk, amount=D(600), reason="Moins.")
    assert Envelope.objects.get().left == 0
    with pytest.raises(InvalidValue, match="pourquoi"):
        change_envelope(actor=admin, envelope_id=bag.pk, amount=D(700), reason="")
    assert Envelope.objects.get().amount == 600
    with pytest.raises(UnknownEnvelope):
        change_envelope(actor=admin, envelope_id=bag.pk + 1, amount=D(1), reason="Rien.")


def test_what_a_company_pays_in_counts_once(bruno: Actor, place: Establishment) -> None:
    own = open_account(actor=bruno, company_id=place.company_id, agreement="VV-1", signed_on=date(2026, 1, 5))
    paid: dict[str, Any] = {"account_id": own.pk, "amount": D("1200.50"), "received_on": date(2026, 2, 1)}
    record_payment(actor=bruno, reference="VIR 1", **paid)
    with pytest.raises(InvalidValue, match="déjà cette référence"):
        record_payment(actor=bruno, reference="VIR 1", **paid)
    record_payment(actor=bruno, reference="VIR 2", **paid)
    assert VoluntaryAccount.objects.get().balance == D("2401.00")
    assert Entry.objects.filter(subject_kind="voluntary_account").count() == 3


def test_an_account_is_opened_once_by_an_accountant(bruno: Actor, admin: Actor, place: Establishment) -> None:
    asked: dict[str, Any] = {"company_id": place.company_id, "agreement": "VV-1", "signed_on": date(2026, 1, 5)}
    with pytest.raises(Forbidden):
        open_account(actor=admin, **asked)
    with pytest.raises(InvalidValue, match="plus tard"):
        open_account(actor=bruno, **{**asked, "signed_on": date(2026, 11, 24)})
    with pytest.raises(InvalidValue, match="convention"):
        open_account(actor=bruno, **{**asked, "agreement": " "})
    open_account(actor=bruno, **asked)
    with pytest.raises(InvalidValue, match="déjà un compte"):
        open_account(actor=bruno, **asked)
