"""Certificates to be printed and signed by hand: what the draft says is written, the rest is left to the pen."""

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import page
import pypdf
import pytest

from openopco.base.pdf import render
from openopco.billing.certificates import PEN
from openopco.billing.drafting import Agreed, Trainee, read
from openopco.billing.to_sign import sheets
from openopco.funding.enums import Base, Payee

TODAY = date(2026, 12, 14)
AGREED = Agreed(
    dossier="AF-2026-000123",
    payee=Payee.ORGANISME,
    provider="AXEPT FORMATION",
    provider_siret="83426702300028",
    provider_nda="11755555555",
    employer="ACTIF AUTO CONTROLE",
    employer_siret="83135297600011",
    title="Habilitation électrique BR",
    nature="action",
    internal=False,
    starts_on=date(2026, 12, 7),
    ends_on=date(2026, 12, 8),
    minutes=840,
    trainees=(Trainee("a", "Alice Martin"), Trainee("b", "Ali Diallo"), Trainee("c", "Zoé Müller")),
    bases=(Base.PEDAGOGIQUE,),
    left={Base.PEDAGOGIQUE: Decimal(840)},
    cost=Decimal(840),
)
INTERNAL = replace(AGREED, provider="", provider_siret="", provider_nda="", internal=True, payee=Payee.EMPLOYEUR)


def told(agreed: Agreed = AGREED, *, today: date = TODAY, **typed: str) -> list[dict[str, Any]]:
    values = {name.replace("_of_", "-"): value for name, value in typed.items()}
    certificates: list[dict[str, Any]] = sheets(read(values, agreed, {}, today), agreed)["certificates"]
    return certificates


def facts(certificate: dict[str, Any]) -> dict[str, str]:
    return dict(certificate["facts"])


def test_there_is_one_for_each_trainee_and_none_for_who_was_absent() -> None:
    assert [facts(each)["Stagiaire"] for each in told()] == ["Alice Martin", "Ali Diallo", "Zoé Müller"]
    assert [facts(each)["Stagiaire"] for each in told(hours_of_a="0", hours_of_b="absent")] == ["Zoé Müller"]
    assert told(hours_of_a="0", hours_of_b="0", hours_of_c="0") == []


def test_hours_typed_are_written_and_the_others_left_to_the_pen() -> None:
    found = told(hours_of_a="7", hours_of_b="douze", hours_of_c="99")
    assert [facts(each)["Durée réellement suivie"] for each in found] == ["7\u202fh", PEN, PEN]
    assert {facts(each)["Durée prévue"] for each in found} == {"14\u202fh"}


@pytest.mark.parametrize(
    ("typed", "today", "days"),
    [
        ({}, TODAY, "Du 07/12/2026 au 08/12/2026"),
        ({"starts_on": "08/12/2026"}, TODAY, "Du 08/12/2026 au 08/12/2026"),
        ({"ends_on": "demain"}, TODAY, f"Du 07/12/2026 au {PEN}"),
        ({"starts_on": "01/12/2026"}, TODAY, f"Du {PEN} au 08/12/2026"),
        ({}, date(2026, 12, 7), f"Du 07/12/2026 au {PEN}"),
    ],
)
def test_a_day_that_cannot_be_attested_is_left_to_the_pen(typed: dict[str, str], today: date, days: str) -> None:
    assert {facts(each)["Dates"] for each in told(today=today, **typed)} == {days}


def test_who_signs_is_left_to_the_pen_even_when_typed() -> None:
    (first, *_) = told(certified="en_ligne", signatory="Jeanne Roux", signatory_role="présidente", attests="oui")
    assert "Jeanne Roux" not in repr(first)
    assert [label for label, _ in first["pen"]] == ["Nom et prénom", "Qualité"]
    assert (first["online"], first["place"], first["signed"]) == ("", "", "")


def test_a_part_of_a_course_has_interim_certificates() -> None:
    assert facts(told(is_final="non")[0])["Ce certificat est"] == "intermédiaire"


def test_of_an_internal_course_the_company_attests() -> None:
    (first, *_) = told(INTERNAL)
    assert "représentant l'entreprise ACTIF AUTO CONTROLE" in first["declares"]
    assert first["stamp"] == "Signature et cachet de l'entreprise"
    assert "SIRET 831 352 976 00011" in first["provider"]


# --- the PDF ---------------------------------------------------------------------------------------------------------


def drawn(agreed: Agreed = AGREED, **typed: str) -> bytes:
    return render("certificates", sheets(read(typed, agreed, {}, TODAY), agreed))


@pytest.mark.parametrize("agreed", [AGREED, INTERNAL])
def test_it_passes_the_checks_of_pdf_ua(agreed: Agreed) -> None:
    assert [one.message for one in page.validate_pdf_bytes(drawn(agreed), profile="ua1").failures] == []


def test_each_trainee_has_a_page_to_sign_and_nothing_says_that_it_was_signed() -> None:
    pages = [re.sub(r"\s+", " ", one.extract_text()) for one in pypdf.PdfReader(io.BytesIO(drawn())).pages]
    assert len(pages) == 3
    for text, trainee in zip(pages, AGREED.trainees, strict=True):
        assert trainee.name in text
        assert "représentant l'organisme AXEPT FORMATION" in text
        assert "AF-2026-000123 · certificat final" in text
        for words in (
            r"Nom et prénom : …+",
            r"Qualité : …+",
            r"Fait à …+, le …+",
            "Signature et cachet de l'organisme",
        ):
            assert re.search(words, text), words
        assert "Signé en ligne" not in text
        assert "Le portail garde" not in text
        assert "Page 1 sur" not in text
