"""What each field takes, and what it refuses."""

import pytest

from openopco.dossiers.fields import read
from openopco.kernel.errors import InvalidValue
from openopco.training import fields as f
from openopco.training.kind import attested_points
from tests.training.builders import view


@pytest.mark.parametrize(("raw", "count"), [("1", 1), (" 500 000 ", 500_000), ("000000012", 12)])
def test_a_headcount(raw: str, count: int) -> None:
    assert f.parse_headcount(raw) == count


@pytest.mark.parametrize("raw", ["0", "500001", "50000012", "10000000", "9" * 5000, "²", "-3", "3,5"])
def test_no_headcount(raw: str) -> None:
    with pytest.raises(InvalidValue):
        f.parse_headcount(raw)


def test_a_quantity_is_the_one_that_was_checked() -> None:
    assert f.parse_quantity("9 999") == 9999
    for raw in ("10000", "999900", "0", ""):
        with pytest.raises(InvalidValue):
            f.parse_quantity(raw)


@pytest.mark.parametrize(("raw", "value"), [("oui", True), ("non", False), ("", None)])
def test_a_disability_is_declared_or_not(raw: str, value: bool | None) -> None:
    assert read(f.RQTH, raw).value is value
    assert not read(f.RQTH, raw).error


@pytest.mark.parametrize("raw", ["peut-être", "1", "on", "true", "OUI DA"])
def test_nothing_else_passes_for_an_answer(raw: str) -> None:
    assert read(f.RQTH, raw).error == "Répondez par oui ou par non."


@pytest.mark.parametrize("raw", ["autre", "x" * 9000])
def test_an_answer_that_is_not_among_those_proposed(raw: str) -> None:
    assert read(f.CSP, raw).error == "Choisissez une des réponses proposées."


@pytest.mark.parametrize(("days", "words"), [(8, "8 jours."), (15, "15 jours."), (1, "1 jour.")])
def test_the_delay_attested_is_the_parameter(days: int, words: str) -> None:
    points = attested_points(view(parameters={"change_notice_days": days}))
    assert points[1].endswith(f"dans un délai de {words}")
    assert not [point for point in points if "{" in point]


def test_the_words_attested_are_the_forms() -> None:
    assert attested_points(view())[1] == (
        "M'engage à signaler par écrit à OPCO Mobilités, toute modification intervenant dans le déroulement de l'action "
        "dans un délai de 8 jours."
    )
