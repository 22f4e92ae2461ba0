"""Which of the sentences read are quoted: as many as make it likely that the answer is among them, within the words.

A sure first sentence stands alone; where several are about as likely, more are quoted. So the words go where the doubt
is. Constants from `python -m tests.benchmarks.sentences`.
"""

import re
from collections.abc import Sequence
from datetime import date

from ..index.types import Window
from .extract import Sentence, repeats
from .question import TIMES, Asked, Kind

ENOUGH = 0.85  # probability that the answer is among the sentences quoted
LIKELY = 0.5  # the same where a language model has answered already
WEAK = 0.05  # of the best sentence's chance, below which a sentence is not worth its words
NEAR = 0.6  # of its late interaction: further off, a sentence merely has a name in common
FACT_WORDS = 110  # at most; the median is about half of it
LONG_WORDS = 150  # of a comparison, a change or a list, over all sides
SENTENCES, LONG_SENTENCES = 4, 7
_YEAR = re.compile(r"(?<![\d,.-])(?:19|20)\d\d(?!\d|[,.]\d)")
AHEAD = 30  # years from now up to which a number is taken for one: resolutions have higher ones


def word_limit(asked: Asked) -> int:
    """Return how many words an answer to such a question may quote."""
    return LONG_WORDS if asked.kind in (Kind.COMPARE, Kind.CHANGE, Kind.LIST) else FACT_WORDS


def select(
    sentences: Sequence[Sentence], words: int, most: int, before: Sequence[Sentence] = (), enough: float = ENOUGH
) -> list[Sentence]:
    """Return the sentences to quote, best first, of at most `words` words unless the first one alone is longer.

    `sentences` are best first. What is told `before` counts as chosen and is not returned again; what repeats that, or
    one already chosen, is left out.
    """
    chosen: list[Sentence] = []
    told = sum(sentence.chance for sentence in sentences if sentence in before)
    if before and told >= enough:
        return []
    for sentence in sentences:
        if sentence in before:
            continue
        length = len(sentence.text.split())
        if (chosen or before) and (length > words or _weak(sentence, sentences[0])):
            continue
        if any(repeats(sentence, other) for other in (*before, *chosen)):
            told += sentence.chance
            continue
        chosen.append(sentence)
        words -= length
        told += sentence.chance
        if told >= enough or len(chosen) == most:
            break
    return chosen


def _weak(sentence: Sentence, best: Sentence) -> bool:
    """Whether a sentence is so much less likely, or meets so much less of the question, that it does not bear on it."""
    return sentence.chance < WEAK * best.chance or sentence.feature("late") < NEAR * best.feature("late")


def in_window(sentences: Sequence[Sentence], asked: Asked, window: Window | None) -> list[Sentence]:
    """Return the sentences; of a list or a count within a time only those that do not name other years alone, where one
    of them may answer. A length of time may be counted from other years."""
    counts = asked.kind is Kind.AMOUNT and asked.noun and asked.noun not in TIMES
    if window is None or not sentences or not (asked.kind is Kind.LIST or counts):
        return list(sentences)
    first, last = (window.since or date.min).year, (window.until or date.max).year
    kept = []
    for sentence in sentences:
        years = [year for year in map(int, _YEAR.findall(sentence.text)) if year < date.today().year + AHEAD]
        if not years or any(first <= year <= last for year in years):
            kept.append(sentence)
    return kept if kept and not _weak(kept[0], sentences[0]) else list(sentences)


def in_order(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return them in reading order: briefs by their best sentence, then as they stand."""
    order = list(dict.fromkeys(sentence.hit.brief.id for sentence in sentences))
    return sorted(sentences, key=lambda sentence: (order.index(sentence.hit.brief.id), sentence.start))


def in_time(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return them by the date of their brief, undated ones last, then as they stand."""
    return sorted(sentences, key=lambda s: (s.hit.brief.published or date.max, s.hit.brief.id, s.start))
