"""Looking at a page as it stands: is it accessible, does it fit, and how does it look?

`OPENOPCO_PICTURES=docs/images` keeps a picture of each named look (`make pictures`)."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, ViewportSize

from tests.browser import NARROW, WIDE, assert_accessible, assert_fits, assert_sound

PICTURES = os.environ.get("OPENOPCO_PICTURES", "")
LARGEST = 150_000
TALLEST = 920


def look(page: Page, name: str = "", *, whole: bool = True) -> None:
    """Checks the page in the state it is in, wide and at 320 px; it is left as wide as it was."""
    before = page.viewport_size
    page.set_viewport_size(size_of(NARROW))
    assert_fits(page)
    page.set_viewport_size(before or size_of(WIDE))
    assert_sound(page)
    assert_accessible(page)
    if name and PICTURES:
        take_picture(page, name, whole=whole)


def size_of(size: dict[str, int]) -> ViewportSize:
    return {"width": size["width"], "height": size["height"]}


def take_picture(page: Page, name: str, *, whole: bool = True, **options: Any) -> None:
    """Keeps `name`.png, its top only where it is long, small and without a word on where it was made."""
    page.evaluate("window.scrollTo(0, 0)")
    raw = page.screenshot(full_page=whole, animations="disabled", **options)
    # The screenshot leaves marks of its own behind, which would be taken for the page's.
    page.evaluate("document.querySelectorAll('body [style]').forEach(each => each.removeAttribute('style'))")
    with Image.open(BytesIO(raw)) as shot:
        top = shot.convert("RGB").crop((0, 0, shot.width, min(shot.height, TALLEST)))
        small = top.quantize(96, dither=Image.Dither.NONE)
    folder = Path(PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    small.save(folder / f"{name}.png", optimize=True)
    size = (folder / f"{name}.png").stat().st_size
    assert size < LARGEST, f"{name}.png: {size} bytes"
