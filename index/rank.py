"""One search: the passages for one form of a question, fused from words and meaning, re-ranked by late interaction."""

import json
import sqlite3
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .cover import cover
from .dense import EXACT_FILTER, DenseIndex
from .fuse import fuse, scaled
from .late import TokenCodec, best_matches, idf_weights, weakest
from .lexical import search_terms, terms
from .store import read_tokens, read_vectors
from .types import Encoding, Floats, Ints

DEPTH = 50  # passages taken from each ranking
CANDIDATES = 30  # of the fused ranking, re-ranked; 40 and 60 rank no better
DENSE_WEIGHT, LEXICAL_WEIGHT = 0.4, 0.6
FUSED_WEIGHT, LATE_WEIGHT, COVER_WEIGHT, WEAKEST_WEIGHT = 0.2, 0.44, 0.2, 0.16
# Chosen on the training questions; tests/benchmarks/README.md has the tables.


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passages, best first: `numbers` (n,), `scores` (n,) in [0, 1] within this ranking, and `similar` (n,) in [0, 1],
    which can be compared with other rankings: the mean of cosine and late-interaction score, or the cosine alone."""

    numbers: Ints
    scores: Floats
    similar: Floats

    def __len__(self) -> int:
        return len(self.numbers)

    def only(self, mask: NDArray[np.bool_]) -> "Ranking":
        """Return the passages that `mask` (n,) keeps, in their order."""
        return Ranking(self.numbers[mask], self.scores[mask], self.similar[mask])


def ranked(
    connection: sqlite3.Connection,
    dense: DenseIndex,
    codec: TokenCodec | None,
    text: str,
    encoding: Encoding,
    depth: int,
    allowed: Ints | None = None,
    counts: dict[str, int] | None = None,
) -> Ranking:
    """Return the passages for `text`, whose encoding is `encoding`; without a codec they are not re-ranked."""
    depth = max(DEPTH, depth)
    if allowed is not None and dense.approximate and len(allowed) <= EXACT_FILTER:
        near = dense.search_exactly(connection, encoding.vector, depth, allowed)
    else:
        near = dense.search(encoding.vector, depth, allowed)
    worded = search_terms(connection, text, depth, len(dense), allowed, counts)
    numbers, scores = fuse([near, worded], [DENSE_WEIGHT, LEXICAL_WEIGHT])
    cosines = read_vectors(connection, numbers, len(encoding.vector)) @ encoding.vector
    found = Ranking(numbers, scores, np.clip(cosines, 0, 1))
    if not codec or not len(numbers) or not len(encoding.tokens):
        return found
    words = list(dict.fromkeys(terms(text.lower())))
    covered = cover(connection, words, counts or {}, len(dense), found.numbers[:CANDIDATES])
    return _reranked(connection, len(dense), codec, encoding, covered, found)


def piece_weights(connection: sqlite3.Connection, encoding: Encoding, total: int) -> Floats:
    """Return the weight of each word piece of a question among `total` passages."""
    asked = json.dumps(encoding.pieces.tolist())
    rows = connection.execute(
        "SELECT piece, passages FROM pieces WHERE piece IN (SELECT value FROM json_each(?))", (asked,)
    )
    found = dict(rows.fetchall())
    return idf_weights(np.array([found.get(piece, 0) for piece in encoding.pieces.tolist()], np.float32), total)


def _reranked(
    connection: sqlite3.Connection, total: int, codec: TokenCodec, encoding: Encoding, covered: Floats, found: Ranking
) -> Ranking:
    """The first CANDIDATES in the order of all scores together; the rest behind, with the fused one alone."""
    top, rest = found.numbers[:CANDIDATES], found.numbers[CANDIDATES:]
    codes = read_tokens(connection, top)
    vectors, sizes = codec.unpack(b"".join(codes)), [codec.size(code) for code in codes]
    best = best_matches(encoding, vectors, sizes)
    late = np.clip(best @ piece_weights(connection, encoding, total), 0.0, 1.0)
    mixed = FUSED_WEIGHT * found.scores[:CANDIDATES] + LATE_WEIGHT * scaled(late)
    mixed += COVER_WEIGHT * scaled(covered) + WEAKEST_WEIGHT * scaled(weakest(best))
    order = np.lexsort((top, -mixed))
    return Ranking(
        np.concatenate([top[order], rest]),
        np.concatenate([mixed[order], FUSED_WEIGHT * found.scores[CANDIDATES:]]),
        np.concatenate([(0.5 * late + 0.5 * found.similar[:CANDIDATES])[order], found.similar[CANDIDATES:]]),
    )
