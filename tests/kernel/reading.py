"""What a parser makes of a text: a value, or a refusal."""

from collections.abc import Callable
from typing import TypeVar

from openopco.kernel.errors import InvalidValue

T = TypeVar("T")


def read_or_refusal(parse: Callable[[str], T], raw: str) -> tuple[T | None, str]:
    """The value read and no message, or None and the message. Any other error is the parser's fault, and goes up."""
    try:
        return parse(raw), ""
    except InvalidValue as refusal:
        return None, refusal.message
