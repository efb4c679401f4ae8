"""« Mes travaux », « Exporter cette liste », and the ZIP of a request, as their people use them."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.base.jobs import run_pending_jobs
from openopco.base.models import Work, WorkState
from openopco.dossiers.models import Dossier
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.models import Membership
from openopco.journal.models import ReadAudit
from openopco.opco import parameters
from openopco.opco.models import Parameter
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.answers import release
from tests.dossiers.factories import NOW, number_of, sent
from tests.web.portal.people import browser_of
from tests.web.visitors import text_of


@pytest.fixture(autouse=True)
def _limits_of_this_test_alone() -> Iterator[None]:
    parameters.forget()
    yield
    parameters.forget()


@pytest.fixture
def mine(alice: Actor, place: Establishment) -> Dossier:
    return sent(alice, place)


@pytest.fixture
def site(alice: Actor) -> Client:
    return browser_of(alice)


def ask(site: Client, query: str = "", format: str = "csv") -> str:
    """The address of the work that the form starts."""
    page = site.get(f"/exports/demandes/{query}").content.decode()
    key = re.search(r'name="cle" value="([^"]*)"', page)
    assert key is not None
    return site.post(f"/exports/demandes/{query}", {"cle": key[1], "format": format})["Location"]


class TestExport:
    def test_the_list_leads_to_it_with_its_filters(self, site: Client, mine: Dossier) -> None:
        page = site.get("/demandes/?etat=transmise&q=contr%C3%B4le").content.decode()
        assert 'href="/exports/demandes/?etat=transmise&amp;q=contr%C3%B4le"' in page
        assert "1 ligne" in text_of(site.get("/exports/demandes/?etat=transmise"))
        assert "0 ligne" in text_of(site.get("/exports/demandes/?etat=refusee"))

    def test_it_says_its_columns_and_its_limit_before(self, site: Client, mine: Dossier) -> None:
        page = text_of(site.get("/exports/demandes/"))
        assert "Montant accordé HT" in page
        assert re.search(r"Un export en contient\s200\s000\sau plus", page)

    def test_from_the_form_to_the_file(self, site: Client, mine: Dossier, alice: Actor) -> None:
        url = ask(site)
        waiting = site.get(url)
        assert "Il commence dans un instant." in text_of(waiting)
        assert "data-follow>" in waiting.content.decode()
        run_pending_jobs(names=["works.run"])
        done = site.get(url)
        assert "1 ligne écrite." in text_of(done)
        assert "data-follow>" not in done.content.decode()
        answer = site.get(f"{url}fichier/")
        content = b"".join(answer.streaming_content)
        assert number_of(mine).encode() in content
        assert answer["Content-Disposition"].startswith('attachment; filename="demandes-2026-')
        assert answer["Content-Length"] == str(len(content))
        assert answer["Cache-Control"] == "private, no-store"
        assert ReadAudit.objects.filter(what="export.taken", actor_id=alice.user_id).count() == 1

    def test_the_same_form_twice_is_one_export(self, site: Client, mine: Dossier) -> None:
        posted = {"cle": str(uuid.uuid4()), "format": "xlsx"}
        answers = {site.post("/exports/demandes/", posted)["Location"] for _ in range(2)}
        assert answers == {f"/travaux/{Work.objects.get().key}/"}

    def test_a_format_that_we_don_t_write(self, site: Client, mine: Dossier) -> None:
        answer = site.post("/exports/demandes/", {"format": "exe"})
        assert answer.status_code == 422
        assert "Choisissez un format." in text_of(answer)

    def test_beyond_the_limit_it_says_what_to_do_and_offers_nothing(
        self, site: Client, mine: Dossier, alice: Actor, place: Establishment
    ) -> None:
        Parameter.objects.create(code="export_max_rows", value=1, starts_on=NOW.date(), source="x", created_by="x")
        parameters.forget()
        sent(alice, place)
        for answer in (site.get("/exports/demandes/"), site.post("/exports/demandes/", {"format": "csv"})):
            assert answer.status_code == 422
            assert "plus de 1 lignes, le plus qu'un export peut contenir. Filtrez-la" in text_of(answer)
            assert "Préparer le fichier" not in text_of(answer)

    def test_too_many_at_once_is_said_on_the_form(self, site: Client, mine: Dossier) -> None:
        for _ in range(5):
            ask(site)
        answer = site.post("/exports/demandes/", {"format": "csv"})
        assert answer.status_code == 429
        assert "Vous avez déjà 5 travaux en cours" in text_of(answer)

    def test_a_list_of_the_desk_is_not_an_employer_s(self, site: Client) -> None:
        for code in ("dossiers", "rattachements", "etablissements", "organismes", "avis"):
            assert site.get(f"/exports/{code}/").status_code == 403
        assert site.get("/exports/salaires/").status_code == 404


class TestWorks:
    def test_one_s_works_alone(self, site: Client, mine: Dossier, charlie: Actor) -> None:
        assert "Aucun travail" in text_of(site.get("/travaux/"))
        url = ask(site)
        assert "Export : Mes demandes (CSV)" in text_of(site.get("/travaux/"))
        other = browser_of(charlie)
        assert "Aucun travail" in text_of(other.get("/travaux/"))
        for path in (url, f"{url}fichier/", f"{url}compte-rendu.csv"):
            assert other.get(path).status_code == 404
        assert other.post(f"{url}arreter/").status_code == 404

    def test_who_left_takes_no_file(self, site: Client, mine: Dossier, alice: Actor) -> None:
        url = ask(site)
        run_pending_jobs(names=["works.run"])
        Membership.objects.filter(user_id=alice.user_id).update(state=MembershipState.ENDED, ended_at=NOW)
        assert site.get(f"{url}fichier/").status_code == 403

    def test_while_the_storage_is_down_one_is_told_to_come_back(
        self, site: Client, mine: Dossier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = ask(site)
        run_pending_jobs(names=["works.run"])

        def broken(*given: Any) -> None:
            raise ConnectionError

        with monkeypatch.context() as patched:
            patched.setattr(FileSystemStorage, "open", broken)
            answer = site.get(f"{url}fichier/")
        assert answer.status_code == 503
        assert "momentanément inaccessibles" in text_of(answer)
        back = site.get(f"{url}fichier/")
        assert back.status_code == 200
        release(back)

    def test_a_file_that_is_gone_is_not_there(self, site: Client, mine: Dossier) -> None:
        url = ask(site)
        run_pending_jobs(names=["works.run"])
        default_storage.delete(Work.objects.get().result_name)
        assert site.get(f"{url}fichier/").status_code == 404

    def test_stopped_there_is_no_file(self, site: Client, mine: Dossier) -> None:
        url = ask(site)
        answer = site.post(f"{url}arreter/", follow=True)
        assert "Vous avez arrêté ce travail." in text_of(answer)
        run_pending_jobs(names=["works.run"])
        assert site.get(f"{url}fichier/").status_code == 404
        assert "déjà terminé" in text_of(site.post(f"{url}arreter/", follow=True))
        assert Work.objects.get().state == WorkState.CANCELLED

    def test_the_list_costs_the_same_however_long(self, site: Client, mine: Dossier) -> None:
        counts = []
        for _ in range(2):
            ask(site)
            ask(site)
            with CaptureQueriesContext(connection) as found:
                site.get("/travaux/")
            counts.append(len(found))
        assert counts[0] == counts[1]


def test_the_zip_of_a_request_from_its_page(site: Client, mine: Dossier, charlie: Actor) -> None:
    page = site.get(f"/demandes/{mine.number}/").content.decode()
    assert f'action="/demandes/{mine.number}/archive/"' in page
    posted: dict[str, Any] = {"cle": str(uuid.uuid4())}
    url = site.post(f"/demandes/{mine.number}/archive/", posted)["Location"]
    assert site.post(f"/demandes/{mine.number}/archive/", posted)["Location"] == url
    run_pending_jobs(names=["works.run"])
    # The piece of these tests has no content.
    assert "0 pièce jointe, 1 laissée de côté (LISEZ-MOI.txt dit pourquoi)." in text_of(site.get(url))
    assert browser_of(charlie).post(f"/demandes/{mine.number}/archive/").status_code == 404
