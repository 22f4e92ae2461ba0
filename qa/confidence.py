"""The probability that the briefs answer: that they are about the matter, times that they hold just what is asked.

Both are logistic, the first in the best passage's similarity, the second in the other features of the evidence. Fitted
on the half "fit" of the shelf's own questions, the first against off-topic text, the second against near misses (orders
are told before anything is searched): `python -m tests.benchmarks.refusal --fit` prints these constants. Half of those
questions are not answered by the briefs, so the probability is meant for a reader who asks as many.
"""

import math
from collections.abc import Sequence

from .evidence import Evidence

SLOPE, MIDDLE = 50.9, 0.389
"""Of the similarity."""
WEIGHTS = (-0.47, -0.98, -0.04, -0.73, -1.13, -0.54, -1.00)
"""Of the features behind the similarity, in the order of `Evidence`."""
BIAS = 1.2
"""Set on its own afterwards, so that confidence is as often right as it says on the half "fit"."""

REFUSE_BELOW = 0.17
"""Below it nothing is quoted."""
HEDGE_BELOW = 0.44
"""Below it the quotes are given as the nearest, and what is missing is said first."""
UNHEARD = 0.35
"""At most, where the question names somebody or a year that no passage read speaks of: too rare to be fitted."""


def confidence(evidence: Evidence) -> float:
    """Return the probability, in [0, 1], that the briefs answer the question."""
    chance = on_topic(evidence.similarity) * holds(evidence.values()[1:])
    return min(chance, UNHEARD) if evidence.unheard else chance


def on_topic(similarity: float) -> float:
    """Return the probability that the briefs are about the matter of the question."""
    return _logistic(SLOPE * (similarity - MIDDLE))


def holds(features: Sequence[float]) -> float:
    """Return the probability that briefs about the matter hold what is asked."""
    return _logistic(BIAS + sum(weight * feature for weight, feature in zip(WEIGHTS, features, strict=True)))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))
