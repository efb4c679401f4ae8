"""The child process that typesets one PDF with typst. It never loads Django."""

import json
import sys
from pathlib import Path
from typing import Any

MEMORY_MEGABYTES, CPU_SECONDS, FILE_MEGABYTES = 2048, 30, 64


def main() -> None:
    """Reads {"root", "template", "output", "fonts", "standards", "at"}; writes the PDF to `output`, and to its standard
    output what typst has to say against the template, if anything."""
    from openopco.base.children import limit_self

    limit_self(memory_megabytes=MEMORY_MEGABYTES, cpu_seconds=CPU_SECONDS, file_megabytes=FILE_MEGABYTES)
    order = json.load(sys.stdin)
    import typst

    try:
        Path(order["output"]).write_bytes(_compile(order))
    except typst.TypstError as error:
        sys.stdout.write(error.diagnostic or error.message)


def _compile(order: dict[str, Any]) -> bytes:
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=order["fonts"])
    compiler = typst.Compiler(
        Path(order["root"], order["template"]), root=Path(order["root"]), font_paths=fonts, ignore_system_fonts=True
    )
    pdf = compiler.compile(format="pdf", pdf_standards=order["standards"], timestamp=order["at"])
    assert isinstance(pdf, bytes)
    return pdf
