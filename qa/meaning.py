"""Whether the words of a claim are met in its quotes: by stem, by synonym, else by the encoder's late interaction.

Each word of the claim gets the best cosine of its pieces' token vectors with any piece of the quotes. A word that
stands there in some form counts as met; the claim's score is the mean over its words, rare ones weighing more.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from ..index import Encoder, Encoding
from ..index.types import Floats
from .synonyms import synonyms
from .words import Word, related

SAME, ALIKE = 1.0, 0.9  # of a word that stands there in some form, and of a synonym
COMMON = 8.0  # log of the rank, in the encoder's vocabulary, from which a word counts in full: 2,980


def met(
    claim_text: str, claim: Sequence[Word], quotes: Sequence[str], words: Sequence[Word], encoder: Encoder
) -> list[float]:
    """Return for each word of the claim how well the quotes meet it, in [0, 1]; `words` are those of all quotes."""
    stems = {word.stem for word in words if word.content}
    found = []
    for word in claim:
        if word.stem in stems or any(related(word.stem, other) for other in stems):
            found.append(SAME)
        elif any(synonyms(word.stem, other) for other in stems):
            found.append(ALIKE)
        else:
            found.append(0.0)
    if not all(score for score, word in zip(found, claim, strict=True) if word.content):
        cosines = _late(claim_text, claim, quotes, encoder)
        return [max(score, cosine) for score, cosine in zip(found, cosines, strict=True)]
    return found


def weights(claim: Sequence[Word], encoder: Encoder) -> list[float]:
    """Return the weight of each word, in (0, 1]: its place in the encoder's vocabulary, which stands by frequency."""
    return [_weight(word.key, encoder) for word in claim]  # type: ignore[arg-type]  # an encoder is hashable


@lru_cache(maxsize=8192)
def _weight(key: str, encoder: Encoder) -> float:
    return min(1.0, max(0.3, math.log(1 + max(encoder.pieces(key), default=1)) / COMMON - 0.1))


def closeness(claim: str, quotes: Sequence[str], encoder: Encoder) -> float:
    """Return the cosine of the claim with the nearest of the sentences."""
    mine = _encoded(claim, encoder).vector  # type: ignore[arg-type]  # an encoder is hashable
    others = [_encoded(quote, encoder).vector for quote in quotes]  # type: ignore[arg-type]
    return max(float(np.dot(mine, other)) for other in others)


def likeness(text: str, word: Word, other_text: str, others: Sequence[Word], encoder: Encoder) -> float:
    """Return the highest cosine of a word as it stands in `text` with one of `others` as they stand in `other_text`."""
    mine = _standing(text, word, encoder)
    return max((float(mine @ _standing(other_text, other, encoder)) for other in others), default=0.0)


def _standing(text: str, word: Word, encoder: Encoder) -> Floats:
    """The mean of a word's token vectors, unit length; zeros for one that the encoder cut off."""
    tokens = _encoded(text, encoder).tokens  # type: ignore[arg-type]
    starts = np.array([start for start, _ in encoder.offsets(text)][: len(tokens)])
    inside = tokens[: len(starts)][(starts >= word.start) & (starts < word.end)]
    mean = inside.mean(axis=0) if len(inside) else np.zeros(tokens.shape[1], np.float32)
    return np.asarray(mean / max(1e-9, float(np.linalg.norm(mean))), np.float32)


def _late(text: str, claim: Sequence[Word], quotes: Sequence[str], encoder: Encoder) -> list[float]:
    mine = _encoded(text, encoder)  # type: ignore[arg-type]
    rows = [_encoded(quote, encoder).tokens for quote in quotes]  # type: ignore[arg-type]
    other = np.concatenate([row for row in rows if len(row)] or [mine.tokens[:0]])
    if not len(other) or not len(mine.tokens):
        return [0.0] * len(claim)
    best = np.clip((mine.tokens @ other.T).max(axis=1), 0.0, 1.0)
    starts = np.array([start for start, _ in encoder.offsets(text)][: len(best)])
    scores = []
    for word in claim:
        inside = best[: len(starts)][(starts >= word.start) & (starts < word.end)]
        scores.append(float(inside.mean()) if len(inside) else 0.0)
    return scores


@lru_cache(maxsize=1024)
def _encoded(text: str, encoder: Encoder) -> Encoding:
    return encoder.encode([text])[0]
