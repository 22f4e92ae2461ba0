"""Word documents (.docx): paragraphs, headings, lists, tables, notes; heads, feet, comments and contents left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .errors import BriefError
from .finds import LIKELY, WEAK, Find, Made
from .headline import is_name
from .parsed import LeftOut, Parsed
from .pdf_lines import tidy
from .tables import table_lines
from .zipped import Container, attribute, local

_SKIPPED = {"del", "moveFrom", "instrText", "delText", "Fallback", "pPr", "rPr", "sdtPr", "tblPr"}


@dataclass(slots=True)
class _Word:
    """What is known of the document while its body is read."""

    styles: dict[str, str]
    notes: dict[str, str]
    pending: list[str] = field(default_factory=list)  # notes called in the paragraph at hand
    finds: list[Find] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def read_docx(data: bytes) -> Parsed:
    """Return the text of a Word document, headings as Markdown, each note below the paragraph that calls it.

    Raises:
        BriefError: it is damaged or has no body.
    """
    container = Container(data)
    root = container.xml(_main_part(container))
    body = next((child for child in root if local(child) == "body"), None) if root is not None else None
    if body is None:
        raise BriefError("found a Word file without a body, expected a whole document; save it again")
    word = _Word(_styles(container), _notes(container))
    lines = list(_blocks(body, word))
    word.left_out += _edges(container)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    finds, made = office_properties(container)
    return Parsed(text, (), (*finds, *word.finds), made, tuple(word.left_out))


def _main_part(container: Container) -> str:
    named = sorted(name for name in container.names if re.fullmatch(r"word/document\d*\.xml", name))
    return "word/document.xml" if "word/document.xml" in named or not named else named[0]


def _styles(container: Container) -> dict[str, str]:
    """Style id -> its name in lower case: "Heading1" -> "heading 1"."""
    root = container.xml("word/styles.xml")
    found: dict[str, str] = {}
    for style in root if root is not None else ():
        name = next((attribute(child, "val") for child in style if local(child) == "name"), "")
        if local(style) == "style":
            found[attribute(style, "styleId")] = name.lower()
    return found


def _notes(container: Container) -> dict[str, str]:
    """ "footnote 2" -> its text."""
    found: dict[str, str] = {}
    for kind in ("footnote", "endnote"):
        root = container.xml(f"word/{kind}s.xml")
        for note in root if root is not None else ():
            if attribute(note, "type") in ("separator", "continuationSeparator"):
                continue
            said = " ".join(_runs(part, None) for part in note.iter() if local(part) == "p")
            found[f"{kind} {attribute(note, 'id')}"] = tidy(said)
    return found


def _edges(container: Container) -> Iterator[LeftOut]:
    """Heads, feet and comments, which are not the text."""
    for name in sorted(container.names):
        match = re.fullmatch(r"word/(header|footer|comments)\d*\.xml", name)
        root = container.xml(name) if match else None
        if match and root is not None:
            said = tidy(" ".join(_runs(part, None) for part in root.iter() if local(part) == "p"))
            if said:
                reason = (
                    "comment" if match[1] == "comments" else f"running {'head' if match[1] == 'header' else 'foot'}"
                )
                yield LeftOut(said[:3_000], reason)


def _blocks(parent: Any, word: _Word) -> Iterator[str]:
    """The lines of paragraphs and tables, blank lines between."""
    for child in parent:
        kind = local(child)
        if kind == "p":
            yield from _paragraph(child, word)
        elif kind == "tbl":
            yield from _table(child, word)
        elif kind in ("sdt", "sdtContent", "smartTag", "customXml", "ins", "moveTo"):
            yield from _blocks(child, word)


def _paragraph(element: Any, word: _Word) -> Iterator[str]:
    style, listed, level = _style(element, word)
    said = _runs(element, word)
    lines = [line for part in said.split("\n") if (line := tidy(part))]
    boxes = [box for box in element.iter() if local(box) == "txbxContent" and not _within(box, "Fallback")]
    led = any(local(tab) in ("tab", "ptab") and attribute(tab, "leader") == "dot" for tab in element.iter())
    if lines and (style.startswith("toc ") or (led and re.search(r"[\divx]$", lines[-1]))):
        word.left_out.append(LeftOut(" ".join(lines), "table of contents"))
        lines = []
    if lines:
        text = "\n".join(lines)
        heading = re.match(r"heading (\d)", style)
        if style in ("title", "subtitle"):
            if style == "title":
                word.finds.append(Find("title", " ".join(lines), "paragraph of style Title", LIKELY))
            yield f"# {' '.join(lines)}" if style == "title" else text
        elif heading or level:
            yield f"{'#' * min(6, int(heading[1]) if heading else level)} {' '.join(lines)}"
        else:
            yield f"- {text}" if listed else text
        yield ""
    notes, word.pending = word.pending, []
    for note in notes:
        yield from (note, "")
    for box in boxes:
        yield from _blocks(box, word)


def _style(element: Any, word: _Word) -> tuple[str, bool, int]:
    """The paragraph's style, whether it is an item of a list, and its outline level (0: none)."""
    style, listed, level = "", False, 0
    properties = next((child for child in element if local(child) == "pPr"), None)
    for child in properties if properties is not None else ():
        if local(child) == "pStyle":
            style = word.styles.get(attribute(child, "val"), attribute(child, "val").lower())
        elif local(child) == "numPr":
            listed = True
        elif local(child) == "outlineLvl" and attribute(child, "val").isdigit():
            level = int(attribute(child, "val")) + 1
    return style, listed or style.startswith("list "), level if level <= 6 else 0


