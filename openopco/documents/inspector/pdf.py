"""Whether a PDF is a plain document: no lock, no program, nothing hidden inside, nothing that reaches out or explodes
when opened."""

from collections.abc import Iterator

import pikepdf

from openopco.documents.inspector.targets import AUTOMATIC_KEYS, refuse_automatic, refuse_far_target
from openopco.documents.inspector.unpacking import unpacked_size
from openopco.documents.inspector.verdict import Facts, Refusal
from openopco.documents.refusals import RefusalCode
from openopco.documents.rules import LIMITS, is_bomb

_ACTIONS = {
    "/JavaScript": RefusalCode.SCRIPT,
    "/Launch": RefusalCode.LAUNCH,
    "/ImportData": RefusalCode.LAUNCH,
    "/GoToE": RefusalCode.LAUNCH,
    "/GoToR": RefusalCode.FAR_TARGET,
    "/SubmitForm": RefusalCode.FAR_TARGET,
    "/Rendition": RefusalCode.MULTIMEDIA,
    "/Movie": RefusalCode.MULTIMEDIA,
    "/Sound": RefusalCode.MULTIMEDIA,
    "/RichMediaExecute": RefusalCode.MULTIMEDIA,
}
_SUBTYPES = {
    "/RichMedia": RefusalCode.MULTIMEDIA,
    "/3D": RefusalCode.MULTIMEDIA,
    "/Movie": RefusalCode.MULTIMEDIA,
    "/Sound": RefusalCode.MULTIMEDIA,
    "/Screen": RefusalCode.MULTIMEDIA,
    "/FileAttachment": RefusalCode.EMBEDDED_FILE,
}
_KEYS = {
    "/JS": RefusalCode.SCRIPT,
    "/JavaScript": RefusalCode.SCRIPT,
    "/XFA": RefusalCode.XFA,
    "/RichMediaContent": RefusalCode.MULTIMEDIA,
    "/EmbeddedFiles": RefusalCode.EMBEDDED_FILE,
    "/EF": RefusalCode.EMBEDDED_FILE,
    "/RF": RefusalCode.EMBEDDED_FILE,
}
_CONTAINERS = (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)


CARRYING = frozenset({"/EmbeddedFiles", "/EF"})


def inspect_pdf(path: str, size: int, *, permitted: frozenset[str] = frozenset()) -> Facts:
    """`size` in bytes. `permitted`: `CARRYING` for a document that may carry files, which the caller then looks at; what
    they unpack to is counted here with the rest. Raises `Refusal`."""
    try:
        with pikepdf.open(path) as pdf:
            return _inspect_open(pdf, size, permitted)
    except pikepdf.PasswordError as error:
        raise Refusal(RefusalCode.ENCRYPTED) from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError, RuntimeError, ValueError, TypeError) as error:
        raise Refusal(RefusalCode.DAMAGED) from error


def _inspect_open(pdf: pikepdf.Pdf, size: int, permitted: frozenset[str]) -> Facts:
    if pdf.is_encrypted:
        raise Refusal(RefusalCode.ENCRYPTED)
    if len(pdf.objects) > LIMITS.pdf_objects:
        raise Refusal(RefusalCode.TOO_COMPLEX)
    pages = len(pdf.pages)
    if pages == 0:
        raise Refusal(RefusalCode.DAMAGED)
    if pages > LIMITS.pdf_pages:
        raise Refusal(RefusalCode.TOO_MANY_PAGES)
    _inspect_objects(pdf, size, permitted)
    return Facts("pdf", pages)


def _inspect_objects(pdf: pikepdf.Pdf, size: int, permitted: frozenset[str]) -> None:
    unpacked = 0
    automatic = _refuse_dangerous(pdf.trailer, permitted)
    for top in pdf.objects:
        if not isinstance(top, _CONTAINERS):
            continue
        automatic += _refuse_dangerous(top, permitted)
        if isinstance(top, pikepdf.Stream):
            _refuse_pixel_flood(top)
            unpacked += unpacked_size(top, LIMITS.unpacked_megabytes * 2**20 - unpacked)
            if is_bomb(size, unpacked):
                raise Refusal(RefusalCode.TOO_COMPLEX)
    # Last, so that a script is called a script.
    for key, value in automatic:
        refuse_automatic(key, value)


def _refuse_dangerous(top: pikepdf.Object, permitted: frozenset[str]) -> list[tuple[str, pikepdf.Object]]:
    """What it holds that comes by itself, to be looked at with the whole document known."""
    automatic = []
    for part in _direct_parts(top):
        for key, value in part.items():
            if key in _KEYS and key not in permitted and not _is_empty(value):
                raise Refusal(_KEYS[key])
            if key in AUTOMATIC_KEYS and value is not None:
                automatic.append((key, value))
            refuse_far_target(key, value, part)
        _refuse_name(part.get("/S"), _ACTIONS)
        _refuse_name(part.get("/Subtype"), _SUBTYPES)
    return automatic


def _direct_parts(top: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The dictionaries written inside this object; what it refers to is walked on its own turn."""
    waiting = [top]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, pikepdf.Array):
            yield part
        children = list(part) if isinstance(part, pikepdf.Array) else [value for _, value in part.items()]
        waiting += [child for child in children if isinstance(child, _CONTAINERS) and not child.is_indirect]


def _refuse_name(value: object, refused: dict[str, RefusalCode]) -> None:
    if isinstance(value, pikepdf.Name) and str(value) in refused:
        raise Refusal(refused[str(value)])


def _is_empty(value: object) -> bool:
    """An empty name tree of embedded files is left behind by many a producer, and holds nothing."""
    if isinstance(value, pikepdf.Dictionary):
        return all(_is_empty(child) for _, child in value.items())
    return value is None or (isinstance(value, pikepdf.Array) and len(value) == 0)


def _refuse_pixel_flood(stream: pikepdf.Object) -> None:
    width, height = stream.get("/Width"), stream.get("/Height")
    if stream.get("/Subtype") != pikepdf.Name.Image or width is None or height is None:
        return
    # Scans of plans are black and white, one bit a pixel: the limit is on what they take in memory.
    bits = int(stream.get("/BitsPerComponent", 1))
    if int(width) * int(height) * bits > LIMITS.image_megapixels * 1_000_000 * 8:
        raise Refusal(RefusalCode.TOO_MANY_PIXELS)
