"""Text: what is kept is clean, what is searched is folded."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.kernel.text import clean_line, clean_text, fold, typed

ANY_TEXT = st.text(alphabet=st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Élan", "elan"),
        ("E\u0301lan", "elan"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("Œuvre & cœur", "oeuvre coeur"),
        ("ÆRØ ŁÓDŹ Straße", "aero lodz strasse"),
        ("  CONTRÔLE   technique ", "controle technique"),
        ("Nguyễn", "nguyen"),
        ("İstanbul", "istanbul"),
        ("ﬁn", "fin"),
        ("東京 7", "東京 7"),
        ("--", ""),
    ],
)
def test_folding_leaves_no_case_accent_or_punctuation(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == folded.strip()
    assert "  " not in folded


@given(st.text(alphabet="abcdefghijéèêàçôùïœ -'", max_size=30))
def test_case_and_form_don_t_change_what_is_searched(text: str) -> None:
    assert fold(text.upper()) == fold(text) == fold(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  Jean \t Dupont\r\n", "Jean Dupont"),
        ("Jean\u00a0Dupont", "Jean Dupont"),
        ("Jean\x00\x07Dupont", "JeanDupont"),
        ("abc\u202etxt.exe", "abctxt.exe"),
        ("E\u0301lan", "Élan"),
        ("\ufeffNom", "Nom"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("Nguyễn Văn Ánh", "Nguyễn Văn Ánh"),
        ("👩\u200d🔧", "👩\u200d🔧"),
    ],
)
def test_a_line_is_kept_clean(raw: str, kept: str) -> None:
    assert clean_line(raw) == kept


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_and_leaves_nothing_unsafe(raw: str) -> None:
    for clean in (clean_line, clean_text, typed):
        kept = clean(raw)
        assert clean(kept) == kept
        kept.encode("utf-8")
        assert unicodedata.is_normalized("NFC", kept)
        assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in kept if letter not in "\n\t")
    assert "\n" not in clean_line(raw)


def test_a_text_keeps_its_lines() -> None:
    assert clean_text("  Bonjour,\r\n\r\nun\x00 mot  \rfin\u2028.\n\n") == "Bonjour,\n\nun mot\nfin\n."


def test_a_text_keeps_its_inner_spaces_and_tabs() -> None:
    assert clean_text("a  b\tc\u00a0d") == "a  b\tc\u00a0d"


def test_typing_with_full_width_digits_is_typing_digits() -> None:
    assert typed("１２ ３４") == "12 34"


@pytest.mark.parametrize("decorated", ["5²", "①", "H₂"])
def test_decorated_digits_stay_decorated(decorated: str) -> None:
    assert typed(decorated) == decorated
