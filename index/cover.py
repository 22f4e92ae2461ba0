"""How many of a question's words a passage or its title has, the rare ones counting most.

BM25 adds up words and takes off for length; this is a share, which tells a passage with all of the rare words from one
that repeats some of them. Words compare by how they begin: "deployed" is met by "deployment".
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from .types import Floats, weighed_sum

_WORDS = re.compile(r"\w+")
_ENDING = re.compile(r"(?<=\w{4})(?:ational|ations?|ments?|ingly|edly|ings?|ied|ies|ers?|ed|es|s|ly)$")


def cover(texts: Sequence[str], words: Sequence[str], passages_with: Mapping[str, int], total: int) -> Floats:
    """Return for each text the share (n,) in [0, 1] of the words that it has, weighted by idf squared.

    `passages_with` says how many of the `total` passages have a word; one that it does not know counts as rare.
    """
    stems = {f" {_ENDING.sub('', word)}": passages_with.get(word, 0) for word in words}
    if not stems:
        return np.zeros(len(texts), np.float32)
    idf = np.log((total + 1.0) / (np.array(list(stems.values()), np.float32) + 0.5))
    weights = np.maximum(idf, 0.01) ** 2
    spread = [f" {' '.join(_WORDS.findall(text.lower()))}" for text in texts]
    has = np.array([[stem in text for stem in stems] for text in spread], np.float32).reshape(len(texts), len(stems))
    return np.asarray(weighed_sum(has, weights) / weights.sum(), dtype=np.float32)
