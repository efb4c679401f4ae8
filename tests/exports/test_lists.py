"""Lists as files: whole, as filtered, for who may read them; journalled, bounded, kept for a while, never a NIR."""

import csv
import dataclasses
import io
import json
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.base.models import Work, WorkState
from openopco.base.works import cancel, may_take
from openopco.base.works.running import purge_works
from openopco.dossiers.actions import deciding_modifications
from openopco.dossiers.enums import State
from openopco.dossiers.queries import ALL, MINE, Filters
from openopco.exports import lists
from openopco.exports.actions import ask_export, size_of
from openopco.exports.errors import TooManyRows, UnknownList
from openopco.exports.finance import FINANCE
from openopco.exports.lists import LISTS, filters_as_asked, pages_of
from openopco.exports.registers import REGISTERS
from openopco.exports.settlements import SETTLEMENTS
from openopco.exports.tallies import TALLIES
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.models import Membership, StaffRole
from openopco.journal.models import Entry, ReadAudit
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.notifications.models import Notice
from openopco.opco import parameters
from openopco.opco.models import Feedback, Parameter
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import NIR, NOW, DossierFactory, garage, in_state, number_of, sent, signalled, taken
from tests.habilitations.factories import MembershipFactory
from tests.organisations.factories import ProviderFactory
from tests.web.visitors import client_of


def of_desk(filters: Filters) -> dict[str, Any]:
    return {"filters": filters_as_asked(filters)}


def asked(actor: Actor, code: str, given: dict[str, Any], format: str = "csv") -> Work:
    return ask_export(actor=actor, code=code, format=format, asked=given, key=uuid.uuid4())


def made(work: Work) -> Work:
    run_pending_jobs(names=["works.run"])
    return Work.objects.get(pk=work.pk)


def lines(work: Work) -> list[dict[str, str]]:
    with default_storage.open(work.result_name) as file:
        return list(csv.DictReader(io.StringIO(file.read().decode("utf-8-sig")), delimiter=";"))


def set_parameter(code: str, value: int) -> None:
    Parameter.objects.create(code=code, value=value, starts_on=NOW.date(), source="Essai", created_by="x")
    parameters.forget()


