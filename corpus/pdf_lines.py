"""The lines of a PDF with their places, by pdfium: text, edges, size of type.

pdfium gives the text of a page in the order in which it was written, which in papers of two columns is the order of
reading. Places are asked for once or twice a line, not for each character: that would cost more than encoding the text.
"""

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

_MARKS = re.compile(r"[\uffff\u200b\u2060\ufeff\u00ad]")
_SPACES = re.compile(r"[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_CONTROL = re.compile(r"[\x00\x01\x03-\x08\x0b-\x1f\x7f-\x9f]")
HYPHEN = "\x02"  # ours for a hyphen at the end of a line; pdfium writes U+FFFE, after which no line end follows


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page. Edges in points from the page's lower left corner; `size` is that of its type."""

    text: str
    page: int  # from 0
    left: float
    right: float
    bottom: float  # of the line the letters stand on
    top: float
    size: float
    bold: bool = False
    turned: bool = False
    spaced: bool = False  # a space stands before the line's end


@dataclass(frozen=True, slots=True)
class Page:
    """A page's lines in the order of reading, and its size in points."""

    lines: tuple[Line, ...]
    width: float
    height: float


def read_page(page: Any, number: int) -> Page:
    """Return the lines of a pypdfium2 page; `number` counts from 0.

    A page that was turned, as slides often are, is seen as its text runs: places are those of the upright page.
    """
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        characters = _characters(textpage, textpage.count_chars())
        found = [_Found(pdfium, textpage, characters, first, last) for first, last in _spans(characters)]
    finally:
        textpage.close()
    found = [line for line in found if line.text]
    turns: Counter[int] = Counter()
    for line in found:
        turns[line.quarter] += len(line.text)
    quarter = turns.most_common(1)[0][0] if turns else 0
    size = (width, height)
    if quarter % 2:
        size = (height, width) if page.get_rotation() in (0, 180) else (width, height)
    lines = [line.seen(quarter, number) for line in found]
    if quarter:  # turned about the origin: moved back to where the page begins
        left, bottom = min(line.left for line in lines), min(line.bottom for line in lines)
        dx, dy = max(0.0, -left) + 36, max(0.0, -bottom) + 36
        lines = [
            replace(line, left=line.left + dx, right=line.right + dx, bottom=line.bottom + dy, top=line.top + dy)
            for line in lines
        ]
    return Page(tuple(_whole(lines)), *size)


class _Found:
    """A line as pdfium has it: text, two points on its base, size of type, and the quarter in which it runs."""

    __slots__ = ("bold", "corner", "end", "middle", "quarter", "size", "spaced", "start", "text")

    def __init__(self, pdfium: Any, textpage: Any, characters: str, first: int, last: int) -> None:
        end = last
        while end > first and characters[end] in f"{HYPHEN} ":
            end -= 1
        # A raised first character (the mark of a footnote) is smaller than its line; the middle one tells its type.
        middle = (first + end) // 2
        while middle > first and characters[middle].isspace():
            middle -= 1
        x, y, rect, matrix = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF(), pdfium.FS_MATRIX()
        pdfium.FPDFText_GetCharOrigin(textpage, first, x, y)
        self.start = (x.value, y.value)
        pdfium.FPDFText_GetCharOrigin(textpage, middle, x, y)
        self.middle = (x.value, y.value)
        pdfium.FPDFText_GetLooseCharBox(textpage, end, rect)
        self.end, self.corner = (rect.left, rect.bottom), (rect.right, rect.top)
        self.size = pdfium.FPDFText_GetFontSize(textpage, middle)
        if pdfium.FPDFText_GetMatrix(textpage, middle, matrix):
            self.size *= math.hypot(matrix.c, matrix.d)
        self.quarter = round(pdfium.FPDFText_GetCharAngle(textpage, middle) / (math.pi / 2)) % 4
        self.bold = pdfium.FPDFText_GetFontWeight(textpage, middle) >= 600
        self.spaced = characters[last + 1 : last + 2] == " "
        self.text = tidy(characters[first : last + 1])

    def seen(self, quarter: int, number: int) -> Line:
        """The line on a page whose text runs in this quarter."""
        left, _ = _turned(self.start, quarter)
        _, bottom = _turned(self.middle, quarter)
        right = max(_turned(self.end, quarter)[0], _turned(self.corner, quarter)[0], left)
        turned = self.quarter != quarter
        return Line(
            self.text, number, left, right, bottom, bottom + self.size, self.size, self.bold, turned, self.spaced
        )


def _turned(point: tuple[float, float], quarter: int) -> tuple[float, float]:
    """The point turned back by so many quarters about the origin."""
    x, y = point
    return ((x, y), (-y, x), (-x, -y), (y, -x))[quarter]


def _whole(lines: list[Line]) -> list[Line]:
    """Pieces of one line put together: a raised mark or figure stands on a line of its own for pdfium."""
    whole: list[Line] = []
    for line in lines:
        before = whole[-1] if whole else None
        if before is None or not _adjoin(before, line):
            whole.append(line)
            continue
        large = before if before.size * len(before.text) >= line.size * len(line.text) else line
        gap = " " if before.spaced or line.left - before.right > 0.18 * large.size else ""
        whole[-1] = replace(
            large,
            text=f"{before.text}{gap}{line.text}",
            left=before.left,
            right=max(before.right, line.right),
            spaced=line.spaced,
        )
    return whole


def _adjoin(before: Line, line: Line) -> bool:
    """Whether `line` goes on right behind `before`, at about its height."""
    size = max(before.size, line.size)
    near = -0.5 * size <= line.left - before.right <= 0.8 * size
    level = abs(before.bottom - line.bottom) < 0.6 * size
    return near and level and not (before.turned or line.turned or before.text.endswith(HYPHEN))


def _characters(textpage: Any, count: int) -> str:
    """One UTF-16 unit a character of pdfium's, so that its indices and ours agree."""
    import pypdfium2.raw as pdfium

    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(textpage, 0, count, buffer)
    return bytes(buffer)[: 2 * max(0, written - 1)].decode("utf-16-le", "surrogatepass").replace("\ufffe", HYPHEN)


def _spans(characters: str) -> Iterator[tuple[int, int]]:
    """(first, last) character of each line that has any but spaces."""
    for match in re.finditer(r"[^\r\n\x02]+\x02?", characters):
        text = match[0]
        core = text.strip()
        if core:
            first = match.start() + len(text) - len(text.lstrip())
            yield first, match.start() + len(text.rstrip()) - 1


def tidy(text: str) -> str:
    """Ligatures and full-width forms as plain characters, one space for many, no marks without a shape."""
    text = _CONTROL.sub("", _SPACES.sub(" ", _MARKS.sub("", text)))
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return re.sub(r" {2,}", " ", plain_forms(text)).strip()


_FORMS = re.compile(r"[\ufb00-\ufb06\uff01-\uff5e\uffe0-\uffe6\u2f00-\u2fdf\uf900-\ufaff]|[\u1100-\u11ff]+")


def plain_forms(text: str) -> str:
    """NFKC for ligatures, full widths, radicals and single hangul letters only: "x²" must not become "x2"."""
    return unicodedata.normalize("NFC", _FORMS.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text))
