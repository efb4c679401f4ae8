"""Identifiers are read as people type them, and refused with a sentence that says what to do."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import (
    format_naf,
    format_siren,
    format_siret,
    parse_idcc,
    parse_naf,
    parse_nda,
    parse_rncp,
    parse_siren,
    parse_siret,
    siren_of,
    vat_number_of,
)
from tests.kernel.reading import read_or_refusal

ODD_SPACES = st.sampled_from(["", " ", "\u00a0", "\u202f", ".", "-", "\u200b", "\t", " . "])
PARSERS = [parse_idcc, parse_naf, parse_nda, parse_rncp, parse_siren, parse_siret]


@st.composite
def sirets(draw: st.DrawFn) -> str:
    siren = draw(st.integers(10_000_000, 99_999_999).map(str))
    siren += luhn.calc_check_digit(siren)
    start = siren + draw(st.integers(0, 9999).map(lambda nic: f"{nic:04d}"))
    return start + luhn.calc_check_digit(start)


@st.composite
def spread(draw: st.DrawFn, digits: str) -> str:
    return "".join(draw(ODD_SPACES) + digit for digit in digits) + draw(ODD_SPACES)


@given(st.data(), sirets().filter(lambda siret: not siret.startswith("356000000")))
def test_a_siret_is_read_through_any_separator(data: st.DataObject, siret: str) -> None:
    assert parse_siret(data.draw(spread(siret))) == siret
    assert parse_siret(format_siret(siret)) == siret
    assert parse_siren(format_siren(siren_of(siret))) == siret[:9]


@given(sirets().filter(lambda siret: not siret.startswith("356000000")), st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_in_a_siret_is_found(siret: str, place: int, shift: int) -> None:
    wrong = siret[:place] + str((int(siret[place]) + shift) % 10) + siret[place + 1 :]
    with pytest.raises(InvalidValue, match="La clé du SIRET ne correspond pas"):
        parse_siret(wrong)


@pytest.mark.parametrize("siret", ["83135297600011", "83426702300028"])
def test_the_sirets_of_the_walk_are_read(siret: str) -> None:
    assert parse_siret(siret) == siret


def test_a_siret_is_shown_in_four_groups() -> None:
    assert format_siret("83426702300028") == "834 267 023 00028"
    assert siren_of("83426702300028") == "834267023"


def test_full_width_digits_are_digits() -> None:
    assert parse_siret("８３４２６７０２３０００２８") == "83426702300028"


@pytest.mark.parametrize("siret", ["35600000049837", "35600000000048"])
def test_la_poste_has_a_rule_of_its_own(siret: str) -> None:
    assert parse_siret(siret) == siret
    if siret != "35600000000048":
        assert not luhn.is_valid(siret)


def test_the_rule_of_la_poste_refuses_too() -> None:
    with pytest.raises(InvalidValue, match="clé du SIRET"):
        parse_siret("35600000049838")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "Indiquez un SIRET (14 chiffres)."),
        (" \u00a0 ", "Indiquez un SIRET (14 chiffres)."),
        ("834 267 023 000", "Un SIRET compte 14 chiffres : il en manque 2."),
        ("834267023000280", "Un SIRET compte 14 chiffres : il y en a 1 de trop."),
        ("834267023", "Un SIRET compte 14 chiffres : ceci ressemble à un SIREN, ajoutez les 5 chiffres du NIC."),
        ("8342670230002O", "Un SIRET ne contient que des chiffres."),
        ("٨٣٤٢٦٧٠٢٣٠٠٠٢٨", "Un SIRET ne contient que des chiffres."),
        ("8342670230002²", "Un SIRET ne contient que des chiffres."),
        ("00000000000000", "La clé du SIRET ne correspond pas : vérifiez les 14 chiffres."),
        ("83426702300029", "La clé du SIRET ne correspond pas : vérifiez les 14 chiffres."),
    ],
)
def test_a_wrong_siret_is_explained(raw: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_siret(raw)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "Indiquez un SIREN (9 chiffres)."),
        ("83426702", "Un SIREN compte 9 chiffres : il en manque 1."),
        ("8342670230", "Un SIREN compte 9 chiffres : il y en a 1 de trop."),
        ("83426702300028", "Un SIREN compte 9 chiffres : ceci ressemble à un SIRET, gardez les 9 premiers."),
        ("83426702X", "Un SIREN ne contient que des chiffres."),
        ("834267024", "La clé du SIREN ne correspond pas : vérifiez les 9 chiffres."),
        ("000000000", "La clé du SIREN ne correspond pas : vérifiez les 9 chiffres."),
    ],
)
def test_a_wrong_siren_is_explained(raw: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_siren(raw)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("raw", "nda"),
    [
        ("44 68 03024 68", "44680302468"),
        ("11.75.12345.67", "11751234567"),
        ("26 21 P0012 21", "2621P001221"),
        ("2621p001221", "2621P001221"),
        ("94 2a 12345 67", "942A1234567"),
        ("04973456797", "04973456797"),
    ],
)
def test_a_declaration_number_is_read(raw: str, nda: str) -> None:
    assert parse_nda(raw) == nda


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "Indiquez le numéro de déclaration d'activité (11 chiffres)."),
        ("446803024", "Un numéro de déclaration d'activité compte 11 chiffres : il en manque 2."),
        ("446803024681", "Un numéro de déclaration d'activité compte 11 chiffres : il y en a 1 de trop."),
        ("44680X02468", "Un numéro de déclaration d'activité compte 11 chiffres, par exemple 11 75 12345 67."),
        ("2621P00122", "Un numéro de déclaration d'activité compte 11 chiffres, par exemple 11 75 12345 67."),
    ],
)
def test_a_wrong_declaration_number_is_explained(raw: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_nda(raw)
    assert caught.value.message == message


@pytest.mark.parametrize("raw", ["7120A", "71.20A", "71.20 a", " 7120a", "71 20-A"])
def test_a_naf_code_is_read(raw: str) -> None:
    assert parse_naf(raw) == "7120A"
    assert format_naf("7120A") == "71.20A"


@pytest.mark.parametrize("raw", ["7120", "712A", "7120AB", "A7120", "71200A", "７１２０Ａ1", "7120é"])
def test_what_isn_t_a_naf_code_is_refused(raw: str) -> None:
    with pytest.raises(InvalidValue, match="4 chiffres et une lettre"):
        parse_naf(raw)


@pytest.mark.parametrize(
    ("raw", "idcc"),
    [
        ("1090", "1090"),
        ("16", "0016"),
        ("0016", "0016"),
        ("IDCC 1090", "1090"),
        ("idcc n° 3", "0003"),
        ("Idcc : 44", "0044"),
    ],
)
def test_an_agreement_number_has_four_digits(raw: str, idcc: str) -> None:
    assert parse_idcc(raw) == idcc


@pytest.mark.parametrize("raw", ["10900", "abcd", "1O90", "IDCC", "°", "-5a"])
def test_what_isn_t_an_agreement_number_is_refused(raw: str) -> None:
    with pytest.raises(InvalidValue, match="Un code IDCC compte 4 chiffres au plus"):
        parse_idcc(raw)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("RNCP12345", "RNCP12345"),
        ("rncp 12345", "RNCP12345"),
        ("RNCP n° 38663", "RNCP38663"),
        ("RS1234", "RS1234"),
        ("rs-05715", "RS5715"),
    ],
)
def test_a_certification_code_is_read(raw: str, code: str) -> None:
    assert parse_rncp(raw) == code


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "Indiquez un code RNCP ou RS"),
        ("12345", "Commencez le code par RNCP ou par RS"),
        ("RNCP", "Ce code est illisible"),
        ("RNCP0", "Ce code est illisible"),
        ("RNCP1234567", "Ce code est illisible"),
        ("CPF 12345", "Ce code est illisible"),
    ],
)
def test_a_wrong_certification_code_is_explained(raw: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        parse_rncp(raw)


@pytest.mark.parametrize("parse", PARSERS)
@given(raw=st.text(max_size=40))
def test_any_text_is_read_or_refused_in_a_sentence(parse: Callable[[str], str], raw: str) -> None:
    read, refusal = read_or_refusal(parse, raw)
    if read is None:
        assert refusal.endswith(".")
    else:
        assert read.isascii()
        assert parse(read) == read


def test_the_vat_number_follows_from_the_siren() -> None:
    # As the companies themselves print them.
    assert vat_number_of("404833048") == "FR83404833048"
    assert vat_number_of("732829320") == "FR44732829320"
