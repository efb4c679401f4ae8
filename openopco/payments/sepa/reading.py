"""XML that comes from outside, read as a stranger's: piece by piece, within bounds, without entity, DTD or network."""

from collections.abc import Iterator
from functools import cache
from typing import BinaryIO, Final

from lxml import etree

from openopco.payments.sepa.errors import Hostile, Malformed, TooLarge, UnknownMessage

MEGABYTE = 1024 * 1024
# A notice of 50,000 transfers is of 35 MB.
MOST_BYTES: Final = 100 * MEGABYTE
# A bank's message is a dozen elements deep, and a line of it made of some sixty.
MOST_DEPTH, MOST_ELEMENTS = 40, 2000
_CHUNK, _FIRST_BYTES = 64 * 1024, 256
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
PREFIX = "urn:iso:std:iso:20022:tech:xsd:"


def elements(source: BinaryIO, *, messages: frozenset[str], ends: frozenset[str]) -> Iterator[etree._Element]:
    """The elements whose name is in `ends`, each as it ends, then emptied: read it before asking for the next. What stands
    above and before it can still be read. `messages`: those accepted, « pain.002.001.03 ». Raises RefusedBankFile: what was
    given before is then to be forgotten."""
    reading = _Reading(messages, ends)
    try:
        for piece in _pieces(source, reading):
            reading.parser.feed(piece)
            yield from reading.ended()
        reading.parser.close()
    except etree.XMLSyntaxError as error:
        raise (Hostile if reading.saw_doctype else Malformed) from error
    yield from reading.ended()


class _Reading:
    """Where the parser is, and how much it holds."""

    def __init__(self, messages: frozenset[str], ends: frozenset[str]) -> None:
        self.parser = etree.XMLPullParser(
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        self.has_begun = self.saw_doctype = False
        self._messages, self._ends = messages, ends
        self._depth = self._held = 0

    def ended(self) -> Iterator[etree._Element]:
        for event, element in self.parser.read_events():
            if event == "start":
                self._enter(element)
                continue
            self._depth -= 1
            if local(element) in self._ends:
                yield element
                self._empty(element)

    def _enter(self, element: etree._Element) -> None:
        if not self.has_begun:
            self._check_root(element)
        self._depth, self._held = self._depth + 1, self._held + 1
        if self._depth > MOST_DEPTH or self._held > MOST_ELEMENTS:
            raise Hostile

    def _check_root(self, root: etree._Element) -> None:
        self.has_begun = True
        if root.getroottree().docinfo.doctype:
            raise Hostile
        name = etree.QName(root)
        if name.localname != "Document" or message_of(root) not in self._messages:
            raise UnknownMessage(name.namespace or name.localname)

    def _empty(self, element: etree._Element) -> None:
        """The one before it goes too: it was kept until now because a parser minds losing its latest."""
        self._held = 0
        element.clear()
        before = element.getprevious()
        if before is not None and before.tag == element.tag:
            element.getparent().remove(before)


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def message_of(element: etree._Element) -> str:
    """« pain.002.001.03 », from the namespace of any of its elements."""
    return (etree.QName(element).namespace or "").removeprefix(PREFIX)


def text(element: etree._Element, path: str) -> str:
    """The text at a path of names, « Refs/EndToEndId »; empty where there is none."""
    return (element.findtext(_anywhere(path)) or "").strip()


@cache
def _anywhere(path: str) -> str:
    """Whatever the version that its namespace tells."""
    return "/".join(f"{{*}}{name}" for name in path.split("/"))


def _pieces(source: BinaryIO, reading: _Reading) -> Iterator[bytes]:
    """Small ones until the root is there: a DOCTYPE is refused before anything that leans on it is read."""
    total, first = 0, b""
    while piece := source.read(_CHUNK if reading.has_begun else _FIRST_BYTES):
        total += len(piece)
        if total > MOST_BYTES:
            raise TooLarge
        if not reading.has_begun:
            first += piece
            reading.saw_doctype = any(mark in first for mark in _DOCTYPES)
        yield piece
    if not total:
        raise Malformed
