"""PDFs that everyone can read: tagged, titled, in French; and that only say what they were given."""

import io
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import page
import pikepdf
import pypdf
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from openopco.base import fonts, pdf
from openopco.base.children import start_line
from openopco.base.pdf import Attachment, PdfFailed, render

LETTER: dict[str, Any] = {
    "product": "M-Gestion",
    "opco": "OPCO Mobilités",
    "title": "Accord de prise en charge",
    "reference": "AF-2026-000123",
    "date": "12/01/2027",
    "sender": ["OPCO Mobilités", "92190 Meudon"],
    "recipient": ["GARAGE MARTIN", "68110 Illzach"],
    "blocks": [
        {"kind": "paragraph", "parts": [{"kind": "text", "text": "Nous avons étudié votre demande."}]},
        {"kind": "facts", "rows": [["Coût accordé", "1\u202f250,50\u202f€"], ["Commentaire", ""]]},
        {"kind": "paragraph", "parts": [{"kind": "strong", "parts": [{"kind": "text", "text": "Olga Roux"}]}]},
    ],
}
RECEIPT: dict[str, Any] = {
    "product": "M-Gestion",
    "opco": "OPCO Mobilités",
    "number": "AF-2026-000123",
    "heading": "Accusé de réception",
    "blocks": [{"kind": "paragraph", "parts": [{"kind": "text", "text": "Envoyée par Alice Martin."}]}],
    "title": "Habilitation électrique",
    "employer": "ACTIF AUTO CONTROLE",
    "filed_by": "Alice Martin",
    "sent": "12/01/2027 à 10 h 20",
    "attested": "J'atteste :\n- un\n- deux",
    "sections": [
        {"title": "L'établissement", "lines": [{"label": "SIRET", "value": "831 352 976 00011"}]},
        {"title": "Le commentaire", "lines": []},
    ],
}
SHEET: dict[str, Any] = {
    "product": "M-Gestion",
    "opco": "OPCO Mobilités",
    "title": "Fiche de procédure",
    "status": {"tone": "wait", "text": "En instruction"},
    "sections": [
        {
            "title": "Étapes",
            "text": "À lire.",
            "items": ["une", "deux"],
            "facts": [["Délai", "20 jours"]],
            "table": {"columns": ["Mois", "Montant"], "rows": [["janvier", "10 €"]], "numeric": [1]},
        }
    ],
}
DOSSIER: dict[str, Any] = {
    **RECEIPT,
    "state": "Accordée",
    "made": "12/01/2027 à 10 h 20",
    "decisions": [{"heading": "Décision du 12/01/2027", "lines": [["Décision", "Accordée"], ["Motif", ""]]}],
    "messages": [{"who": "Olga Roux", "at": "12/01/2027 à 10 h 20", "body": "Bonjour.\nÀ vous."}],
    "events": [
        {"title": "Demande envoyée", "at": "11/01/2027 à 9 h 00", "by": "Alice Martin", "text": ""},
        {"title": "Demande accordée", "at": "12/01/2027 à 10 h 20", "by": "", "text": "560 € HT accordés."},
    ],
    "pieces": [["programme.pdf", "Programme de l'action", "jointe"]],
}
EVERYTHING = [("letter", LETTER), ("receipt", RECEIPT), ("sheet", SHEET), ("dossier", DOSSIER)]


def text_of(content: bytes) -> str:
    """The text, one space for each run of spaces."""
    raw = " ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(content)).pages)
    return re.sub(r"\s+", " ", raw)


def problems(content: bytes, profile: str) -> list[str]:
    return [f"{one.rule_id}: {one.message}" for one in page.validate_pdf_bytes(content, profile=profile).failures]


@pytest.mark.parametrize(("template", "data"), EVERYTHING)
def test_every_pdf_passes_the_checks_of_pdf_ua_1(template: str, data: dict[str, Any]) -> None:
    assert problems(render(template, data), "ua1") == []


