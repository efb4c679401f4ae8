"""A size reads the same wherever it is written: ko, Mo, a decimal comma."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.kernel.sizes import format_size

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "1 ko"),
        (499, "1 ko"),
        (1_499, "1 ko"),
        (1_500, "2 ko"),
        (2_765, "3 ko"),
        (214_000, "214 ko"),
        (1_000_000, "1,0 Mo"),
        (2_650_000, "2,7 Mo"),
        (10_485_760, "10,5 Mo"),
    ],
)
def test_in_french_with_decimal_units(size: int, words: str) -> None:
    assert format_size(size) == words.replace(" ", "\u00a0")


@given(st.integers(0, 10**10))
def test_one_number_one_unit(size: int) -> None:
    assert re.fullmatch(r"\d+\u00a0ko|\d+,\d\u00a0Mo", format_size(size))


def test_nobody_writes_sizes_in_another_way() -> None:
    files = [*(ROOT / "openopco").rglob("*.py"), *(ROOT / "openopco").rglob("*.html")]
    assert [file.name for file in files if "filesizeformat" in file.read_text()] == []