class TestContents:
    def test_the_desk_s_list_is_whole_and_filtered(self, olga: Actor) -> None:
        mine = User.objects.get(pk=olga.user_id)
        DossierFactory.create_batch(30, state=State.EN_INSTRUCTION, holder=mine)
        DossierFactory.create_batch(3, state=State.EN_INSTRUCTION)
        work = made(asked(olga, "dossiers", of_desk(Filters(portfolio=MINE))))
        found = lines(work)
        assert (work.state, work.done, work.total, len(found)) == (WorkState.DONE, 30, 30, 30)
        assert {line["Traité par"] for line in found} == {mine.full_name}
        assert work.result_filename == "dossiers-2026-11-23.csv"

    def test_each_filter_comes_back_from_the_work(self) -> None:
        given: dict[type, Any] = {str: "x", date: NOW.date(), int: 7, Decimal: Decimal("0.00")}
        hints = {name: get_args(hint)[0] if get_args(hint) else hint for name, hint in get_type_hints(Filters).items()}
        names = [each.name for each in dataclasses.fields(Filters)]
        filters = Filters(**{name: given[hints[name]] for name in names})
        assert lists._filters(json.loads(json.dumps({"filters": filters_as_asked(filters)}))) == filters
        assert filters_as_asked(Filters(order="")) == {}

    def test_a_sheet_opens_with_numbers_and_dates(self, olga: Actor, alice: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        work = made(asked(olga, "dossiers", of_desk(Filters(portfolio=ALL)), "xlsx"))
        with default_storage.open(work.result_name) as file:
            sheet = openpyxl.load_workbook(io.BytesIO(file.read())).active
        heads, values = ([cell.value for cell in row] for row in sheet.iter_rows())
        row = dict(zip(heads, values, strict=True))
        assert row["Numéro"] == dossier.number
        assert row["Coût demandé HT"] == 560
        assert row["Début"].year == 2027
        assert row["SIRET"] == place.siret

    def test_decided_on_is_the_day_of_the_first_answer(self, olga: Actor, clock: Any) -> None:
        dossier, employer, desk = in_state(State.ACCORDEE)
        waiting = signalled(employer, dossier)
        clock.shift(timedelta(days=20))
        deciding_modifications.accept(
            actor=desk, number=number_of(dossier), modification_id=waiting.pk, amount=Decimal("560.00")
        )
        given = {"filters": {}, "establishment": dossier.establishment_id}
        for who, code in ((olga, "dossiers"), (employer, "demandes")):
            [line] = lines(made(asked(who, code, given | of_desk(Filters(portfolio=ALL)))))
            assert line["Décidée le"].startswith("23/11/2026")

    def test_an_employer_takes_his_own_alone_in_his_own_words(
        self, alice: Actor, charlie: Actor, place: Establishment
    ) -> None:
        dossier = sent(alice, place)
        (line,) = lines(made(asked(alice, "demandes", {"establishment": place.pk, "filters": {}})))
        assert (line["Numéro"], line["Où elle en est"]) == (dossier.number, "Envoyée")
        assert "Traité par" not in line
        with pytest.raises(Forbidden):
            asked(charlie, "demandes", {"establishment": place.pk, "filters": {}})

    def test_no_file_holds_a_nir(self, olga: Actor, alice: Actor, place: Establishment) -> None:
        sent(alice, place)
        for actor, code, given in (
            (olga, "dossiers", of_desk(Filters(portfolio=ALL))),
            (alice, "demandes", {"establishment": place.pk, "filters": {}}),
        ):
            with default_storage.open(made(asked(actor, code, given)).result_name) as file:
                assert NIR not in file.read().decode().replace(" ", "")

    def test_what_a_name_hides_is_no_formula(self, olga: Actor) -> None:
        DossierFactory.create(employer_name="=HYPERLINK(1)", title="@SUM(A1)")
        (line,) = lines(made(asked(olga, "dossiers", of_desk(Filters(portfolio=ALL)))))
        assert line["Employeur"] == "'=HYPERLINK(1)"
        assert line["Intitulé de la formation"] == "'@SUM(A1)"

    def test_every_other_list(self, olga: Actor, admin: Actor, db: None) -> None:
        MembershipFactory.create(establishment=garage(verified=False))
        ProviderFactory.create(verified=False)
        Feedback.objects.create(page="/", rating=4, body="Bien.", created_at=NOW)
        Feedback.objects.create(page="/", rating=2, created_at=NOW, read_at=NOW)
        counts = {
            code: len(lines(made(asked(actor, code, given))))
            for actor, code, given in (
                (olga, "rattachements", {}),
                (olga, "etablissements", {}),
                (olga, "organismes", {}),
                (admin, "avis", {"unread": True}),
            )
        }
        assert counts == {"rattachements": 1, "etablissements": 1, "organismes": 1, "avis": 1}
        others = {each.code for each in (*REGISTERS, *TALLIES, *SETTLEMENTS, *FINANCE)}
        assert {"dossiers", "demandes", *counts, *others} == set(LISTS)


class TestRights:
    @pytest.mark.parametrize("code", ["dossiers", "rattachements", "etablissements", "organismes", "avis"])
    def test_an_employer_has_no_list_of_the_opco(self, alice: Actor, code: str) -> None:
        with pytest.raises(Forbidden):
            asked(alice, code, {})

    def test_a_list_of_one_s_own_role_only(self, olga: Actor, admin: Actor) -> None:
        with pytest.raises(Forbidden):
            asked(olga, "avis", {})
        with pytest.raises(Forbidden):
            asked(admin, "dossiers", {})

    def test_a_role_that_ends_meanwhile_stops_it(self, olga: Actor) -> None:
        DossierFactory.create()
        work = asked(olga, "dossiers", of_desk(Filters(portfolio=ALL)))
        StaffRole.objects.filter(user_id=olga.user_id).update(until=NOW)
        work = made(work)
        assert (work.state, work.result_name) == (WorkState.FAILED, "")
        assert not default_storage.exists(f"works/{work.key}")

    def test_who_left_the_establishment_takes_no_file(self, alice: Actor, place: Establishment) -> None:
        work = made(asked(alice, "demandes", {"establishment": place.pk, "filters": {}}))
        assert may_take(work)
        Membership.objects.filter(user_id=alice.user_id).update(state=MembershipState.ENDED, ended_at=NOW)
        assert not may_take(Work.objects.get(pk=work.pk))

    def test_an_unknown_list_and_an_unknown_format(self, olga: Actor) -> None:
        with pytest.raises(UnknownList):
            asked(olga, "salaires", {})
        with pytest.raises(InvalidValue, match="format"):
            asked(olga, "rattachements", {}, "exe")


class TestKept:
    def test_the_journal_says_who_took_what_and_how_many(self, olga: Actor) -> None:
        DossierFactory.create_batch(2)
        work = made(asked(olga, "dossiers", of_desk(Filters(search="formation", portfolio=ALL))))
        told = Entry.objects.filter(subject_kind="work", subject_id=work.pk).order_by("sequence")
        payload = {"liste": "dossiers", "format": "csv", "lignes": 2}
        assert [(each.event, each.payload) for each in told] == [("export.asked", payload), ("export.made", payload)]
        audit = ReadAudit.objects.get(what="export.list")
        assert (audit.actor_id, audit.subject_id, audit.reason) == (olga.user_id, work.pk, "dossiers : 2")

    def test_what_was_searched_is_forgotten(self, olga: Actor) -> None:
        work = asked(olga, "dossiers", of_desk(Filters(search="müller", portfolio=ALL)))
        assert "müller" in str(work.args)
        assert "müller" not in str(made(work).args)

    def test_administrators_are_told_of_a_long_one(self, olga: Actor, admin: Actor) -> None:
        DossierFactory.create_batch(3)
        made(asked(olga, "dossiers", of_desk(Filters(portfolio=ALL))))
        assert not Notice.objects.filter(kind="export.large").exists()
        set_parameter("export_alert_rows", 3)
        made(asked(olga, "dossiers", of_desk(Filters(portfolio=ALL))))
        notice = Notice.objects.get(kind="export.large")
        assert (notice.user_id, "3 lignes" in notice.title) == (admin.user_id, True)

    def test_the_page_of_administrators_counts_who_took_lists_away(
        self, olga: Actor, admin: Actor, settings: Any
    ) -> None:
        settings.OPENOPCO_MFA_REQUIRED = False
        for _ in range(2):
            made(asked(olga, "rattachements", {}))
        site = client_of(User.objects.get(pk=admin.user_id))
        assert (
            '<td data-label="Listes exportées" class="number">2</td>' in site.get("/administration/").content.decode()
        )

    def test_a_file_goes_with_its_work_after_a_week(self, olga: Actor, clock: Any) -> None:
        work = made(asked(olga, "rattachements", {}))
        clock.shift(timedelta(days=6))
        assert purge_works() == 0
        clock.shift(timedelta(days=2))
        assert purge_works() == 1
        assert not default_storage.exists(work.result_name)
        assert not Work.objects.exists()


class TestBounds:
    def test_beyond_the_limit_a_clear_answer_and_nothing_queued(self, olga: Actor) -> None:
        set_parameter("export_max_rows", 2)
        DossierFactory.create_batch(3)
        assert size_of(actor=olga, code="dossiers", asked=of_desk(Filters(portfolio=ALL))).is_too_large
        with pytest.raises(TooManyRows, match="plus de 2 lignes"):
            asked(olga, "dossiers", of_desk(Filters(portfolio=ALL)))
        assert not Work.objects.exists()

    def test_rows_come_by_pages_each_once(self, olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lists, "PAGE", 2)
        made_ids = [each.pk for each in DossierFactory.create_batch(5)]
        found = list(pages_of(LISTS["dossiers"], of_desk(Filters(portfolio=ALL)), lambda: olga))
        assert [len(page) for page in found] == [2, 2, 1]
        assert [each.pk for page in found for each in page] == made_ids

    def test_a_page_costs_one_query_however_many_rows(self, olga: Actor) -> None:
        DossierFactory.create_batch(12, state=State.EN_INSTRUCTION)
        with CaptureQueriesContext(
            connection,
        ) as found:
            for page in pages_of(LISTS["dossiers"], of_desk(Filters(portfolio=ALL)), lambda: olga):
                [[column.value(row) for column in LISTS["dossiers"].columns] for row in page]
        assert len(found) == 2

    def test_cancelled_while_it_is_written_there_is_no_file(self, olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        DossierFactory.create_batch(3)
        monkeypatch.setattr(lists, "PAGE", 1)
        work = asked(olga, "dossiers", of_desk(Filters(portfolio=ALL)))
        rows = LISTS["dossiers"].rows

        def cancelling(actor: Actor, given: Any) -> Any:
            cancel(Work.objects.get(pk=work.pk))
            return rows(actor, given)

        monkeypatch.setattr(
            lists, "LISTS", {"dossiers": lists.List(**{**_parts(LISTS["dossiers"]), "rows": cancelling})}
        )
        work = made(work)
        assert (work.state, work.result_name) == (WorkState.CANCELLED, "")
        assert not default_storage.exists(f"works/{work.key}")


def _parts(listed: lists.List) -> dict[str, Any]:
    return {name: getattr(listed, name) for name in lists.List.__slots__}
