"""A template and its values make the blocks of a letter or the text of a mail. Pure: the same ones always make the same.

One rule stands for all conditions: a paragraph, a title or a line of a list one of whose variables is empty is left out."""

import re
from collections.abc import Mapping
from typing import Any, Final

from markdown_it import MarkdownIt

from openopco.kernel.text import clean_line
from openopco.opco.markdown import Block, blocks_of
from openopco.opco.texts.syntax import BRACED, Shape, Values, Variable, fill, names_in, pieces_of, written

Variables = Mapping[str, Variable]
# A letter has titles, paragraphs, lists, notes, bold, links. Nothing that would read a file, nothing one makes by mistake.
_PARSER: Final = MarkdownIt("commonmark", {"html": False}).disable(
    ["code", "fence", "hr", "lheading", "reference", "html_block", "html_inline", "image", "backticks"]
)
_ONE_END: Final = re.compile(r"(?<!\n)\n(?!\n)")
_PARAGRAPHS: Final = re.compile(r"\n[ \t]*\n+")


def letter_blocks(body: str, variables: Variables, values: Values) -> list[Block]:
    """The blocks of a letter, as the typesetter and the pages show them. Raises `BadPage` for a link elsewhere than https,
    mailto or tel."""
    return _filled(blocks_of(_with_ends(body), _PARSER), variables, values)


def plain_text(body: str, variables: Variables, values: Values) -> str:
    """The text of a mail: no markup, paragraphs parted by a blank line."""
    kept = [part for part in _PARAGRAPHS.split(body.strip()) if not _lacks(part, variables, values)]
    return "\n\n".join(fill(part, values, variables, _as_words).strip() for part in kept) + "\n"


def one_line(subject: str, variables: Variables, values: Values) -> str:
    """A subject: one line whatever its values hold, so that none can add a header to a mail."""
    line = clean_line(fill(subject, values, variables, _as_words))
    # What joins letters in some writings is invisible too, and no header may hold it.
    return "".join(letter for letter in line if letter.isprintable())


def is_empty(value: Any) -> bool:
    return not value or (isinstance(value, str) and not value.strip())


def _lacks(text: str, variables: Variables, values: Values) -> bool:
    return any(is_empty(values.get(name)) for name in names_in(text) if name in variables)


def _as_words(value: Any) -> str:
    """A value in a text without markup: a list is lines."""
    if isinstance(value, str):
        return value
    return "\n".join(f"- {line if isinstance(line, str) else ' : '.join(line)}" for line in value)


def _with_ends(body: str) -> str:
    """An end of line typed is an end of line printed."""
    return _ONE_END.sub("  \n", body)


# --- blocks ----------------------------------------------------------------------------------------------------------


def _filled(blocks: list[Block], variables: Variables, values: Values, *, top: bool = True) -> list[Block]:
    return [made for block in blocks for made in _block(block, variables, values, top=top)]


def _block(block: Block, variables: Variables, values: Values, *, top: bool) -> list[Block]:
    match block["kind"]:
        case "paragraph" | "heading":
            return _paragraph(block, variables, values, top=top)
        case "bullets" | "steps":
            items = [made for item in block["items"] if (made := _filled(item, variables, values, top=False))]
            return [{**block, "items": items}] if items else []
        case _:
            inside = _filled(block["blocks"], variables, values, top=False)
            return [{**block, "blocks": inside}] if inside else []


def _paragraph(block: Block, variables: Variables, values: Values, *, top: bool) -> list[Block]:
    alone = _alone(block, variables)
    if _lacks(_words(block["parts"]), variables, values):
        return []
    if alone is not None and alone.shape is not Shape.LINE:
        return _standing(alone, values[alone.name])
    parts = _parts(block["parts"], variables, values)
    if block["kind"] == "heading":
        # The letter's own title is above: all of its parts are one level below, and none is inside a list.
        return [{**block, "level": 2, "parts": parts}] if top else [_paragraph_of([{"kind": "strong", "parts": parts}])]
    return [_paragraph_of(parts)]


def _alone(block: Block, variables: Variables) -> Variable | None:
    """The variable that a paragraph is made of, if it is nothing else."""
    found = BRACED.fullmatch(_words(block["parts"]).strip())
    return variables.get(found[1].strip()) if found and block["kind"] == "paragraph" else None


def _standing(variable: Variable, value: Any) -> list[Block]:
    if variable.shape is Shape.TABLE:
        return [{"kind": "facts", "rows": [list(row) for row in value]}]
    if variable.shape is Shape.LIST:
        return [{"kind": "bullets", "items": [[_paragraph_of(_lines(item))] for item in value]}]
    return [_paragraph_of(_lines(part)) for part in _PARAGRAPHS.split(str(value).strip())]


def _paragraph_of(parts: list[Block]) -> Block:
    return {"kind": "paragraph", "parts": parts}


def _words(parts: list[Block]) -> str:
    """What a paragraph says, markup left out."""
    return "".join(part.get("text", "") or _words(part.get("parts", [])) for part in parts)


def _parts(parts: list[Block], variables: Variables, values: Values) -> list[Block]:
    return [made for part in parts for made in _part(part, variables, values)]


def _part(part: Block, variables: Variables, values: Values) -> list[Block]:
    if part["kind"] == "text":
        return _text(part["text"], variables, values)
    if "parts" not in part:
        return [part]
    # The family's italics lack letters that names have: what is stressed is bold.
    kind = "strong" if part["kind"] == "em" else part["kind"]
    return [{**part, "kind": kind, "parts": _parts(part["parts"], variables, values)}]


def _text(text: str, variables: Variables, values: Values) -> list[Block]:
    made: list[Block] = []
    for words, name in pieces_of(text):
        if name in variables:
            made += _lines(_as_words(values[name]))
        elif words or name:
            made.append({"kind": "text", "text": words or written(name)})
    return made


def _lines(text: str) -> list[Block]:
    """A value as it was written, its ends of line kept."""
    made: list[Block] = []
    for rank, line in enumerate(text.strip().split("\n")):
        if rank:
            made.append({"kind": "break"})
        if line:
            made.append({"kind": "text", "text": line})
    return made
