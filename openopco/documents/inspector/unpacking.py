"""How many bytes a PDF stream becomes once its filters are undone, counted without ever keeping them."""

import zlib

import pikepdf

from openopco.documents.inspector.verdict import Refusal
from openopco.documents.refusals import RefusalCode

_FLATE = {"/FlateDecode", "/Fl"}
# One character of these makes four bytes at most: a picture of an old printer driver is often dressed in them.
_ASCII = {"/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx"}
_OTHER_GENERIC = _ASCII | {"/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"}
# An honest file never packs what is packed already twice over; five filters is beyond any producer seen.
_MOST_FILTERS = 5
_STEP = 1 << 16


def unpacked_size(stream: pikepdf.Object, most: int) -> int:
    """Bytes after every general filter (an image's own, such as DCT, is left). Stops counting past `most`.

    Raises `Refusal` where the filters make no sense, `pikepdf.PdfError` where the data doesn't."""
    raw = stream.read_raw_bytes()
    names = _filters(stream)
    if len(names) > _MOST_FILTERS:
        raise Refusal(RefusalCode.TOO_COMPLEX)
    general = _leading(names, _FLATE | _OTHER_GENERIC)
    flates = _leading(names, _FLATE)
    if set(general) <= _ASCII and len(general) < len(names):
        return 4 * len(raw)
    if len(general) > len(flates):
        return _size_by_library(stream, raw, whole=len(general) == len(names))
    return inflated_size(raw, len(flates), most)


def inflated_size(raw: bytes, times: int, most: int) -> int:
    """Bytes that `raw` becomes after `times` inflations, the largest step counting; at most one step past `most`."""
    if times == 0:
        return len(raw)
    layers = [zlib.decompressobj() for _ in range(times)]
    counts = [0] * times
    _feed(layers, counts, raw, 0, most)
    return max(len(raw), *counts)


def _feed(layers: list["zlib._Decompress"], counts: list[int], data: bytes, depth: int, most: int) -> None:
    while data and counts[depth] <= most and max(counts) <= most:
        try:
            out = layers[depth].decompress(data, _STEP)
        except zlib.error:  # readers show what came before the fault, and so do we count it
            return
        counts[depth] += len(out)
        if depth + 1 < len(layers):
            _feed(layers, counts, out, depth + 1, most)
        data = layers[depth].unconsumed_tail
        if not out:
            return


def _size_by_library(stream: pikepdf.Object, raw: bytes, *, whole: bool) -> int:
    """LZW, run lengths and the ASCII filters are undone by qpdf, under the child's memory limit."""
    if not whole:
        raise Refusal(RefusalCode.TOO_COMPLEX)
    return max(len(raw), len(stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)))


def _filters(stream: pikepdf.Object) -> list[str]:
    value = stream.get("/Filter")
    if value is None:
        return []
    if isinstance(value, pikepdf.Array):
        return [str(name) for name in value]
    return [str(value)]


def _leading(names: list[str], accepted: set[str]) -> list[str]:
    for index, name in enumerate(names):
        if name not in accepted:
            return names[:index]
    return names
