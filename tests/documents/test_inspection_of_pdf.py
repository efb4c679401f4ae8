"""What the door does with a PDF, opened for real by the limited child."""

import base64
import time
import zlib
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from openopco.documents.inspect import examine
from openopco.documents.inspector.pdf import inspect_pdf
from openopco.documents.inspector.verdict import Refusal
from openopco.documents.refusals import RefusalCode, RefusedFile
from openopco.documents.rules import LIMITS

from . import hostile

CATALOGUE = "<< /Type /Catalog /Pages 2 0 R {} >>"
PAGES = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] {} >>"


def refusal_of(content: bytes, name: str = "programme.pdf") -> RefusalCode:
    with pytest.raises(RefusedFile) as caught:
        examine(name, [content])
    return caught.value.code


def test_an_honest_pdf_is_kept_to_the_byte() -> None:
    content = hostile.pdf(pages=3)
    file = examine("Programme de l'action.pdf", [content])
    assert (file.name, file.kind, file.pages) == ("Programme de l'action.pdf", "pdf", 3)
    assert file.content_type == "application/pdf"
    assert file.content == content
    assert file.sha256 == file.source_sha256
    assert len(file.sha256) == 64


def test_a_pdf_with_form_links_and_outlines_is_accepted() -> None:
    def furnish(document: pikepdf.Pdf) -> None:
        link = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array([0, 0, 9, 9]),
            A=Dictionary(S=Name.URI, URI=String("https://exemple.fr")),
        )
        document.pages[0].obj.Annots = Array([link])
        field = Dictionary(FT=Name.Tx, T=String("nom"))
        document.Root.AcroForm = Dictionary(Fields=Array([document.make_indirect(field)]))
        document.Root.OpenAction = Array([document.pages[0].obj, Name.Fit])

    assert examine("a.pdf", [hostile.pdf(furnish)]).pages == 1


def test_an_empty_list_of_embedded_files_holds_nothing() -> None:
    def leave_behind(document: pikepdf.Pdf) -> None:
        document.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([])))

    assert examine("a.pdf", [hostile.pdf(leave_behind)]).pages == 1


HARMFUL_ACTIONS = [
    (Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")), RefusalCode.SCRIPT),
    (Dictionary(S=Name.Launch, F=String("cmd.exe")), RefusalCode.LAUNCH),
    (Dictionary(S=Name.GoToE, T=Dictionary(R=Name.C)), RefusalCode.LAUNCH),
    (Dictionary(S=Name.ImportData, F=String("a.fdf")), RefusalCode.LAUNCH),
    (Dictionary(S=Name.Rendition, OP=0), RefusalCode.MULTIMEDIA),
    (Dictionary(S=Name.URI, URI=String("a"), Next=Dictionary(S=Name.JavaScript, JS=String("1"))), RefusalCode.SCRIPT),
]


@pytest.mark.parametrize(("action", "code"), HARMFUL_ACTIONS, ids=range(len(HARMFUL_ACTIONS)))
def test_an_action_that_runs_something_is_refused(action: Dictionary, code: RefusalCode) -> None:
    assert refusal_of(hostile.action_pdf(action)) == code


HARMFUL_ANNOTATIONS = [
    (Dictionary(Type=Name.Annot, Subtype=Name.RichMedia), RefusalCode.MULTIMEDIA),
    (Dictionary(Type=Name.Annot, Subtype=Name("/3D")), RefusalCode.MULTIMEDIA),
    (Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment), RefusalCode.EMBEDDED_FILE),
    (Dictionary(Subtype=Name.Link, AA=Dictionary(K=Dictionary(S=Name.JavaScript, JS=String("1")))), RefusalCode.SCRIPT),
]


@pytest.mark.parametrize(("annotation", "code"), HARMFUL_ANNOTATIONS, ids=range(len(HARMFUL_ANNOTATIONS)))
def test_an_annotation_that_holds_more_than_a_note_is_refused(annotation: Dictionary, code: RefusalCode) -> None:
    assert refusal_of(hostile.annotated_pdf(annotation)) == code


def link(action: Dictionary) -> bytes:
    """A page with a link that does this when clicked."""
    return hostile.annotated_pdf(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action))


