"""A ranking of passages, and how two become one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .fuse import blend
from .types import Floats, Ints


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


def blended(rankings: Sequence[Ranking], weights: Sequence[float]) -> Ranking:
    """Return the rankings' weighted sum; a passage's similarity is the highest it has in any of them."""
    numbers, scores = blend([(each.numbers, each.scores) for each in rankings], weights)
    similar = np.zeros(len(numbers), dtype=np.float32)
    for each in rankings:
        places = {int(number): value for number, value in zip(each.numbers, each.similar, strict=True)}
        similar = np.maximum(similar, np.array([places.get(int(number), 0.0) for number in numbers], np.float32))
    return Ranking(numbers, scores, similar)


def interleaved(first: Ranking, second: Ranking, lead: int) -> Ranking:
    """Return the two rankings in turn, after the first `lead` of the first one; scores stay descending."""
    second_only = ~np.isin(second.numbers, first.numbers)
    places = np.concatenate([2 * np.arange(len(first)), 2 * np.arange(int(second_only.sum())) + 2 * lead - 1])
    order = np.argsort(places, kind="stable")
    scores = np.concatenate([first.scores, second.scores[second_only]])[order]
    return Ranking(
        np.concatenate([first.numbers, second.numbers[second_only]])[order],
        np.minimum.accumulate(scores),
        np.concatenate([first.similar, second.similar[second_only]])[order],
    )