@pytest.mark.parametrize(("template", "data"), EVERYTHING)
def test_every_pdf_is_tagged_titled_and_in_french(template: str, data: dict[str, Any]) -> None:
    with pikepdf.open(io.BytesIO(render(template, data))) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).lower() == "fr-fr"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert document.Root.StructTreeRoot is not None
        title = str(document.docinfo["/Title"])
    own = {"receipt": "Accusé de réception AF-2026-000123", "dossier": "Dossier AF-2026-000123"}
    assert title == own.get(template, data["title"])


def test_headings_and_tables_are_tagged_as_what_they_are() -> None:
    with pikepdf.open(io.BytesIO(render("sheet", SHEET))) as document:
        roles = [str(one.S) for one in document.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one]
    for role in ("/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/LI"):
        assert role in roles, role


@pytest.mark.parametrize(
    ("template", "data", "words"),
    [
        ("letter", LETTER, ["GARAGE MARTIN", "Le 12/01/2027", "1 250,50 €", "Non renseigné", "Olga Roux"]),
        ("receipt", RECEIPT, ["AF-2026-000123", "par Alice Martin", "831 352 976 00011", "- deux", "Rien n'a été"]),
        ("sheet", SHEET, ["En instruction", "Étapes", "20 jours", "janvier", "10 €", "Page 1 sur 1"]),
    ],
)
def test_the_text_can_be_read_and_copied(template: str, data: dict[str, Any], words: list[str]) -> None:
    text = text_of(render(template, data))
    for word in words:
        assert word in text


