"""Lines of print into paragraphs: words joined across line ends, headings and footnotes marked, pages kept.

A line goes on in the next one when it fills its column; a short line ends there, so that tables, lists and addresses
keep their rows. Footnotes (smaller type below the text, beginning with a mark) come as paragraphs "[Note 3] ..." before
the paragraph that runs over the end of the page, so that its sentence stays whole.
"""

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from .pdf_lines import HYPHEN, Line, Page

_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_ENDS = re.compile(r"[.!?。…:;][\"'”’)\]]*(?:\[?\d{1,3}\]?)?$")
_NOTE = re.compile(r"^(?:\(?(\d{1,3})[).]?|([*†‡§¶]{1,3}))\s*(?=[^\s\d.,;:%)])")
_BULLET = re.compile(r"^(?:[-–—•▪◦○●■□◆▶※*]|\(?[0-9]{1,2}[.)]|\(?[a-z][.)]|[①-⑳]|[가-하]\.)\s")
_PUNCTUATION = ".,;:!?()[]'\"‘’“”·…「」『』<>"
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


@dataclass(slots=True)
class _Block:
    """Lines that belong together, and what they are: "text", "heading" or "note"."""

    kind: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Flow:
    """The text of all pages and the offset at which each begins."""

    text: str
    pages: tuple[int, ...]


def reflow(pages: Sequence[Page], out: dict[int, str]) -> Flow:
    """Return the text of the pages without the lines in `out` ({id(line): reason})."""
    kept = [[line for line in page.lines if id(line) not in out] for page in pages]
    sizes: Counter[float] = Counter()
    for lines in kept:
        for line in lines:
            sizes[round(line.size, 1)] += len(line.text)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    joiner = _Joiner([line for lines in kept for line in lines])
    text = _Text()
    starts: list[int] = []
    open_block: _Block | None = None
    for lines in kept:
        blocks = _blocks(lines, body)
        notes = [block for block in blocks if block.kind == "note"]
        blocks = [block for block in blocks if block.kind != "note"]
        if open_block is not None and not (blocks and _goes_on(open_block, blocks[0])):
            text.add(joiner.render(open_block))
            open_block = None
        if open_block is not None:  # the paragraph runs over the end of the page: this page begins within it
            first = len(open_block.lines)
            open_block.lines += blocks[0].lines
            upto = joiner.joined(open_block, first + 1)
            starts.append(text.next + len(upto) - len(open_block.lines[first].text))
            blocks = blocks[1:]
        else:
            starts.append(text.next)
        last = blocks[-1] if blocks and blocks[-1].kind == "text" else None
        if open_block is not None and (last is not None or notes):
            text.add(joiner.render(open_block))
            open_block = None
        for block in (*(blocks if last is None else blocks[:-1]), *notes):
            text.add(joiner.render(block))
        open_block = last if last is not None else open_block
    if open_block is not None:
        text.add(joiner.render(open_block))
    said = "\n\n".join(text.blocks)
    return Flow(said, tuple(min(start, len(said)) for start in starts))