@pytest.mark.parametrize(
    "target",
    [
        "file:///C:/Windows/win.ini",
        "FILE://serveur/partage",
        "smb://serveur/partage",
        "\\\\serveur\\partage\\a.pdf",
        "//serveur/partage",
        "/\\serveur/partage",
        "fi\nle:///etc/passwd",
        "C:\\Windows\\win.ini",
        "javascript:alert(1)",
        "search-ms:query=a",
    ],
)
def test_a_link_to_a_file_or_a_file_server_is_refused(target: str) -> None:
    assert refusal_of(link(Dictionary(S=Name.URI, URI=String(target)))) == RefusalCode.FAR_TARGET


@pytest.mark.parametrize(
    "target", ["https://exemple.fr/programme", "HTTP://exemple.fr", "mailto:a@exemple.fr", "www.exemple.fr", "tel:0389"]
)
def test_a_link_to_the_web_that_waits_for_a_click_is_accepted(target: str) -> None:
    assert examine("a.pdf", [link(Dictionary(S=Name.URI, URI=String(target)))]).pages == 1


UNC = String("\\\\serveur\\partage\\a.pdf")
FAR = [
    Dictionary(S=Name.SubmitForm, F=Dictionary(FS=Name.URL, F=String("https://ailleurs.example/"))),
    Dictionary(S=Name.SubmitForm, F=String("https://ailleurs.example/")),
    Dictionary(S=Name.GoToR, F=UNC, D=Array([0, Name.Fit])),
    Dictionary(S=Name.GoToR, F=Dictionary(Type=Name.Filespec, F=String("autre.pdf")), D=Array([0, Name.Fit])),
    Dictionary(S=Name.Thread, F=UNC, D=0),
    Dictionary(S=Name.Thread, F=Dictionary(Type=Name.Filespec, UF=UNC), D=0),
    Dictionary(S=Name.GoTo, D=String("a"), Next=Array([Dictionary(S=Name.GoToR, F=UNC)])),
]


@pytest.mark.parametrize("action", FAR, ids=range(len(FAR)))
def test_a_click_that_sends_or_opens_another_file_is_refused(action: Dictionary) -> None:
    assert refusal_of(link(action)) == RefusalCode.FAR_TARGET


def test_a_base_of_all_links_on_a_file_server_is_refused() -> None:
    def add(document: pikepdf.Pdf) -> None:
        document.Root.URI = Dictionary(Base=document.make_indirect(String("file://serveur/partage/")))

    assert refusal_of(hostile.pdf(add)) == RefusalCode.FAR_TARGET


def test_a_stream_whose_content_is_in_another_file_is_refused() -> None:
    content = hostile.pdf_with_stream(b"", [], F=String("autre.bin"))
    assert refusal_of(content) == RefusalCode.FAR_TARGET


AUTOMATIC = [
    b"<< /S /URI /URI (https://ailleurs.example/) >>",
    b"<< /S /Named /N /Print >>",
    b"<< /S /ResetForm >>",
    b"<< /S /GoTo /D (a) /Next << /S /URI /URI (https://ailleurs.example/) >> >>",
    b"<< /S /GoTo /D (a) /Next [ << /S /GoTo /D (b) >> << /S /Named /N /Print >> ] >>",
    b"<< /D (a) >>",
]


