"""Builds the icons of the pages from the npm package `lucide-static` (ISC): one sprite with only those that are used.

Usage: python scripts/build_icons.py PATH-OF-THE-UNPACKED-PACKAGE (`npm pack lucide-static`, then untar it)."""

import re
import sys
from pathlib import Path

ICONS = Path(__file__).resolve().parents[1] / "openopco" / "web" / "static" / "icons"
USED = {
    "bell": "bell",
    "building": "building-2",
    "calendar": "calendar",
    "check": "check",
    "chevron-down": "chevron-down",
    "chevron-left": "chevron-left",
    "chevron-right": "chevron-right",
    "circle": "circle",
    "circle-alert": "circle-alert",
    "circle-check": "circle-check",
    "circle-help": "circle-question-mark",
    "circle-user": "circle-user-round",
    "clock": "clock",
    "copy": "copy",
    "download": "download",
    "eye": "eye",
    "file": "file-text",
    "filter": "list-filter",
    "folder-open": "folder-open",
    "inbox": "inbox",
    "info": "info",
    "log-out": "log-out",
    "mail": "mail",
    "menu": "menu",
    "message": "message-square",
    "pencil": "pencil",
    "plus": "plus",
    "refresh-cw": "refresh-cw",
    "search": "search",
    "shield": "shield-check",
    "star": "star",
    "trash": "trash-2",
    "triangle-alert": "triangle-alert",
    "upload": "upload",
    "user": "user",
    "users": "users",
    "x": "x",
}
CHEVRON_COLOUR = "#14262a"
FAVICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#0b6e74"/>
<path d="M7 23V9l9 9 9-9v14" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>
<circle cx="16" cy="25" r="2.5" fill="#ffc72c"/></svg>
"""


def shapes(package: Path, name: str) -> str:
    """What is drawn inside an icon's 24 × 24 box."""
    text = (package / "icons" / f"{name}.svg").read_text()
    inside = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    return re.sub(r"\s+", " ", inside).strip().replace(" />", "/>").replace("> <", "><")


def sprite(package: Path) -> str:
    symbols = [
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round">{shapes(package, source)}</symbol>'
        for name, source in USED.items()
    ]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def chevron(package: Path) -> str:
    """The arrow of lists of choices: a background image, which knows no current colour."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{CHEVRON_COLOUR}" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{shapes(package, "chevron-down")}</svg>\n'
    )


def main() -> None:
    package = Path(sys.argv[1])
    ICONS.mkdir(parents=True, exist_ok=True)
    (ICONS / "sprite.svg").write_text(sprite(package))
    (ICONS / "chevron-down.svg").write_text(chevron(package))
    (ICONS / "favicon.svg").write_text(FAVICON)
    (ICONS / "LICENSE-lucide.txt").write_text((package / "LICENSE").read_text())


if __name__ == "__main__":
    main()
