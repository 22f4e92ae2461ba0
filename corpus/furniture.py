"""Running heads, page numbers and stamps of printed pages: what stands at the edges of many pages and is no text.

A line is left out only for a reason that can be shown: the same words (figures aside) at the same height of several
pages; a number that counts with the pages; a line in the place of such lines; a line turned on its side. All else
stays.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from .pdf_lines import Line, Page

EDGE = 4  # lines from the top or the bottom that can be furniture
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(
    r"^[-–—|·•\s\[(]*(?:page|p\.|seite|쪽)?\s*(\d{1,5}|[ivxlc]{1,7})(?:\s*(?:/|of|von|쪽)\s*\d{0,4})?[-–—|·•\s\])]*$",
    re.IGNORECASE,
)
_LEADERS = re.compile(r"(?:\s?[.·…]){5,}\s*(?:[\divxlc]{1,5})?$", re.IGNORECASE)  # dots up to a page number
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_HEIGHT = 3.0  # points by which the same line may lie higher or lower on another page


def furniture(pages: Sequence[Page]) -> dict[int, str]:
    """Return {id(line): reason} of the lines of `pages` that are not part of the text."""
    found = {id(line): "turned on its side" for page in pages for line in page.lines if line.turned}
    found |= {id(line): "table of contents" for page in pages for line in page.lines if _LEADERS.search(line.text)}
    edges = {number: _edge_lines(page) for number, page in enumerate(pages)}
    found |= _repeated(edges, pages)
    found |= _numbers(edges, found)
    found |= _slots(edges, found, pages)
    return found


def _edge_lines(page: Page) -> list[tuple[str, int, Line]]:
    """(edge, rank from it, line) of the outermost lines, by their height on the page."""
    upright = sorted((line for line in page.lines if not line.turned), key=lambda line: -line.top)
    if not upright:
        return []
    top = [("top", rank, line) for rank, line in enumerate(_rows(upright, EDGE))]
    bottom = [("bottom", rank, line) for rank, line in enumerate(_rows(upright[::-1], EDGE))]
    seen = {id(line) for _, _, line in top}
    return top + [entry for entry in bottom if id(entry[2]) not in seen]


def _rows(lines: list[Line], rows: int) -> list[Line]:
    """The lines of the first `rows` heights; lines side by side share one."""
    taken: list[Line] = []
    heights: list[float] = []
    for line in lines:
        if not heights or abs(line.bottom - heights[-1]) > _HEIGHT:
            heights.append(line.bottom)
        if len(heights) > rows:
            break
        taken.append(line)
    return taken


def _repeated(edges: dict[int, list[tuple[str, int, Line]]], pages: Sequence[Page]) -> dict[int, str]:
    """Lines whose words stand at the same height of several pages."""
    places: dict[str, list[Line]] = defaultdict(list)
    for lines in edges.values():
        for _, _, line in lines:
            key = _words(line.text)
            if len(key) >= 2 and key != "#":
                places[key].append(line)
    needed = 2 if len(pages) < 6 else 3
    found: dict[int, str] = {}
    for lines_ in places.values():
        for line in lines_:
            same = {other.page for other in lines_ if _same_height(line, other, pages)}
            if len(same) >= needed:
                found[id(line)] = "stands at the edge of several pages"
    return found


def _numbers(edges: dict[int, list[tuple[str, int, Line]]], found: dict[int, str]) -> dict[int, str]:
    """Lines at an edge that are a number which counts with the pages."""
    shifts: Counter[tuple[str, int]] = Counter()
    numbered: list[tuple[str, int, Line]] = []
    for number, lines in edges.items():
        for edge, _, line in lines:
            value = _value(line.text)
            beside = [one for _, _, one in lines if one is not line and abs(one.bottom - line.bottom) < _HEIGHT]
            if value is not None and all(id(one) in found for one in beside):  # else it is the mark of a note
                numbered.append((edge, value - number, line))
        shifts.update({(edge, shift) for edge, shift, line in numbered if line.page == number})
        for _, _, line in lines:  # a number at either end of a running head counts as well, for both edges
            for match in re.finditer(r"^\d{1,5}\b|\b\d{1,5}$", line.text if id(line) in found else ""):
                shifts.update((edge, int(match[0]) - number) for edge in ("top", "bottom"))
    good = {shift for shift in shifts if shifts[shift] >= 2}
    good |= {(edge, number) for _, number in good for edge in ("top", "bottom") if shifts["bottom", number] >= 3}
    if len(edges) == 1:
        good = {shift for shift in shifts if shift[1] == 1}  # a single page says "1"
    return {
        id(line): "page number" for edge, shift, line in numbered if (edge, shift) in good and id(line) not in found
    }


def _slots(
    edges: dict[int, list[tuple[str, int, Line]]], found: dict[int, str], pages: Sequence[Page]
) -> dict[int, str]:
    """Lines in the very place where most pages have furniture: the running head of a chapter of a single page."""
    if len(pages) < 4:
        return {}
    outer = [(edge, line) for lines in edges.values() for edge, rank, line in lines if rank <= 1 and not line.turned]
    taken: dict[tuple[str, int, int], set[int]] = defaultdict(set)
    for edge, line in outer:
        if id(line) in found:
            taken[_slot(edge, line)].add(line.page)
    extra: dict[int, str] = {}
    for edge, line in outer:
        if id(line) in found or len(line.text) > 120:
            continue
        neighbours = taken[_slot(edge, line)]
        alone = not any(  # nothing else of the text at this height
            other is not line and id(other) not in found and abs(other.bottom - line.bottom) < _HEIGHT
            for other in pages[line.page].lines
        )
        if alone and len(neighbours - {line.page}) >= max(3, 0.5 * len(pages)):
            extra[id(line)] = "in the place of running heads"
    return extra


def _slot(edge: str, line: Line) -> tuple[str, int, int]:
    return edge, round(line.bottom / 2), round(2 * line.size)


def _words(text: str) -> str:
    return _DIGITS.sub("#", re.sub(r"\W+", " ", text)).strip().lower()


def _same_height(line: Line, other: Line, pages: Sequence[Page]) -> bool:
    """Measured from the nearer edge: pages differ in height."""
    from_top = abs((pages[line.page].height - line.top) - (pages[other.page].height - other.top))
    return min(from_top, abs(line.bottom - other.bottom)) <= _HEIGHT


def _value(text: str) -> int | None:
    """ "- 12 -" -> 12, "Page 3 of 9" -> 3, "xii" -> 12; None for what is no page number."""
    match = _NUMBER.match(text.strip())
    if not match:
        return None
    digits = match[1].lower()
    if digits.isdigit():
        return int(digits)
    values = [_ROMAN[letter] for letter in digits]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