@pytest.mark.parametrize("action", AUTOMATIC, ids=range(len(AUTOMATIC)))
def test_what_comes_by_itself_may_only_show_a_place_of_the_document(action: bytes) -> None:
    def parsed() -> pikepdf.Object:
        return pikepdf.Object.parse(action)

    def on_page(document: pikepdf.Pdf) -> None:
        document.pages[0].obj.AA = document.make_indirect(Dictionary(O=document.make_indirect(parsed())))

    def on_root(document: pikepdf.Pdf) -> None:
        document.Root.AA = Dictionary(WC=parsed())

    def on_note(document: pikepdf.Pdf) -> None:
        note = Dictionary(Type=Name.Annot, Subtype=Name.Link, AA=Dictionary(PO=parsed()))
        document.pages[0].obj.Annots = Array([note])

    def on_opening(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = parsed()

    places = (on_page, on_root, on_note, on_opening)
    assert {refusal_of(hostile.pdf(place)) for place in places} == {RefusalCode.AUTOMATIC}


def test_a_document_that_opens_on_one_of_its_own_places_is_accepted() -> None:
    def furnish(document: pikepdf.Pdf) -> None:
        place = Array([document.pages[0].obj, Name.Fit])
        document.Root.OpenAction = document.make_indirect(Dictionary(S=Name.GoTo, D=place))
        document.pages[0].obj.AA = Dictionary(
            O=Dictionary(S=Name.GoTo, D=String("debut"), Next=Dictionary(S=Name.GoTo))
        )
        document.Root.AA = Dictionary()

    assert examine("a.pdf", [hostile.pdf(furnish)]).pages == 1


def test_actions_that_follow_each_other_in_circles_are_refused() -> None:
    def turn(document: pikepdf.Pdf) -> None:
        step = document.make_indirect(Dictionary(S=Name.GoTo))
        step.Next = step
        document.Root.OpenAction = step

    assert refusal_of(hostile.pdf(turn)) == RefusalCode.TOO_COMPLEX


def test_a_script_in_the_names_of_the_document_is_refused() -> None:
    def add(document: pikepdf.Pdf) -> None:
        script = document.make_indirect(Dictionary(S=Name.JavaScript, JS=String("1")))
        document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))

    assert refusal_of(hostile.pdf(add)) == RefusalCode.SCRIPT


def test_a_script_hidden_by_the_spelling_of_its_name_is_refused() -> None:
    catalogue = CATALOGUE.format("/OpenAction << /S /J#61vaScript /J#53 (app.alert\\(1\\)) >>")
    assert refusal_of(hostile.raw_pdf(catalogue, PAGES, PAGE.format(""))) == RefusalCode.SCRIPT


def test_a_script_in_the_trailer_is_refused() -> None:
    content = hostile.raw_pdf(CATALOGUE.format(""), PAGES, PAGE.format(""))
    held = b"/Root 1 0 R /Info << /A << /S /JavaScript /JS (1) >> >>"
    assert refusal_of(content.replace(b"/Root 1 0 R", held)) == RefusalCode.SCRIPT


