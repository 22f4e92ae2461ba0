"""How much a word of a question matters, told from its token vector: "how many" and "report on" say little, whatever
their words' rarity is.

A piece with the token vector t counts exp(REACH tanh(t.v)) times its idf weight. The direction v is fitted for one
encoder (`tests/benchmarks/importance.py`) and stands in `importance.tsv` behind the hash of that encoder's weights; for
another encoder all words matter alike.
"""

from functools import cache
from pathlib import Path

import numpy as np

from .types import EncoderSpec, Encoding, Floats

SHIPPED = Path(__file__).with_name("importance.tsv")
REACH = 2.0  # between a seventh of the idf weight and seven times it


def importance(encoding: Encoding, spec: EncoderSpec) -> Floats | None:
    """Return the factors (m,), above 0, of the pieces of a question; None for an encoder that nothing is known of."""
    weights, direction = _shipped()
    if spec.weights != weights or spec.dimension != len(direction):
        return None
    return np.asarray(np.exp(REACH * np.tanh(encoding.tokens @ direction)), dtype=np.float32)


@cache
def _shipped() -> tuple[str, Floats]:
    """The hash of the encoder's weights, and the direction (d,)."""
    weights, *values = SHIPPED.read_text("utf-8").split()
    return weights, np.array(values, dtype=np.float32)
