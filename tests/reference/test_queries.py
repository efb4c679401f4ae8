"""Reads: one query at most, none once known; what is typed in part is found, and never more than fifty."""

from pathlib import Path

import pytest

from openopco.reference import queries
from openopco.reference.loading import load_all
from openopco.reference.queries import CodeChoice, CommuneChoice
from tests.reference.conftest import NOW
from tests.reference.factories import write_folder

ILLZACH = CommuneChoice("68154", "Illzach", "68110")


def names(choices: list[CommuneChoice]) -> list[str]:
    return [choice.name for choice in choices]


def test_a_postal_code_gives_its_communes(loaded: Path) -> None:
    assert queries.communes_for_postal_code("68110") == [ILLZACH]
    assert queries.communes_for_postal_code("68 110") == [ILLZACH]


def test_paris_comes_before_its_arrondissement(loaded: Path) -> None:
    assert names(queries.communes_for_postal_code("75001")) == ["Paris", "Paris 1er Arrondissement"]


@pytest.mark.parametrize("raw", ["", "6811", "681100", "68 11", "Illzach", "6811O"])
def test_only_a_whole_postal_code_gives_communes(loaded: Path, raw: str) -> None:
    assert queries.communes_for_postal_code(raw) == []


def test_part_of_a_postal_code_finds_all_that_begin_so(loaded: Path) -> None:
    found = queries.find_postal_codes("681")
    assert [(choice.postal_code, choice.name) for choice in found] == [("68100", "Mulhouse"), ("68110", "Illzach")]
    assert [choice.postal_code for choice in queries.find_postal_codes("68")] == ["68100", "68110", "68200", "68270"]
    assert names(queries.find_postal_codes("974")) == ["Saint-Denis", "Saint-Denis"]


@pytest.mark.parametrize("raw", ["", "6", " 6 ", "ab", "%%", "6%", "__", "681100", "٦٨"])
def test_too_little_or_no_digits_find_nothing_and_ask_nothing(
    loaded: Path, raw: str, django_assert_num_queries
) -> None:
    with django_assert_num_queries(0):
        assert queries.find_postal_codes(raw) == []


def test_never_more_than_fifty_are_found(db: None, tmp_path: Path) -> None:
    many = [f"{code:05d};Commune {code};01;metro;;01{code - 1000:03d}" for code in range(1000, 1120)]
    load_all(now=NOW, folder=write_folder(tmp_path, communes=many))
    assert len(queries.find_postal_codes("01")) == 50
    assert len(queries.find_communes("commune")) == 50


@pytest.mark.parametrize("typed", ["saint-etienne", "St Etienne du R", "SAINT ÉTIENNE", "st-étienne"])
def test_a_commune_is_found_by_the_start_of_its_name(loaded: Path, typed: str) -> None:
    assert queries.find_communes(typed) == [CommuneChoice("76575", "Saint-Étienne-du-Rouvray", "76800")]


@pytest.mark.parametrize("typed", ["", "m", "-", "xyz", "%"])
def test_a_name_too_short_or_unknown_finds_no_commune(loaded: Path, typed: str) -> None:
    assert queries.find_communes(typed) == []


def test_a_commune_without_postal_code_has_a_name_but_no_address(loaded: Path) -> None:
    assert queries.commune_name("98411") == "Îles Saint-Paul et Nouvelle-Amsterdam"
    assert queries.find_communes("iles saint-paul") == []


@pytest.mark.parametrize("code", ["7120A", "71.20A", "7120a"])
def test_an_activity_has_its_label(loaded: Path, code: str) -> None:
    assert queries.naf_label(code) == "Contrôle technique automobile"


def test_both_nomenclatures_live_side_by_side(loaded: Path) -> None:
    assert queries.naf_label("9531Y") == ""
    assert queries.naf_label("9531Y", "naf-2025") == "Réparation de véhicules automobiles"
    assert queries.naf_label("7120A", "naf-2025") == ""
    assert queries.find_naf("automobile") == [CodeChoice("7120A", "Contrôle technique automobile")]
    assert [choice.code for choice in queries.find_naf("automobile", "naf-2025")] == ["9531Y"]


@pytest.mark.parametrize("text", ["71.20", "7120a", "controle TECHNIQUE", "automob contr"])
def test_an_activity_is_found_by_code_or_words(loaded: Path, text: str) -> None:
    assert [choice.code for choice in queries.find_naf(text)] == ["7120A"]


def test_an_agreement_has_its_label(loaded: Path) -> None:
    assert queries.idcc_label("1090") == "Services de l’automobile"
    assert queries.idcc_label("16") == "Transports routiers"
    assert queries.idcc_label("4242") == ""


def test_an_agreement_is_found_by_code_or_words(loaded: Path) -> None:
    assert queries.find_idcc("109") == [CodeChoice("1090", "Services de l’automobile")]
    assert [choice.code for choice in queries.find_idcc("ROUTIERS transports")] == ["0016"]
    assert queries.find_idcc("  ") == []
    assert queries.find_idcc("boulangerie") == []


@pytest.mark.parametrize(
    ("ask", "argument"),
    [
        (queries.communes_for_postal_code, "68110"),
        (queries.find_postal_codes, "68"),
        (queries.commune_name, "68224"),
        (queries.naf_label, "7120A"),
        (queries.idcc_label, "1090"),
    ],
)
def test_an_answer_costs_one_query_then_none(loaded: Path, ask, argument: str, django_assert_num_queries) -> None:
    queries.idcc_label("0000")  # which editions are in force is read for all of them, each 30 seconds
    with django_assert_num_queries(1):
        first = ask(argument)
    with django_assert_num_queries(0):
        assert ask(argument) == first
    assert first


@pytest.mark.parametrize(
    "ask", [queries.find_communes, queries.find_naf, queries.find_idcc], ids=lambda query: query.__name__
)
def test_a_search_costs_one_query(loaded: Path, ask, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        ask("controle")


def test_what_isn_t_known_yet_is_asked_again(db: None, tmp_path: Path) -> None:
    assert queries.idcc_label("1090") == ""
    assert queries.naf_label("7120A") == ""
    assert queries.commune_name("68154") == ""
    assert queries.find_postal_codes("68") == []
    load_all(now=NOW, folder=write_folder(tmp_path))
    assert queries.idcc_label("1090")
    assert queries.naf_label("7120A")
    assert queries.commune_name("68154") == "Illzach"
    assert len(queries.find_postal_codes("68")) == 4


def test_nobody_can_spoil_an_answer_kept_for_others(loaded: Path) -> None:
    queries.find_postal_codes("68").clear()
    assert len(queries.find_postal_codes("68")) == 4