def test_a_script_in_a_compressed_object_stream_is_refused() -> None:
    def add(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = document.make_indirect(Dictionary(S=Name.JavaScript, JS=String("1")))

    content = hostile.pdf(add, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"JavaScript" not in content
    assert refusal_of(content) == RefusalCode.SCRIPT


def test_an_embedded_file_is_refused() -> None:
    assert refusal_of(hostile.pdf_with_attachment()) == RefusalCode.EMBEDDED_FILE


def test_an_xfa_form_is_refused() -> None:
    assert refusal_of(hostile.xfa_pdf()) == RefusalCode.XFA


@pytest.mark.parametrize("user", ["", "secret"])
def test_a_locked_pdf_is_refused_even_when_it_opens_without_a_password(user: str) -> None:
    lock = pikepdf.Encryption(owner="owner", user=user)
    assert refusal_of(hostile.pdf(encryption=lock)) == RefusalCode.ENCRYPTED


def test_too_many_pages_are_refused() -> None:
    assert examine("a.pdf", [hostile.pdf(pages=LIMITS.pdf_pages)]).pages == LIMITS.pdf_pages
    assert refusal_of(hostile.pdf(pages=LIMITS.pdf_pages + 1)) == RefusalCode.TOO_MANY_PAGES


def test_too_many_objects_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(hostile.pdf(pages=3))
    assert inspect_pdf(str(path), 1000).pages == 3
    monkeypatch.setattr("openopco.documents.inspector.pdf.LIMITS", replace(LIMITS, pdf_objects=4))
    with pytest.raises(Refusal) as caught:
        inspect_pdf(str(path), 1000)
    assert caught.value.code == RefusalCode.TOO_COMPLEX


def test_a_kilobyte_that_becomes_200_megabytes_is_refused_quickly() -> None:
    content = hostile.pdf_with_stream(hostile.deflated(200 << 20, times=2), ["/FlateDecode", "/FlateDecode"])
    assert len(content) < 2000
    start = time.monotonic()
    assert refusal_of(content) == RefusalCode.TOO_COMPLEX
    assert time.monotonic() - start < 10


def test_many_streams_that_are_a_bomb_together_are_refused() -> None:
    def add(document: pikepdf.Pdf) -> None:
        raw = hostile.deflated(12 << 20)
        streams = []
        for _ in range(6):
            stream = pikepdf.Stream(document, raw)
            stream.Filter = Name.FlateDecode
            streams.append(document.make_indirect(stream))
        document.pages[0].obj.Contents = Array(streams)

    content = hostile.pdf(add, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert refusal_of(content) == RefusalCode.TOO_COMPLEX


def test_an_object_stream_that_eats_all_memory_is_refused() -> None:
    content = hostile.object_stream_bomb(1536 << 20)
    assert len(content) < 20_000
    assert refusal_of(content) == RefusalCode.TOO_COMPLEX


def test_a_long_chain_of_filters_is_refused() -> None:
    content = hostile.pdf_with_stream(zlib.compress(b"a"), ["/FlateDecode"] * 6)
    assert refusal_of(content) == RefusalCode.TOO_COMPLEX


def test_run_lengths_are_unpacked_and_counted() -> None:
    few, many = b"\x81 " * 100 + b"\x80", b"\x81 " * 500_000 + b"\x80"
    assert examine("a.pdf", [hostile.pdf_with_stream(few, ["/RunLengthDecode"])]).pages == 1
    packed = hostile.pdf_with_stream(zlib.compress(many, 9), ["/FlateDecode", "/RunLengthDecode"])
    assert refusal_of(packed) == RefusalCode.TOO_COMPLEX


def test_a_picture_dressed_in_letters_by_an_old_driver_is_accepted() -> None:
    keys = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 10, "Height": 10, "BitsPerComponent": 8}
    dressed = base64.a85encode(hostile.jpeg()) + b"~>"
    content = hostile.pdf_with_stream(dressed, ["/ASCII85Decode", "/DCTDecode"], **keys)
    assert examine("a.pdf", [content]).pages == 1


def test_a_picture_of_too_many_pixels_inside_a_pdf_is_refused() -> None:
    flood = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 60000, "Height": 60000, "BitsPerComponent": 8}
    content = hostile.pdf_with_stream(b"\xff\xd8\xff", ["/DCTDecode"], **flood)
    assert refusal_of(content) == RefusalCode.TOO_MANY_PIXELS


def test_a_black_and_white_scan_of_a_plan_is_accepted() -> None:
    scan = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 14000, "Height": 9900, "BitsPerComponent": 1}
    assert examine("plan.pdf", [hostile.pdf_with_stream(b"\x00\x10\x01", ["/CCITTFaxDecode"], **scan)]).kind == "pdf"


def test_a_truncated_pdf_is_refused() -> None:
    content = hostile.pdf(pages=20)
    assert refusal_of(content[: len(content) // 2]) == RefusalCode.DAMAGED
    assert refusal_of(content[:9]) == RefusalCode.DAMAGED


def test_a_pdf_without_a_page_is_refused() -> None:
    empty = hostile.raw_pdf(CATALOGUE.format(""), "<< /Type /Pages /Kids [] /Count 0 >>")
    assert refusal_of(empty) == RefusalCode.DAMAGED


def test_rubbish_behind_a_pdf_header_is_refused() -> None:
    assert refusal_of(b"%PDF-1.7\nrubbish\n%%EOF\n") == RefusalCode.DAMAGED


def test_a_page_tree_that_turns_in_circles_is_refused_or_cut() -> None:
    circle = hostile.raw_pdf(CATALOGUE.format(""), "<< /Type /Pages /Kids [2 0 R] /Count 1 >>")
    assert refusal_of(circle) in {RefusalCode.DAMAGED, RefusalCode.TOO_COMPLEX}


def test_a_small_fault_of_the_table_is_forgiven() -> None:
    content = hostile.pdf()
    place = content.rindex(b"startxref")
    assert examine("a.pdf", [content[:place] + b"startxref\n7\n%%EOF\n"]).pages == 1


def test_deep_nesting_is_refused_without_a_crash() -> None:
    deep = hostile.raw_pdf(CATALOGUE.format("/A " + "[" * 20000 + "]" * 20000), PAGES, PAGE.format(""))
    assert refusal_of(deep) in {RefusalCode.DAMAGED, RefusalCode.TOO_COMPLEX}
