"""The short lists typed in, and what they must agree with."""

import json

import pytest

from openopco.reference.enums import HeadcountBand, Opco
from openopco.reference.proposals import OPCO_MOBILITES
from openopco.reference.queries import proposes_opco
from tests.shared_data import shared_file, shared_rows


def test_a_headcount_band_is_said_in_words() -> None:
    assert HeadcountBand("02").label == "3 à 5 salariés"
    assert HeadcountBand("NN").label == "Unité non employeuse"
    assert len(HeadcountBand) == 16


def test_headcount_bands_agree_with_the_registry() -> None:
    registry = json.loads(shared_file("refdata/sirene/tranches-effectifs.json").read_text(encoding="utf-8"))
    assert set(registry) == set(HeadcountBand.values)
    for band in HeadcountBand:
        assert registry[band.value].startswith(band.label.replace("\u202f", " "))


def test_there_are_eleven_opcos() -> None:
    assert len(Opco) == 11
    assert Opco("mobilites").label == "OPCO Mobilités"


def test_opcos_agree_with_the_published_table() -> None:
    table = json.loads(shared_file("refdata/opco/opco-11.json").read_text(encoding="utf-8"))
    assert {row["slug"] for row in table} == set(Opco.values)


@pytest.mark.parametrize("idcc", ["1090", "0016", "16", "3223"])
def test_an_agreement_of_the_branch_proposes_opco_mobilites(idcc: str) -> None:
    assert proposes_opco(idcc, "mobilites")


@pytest.mark.parametrize("idcc", ["1486", "", "5100", "5501", "9998", "9999"])
def test_an_agreement_of_others_or_of_nobody_proposes_nothing(idcc: str) -> None:
    assert not proposes_opco(idcc, "mobilites")


def test_an_opco_without_a_list_is_never_proposed() -> None:
    assert not proposes_opco("1090", "akto")
    assert not proposes_opco("1090", "")


def test_a_proposal_asks_no_database(django_assert_num_queries) -> None:
    assert len(OPCO_MOBILITES) == 41
    assert all(len(idcc) == 4 and idcc.isdigit() for idcc in OPCO_MOBILITES)


def test_proposals_agree_with_where_most_establishments_are() -> None:
    majority = {row["idcc"]: row["opco"] for row in shared_rows("refdata/opco/idcc-opco-siro-202606.csv")}
    known = OPCO_MOBILITES & set(majority)
    assert len(known) > 25
    assert {majority[idcc] for idcc in known} == {"mobilites"}
