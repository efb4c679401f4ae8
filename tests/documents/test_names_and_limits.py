"""Names that people, and those who wish them ill, give to files; and the one table of limits."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openopco.documents.rules import (
    ACCEPT,
    KINDS,
    LIMITS,
    MEGABYTE,
    clean_name,
    extension_of,
    is_bomb,
    kept_name,
    kind_for_extension,
    limits_in_words,
    limits_table,
    owner_has_room,
    uploader_has_room,
)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Programme de l'été.pdf", "Programme de l'été.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Jean\\devis.pdf", "devis.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"),
        ('devis "final" <v2>?.pdf', "devis final v2.pdf"),
        ("  deux   espaces .pdf", "deux espaces.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("", "document"),
        (".pdf", "pdf"),
        ("...", "document"),
        ("con.pdf", "document con.pdf"),
        ("日本語 🎓.pdf", "日本語 🎓.pdf"),
        ("sans extension", "sans extension"),
        ("v1.2 du devis", "v1.2 du devis"),
    ],
)
def test_a_name_is_kept_as_far_as_it_is_safe(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


def test_a_long_name_keeps_its_extension() -> None:
    name = clean_name("é" * 300 + ".pdf")
    assert len(name) == LIMITS.name_length
    assert name.endswith("é.pdf")


@given(st.text(max_size=400))
@example("a/\x00/..\\\u202e\u2066.pdf")
@example("." * 400)
@example("\ud800.pdf")
@example("a." + "b" * 400)
def test_no_name_stays_dangerous(raw: str) -> None:
    name = clean_name(raw)
    assert 0 < len(name) <= LIMITS.name_length
    assert not set(name) & set('/\\<>:"|?*')
    assert not {unicodedata.category(c) for c in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not name.startswith(".")
    assert name == name.strip()
    name.encode("utf-8")


@given(st.text(max_size=200))
def test_a_clean_name_is_clean_already(raw: str) -> None:
    assert clean_name(clean_name(raw)) == clean_name(raw)


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("IMG_1.HEIC", "heic", "IMG_1.jpg"),
        ("photo.JPEG", "jpeg", "photo.JPEG"),
        ("a.b.pdf", "pdf", "a.b.pdf"),
        ("carte vitale 2 95 01 99 126 111 46.pdf", "pdf", "piece.pdf"),
    ],
)
def test_a_name_follows_what_the_file_becomes(name: str, kind: str, kept: str) -> None:
    assert kept_name(name, KINDS[kind]) == kept


def test_extensions_belong_to_one_kind_each() -> None:
    extensions = [extension for kind in KINDS.values() for extension in kind.extensions]
    assert len(extensions) == len(set(extensions))
    for extension in extensions:
        kind = kind_for_extension(extension)
        assert kind is not None
        assert extension in kind.extensions
        assert f".{extension}" in ACCEPT.split(",")
    assert kind_for_extension("exe") is None
    assert extension_of("a.tar.GZ") == "gz"


def test_small_files_may_unpack_freely_and_large_ones_in_proportion() -> None:
    free = LIMITS.unpacked_free_megabytes * MEGABYTE
    assert not is_bomb(1000, free)
    assert is_bomb(1000, free + 1)
    assert not is_bomb(free // LIMITS.unpacked_ratio + 1000, free + 1)
    assert is_bomb(LIMITS.file_bytes, LIMITS.unpacked_megabytes * MEGABYTE + 1)


def test_an_owner_is_full_by_number_or_by_size() -> None:
    most = LIMITS.owner_megabytes * MEGABYTE
    assert owner_has_room(LIMITS.owner_files - 1, 0, 1)
    assert not owner_has_room(LIMITS.owner_files, 0, 1)
    assert owner_has_room(0, most - 1, 1)
    assert not owner_has_room(0, most - 1, 2)


def test_a_person_is_full_for_the_day_by_number_or_by_size() -> None:
    most = LIMITS.uploader_day_megabytes * MEGABYTE
    assert uploader_has_room(LIMITS.uploader_day_files - 1, most - 1, 1)
    assert not uploader_has_room(LIMITS.uploader_day_files, 0, 1)
    assert not uploader_has_room(0, most, 1)


def test_the_page_says_the_limits_that_the_code_applies() -> None:
    assert limits_in_words() == "PDF, JPEG, PNG ou HEIC, 10 Mo au plus par fichier, 40 fichiers au plus."
    assert limits_in_words(5).endswith(", 5 fichiers au plus.")


def test_the_documentation_shows_the_table_of_the_code() -> None:
    from django.conf import settings

    page = (settings.ROOT / "docs" / "pieces-jointes.md").read_text()
    for what, value in limits_table():
        assert f"| {what} | {value} |" in page


def test_the_documentation_shows_the_sentence_of_each_refusal() -> None:
    from django.conf import settings

    from openopco.documents.refusals import SENTENCES

    page = (settings.ROOT / "docs" / "pieces-jointes.md").read_text()
    for code, sentence in SENTENCES.items():
        assert f"| `{code}` | {sentence} |" in page
