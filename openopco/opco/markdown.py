"""A page of Markdown as plain data for the typesetter. Only what the guide and the letters need; HTML in a page stays text."""

from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

Block = dict[str, Any]
_SCHEMES = {"https", "mailto", "tel"}
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


class BadPage(ValueError):
    """A page says something that can't be shown; the message says what, and near which line."""


def blocks_of(page: str, parser: MarkdownIt = _PARSER) -> list[Block]:
    """The blocks of a page, as far as `parser` reads markup. Raises `BadPage` for a picture without words, a link elsewhere
    than https, mailto or tel."""
    return _blocks(SyntaxTreeNode(parser.parse(page)))


def pictures_of(blocks: list[Block]) -> list[str]:
    """File names of all pictures, in order, those inside lists and notes too."""
    found = []
    for block in blocks:
        if block["kind"] == "picture":
            found.append(str(block["file"]))
        for inner in [*block.get("items", []), block.get("blocks", [])]:
            found += pictures_of(inner)
    return found


def _blocks(node: SyntaxTreeNode) -> list[Block]:
    return [block for child in node.children if (block := _block(child)) is not None]


def _block(node: SyntaxTreeNode) -> Block | None:
    match node.type:
        case "heading":
            return {"kind": "heading", "level": int(node.tag[1]), "parts": _inline(node.children[0])}
        case "paragraph":
            return _paragraph(node.children[0])
        case "bullet_list":
            return {"kind": "bullets", "items": [_blocks(item) for item in node.children]}
        case "ordered_list":
            start = int(node.attrs.get("start", 1))
            return {"kind": "steps", "start": start, "items": [_blocks(item) for item in node.children]}
        case "blockquote":
            return {"kind": "note", "blocks": _blocks(node)}
        case "table":
            return _table(node)
        case "fence" | "code_block":
            return {"kind": "code", "text": node.content.rstrip("\n")}
        case "hr":
            return None
    raise BadPage(f"ligne {_line(node)} : « {node.type} » n'est pas prévu")


def _paragraph(inline: SyntaxTreeNode) -> Block:
    if len(inline.children) == 1 and inline.children[0].type == "image":
        return _picture(inline.children[0])
    return {"kind": "paragraph", "parts": _inline(inline)}


def _picture(node: SyntaxTreeNode) -> Block:
    alt = _plain(node)
    if not alt.strip():
        raise BadPage(f"l'image {node.attrs['src']} n'a pas de texte pour qui ne la voit pas")
    return {
        "kind": "picture",
        "file": str(node.attrs["src"]).rpartition("/")[2],
        "alt": alt,
        "caption": str(node.attrs.get("title", "")),
    }


def _table(node: SyntaxTreeNode) -> Block:
    head, *bodies = node.children
    columns = [_inline(cell.children[0]) for cell in head.children[0].children]
    rows = [[{"parts": _inline(cell.children[0])} for cell in row.children] for body in bodies for row in body.children]
    return {"kind": "table", "columns": columns, "rows": rows}


def _inline(node: SyntaxTreeNode) -> list[Block]:
    return [part for child in node.children for part in _part(child)]


def _part(node: SyntaxTreeNode) -> list[Block]:
    match node.type:
        case "text":
            return [{"kind": "text", "text": node.content}] if node.content else []
        case "softbreak":
            return [{"kind": "text", "text": " "}]
        case "hardbreak":
            return [{"kind": "break"}]
        case "code_inline":
            return [{"kind": "code", "text": node.content}]
        case "strong" | "em":
            return [{"kind": node.type, "parts": _inline(node)}]
        case "link":
            return [_link(node)]
    raise BadPage(f"« {node.type} » n'est pas prévu au milieu d'une phrase")


def _link(node: SyntaxTreeNode) -> Block:
    url = str(node.attrs["href"])
    if urlsplit(url).scheme not in _SCHEMES:
        raise BadPage(f"le lien {url} ne commence pas par https:, mailto: ou tel:")
    return {"kind": "link", "url": url, "parts": _inline(node)}


def _plain(node: SyntaxTreeNode) -> str:
    if not node.children:
        return node.content
    return "".join(_plain(child) for child in node.children)


def _line(node: SyntaxTreeNode) -> int:
    return node.map[0] + 1 if node.map else 0
