"""Korean passages for a question in either language, by the ideas they name.

The encoder reads no Korean, and BM25 counts a long word, cut into pairs of syllables, many times over and weighs it by
how rare it is among English passages. So words only find the candidates here; their order is the share of the
question's ideas that a passage names in any of their forms, rare ideas weighing more, in one spelling for North and
South and without spaces.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from .fuse import scaled
from .korean import Concept
from .ranking import Ranking
from .spelling import letters, southern
from .types import Filter, Floats, Ints, weighed_sum
from .view import Scope, View

POOL = 100  # candidates that words find
AHEAD = 50  # of them, whose neighbours are read, too
BESIDE = 0.5  # of an idea that only the passage before or after names: Korean passages hold two or three sentences
COVERED = 0.8  # of a score is the share of ideas, the rest BM25, which parts equal shares


def search_concepts(view: View, concepts: Sequence[Concept], scope: Scope = ()) -> Ranking:
    """Return the Korean passages of the scope that name most of the ideas; `similar` is the share that they name."""
    korean = (*scope, Filter(languages=("ko",)))
    words = " ".join(form for forms in concepts for form in forms)
    found, worded = view.worded(words, POOL, korean)
    if not len(found):
        return Ranking(found, worded, worded)
    spelt = [[_paired(southern(letters(form)[0])) for form in forms] for forms in concepts]
    named = np.array([[_named(forms, _spelt(text)) for forms in spelt] for text in view.texts(found)], np.float32)
    weights = _weights(view, concepts, (named == 1).sum(axis=0), view.size(korean))
    ahead = np.argsort(-(COVERED * weighed_sum(named, weights) + (1 - COVERED) * scaled(worded)), kind="stable")[:AHEAD]
    around = view.beside(found[ahead])
    beside = np.array([[_named(forms, _spelt(text)) for forms in spelt] for text in around], np.float32)
    named[ahead] = np.maximum(named[ahead], BESIDE * beside)
    shares = weighed_sum(named, weights)
    scores = COVERED * shares + (1 - COVERED) * scaled(worded)
    order = np.lexsort((found, -scores))
    return Ranking(found[order], scores[order], shares[order])


@lru_cache(maxsize=4096)  # the same few passages come up again and again
def _spelt(text: str) -> str:
    """The letters of a text in one spelling."""
    return southern("".join(filter(str.isalnum, text.lower())))


def _paired(form: str) -> tuple[str, list[str]]:
    """A form and its pairs of neighbouring syllables."""
    return form, [form[i : i + 2] for i in range(len(form) - 1)]


def _named(forms: Sequence[tuple[str, list[str]]], text: str) -> float:
    """1 where the text has one of the forms; else the best square of a form's share of pairs of syllables."""
    best = 0.0
    for form, pairs in forms:
        if form in text:
            return 1.0
        if len(pairs) > 1:
            best = max(best, (sum(pair in text for pair in pairs) / len(pairs)) ** 2)
    return best


def _weights(view: View, concepts: Sequence[Concept], seen: Ints, korean: int) -> Floats:
    """The weight of each idea, by the Korean passages that name it, of which `seen` are candidates; they sum to 1."""
    idf = []
    for naming, least in zip(view.naming(concepts, korean), seen.tolist(), strict=True):
        passages = min(max(naming, least), korean)
        idf.append(max(0.05, np.log((korean + 1.0) / (passages + 0.5))))
    return np.asarray(np.array(idf) / sum(idf), dtype=np.float32)
