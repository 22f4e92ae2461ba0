"""What a model is given of the briefs: sentences or passages on one line, without orders, with where they are from."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ..corpus import Brief
from ..index import Hit
from .context import with_antecedent
from .extract import Sentence
from .injected import orders, plain_spans

T = TypeVar("T")
Span = tuple[int, int]

SOURCE = 70  # characters of a title that are given
BEFORE = 40  # words that a sentence before may have, to come along with one that points back to it
_LETTER = re.compile(r"\w")
_MARK = re.compile(r" ?\[\d{1,3}\]")  # of a brief's own notes


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text on one line, and title, institution and month of its brief."""

    text: str
    source: str = ""


def spans_of(sentence: Sentence) -> list[Span]:
    """Return where a sentence, if a model may read it, and the one before that it points back to stand in the brief."""
    at = sentence.hit.passage.start
    spans = [(at + start, at + end) for start, end in plain_spans(sentence.hit)]
    start, end, _ = with_antecedent(sentence.hit, sentence.start, sentence.end, BEFORE)
    if (sentence.start, sentence.end) not in spans:
        return []
    return [span for span in spans if start <= span[0] and span[1] <= end]


def excerpt_of(hit: Hit, spans: Sequence[Span]) -> Excerpt:
    """Return spans of a passage as a model reads them: gaps marked, without numbers in brackets that look like ours."""
    parts, last = [], spans[0][0]
    for start, end in spans:
        gap = hit.brief.text[last:start]
        parts.append(("... " if _LETTER.search(gap) else "") + hit.brief.text[start:end])
        last = end
    return Excerpt(_MARK.sub("", " ".join(" ".join(parts).split())), source_of(hit.brief))


def of_sentence(sentence: Sentence) -> Excerpt:
    """Return a sentence as a model reads it, without a text if it may not."""
    spans = spans_of(sentence)
    return excerpt_of(sentence.hit, spans) if spans else Excerpt("")


def of_passage(hit: Hit) -> Excerpt:
    """Return a passage as a model reads it, without the sentences that it may not."""
    at = hit.passage.start
    spans = [(at + start, at + end) for start, end in plain_spans(hit)]
    return excerpt_of(hit, spans) if spans else Excerpt("")


def in_turn(sides: Sequence[Sequence[T]]) -> list[T]:
    """Return all of them, sides taking turns, each of them best first."""
    longest = max(map(len, sides), default=0)
    return [side[place] for place in range(longest) for side in sides if place < len(side)]


def by_side(hits: Iterable[Hit]) -> list[list[Hit]]:
    """Return the hits of each side, in the order of the first of each."""
    sides: dict[str, list[Hit]] = {}
    for hit in hits:
        sides.setdefault(hit.side, []).append(hit)
    return list(sides.values())


def source_of(brief: Brief) -> str:
    """Return title, institution and month, on one line, without orders: a title may hold some, too."""
    when = f"{brief.published:%B %Y}" if brief.published else "undated"
    parts = [" ".join(part.split()) for part in (brief.title, brief.institution) if part]
    return ", ".join([*(part[:SOURCE] for part in parts if not orders(part)), when])
