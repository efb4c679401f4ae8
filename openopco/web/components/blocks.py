"""The blocks of a letter as a page shows them: the same words as its PDF, everything escaped."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from openopco.opco.markdown import Block


def blocks_html(blocks: Sequence[Block], level: int = 3) -> SafeString:
    """Blocks as `openopco.opco.texts` makes them. `level`: that of their titles on the page."""
    return format_html_join("\n", "{}", ((_block(block, level),) for block in blocks))


def _block(block: Block, level: int) -> SafeString:
    match block["kind"]:
        case "heading":
            return format_html("<h{0}>{1}</h{0}>", level, _inline(block["parts"]))
        case "paragraph":
            return format_html("<p>{}</p>", _inline(block["parts"]))
        case "bullets":
            return format_html('<ul class="bulleted">{}</ul>', _items(block, level))
        case "steps":
            return format_html('<ol start="{}">{}</ol>', block["start"], _items(block, level))
        case "facts":
            return format_html('<dl class="facts">{}</dl>', _rows(block["rows"]))
    return format_html('<div class="quoted">{}</div>', blocks_html(block["blocks"], level))


def _items(block: Block, level: int) -> SafeString:
    return format_html_join("", "<li>{}</li>", ((blocks_html(item, level),) for item in block["items"]))


def _rows(rows: Sequence[Sequence[str]]) -> SafeString:
    return format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", rows)


def _inline(parts: Sequence[Block]) -> SafeString:
    return format_html_join("", "{}", ((_part(part),) for part in parts))


def _part(part: Block) -> SafeString:
    match part["kind"]:
        case "break":
            return format_html("<br>{}", "")
        case "strong":
            return format_html("<strong>{}</strong>", _inline(part["parts"]))
        case "link":
            return format_html('<a href="{}" rel="noopener">{}</a>', part["url"], _inline(part["parts"]))
    return format_html("{}", part["text"])