HOSTILE = [
    '#import "@preview/evil:1.0.0": *',
    "#strong[gras] *gras* _italique_ $x^2$ = titre",
    '#read("/etc/passwd")',
    '"); panic("',
    "\\u{41} \\ // commentaire /* */",
    "<label> @reference `code` ```raw```",
    "-- --- ... ~ 'apostrophe' \"guillemets\"",
    "[]{}()",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_markup_in_what_people_typed_is_shown_not_run(name: str) -> None:
    content = render("receipt", {**RECEIPT, "employer": name, "number": name, "attested": name})
    assert re.sub(r"\s+", "", name) in re.sub(r"\s+", "", text_of(content))
    assert problems(content, "ua1") == []


@hypothesis_settings(max_examples=15, deadline=None)
@given(st.text(max_size=80))
@example("\x08")
@example("\u2028\ufeff\ufffe\ue000")
def test_any_text_makes_a_valid_pdf(text: str) -> None:
    data = {**RECEIPT, "employer": text, "title": text, "filed_by": text, "number": text}
    assert problems(render("receipt", data), "ua1") == []


def test_long_words_and_many_rows_go_over_pages() -> None:
    lines = [{"label": f"Ligne {number}", "value": "x" * 300} for number in range(60)]
    content = render("receipt", {**RECEIPT, "sections": [{"title": "Longue", "lines": lines}]})
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert len(reader.pages) > 2
    assert f"Page 2 sur {len(reader.pages)}" in re.sub(r"\s+", " ", reader.pages[1].extract_text())
    assert problems(content, "ua1") == []


def test_an_archive_carries_its_attachment() -> None:
    attachment = Attachment("donnees.xml", b"<a/>\n", "text/xml", "Les données de la demande")
    content = render("letter", LETTER, standard=["ua-1", "a-3a"], attachments=[attachment])
    with pikepdf.open(io.BytesIO(content)) as document:
        assert list(document.attachments) == ["donnees.xml"]
        assert document.attachments["donnees.xml"].get_file().read_bytes() == b"<a/>\n"
        assert document.attachments["donnees.xml"].description == "Les données de la demande"
    assert problems(content, "ua1") == []


def test_an_attachment_has_a_name_that_every_reader_reads() -> None:
    with pytest.raises(PdfFailed, match="ASCII"):
        render("letter", LETTER, attachments=[Attachment("é.xml", b"<a/>", "text/xml", "x")])


def test_an_archive_without_attachment_passes_the_checks_of_pdf_a_3a() -> None:
    assert problems(render("letter", LETTER, standard=["ua-1", "a-3a"]), "3a") == []


def test_the_same_data_and_date_make_the_same_bytes() -> None:
    at = datetime(2027, 1, 12, 9, tzinfo=UTC)
    first = render("letter", LETTER, at=at)
    assert first == render("letter.typ", LETTER, at=at)
    assert b"D:20270112090000" in first
    assert first != render("letter", {**LETTER, "sender": ["Autre"]}, at=at)


def test_only_the_fonts_of_the_package_are_used() -> None:
    with pikepdf.open(io.BytesIO(render("letter", LETTER))) as document:
        names = {
            str(one.BaseFont) for one in document.objects if isinstance(one, pikepdf.Dictionary) and "/BaseFont" in one
        }
    assert names
    assert all("SourceSansPro" in name for name in names)


def test_a_template_that_does_not_exist_fails_clearly() -> None:
    with pytest.raises(PdfFailed, match=r"absent\.typ"):
        render("absent", {})


def test_a_template_given_less_than_it_needs_says_what() -> None:
    with pytest.raises(PdfFailed, match="status"):
        render("sheet", {**SHEET, "status": {}})


def test_what_is_not_json_is_refused_before_typesetting() -> None:
    with pytest.raises(TypeError):
        render("letter", {**LETTER, "sender": object()})


@pytest.mark.parametrize("name", ["../style.typ", "a/b.svg", "/etc/passwd"])
def test_a_picture_has_a_plain_name(name: str) -> None:
    with pytest.raises(PdfFailed):
        render("letter", LETTER, files={name: b"x"})


def test_a_typesetter_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_START", "import time; time.sleep(60)")
    monkeypatch.setattr(pdf, "SECONDS", 0.5)
    with pytest.raises(PdfFailed, match="TimeoutExpired"):
        render("letter", LETTER)


def test_nothing_typed_is_on_the_command_line_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    real = subprocess.run

    def spy(*args: Any, **kwargs: Any) -> Any:
        seen.append((args, kwargs["input"]))
        return real(*args, **kwargs)

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(subprocess, "run", spy)
    render("letter", {**LETTER, "sender": ["Jeanne Secret"]})
    assert "Jeanne" not in repr(seen)
    assert list(tmp_path.iterdir()) == []


def test_the_typesetter_starts_without_django() -> None:
    code = start_line("openopco.base.typesetter").removesuffix("main()")
    code += "print([name for name in sys.modules if name.partition('.')[0] in ('django', 'config')])"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Élodie Nguyễn — « 1\u202f250,50\u202f€ » œuvre Œ ç ÿ",
            "Élodie Nguyễn — « 1\u202f250,50\u202f€ » œuvre Œ ç ÿ",
        ),
        ("Łukasz Žižek Gheorghe Țăran İpek", "Łukasz Žižek Gheorghe Țăran İpek"),
        ("e\u0301", "é"),
        ("日本", "??"),
        ("a\u202eb\u0000c\u200dd", "abcd"),
        ("Ⅻ ①", "XII 1"),
        ("ligne\nligne\tfin", "ligne\nligne\tfin"),
        ("🎓", "?"),
        ("a\x08b\r\nc\x7f", "ab\nc"),
        ("\ud800", "?"),
    ],
)
def test_what_the_font_lacks_is_brought_to_what_it_has(text: str, shown: str) -> None:
    assert fonts.showable(text) == shown


@given(st.text())
def test_what_is_shown_is_always_in_the_font(text: str) -> None:
    shown = fonts.showable(text)
    assert all(character in "\n\t" or ord(character) in fonts.covered() for character in shown)


def test_the_font_has_what_french_needs() -> None:
    french = "àâäéèêëîïôöùûüÿçœæÀÂÄÉÈÊËÎÏÔÖÙÛÜŸÇŒÆ«»’“”–—…€°²³½×·•→\u00a0\u202f"
    assert [c for c in french if ord(c) not in fonts.covered()] == []
