"""The pictures of README and guide: all shown, all light, all made again by `make pictures`."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "docs" / "guide" / "images"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))]
HEAVIEST = 150_000


def kept() -> set[str]:
    return {path.name for path in KEPT.glob("*")}


def test_each_picture_is_shown_somewhere_and_each_shown_is_there() -> None:
    shown = {name for page in PAGES for name in re.findall(r"!\[[^\]]+\]\([^)\s]*images/([^)\s]+)", page.read_text())}
    assert shown == kept()


def test_each_is_made_by_a_scenario() -> None:
    scenarios = "".join(path.read_text() for path in (ROOT / "tests" / "scenarios").glob("*.py"))
    assert [name for name in kept() if f'"{name.removesuffix(".png")}"' not in scenarios] == []


def test_none_is_heavy_or_tells_where_it_was_made() -> None:
    for path in KEPT.glob("*"):
        content = path.read_bytes()
        assert len(content) < HEAVIEST, path.name
        assert not re.search(rb"tEXt|iTXt|zTXt|eXIf", content[:2000]), path.name
