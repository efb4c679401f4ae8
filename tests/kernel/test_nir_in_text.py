"""A NIR typed among words is found, however it is written; other long numbers are none."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.fr import nir as standard
from stdnum.fr import siret as standard_siret

from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import find_nir, refuse_nir

SEPARATORS = ["", " ", ".", "-", "\u00a0", "\u202f", " . ", "\n", "/", "\u200b"]
PARTS = (1, 2, 2, 2, 3, 3, 2)


@st.composite
def nirs(draw: st.DrawFn) -> str:
    """Fifteen characters with a right key, Corsica included."""
    department = draw(st.one_of(st.integers(1, 95).map("{:02}".format), st.sampled_from(["2A", "2B", "97", "99"])))
    body = (
        draw(st.sampled_from("12"))
        + f"{draw(st.integers(0, 99)):02}{draw(st.integers(1, 12)):02}"
        + department
        + f"{draw(st.integers(1, 990)):03}{draw(st.integers(1, 999)):03}"
    )
    number = int(body.replace("2A", "19").replace("2B", "18"))
    return f"{body}{97 - number % 97:02}"


def spaced(nir: str, separator: str) -> str:
    parts, rest = [], nir
    for length in PARTS:
        parts.append(rest[:length])
        rest = rest[length:]
    return separator.join(part for part in parts if part)


@given(
    nirs(),
    st.sampled_from(SEPARATORS),
    st.booleans(),
    st.sampled_from(["", "NIR", "n° ", "Il est né, sécu : ", "3 h. "]),
)
def test_a_nir_is_found_however_it_is_written(nir: str, separator: str, with_key: bool, before: str) -> None:
    assert standard.is_valid(nir)
    text = f"{before}{spaced(nir if with_key else nir[:13], separator)}, merci."
    assert find_nir(text)
    with pytest.raises(InvalidValue, match="saisissez-le dans la fiche du stagiaire") as refused:
        refuse_nir(text)
    assert nir[:13] not in refused.value.message


@given(st.integers(10**8, 10**9 - 1), st.integers(0, 9999), st.sampled_from(["", " "]))
def test_a_siret_is_none(siren: int, rank: int, separator: str) -> None:
    siret = next(each for key in range(10) if standard_siret.luhn.is_valid(each := f"{siren}{rank:04}{key}"))
    written = separator.join((siret[:3], siret[3:6], siret[6:9], siret[9:]))
    assert not find_nir(f"SIRET {written}")


@given(st.lists(st.integers(0, 99).map("{:02}".format), min_size=4, max_size=4), st.sampled_from([" ", ".", "-", ""]))
def test_a_telephone_is_none(pairs: list[str], separator: str) -> None:
    for first in ("06", "+33 6", "0033 6"):
        assert not find_nir(f"Appelez le {separator.join([first, *pairs])}.")


@given(st.dates(), st.dates())
def test_dates_are_none(first: object, last: object) -> None:
    assert not find_nir(f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}")


@given(nirs(), st.integers(1, 96))
def test_a_slip_in_its_key_hides_no_nir(nir: str, more: int) -> None:
    wrong = (int(nir[13:]) + more - 1) % 97 + 1
    assert find_nir(f"Son numéro : {nir[:13]}{wrong:02}.")


@given(
    st.one_of(st.integers(1, 95).map("0{:02}".format), st.sampled_from(["02A", "02B", "971", "976"])),
    st.dates(date(2020, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999999),
)
def test_a_deca_number_is_none(department: str, day: date, rank: int) -> None:
    assert not find_nir(f"Contrat {department}{day:%Y%m}{rank:06}")


@given(st.dates(date(2022, 1, 1), date(2029, 12, 31)), st.integers(0, 9999999))
def test_a_number_that_begins_with_its_day_is_none(day: date, rank: int) -> None:
    number = f"{day:%Y%m%d}{rank:07}"
    assume(not standard.is_valid(number))
    assert not find_nir(f"Facture {number}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Facture FA-2026-000123 du 02/11/2026",
        "Facture 2026110100042",
        "Livre 9782070360024, code-barres 3017620422003",
        "FR76 3000 6000 0112 3456 7890 189",
        "Le devis passe de 1 250,50 € à 12 340,00 €.",
        "834 267 023 00028",
        "Dossier AF-2026-000001, demande 2 sur 14",
        "11 75 12345 67",
        "2 95 13 99 126 111",
        "IMG_20261123_101500",
    ],
)
def test_other_long_numbers_are_none(text: str) -> None:
    assert not find_nir(text)
    assert refuse_nir(text) == text


@pytest.mark.parametrize(
    "text", ["２９５０１９９１２６１１１４６", "²95019912611146", "2 95 01 99 126 111 clé 46", "٢٩٥٠١٩٩١٢٦١١١٤٦"]
)
def test_other_digits_deceive_nobody(text: str) -> None:
    assert find_nir(text)
