"""An officer away: who stands in, what she may do, what the journal says, and that it ends by itself."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.dossiers import queries, timeline
from openopco.dossiers.actions import corrections, deciding, holding, talking
from openopco.dossiers.enums import Audience, ItemKind, State
from openopco.dossiers.errors import HeldByAnother
from openopco.dossiers.models import Dossier, News
from openopco.dossiers.queries import Filters
from openopco.habilitations.absences import live, replaced_by, replacement_of
from openopco.habilitations.actions.absences import declare_absence, end_absence
from openopco.habilitations.errors import BadAbsence, NotPossibleNow
from openopco.habilitations.models import Absence
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden
from openopco.notifications.models import Notice
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import NOW, TODAY, DossierFactory, number_of, taken
from tests.habilitations.factories import officer

WEEK = (TODAY, TODAY + timedelta(days=4))


def away(who: Actor, by: Actor, *days: date, actor: Actor | None = None) -> Absence:
    first, last = days or WEEK
    made = declare_absence(
        actor=actor or who, user_id=who.user_id or 0, replacement_id=by.user_id or 0, starts_on=first, ends_on=last
    )
    live.forget()
    return made


class TestDeclaring:
    def test_by_oneself_or_by_an_administrator_and_by_nobody_else(
        self, olga: Actor, oscar: Actor, admin: Actor, alice: Actor
    ) -> None:
        for stranger in (oscar, alice):
            with pytest.raises(Forbidden):
                away(olga, oscar, actor=stranger)
        absence = away(olga, oscar, actor=admin)
        with pytest.raises(Forbidden):
            end_absence(actor=oscar, absence_id=absence.pk)
        end_absence(actor=olga, absence_id=absence.pk)
        with pytest.raises(NotPossibleNow):
            end_absence(actor=admin, absence_id=absence.pk)
        told = Entry.objects.filter(subject_kind="absence", subject_id=absence.pk).order_by("sequence")
        assert [entry.event for entry in told] == ["absence.declared", "absence.ended"]

    @pytest.mark.parametrize(("first", "last"), [(-1, 3), (3, 2), (0, 400)])
    def test_days_that_make_no_absence(self, olga: Actor, oscar: Actor, first: int, last: int) -> None:
        with pytest.raises(BadAbsence):
            away(olga, oscar, TODAY + timedelta(days=first), TODAY + timedelta(days=last))

    def test_only_another_officer_stands_in(self, olga: Actor, admin: Actor, alice: Actor) -> None:
        for other in (olga, admin, alice):
            with pytest.raises(BadAbsence):
                away(olga, other)

    def test_there_is_no_chain_and_no_circle(self, olga: Actor, oscar: Actor) -> None:
        other = officer()
        away(olga, oscar)
        with pytest.raises(BadAbsence, match="remplacement de"):
            away(oscar, olga)
        with pytest.raises(BadAbsence, match="remplacement de"):
            away(oscar, other)
        with pytest.raises(BadAbsence, match="sera aussi en absence"):
            away(other, olga)
        with pytest.raises(BadAbsence, match="déjà prévue"):
            away(olga, other)
        later = (WEEK[1] + timedelta(days=1), WEEK[1] + timedelta(days=2))
        away(oscar, olga, *later)
        away(other, oscar, *WEEK)

    def test_the_database_refuses_nonsense_too(self, olga: Actor, oscar: Actor) -> None:
        given: dict[str, Any] = {"entered_by_id": olga.user_id, "entered_at": NOW, "user_id": olga.user_id}
        for wrong in (
            {"replacement_id": olga.user_id, "starts_on": TODAY, "ends_on": TODAY},
            {"replacement_id": oscar.user_id, "starts_on": TODAY, "ends_on": TODAY - timedelta(days=1)},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Absence.objects.create(**given, **wrong)


class TestStandingIn:
    def listed(self, actor: Actor) -> list[Dossier]:
        return queries.worklist(actor=actor, filters=Filters(order="", portfolio="remplace")).items

    def test_she_sees_his_requests_from_the_first_day_to_the_last(
        self, olga: Actor, oscar: Actor, clock: time_machine.Traveller
    ) -> None:
        dossier = DossierFactory.create(state=State.EN_INSTRUCTION, holder_id=olga.user_id)
        away(olga, oscar, TODAY + timedelta(days=1), TODAY + timedelta(days=2))
        shown = []
        for _ in range(4):
            live.forget()
            shown.append(self.listed(oscar) == [dossier])
            clock.shift(timedelta(days=1))
        assert shown == [False, True, True, False]
        assert self.listed(olga) == []

    def test_his_requests_are_counted_for_her_alone(self, olga: Actor, oscar: Actor) -> None:
        DossierFactory.create_batch(2, state=State.EN_INSTRUCTION, holder_id=olga.user_id, due_on=TODAY)
        DossierFactory.create(state=State.ACCORDEE, holder_id=olga.user_id)
        away(olga, oscar, TODAY, TODAY)
        live.forget()
        counts = queries.desk_counts(actor=oscar, portfolio="remplace", today=TODAY + timedelta(days=1))
        assert (counts.portfolios["remplace"], counts.late) == (2, 2)
        assert "remplace" not in queries.desk_counts(actor=olga, portfolio="moi", today=TODAY).portfolios

    def test_she_acts_and_the_journal_says_for_whom(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        with pytest.raises(HeldByAnother):
            deciding.grant(actor=oscar, number=number_of(dossier), amount=Decimal("560"))
        away(olga, oscar)
        deciding.grant(actor=oscar, number=number_of(dossier), amount=Decimal("560"))
        dossier.refresh_from_db()
        assert dossier.decided_by_id == oscar.user_id
        name = User.objects.get(pk=olga.user_id).full_name
        latest = timeline.events(dossier, Audience.OPCO)[0]
        assert latest.by == f"{oscar.label}, en remplacement de {name}"
        assert "remplacement" not in timeline.events(dossier, Audience.EMPLOYEUR)[0].by

    def test_once_he_is_back_she_no_longer_may(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment, clock: time_machine.Traveller
    ) -> None:
        dossier = taken(alice, place, olga)
        absence = away(olga, oscar)
        point = corrections.Point(ItemKind.CHAMP, "cost", "Le devis ?")
        corrections.ask(actor=oscar, number=number_of(dossier), points=[point])
        end_absence(actor=olga, absence_id=absence.pk)
        with pytest.raises(HeldByAnother):
            corrections.withdraw(actor=oscar, number=number_of(dossier))
        away(olga, oscar)
        clock.shift(timedelta(days=5))
        with pytest.raises(HeldByAnother):
            corrections.withdraw(actor=oscar, number=number_of(dossier))

    def test_nobody_examines_what_he_filed_even_for_another(self, olga: Actor, oscar: Actor) -> None:
        dossier = DossierFactory.create(
            state=State.EN_INSTRUCTION, holder_id=olga.user_id, filed_by_id=oscar.user_id, created_by_id=oscar.user_id
        )
        away(olga, oscar)
        for act in (holding.release, corrections.withdraw):
            with pytest.raises(HeldByAnother, match="Vous avez déposé"):
                act(actor=oscar, number=number_of(dossier))
        with pytest.raises(Forbidden):
            deciding.refuse(actor=oscar, number=number_of(dossier), reason="Non.")

    def test_notices_and_news_go_to_her_too(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        away(olga, oscar)
        talking.write_message(actor=alice, number=number_of(dossier), body="Bonjour.")
        run_pending_jobs(names=["dossiers.tell"])
        told = Notice.objects.filter(kind="dossier.message")
        assert {notice.user_id for notice in told} == {olga.user_id, oscar.user_id}
        assert {one.reader_id for one in News.objects.all()} == {olga.user_id, oscar.user_id}

    def test_what_is_kept_says_who_stands_in(self, olga: Actor, oscar: Actor) -> None:
        away(olga, oscar)
        assert replacement_of(olga.user_id, TODAY) == oscar.user_id
        assert replacement_of(olga.user_id, TODAY + timedelta(days=5)) is None
        assert [each.user_id for each in replaced_by(oscar.user_id, TODAY)] == [olga.user_id]


class TestPages:
    def test_an_officer_plans_and_ends_an_absence(self, olga: Actor, oscar: Actor, settings: Any) -> None:
        from tests.web.desk.dossiers.conftest import browser_of
        from tests.web.desk.dossiers.reading import found, text_of

        settings.OPENOPCO_MFA_REQUIRED = False
        desk, address = browser_of(olga), "/gestion/absences/"
        assert "Aucune absence prévue" in text_of(desk.get(address))
        typed = {"du": "23/11/2026", "au": "27/11/2026", "par": str(oscar.user_id)}
        for wrong, control, said in (
            ({"par": ""}, "par", "Choisissez un gestionnaire."),
            ({"par": str(olga.user_id)}, "par", "Choisissez un autre gestionnaire"),
            ({"du": "hier"}, "du", "Erreur"),
            ({"du": "20/11/2026"}, "du", "commence aujourd'hui ou plus tard."),
            ({"au": "20/11/2026"}, "au", "Le retour précède le départ."),
            ({"au": "27/12/2027"}, "au", "un an au plus."),
        ):
            refused = desk.post(address, {**typed, **wrong})
            assert refused.status_code == 422
            assert said in text_of(refused)
            assert found(refused, "//*[@aria-invalid='true']/@id") == [f"id_{control}"]
        desk.post(address, typed)
        live.forget()
        absence = Absence.objects.get()
        dossier = DossierFactory.create(state=State.EN_INSTRUCTION, holder_id=olga.user_id)
        other = browser_of(oscar)
        name = User.objects.get(pk=olga.user_id).full_name
        assert f"Je remplace {name}" in text_of(other.get("/gestion/?vue=remplace"))
        assert f"Vous remplacez {name}" in text_of(other.get(f"/gestion/dossiers/{dossier.number}/"))
        other.post(f"{address}{absence.pk}/terminer/")
        assert Absence.objects.get().ended_at is None
        desk.post(f"{address}{absence.pk}/terminer/")
        assert Absence.objects.get().ended_at is not None

    def test_a_colleague_who_is_away_too_is_told_by_his_name(self, olga: Actor, oscar: Actor, settings: Any) -> None:
        from tests.web.desk.dossiers.conftest import browser_of
        from tests.web.desk.dossiers.reading import found, text_of

        settings.OPENOPCO_MFA_REQUIRED = False
        away(oscar, officer())
        typed = {"du": "23/11/2026", "au": "27/11/2026", "par": str(oscar.user_id)}
        refused = browser_of(olga).post("/gestion/absences/", typed)
        assert "sera aussi en absence" in text_of(refused)
        assert found(refused, "//*[@aria-invalid='true']/@id") == ["id_par"]

    def test_an_administrator_plans_for_anybody(self, olga: Actor, oscar: Actor, admin: Actor, settings: Any) -> None:
        from tests.web.desk.dossiers.conftest import browser_of
        from tests.web.desk.dossiers.reading import text_of

        settings.OPENOPCO_MFA_REQUIRED = False
        browser, address = browser_of(admin), "/administration/absences/"
        typed = {"qui": str(olga.user_id), "par": str(oscar.user_id), "du": "24/11/2026", "au": "27/11/2026"}
        browser.post(address, typed)
        absence = Absence.objects.get()
        assert absence.entered_by_id == admin.user_id
        assert "À venir" in text_of(browser.get(address))
        browser.post(f"{address}{absence.pk}/terminer/")
        assert Absence.objects.get().ended_at is not None
