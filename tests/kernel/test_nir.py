"""The NIR: Corsica, pseudo months, the key, the mask; and nothing of it in what we answer."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import nir as standard

from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import check_nir_against, format_nir, mask_nir, nir_birth, nir_sex, parse_nir
from tests.kernel.reading import read_or_refusal

WOMAN = "295109912611193"
BORN = date(1995, 10, 3)


def with_key(start: str) -> str:
    return start + standard.calc_check_digits(start)


@st.composite
def nirs(draw: st.DrawFn) -> str:
    sex = draw(st.sampled_from("123478"))
    year, month = draw(st.integers(0, 99)), draw(st.sampled_from([*range(1, 13), *range(20, 43), *range(50, 100)]))
    place = draw(st.sampled_from(["2A", "2B", "99", "68", "75", "97"]))
    return with_key(f"{sex}{year:02d}{month:02d}{place}{draw(st.integers(0, 999999)):06d}")


@given(nirs(), st.sampled_from([" ", "\u00a0", "\u202f", ".", "-"]))
def test_a_nir_is_read_through_any_separator(nir: str, separator: str) -> None:
    assert parse_nir(format_nir(nir).replace(" ", separator)) == nir
    assert parse_nir(nir.lower()) == nir


@given(nirs(), st.integers(7, 12), st.integers(1, 9))
def test_one_wrong_digit_is_found(nir: str, place: int, shift: int) -> None:
    wrong = nir[:place] + str((int(nir[place]) + shift) % 10) + nir[place + 1 :]
    with pytest.raises(InvalidValue, match="La clé du NIR ne correspond pas : vérifiez les 15 chiffres."):
        parse_nir(wrong)


@pytest.mark.parametrize("nir", ["253072B07300470", "253072A07300443"])
def test_corsica_has_letters(nir: str) -> None:
    assert parse_nir(nir) == nir
    assert nir_birth(nir) == (53, 7)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "Indiquez le NIR (numéro de sécurité sociale) : 15 chiffres, clé comprise."),
        ("2951099126111", "Un NIR compte 15 chiffres : il en manque 2, sans doute la clé."),
        ("29510991261119", "Un NIR compte 15 chiffres : il en manque 1."),
        ("2951099126111930", "Un NIR compte 15 chiffres : il y en a 1 de trop."),
        ("253072C07300443", "Un NIR ne contient que des chiffres (et 2A ou 2B pour une naissance en Corse)."),
        ("2951O9912611193", "Un NIR ne contient que des chiffres (et 2A ou 2B pour une naissance en Corse)."),
        ("٢٩٥١٠٩٩١٢٦١١١٩٣", "Un NIR ne contient que des chiffres (et 2A ou 2B pour une naissance en Corse)."),
        ("595109912611193", "Un NIR commence par 1 ou 2 (3, 4, 7 ou 8 s'il est provisoire)."),
        ("295109912611194", "La clé du NIR ne correspond pas : vérifiez les 15 chiffres."),
    ],
)
def test_a_wrong_nir_is_explained_without_repeating_it(raw: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_nir(raw)
    assert caught.value.message == message


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=25))
def test_any_text_is_read_or_refused(raw: str) -> None:
    nir, refusal = read_or_refusal(parse_nir, raw)
    assert refusal.endswith(".") if nir is None else len(nir) == 15


@given(nirs())
def test_the_mask_keeps_sex_and_year_alone(nir: str) -> None:
    assert mask_nir(nir) == f"{nir[0]} {nir[1:3]} •• •• ••• ••• ••"


@pytest.mark.parametrize(("first", "sex"), [("1", "M"), ("2", "F"), ("3", "M"), ("4", "F"), ("7", "M"), ("8", "F")])
def test_the_first_digit_tells_the_sex(first: str, sex: str) -> None:
    assert nir_sex(with_key(first + WOMAN[1:13])) == sex


def test_an_unknown_first_digit_tells_no_sex() -> None:
    assert nir_sex("9") is None
    assert nir_sex("") is None


@pytest.mark.parametrize(
    ("digits", "month"), [("01", 1), ("12", 12), ("20", None), ("42", None), ("50", None), ("99", None)]
)
def test_a_pseudo_month_tells_no_month(digits: str, month: int | None) -> None:
    assert nir_birth(f"295{digits}9912611193") == (95, month)


@pytest.mark.parametrize(
    ("start", "sex", "born", "words"),
    [
        (WOMAN[:13], "F", BORN, []),
        (WOMAN[:13], None, None, []),
        (WOMAN[:13], "M", BORN, ["sexe"]),
        (WOMAN[:13], "F", date(1996, 10, 3), ["année"]),
        (WOMAN[:13], "F", date(1995, 11, 3), ["mois"]),
        (WOMAN[:13], "M", date(2001, 1, 1), ["sexe", "année", "mois"]),
        ("2953199126111", "F", BORN, []),
        ("2956799126111", "F", BORN, []),
        ("2951399126111", "F", BORN, ["mois"]),
        ("2951399126111", "F", None, ["mois"]),
        ("2954399126111", "F", None, ["mois"]),
        ("2050199126111", "F", date(2005, 1, 9), []),
        ("2050199126111", "F", date(1905, 1, 9), []),
    ],
)
def test_what_the_nir_contradicts_is_a_warning(
    start: str, sex: str | None, born: date | None, words: list[str]
) -> None:
    warnings = check_nir_against(with_key(start), sex, born)
    assert len(warnings) == len(words)
    for warning, word in zip(warnings, words, strict=True):
        assert word in warning
        assert "ne correspond pas au NIR" in warning
        assert not any(letter.isdigit() for letter in warning)
