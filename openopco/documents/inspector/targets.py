"""Where a PDF may lead: inside itself, or to a page of the web that its reader chooses to open. Nowhere else, and never
by itself: an address of a file server would hand over the reader's Windows password."""

import re
from collections.abc import Iterator

import pikepdf

from openopco.documents.inspector.verdict import Refusal
from openopco.documents.refusals import RefusalCode

# ISO 32000-2, 12.6.3: what is done on opening, on leaving, on printing… without a click.
AUTOMATIC_KEYS = frozenset({"/OpenAction", "/AA"})
_ADDRESS_KEYS = frozenset({"/URI", "/Base", "/F", "/UF", "/DOS", "/Unix", "/Mac"})
_OPEN_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):")
_UNSEEN = re.compile(r"[\x00-\x20\x7f]")
_LONGEST_CHAIN = 100


def refuse_far_target(key: str, value: object, holder: pikepdf.Object) -> None:
    """Raises `Refusal` where an entry of a dictionary names another file, near or far."""
    if isinstance(value, pikepdf.String) and key in _ADDRESS_KEYS and leads_to_a_file(str(value)):
        raise Refusal(RefusalCode.FAR_TARGET)
    # A stream's own « /F » says that its content is in another file.
    if key == "/F" and isinstance(holder, pikepdf.Stream) and value is not None:
        raise Refusal(RefusalCode.FAR_TARGET)


def leads_to_a_file(target: str) -> bool:
    """Whether an address goes to a file server or to a file of the reader's, rather than to a page of the web."""
    plain = _UNSEEN.sub("", target).replace("\\", "/").lower()
    scheme = _SCHEME.match(plain)
    return scheme.group(1) not in _OPEN_SCHEMES if scheme else plain.startswith("//")


def refuse_automatic(key: str, value: pikepdf.Object) -> None:
    """Raises `Refusal` where what comes by itself does more than show a place of the document."""
    # A place instead of an action, an array or its name, is of the document.
    is_action = isinstance(value, pikepdf.Dictionary)
    actions = [action for _, action in value.items()] if key == "/AA" else [value] * is_action
    for action in actions:
        if any(step.get("/S") != pikepdf.Name.GoTo for step in _steps(action)):
            raise Refusal(RefusalCode.AUTOMATIC)


def _steps(action: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """An action and those that follow it."""
    waiting, seen = [action], 0
    while waiting:
        step, seen = waiting.pop(), seen + 1
        if seen > _LONGEST_CHAIN:
            raise Refusal(RefusalCode.TOO_COMPLEX)
        yield step
        following = step.get("/Next")
        if following is not None:
            waiting += list(following) if isinstance(following, pikepdf.Array) else [following]
