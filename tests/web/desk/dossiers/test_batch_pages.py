"""Many requests at once, from the list to the report: what the pages say before, during and after."""

import csv
import io
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.base.models import Work, WorkRow, WorkState
from openopco.dossiers.actions import holding
from openopco.dossiers.batching import CHANGED, Act
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier, Message
from openopco.opco import parameters
from openopco.opco.models import Parameter
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.web.desk.batching import read_signed, sign
from tests.dossiers.factories import NIR, NOW, DossierFactory, number_of, taken
from tests.web.desk.dossiers.reading import text_of

ALL = "/gestion/lot/{}/?vue=moi&toutes=1"


def mine(olga: Actor, count: int = 1, **given: Any) -> list[Dossier]:
    holder = User.objects.get(pk=olga.user_id)
    return DossierFactory.create_batch(count, state=State.EN_INSTRUCTION, holder=holder, **given)


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found is not None, name
    return found[1]


def confirm(desk: Client, url: str, **typed: str) -> Any:
    page = desk.get(url)
    return desk.post(url, {"portee": hidden(page, "portee"), "cle": hidden(page, "cle"), **typed})


def limit(count: int) -> None:
    Parameter.objects.create(code="batch_max_rows", value=count, starts_on=NOW.date(), source="Essai", created_by="x")
    parameters.forget()


class TestChoosing:
    def test_the_ticked_rows_and_the_list_come_along(self, desk: Client, olga: Actor) -> None:
        (one, two) = mine(olga, 2)
        answer = desk.post("/gestion/lot/?vue=moi&tri=recent", {"d": [one.number, two.number], "lot": "accorder"})
        assert answer["Location"] == f"/gestion/lot/accorder/?vue=moi&tri=recent&d={one.number}&d={two.number}"

    def test_the_whole_list_needs_no_row(self, desk: Client, olga: Actor) -> None:
        answer = desk.post("/gestion/lot/?vue=moi", {"toutes": "1", "lot": "refuser"})
        assert answer["Location"] == "/gestion/lot/refuser/?vue=moi&toutes=1"

    @pytest.mark.parametrize(
        ("posted", "said"),
        [({"lot": "accorder"}, "Cochez au moins un dossier"), ({"d": "AF-1"}, "Choisissez que faire")],
    )
    def test_with_nothing_ticked_or_chosen_one_is_told(self, desk: Client, posted: dict[str, str], said: str) -> None:
        assert said in text_of(desk.post("/gestion/lot/?vue=moi", posted, follow=True))

    def test_the_list_has_a_box_for_each_row_and_every_act(self, desk: Client, olga: Actor) -> None:
        (one,) = mine(olga)
        body = desk.get("/gestion/").content.decode()
        assert f'name="d" value="{one.number}"' in body
        assert all(f'<option value="{act}">' in body for act in Act)

    def test_an_unknown_act_is_nowhere(self, desk: Client) -> None:
        assert desk.get("/gestion/lot/detruire/").status_code == 404


class TestBefore:
    def test_the_page_says_how_many_and_who_is_left_out(self, desk: Client, olga: Actor) -> None:
        mine(olga, 2)
        (waiting,) = DossierFactory.create_batch(
            1, state=State.COMPLEMENT_DEMANDE, holder=User.objects.get(pk=olga.user_id)
        )
        page = text_of(desk.get(ALL.format("refuser")))
        assert "Refuser 2 demandes" in page
        assert f"{waiting.number} · {waiting.employer_name} : Son état ne le permet pas" in page
        assert not Work.objects.exists()

    def test_beyond_the_limit_it_says_so_and_offers_nothing(self, desk: Client, olga: Actor) -> None:
        limit(2)
        mine(olga, 3)
        answer = desk.get(ALL.format("refuser"))
        assert answer.status_code == 422
        assert "Cette liste compte plus de 2 demandes" in text_of(answer)
        assert "portee" not in answer.content.decode()

    def test_the_checks_of_a_few_are_told_before(
        self, desk: Client, olga: Actor, alice: Actor, place: Establishment
    ) -> None:
        taken(alice, place, olga, headcount="80")
        page = text_of(desk.get(ALL.format("accorder")))
        assert "1 a un point à regarder" in page
        assert "80 salariés" in page

    def test_the_cost_of_the_page_does_not_depend_on_the_rows(self, desk: Client, olga: Actor) -> None:
        desk.get(ALL.format("refuser"))
        counts = []
        for _ in range(2):
            mine(olga, 10)
            with CaptureQueriesContext(connection) as found:
                desk.get(ALL.format("refuser"))
            counts.append(len(found))
        assert counts[0] == counts[1]


