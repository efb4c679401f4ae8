"""« Statistiques » as officers and administrators read it."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from openopco.dossiers.enums import State
from openopco.dossiers.models import CorrectionRequest
from openopco.dossiers.tallying import tally
from openopco.web.desk import plots
from openopco.web.desk.period import read_period
from tests.dossiers.factories import NOW, DossierFactory, school
from tests.web.visitors import administrator_client, officer_client, text_of

PAGE = "/gestion/statistiques/"
COUNTS = st.lists(st.integers(0, 10**6), max_size=60)


@pytest.fixture
def desk(settings) -> Client:
    settings.OPENOPCO_MFA_REQUIRED = False
    return officer_client()


@pytest.fixture
def figures() -> None:
    sent = datetime(2026, 11, 2, 9, tzinfo=UTC)
    with time_machine.travel(NOW, tick=False):
        granted = {"state": State.ACCORDEE, "idcc": "1090", "provider": school(name="ÉCOLE DU LAC")}
        DossierFactory.create_batch(2, **granted, sent_at=sent, decided_at=sent + timedelta(days=7))
        lapsed = {"state": State.CADUQUE, "idcc": "0016", "provider": school(name="CENTRE"), "amount_granted": 500}
        DossierFactory.create(**lapsed, sent_at=sent, decided_at=sent + timedelta(days=7))
        DossierFactory.create(state=State.REFUSEE, sent_at=sent, decided_at=sent + timedelta(days=9))
        asked = DossierFactory.create(sent_at=sent)
        for _ in range(2):
            points = CorrectionRequest.objects.create(
                dossier=asked,
                asked_by=asked.created_by,
                due_on=NOW.date(),
                created_at=NOW,
                closed_at=NOW,
                state="repondue",
            )
            points.items.create(kind="champ", name="cost", reason="Le devis dit autre chose.")
        tally()


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_before_any_count_the_page_says_so(desk: Client) -> None:
    assert "Les chiffres se préparent" in text_of(desk.get(PAGE))


@pytest.mark.django_db
@pytest.mark.usefixtures("figures")
@time_machine.travel(NOW, tick=False)
def test_figures_are_told_with_their_age(desk: Client) -> None:
    text = text_of(desk.get(PAGE)).replace("\u202f", " ")
    for words in ("Chiffres du 23/11/2026 à 10 h 00", "75 %", "7 j", "9 j", "ÉCOLE DU LAC", "1 500,00 €"):
        assert words in text, words
    assert "style=" not in desk.get(PAGE).content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("figures")
@time_machine.travel(NOW, tick=False)
def test_each_figure_opens_a_list_of_as_many_requests(desk: Client) -> None:
    body = desk.get(PAGE).content.decode()
    links = re.findall(r'<a href="(/gestion/\?[^"]+)">(\d+)</a>', body)
    for narrowed in ("issue=accordees", "issue=decidees", "organisme=", "manque=champ%3Acost%3A"):
        assert any(narrowed in url for url, _ in links), narrowed
    for url, count in links:
        listed = set(re.findall(r"AF-2026-9\d{5}", desk.get(unescape(url)).content.decode()))
        assert len(listed) == int(count), url


@pytest.mark.django_db
@pytest.mark.usefixtures("figures")
@time_machine.travel(NOW, tick=False)
def test_a_rate_opens_what_was_judged_and_a_delay_what_was_decided(desk: Client) -> None:
    body = desk.get(PAGE).content.decode().replace("\u202f", " ")
    links = re.findall(r'<a href="(/gestion/\?[^"]+)">([^<]+)</a>', body)
    found = {words: unescape(url) for url, words in reversed(links)}
    for words, narrowed, count in (("75 %", "issue=tranchees", 4), ("7 j", "issue=decidees", 4)):
        assert narrowed in found[words]
        assert len(set(re.findall(r"AF-2026-9\d{5}", desk.get(found[words]).content.decode()))) == count
    assert "1 500,00 €" in found


@pytest.mark.django_db
@pytest.mark.usefixtures("figures")
@time_machine.travel(NOW, tick=False)
def test_the_list_of_what_was_missing_says_which_point_and_lets_go_of_it(desk: Client) -> None:
    text = text_of(desk.get("/gestion/", {"vue": "tout", "manque": "champ:cost:"}))
    assert "Demandé en complément : Coût" in text.replace("\xa0", " ")
    assert "Texte libre" in text
    nothing = text_of(desk.get("/gestion/", {"vue": "tout", "manque": "x"}))
    assert "Ce point n'est pas connu" in nothing.replace("’", "'")
    assert "AF-2026-9" not in nothing


@pytest.mark.django_db
@pytest.mark.usefixtures("figures")
@time_machine.travel(NOW, tick=False)
def test_an_administrator_reads_figures_without_lists_that_he_may_not_open(settings) -> None:
    settings.OPENOPCO_MFA_REQUIRED = False
    page = administrator_client().get(PAGE)
    assert "ÉCOLE DU LAC" in text_of(page)
    assert "/gestion/?" not in page.content.decode()
    assert "/gestion/entreprises/" not in page.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("figures")
@time_machine.travel(NOW, tick=False)
def test_a_branch_narrows_and_an_empty_period_says_so(desk: Client) -> None:
    assert "100 %" in text_of(desk.get(PAGE, {"branche": "1090"})).replace("\u202f", " ")
    assert "Aucune demande dans cette période" in text_of(desk.get(PAGE, {"branche": "9999"}))


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("typed", "words"),
    [({"de": "2026-11", "a": "2026-10"}, "Ce mois précède le premier."), ({"branche": "<b>"}, "Il y a un problème")],
)
def test_what_cannot_be_read_is_told_and_kept(desk: Client, typed: dict[str, str], words: str) -> None:
    page = desk.get(PAGE, typed)
    assert page.status_code == 422
    assert words in text_of(page)
    assert "<b>" not in page.content.decode().split("<main", 1)[1].split("</main", 1)[0]


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_a_list_narrows_to_days_of_sending_in_paris(desk: Client) -> None:
    late = DossierFactory.create(sent_at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    early = DossierFactory.create(sent_at=datetime(2026, 10, 31, 22, 30, tzinfo=UTC))
    body = desk.get("/gestion/", {"vue": "tout", "envoi_du": "01/11/2026", "envoi_au": "01/11/2026"}).content.decode()
    assert late.number in body
    assert early.number not in body


def test_the_twelve_last_months_are_shown_unless_asked_otherwise() -> None:
    period = read_period({"de": "nimporte"}, date(2026, 11, 23))
    assert (period.first, period.last, len(period.months)) == (date(2025, 12, 1), date(2026, 11, 1), 12)


@given(st.integers(0, 10**7))
def test_graduations_are_few_even_and_reach_the_highest(highest: int) -> None:
    steps = plots.steps_to(highest)
    assert steps[0] == 0
    assert steps[-1] >= max(highest, 1)
    assert 2 <= len(steps) <= plots.MOST_STEPS + 1
    assert len({after - before for before, after in zip(steps, steps[1:], strict=False)}) == 1


@given(COUNTS)
def test_bars_stay_within_the_plot_side_by_side_as_high_as_their_values(values: list[int]) -> None:
    top = plots.steps_to(max(values, default=0))[-1]
    drawn = plots.bars(values, top)
    assert len(drawn) == len(values)
    for bar, value in zip(drawn, values, strict=True):
        assert bar.x >= plots.LEFT
        assert bar.x + bar.width <= plots.WIDTH - plots.RIGHT
        assert bar.y + bar.height == pytest.approx(plots.FLOOR)
        assert bar.height / plots.PLOT_HEIGHT == pytest.approx(value / top)
    assert all(one.x + one.width < other.x for one, other in zip(drawn, drawn[1:], strict=False))


@given(st.lists(st.integers(0, 10**6), max_size=plots.MOST_LINES))
def test_ranked_lines_keep_room_for_their_values(values: list[int]) -> None:
    drawn = plots.ranked_plot([str(rank) for rank in range(len(values))], values)
    widths = [float(width) for width in re.findall(r'rect class="plot-bar" x="\d+" y="[^"]+" width="([^"]+)"', drawn)]
    assert len(widths) == len(values)
    assert all(width <= plots.LINE_WIDTH for width in widths)
    assert sorted(range(len(values)), key=values.__getitem__) == sorted(
        range(len(values)), key=lambda rank: (widths[rank], values[rank])
    )


@pytest.mark.parametrize("count", [1, 5, 12, 60])
def test_words_below_a_plot_are_few_and_the_last_is_told(count: int) -> None:
    drawn = plots.bar_plot([f"m{rank}." for rank in range(count)], [1] * count)
    assert f"m{count - 1}." in drawn
    assert 1 <= len(re.findall(r">m\d+\.<", drawn)) <= plots.MOST_LABELS


@given(st.lists(st.none() | st.integers(0, 366), max_size=40))
def test_a_line_is_cut_where_nothing_is_known(values: list[int | None]) -> None:
    found = plots.runs(values, 400)
    assert sum(len(run) for run in found) == sum(value is not None for value in values)
    assert all(plots.TOP <= point.y <= plots.FLOOR for run in found for point in run)
    cuts = "".join("." if value is None else "x" for value in values).split(".")
    assert [len(run) for run in found] == [len(cut) for cut in cuts if cut]
