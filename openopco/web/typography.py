"""French spaces that no line may break at, put in the pages' own words as templates are loaded: authors type plain spaces,
readers never find « : » or « ? » alone at the start of a line."""

import re

from django.template import Origin
from django.template.loaders import filesystem

NO_BREAK, NARROW = "\u00a0", "\u202f"
RULES = (
    (re.compile(r" :(?=\s|$)"), f"{NO_BREAK}:"),
    (re.compile(r" ([;!?])"), rf"{NARROW}\1"),
    (re.compile(r"« "), f"«{NO_BREAK}"),
    (re.compile(r" »"), f"{NO_BREAK}»"),
)
COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)
TAG = re.compile(r"({%.*?%}|{{.*?}})", re.DOTALL)
# Where a space is no matter of lines: the window's title, what is typed, what is no text.
PLAIN_BLOCK = re.compile(r"{% block \w*title %}")
PLAIN_ELEMENT = re.compile(r"/?(script|style|textarea|title)\b")


def no_orphans(text: str) -> str:
    """`text` with the spaces of French punctuation that do not break. Doing it twice changes nothing."""
    for pattern, spaced in RULES:
        text = pattern.sub(spaced, text)
    return text


def in_template(source: str) -> str:
    """The source of a template with `no_orphans` in its text: not in its tags, its attributes, nor the window's title."""
    walk = _Walk()
    return "".join(walk.step(part) for part in TAG.split(COMMENT.sub("", source)))


class _Walk:
    """Where one is in the source: inside a tag of HTML, an element or a block whose text stays as it is."""

    def __init__(self) -> None:
        self.in_tag = False
        self.in_plain = False
        self.depth = 0

    def step(self, part: str) -> str:
        if part.startswith("{"):
            self._note_block(part)
            return part
        if self.depth:
            return part
        return "".join(self._piece(piece) for piece in re.split(r"(<|>)", part))

    def _note_block(self, tag: str) -> None:
        opens = tag.startswith("{% block ")
        if self.depth or PLAIN_BLOCK.match(tag):
            self.depth += opens - tag.startswith("{% endblock")

    def _piece(self, piece: str) -> str:
        if piece in ("<", ">"):
            self.in_tag = piece == "<"
            return piece
        named = PLAIN_ELEMENT.match(piece) if self.in_tag else None
        if named:
            self.in_plain = not piece.startswith("/")
        return piece if self.in_tag or self.in_plain else no_orphans(piece)


class Loader(filesystem.Loader):
    """The pages' own templates. Mails in plain text are left as they are."""

    def get_contents(self, origin: Origin) -> str:
        source = super().get_contents(origin)
        return in_template(source) if origin.name.endswith(".html") else source
