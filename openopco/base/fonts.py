"""The one family of our PDFs, from a package: no font of the machine is used. Plain Python."""

import functools
import importlib.util
import struct
import unicodedata
from pathlib import Path

FAMILY = "Source Sans Pro"
# Italics cover less and are kept for our own texts, never for what people typed.
_FACES = ("Regular", "Bold")
# What stands for a character that the family lacks: a PDF/UA may not hold a character that it can't show.
_STAND_IN = "?"


def folder() -> Path:
    """Where the font files are. Raises `ModuleNotFoundError`."""
    spec = importlib.util.find_spec("font_source_sans_pro")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("font_source_sans_pro")
    return Path(spec.submodule_search_locations[0]) / "files"


def files() -> list[Path]:
    return [folder() / f"SourceSansPro-{face}.ttf" for face in _FACES]


def showable(text: str) -> str:
    """The text with what the family can't show brought to its base letter, or to « ? »; marks alone go."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in unicodedata.normalize("NFC", text))


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Cf"} and character not in "\n\t":
        return ""
    if character in "\n\t" or ord(character) in covered():
        return character
    if category in {"Mn", "Me"}:
        return ""
    plain = unicodedata.normalize("NFKD", character)
    kept = "".join(part for part in plain if ord(part) in covered() and unicodedata.category(part) != "Mn")
    return kept or _STAND_IN


@functools.cache
def covered() -> frozenset[int]:
    """Code points that every face of the family has."""
    return frozenset.intersection(*(_characters(path.read_bytes()) for path in files()))


def _characters(font: bytes) -> frozenset[int]:
    """The code points of a TrueType file's Unicode table (cmap, platform 3, encoding 1, format 4)."""
    cmap = _table(font, b"cmap")
    for index in range(_u16(font, cmap + 2)):
        record = cmap + 4 + 8 * index
        if (_u16(font, record), _u16(font, record + 2)) == (3, 1):
            return _format_4(font, cmap + int.from_bytes(font[record + 4 : record + 8], "big"))
    raise ValueError("no Unicode table")


def _format_4(font: bytes, start: int) -> frozenset[int]:
    count = _u16(font, start + 6) // 2
    ends, starts = start + 14, start + 16 + 2 * count
    deltas, offsets = starts + 2 * count, starts + 4 * count
    found: set[int] = set()
    for index in range(count):
        first, last = _u16(font, starts + 2 * index), _u16(font, ends + 2 * index)
        delta, offset = _u16(font, deltas + 2 * index), _u16(font, offsets + 2 * index)
        place = offsets + 2 * index + offset
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = _u16(font, place + 2 * (code - first)) if offset else code
            if glyph and (glyph + delta) & 0xFFFF:
                found.add(code)
    return frozenset(found)


def _table(font: bytes, tag: bytes) -> int:
    for index in range(_u16(font, 4)):
        name, _, offset, _ = struct.unpack_from(">4sLLL", font, 12 + 16 * index)
        if name == tag:
            return int(offset)
    raise ValueError(f"no table {tag!r}")


def _u16(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 2], "big")
