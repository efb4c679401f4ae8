"""IBAN and BIC: every usual way to type them, each mistake told, nothing of the number repeated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schwifty import IBAN

from openopco.kernel.banking import bank_of, bic_of, format_iban, is_iban, mask_iban, parse_bic, parse_iban
from tests.kernel.reading import read_or_refusal

FRENCH = "FR7630006000011234567890189"


@st.composite
def french_ibans(draw: st.DrawFn) -> str:
    bank = draw(st.integers(0, 99999))
    branch = draw(st.integers(0, 99999))
    account = draw(st.text("0123456789", min_size=11, max_size=11))
    return str(IBAN.generate("FR", bank_code=f"{bank:05d}", branch_code=f"{branch:05d}", account_code=account))


@pytest.mark.parametrize(
    "raw",
    [
        FRENCH,
        "FR76 3000 6000 0112 3456 7890 189",
        "fr76 3000 6000 0112 3456 7890 189",
        " FR76-3000-6000-0112-3456-7890-189 ",
        "FR76\u00a03000\u202f6000 0112 3456 7890 189",
        "IBAN FR76 3000 6000 0112 3456 7890 189",
        "IBAN : FR76 3000 6000 0112 3456 7890 189",
        "ＦＲ７６ 3000 6000 0112 3456 7890 189",
    ],
)
def test_every_usual_way_to_type_an_iban_is_read(raw: str) -> None:
    assert parse_iban(raw) == FRENCH


@pytest.mark.parametrize(
    "iban", ["DE89370400440532013000", "BE68539007547034", "MC5811222000010123456789030", "GB82WEST12345698765432"]
)
def test_an_account_anywhere_in_the_sepa_area_can_be_paid(iban: str) -> None:
    assert parse_iban(iban) == iban


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("", "Indiquez un IBAN"),
        ("bonjour", "illisible"),
        ("FR7630006000011234567890188", "clé"),
        ("FR763000600001123456789018", "il en manque 1"),
        ("FR76300060000112345678901890", "il y en a 1 de trop"),
        ("ZZ7630006000011234567890189", "deux lettres d'un pays"),
        ("FR76300060000112345678901é9", "illisible"),
        ("MA64011519000001205000534921", "espace SEPA"),
        # The key of the IBAN is right, that of the RIB within is not.
        ("FR0630006000011234567890188", "clé"),
    ],
)
def test_a_wrong_iban_is_told_how(raw: str, told: str) -> None:
    iban, message = read_or_refusal(parse_iban, raw)
    assert iban is None
    assert told in message


@pytest.mark.parametrize(
    "iban",
    ["", "F", "FR", "ZZ7630006000011234567890189", "MA64011519000001205000534921", "FR7630006000011234567890188",
     "FR76 3000 6000 0112 3456 7890 189", "fr7630006000011234567890189", "FR7630006000011234567890189\n", "DE8937040044053201300A"],
)  # fmt: skip
def test_an_account_that_no_transfer_reaches_is_known_at_once(iban: str) -> None:
    assert not is_iban(iban)


@given(french_ibans(), st.integers(4, 26), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_seen_and_never_repeated(iban: str, place: int, digit: str) -> None:
    wrong = iban[:place] + digit + iban[place + 1 :]
    found, message = read_or_refusal(parse_iban, wrong)
    assert found == (iban if wrong == iban else None)
    assert wrong[4:12] not in message


@given(french_ibans())
def test_what_is_shown_is_read_again(iban: str) -> None:
    assert parse_iban(format_iban(iban)) == iban
    assert is_iban(iban)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(raw: str) -> None:
    iban, _ = read_or_refusal(parse_iban, raw)
    assert iban is None or parse_iban(iban) == iban


@given(french_ibans())
def test_two_digits_that_changed_places_are_seen(iban: str) -> None:
    swapped = iban[:15] + iban[16] + iban[15] + iban[17:]
    assert is_iban(swapped) is (swapped == iban)


def test_an_account_with_letters_is_read() -> None:
    iban = str(IBAN.generate("FR", bank_code="20041", branch_code="01005", account_code="0500013M026"))
    assert parse_iban(iban) == iban
    assert is_iban(iban)


def test_a_masked_iban_keeps_its_ends_alone() -> None:
    assert format_iban(FRENCH) == "FR76 3000 6000 0112 3456 7890 189"
    assert mask_iban(FRENCH) == "FR76 •••• •••• •••• •••• •••• 189"


def test_the_bank_of_an_account_is_found_where_a_register_tells_it() -> None:
    assert bic_of(FRENCH) == "AGRIFRPPXXX"
    assert bank_of(FRENCH) == "CREDIT AGRICOLE SA"
    unknown = str(IBAN.generate("FR", bank_code="00000", branch_code="00000", account_code="00000000000"))
    assert (bic_of(unknown), bank_of(unknown)) == ("", "")


@pytest.mark.parametrize("raw", ["AGRIFRPP", "agri fr pp", "AGRIFRPP882"])
def test_a_bic_is_read(raw: str) -> None:
    assert parse_bic(raw) in {"AGRIFRPP", "AGRIFRPP882"}


@pytest.mark.parametrize(("raw", "told"), [("", "Indiquez"), ("AGRI", "8 ou 11"), ("AGRIZZPP", "8 ou 11")])
def test_a_wrong_bic_is_told(raw: str, told: str) -> None:
    assert told in read_or_refusal(parse_bic, raw)[1]
