"""A tree of HTML into text: blocks as paragraphs, headings as Markdown, tables row by row, notes marked."""

import re
from collections.abc import Iterator
from typing import Any

from .pdf_lines import tidy
from .tables import table_lines
from .zipped import attribute, local

_SKIPPED = {"script", "style", "noscript", "template", "head", "svg", "nav", "button", "select", "iframe"}
_INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "label", "mark", "q", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr",
}  # fmt: skip


def markup_text(root: Any) -> str:
    """Return the text below `root`."""
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(block for block in _blocks(root) if block)).strip()


def _blocks(element: Any) -> Iterator[str]:
    """Paragraphs, in order; inline text between blocks makes one of its own."""
    inline: list[str] = [_flat(element.text)]

    def gathered() -> Iterator[str]:
        said = _lines("".join(inline))
        inline.clear()
        if said:
            yield said

    for child in element:
        kind = local(child).lower()
        if kind in _SKIPPED or _is_hidden(child):
            pass
        elif kind in _INLINE and not _has_blocks(child):
            inline.append(_said(child))
        elif kind == "br":
            inline.append("\n")
        elif kind:
            yield from gathered()
            yield from _block(child, kind)
        inline.append(_flat(child.tail))
    yield from gathered()


def _block(element: Any, kind: str) -> Iterator[str]:
    if re.fullmatch(r"h[1-6]", kind):
        said = _lines(_said(element)).replace("\n", " ")
        yield f"{'#' * int(kind[1])} {said}" if said else ""
    elif kind == "table" and not _is_layout(element):
        rows = [
            [_lines(_said(cell)) for cell in row if local(cell).lower() in ("td", "th")]
            for row in element.iter()
            if local(row).lower() == "tr"
        ]
        yield "\n".join(table_lines(rows))
    elif kind == "li":
        blocks = list(_blocks(element))
        yield from [f"- {blocks[0]}", *blocks[1:]] if blocks else []
    elif "footnote" in attribute(element, "type") or "doc-footnote" in attribute(element, "role"):
        said = " ".join(_blocks(element))
        yield f"[Note] {said}" if said else ""
    else:
        yield from _blocks(element)


def _is_layout(table: Any) -> bool:
    """Whether the table only places parts of a page: it holds tables, headings or several paragraphs in a cell."""
    return any(local(part).lower() in ("table", "h1", "h2", "h3", "ul") for part in table.iterdescendants()) or any(
        sum(local(part).lower() == "p" for part in cell.iter()) > 3
        for cell in table.iter()
        if local(cell).lower() == "td"
    )


def _has_blocks(element: Any) -> bool:
    return any(
        local(part).lower() not in _INLINE and local(part).lower() not in ("br", "")
        for part in element.iterdescendants()
    )


def _is_hidden(element: Any) -> bool:
    kind = attribute(element, "type")
    return "toc" in kind.split() or "pagebreak" in kind.split() or element.get("hidden") is not None


def _said(element: Any) -> str:
    parts = [_flat(element.text)]
    for child in element:
        kind = local(child).lower()
        if kind == "br":
            parts.append("\n")
        elif kind and kind not in _SKIPPED and not _is_hidden(child):
            said = _said(child)
            parts.append(said if kind in _INLINE else f" {said} ")
        parts.append(_flat(child.tail))
    return "".join(parts)


def _flat(text: str | None) -> str:
    """White space of the source is one space: only <br> ends a line."""
    return re.sub(r"\s+", " ", text or "")


def _lines(text: str) -> str:
    return "\n".join(line for part in text.split("\n") if (line := tidy(part)))
