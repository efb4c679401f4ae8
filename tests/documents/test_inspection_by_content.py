"""Name, first bytes and parser must agree; and a file must be one thing only."""

import pytest

from openopco.documents.inspect import examine
from openopco.documents.refusals import RefusalCode, RefusedFile
from openopco.documents.rules import LIMITS

from . import hostile


def refusal_of(name: str, content: bytes) -> RefusalCode:
    with pytest.raises(RefusedFile) as caught:
        examine(name, [content])
    return caught.value.code


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.pdf", HTML),
        ("dessin.png", SVG),
        ("archive.pdf", hostile.archive()),
        ("programme.pdf", b"MZ" + bytes(500)),
        ("image.gif", b"GIF89a" + bytes(100)),
        ("page.html", HTML),
        ("dessin.svg", SVG),
        ("lettre.docx", hostile.archive()),
        ("lettre.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)),
        ("sans-extension", hostile.pdf()),
        ("programme.exe", hostile.pdf()),
        ("photo.heic", b"\0\0\0\x18ftypavif" + bytes(100)),
    ],
)
def test_what_is_no_accepted_type_is_refused(name: str, content: bytes) -> None:
    assert refusal_of(name, content) == RefusalCode.UNSUPPORTED_TYPE


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.pdf", hostile.jpeg()),
        ("photo.jpg", hostile.png()),
        ("photo.png", hostile.pdf()),
        ("photo.jpg", hostile.heic()),
        ("photo.heic", hostile.jpeg()),
    ],
)
def test_a_name_that_says_something_else_than_the_content_is_refused(name: str, content: bytes) -> None:
    assert refusal_of(name, content) == RefusalCode.WRONG_EXTENSION


@pytest.mark.parametrize("name", ["FACTURE.PDF", "facture.Pdf"])
def test_the_case_of_the_extension_does_not_matter(name: str) -> None:
    assert examine(name, [hostile.pdf()]).name == name


def test_a_header_that_is_not_at_the_very_start_is_refused() -> None:
    assert refusal_of("a.pdf", b"\n" + hostile.pdf()) == RefusalCode.UNSUPPORTED_TYPE
    assert refusal_of("a.pdf", HTML + hostile.pdf()) == RefusalCode.UNSUPPORTED_TYPE


HONEST = [("a.pdf", hostile.pdf()), ("a.jpg", hostile.jpeg()), ("a.png", hostile.png())]


@pytest.mark.parametrize(("name", "content"), HONEST)
def test_a_file_that_is_an_archive_too_is_refused(name: str, content: bytes) -> None:
    assert refusal_of(name, content + hostile.archive()) == RefusalCode.POLYGLOT


def test_an_archive_inside_the_pdf_whose_comment_ends_it_is_refused() -> None:
    archive = hostile.archive()
    content = hostile.pdf_with_stream(archive, [])
    assert content.index(b"PK\x05\x06") < content.rindex(b"%%EOF")
    assert refusal_of("a.pdf", content) == RefusalCode.POLYGLOT


def test_a_pdf_that_a_browser_could_take_for_a_page_is_refused() -> None:
    page = hostile.raw_pdf("<< /Type /Catalog >>", head="%PDF-1.7\n%<html><script>alert(1)</script>\n")
    assert refusal_of("a.pdf", page) == RefusalCode.POLYGLOT


def test_a_pdf_followed_by_something_else_is_refused() -> None:
    assert refusal_of("a.pdf", hostile.pdf() + b"x" * 5000) == RefusalCode.DAMAGED


def test_blank_padding_behind_a_pdf_is_forgiven() -> None:
    assert examine("a.pdf", [hostile.pdf() + bytes(4096)]).pages == 1


def test_an_empty_file_is_refused() -> None:
    assert refusal_of("a.pdf", b"") == RefusalCode.EMPTY


def test_a_file_of_the_greatest_size_passes_and_one_byte_more_does_not() -> None:
    content = hostile.pdf()
    padding = bytes(LIMITS.file_bytes - len(content))
    assert examine("a.pdf", [content, padding]).size == LIMITS.file_bytes
    with pytest.raises(RefusedFile) as caught:
        examine("a.pdf", [content, padding, b"\0"])
    assert caught.value.code == RefusalCode.TOO_BIG
    assert "10 Mo" in caught.value.message


def test_reading_stops_as_soon_as_the_file_is_too_big() -> None:
    def endless() -> object:
        for count in range(LIMITS.file_megabytes + 2):
            assert count <= LIMITS.file_megabytes, "read on after the limit"
            yield bytes(1 << 20)

    with pytest.raises(RefusedFile):
        examine("a.pdf", endless())  # type: ignore[arg-type]


@pytest.mark.parametrize("code", list(RefusalCode))
def test_each_refusal_says_what_to_do(code: RefusalCode) -> None:
    sentence = RefusedFile(code).message
    assert sentence.endswith(".")
    assert any(
        verb in sentence
        for verb in ("déposez", "ouvrez-le", "Ouvrez-le", "retirez", "réduisez", "reprenez", "Faites", "enregistrez")
    )
    assert "{" not in sentence
