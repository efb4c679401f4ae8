"""Files made to harm: each is refused with its sentence, and the child goes on with the next."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pikepdf import Array, Dictionary, Name, String

from openopco.base.children import start_line
from openopco.billing.einvoice import examining
from openopco.billing.einvoice.examining import Examined, Examiner, Format, examine_bytes
from openopco.billing.einvoice.writing import write_cii
from openopco.kernel.errors import Unavailable
from tests.billing import factories as f
from tests.documents import hostile

Judged = Callable[[bytes], Examined]
RIGHT = write_cii(f.invoice())
HEAD, _, BODY = RIGHT.partition(b"\n")


def doctype(subset: bytes) -> bytes:
    return HEAD + b"\n<!DOCTYPE a [" + subset + b"]>\n" + BODY


def entity_bomb() -> bytes:
    levels = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    return doctype(b'<!ENTITY e0 "ha">' + levels).replace(b"F2027-001", b"&e9;", 1)


def deep(levels: int) -> bytes:
    note = b"<ram:IncludedNote>" * levels + b"</ram:IncludedNote>" * levels
    return RIGHT.replace(b"<ram:IncludedNote>", note + b"<ram:IncludedNote>", 1)


def many() -> bytes:
    return RIGHT.replace(b"<ram:IncludedNote>", b"<ram:IncludedNote/>" * 201_000 + b"<ram:IncludedNote>", 1)


HOSTILE = {
    "a file of the server": (doctype(b'<!ENTITY x SYSTEM "file:///etc/passwd">').replace(b"F2027", b"&x;"), "OPCO-XML-DOCTYPE"),
    "an address": (doctype(b'<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;'), "OPCO-XML-DOCTYPE"),
    "a billion laughs": (entity_bomb(), "OPCO-XML-DOCTYPE"),
    "a DOCTYPE that declares nothing": (HEAD + b"<!DOCTYPE a>" + BODY, "OPCO-XML-DOCTYPE"),
    "a DOCTYPE in another encoding": (
        doctype(b'<!ENTITY x "y">').decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        "OPCO-XML-ENCODING",
    ),
    "an encoding that hides": (RIGHT.replace(b"UTF-8", b"UTF-7", 1), "OPCO-XML-ENCODING"),
    "a deep one": (deep(60), "OPCO-XML-DEPTH"),
    "a very deep one": (deep(5000), "OPCO-XML-FORM"),
    "a long one": (many(), "OPCO-XML-DEPTH"),
    "a huge one": (RIGHT + b" " * (6 * 2**20), "OPCO-XML-SIZE"),
    "one cut short": (RIGHT[: len(RIGHT) // 2], "OPCO-XML-FORM"),
    "one of another trade": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "OPCO-PROFILE"),
    "not XML": (b"MZ\x90 this program cannot be run", "OPCO-XML-FORM"),
    "zeros": (bytes(1000), "OPCO-XML-ENCODING"),
    "a number that takes long to reckon": (
        RIGHT.replace(b"<ram:DuePayableAmount>350.00", b"<ram:DuePayableAmount>" + b"9" * 100_000, 1),
        "OPCO-NUMBER",
    ),
    "an exponent": (RIGHT.replace(b"<ram:DuePayableAmount>350.00", b"<ram:DuePayableAmount>9E999999", 1), "OPCO-NUMBER"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused_and_the_next_invoice_is_read(name: str, judged: Judged) -> None:
    content, code = HOSTILE[name]
    examined = judged(content)
    assert [one.code for one in examined.findings] == [code]
    assert examined.invoice is None
    assert "passwd" not in examined.findings[0].sentence
    assert not judged(RIGHT).is_refused


def test_markup_in_a_text_stays_text(judged: Judged) -> None:
    made = f.invoice(seller=replace(f.SELLER, name="<b>&amp;</b> ]]>"))
    examined = judged(write_cii(made))
    assert not examined.is_refused
    assert examined.invoice == made


# --- PDFs ------------------------------------------------------------------------------------------------------------


def carrying(*files: tuple[str, bytes]) -> bytes:
    def attach(document: Any) -> None:
        for number, (name, content) in enumerate(files):
            specification = hostile.pikepdf.AttachedFileSpec(document, content, filename=name)
            document.attachments[f"{number}-{name}"] = specification

    return hostile.pdf(attach)


def hidden(name: str, content: bytes) -> bytes:
    """A file that no list of attachments shows."""

    def hide(document: Any) -> None:
        stream = document.make_stream(content)
        stream.Type = Name.EmbeddedFile
        spec = Dictionary(Type=Name.Filespec, F=String(name), UF=String(name), EF=Dictionary(F=stream))
        document.pages[0].obj.AF = Array([document.make_indirect(spec)])

    return hostile.pdf(hide)


def bomb() -> bytes:
    raw = hostile.deflated(800 << 20)

    def add(document: Any) -> None:
        stream = hostile.pikepdf.Stream(document, raw)
        stream.Type, stream.Filter = Name.EmbeddedFile, Array([Name.FlateDecode])
        spec = Dictionary(
            Type=Name.Filespec, F=String("factur-x.xml"), UF=String("factur-x.xml"), EF=Dictionary(F=stream)
        )
        document.pages[0].obj.AF = Array([document.make_indirect(spec)])

    return hostile.pdf(add, compress_streams=False, stream_decode_level=hostile.pikepdf.StreamDecodeLevel.none)


SCRIPT = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
LAUNCH = Dictionary(S=Name.Launch, F=String("cmd.exe"))
BAD_PDF = {
    "a script": (lambda: hostile.action_pdf(SCRIPT), "OPCO-PDF-SCRIPT", "JavaScript"),
    "a program to launch": (lambda: hostile.action_pdf(LAUNCH), "OPCO-PDF-LAUNCH", "une application"),
    "a form that runs": (hostile.xfa_pdf, "OPCO-PDF-XFA", "XFA"),
    "a program inside": (lambda: carrying(("facture.exe", b"MZ")), "OPCO-PDF-ATTACHED", "d'autres fichiers"),
    "a program beside": (
        lambda: carrying(("factur-x.xml", RIGHT), ("facture.exe", b"MZ")), "OPCO-PDF-ATTACHED", "d'autres fichiers",
    ),
    "a program hidden": (lambda: hidden("facture.exe", b"MZ"), "OPCO-PDF-ATTACHED", "d'autres fichiers"),
    "two invoices": (
        lambda: carrying(("factur-x.xml", RIGHT), ("zugferd-invoice.xml", RIGHT)), "OPCO-PDF-ATTACHED", "d'autres fichiers",
    ),
    "a bomb": (bomb, "OPCO-PDF-TOO_COMPLEX", "trop lourd"),
    "six megabytes of XML": (lambda: carrying(("factur-x.xml", b" " * (6 << 20))), "OPCO-XML-SIZE", "5 Mo"),
    "a locked one": (
        lambda: hostile.pdf(encryption=hostile.pikepdf.Encryption(owner="a", user="b")), "OPCO-PDF-ENCRYPTED", "mot de passe",
    ),
    "one cut short": (lambda: carrying(("factur-x.xml", RIGHT))[:-400], "OPCO-PDF-DAMAGED", "abîmé"),
    "a name alone": (lambda: b"%PDF-1.7\n%%EOF", "OPCO-PDF-DAMAGED", "abîmé"),
    "an XML that lies": (lambda: carrying(("factur-x.xml", b"<a/>")), "OPCO-PROFILE", "aucun profil"),
    "an entity inside": (lambda: carrying(("factur-x.xml", entity_bomb())), "OPCO-XML-DOCTYPE", "DOCTYPE"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_PDF)
def test_a_hostile_pdf_is_refused_and_the_next_invoice_is_read(name: str, judged: Judged) -> None:
    make, code, words = BAD_PDF[name]
    examined = judged(make())
    assert [one.code for one in examined.findings] == [code]
    assert words in examined.findings[0].sentence
    assert examined.invoice is None
    assert not judged(RIGHT).is_refused


@pytest.mark.parametrize("name", ["factur-x.xml", "FACTUR-X.XML", "ZUGFeRD-invoice.xml", "xrechnung.xml"])
def test_the_invoice_is_found_under_each_name_that_readers_look_for(name: str, judged: Judged) -> None:
    examined = judged(carrying((name, RIGHT)))
    assert examined.format is Format.FACTUR_X
    assert examined.invoice == f.invoice()


def test_a_plain_pdf_is_no_error_and_says_nothing(judged: Judged) -> None:
    examined = judged(hostile.pdf())
    assert (examined.format, examined.invoice, examined.findings) == (Format.PDF, None, ())


# --- the child -------------------------------------------------------------------------------------------------------


def test_the_child_loads_no_django() -> None:
    import subprocess
    import sys

    line = start_line("openopco.billing.einvoice.child").removesuffix("main()")
    told = "print([one for one in sys.modules if one.partition('.')[0] in ('django', 'config')])"
    done = subprocess.run([sys.executable, "-I", "-c", line + told], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.abort()",
        "import time; time.sleep(60)",
        "print('not json')",
        "print('[]', flush=True)",
        "print('{}', flush=True)",
        'print(\'{"format": "odd", "profile": "", "invoice": null, "findings": []}\', flush=True)',
        'print(\'{"format": "xml", "profile": "", "invoice": {"number": 1}, "findings": []}\', flush=True)',
        "print('x' * 40000000)",
    ],
)
def test_whatever_a_child_does_the_file_is_refused(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "_START", f"import sys; sys.stdin.readline(); {code}")
    monkeypatch.setattr(examining, "SECONDS", 2.0)
    path = tmp_path / "facture.xml"
    path.write_bytes(RIGHT)
    with Examiner(f.TODAY) as examiner:
        assert [one.code for one in examiner.examine(path).findings] == ["OPCO-TOO-HEAVY"]


def test_a_child_that_takes_too_much_memory_or_time_dies_of_it() -> None:
    import subprocess
    import sys

    line = start_line("openopco.billing.einvoice.child").removesuffix("main()")
    limits = "from openopco.billing.einvoice import child; child.limit_self(memory_megabytes=child.MEMORY_MEGABYTES, "
    limits += "cpu_seconds=9, file_megabytes=1, reserves=True)\n"
    order = line + limits + "try: bytearray(1200 << 20)\nexcept MemoryError: print('refused')"
    assert subprocess.run([sys.executable, "-I", "-c", order], capture_output=True, timeout=60).stdout == b"refused\n"
    order = line + limits + "child.FILE_CPU_SECONDS = 1\nchild._allow_one_file()\nwhile True: pass"
    assert subprocess.run([sys.executable, "-I", "-c", order], capture_output=True, timeout=60).returncode != 0


def test_the_child_after_a_dead_one_reads_on(tmp_path: Path) -> None:
    path = tmp_path / "facture.xml"
    path.write_bytes(RIGHT)
    with Examiner(f.TODAY) as examiner:
        assert not examiner.examine(path).is_refused
        process = examiner._child._process
        assert process is not None
        process.kill()
        process.wait()
        assert examiner.examine(path).is_refused
        assert not examiner.examine(path).is_refused


def test_no_child_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "facture.xml"
    path.write_bytes(b"<a/>")
    with Examiner(f.TODAY) as examiner:
        examiner.examine(path)
        process = examiner._child._process
    assert process is not None
    assert process.returncode is not None


def test_an_empty_file_and_one_too_big_are_refused_unopened(judged: Judged) -> None:
    assert [one.code for one in judged(b"").findings] == ["OPCO-EMPTY"]
    assert [one.code for one in judged(b" " * (11 << 20)).findings] == ["OPCO-TOO-BIG"]


def test_bytes_that_a_person_deposits_are_examined_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert examine_bytes(RIGHT, f.TODAY).invoice == f.invoice()
    assert list(tmp_path.iterdir()) == []


def test_too_many_at_once_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "SECONDS", 0.01)
    for _ in range(2):
        examining._TURNS.acquire()
    try:
        with pytest.raises(Unavailable, match="réessayez"):
            examine_bytes(RIGHT, f.TODAY)
    finally:
        for _ in range(2):
            examining._TURNS.release()