def _runs(element: Any, word: _Word | None) -> str:
    """The characters of a paragraph; text boxes within it are read apart."""
    parts: list[str] = []
    for child in element:
        kind = local(child)
        if kind == "t":
            parts.append(child.text or "")
        elif kind in ("tab", "ptab"):
            parts.append(" ")
        elif kind in ("br", "cr"):
            parts.append("\n")
        elif kind == "noBreakHyphen":
            parts.append("-")
        elif kind in ("footnoteReference", "endnoteReference") and word is not None:
            number = attribute(child, "id")
            said = word.notes.get(f"{kind.removesuffix('Reference')} {number}", "")
            if said:
                parts.append(f"[{number}]")
                word.pending.append(f"[Note {number}] {said}")
        elif kind not in _SKIPPED and kind != "txbxContent":
            parts.append(_runs(child, word))
    return "".join(parts)


def _within(element: Any, name: str) -> bool:
    return any(local(parent) == name for parent in element.iterancestors())


def _table(element: Any, word: _Word) -> Iterator[str]:
    rows: list[list[str]] = []
    for row in _children(element, "tr"):
        cells: list[str] = []
        for cell in _children(row, "tc"):
            if any(local(merge) == "vMerge" and attribute(merge, "val") != "restart" for merge in cell.iter()):
                cells.append("")
                continue
            said = " ".join(line for line in _blocks(cell, word) if line)
            cells.append(said)
        rows.append(cells)
    notes, word.pending = word.pending, []
    yield from table_lines(rows)
    yield ""
    for note in notes:
        yield from (note, "")


def _children(element: Any, name: str) -> Iterator[Any]:
    """Children of this name, also those within content controls."""
    for child in element:
        if local(child) == name:
            yield child
        elif local(child) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _children(child, name)


def office_properties(container: Container) -> tuple[list[Find], tuple[Made, ...]]:
    """Title, author, company of an Office file, and the days on which it was made and saved."""
    finds: list[Find] = []
    made: list[Made] = []
    core = container.xml("docProps/core.xml")
    for element in core if core is not None else ():
        name, value = local(element), (element.text or "").strip()
        if not value:
            continue
        if name == "title":
            finds.append(Find("title", value, "document property title", WEAK))
        elif name == "creator":
            # Whoever typed it or made the template: below a name in the text's own head.
            names = [part for part in re.split(r"[;,]\s*", value) if is_name(part)]
            finds += [Find("authors", part, "document property creator", 0) for part in names]
        elif name in ("created", "modified"):
            try:
                made.append(Made(date.fromisoformat(value[:10]), f"document property {name}", confirmable=False))
            except ValueError:
                continue
    app = container.xml("docProps/app.xml")
    for element in app if app is not None else ():
        if local(element) == "Company" and (element.text or "").strip():
            finds.append(Find("institution", element.text.strip(), "document property Company", 0))
    return finds, tuple(made)
