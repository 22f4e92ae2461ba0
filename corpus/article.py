"""trafilatura's tree of an article into paragraphs: headings as Markdown, lists, tables row by row."""

import re
from collections.abc import Iterator
from typing import Any

from .pdf_lines import tidy
from .tables import table_lines


def article_blocks(body: Any) -> Iterator[str]:
    """Yield the paragraphs of the article below `body`; text outside of any block makes one of its own."""
    yield _lines(body.text or "")
    for element in body:
        yield from _block(element)
        yield _lines(element.tail or "")


def with_lost(blocks: list[str], page: Any) -> list[str]:
    """Return the blocks with paragraphs of the page that were lost: those in containers like the kept ones'.

    Some sites cut an article into several containers of one class with advertisements between; of these only the first
    may be kept. A paragraph is lost when it is prose and its parent has the tag and class of one whose paragraphs
    were kept.
    """
    kept = {_key(block) for block in blocks}
    whole = " ".join(kept)
    paragraphs = [(element, _lines(_said(element))) for element in page.iter("p")]
    prose = [(element, said) for element, said in paragraphs if len(said) >= 80 and not framed(element)]
    found = [(_place(element), _key(said) in kept or _key(said) in whole, said) for element, said in prose]
    places = {place for place, known, _ in found if known}
    lost = [said for place, known, said in found if place in places and place[1] and not known]
    if sum(map(len, lost)) < 0.3 * sum(map(len, blocks)):
        return blocks
    ordered: list[str] = []
    rest = list(blocks)
    for place, known, said in found:
        if known:
            while rest and _key(said) not in {_key(rest[0])} and _key(said) in {_key(block) for block in rest}:
                ordered.append(rest.pop(0))
            if rest and _key(rest[0]) == _key(said):
                ordered.append(rest.pop(0))
        elif place in places and place[1]:
            ordered.append(said)
    return [*ordered, *rest]


def _place(paragraph: Any) -> tuple[str, str]:
    parent = paragraph.getparent()
    return (parent.tag, parent.get("class") or "") if parent is not None else ("", "")


def framed(element: Any) -> bool:
    """Return whether the element stands in a frame of the page: navigation, a margin, a form."""
    return any(above.tag in ("nav", "footer", "aside", "header", "form", "figure") for above in element.iterancestors())


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _block(element: Any) -> Iterator[str]:
    kind = element.tag
    if kind == "head":
        level = re.sub(r"\D", "", element.get("rend") or "") or "2"
        said = _lines(_said(element)).replace("\n", " ")
        yield f"{'#' * min(6, max(1, int(level)))} {said}" if said else ""
    elif kind == "list":
        items = [_lines(_said(item)) for item in element.iter("item")]
        yield "\n".join(f"- {item}" for item in items if item)
    elif kind == "table":
        rows = [[_lines(_said(cell)).replace("\n", " ") for cell in row.iter("cell")] for row in element.iter("row")]
        yield "\n".join(table_lines(rows))
    elif kind in ("div", "quote") and any(child.tag in ("p", "head", "list", "table", "quote") for child in element):
        yield from article_blocks(element)
    else:
        yield _lines(_said(element))


def _said(element: Any) -> str:
    """The characters of an element; a marked line end is kept, white space of the source is one space."""
    parts = [re.sub(r"\s+", " ", element.text or "")]
    for child in element:
        parts.append("\n" if child.tag == "lb" else _said(child))
        if child.tag in ("p", "item", "cell", "row", "head"):
            parts.append(" ")
        parts.append(re.sub(r"\s+", " ", child.tail or ""))
    return "".join(parts)


def _lines(text: str) -> str:
    return "\n".join(line for part in text.split("\n") if (line := tidy(part)))
