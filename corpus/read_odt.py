"""OpenDocument texts (.odt): paragraphs, headings, lists, tables, notes; tracked deletions and contents left out."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from .errors import BriefError
from .finds import LIKELY, WEAK, Find, Made
from .parsed import LeftOut, Parsed
from .pdf_lines import tidy
from .tables import table_lines
from .zipped import Container, attribute, local

_INDEXES = {
    "table-of-content",
    "illustration-index",
    "table-index",
    "object-index",
    "user-index",
    "alphabetical-index",
}
_SKIPPED = {"annotation", "tracked-changes", "sequence-decls", "variable-decls", "forms", "desc", "title", "ruby-text"}
_PARTS = {"list", "list-item", "list-header", "section", "text-box", "index-body", "frame", "g", "custom-shape", "text"}


def read_odt(data: bytes) -> Parsed:
    """Return the text of an OpenDocument text, headings as Markdown, each note below its paragraph.

    Raises:
        BriefError: it is damaged or has no text part.
    """
    container = Container(data)
    root = container.xml("content.xml")
    body = next((element for element in root.iter() if local(element) == "text"), None) if root is not None else None
    if body is None:
        raise BriefError("found an OpenDocument file without text, expected a text document; save it again")
    reader = _Reader()
    lines = list(reader.blocks(body))
    reader.left_out += _edges(container)
    finds, made = _properties(container)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return Parsed(text, (), (*finds, *reader.finds), made, tuple(reader.left_out))


class _Reader:
    """Reads blocks; keeps the notes called in the paragraph at hand, and what was left out."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.finds: list[Find] = []
        self.left_out: list[LeftOut] = []

    def blocks(self, parent: Any, listed: bool = False) -> Iterator[str]:
        """The lines below `parent`, blank lines between paragraphs."""
        for child in parent:
            kind = local(child)
            if kind in ("p", "h"):
                yield from self._paragraph(child, kind, listed)
            elif kind == "table":
                rows = [
                    [" ".join(line for line in self.blocks(cell) if line) for cell in row if _is_cell(cell)]
                    for row in _rows(child)
                ]
                yield from table_lines(rows)
                yield ""
            elif kind in _INDEXES:
                said = tidy(" ".join(self._said(part) for part in child.iter() if local(part) == "p"))
                if said:
                    self.left_out.append(LeftOut(said[:20_000], "table of contents"))
            elif kind in _PARTS:
                yield from self.blocks(child, listed or kind == "list")

    def _paragraph(self, element: Any, kind: str, listed: bool) -> Iterator[str]:
        lines = [line for part in self._said(element).split("\n") if (line := tidy(part))]
        style = attribute(element, "style-name").lower()
        if lines:
            text = "\n".join(lines)
            if kind == "h":
                level = attribute(element, "outline-level")
                yield f"{'#' * min(6, int(level) if level.isdigit() else 1)} {' '.join(lines)}"
            elif style == "title":
                self.finds.append(Find("title", " ".join(lines), "paragraph of style Title", LIKELY))
                yield f"# {' '.join(lines)}"
            else:
                yield f"- {text}" if listed else text
            yield ""
        notes, self.notes = self.notes, []
        for note in notes:
            yield from (note, "")
        for box in element.iter():
            if local(box) == "text-box":
                yield from self.blocks(box)

    def _said(self, element: Any) -> str:
        """The characters of a paragraph; text boxes within it are read apart."""
        parts = [element.text or ""]
        for child in element:
            kind = local(child)
            if kind == "s" or kind == "tab":
                parts.append(" ")
            elif kind == "line-break":
                parts.append("\n")
            elif kind == "note":
                parts.append(self._note(child))
            elif kind and kind not in _SKIPPED and kind != "text-box":
                parts.append(self._said(child))
            parts.append(child.tail or "")
        return "".join(parts)

    def _note(self, element: Any) -> str:
        mark, said = "", ""
        for child in element:
            if local(child) == "note-citation":
                mark = "".join(child.itertext()).strip()
            elif local(child) == "note-body":
                said = tidy(" ".join(self._said(part) for part in child.iter() if local(part) == "p"))
        if said:
            self.notes.append(f"[Note {mark}] {said}")
        return f"[{mark}]" if said else ""


def _is_cell(element: Any) -> bool:
    return local(element) in ("table-cell", "covered-table-cell")


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if local(child) == "table-row":
            yield child
        elif local(child) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(child)


def _edges(container: Container) -> Iterator[LeftOut]:
    root = container.xml("styles.xml")
    for element in root.iter() if root is not None else ():
        if local(element) in ("header", "footer") and (said := tidy(" ".join(element.itertext()))):
            yield LeftOut(said[:300], "running head" if local(element) == "header" else "running foot")


def _properties(container: Container) -> tuple[list[Find], tuple[Made, ...]]:
    finds: list[Find] = []
    made: list[Made] = []
    root = container.xml("meta.xml")
    for element in root.iter() if root is not None else ():
        name, value = local(element), (element.text or "").strip()
        if name == "title" and value:
            finds.append(Find("title", value, "document property title", WEAK))
        elif name == "initial-creator" and value:
            finds.append(Find("authors", value, "document property initial-creator", 0))
        elif name in ("creation-date", "date") and value:
            try:
                made.append(Made(date.fromisoformat(value[:10]), f"document property {name}", confirmable=False))
            except ValueError:
                continue
    return finds, tuple(made)
