"""What a file is by its bytes, whatever its name says; and what else it may be at the same time."""

from openopco.documents.inspector.verdict import Refusal
from openopco.documents.refusals import RefusalCode

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
# ZIP's end of central directory: 22 bytes and a comment of 65,535 at most. Readers look for it there, nowhere else.
_ZIP_TAIL = 65_557
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x01\x02")
# A browser that guesses looks at the first kilobyte.
_MARKUP_HEAD = 1024
_MARKUP = (b"<html", b"<!doctype", b"<script", b"<svg", b"<?php", b"<body", b"<iframe")
_PDF_TAIL = 1024


def kind_of(content: bytes) -> str:
    """A key of `rules.KINDS`. Raises `Refusal`: the content is of no accepted kind."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return "heic"
    raise Refusal(RefusalCode.UNSUPPORTED_TYPE)


def refuse_second_nature(content: bytes) -> None:
    """Raises `Refusal` where the same bytes also open as an archive or as a page."""
    tail_is_zip = b"PK\x05\x06" in content[-_ZIP_TAIL:]
    if tail_is_zip and all(mark in content for mark in _ZIP_MARKS):
        raise Refusal(RefusalCode.POLYGLOT)
    head = content[:_MARKUP_HEAD].lower()
    if any(mark in head for mark in _MARKUP):
        raise Refusal(RefusalCode.POLYGLOT)


def refuse_open_end(content: bytes) -> None:
    """Raises `Refusal` for a PDF that does not end: cut short on the way, or followed by something else."""
    end = content.rfind(b"%%EOF")
    if end < 0 or len(content[end + 5 :].strip(b"\x00 \t\r\n\x1a")) > _PDF_TAIL:
        raise Refusal(RefusalCode.DAMAGED)
