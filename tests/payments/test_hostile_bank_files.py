"""Files that no bank sends: each is refused by its name, in a sentence, quickly, and the reader is still alive."""

import itertools
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from openopco.payments.sepa import read_bank_file
from openopco.payments.sepa import reading as hardened
from openopco.payments.sepa.errors import Hostile, Malformed, RefusedBankFile, TooLarge, UnknownMessage
from tests.payments.answers import camt_054, detail_xml, document, entry_xml, line_xml, pain_002, source
from tests.payments.transfers import a_transfer

GOOD = pain_002(line_xml(a_transfer(), "ACSC"))


def refused(content: str | bytes) -> RefusedBankFile:
    with pytest.raises(RefusedBankFile) as told:
        list(read_bank_file(source(content)))
    assert told.value.message.endswith(".")
    return told.value


def with_doctype(subset: str, content: str = GOOD) -> str:
    return content.replace("<Document", f"<!DOCTYPE Document {subset}><Document", 1)


def test_a_file_of_another_kind_is_named() -> None:
    assert "camt.053.001.08" in refused(document("camt.053.001.08", "<a/>")).message
    assert isinstance(refused("<html><body>Connexion</body></html>"), UnknownMessage)


def test_an_external_entity_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET-35")
    content = with_doctype(f'[<!ENTITY x SYSTEM "file://{secret}">]').replace("R-2026-000001", "&x;")
    refusal = refused(content)
    assert isinstance(refusal, Hostile)
    assert "SECRET" not in repr(refusal.__context__)


@pytest.mark.parametrize(
    "subset",
    [
        "[]",
        'SYSTEM "http://127.0.0.1:1/evil.dtd"',
        'PUBLIC "x" "http://127.0.0.1:1/evil.dtd"',
        '[<!ENTITY % p SYSTEM "http://127.0.0.1:1/evil.dtd"> %p;]',
        '[<!ATTLIST Document a CDATA "x">]',
    ],
)
def test_any_doctype_is_refused_even_one_that_does_nothing(subset: str) -> None:
    assert isinstance(refused(with_doctype(subset)), Hostile)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_bomb_of_entities_never_unfolds(encoding: str) -> None:
    entities = '<!ENTITY a0 "0123456789">' + "".join(
        f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 12)
    )
    content = with_doctype(f"[{entities}]").replace("R-2026-000001", "&a11;").replace("UTF-8", encoding)
    tracemalloc.start()
    refusal = refused(content.encode(encoding))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(refusal, Hostile)
    assert peak < 10_000_000


def test_an_entity_that_nobody_defined_is_refused() -> None:
    assert isinstance(refused(GOOD.replace("R-2026-000001", "&x;")), RefusedBankFile)


def test_elements_piled_up_are_refused() -> None:
    assert isinstance(refused(GOOD.replace("<GrpHdr>", "<a>" * 50 + "</a>" * 50 + "<GrpHdr>")), Hostile)


def test_a_crowd_of_useless_elements_is_refused_before_it_fills_the_memory() -> None:
    assert isinstance(refused(GOOD.replace("<GrpHdr>", "<a/>" * 3000 + "<GrpHdr>")), Hostile)


def test_a_file_without_end_is_stopped_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardened, "MOST_BYTES", 200_000)
    assert isinstance(refused(camt_054(*[entry_xml("1.00")] * 2000)), TooLarge)


@pytest.mark.parametrize("kept", [0, 1, 60, 200, 400, 600, len(GOOD) - 1])
def test_a_file_cut_short_is_refused(kept: int) -> None:
    assert isinstance(refused(GOOD[:kept]), Malformed)


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"%PDF-1.7", b"PK\x03\x04", b"\xff\xfe", b"SALUT;1;2"])
def test_what_is_not_xml_is_refused(content: bytes) -> None:
    assert isinstance(refused(content), Malformed)


def test_nothing_may_follow_the_end() -> None:
    assert isinstance(refused(GOOD + GOOD.partition("?>")[2]), Malformed)


class Endless:
    """A notice of `lines` transfers, made as it is read."""

    def __init__(self, lines: int) -> None:
        start, end = camt_054(entry_xml(f"{lines}.00", ["@"])).split("@")
        details = (detail_xml(f"R-{number}", "1.00") for number in range(lines))
        self._pieces: Iterator[bytes] = (piece.encode() for piece in itertools.chain([start], details, [end]))
        self._left = b""

    def read(self, size: int) -> bytes:
        while len(self._left) < size and (piece := next(self._pieces, b"")):
            self._left += piece
        given, self._left = self._left[:size], self._left[size:]
        return given


def test_memory_does_not_grow_with_the_lines() -> None:
    held = []
    for lines in (2_000, 15_000):
        assert sum(1 for _ in read_bank_file(Endless(lines))) == lines  # type: ignore[arg-type]
        held.append(most_held())
    assert held[1] < held[0] + 5_000


def most_held() -> int:
    """By this process, in kB, what libxml2 holds included."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
