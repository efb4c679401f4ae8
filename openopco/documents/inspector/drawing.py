"""The child process that draws the first pages of a stranger's file: one order on its standard input, JPEG files in the folder
that it names, each there whole or not at all. Bounded as the child that inspects; it never loads Django."""

import io
import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from openopco.base.children import limit_self
from openopco.documents.rules import LIMITS

if TYPE_CHECKING:
    from PIL.Image import Image

_QUALITY = 85


def main() -> None:
    """Reads {"path", "folder", "first", "most"}: the pages to draw, from 1. Draws as far as the file lets it."""
    _limit_self()
    order = json.load(sys.stdin)
    pages = _pages(Path(order["path"]).read_bytes(), order["first"])
    for number, picture in enumerate(islice(pages, order["most"]), start=order["first"]):
        _write(Path(order["folder"], f"{number}.jpg"), picture)


def _limit_self() -> None:
    limit_self(
        memory_megabytes=LIMITS.child_memory_megabytes,
        cpu_seconds=LIMITS.picture_cpu_seconds,
        file_megabytes=LIMITS.picture_megabytes,
    )


def _pages(content: bytes, first: int) -> "Iterator[Image]":
    return _of_pdf(content, first) if content.startswith(b"%PDF-") else _of_image(content, first)


def _of_pdf(content: bytes, first: int) -> "Iterator[Image]":
    import pypdfium2

    with pypdfium2.PdfDocument(content) as pdf:
        # What was typed in a form is drawn with its fields; the library is built without any script engine.
        pdf.init_forms()
        for index in range(first - 1, len(pdf)):
            page = pdf[index]
            width, height = page.get_size()
            scale = min(LIMITS.picture_width / width, LIMITS.picture_height / height)
            yield page.render(scale=scale).to_pil()
            page.close()


def _of_image(content: bytes, first: int) -> "Iterator[Image]":
    from PIL import Image

    if first > 1:
        return
    Image.MAX_IMAGE_PIXELS = LIMITS.image_megapixels * 1_000_000 // 2  # beyond twice this, Pillow refuses
    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as image:
        image.draft("RGB", (LIMITS.picture_width, LIMITS.picture_height))
        image.thumbnail((LIMITS.picture_width, LIMITS.picture_height))
        sheet = Image.new("RGB", image.size, "white")
        shown = image.convert("RGBA")
        sheet.paste(shown, mask=shown)
        yield sheet


def _write(path: Path, picture: "Image") -> None:
    draft = path.with_suffix(".part")
    picture.save(draft, "JPEG", quality=_QUALITY)
    draft.rename(path)