class _Text:
    """Paragraphs, and the offset at which the next one would begin."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.next = 0

    def add(self, block: str) -> None:
        if block:
            self.blocks.append(block)
            self.next += len(block) + 2


def _goes_on(block: _Block, following: _Block) -> bool:
    """Whether the last paragraph of a page continues on the next one."""
    if following.kind != "text" or block.kind != "text":
        return False
    end, start = block.lines[-1].text, following.lines[0].text
    if end.endswith(HYPHEN):
        return True
    if _ENDS.search(end) or _BULLET.match(start):
        return False
    return start[0].islower() or (bool(_HANGUL.search(end[-1:])) and bool(_HANGUL.match(start)))


def _blocks(lines: Sequence[Line], body: float) -> list[_Block]:
    """The lines of one page as paragraphs, headings and notes."""
    blocks: list[_Block] = []
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
            blocks.append(_Block(kind))
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
        if line.size <= 0.93 * body and _NOTE.match(line.text) and not _above_text(line, lines, body):
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
        match = _NOTE.match(line.text)
        return bool(match) and (line.left <= previous.left + 12 or previous.size < line.size + 0.5)
    if kind == "heading":
        return abs(previous.size - line.size) > 0.6 or step > 2.2 * line.size
    if abs(previous.size - line.size) > 0.12 * max(previous.size, line.size):
        return True
    if previous.text.endswith(HYPHEN):
        return False
    if step < -previous.size:  # a new column: it goes on unless a sentence ended there and a new one begins
        return bool(_ENDS.search(previous.text)) or not line.text[0].islower()
    if leading and step > 1.35 * leading and step > 1.2 * line.size:
        return True
    if _BULLET.match(line.text) and (_ENDS.search(previous.text) or _short(previous, lines, number - 1)):
        return True
    if previous.bold != line.bold and (_short(previous, lines, number - 1) or _ENDS.search(previous.text)):
        return True
    indented = line.left - previous.left > 0.8 * line.size
    following = lines[number + 1] if number + 1 < len(lines) else None
    hanging = following is not None and abs(following.left - line.left) < 2
    return bool(indented and not hanging and (_ENDS.search(previous.text) or _short(previous, lines, number - 1)))


def _short(line: Line, lines: Sequence[Line], number: int) -> bool:
    """Whether the line ends well before its column does."""
    around = lines[max(0, number - 8) : number + 9]
    column = [
        other
        for other in around
        if other.left < line.right and other.right > line.left and other.right - other.left > 0
    ]
    edge = max((other.right for other in column), default=line.right)
    start = min((other.left for other in column), default=line.left)
    return line.right < edge - max(0.12 * (edge - start), 1.5 * line.size)


class _Joiner:
    """Joins the lines of a block, knowing the words of the whole document."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.words: Counter[str] = Counter()
        for line in lines:
            self.words.update(word.lower() for word in _WORD.findall(line.text))
            for word in line.text.split()[1:-1]:
                if _HANGUL.search(word):
                    self.words[word.strip(_PUNCTUATION)] += 1
        hangul = [line for line in lines if _HANGUL.search(line.text[-1:])]
        self.spaced = sum(line.spaced for line in hangul) >= 0.1 * len(hangul) if hangul else False

    def render(self, block: _Block) -> str:
        """The text of the block."""
        text = self.joined(block, len(block.lines)).replace(HYPHEN, "-")
        if block.kind == "heading":
            return f"## {text}"
        if block.kind == "note":
            match = _NOTE.match(text)
            return f"[Note {match[1] or match[2]}] {text[match.end() :].strip()}" if match else f"[Note] {text}"
        return f"\\{text}" if re.match(r"#{1,6}\s", text) else text

    def joined(self, block: _Block, count: int) -> str:
        """The first `count` lines of the block, joined."""
        text = block.lines[0].text
        for number in range(1, count):
            text = self._join(text, block.lines[number - 1], block.lines[number], block)
        return text

    def _join(self, text: str, previous: Line, line: Line, block: _Block) -> str:
        start = line.text
        if text.endswith(HYPHEN) or (
            text.endswith("-") and len(text) > 1 and text[-2].isalpha() and start[0].isalpha()
        ):
            return self._dehyphenate(text[:-1], start)
        if _CJK.search(text[-1:]) and _CJK.match(start):
            return text + start
        if self._row(previous, line, block):
            return f"{text}\n{start}"
        if _HANGUL.search(text[-1:]) and _HANGUL.match(start) and self._inside_word(previous, text, start):
            return text + start
        return f"{text} {start}"

    def _row(self, previous: Line, line: Line, block: _Block) -> bool:
        """Whether the line ends here for a reason: it is short, and the next does not go on in lower case."""
        if block.kind != "text" or line.text[0].islower():
            return False
        number = block.lines.index(previous)
        return _short(previous, block.lines, number)

    def _dehyphenate(self, text: str, start: str) -> str:
        """ "coop-" + "eration" -> "cooperation"; "long-" + "term" stays hyphenated where the text writes it so."""
        before = re.search(r"[^\W_]+(?:-[^\W_]+)*$", text)
        after = re.match(r"[^\W_]+", start)
        if not before or not after:
            return f"{text}-{start}"
        whole = f"{before[0]}{after[0]}".lower()
        hyphenated = f"{before[0]}-{after[0]}".lower()
        if self.words[hyphenated] > self.words[whole] or not start[0].islower():
            return f"{text}-{start}"
        parts = before[0].lower().split("-")[-1], after[0].lower()
        if not self.words[whole] and all(self.words[part] >= 2 and len(part) > 3 for part in parts):
            return f"{text}-{start}"  # both are words of this text, together they are none
        return text + start

    def _inside_word(self, previous: Line, text: str, start: str) -> bool:
        """Whether the line broke inside a Korean word."""
        last, first = text.split()[-1].strip(_PUNCTUATION), start.split()[0].strip(_PUNCTUATION)
        if self.words[last + first]:
            return True
        if self.words[last] and self.words[first]:
            return False
        if self.spaced:
            return not previous.spaced
        return len(last) == 1 and not self.words[last]
