"""The OPCO's own colours: legible or refused, with their shades. Pure."""

import hashlib
from typing import Final

from openopco.opco.identities import Identity

INK: Final = "#1b1b1b"
LEAST_CONTRAST: Final = 4.5  # WCAG 2.2, 1.4.3: text of normal size
SHIPPED: Final = Identity(slug="", name="")


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two « #rrggbb » colours, from 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: str, other: str, part: float) -> str:
    """`colour` with `part` (0 to 1) of `other` in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * part):02x}" for one, two in pairs)


def lightened(colour: str, part: float) -> str:
    return mixed(colour, "#ffffff", part)


def darkened(colour: str, part: float) -> str:
    return mixed(colour, "#000000", part)


def illegible(identity: Identity) -> list[str]:
    """The colours on which text could not be read, each in a French sentence; none for the shipped ones."""
    pairs = {
        "OPENOPCO_COLOUR_MAIN": (identity.teal, lightened(identity.teal, 0.87)),
        "OPENOPCO_COLOUR_START": (identity.yellow, INK),
        "OPENOPCO_COLOUR_ALERT": (identity.orange, "#ffffff"),
    }
    return [
        f"{variable}={colour} : contraste de {contrast(colour, ground):.1f} avec {ground}, il faut {LEAST_CONTRAST}."
        for variable, (colour, ground) in pairs.items()
        if contrast(colour, ground) < LEAST_CONTRAST
    ]


def theme(identity: Identity) -> str:
    """The sheet that replaces the shipped colours and their shades; empty when they are the shipped ones."""
    shipped = (SHIPPED.teal, SHIPPED.yellow, SHIPPED.orange)
    if (identity.teal.lower(), identity.yellow.lower(), identity.orange.lower()) == shipped:
        return ""
    rules = "".join(f"--{name}:{colour};" for name, colour in _shades(identity).items())
    return f":root{{{rules}}}"


def theme_digest(identity: Identity) -> str:
    """What names the sheet, so that browsers may keep it for ever; empty without one."""
    sheet = theme(identity)
    return hashlib.sha256(sheet.encode()).hexdigest()[:12] if sheet else ""


def _shades(identity: Identity) -> dict[str, str]:
    teal, yellow, orange = identity.teal, identity.yellow, identity.orange
    return {
        "teal-900": darkened(teal, 0.45),
        "teal-800": darkened(teal, 0.22),
        "teal-700": teal,
        "teal-100": lightened(teal, 0.87),
        "teal-50": lightened(teal, 0.93),
        "yellow": yellow,
        "yellow-600": darkened(yellow, 0.08),
        "yellow-100": lightened(yellow, 0.8),
        "orange": orange,
        "orange-700": darkened(orange, 0.22),
    }


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
