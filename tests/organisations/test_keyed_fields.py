"""What people key is read strictly, whatever it is, and each fault is told beside its field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.organisations.errors import InvalidFields
from openopco.organisations.fields import COMPLETION, IDENTITY, PROVIDER, READERS, read
from openopco.organisations.models import Establishment, Provider

ALL = frozenset(READERS)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("name", "  Garage \u00a0 Élan  ", "Garage Élan"),
        ("name", "مرآب ガレージ", "مرآب ガレージ"),
        ("address", "", ""),
        ("postal_code", "68 110", "68110"),
        ("postal_code", " ", ""),
        ("naf", "71.20 a", "7120A"),
        ("idcc", "16", "0016"),
        ("email", "Contact@Exemple.FR", "contact@exemple.fr"),
        ("phone", "+33 (0)3 89 00 00 00", "0389000000"),
        ("nda", "11 75 12345 67", "11751234567"),
        ("headcount_exact", "1\u202f024", 1024),
        ("headcount_exact", "0", 0),
        ("headcount_exact", "", None),
        ("headcount_exact", "１２", 12),
    ],
)
def test_a_field_is_read_as_people_type_it(name: str, raw: str, value: Any) -> None:
    assert read({name: raw}, ALL) == {name: value}


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("name", "\u200b", "nom"),
        ("name", "x" * 201, "200 caractères"),
        ("address", "x" * 251, "250 caractères"),
        ("city", "x" * 121, "120 caractères"),
        ("postal_code", "99999", "5 chiffres"),
        ("headcount_exact", "douze", "chiffres"),
        ("headcount_exact", "-3", "chiffres"),
        ("headcount_exact", "1,5", "chiffres"),
        ("headcount_exact", "²", "chiffres"),
        ("headcount_exact", "1000000", "trop grand"),
        ("headcount_exact", "9" * 5000, "trop grand"),
        ("email", "a@b", "e-mail"),
        ("nda", "12", "11 chiffres"),
    ],
)
def test_a_fault_is_told_in_words(name: str, raw: str, words: str) -> None:
    with pytest.raises(InvalidFields) as told:
        read({name: raw}, ALL)
    assert list(told.value.errors) == [name]
    assert words in told.value.errors[name]
    assert told.value.message == told.value.errors[name]


@pytest.mark.parametrize("name", ["siret", "verified", "opco_slug", "company_id", "created_by_id", "__class__"])
def test_no_column_is_written_but_the_listed_ones(name: str) -> None:
    with pytest.raises(InvalidFields):
        read({name: "1"}, COMPLETION | IDENTITY | PROVIDER)


@given(st.dictionaries(st.sampled_from(sorted(READERS)), st.text(max_size=300)))
def test_whatever_is_typed_is_read_or_refused_and_fits_its_column(raw: dict[str, str]) -> None:
    faults: dict[str, str] = {}
    values: dict[str, Any] = {}
    try:
        values = read(raw, ALL)
    except InvalidFields as error:
        faults = error.errors
    assert set(values) == set() if faults else set(values) == set(raw)
    assert all(_fits(name, value) for name, value in values.items())
    assert set(faults) <= set(raw)
    assert all(message.endswith(".") for message in faults.values())


def _fits(name: str, value: Any) -> bool:
    if name == "headcount_exact":
        return value is None or 0 <= value <= 999_999
    columns = [model._meta.get_field(name) for model in (Establishment, Provider) if hasattr(model, name)]
    return all(len(value) <= (column.max_length or 0) for column in columns)
