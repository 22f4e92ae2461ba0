"""One search: the passages for one form of a question, fused from words and meaning, re-ranked by late interaction."""

import numpy as np

from .cover import cover
from .fuse import fuse, scaled
from .late import TokenCodec, best_matches, idf_weights, weakest
from .lexical import terms
from .ranking import Ranking
from .types import Encoding, Floats, weighed_sum
from .view import Scope, View

DEPTH = 50  # passages taken from each ranking
CANDIDATES = 30  # of the fused ranking, re-ranked; 40 and 60 rank no better
DENSE_WEIGHT, LEXICAL_WEIGHT = 0.4, 0.6
FUSED_WEIGHT, LATE_WEIGHT, COVER_WEIGHT, WEAKEST_WEIGHT = 0.2, 0.44, 0.2, 0.16
# Chosen on the training questions; tests/benchmarks/README.md has the tables.


def ranked(view: View, text: str, encoding: Encoding, depth: int, scope: Scope = (), *, rerank: bool = True) -> Ranking:
    """Return the passages for `text`, whose encoding is `encoding`; without token vectors they are not re-ranked."""
    depth = max(DEPTH, depth)
    near = view.nearest(encoding.vector, depth, scope)
    worded = view.worded(text, depth, scope)
    numbers, scores = fuse([near, worded], [DENSE_WEIGHT, LEXICAL_WEIGHT])
    cosines = view.vectors(numbers) @ encoding.vector
    found = Ranking(numbers, scores, np.clip(cosines, 0, 1))
    codec = view.codec if rerank else None
    if not codec or not len(numbers) or not len(encoding.tokens):
        return found
    words = list(dict.fromkeys(terms(text.lower())))
    covered = cover(view.texts(found.numbers[:CANDIDATES]), words, view.counts(words), len(view))
    return _reranked(view, codec, encoding, covered, found)


def piece_weights(view: View, encoding: Encoding) -> Floats:
    """Return the weight of each word piece of a question among the passages; they sum to 1."""
    return idf_weights(np.array(view.pieces(encoding.pieces), np.float32), len(view))


def weighed(weights: Floats, encoding: Encoding) -> Floats:
    """Return the weights with the importance of the pieces, summing to 1 again."""
    if encoding.importance is None:
        return weights
    changed = weights * encoding.importance
    return np.asarray(changed / changed.sum(), dtype=np.float32)


def _reranked(view: View, codec: TokenCodec, encoding: Encoding, covered: Floats, found: Ranking) -> Ranking:
    """The first CANDIDATES in the order of all scores together; the rest behind, with the fused one alone."""
    top, rest = found.numbers[:CANDIDATES], found.numbers[CANDIDATES:]
    codes = view.tokens(top)
    vectors, sizes = codec.unpack(b"".join(codes)), [codec.size(code) for code in codes]
    best = best_matches(encoding, vectors, sizes)
    weights = piece_weights(view, encoding)
    late = np.clip(weighed_sum(best, weights), 0.0, 1.0)  # compared with other rankings, so nothing fitted is in it
    mixed = FUSED_WEIGHT * found.scores[:CANDIDATES] + LATE_WEIGHT * scaled(
        weighed_sum(best, weighed(weights, encoding))
    )
    mixed += COVER_WEIGHT * scaled(covered) + WEAKEST_WEIGHT * scaled(weakest(best))
    order = np.lexsort((top, -mixed))
    return Ranking(
        np.concatenate([top[order], rest]),
        np.concatenate([mixed[order], FUSED_WEIGHT * found.scores[CANDIDATES:]]),
        np.concatenate([(0.5 * late + 0.5 * found.similar[:CANDIDATES])[order], found.similar[CANDIDATES:]]),
    )
