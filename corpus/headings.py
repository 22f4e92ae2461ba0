"""Markdown headings: a line `## Means ##` -> level 2, "Means"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE = re.compile(r"^[ \t]{0,3}(#{1,6})[ \t]+(\S.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and the span of its line."""

    level: int
    title: str
    start: int
    end: int


def headings(text: str, start: int = 0) -> Iterator[Heading]:
    """Yield the headings of `text` from the offset `start` on, in order."""
    for match in _LINE.finditer(text, start):
        # Stripped here: a pattern that also matches the closing marks is cubic in the width of a gap.
        title = match[2].rstrip()
        open_title = title.rstrip("#")
        if not open_title or open_title[-1].isspace():  # "C#" keeps its mark
            title = open_title.rstrip()
        yield Heading(len(match[1]), title, *match.span())
