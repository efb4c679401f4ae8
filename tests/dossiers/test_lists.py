"""Lists: each sees his own, finds by any part of a word, and turns pages in a number of queries that rows don't change."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from openopco.dossiers import queries
from openopco.dossiers.enums import State
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import Filters, lists, visible_to
from openopco.dossiers.search import expression_of, matching, search_text, words_of
from openopco.organisations.models import Establishment
from openopco.rights import ANONYMOUS, SYSTEM, Actor
from tests.accounts.factories import UserFactory
from tests.dossiers.factories import NOW, DossierFactory, garage, piece

pytestmark = pytest.mark.django_db
NONE = Filters()


def numbers(dossiers: list[Dossier]) -> list[str]:
    return [dossier.number or "brouillon" for dossier in dossiers]


class TestWhoSeesWhat:
    @pytest.fixture
    def rows(self, place: Establishment, alice: Actor, newcomer: Actor) -> dict[str, int]:
        """One request of each sort in the garage, and one elsewhere."""
        hers = {"establishment": place, "created_by_id": alice.user_id}
        his = {"establishment": place, "created_by_id": newcomer.user_id}
        made = {
            "her draft": DossierFactory.create(state=State.BROUILLON, **hers),
            "her request": DossierFactory.create(**hers, filed_by_id=alice.user_id),
            "his draft": DossierFactory.create(state=State.BROUILLON, **his),
            "his request": DossierFactory.create(**his, filed_by_id=newcomer.user_id),
            "elsewhere": DossierFactory.create(),
            "draft elsewhere": DossierFactory.create(state=State.BROUILLON),
        }
        return {name: dossier.pk for name, dossier in made.items()}

    def seen(self, actor: Actor, rows: dict[str, int]) -> set[str]:
        ids = set(visible_to(actor).values_list("pk", flat=True))
        return {name for name, pk in rows.items() if pk in ids}

    def test_an_accepted_employer_sees_all_of_his_establishment(self, alice: Actor, bob: Actor, rows: dict) -> None:
        for actor in (alice, bob):
            assert self.seen(actor, rows) == {"her draft", "her request", "his draft", "his request"}

    def test_one_whose_attachment_waits_sees_what_he_typed(self, newcomer: Actor, rows: dict) -> None:
        assert self.seen(newcomer, rows) == {"his draft", "his request"}

    def test_an_officer_sees_all_that_was_sent(self, olga: Actor, rows: dict) -> None:
        assert self.seen(olga, rows) == {"her request", "his request", "elsewhere"}

    def test_an_administrator_and_a_stranger_see_nothing(self, admin: Actor, charlie: Actor, rows: dict) -> None:
        for actor in (admin, charlie, ANONYMOUS):
            assert self.seen(actor, rows) == set()

    def test_the_system_sees_all(self, rows: dict) -> None:
        assert self.seen(SYSTEM, rows) == set(rows)

    def test_what_one_does_not_see_does_not_exist(self, charlie: Actor, rows: dict) -> None:
        hers = Dossier.objects.get(pk=rows["her request"])
        with pytest.raises(UnknownDossier):
            queries.find(actor=charlie, number=str(hers.number))
        with pytest.raises(UnknownDossier):
            queries.find_draft(actor=charlie, key=str(hers.key))

    def test_a_piece_is_fetched_through_its_request_alone(
        self, alice: Actor, bob: Actor, charlie: Actor, olga: Actor, rows: dict
    ) -> None:
        hers = Dossier.objects.get(pk=rows["her request"])
        safe, unknown = piece(hers, by=alice), piece(hers, by=alice, state="pending")
        for actor in (alice, bob, olga):
            assert queries.document_for(actor=actor, key=str(safe.key))[0] == safe
        assert queries.document_for(actor=alice, key=str(unknown.key))[0] == unknown
        for actor, document in ((bob, unknown), (olga, unknown), (charlie, safe), (ANONYMOUS, safe)):
            with pytest.raises(UnknownDossier):
                queries.document_for(actor=actor, key=str(document.key))
        with pytest.raises(UnknownDossier):
            queries.document_for(actor=alice, key="nimporte")


class TestMyRequests:
    def listed(self, alice: Actor, place: Establishment, **filters: object) -> list[str]:
        page = queries.list_of_employer(actor=alice, establishment_id=place.pk, filters=Filters(**filters))  # type: ignore[arg-type]
        return numbers(page.items)

    def test_what_moved_last_comes_first(self, alice: Actor, place: Establishment) -> None:
        for days in (2, 0, 1):
            DossierFactory.create(establishment=place, number=f"AF-{days}", updated_at=NOW - timedelta(days=days))
        assert self.listed(alice, place) == ["AF-0", "AF-1", "AF-2"]
        assert self.listed(alice, place, order="ancien") == ["AF-2", "AF-1", "AF-0"]
        assert self.listed(alice, place, order="nimporte") == ["AF-0", "AF-1", "AF-2"]

    def test_filters_narrow(self, alice: Actor, place: Establishment) -> None:
        DossierFactory.create(establishment=place, number="AF-1", starts_on=date(2027, 1, 5))
        DossierFactory.create(establishment=place, number="AF-2", starts_on=date(2027, 1, 10), state=State.ACCORDEE)
        DossierFactory.create(number="AF-3")
        assert self.listed(alice, place, state=State.ACCORDEE) == ["AF-2"]
        assert self.listed(alice, place, state="nimporte") == []
        assert self.listed(alice, place, kind="AF") == ["AF-2", "AF-1"]
        assert self.listed(alice, place, starts_from=date(2027, 1, 6)) == ["AF-2"]
        assert self.listed(alice, place, starts_to=date(2027, 1, 5)) == ["AF-1"]
        assert self.listed(alice, place, starts_from=date(2027, 1, 5), starts_to=date(2027, 1, 10)) == ["AF-2", "AF-1"]

    def test_another_establishment_of_nobodys_is_empty(self, alice: Actor) -> None:
        other = DossierFactory.create().establishment
        assert self.listed(alice, other) == []

    def test_pages_follow_each_other_both_ways(self, alice: Actor, place: Establishment) -> None:
        DossierFactory.create_batch(60, establishment=place, created_by=UserFactory.create())
        seen: list[int] = []
        after, pages = None, []
        while True:
            page = queries.list_of_employer(actor=alice, establishment_id=place.pk, filters=NONE, after=after)
            pages.append(page)
            seen += [dossier.pk for dossier in page.items]
            after = page.next
            if after is None:
                break
        assert [len(page.items) for page in pages] == [25, 25, 10]
        assert len(set(seen)) == 60
        back = queries.list_of_employer(actor=alice, establishment_id=place.pk, filters=NONE, after=pages[1].previous)
        assert back.items == pages[0].items

    def test_what_waits_for_me(self, alice: Actor, place: Establishment) -> None:
        given = {"establishment": place, "updated_at": NOW}
        DossierFactory.create(state=State.BROUILLON, **given)
        DossierFactory.create(state=State.COMPLEMENT_DEMANDE, number="AF-2", due_on=date(2026, 12, 9), **given)
        DossierFactory.create(state=State.COMPLEMENT_DEMANDE, number="AF-1", due_on=date(2026, 12, 1), **given)
        DossierFactory.create(state=State.TRANSMISE, number="AF-3", **given)
        waiting = queries.awaiting_employer(actor=alice, establishment_id=place.pk)
        assert numbers(waiting) == ["AF-1", "AF-2", "brouillon"]
        assert "brouillon" not in numbers(queries.recent(actor=alice, establishment_id=place.pk))


class TestTheWorklist:
    def listed(self, olga: Actor, **filters: object) -> list[str]:
        return numbers(queries.worklist(actor=olga, filters=Filters(order="", **filters)).items)  # type: ignore[arg-type]

    def test_what_is_due_soonest_comes_first(self, olga: Actor) -> None:
        for day in (20, 1, 9):
            DossierFactory.create(number=f"AF-{day}", due_on=date(2026, 12, day))
        assert self.listed(olga) == ["AF-1", "AF-9", "AF-20"]

    def test_portfolios(self, olga: Actor, oscar: Actor) -> None:
        DossierFactory.create(number="AF-1")
        DossierFactory.create(number="AF-2", state=State.EN_INSTRUCTION, holder_id=olga.user_id)
        DossierFactory.create(number="AF-3", state=State.EN_INSTRUCTION, holder_id=oscar.user_id)
        DossierFactory.create(number="AF-4", state=State.ACCORDEE, holder_id=olga.user_id)
        assert self.listed(olga) == ["AF-1", "AF-2", "AF-3"]
        assert self.listed(olga, portfolio="moi") == ["AF-2"]
        assert self.listed(olga, portfolio="libre") == ["AF-1"]
        assert self.listed(olga, portfolio="moi", state=State.ACCORDEE) == ["AF-4"]
        assert self.listed(olga, state=State.ACCORDEE) == ["AF-4"]

    def test_what_is_late(self, olga: Actor) -> None:
        DossierFactory.create(number="AF-1", due_on=date(2026, 11, 22))
        DossierFactory.create(number="AF-2", due_on=date(2026, 11, 23))
        DossierFactory.create(number="AF-3", state=State.REFUSEE, due_on=date(2026, 11, 1))
        assert self.listed(olga, late_on=date(2026, 11, 23)) == ["AF-1"]

    def test_drafts_are_nobodys_business(self, olga: Actor) -> None:
        DossierFactory.create(state=State.BROUILLON)
        assert self.listed(olga, state=State.BROUILLON) == []


class TestSearch:
    @pytest.mark.parametrize(
        "typed",
        [
            "embrayage",
            "EMBRAYAGE",
            "mbray",
            "élan",
            "ELAN",
            "000042",
            "AF-2026-000042",
            "af 2026",
            "Zoé Müll",
            "muller zoe",
            "œuvre",
            "oeuvre",
        ],
    )
    def test_it_finds_by_any_part_of_a_word(self, typed: str) -> None:
        DossierFactory.create(
            search=search_text("AF-2026-000042", "Embrayage", "Garage de l'Élan", "Zoé Müller", "Main d'œuvre")
        )
        DossierFactory.create(search=search_text("AF-2026-000043", "Freins", "Garage Durand", "Abel Petit"))
        found = matching(Dossier.objects.all(), typed)
        expected = 2 if typed == "af 2026" else 1
        assert found.count() == expected

    @pytest.mark.parametrize("typed", ["embrayages", "zoe durand", "000044", 'a" OR "b', "%", "' --", "garage -elan"])
    def test_it_finds_nothing_else(self, typed: str) -> None:
        DossierFactory.create(search=search_text("AF-2026-000042", "Embrayage", "Garage de l'Élan", "Zoé Müller"))
        found = matching(Dossier.objects.all(), typed)
        assert found.count() == (1 if typed in ("%", "' --", "garage -elan") else 0)

    def test_a_word_is_more_than_its_letters_three_by_three(self) -> None:
        DossierFactory.create(search=search_text("Emballage", "Rayon"))
        assert not matching(Dossier.objects.all(), "embrayage").exists()
        assert matching(Dossier.objects.all(), "emballage rayon").exists()

    def test_it_follows_what_changes(self) -> None:
        dossier = DossierFactory.create(search=search_text("Embrayage"))
        Dossier.objects.filter(pk=dossier.pk).update(search=search_text("Freins"))
        assert not matching(Dossier.objects.all(), "embrayage").exists()
        assert matching(Dossier.objects.all(), "freins").exists()
        dossier.delete()
        assert not matching(Dossier.objects.all(), "freins").exists()

    def test_short_words_narrow_too(self) -> None:
        DossierFactory.create(search=search_text("Garage du Lac"))
        assert matching(Dossier.objects.all(), "du lac").exists()
        assert not matching(Dossier.objects.all(), "xy lac").exists()
        assert matching(Dossier.objects.all(), "ga").exists()

    def test_each_word_is_kept_once(self) -> None:
        assert search_text("Garage Élan", "garage", "Élan !") == "garage elan"

    def test_it_stays_within_what_one_sees(self, alice: Actor, place: Establishment) -> None:
        DossierFactory.create(search="embrayage")
        page = queries.list_of_employer(actor=alice, establishment_id=place.pk, filters=Filters(search="embrayage"))
        assert page.items == []


class TestCounts:
    def test_they_stop_at_a_thousand_and_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("openopco.dossiers.queries.counts.COUNT_CEILING", 3)
        DossierFactory.create_batch(6, created_by=UserFactory.create(), establishment=garage())
        assert queries.capped_count(Dossier.objects.all()) == 4


# --- queries, snapshotted ------------------------------------------------------------------------------------------


def sql_of(context: CaptureQueriesContext) -> list[str]:
    """The shape of each query: what it reads from, in which order; values and columns left out."""
    shapes = []
    for query in context.captured_queries:
        text = re.sub(r"SELECT .*? FROM", "SELECT … FROM", query["sql"])
        text = re.sub(r"'[^']*'(::[a-z ]+)?", "?", text)
        shapes.append(re.sub(r"\b\d+\b", "?", text).replace('"', ""))
    return shapes


@pytest.mark.parametrize("rows", [3, 60])
class TestQueries:
    def fill(self, place: Establishment, rows: int, **given: object) -> None:
        DossierFactory.create_batch(rows, establishment=place, created_by=UserFactory.create(), **given)

    def test_my_requests_is_one(self, rows: int, alice: Actor, place: Establishment) -> None:
        self.fill(place, rows)
        with CaptureQueriesContext(
            connection,
        ) as context:
            queries.list_of_employer(actor=alice, establishment_id=place.pk, filters=NONE)
        assert sql_of(context) == [
            "SELECT … FROM dossiers_dossier WHERE (dossiers_dossier.establishment_id = ? "
            "AND NOT (dossiers_dossier.state = ? AND dossiers_dossier.unconfirmed)) "
            "ORDER BY dossiers_dossier.updated_at DESC, dossiers_dossier.id DESC LIMIT ?"
        ]

    def test_the_worklist_is_one(self, rows: int, olga: Actor, place: Establishment) -> None:
        self.fill(place, rows, state=State.EN_INSTRUCTION)
        with CaptureQueriesContext(connection) as context:
            page = queries.worklist(actor=olga, filters=Filters(order=""))
            assert all(dossier.holder and dossier.holder.full_name for dossier in page.items)
        assert sql_of(context) == [
            "SELECT … FROM dossiers_dossier LEFT OUTER JOIN accounts_user ON (dossiers_dossier.holder_id = accounts_user.id) "
            "WHERE (NOT (dossiers_dossier.state = ?) AND dossiers_dossier.is_open) "
            "ORDER BY dossiers_dossier.due_on ASC, dossiers_dossier.id ASC LIMIT ?"
        ]

    def test_the_dashboard_is_two(self, rows: int, alice: Actor, place: Establishment) -> None:
        self.fill(place, rows)
        with CaptureQueriesContext(connection) as context:
            queries.awaiting_employer(actor=alice, establishment_id=place.pk)
            queries.recent(actor=alice, establishment_id=place.pk)
        assert len(context) == 2


@given(st.lists(st.text("abcé 'ß\"", min_size=3), min_size=1, max_size=6))
def test_the_index_is_asked_for_nothing_that_the_words_do_not_hold(typed: list[str]) -> None:
    words = [word for word in words_of(" ".join(typed)) if len(word) >= 3]
    pieces = [piece.strip('"').replace('""', '"') for piece in expression_of(words).split(" AND ") if piece]
    assert all(len(piece) == 3 and any(piece in word for word in words) for piece in pieces)
    assert all(any(letter in piece for piece in pieces) for word in words for letter in word)


def plan_of(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.sqlite
def test_the_counts_of_the_desk_read_no_row(olga: Actor) -> None:
    with CaptureQueriesContext(connection) as context:
        for portfolio in (queries.MINE, queries.FREE, queries.OPEN, queries.ALL):
            queries.desk_counts(actor=olga, portfolio=portfolio, today=date(2026, 11, 23))
    read = [line for query in context for line in plan_of(query["sql"]).splitlines() if "dossiers_dossier" in line]
    assert len(read) == 16
    assert all("COVERING INDEX" in line for line in read), read


@pytest.mark.sqlite
def test_twins_are_found_by_their_dates(place: Establishment) -> None:
    with CaptureQueriesContext(connection) as context:
        queries.find_twins(
            DossierFactory.create(establishment=place),
            starts_on=date(2027, 1, 5),
            ends_on=date(2027, 1, 6),
            people=[("martin anais", "1990-01-01")],
        )
    assert "dossier_by_est_dates (establishment_id=? AND ends_on>?)" in plan_of(context.captured_queries[-1]["sql"])


def test_a_search_of_an_employer_is_the_same_by_the_query_written_once(alice: Actor, place: Establishment) -> None:
    for title in ("Habilitation électrique", "Soudure 100% TIG", "Habilitation"):
        DossierFactory.create(establishment=place, title=title, search=search_text(title))
    for typed in ("habil", "habil ELECTR", "100%", "tig_", "b h", "soudure habil", "%"):
        asked = Filters(search=typed, state=State.TRANSMISE.value)
        everything = visible_to(alice).filter(establishment_id=place.pk)
        expected = asked.narrow(everything, is_few=True).order_by("-updated_at", "-id")
        page = queries.list_of_employer(actor=alice, establishment_id=place.pk, filters=asked)
        assert page.items == list(expected), typed
        assert page.items == list(matching(everything, typed).order_by("-updated_at", "-id")), typed


@pytest.fixture(params=[lists.LATEST, 28, 5])
def _read_backwards(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """How many of the latest requests are read before the index is asked: all, just enough for a page, too few."""
    monkeypatch.setattr(lists, "LATEST", request.param)
    lists._latest_holding.cache_clear()
    yield
    lists._latest_holding.cache_clear()


@pytest.mark.usefixtures("_read_backwards")
@pytest.mark.parametrize("order", ["recent", "numero", ""])
@pytest.mark.parametrize("typed", ["electr habil", "electr", "el habil", "ha"])
def test_a_search_among_all_requests_reads_from_the_latest(olga: Actor, admin: Actor, typed: str, order: str) -> None:
    made = [DossierFactory.create(title="Habilitation électrique") for _ in range(27)]
    closed = DossierFactory.create(title="Habilitation électrique", state=State.ANNULEE)
    DossierFactory.create(title="Habilitation électrique", state=State.BROUILLON)
    DossierFactory.create(title="Soudure")
    latest = [closed, *reversed(made)]
    asked = Filters(search=typed, portfolio="tout", order=order)
    first = queries.worklist(actor=olga, filters=asked)
    assert first.items == latest[:25]
    assert queries.worklist(actor=olga, filters=asked, after=first.next).items == latest[25:]
    cancelled = Filters(search=typed, portfolio="tout", order=order, state=State.ANNULEE.value)
    assert queries.worklist(actor=olga, filters=cancelled).items == [closed]
    assert queries.worklist(actor=olga, filters=Filters(search='"', portfolio="tout", order=order)).items != []
    assert queries.worklist(actor=admin, filters=asked).items == []
