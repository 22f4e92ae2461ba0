"""From hits to sentences: which sentences of the passages found answer the question, quoted exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..corpus.sentences import sentence_spans
from ..index import Hit, Retriever

WORDS = 100  # an answer is at most about this long
SENTENCES = 3
NEAR_BEST = 0.85  # of the best sentence's score, for another sentence to be worth its words
PASSAGE_SHARE = 0.3  # of a sentence's score that comes from its passage's rank
MIN_WORDS = 4  # shorter ones are headings and bylines
LONGEST = 90  # words; a longer "sentence" is a table or a list run together, quoted only if nothing else fits


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a hit's passage; `start` and `end` are offsets in the brief's text. `score` is in [0, 1]."""

    hit: Hit
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        """The exact words."""
        return self.hit.brief.text[self.start : self.end]


def ranked_sentences(retriever: Retriever, query: str, hits: Sequence[Hit]) -> list[Sentence]:
    """Return the sentences of the hits' passages, best first."""
    if not hits:
        return []
    spans = [sentence_spans(hit.passage.text, hit.brief.language) for hit in hits]
    scores = retriever.score_spans(query, hits, spans)
    sentences = [
        Sentence(
            hit,
            hit.passage.start + start,
            hit.passage.start + end,
            (1 - PASSAGE_SHARE) * float(score) + PASSAGE_SHARE * hit.score * hits[0].similarity,
        )
        for hit, places, values in zip(hits, spans, scores, strict=True)
        for (start, end), score in zip(places, values, strict=True)
    ]
    kept = [sentence for sentence in sentences if MIN_WORDS <= len(sentence.text.split()) <= LONGEST]
    return sorted(kept or sentences, key=lambda sentence: (-sentence.score, sentence.start))


def select(sentences: Sequence[Sentence], words: int = WORDS, before: Sequence[Sentence] = ()) -> list[Sentence]:
    """Return the sentences of an answer of about `words` words, in reading order: briefs by their best sentence, then
    as they stand. What repeats one of `before`, or one already chosen, is left out."""
    chosen: list[Sentence] = []
    for sentence in sentences:
        length = len(sentence.text.split())
        if chosen and (sentence.score < NEAR_BEST * chosen[0].score or length > words):
            continue
        if any(_repeats(sentence, other) for other in (*before, *chosen)):
            continue
        chosen.append(sentence)
        words -= length
        if len(chosen) == SENTENCES:
            break
    order = list(dict.fromkeys(sentence.hit.brief.id for sentence in chosen))
    return sorted(chosen, key=lambda sentence: (order.index(sentence.hit.brief.id), sentence.start))


def _repeats(sentence: Sentence, other: Sentence) -> bool:
    """Whether most words of the shorter sentence stand in the longer: the same news told twice."""
    first, second = (set(each.text.lower().split()) for each in (sentence, other))
    return len(first & second) > 0.7 * min(len(first), len(second))