class TestConfirming:
    def test_it_is_done_and_told_on_the_page_of_the_work(
        self, desk: Client, olga: Actor, alice: Actor, place: Establishment
    ) -> None:
        good, changed = taken(alice, place, olga), taken(alice, place, olga)
        answer = confirm(desk, ALL.format("accorder"), looks="oui")
        work = Work.objects.get()
        assert answer["Location"] == reverse("portal:work", args=[work.key])
        assert "0 sur 2 demandes" in text_of(desk.get(answer["Location"])) or work.state == WorkState.QUEUED
        holding.release(actor=olga, number=number_of(changed))
        run_pending_jobs(names=["works.run"])
        page = text_of(desk.get(answer["Location"]))
        assert "1 demande traitée, 1 laissée de côté." in page
        assert f"{changed.number} : {CHANGED}" in page
        assert f"{good.number} : Accordée pour le coût demandé." in page
        rows = list(csv.reader(io.StringIO(_content(desk, work)), delimiter=";"))
        assert rows[0][0].endswith("Dossier")
        assert [row[:2] for row in rows[1:]] == [[good.number, "Fait"], [changed.number, "Laissé de côté"]]

    def test_what_comes_into_the_list_meanwhile_is_not_in(self, desk: Client, olga: Actor) -> None:
        (shown,) = mine(olga)
        page = desk.get(ALL.format("refuser"))
        (later,) = mine(olga)
        posted = {"portee": hidden(page, "portee"), "cle": hidden(page, "cle"), "text": "Hors critères."}
        desk.post(ALL.format("refuser"), posted)
        assert list(Work.objects.get().rows.values_list("label", flat=True)) == [shown.number]
        assert later.number != shown.number

    def test_sent_twice_it_is_one_batch(self, desk: Client, olga: Actor) -> None:
        mine(olga)
        page = desk.get(ALL.format("ecrire"))
        posted = {"portee": hidden(page, "portee"), "cle": hidden(page, "cle"), "text": "Bonjour."}
        answers = [desk.post(ALL.format("ecrire"), posted)["Location"] for _ in range(2)]
        assert answers[0] == answers[1]
        assert Work.objects.count() == 1

    @pytest.mark.parametrize(
        ("act", "typed", "said"),
        [
            ("refuser", {}, "Écrivez ce texte"),
            ("refuser", {"text": "x" * 4001}, "trop long"),
            ("ecrire", {"text": f"Votre numéro {NIR}"}, "sécurité sociale"),
            ("confier", {"to": "12345678"}, "Choisissez un gestionnaire"),
            ("complement", {"text": "Illisible", "point": "piece:rien", "due_on": "30/12/2026"}, "Choisissez ce que"),
            ("complement", {"text": "Illisible", "point": "piece:programme", "due_on": "hier"}, "date"),
            ("complement", {"text": "Illisible", "point": "piece:programme", "due_on": "01/01/2020"}, "date à venir"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
        self, desk: Client, olga: Actor, act: str, typed: dict[str, str], said: str
    ) -> None:
        mine(olga)
        answer = confirm(desk, ALL.format(act), **typed)
        assert answer.status_code == 422
        assert said in text_of(answer)
        assert all(
            value in answer.content.decode() for name, value in typed.items() if name != "to" and name != "point"
        )
        assert not Work.objects.exists()

    def test_a_page_that_is_no_longer_ours_is_shown_anew_with_what_was_typed(self, desk: Client, olga: Actor) -> None:
        mine(olga)
        answer = desk.post(ALL.format("ecrire"), {"portee": "vieille", "text": "Bonjour à tous."})
        assert answer.status_code == 409
        assert "Cette page date" in text_of(answer)
        assert "Bonjour à tous." in answer.content.decode()
        assert not Work.objects.exists()

    def test_a_scope_is_good_for_an_hour(self, olga: Actor, clock: Any) -> None:
        signed = sign([(1, 2, "AF-1")], olga, Act.ACCORDER)
        clock.shift(3500)
        assert read_signed(signed, olga, Act.ACCORDER)
        clock.shift(200)
        assert read_signed(signed, olga, Act.ACCORDER) is None

    def test_the_scope_of_another_person_or_act_is_no_scope(self, olga: Actor, omar: Actor) -> None:
        signed = sign([(1, 2, "AF-1")], olga, Act.ACCORDER)
        assert read_signed(signed, olga, Act.ACCORDER) == [(1, 2, "AF-1")]
        assert read_signed(signed, omar, Act.ACCORDER) is None
        assert read_signed(signed, olga, Act.REFUSER) is None
        assert read_signed("x", olga, Act.ACCORDER) is None

    def test_stopped_midway_the_rest_stays_as_it_was(self, desk: Client, olga: Actor) -> None:
        mine(olga, 3)
        url = confirm(desk, ALL.format("ecrire"), text="Bonjour.")["Location"]
        desk.post(f"{url}arreter/")
        run_pending_jobs(names=["works.run"])
        page = text_of(desk.get(url))
        assert "Vous avez arrêté ce travail." in page
        assert "3 demandes n'ont pas été traitées" in page
        assert not Message.objects.exists()


def _content(desk: Client, work: Work) -> str:
    answer = desk.get(reverse("portal:work_report", args=[work.key]))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return b"".join(answer.streaming_content).decode()


def test_no_cell_of_a_report_is_a_formula(desk: Client, olga: Actor) -> None:
    mine(olga)
    confirm(desk, ALL.format("ecrire"), text="Bonjour.")
    WorkRow.objects.update(said="=HYPERLINK(1)")
    assert '"\'=HYPERLINK(1)"' in _content(desk, Work.objects.get())


def test_a_batch_is_nobody_else_s(desk: Client, other_desk: Client, olga: Actor) -> None:
    mine(olga)
    url = confirm(desk, ALL.format("ecrire"), text="Bonjour.")["Location"]
    for path in (url, f"{url}compte-rendu.csv", f"{url}fichier/"):
        assert other_desk.get(path).status_code == 404
    assert other_desk.post(f"{url}arreter/").status_code == 404
    assert Work.objects.get().is_open
    assert desk.get(f"/travaux/{uuid.uuid4()}/").status_code == 404
