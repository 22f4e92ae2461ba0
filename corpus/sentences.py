"""Sentence spans, by the sentencex segmenter (rules for about 300 languages, no model)."""

import re

from sentencex import get_sentence_boundaries

_EDGE = re.compile(r"\S(?:.*\S)?", re.DOTALL)
_BREAK = re.compile(r"[^\n]+")


def sentence_spans(text: str, language: str = "en") -> list[tuple[int, int]]:
    """Return (start, end) of each sentence in `text`, without surrounding white space, in order.

    A line break always ends a sentence: briefs break lines between paragraphs, headings and list items.
    """
    spans: list[tuple[int, int]] = []
    for line in _BREAK.finditer(text):
        offset = line.start()
        for piece in get_sentence_boundaries(language, line[0]):
            start = offset + piece["start_index"]
            if core := _EDGE.search(text, start, offset + piece["end_index"]):
                spans.append(core.span())
    return spans
