"""Slides (.pptx): each slide a page; titles as headings, tables row by row, speakers' notes marked."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from .errors import BriefError
from .finds import LIKELY, Find
from .parsed import LeftOut, Parsed
from .pdf_lines import tidy
from .read_docx import office_properties
from .tables import table_lines
from .zipped import Container, attribute, local

_FURNITURE = {"sldNum": "slide number", "ftr": "running foot", "hdr": "running head", "dt": "date of the show"}


def read_pptx(data: bytes) -> Parsed:
    """Return the text of the slides in their order, each with its page.

    Raises:
        BriefError: it is damaged or has no slides.
    """
    container = Container(data)
    slides = _slides(container)
    if not slides:
        raise BriefError("found a presentation without slides, expected some; save it again")
    left_out: list[LeftOut] = []
    finds, made = office_properties(container)
    text = ""
    pages: list[int] = []
    for number, slide in enumerate(slides, start=1):
        blocks = list(_slide(container, slide, number, left_out))
        if number == 1 and blocks and blocks[0].startswith("## "):
            finds.append(Find("title", blocks[0][3:], "title of the first slide", LIKELY))
        said = "\n\n".join(blocks)
        pages.append(len(text) + 2 if text and said else len(text))
        text = f"{text}\n\n{said}" if text and said else text or said
    return Parsed(text, tuple(min(page, len(text)) for page in pages), tuple(finds), made, tuple(left_out))


def _slides(container: Container) -> list[str]:
    """The slides' parts in the order of the show."""
    targets = dict(_relations(container, "ppt/presentation.xml"))
    root = container.xml("ppt/presentation.xml")
    ids = [element for element in root.iter() if local(element) == "sldId"] if root is not None else []
    ordered = [targets.get(element.get(_REL, "")) for element in ids]
    return [part for part in ordered if part in container.names]


_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _relations(container: Container, part: str) -> Iterator[tuple[str, str]]:
    """(id, part) of what `part` refers to."""
    folder, name = posixpath.split(part)
    root = container.xml(f"{folder}/_rels/{name}.rels")
    for element in root if root is not None else ():
        target = element.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        yield element.get("Id", ""), path


def _slide(container: Container, part: str, number: int, left_out: list[LeftOut]) -> Iterator[str]:
    root = container.xml(part)
    if root is None:
        return
    yield from _shapes(root, number, left_out)
    for _, target in _relations(container, part):
        if re.search(r"/diagrams/data\d*\.xml$", target):
            diagram = container.xml(target)
            yield from ([] if diagram is None else [said for said in _paragraphs(diagram) if said])
        elif "/notesSlides/" in target:
            notes = container.xml(target)
            for shape in _of(notes, "sp") if notes is not None else ():
                if _placeholder(shape) == "body" and (said := " ".join(_paragraphs(shape)).strip()):
                    yield f"[Speaker's note] {said}"


def _shapes(root: Any, number: int, left_out: list[LeftOut]) -> Iterator[str]:
    titles, bodies = [], []
    for element in root.iter():
        if any(local(parent) == "Fallback" for parent in element.iterancestors()):
            continue
        if local(element) == "sp":
            kind = _placeholder(element)
            paragraphs = [said for said in _paragraphs(element) if said]
            if kind in _FURNITURE:
                left_out += [LeftOut(said, _FURNITURE[kind], number) for said in paragraphs]
            elif kind in ("title", "ctrTitle") and paragraphs:
                titles.append(f"## {' '.join(paragraphs)}")
            elif paragraphs:
                bodies.append("\n".join(paragraphs))
        elif local(element) == "tbl":
            rows = [[" ".join(_paragraphs(cell)) for cell in _of(row, "tc")] for row in _of(element, "tr")]
            bodies.append("\n".join(table_lines(rows)))
    yield from (block for block in (*titles, *bodies) if block)


def _of(element: Any, name: str) -> list[Any]:
    return [child for child in element.iter() if local(child) == name]


def _placeholder(shape: Any) -> str:
    return next((attribute(element, "type") or "body" for element in shape.iter() if local(element) == "ph"), "")


def _paragraphs(element: Any) -> Iterator[str]:
    for paragraph in _of(element, "p"):
        parts = []
        for child in paragraph.iter():
            if local(child) == "t":
                parts.append(child.text or "")
            elif local(child) == "br":
                parts.append(" ")
        yield tidy("".join(parts))
