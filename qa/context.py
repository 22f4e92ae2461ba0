"""Quotes that can be read alone: what "This", "He" or "the two sides" at the head of a sentence points back to.

The sentence before comes along where it stands in the same paragraph and there is room; a person behind "He" is named
in brackets before the quote. Nothing is put into the quote itself.
"""

import re

from ..corpus.sentences import sentence_spans
from ..index import Hit
from .typed import persons
from .wording import referent

_POINTING = re.compile(
    r"^(?:He|She|It|They|This|That|These|Those|His|Her|Its|Their|Such|Both|The (?:latter|former|two (?:sides|countries|"
    r"leaders|parties|states)|same)|Here|There(?:fore|by)|Thus|However|But|Instead|Moreover|In addition|Also|"
    r"Nevertheless|"
    r"At the same time|As a result|In this (?:way|context|respect|regard|case)|For (?:this|that) (?:reason|purpose)|"
    r"이는|이를|이것|그는|그녀는|그의|또한|이러한|그러나|따라서|이에|양측은)\b"
)
_PERSON = re.compile(r"^(?P<word>He|She|His|Her)\b")


def points_back(text: str) -> bool:
    """Whether a sentence begins with a word that another sentence has to explain."""
    return bool(_POINTING.match(text))


def with_antecedent(hit: Hit, start: int, end: int, room: int) -> tuple[int, int, str]:
    """Return the quote's start and end in the brief's text, and what has to stand before it, "" mostly.

    `room` is how many words the sentence before may have. A quote that needs nothing comes back as it is.
    """
    text = hit.brief.text
    if not points_back(text[start:end]):
        return start, end, ""
    before = hit.passage.start, start
    spans = [(before[0] + a, before[0] + b) for a, b in sentence_spans(text[before[0] : before[1]], hit.brief.language)]
    if spans and "\n" not in text[spans[-1][1] : start]:
        first = spans[-1][0]
        whole = text[first : spans[-1][1]]
        if len(whole.split()) <= room and not points_back(whole):
            return first, end, ""
    if pronoun := _PERSON.match(text[start:end]):
        for a, b in reversed(spans):
            named = [text[a + i : a + j] for i, j in persons(text[a:b])]
            if named:
                return start, end, referent(pronoun["word"], named[0]) if len(set(named)) == 1 else ""
    return start, end, ""
