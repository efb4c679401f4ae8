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


def _escaped(text: str) -> str:
    return text if isinstance(text, SafeString) else escape(text)
