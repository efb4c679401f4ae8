"""What a provider may attest of a trainee, and the page that it signs."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import page
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.base.pdf import render
from openopco.billing.certificates import NATURES, Attested, Stage, faults, page_of
from openopco.training.enums import Nature

TODAY = date(2027, 1, 20)
RIGHT = Attested(
    stage=Stage.FINAL,
    dossier="AF-2026-000123",
    provider="AXEPT FORMATION",
    provider_siret="83426702300028",
    provider_nda="11755555555",
    provider_address=("1 rue des Écoles", "75005 Paris"),
    signatory="Jeanne Roux",
    signatory_role="présidente",
    trainee="Alice Martin",
    employer="ACTIF AUTO CONTROLE",
    employer_siret="83135297600011",
    title="Habilitation électrique BR",
    nature="action",
    start=date(2027, 1, 4),
    end=date(2027, 1, 5),
    hours=Decimal("13.5"),
    planned=Decimal(14),
)


def fields(attested: Attested) -> list[str]:
    return [one.field for one in faults(attested, TODAY)]


def test_a_right_certificate_has_no_fault() -> None:
    assert fields(RIGHT) == []
    assert fields(replace(RIGHT, place="Paris", signed_on=TODAY)) == []


@pytest.mark.parametrize("field", ["provider", "signatory", "signatory_role", "trainee", "employer", "title"])
def test_what_the_model_wants_is_asked_for(field: str) -> None:
    assert fields(replace(RIGHT, **{field: "  "})) == [field]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"nature": "stage"}, "nature", "nature de l'action"),
        ({"end": date(2027, 1, 3)}, "end", "avant d'avoir commencé"),
        ({"end": date(2027, 1, 21)}, "end", "21/01/2027"),
        ({"signed_on": date(2027, 1, 4)}, "signed_on", "période achevée"),
        ({"signed_on": date(2027, 1, 21)}, "signed_on", "pas encore venue"),
        ({"hours": Decimal(0)}, "hours", "réellement suivies"),
        ({"hours": Decimal("14.25")}, "hours", "signale d'abord une modification"),
        ({"hours": Decimal(50), "planned": Decimal(60)}, "hours", "entre ces dates"),
    ],
)
def test_what_cannot_be_attested_is_told_by_its_field(change: dict[str, object], field: str, words: str) -> None:
    (fault,) = faults(replace(RIGHT, **change), TODAY)  # type: ignore[arg-type]
    assert fault.field == field
    assert words in fault.sentence


@given(st.integers(0, 400), st.decimals(0, 300, places=2), st.decimals(0, 300, places=2))
def test_no_certificate_attests_more_than_was_planned_or_what_is_to_come(
    days: int, hours: Decimal, planned: Decimal
) -> None:
    end = RIGHT.start + timedelta(days=days)
    attested = replace(RIGHT, end=end, hours=hours, planned=planned)
    if not faults(attested, TODAY):
        assert 0 < hours <= planned
        assert hours <= 24 * (days + 1)
        assert end <= TODAY


def test_every_nature_of_a_request_is_one_of_the_model() -> None:
    assert set(Nature.values) <= set(NATURES)


def written(attested: Attested) -> bytes:
    return render("certificate", page_of(attested))


def text_of(content: bytes) -> str:
    raw = " ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(content)).pages)
    return re.sub(r"\s+", " ", raw)


def test_its_page_is_one_and_says_all_that_the_model_wants() -> None:
    content = written(replace(RIGHT, place="Paris", signed_on=TODAY))
    shown = text_of(content)
    for words in (
        "Certificat de réalisation",
        "Je, Jeanne Roux, présidente, représentant l'organisme AXEPT FORMATION",
        "SIRET 834 267 023 00028",
        "Déclaration d'activité 11755555555",
        "Alice Martin",
        "ACTIF AUTO CONTROLE",
        "Habilitation électrique BR",
        "AF-2026-000123",
        "Du 04/01/2027 au 05/01/2027",
        "13 h 30",
        "L. 6313-1",
        "pendant 3 ans",
        "Fait à Paris, le 20/01/2027",
        "Signature et cachet",
    ):
        assert words in shown, words
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1


def test_its_page_passes_the_checks_of_pdf_ua() -> None:
    found = page.validate_pdf_bytes(written(RIGHT), profile="ua1")
    assert [one.message for one in found.failures] == []


@pytest.mark.parametrize("nature", NATURES)
def test_the_nature_is_told_in_words_not_by_a_mark_alone(nature: str) -> None:
    shown = text_of(written(replace(RIGHT, nature=nature)))
    assert f"Oui {NATURES[nature]}" in shown
    assert shown.count("Oui ") == 1


def test_what_the_pen_is_to_write_is_left_blank() -> None:
    assert re.search(r"Fait à …+, le …+", text_of(written(RIGHT)))


@pytest.mark.parametrize(("stage", "word"), [(Stage.INTERIM, "intermédiaire"), (Stage.FINAL, "final")])
def test_interim_and_final_are_told_apart(stage: Stage, word: str) -> None:
    assert f"Ce certificat est {word}" in text_of(written(replace(RIGHT, stage=stage)))
