"""Funds that are exhausted: what waits, in which order, what may be done meanwhile, and who is told."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from openopco.base.jobs import run_pending_jobs
from openopco.dossiers import funds, queries
from openopco.dossiers.actions import agreements, deciding, deciding_modifications, holding
from openopco.dossiers.actions.funds import close_funds, reopen_funds
from openopco.dossiers.enums import State
from openopco.dossiers.errors import AlreadyClosed, NotDecidable, NotPossibleNow
from openopco.dossiers.models import Dossier, FundClosure, News
from openopco.dossiers.queries import Filters
from openopco.dossiers.waiting import funds_to_tell
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.notifications.models import Notice
from openopco.organisations.models import Establishment
from openopco.reference.models import Idcc
from openopco.rights import Actor
from tests.dossiers.factories import NOW, TODAY, DossierFactory, in_state, number_of, signalled, taken

WORDS = {"sentence": "Le budget de la branche est engagé.", "source": "Conseil du 12/11/2026"}


@pytest.fixture(autouse=True)
def branches(db: None) -> None:
    for code in ("1090", "0016"):
        Idcc.objects.create(code=code, label=f"Branche {code}", search=code)


def close(admin: Actor, idcc: str = "1090", on: date = TODAY) -> FundClosure:
    made = close_funds(actor=admin, idcc=idcc, closed_on=on, **WORDS)
    funds.closures.forget()
    return made


def reopen(admin: Actor, closure: FundClosure) -> None:
    reopen_funds(actor=admin, closure_id=closure.pk)
    funds.closures.forget()


def listed(actor: Actor, portfolio: str) -> list[Dossier]:
    return queries.worklist(actor=actor, filters=Filters(order="", portfolio=portfolio)).items


def run() -> None:
    run_pending_jobs(names=["dossiers.tell_of_funds"])


class TestDeclaring:
    def test_it_is_administrators_business_and_journalled(self, admin: Actor, olga: Actor) -> None:
        with pytest.raises(Forbidden):
            close(olga)
        closure = close(admin)
        with pytest.raises(Forbidden):
            reopen(olga, closure)
        reopen(admin, closure)
        told = Entry.objects.filter(subject_kind="funds", subject_id=closure.pk).order_by("sequence")
        assert [entry.event for entry in told] == ["fonds.epuises", "fonds.rouverts"]

    def test_a_branch_is_closed_once_until_it_reopens(self, admin: Actor) -> None:
        closure = close(admin)
        with pytest.raises(AlreadyClosed):
            close(admin)
        reopen(admin, closure)
        with pytest.raises(NotPossibleNow):
            reopen(admin, closure)
        close(admin)
        assert FundClosure.objects.count() == 2

    def test_what_is_not_worded_or_unknown_is_refused(self, admin: Actor) -> None:
        for idcc, sentence in (("9999", "Fermé."), ("abc", "Fermé."), ("1090", "  ")):
            with pytest.raises(InvalidValue):
                close_funds(actor=admin, idcc=idcc, closed_on=TODAY, sentence=sentence, source="Conseil")
        assert not FundClosure.objects.exists()

    @pytest.mark.parametrize(("field", "most"), [("sentence", 500), ("source", 300)])
    def test_words_too_long_are_refused_whole(self, admin: Actor, field: str, most: int) -> None:
        with pytest.raises(InvalidValue, match=f"{most} caractères au plus, et il en compte {most + 1}"):
            close_funds(actor=admin, idcc="", closed_on=TODAY, **{**WORDS, field: "x" * (most + 1)})
        assert (
            len(getattr(close_funds(actor=admin, idcc="", closed_on=TODAY, **{**WORDS, field: "x" * most}), field))
            == most
        )


class TestWaiting:
    def test_nothing_is_granted_meanwhile_but_the_request_is_examined_and_may_be_refused(
        self, alice: Actor, olga: Actor, admin: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        closure = close(admin)
        with pytest.raises(NotDecidable, match="1090 sont épuisés depuis le 23/11/2026"):
            deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("560"))
        assert [check.code for check in queries.checks_of(dossier)][0] == "fonds"
        reopen(admin, closure)
        deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("560"))
        dossier.refresh_from_db()
        assert dossier.state == State.ACCORDEE

    def test_what_another_process_has_just_closed_is_not_granted(
        self, alice: Actor, olga: Actor, admin: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        assert funds.closures.value() == []
        FundClosure.objects.create(
            idcc="",
            closed_on=TODAY,
            sentence="Fermé.",
            source="Conseil",
            closed_by_id=admin.user_id or 0,
            created_at=NOW,
        )
        with pytest.raises(NotDecidable, match="toutes les branches"):
            deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("560"))

    def test_the_waiting_list_is_in_order_of_arrival_and_leaves_what_is_to_be_taken(
        self, olga: Actor, admin: Actor
    ) -> None:
        young = DossierFactory.create(idcc="1090", sent_at=NOW, due_on=date(2026, 12, 1))
        old = DossierFactory.create(idcc="1090", sent_at=NOW - timedelta(days=9), due_on=date(2026, 12, 9))
        other = DossierFactory.create(idcc="0016")
        unknown = DossierFactory.create(idcc=None)
        DossierFactory.create(idcc="1090", state=State.ACCORDEE)
        assert listed(olga, "attente") == []
        closure = close(admin)
        assert listed(olga, "attente") == [old, young]
        assert set(listed(olga, "libre")) == {other, unknown}
        assert queries.desk_counts(actor=olga, portfolio="moi", today=TODAY).portfolios["libre"] == 2
        counts = queries.desk_counts(actor=olga, portfolio="attente", today=date(2026, 12, 5))
        assert (counts.portfolios["attente"], counts.late) == (2, 1)
        everything = close(admin, idcc="")
        assert len(listed(olga, "attente")) == 4
        assert queries.desk_counts(actor=olga, portfolio="moi", today=TODAY).portfolios["attente"] == 4
        assert listed(olga, "libre") == []
        assert queries.desk_counts(actor=olga, portfolio="moi", today=TODAY).portfolios["libre"] == 0
        reopen(admin, everything)
        reopen(admin, closure)
        assert "attente" not in queries.desk_counts(actor=olga, portfolio="moi", today=TODAY).portfolios
        assert set(listed(olga, "libre")) == {young, old, other, unknown}
        assert not funds.came_back(other, TODAY + timedelta(days=40))

    def test_a_day_to_come_changes_nothing_before_it(
        self, olga: Actor, admin: Actor, clock: time_machine.Traveller
    ) -> None:
        waiting = DossierFactory.create(idcc="1090")
        close(admin, on=TODAY + timedelta(days=2))
        assert listed(olga, "attente") == []
        clock.shift(timedelta(days=2))
        assert listed(olga, "attente") == [waiting]

    def test_one_takes_and_examines_a_request_that_waits(self, olga: Actor, admin: Actor) -> None:
        waiting = DossierFactory.create(idcc="1090")
        close(admin)
        holding.take(actor=olga, number=number_of(waiting))
        assert listed(olga, "moi") == [waiting] == listed(olga, "attente")


class TestTelling:
    def titles(self, actor: Actor) -> list[str]:
        told = Notice.objects.filter(user_id=actor.user_id, kind="dossier.fonds").order_by("id")
        return [notice.title for notice in told]

    def test_employers_are_told_once_of_each_end_and_the_holder_finds_a_badge(
        self, alice: Actor, olga: Actor, admin: Actor, place: Establishment, clock: time_machine.Traveller
    ) -> None:
        dossier = taken(alice, place, olga)
        closure = close(admin)
        run()
        run()
        assert self.titles(alice) == [
            f"Les fonds sont épuisés : votre demande {dossier.number} garde sa place dans la liste d'attente."
        ]
        clock.shift(timedelta(days=3))
        reopen(admin, closure)
        run()
        assert self.titles(alice)[1:] == [
            f"Les fonds sont rouverts : votre demande {dossier.number} reprend son cours."
        ]
        assert [one.kind for one in News.objects.filter(reader_id=olga.user_id)] == ["fonds"]
        assert funds.came_back(dossier, TODAY + timedelta(days=3))
        assert funds_to_tell() == 0

    def test_a_long_list_is_told_by_stretches_the_oldest_first(
        self, alice: Actor, admin: Actor, place: Establishment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("openopco.dossiers.waiting.STRETCH", 2)
        ages = [3, 1, 4, 2, 5]
        made = {
            age: DossierFactory.create(
                idcc="1090", establishment=place, sent_at=NOW - timedelta(days=age), number=f"AF-{age}"
            )
            for age in ages
        }
        close(admin)
        run()
        told = [title.split("demande ")[1].split(" ")[0] for title in self.titles(alice)]
        assert told == [str(made[age].number) for age in sorted(ages, reverse=True)]
        assert FundClosure.objects.get().told_closed

    def test_what_was_planned_is_told_on_its_day(
        self, alice: Actor, admin: Actor, place: Establishment, clock: time_machine.Traveller
    ) -> None:
        DossierFactory.create(idcc="1090", establishment=place)
        close(admin, on=TODAY + timedelta(days=1))
        assert funds_to_tell() == 0
        clock.shift(timedelta(days=1))
        assert funds_to_tell() == 1
        run()
        assert len(self.titles(alice)) == 1

    def test_what_never_ran_is_told_to_nobody(
        self, alice: Actor, admin: Actor, place: Establishment, clock: time_machine.Traveller
    ) -> None:
        DossierFactory.create(idcc="1090", establishment=place)
        closure = close(admin, on=TODAY + timedelta(days=1))
        reopen(admin, closure)
        clock.shift(timedelta(days=5))
        assert funds_to_tell() == 0
        assert funds.closure_for("1090", TODAY + timedelta(days=1)) is None


class TestPages:
    def test_employers_read_it_before_and_after_sending(
        self, alice: Actor, admin: Actor, place: Establishment, settings: Any
    ) -> None:
        from tests.dossiers.factories import complete_draft, sent
        from tests.web.desk.dossiers.conftest import browser_of
        from tests.web.desk.dossiers.reading import text_of

        settings.OPENOPCO_MFA_REQUIRED = False
        draft, dossier = complete_draft(alice, place), sent(alice, place)
        close(admin)
        browser = browser_of(alice)
        for address, words in (
            ("/tableau-de-bord/", "Vous pouvez quand même envoyer votre demande"),
            (f"/brouillons/{draft.key}/synthese/", "Vous pouvez quand même envoyer votre demande"),
            (f"/demandes/{dossier.number}/", "elle garde sa place, dans l'ordre d'arrivée"),
            (f"/demandes/{dossier.number}/envoyee/", "elle garde sa place, dans l'ordre d'arrivée"),
        ):
            shown = text_of(browser.get(address))
            assert WORDS["sentence"] in shown, address
            assert words in shown, address

    def test_administrators_declare_and_reopen(self, admin: Actor, settings: Any) -> None:
        from tests.web.desk.dossiers.conftest import browser_of
        from tests.web.desk.dossiers.reading import text_of

        settings.OPENOPCO_MFA_REQUIRED = False
        browser, address = browser_of(admin), "/administration/fonds/"
        assert "Aucun fonds n'est épuisé" in text_of(browser.get(address))
        typed = {"idcc": "1090", "closed_on": "23/11/2026", **WORDS}
        for wrong, said in (
            ({"closed_on": "22/11/2026"}, "aujourd'hui ou une date à venir"),
            ({"closed_on": "demain"}, "Erreur"),
            ({"idcc": "9999"}, "n'existe pas"),
            ({"sentence": ""}, "Écrivez la phrase"),
        ):
            refused = browser.post(address, {**typed, **wrong})
            assert refused.status_code == 422
            assert said in text_of(refused)
        assert browser.post(address, typed).status_code == 302
        closure = FundClosure.objects.get()
        assert "1090 Branche 1090" in text_of(browser.get(address))
        assert "déjà déclarés épuisés" in text_of(browser.post(address, typed))
        reopening = f"{address}{closure.pk}/rouvrir/"
        assert "reviennent aux gestionnaires" in text_of(browser.get(reopening))
        browser.post(reopening)
        assert "Rouverts" in text_of(browser.get(address))
        assert browser.get(reopening).status_code == 404


class TestOfAgreements:
    """Granted already: they keep what they have, and get no more."""

    def test_one_grows_again_once_the_funds_reopen(self, admin: Actor) -> None:
        dossier, employer, desk = in_state(State.ACCORDEE)
        waiting = signalled(employer, dossier, {"cost": "700"})
        closure = close(admin)
        asked = {"actor": desk, "number": number_of(dossier), "modification_id": waiting.pk}
        with pytest.raises(NotDecidable, match="1090 sont épuisés depuis le 23/11/2026 : l'accord peut garder"):
            deciding_modifications.accept(**asked, amount=Decimal("560.01"))
        dossier.refresh_from_db()
        assert (dossier.amount_granted, dossier.amount_asked) == (Decimal("560.00"), Decimal("560.00"))
        reopen(admin, closure)
        grown = deciding_modifications.accept(**asked, amount=Decimal("560.01"))
        assert grown.amount_granted == Decimal("560.01")

    @pytest.mark.parametrize("amount", ["560.00", "500.00"])
    def test_one_may_stand_or_shrink(self, admin: Actor, amount: str) -> None:
        dossier, employer, desk = in_state(State.ACCORDEE)
        waiting = signalled(employer, dossier, {"cost": "700"})
        close(admin, idcc="")
        kept = deciding_modifications.accept(
            actor=desk,
            number=number_of(dossier),
            modification_id=waiting.pk,
            amount=Decimal(amount),
            reason="Fonds épuisés.",
        )
        assert kept.amount_granted == Decimal(amount)

    def test_one_that_lapsed_comes_back_once_they_reopen(self, admin: Actor, olga: Actor) -> None:
        dossier = in_state(State.CADUQUE)[0]
        closure = close(admin)
        lifted = {"actor": olga, "number": number_of(dossier), "until": date(2027, 6, 1), "reason": "Facture reçue."}
        with pytest.raises(NotDecidable, match="ne peut pas être rendu valable"):
            agreements.lift_lapse(**lifted)
        dossier.refresh_from_db()
        assert dossier.state == State.CADUQUE
        reopen(admin, closure)
        assert agreements.lift_lapse(**lifted).state == State.ACCORDEE
