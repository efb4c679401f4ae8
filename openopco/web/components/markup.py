"""HTML written in Python, where every page repeats it: a template would take ten times longer to say the same."""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString


def filled(shape: str, *texts: str) -> SafeString:
    """As Django's `format_html`, in a third of the time: each text escaped, unless it is HTML already."""
    return SafeString(shape.format(*map(_escaped, texts)))


def filled_each(shape: str, rows: Iterable[Iterable[str]], between: str = "") -> SafeString:
    """`filled` of each row, side by side."""
    return SafeString(between.join([shape.format(*map(_escaped, texts)) for texts in rows]))


# Stands in a template's HTML for what each request has of its own; no text holds it.
HOLE = SafeString("\0")


def with_hole_filled(html: str, own: SafeString) -> SafeString:
    """HTML that a template gave once for all, with what this request puts in its `HOLE`."""
    return SafeString(html.replace(HOLE, own, 1))


def _escaped(text: str) -> str:
    return text if isinstance(text, SafeString) else escape(text)
