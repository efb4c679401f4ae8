"""The user guide: the pages of docs/guide, in one tagged PDF, made once for each of their versions."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from openopco.base import pdf
from openopco.opco.identities import identity
from openopco.opco.markdown import BadPage, blocks_of, pictures_of
from openopco.opco.texts.letters import brand

# Raised when what this file or the template makes of the same pages changes.
EDITION = 1
_KEPT = 3
_BRACED = re.compile(r"\{(opco|produit|email|telephone)\}")


def guide_path() -> Path:
    """The guide's PDF, made now (a second) where the pages, the template or the OPCO's name changed since.

    Needs no database, so any request may call it. Raises `pdf.PdfFailed`, `BadPage`."""
    folder = Path(settings.VAR) / "guide"
    path = folder / f"{_digest()[:32]}.pdf"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write_whole(path, build())
        _forget_old(folder)
    return path


def build() -> bytes:
    """The PDF itself, from the pages as they are now. Raises `pdf.PdfFailed`, `BadPage`."""
    who = identity()
    chapters = [_chapter(page) for page in pages()]
    data: dict[str, Any] = {
        **brand(),
        "title": f"Guide d'utilisation de {who.product}",
        "subtitle": f"{who.name} — faire financer et suivre vos formations",
        "version": f"édition {_digest()[:6]}",
        "chapters": chapters,
    }
    files = {name: _picture(name) for chapter in chapters for name in pictures_of(chapter)}
    # The same pages make the same bytes: no date of the day goes in.
    return pdf.render("guide", data, files=files, at=datetime(2027, 1, 1, tzinfo=UTC))


def pages() -> list[Path]:
    """The guide's pages, in the order of their names: 01-premiers-pas.md first."""
    return sorted(_folder().glob("[0-9]*.md"))


def _folder() -> Path:
    return Path(settings.ROOT) / "docs" / "guide"


def _chapter(page: Path) -> list[dict[str, Any]]:
    try:
        blocks = blocks_of(_named(page.read_text(encoding="utf-8")))
    except BadPage as error:
        raise BadPage(f"{page.name} : {error}") from error
    if not blocks or blocks[0]["kind"] != "heading" or blocks[0]["level"] != 1:
        raise BadPage(f"{page.name} : la page doit commencer par un titre « # … »")
    return blocks


def _named(text: str) -> str:
    """The page with this OPCO's name, product, e-mail and phone where it says {opco}, {produit}, {email}, {telephone}."""
    who = identity()
    words = {"opco": who.name, "produit": who.product, "email": who.email, "telephone": who.phone}
    return _BRACED.sub(lambda found: words[found[1]] or "votre conseiller", text)


def _picture(name: str) -> bytes:
    path = _folder() / "images" / name
    if not path.is_file():
        raise BadPage(f"l'image docs/guide/images/{name} manque")
    return path.read_bytes()


def _digest() -> str:
    """Changes with anything that the PDF is made of."""
    digest = hashlib.sha256(f"{EDITION}|{identity()}".encode())
    for path in _sources():
        digest.update(f"|{path.name}|{path.stat().st_size}|".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    yield from pages()
    yield from sorted(path for path in (_folder() / "images").glob("*") if path.is_file())
    yield from sorted(pdf.TEMPLATES.glob("*.typ"))


def _write_whole(path: Path, content: bytes) -> None:
    """All of it or nothing: two processes may make the guide at once, and one may be killed."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)


def _forget_old(folder: Path) -> None:
    made = sorted(folder.glob("*.pdf"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in made[_KEPT:]:
        path.unlink(missing_ok=True)
