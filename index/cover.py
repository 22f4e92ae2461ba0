"""How many of a question's words a passage or its title has, the rare ones counting most.

BM25 adds up words and takes off for length; this is a share, which tells a passage with all of the rare words from one
that repeats some of them. Words compare by how they begin: "deployed" is met by "deployment".
"""

import json
import re
import sqlite3
from collections.abc import Sequence

import numpy as np

from .types import Floats, Ints

_WORDS = re.compile(r"\w+")
_ENDING = re.compile(r"(?<=\w{4})(?:ational|ations?|ments?|ingly|edly|ings?|ied|ies|ers?|ed|es|s|ly)$")


def cover(
    connection: sqlite3.Connection, words: Sequence[str], passages_with: dict[str, int], total: int, numbers: Ints
) -> Floats:
    """Return for each passage the share (n,) in [0, 1] of the words that it has, weighted by idf squared.

    `passages_with` says how many of the `total` passages have a word; one that it does not know counts as rare.
    """
    stems = {f" {_ENDING.sub('', word)}": passages_with.get(word, 0) for word in words}
    if not stems:
        return np.zeros(len(numbers), np.float32)
    idf = np.log((total + 1.0) / (np.array(list(stems.values()), np.float32) + 0.5))
    weights = np.maximum(idf, 0.01) ** 2
    rows = connection.execute(
        "SELECT p.n, b.title || ' ' || substr(b.text, p.start + 1, p.stop - p.start) FROM passages p "
        "JOIN briefs b ON b.n = p.brief WHERE p.n IN (SELECT value FROM json_each(?))",
        (json.dumps(numbers.tolist()),),
    )
    texts = {number: f" {' '.join(_WORDS.findall(text.lower()))}" for number, text in rows}
    has = np.array([[stem in texts[number] for stem in stems] for number in numbers.tolist()], np.float32)
    return np.asarray(has @ weights / weights.sum(), dtype=np.float32)
