"""Korean passages for a question in either language, by the ideas they name.

The encoder reads no Korean, and BM25 counts a long word, cut into pairs of syllables, many times over and weighs it by
how rare it is among English passages. So words only find the candidates here; their order is the share of the
question's ideas that a passage names in any of their forms, rare ideas weighing more, in one spelling for North and
South and without spaces.
"""

import json
import sqlite3
from collections.abc import Sequence

import numpy as np

from .fuse import scaled
from .korean import Concept
from .lexical import search_terms, terms
from .spelling import letters, southern
from .types import Floats, Ints

POOL = 150  # candidates that words find
BESIDE = 0.5  # of an idea that only the passage before or after names: Korean passages hold two or three sentences
COVERED = 0.8  # of a score is the share of ideas, the rest BM25, which parts equal shares


def search_concepts(
    connection: sqlite3.Connection, concepts: Sequence[Concept], numbers: Ints, total: int, counts: dict[str, int]
) -> tuple[Ints, Floats, Floats]:
    """Return numbers (n,), scores (n,) in [0, 1] and shares of the ideas (n,) in [0, 1], best first.

    `numbers` are the Korean passages that may be found, among `total` of all languages; `counts` is what `search_terms`
    keeps.
    """
    words = " ".join(form for forms in concepts for form in forms)
    found, worded = search_terms(connection, words, POOL, total, numbers, counts)
    if not len(found):
        return found, worded, worded
    spelt = [[southern(letters(form)[0]) for form in forms] for forms in concepts]
    texts = _texts(connection, found)
    named = np.array([[_named(forms, text) for forms in spelt] for text in texts], np.float32)
    around = _around(connection, found)
    beside = np.array([[_named(forms, text) for forms in spelt] for text in around], np.float32)
    weights = _weights(connection, concepts, (named == 1).sum(axis=0), len(numbers), counts)
    shares = np.asarray(np.maximum(named, BESIDE * beside) @ weights, dtype=np.float32)
    scores = COVERED * shares + (1 - COVERED) * scaled(worded)
    order = np.lexsort((found, -scores))
    return found[order], scores[order], shares[order]


def _named(forms: Sequence[str], text: str) -> float:
    """1 where the text has one of the forms; else the best square of a form's share of pairs of syllables."""
    best = 0.0
    for form in forms:
        if form in text:
            return 1.0
        pairs = [form[i : i + 2] for i in range(len(form) - 1)]
        if len(pairs) > 1:
            best = max(best, (sum(pair in text for pair in pairs) / len(pairs)) ** 2)
    return best


def _weights(
    connection: sqlite3.Connection, concepts: Sequence[Concept], seen: Ints, korean: int, counts: dict[str, int]
) -> Floats:
    """The weight of each idea, by the Korean passages that name it, of which `seen` are candidates; they sum to 1."""
    idf = []
    for forms, least in zip(concepts, seen.tolist(), strict=True):
        match = " OR ".join(f'"{" ".join(words)}"' for form in forms if (words := terms(form.lower())))
        if match not in counts:
            counts[match] = connection.execute(
                "SELECT count(*) FROM (SELECT 1 FROM lexical WHERE lexical MATCH ? LIMIT ?)", (match, korean)
            ).fetchone()[0]
        passages = min(max(counts[match], least), korean)
        idf.append(max(0.05, np.log((korean + 1.0) / (passages + 0.5))))
    return np.asarray(np.array(idf) / sum(idf), dtype=np.float32)


def _texts(connection: sqlite3.Connection, numbers: Ints) -> list[str]:
    """The passages with their titles, letters only, in one spelling."""
    rows = connection.execute(
        "SELECT p.n, b.title || ' ' || substr(b.text, p.start + 1, p.stop - p.start) FROM passages p "
        "JOIN briefs b ON b.n = p.brief WHERE p.n IN (SELECT value FROM json_each(?))",
        (json.dumps(numbers.tolist()),),
    )
    texts = {number: southern("".join(filter(str.isalnum, text.lower()))) for number, text in rows}
    return [texts[number] for number in numbers.tolist()]


def _around(connection: sqlite3.Connection, numbers: Ints) -> list[str]:
    """The passages before and after each, of the same brief, letters only, in one spelling."""
    rows = connection.execute(
        "SELECT p.n, group_concat(substr(b.text, q.start + 1, q.stop - q.start), ' ') FROM passages p "
        "JOIN briefs b ON b.n = p.brief JOIN passages q ON q.n IN (p.n - 1, p.n + 1) AND q.brief = p.brief "
        "WHERE p.n IN (SELECT value FROM json_each(?)) GROUP BY p.n",
        (json.dumps(numbers.tolist()),),
    )
    texts = {number: southern("".join(filter(str.isalnum, text.lower()))) for number, text in rows}
    return [texts.get(number, "") for number in numbers.tolist()]
