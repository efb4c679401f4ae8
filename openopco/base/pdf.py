"""Tagged PDFs, typeset by typst from our own templates (`openopco/base/typst`) and data that stays data."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from openopco.base import fonts
from openopco.base.children import run_child, start_line

TEMPLATES = Path(__file__).parent / "typst"
SECONDS = 40
_START = start_line("openopco.base.typesetter")


class PdfFailed(RuntimeError):
    """The PDF could not be made: the template is wrong for this data, or took too long. Nobody's fault who clicked."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file carried inside the PDF. `name` is plain ASCII (readers disagree on the rest); PDF/UA wants `description`.
    `relationship`: what it is to the document, of PDF/A-3 ("alternative": the same, told another way)."""

    name: str
    content: bytes
    mime_type: str
    description: str
    relationship: str = "supplement"


def render(
    template_name: str,
    data: Mapping[str, Any],
    *,
    standard: str | Sequence[str] = "ua-1",
    attachments: Sequence[Attachment] = (),
    files: Mapping[str, bytes] | None = None,
    at: datetime | None = None,
) -> bytes:
    """The PDF of a template ("letter" or "letter.typ") with `data` (JSON: strings, numbers, lists, dictionaries).

    Text is shown as it is, never read as markup; a character that the font lacks becomes its base letter or « ? ».
    `standard`: "ua-1" by default, "a-3a"… or several. `files`: pictures by name ("graph.svg"), which the template reads
    under /files/. `at`: the date of creation kept in the PDF, which with the same data gives the same bytes.
    Slow (a fraction of a second): in a job, or on the click that asks for it. Raises `PdfFailed`."""
    with tempfile.TemporaryDirectory(prefix="openopco-pdf-") as folder:
        root = Path(folder, "root")
        shutil.copytree(TEMPLATES, root)
        _write_files(root, files or {})
        carried = [_write_attachment(root, number, one) for number, one in enumerate(attachments)]
        (root / "data.json").write_text(json.dumps(_showable({**data, "attachments": carried}), ensure_ascii=False))
        order = {
            "root": str(root),
            "template": f"{template_name.removesuffix('.typ')}.typ",
            "output": str(Path(folder, "out.pdf")),
            "fonts": [str(fonts.folder())],
            "standards": [standard] if isinstance(standard, str) else list(standard),
            "at": None if at is None else int(at.timestamp()),
        }
        return _typeset(order, Path(folder))


def _typeset(order: dict[str, Any], folder: Path) -> bytes:
    said = folder / "said"
    try:
        with said.open("wb") as out:
            run_child(_START, order, seconds=SECONDS, out=out)
    except subprocess.SubprocessError as error:
        raise PdfFailed(f"{order['template']}: {type(error).__name__}") from error
    complaint = said.read_bytes()[:2000].decode("utf-8", "replace")
    if complaint:
        raise PdfFailed(f"{order['template']}: {complaint}")
    return Path(order["output"]).read_bytes()


def _write_files(root: Path, files: Mapping[str, bytes]) -> None:
    (root / "files").mkdir()
    for name, content in files.items():
        if Path(name).name != name:
            raise PdfFailed(f"{name}: not a plain file name")
        (root / "files" / name).write_bytes(content)


def _write_attachment(root: Path, number: int, attachment: Attachment) -> dict[str, str]:
    if not attachment.name.isascii():
        raise PdfFailed(f"{attachment.name}: not an ASCII name")
    path = f"/files/attachment-{number}"
    (root / path[1:]).write_bytes(attachment.content)
    return {
        "path": path,
        "name": attachment.name,
        "mime_type": attachment.mime_type,
        "description": attachment.description,
        "relationship": attachment.relationship,
    }


def _showable(value: Any) -> Any:
    if isinstance(value, str):
        return fonts.showable(value)
    if isinstance(value, Mapping):
        return {str(key): _showable(child) for key, child in value.items()}
    if isinstance(value, Sequence):
        return [_showable(child) for child in value]
    return value
