"""What the first visit loads stays small, whole and under our own roof."""

import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.core.management import call_command

from scripts.build_icons import USED

STATIC = settings.ROOT / "openopco" / "web" / "static"
TEMPLATES = settings.ROOT / "openopco" / "web" / "templates"
FIRST_VISIT_BYTES = 45_000


def compressed(file: Path) -> int:
    return len(brotli.compress(file.read_bytes()))


def test_all_styles_scripts_and_icons_fit_in_the_budget() -> None:
    files = [*STATIC.rglob("*.css"), *STATIC.rglob("*.js"), *STATIC.rglob("*.svg")]
    assert sum(compressed(file) for file in files) < FIRST_VISIT_BYTES


@pytest.mark.parametrize("file", sorted(STATIC.rglob("*.css")), ids=lambda file: file.name)
def test_styles_load_nothing_from_elsewhere(file: Path) -> None:
    addresses = re.findall(r"url\(([^)]*)\)", file.read_text())
    assert all(address.strip("\"'").startswith("../icons/") for address in addresses)
    assert "@import" not in file.read_text()


@pytest.mark.parametrize("file", sorted(STATIC.rglob("*.js")), ids=lambda file: file.name)
def test_scripts_keep_nothing_in_the_browser_and_evaluate_nothing(file: Path) -> None:
    text = file.read_text()
    for forbidden in (
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "document.cookie",
        "eval(",
        "new Function",
        ".style.",
    ):
        assert forbidden not in text


def test_every_icon_used_is_in_the_sprite() -> None:
    sprite = (STATIC / "icons" / "sprite.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    used = {
        name for file in TEMPLATES.rglob("*.html") for name in re.findall(r'{% icon "([\w-]+)" %}', file.read_text())
    }
    assert used <= drawn
    assert drawn == set(USED)


def test_names_carry_their_digest_imports_included(tmp_path: Path, settings: object) -> None:
    settings.STATIC_ROOT = tmp_path  # type: ignore[attr-defined]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "openopco.web.storage.StaticStorage"}}  # type: ignore[attr-defined]
    call_command("collectstatic", verbosity=0, interactive=False)
    [entry] = tmp_path.glob("js/app.*.js")
    text = entry.read_text()
    for imported in re.findall(r'import\(?\s*"([^"]+)"', text):
        assert re.search(r"\.[0-9a-f]{12}\.js$", imported), imported
        assert (entry.parent / imported).is_file()
    [forms] = tmp_path.glob("css/forms.*.css")
    assert re.search(r"chevron-down\.[0-9a-f]{12}\.svg", forms.read_text())
