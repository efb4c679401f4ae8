"""The OPCO's logo: a PNG, or a start refused in clear words; shown in the frame, kept by browsers."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from openopco.opco import logo as room
from openopco.opco.logo import MOST_BYTES, logo


def png(width: int = 120, height: int = 36) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x5b\x2a\x86" * width) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    room._read.cache_clear()


def _use(settings: Any, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    settings.OPCO_OVERRIDES = {"logo": str(path), "name": "OPCO Essai"}


def test_there_is_none_out_of_the_box(db: None) -> None:
    assert logo() is None
    assert b"header-logo" not in Client().get("/").content


def test_a_png_is_read_once_with_its_size(settings: Any, tmp_path: Path) -> None:
    _use(settings, tmp_path / "logo.png", png(120, 36))
    found = logo()
    assert found is not None
    assert (found.width, found.height) == (120, 36)
    assert logo() is found


def test_it_stands_in_the_frame_with_its_words_and_browsers_keep_it(db: None, settings: Any, tmp_path: Path) -> None:
    _use(settings, tmp_path / "logo.png", png())
    found = logo()
    assert found is not None
    page = Client().get("/").content.decode()
    url = f"/logo/{found.digest}.png"
    assert f'src="{url}" alt="OPCO Essai"' in page
    answer = Client().get(url)
    assert (answer["Content-Type"], answer.content) == ("image/png", png())
    assert "immutable" in answer["Cache-Control"]
    assert Client().get("/logo/000000000000.png").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("short.png", b"\x89PNG\r\n\x1a\n"),
        ("lying.png", b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IDAT", 1, 1)),
        ("wide.png", b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 2001, 10)),
        ("heavy.png", png() + b"x" * MOST_BYTES),
    ],
)
def test_anything_else_stops_the_start(settings: Any, tmp_path: Path, name: str, content: bytes) -> None:
    _use(settings, tmp_path / name, content)
    with pytest.raises(ImproperlyConfigured, match="OPENOPCO_LOGO.*PNG"):
        apps.get_app_config("opco").ready()


def test_a_file_that_is_not_there_stops_the_start(settings: Any, tmp_path: Path) -> None:
    settings.OPCO_OVERRIDES = {"logo": str(tmp_path / "absent.png")}
    with pytest.raises(ImproperlyConfigured, match="ne peut pas être lu"):
        apps.get_app_config("opco").ready()
