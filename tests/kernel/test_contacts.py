"""Postal codes, telephones and e-mail addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.kernel.contacts import format_phone
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import parse_email, parse_phone, parse_postal_code


@pytest.mark.parametrize("raw", ["68110", "68 110", "68.110", " 68110\u00a0", "６８１１０"])
def test_a_postal_code_is_read(raw: str) -> None:
    assert parse_postal_code(raw) == "68110"


@pytest.mark.parametrize("code", ["01000", "20000", "97100", "98800", "95999"])
def test_every_department_has_postal_codes(code: str) -> None:
    assert parse_postal_code(code) == code


@pytest.mark.parametrize("raw", ["6811", "681100", "00100", "96000", "99100", "2A004", "L-1234", "٦٨١١٠"])
def test_what_isn_t_a_french_postal_code_is_refused(raw: str) -> None:
    with pytest.raises(InvalidValue, match="Un code postal français compte 5 chiffres, par exemple 68110."):
        parse_postal_code(raw)


@pytest.mark.parametrize(
    ("raw", "phone"),
    [
        ("06 12 34 56 78", "0612345678"),
        ("06.12.34.56.78", "0612345678"),
        ("06-12-34-56-78", "0612345678"),
        ("+33 6 12 34 56 78", "0612345678"),
        ("+33 (0)6 12 34 56 78", "0612345678"),
        ("0033612345678", "0612345678"),
        ("+262 692 12 34 56", "0692123456"),
        ("00 590 590 12 34 56", "0590123456"),
        ("+352 621 123 456", "+352621123456"),
        ("0049 761 123456", "+49761123456"),
        ("＋33 6 12 34 56 78", "0612345678"),
    ],
)
def test_a_telephone_number_is_read(raw: str, phone: str) -> None:
    assert parse_phone(raw) == phone
    assert parse_phone(format_phone(phone)) == phone


def test_a_telephone_number_is_shown_in_pairs() -> None:
    assert format_phone("0612345678") == "06 12 34 56 78"
    assert format_phone("+352621123456") == "+352621123456"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "Indiquez un numéro de téléphone, par exemple 06 12 34 56 78."),
        ("061234567", "Un numéro de téléphone français compte 10 chiffres et commence par 0."),
        ("6123456789", "Un numéro de téléphone français compte 10 chiffres et commence par 0."),
        ("0012345678", "Un numéro de téléphone français compte 10 chiffres et commence par 0."),
        ("+33 6 12 34 56", "Ce numéro de téléphone est illisible : écrivez par exemple 06 12 34 56 78."),
        ("voir secrétariat", "Ce numéro de téléphone est illisible : écrivez par exemple 06 12 34 56 78."),
    ],
)
def test_a_wrong_telephone_number_is_explained(raw: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_phone(raw)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("raw", "email"),
    [
        ("Contact@Garage.FR", "contact@garage.fr"),
        (" jean-luc.o'neil+af@exemple.co.uk ", "jean-luc.o'neil+af@exemple.co.uk"),
        ("moi@garage-élan.fr", "moi@xn--garage-lan-h7a.fr"),
        ("a@b.fr", "a@b.fr"),
    ],
)
def test_an_address_is_read(raw: str, email: str) -> None:
    assert parse_email(raw) == email


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "Indiquez une adresse e-mail."),
        ("contact.garage.fr", "Une adresse e-mail contient un « @ »"),
        ("a@b@garage.fr", "Une adresse e-mail contient un « @ »"),
        ("rené@garage.fr", "ni espace ni accent"),
        ("jean luc@garage.fr", "ni espace ni accent"),
        ("contact@garage", "incomplète ou mal écrite"),
        ("contact@-garage.fr", "incomplète ou mal écrite"),
        ("contact@garage..fr", "incomplète ou mal écrite"),
        (".contact@garage.fr", "incomplète ou mal écrite"),
        ("@garage.fr", "incomplète ou mal écrite"),
        ("contact@", "incomplète ou mal écrite"),
        ("contact@127.0.0.1", "incomplète ou mal écrite"),
        (f"{'a' * 65}@garage.fr", "incomplète ou mal écrite"),
        (f"a@{'b.' * 130}fr", "incomplète ou mal écrite"),
    ],
)
def test_a_wrong_address_is_explained(raw: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        parse_email(raw)


@given(st.emails())
def test_what_an_address_becomes_is_stable_and_safe_in_a_header(raw: str) -> None:
    try:
        email = parse_email(raw)
    except InvalidValue:
        return
    assert parse_email(email) == email
    assert not set(email) & set(' \r\n,;<>"')


@pytest.mark.parametrize("injection", ["a@b.fr\r\nBcc: c@d.fr", "a@b.fr\nX: y", "a@b.fr,c@d.fr", "<a@b.fr>"])
def test_a_header_can_t_be_injected(injection: str) -> None:
    with pytest.raises(InvalidValue):
        parse_email(injection)


def test_invisible_characters_in_an_address_are_dropped() -> None:
    assert parse_email("\u200ba@b.fr\x00") == "a@b.fr"
