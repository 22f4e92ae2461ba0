"""Sentence spans, by the sentencex segmenter (rules for about 300 languages, no model)."""

import re

from sentencex import get_sentence_boundaries

_EDGE = re.compile(r"\S(?:.*\S)?", re.DOTALL)
_INITIALS = re.compile(r"[A-Za-z]\.\Z")
_SPACE = re.compile(r"\s")
_BREAK = re.compile(r"[^\n]+")


def sentence_spans(text: str, language: str = "en") -> list[tuple[int, int]]:
    """Return (start, end) of each sentence in `text`, without surrounding white space, in order.

    A line break always ends a sentence: briefs break lines between paragraphs, headings and list items.
    """
    spans: list[tuple[int, int]] = []
    for line in _BREAK.finditer(text):
        start = line.start()
        plain = _SPACE.sub(" ", line[0])  # sentencex panics at wide blanks before a full stop; the offsets stay
        for piece in get_sentence_boundaries(language, plain):
            end = line.start() + piece["end_index"]
            if _INITIALS.search(text, start, end) and end < line.end():
                continue  # "ROK-U.|S. drills": a letter, a full stop and no space is an abbreviation
            if core := _EDGE.search(text, start, end):
                spans.append(core.span())
            start = end
    return spans
