"""What the officer's page writes in Python: the words of what was asked, its checks, its addresses."""

import pytest
from django.urls import NoReverseMatch, reverse

from openopco.dossiers.models import CorrectionItem, Dossier
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.web.components.tags import options, url_of
from openopco.web.desk import showing
from openopco.web.desk.lines import CheckLine, checks_html, facts_html
from openopco.web.desk.points import words_of
from openopco.web.desk.urls import app_name, urlpatterns
from tests.dossiers.factories import taken

HOSTILE = '<b>"L\'atelier"</b>'


def test_a_point_is_worded_as_on_the_page_that_asks_for_it(alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier: Dossier = taken(alice, place, olga)
    reading = showing.read(dossier, olga)
    assert len(reading.targets) > 30
    for target in reading.targets.values():
        item = CorrectionItem(kind=target.kind, row=target.row, name=target.name)
        assert words_of(reading.kind, reading.draft, item) == f"{target.label} ({target.group})"


def test_what_the_form_no_longer_has_keeps_its_name(alice: Actor, olga: Actor, place: Establishment) -> None:
    reading = showing.read(taken(alice, place, olga), olga)
    for kind in ("champ", "piece"):
        item = CorrectionItem(kind=kind, row="", name="autrefois")
        assert words_of(reading.kind, reading.draft, item) == "autrefois"


def test_what_hurts_is_said_first_and_escaped() -> None:
    passed = CheckLine("Dates", HOSTILE, "ok", "Bon", "check", blocks=False)
    failed = CheckLine(HOSTILE, "Il manque…", "bad", "Échec", "x", blocks=True)
    html = checks_html([passed, failed])
    assert html.index("Il manque…") < html.index("Dates")
    assert "<b>" not in html
    assert html.count("Empêche d'accorder") == 1
    assert "checks-passed" not in checks_html([failed])
    assert checks_html([]) == ""


def test_facts_and_choices_are_escaped() -> None:
    assert "<b>" not in facts_html([("Nom", HOSTILE)]) + options([(HOSTILE, HOSTILE)], HOSTILE)
    assert options([("a", "Un"), ("b", "Deux")], "b") == (
        '<option value="a">Un</option><option value="b" selected>Deux</option>'
    )
    assert "selected" not in options([("a", "Un")])


ONE_WORD = sorted(
    f"{app_name}:{each.name}" for each in urlpatterns if list(each.pattern.converters) == ["number"] and each.name
)


@pytest.mark.parametrize("route", ONE_WORD)
def test_an_address_written_once_is_the_one_that_reverse_gives(route: str) -> None:
    assert url_of(route, "AF-2026-000123") == reverse(route, args=["AF-2026-000123"])


def test_an_address_of_several_words_of_a_row_or_of_a_key_is_written_as_it_is_reversed() -> None:
    key = "7f3d1f0e-8f7c-4c55-9a39-0d3c7b0b8a11"
    for route, words in (
        ("desk:nir", ("AF-2026-000123", "a1b2")),
        ("desk:company", (17,)),
        ("portal:document", (key,)),
    ):
        assert url_of(route, *words) == reverse(route, args=words)
    with pytest.raises(NoReverseMatch):
        url_of("desk:company", 17, 18)
