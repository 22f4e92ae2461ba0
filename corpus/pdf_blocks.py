"""The lines of a printed page as paragraphs, headings and footnotes, by size, place, bullets and sentence ends."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from .pdf_lines import HYPHEN, Line

ENDS = re.compile(r"[.!?。…:;][\"'”’)\]]*(?:\[?\d{1,3}\]?)?$")
"""The end of a sentence, quotation marks and a note's number included."""
NOTE = re.compile(r"^(?:\(?(\d{1,3})[).]?|([*†‡§¶]{1,3}))\s*(?=[^\s\d.,;:%)])")
"""A footnote's mark."""
BULLET = re.compile(r"^(?:[-–—•▪◦○●■□◆▶※*]|\(?[0-9]{1,2}[.)]|\(?[a-z][.)]|[①-⑳]|[가-하]\.)\s")
"""What an item of a list begins with."""


@dataclass(slots=True)
class Block:
    """Lines that belong together, and what they are: "text", "heading" or "note"."""

    kind: str
    lines: list[Line] = field(default_factory=list)


def page_blocks(lines: Sequence[Line], body: float) -> list[Block]:
    """Return the lines of one page as paragraphs, headings and notes."""
    blocks: list[Block] = []
    noted = _first_note(lines, body)
    leading = _leading(lines)
    for number, line in enumerate(lines):
        kind = "note" if noted is not None and number in noted else _kind(line, body)
        previous = lines[number - 1] if number else None
        if (
            not blocks
            or previous is None
            or blocks[-1].kind != kind
            or _breaks(previous, line, kind, leading, lines, number)
        ):
            blocks.append(Block(kind))
        blocks[-1].lines.append(line)
    for block in blocks:
        words = sum(len(line.text.split()) for line in block.lines)
        said = " ".join(line.text for line in block.lines)
        letters = sum(map(str.isalpha, said))
        if block.kind == "heading" and (
            words > 25 or len(block.lines) > 4 or re.search(r"[.。!]$", said) or letters < 3
        ):
            block.kind = "text"
    return blocks


def _kind(line: Line, body: float) -> str:
    return "heading" if body and line.size >= 1.15 * body and len(line.text) > 1 else "text"


def _first_note(lines: Sequence[Line], body: float) -> set[int] | None:
    """Numbers of the lines that are footnotes: smaller type, the lowest of the page or its column, a mark first."""
    noted: set[int] = set()
    number = 0
    while number < len(lines):
        line = lines[number]
        if line.size <= 0.93 * body and NOTE.match(line.text) and not _above_text(line, lines, body):
            first = number
            while (
                number < len(lines) and lines[number].size <= 0.93 * body and abs(lines[number].left - line.left) < 40
            ):
                number += 1
            noted.update(range(first, number))
        else:
            number += 1
    return noted or None


def _above_text(note: Line, lines: Sequence[Line], body: float) -> bool:
    """Whether lines of the text's own size stand below in the same column: then it is a caption or a table."""
    return any(
        line.top < note.bottom and line.size > 0.95 * body and line.left < note.right and line.right > note.left
        for line in lines
        if not line.turned
    )


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance of a line from the next."""
    steps = [a.bottom - b.bottom for a, b in itertools.pairwise(lines) if 0 < a.bottom - b.bottom < 4 * a.size]
    return median(steps) if steps else 0.0


def _breaks(previous: Line, line: Line, kind: str, leading: float, lines: Sequence[Line], number: int) -> bool:
    """Whether a new paragraph begins at `line`."""
    step = previous.bottom - line.bottom
    if kind == "note":
        match = NOTE.match(line.text)
        return bool(match) and (line.left <= previous.left + 12 or previous.size < line.size + 0.5)
    if kind == "heading":
        return abs(previous.size - line.size) > 0.6 or step > 2.2 * line.size
    if abs(previous.size - line.size) > 0.12 * max(previous.size, line.size):
        return True
    if previous.text.endswith(HYPHEN):
        return False
    if step < -previous.size:  # a new column: it goes on unless a sentence ended there and a new one begins
        return bool(ENDS.search(previous.text)) or not line.text[0].islower()
    if leading and step > 1.35 * leading and step > 1.2 * line.size:
        return True
    if BULLET.match(line.text) and (ENDS.search(previous.text) or ends_early(previous, lines, number - 1)):
        return True
    if previous.bold != line.bold and (ends_early(previous, lines, number - 1) or ENDS.search(previous.text)):
        return True
    indented = line.left - previous.left > 0.8 * line.size
    following = lines[number + 1] if number + 1 < len(lines) else None
    hanging = following is not None and abs(following.left - line.left) < 2
    return bool(indented and not hanging and (ENDS.search(previous.text) or ends_early(previous, lines, number - 1)))


def ends_early(line: Line, lines: Sequence[Line], number: int) -> bool:
    """Return whether the line ends well before its column does."""
    around = lines[max(0, number - 8) : number + 9]
    column = [
        other
        for other in around
        if other.left < line.right and other.right > line.left and other.right - other.left > 0
    ]
    edge = max((other.right for other in column), default=line.right)
    start = min((other.left for other in column), default=line.left)
    return line.right < edge - max(0.12 * (edge - start), 1.5 * line.size)
