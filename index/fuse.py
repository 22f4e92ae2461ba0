"""Fusion of rankings: pure functions, arrays in, arrays out."""

from collections.abc import Sequence

import numpy as np

from .types import Floats, Ints


def scaled(scores: Floats) -> Floats:
    """Return the scores stretched to [0, 1] (min-max); equal scores all become 1.

    >>> scaled(np.array([2.0, 4.0, 3.0], dtype=np.float32)).tolist()
    [0.0, 1.0, 0.5]
    """
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    if high <= low:
        return np.ones_like(scores)
    return np.asarray((scores - low) / (high - low), dtype=np.float32)


def fuse(rankings: Sequence[tuple[Ints, Floats]], weights: Sequence[float]) -> tuple[Ints, Floats]:
    """Return the union of the rankings' numbers with the weighted sum of their scaled scores, best first.

    A number that a ranking does not hold gets 0 from it. With weights that sum to 1, scores lie in [0, 1]. Ties go to
    the lower number, so that the order does not depend on anything else.

    >>> fuse([(np.array([1, 2]), np.array([9.0, 3.0])), (np.array([2]), np.array([5.0]))], [0.4, 0.6])[0].tolist()
    [2, 1]
    """
    return blend([(numbers, scaled(scores)) for numbers, scores in rankings], weights)


def blend(rankings: Sequence[tuple[Ints, Floats]], weights: Sequence[float]) -> tuple[Ints, Floats]:
    """Return what `fuse` does for scores that lie in [0, 1] already and are not to be scaled."""
    numbers = np.unique(np.concatenate([numbers for numbers, _ in rankings]))
    total = np.zeros(len(numbers), dtype=np.float32)
    for (found, scores), weight in zip(rankings, weights, strict=True):
        total[np.searchsorted(numbers, found)] += weight * scores
    order = np.lexsort((numbers, -total))
    return numbers[order], total[order]


def capped(brief_of: list[str], cap: int, k: int) -> list[int]:
    """Return up to `k` positions of a ranking with at most `cap` of one brief; the passed over fill up the end.

    >>> capped(["a", "a", "a", "b"], cap=2, k=4)
    [0, 1, 3, 2]
    """
    taken: dict[str, int] = {}
    first: list[int] = []
    rest: list[int] = []
    for position, brief in enumerate(brief_of):
        taken[brief] = taken.get(brief, 0) + 1
        (first if taken[brief] <= cap else rest).append(position)
    return (first + rest)[:k]
