"""Whether a text asks or orders, told by its vector: what words alone miss, such as "Swear at me in dialect".

A logistic in the encoder's vector of the text and in a few things told by form. The weights are fitted on questions and
orders on the same matters, so that the matter does not decide: `python -m tests.benchmarks.orders --fit` writes
`manner.tsv`. They hold for the encoder that they were fitted with; with another one the words decide alone.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..index import Encoder, EncoderSpec
from ..index.types import Floats
from .orders import asks, commands, requests

TABLE = Path(__file__).with_name("manner.tsv")
FLAGS = ("asks", "you", "mark", "request", "command")
FLAG = 0.5  # of a flag beside a vector of unit length
_YOU = re.compile(r"\b(?:you|your|yours|yourself|you['’](?:re|d|ll|ve))\b", re.IGNORECASE)
_POLITE_YOU = re.compile(
    r"\b(?:can|could|will|would) you\b|\bdo you (?:have|know)\b|\byou (?:have|hold|mention(?:ed)?|said|quoted?|wrote)\b"
    r"|\bthank you\b|\byour (?:briefs?|sources?|documents?|library|shelf|texts?|collection|archive|materials?)\b",
    re.IGNORECASE,
)
"""Where "you" is the library that is asked, or merely polite."""


@dataclass(frozen=True, slots=True, eq=False)
class Manner:
    """Weights (d + flags,) float32 of a text's vector and flags, and a bias; a score above 0 is an order."""

    weights: Floats
    bias: float

    def score(self, encoder: Encoder, text: str) -> float:
        """Return the score of a text."""
        [made] = encoder.encode([encoder.spec.query_prefix + text])
        return float(features(made.vector, text) @ self.weights) + self.bias


def features(vector: Floats, text: str) -> Floats:
    """Return the vector with the flags behind it, in the order of FLAGS."""
    flags = (asks(text), speaks_to_machine(text), text.rstrip().endswith("?"), requests(text), commands(text))
    return np.concatenate([vector, FLAG * np.array(flags, np.float32)]).astype(np.float32)


def says_you(text: str) -> bool:
    """Whether "you" or "your" stands in a text."""
    return bool(_YOU.search(text))


def speaks_to_machine(text: str) -> bool:
    """Whether "you" or "your" stands in a text otherwise than politely or of the library."""
    return bool(_YOU.search(_POLITE_YOU.sub(" ", text)))


@lru_cache(maxsize=4)
def load_manner(spec: EncoderSpec) -> Manner | None:
    """Return the weights for this encoder, None where they were fitted with another."""
    first, *lines = TABLE.read_text("utf-8").splitlines()
    if first.removeprefix("# ") != f"{spec.name}\t{spec.weights}":
        return None
    *weights, bias = (float(line) for line in lines)
    return Manner(np.array(weights, np.float32), bias)


def write_manner(spec: EncoderSpec, weights: Floats, bias: float) -> None:
    """Write the table that `load_manner` reads."""
    values = [*weights.tolist(), bias]
    TABLE.write_text("\n".join([f"# {spec.name}\t{spec.weights}", *(f"{v:.3f}" for v in values)]) + "\n", "utf-8")
