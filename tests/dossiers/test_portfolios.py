"""Rules of portfolios: which one a new request follows, and what it does."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.dossiers import queries
from openopco.dossiers.actions import holding
from openopco.dossiers.actions.portfolios import add_rule, end_rule
from openopco.dossiers.enums import State
from openopco.dossiers.errors import NotPossibleNow
from openopco.dossiers.models import Dossier, News, PortfolioRule, Proposal
from openopco.dossiers.portfolios import fits, precision
from openopco.dossiers.queries import Filters
from openopco.habilitations.absences import live
from openopco.habilitations.actions.absences import declare_absence
from openopco.habilitations.models import StaffRole
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.organisations.models import Establishment
from openopco.reference.models import Idcc
from openopco.rights import Actor
from tests.dossiers.factories import NOW, TODAY, DossierFactory, number_of, sent
from tests.habilitations.factories import officer


@dataclass
class Said:
    """A rule as the choice reads it."""

    idcc: str = ""
    region: str = ""
    kind: str = ""
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None


CODES = st.sampled_from(["", "1090", "0016"])
AMOUNTS = st.none() | st.decimals(0, 5000, places=2)
REQUEST: dict[str, Any] = {"idcc": "1090", "region": "44", "kind": "AF", "amount": Decimal("560")}


@given(idcc=CODES, low=AMOUNTS, high=AMOUNTS, amount=st.decimals(0, 5000, places=2))
def test_what_a_rule_does_not_say_never_keeps_a_request_out(
    idcc: str, low: Decimal | None, high: Decimal | None, amount: Decimal
) -> None:
    rule = Said(idcc=idcc, amount_from=low, amount_to=high)
    chosen = fits(rule, idcc="1090", region="44", kind="AF", amount=amount)
    assert chosen == (idcc in ("", "1090") and (low is None or low <= amount) and (high is None or amount <= high))
    assert fits(Said(), idcc="", region="", kind="AF", amount=amount)
    assert precision(rule) == bool(idcc) + (low is not None) + (high is not None)


@pytest.mark.parametrize("wrong", [{"idcc": "0016"}, {"region": "11"}, {"kind": "CA"}, {"amount_from": Decimal(600)}])
def test_one_thing_that_differs_is_enough(wrong: dict[str, Any]) -> None:
    assert not fits(Said(**wrong), **REQUEST)


@pytest.fixture(autouse=True)
def branches(request: pytest.FixtureRequest) -> None:
    if {"olga", "admin"} & set(request.fixturenames):
        request.getfixturevalue("db")
        for code in ("1090", "0016"):
            Idcc.objects.create(code=code, label=f"Branche {code}", search=code)


class TestRules:
    def test_administrators_alone_write_and_end_them(self, admin: Actor, olga: Actor) -> None:
        with pytest.raises(Forbidden):
            add_rule(actor=olga, officer_id=olga.user_id or 0)
        rule = add_rule(actor=admin, officer_id=olga.user_id or 0, idcc="16")
        assert rule.idcc == "0016"
        end_rule(actor=admin, rule_id=rule.pk)
        with pytest.raises(NotPossibleNow):
            end_rule(actor=admin, rule_id=rule.pk)
        events = Entry.objects.filter(subject_kind="portfolio_rule").order_by("sequence")
        assert [entry.event for entry in events] == ["portfolio_rule.added", "portfolio_rule.ended"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"region": "99"},
            {"kind": "X"},
            {"idcc": "abc"},
            {"idcc": "9999"},
            {"amount_from": Decimal(2), "amount_to": Decimal(1)},
        ],
    )
    def test_what_makes_no_rule(self, admin: Actor, olga: Actor, wrong: dict[str, Any]) -> None:
        with pytest.raises(InvalidValue):
            add_rule(actor=admin, officer_id=olga.user_id or 0, **wrong)
        with pytest.raises(InvalidValue):
            add_rule(actor=admin, officer_id=admin.user_id or 0)
        assert not PortfolioRule.objects.exists()


class TestDispatching:
    def dispatched(self, alice: Actor, place: Establishment) -> Dossier:
        dossier = sent(alice, place)
        run_pending_jobs(names=["dossiers.dispatch"])
        dossier.refresh_from_db()
        return dossier

    def test_the_rule_that_says_most_gives_the_request(
        self, alice: Actor, olga: Actor, oscar: Actor, admin: Actor, place: Establishment
    ) -> None:
        add_rule(actor=admin, officer_id=olga.user_id or 0, assigns=True)
        add_rule(actor=admin, officer_id=oscar.user_id or 0, idcc="1090", assigns=True)
        dossier = self.dispatched(alice, place)
        assert (dossier.state, dossier.holder_id) == (State.EN_INSTRUCTION, oscar.user_id)
        entry = Entry.objects.filter(subject_kind="dossier", subject_id=dossier.pk).latest("sequence")
        assert (entry.event, entry.actor_id) == ("dossier.assigner", None)
        assert [one.reader_id for one in News.objects.filter(kind="confie")] == [oscar.user_id]
        marks = queries.marks_of(actor=oscar, dossiers=[dossier])[dossier.pk]
        assert marks.news == ["Confié par une règle"]

    def test_a_proposal_comes_first_and_stays_free(
        self, alice: Actor, olga: Actor, oscar: Actor, admin: Actor, place: Establishment
    ) -> None:
        soon = DossierFactory.create(due_on=TODAY)
        add_rule(actor=admin, officer_id=olga.user_id or 0, idcc="1090")
        dossier = self.dispatched(alice, place)
        assert dossier.state == State.TRANSMISE
        filters = Filters(order="", portfolio="libre")
        assert queries.proposed_to(olga, filters) == [dossier]
        assert queries.proposed_to(oscar, filters) == []
        assert queries.marks_of(actor=olga, dossiers=[dossier])[dossier.pk].proposed
        holding.take(actor=oscar, number=number_of(dossier))
        assert queries.proposed_to(olga, filters) == []
        assert soon.state == State.TRANSMISE

    def test_who_stands_in_receives_meanwhile(
        self, alice: Actor, olga: Actor, oscar: Actor, admin: Actor, place: Establishment
    ) -> None:
        add_rule(actor=admin, officer_id=olga.user_id or 0, assigns=True)
        ids = {"user_id": olga.user_id or 0, "replacement_id": oscar.user_id or 0}
        declare_absence(actor=olga, starts_on=TODAY, ends_on=TODAY, **ids)
        live.forget()
        assert self.dispatched(alice, place).holder_id == oscar.user_id

    def test_who_is_no_officer_any_more_receives_nothing_and_the_next_rule_is_tried(
        self, alice: Actor, olga: Actor, oscar: Actor, admin: Actor, place: Establishment
    ) -> None:
        add_rule(actor=admin, officer_id=olga.user_id or 0, idcc="1090", assigns=True)
        add_rule(actor=admin, officer_id=oscar.user_id or 0, assigns=True)
        StaffRole.objects.filter(user_id=olga.user_id).update(until=NOW)
        assert self.dispatched(alice, place).holder_id == oscar.user_id

    def test_told_twice_or_once_taken_it_does_nothing(
        self, alice: Actor, olga: Actor, oscar: Actor, admin: Actor, place: Establishment
    ) -> None:
        from openopco.dossiers.portfolios import dispatch

        dossier = sent(alice, place)
        holding.take(actor=oscar, number=number_of(dossier))
        add_rule(actor=admin, officer_id=olga.user_id or 0, assigns=True)
        entry = Entry.objects.get(subject_kind="dossier", subject_id=dossier.pk, event="dossier.transmettre")
        dispatch(entry_id=entry.pk)
        dossier.refresh_from_db()
        assert dossier.holder_id == oscar.user_id
        free = sent(alice, place)
        PortfolioRule.objects.update(assigns=False)
        entry = Entry.objects.get(subject_kind="dossier", subject_id=free.pk, event="dossier.transmettre")
        dispatch(entry_id=entry.pk)
        dispatch(entry_id=entry.pk)
        assert Proposal.objects.get().officer_id == olga.user_id

    def test_nobody_receives_what_he_filed(self, olga: Actor, admin: Actor) -> None:
        from openopco.dossiers.portfolios import _dispatch

        add_rule(actor=admin, officer_id=olga.user_id or 0, assigns=True)
        dossier = DossierFactory.create(filed_by_id=olga.user_id, created_by_id=olga.user_id)
        _dispatch(dossier_id=dossier.pk)
        dossier.refresh_from_db()
        assert dossier.holder_id is None
        assert not Proposal.objects.exists()


def test_administrators_write_rules_on_their_page(admin: Actor, olga: Actor, settings: Any) -> None:
    from tests.web.desk.dossiers.conftest import browser_of
    from tests.web.desk.dossiers.reading import text_of

    settings.OPENOPCO_MFA_REQUIRED = False
    browser, address = browser_of(admin), "/administration/portefeuilles/"
    assert "Aucune règle" in text_of(browser.get(address))
    typed = {"officer": str(olga.user_id), "idcc": "1090", "region": "44", "amount_to": "1 000", "way": "confier"}
    for wrong, said in (
        ({"officer": ""}, "Choisissez un gestionnaire."),
        ({"idcc": "abc"}, "4 chiffres au plus"),
        ({"idcc": "9999"}, "Branche (code IDCC) Erreur : Cette convention collective n'existe pas."),
        ({"amount_from": "2000"}, "inférieur au premier"),
    ):
        refused = browser.post(address, {**typed, **wrong})
        assert refused.status_code == 422
        assert said in text_of(refused)
    browser.post(address, typed)
    shown = text_of(browser.get(address))
    assert "Branche 1090 · Grand Est · jusqu'à 1 000,00 € HT" in shown
    rule = PortfolioRule.objects.get()
    assert rule.assigns
    browser.post(f"{address}{rule.pk}/terminer/")
    assert PortfolioRule.objects.get().ended_at is not None


def test_what_is_proposed_comes_first_in_the_list(olga: Actor, settings: Any) -> None:
    from tests.web.desk.dossiers.conftest import browser_of
    from tests.web.desk.dossiers.reading import found, text_of

    settings.OPENOPCO_MFA_REQUIRED = False
    DossierFactory.create(due_on=TODAY)
    proposed = DossierFactory.create()
    Proposal.objects.create(dossier=proposed, officer=User.objects.get(pk=olga.user_id), at=NOW)
    page = browser_of(olga).get("/gestion/?vue=libre")
    assert [each.text for each in found(page, "//tbody//th/a")][0] == proposed.number
    assert "Proposé pour vous" in text_of(page)
    assert len(found(page, "//tbody/tr")) == 2
    assert officer().user_id
