"""Lines of print into paragraphs: words joined across line ends, headings and footnotes marked, pages kept.

A line goes on in the next one when it fills its column; a short line ends there, so that tables, lists and addresses
keep their rows. Footnotes (smaller type below the text, beginning with a mark) come as paragraphs "[Note 3] ..." before
the paragraph that runs over the end of the page, so that its sentence stays whole.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .pdf_blocks import BULLET, ENDS, Block, page_blocks
from .pdf_join import HANGUL, Joiner
from .pdf_lines import HYPHEN, Page


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
    joiner = Joiner([line for lines in kept for line in lines])
    text = _Text()
    starts: list[int] = []
    open_block: Block | None = None
    for lines in kept:
        blocks = page_blocks(lines, body)
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


def _goes_on(block: Block, following: Block) -> bool:
    """Whether the last paragraph of a page continues on the next one."""
    if following.kind != "text" or block.kind != "text":
        return False
    end, start = block.lines[-1].text, following.lines[0].text
    if end.endswith(HYPHEN):
        return True
    if ENDS.search(end) or BULLET.match(start):
        return False
    return start[0].islower() or (bool(HANGUL.search(end[-1:])) and bool(HANGUL.match(start)))
