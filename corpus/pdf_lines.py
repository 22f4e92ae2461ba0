"""The lines of a PDF with their places, by pdfium: text, edges, size of type.

pdfium gives the text of a page in the order in which it was written, which in papers of two columns is the order of
reading. Places are asked for once or twice a line, not for each character: that would cost more than encoding the text.
"""

import ctypes
import math
import re
import unicodedata
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
    """Return the lines of a pypdfium2 page; `number` counts from 0."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        characters = _characters(textpage, count)
        lines = tuple(_line(pdfium, textpage, characters, first, last, number) for first, last in _spans(characters))
    finally:
        textpage.close()
    return Page(tuple(_whole([line for line in lines if line.text])), width, height)


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


def _line(pdfium: Any, textpage: Any, characters: str, first: int, last: int, number: int) -> Line:
    end = last
    while end > first and characters[end] in "\x02 ":
        end -= 1
    # A raised first character (the mark of a footnote) is smaller than its line; the middle one tells the line's type.
    middle = (first + end) // 2
    while middle > first and characters[middle].isspace():
        middle -= 1
    x, y, rect, matrix = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    pdfium.FPDFText_GetCharOrigin(textpage, first, x, y)
    left = x.value
    pdfium.FPDFText_GetCharOrigin(textpage, middle, x, y)
    pdfium.FPDFText_GetLooseCharBox(textpage, end, rect)
    size = pdfium.FPDFText_GetFontSize(textpage, middle)
    if pdfium.FPDFText_GetMatrix(textpage, middle, matrix):
        size *= math.hypot(matrix.c, matrix.d)
    angle = pdfium.FPDFText_GetCharAngle(textpage, middle)
    return Line(
        tidy(characters[first : last + 1]),
        number,
        left,
        max(left, rect.right),
        y.value,
        y.value + size,
        size,
        pdfium.FPDFText_GetFontWeight(textpage, middle) >= 600,
        0.1 < angle < 6.18,
        characters[last + 1 : last + 2] == " ",
    )


def tidy(text: str) -> str:
    """Ligatures and full-width forms as plain characters, one space for many, no marks without a shape."""
    text = _CONTROL.sub("", _SPACES.sub(" ", _MARKS.sub("", text)))
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return re.sub(r" {2,}", " ", plain_forms(text)).strip()


_FORMS = re.compile(r"[\ufb00-\ufb06\uff01-\uff5e\uffe0-\uffe6\u2f00-\u2fdf\uf900-\ufaff]|[\u1100-\u11ff]+")


def plain_forms(text: str) -> str:
    """NFKC for ligatures, full widths, radicals and single hangul letters only: "x²" must not become "x2"."""
    return unicodedata.normalize("NFC", _FORMS.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text))
