"""Lexical search: BM25 by SQLite's FTS5, over stemmed words and, for hangul, overlapping pairs of syllables.

Korean particles are glued to their nouns, so a word index misses most of them; pairs of syllables find the noun inside
the word. Text and query pass through the same `terms`, and no character of a query ever reaches FTS5 as syntax.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable

import numpy as np

from .types import Floats, Ints

COMMON_SHARE, COMMON_PASSAGES = 0.35, 10_000
"""A word in more than this share of the passages, or in more than this many, is left out of a query with rarer ones.
Up to the share nothing is lost (MRR 0.643, with all words 0.643) and a query costs two thirds; the number keeps its
cost from growing with the library. A share of a tenth loses 0.036. Table in tests/benchmarks/README.md."""
ROWS = 8_000
"""Passages a query may score, all its words together: the rarest words go first, and the rest is left out."""

CREATE_LEXICAL = (
    "CREATE VIRTUAL TABLE lexical USING fts5 (terms, content='', tokenize=\"porter unicode61 remove_diacritics 2\")"
)

_WORD = re.compile(r"\w+")
_HANGUL_RUN = re.compile(r"[\uac00-\ud7a3]+")


def terms(text: str) -> list[str]:
    """Return what is indexed of `text`: its words, each run of hangul as pairs of neighbouring syllables.

    >>> terms("병진노선은 byungjin")
    ['병진', '진노', '노선', '선은', 'byungjin']
    """
    found: list[str] = []
    for word in _WORD.findall(unicodedata.normalize("NFC", text)):
        end = 0
        for run in _HANGUL_RUN.finditer(word):
            if rest := word[end : run.start()].strip("_"):
                found.append(rest)
            found += [run[0][i : i + 2] for i in range(max(1, len(run[0]) - 1))]
            end = run.end()
        if rest := word[end:].strip("_"):
            found.append(rest)
    return found


def add_terms(connection: sqlite3.Connection, rows: Iterable[tuple[int, str]]) -> None:
    """Index the (passage number, text) rows."""
    connection.executemany(
        "INSERT INTO lexical (rowid, terms) VALUES (?, ?)", ((n, " ".join(terms(text))) for n, text in rows)
    )


def remove_terms(connection: sqlite3.Connection, rows: Iterable[tuple[int, str]]) -> None:
    """Take the rows out again; FTS5 keeps no copy of the text and has to be told what it was."""
    connection.executemany(
        "INSERT INTO lexical (lexical, rowid, terms) VALUES ('delete', ?, ?)",
        ((n, " ".join(terms(text))) for n, text in rows),
    )


def search_terms(
    connection: sqlite3.Connection,
    query: str,
    k: int,
    total: int,
    allowed: Ints | None = None,
    counts: dict[str, int] | None = None,
) -> tuple[Ints, Floats]:
    """Return numbers (n,) and BM25 scores (n,), higher is better, of at most `k` passages, best first.

    `total` is the number of passages; `allowed`, if given, the only ones that may be returned. `counts` remembers how
    many passages hold a word, for as long as the index does not change.
    """
    words = list(dict.fromkeys(terms(query.lower())))
    words = _affordable(connection, words, total, {} if counts is None else counts)
    if not words:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    match = " OR ".join(f'"{word}"' for word in words)
    where, parameters = "", [match]
    if allowed is not None:
        # The plus keeps SQLite from running the whole match again for every number, a hundred times slower.
        where = "AND +rowid IN (SELECT value FROM json_each(?))"
        parameters.append(str(allowed.tolist()))
    rows = connection.execute(
        "SELECT rowid, -bm25(lexical) FROM lexical WHERE lexical MATCH ? "
        f"{where} ORDER BY bm25(lexical), rowid LIMIT ?",
        [*parameters, k],
    ).fetchall()
    return (
        np.fromiter((row[0] for row in rows), np.int64, len(rows)),
        np.fromiter((row[1] for row in rows), np.float32, len(rows)),
    )


def count_matches(connection: sqlite3.Connection, match: str, most: int) -> int:
    """Return how many passages match, counted up to `most`."""
    rows = "SELECT count(*) FROM (SELECT 1 FROM lexical WHERE lexical MATCH ? LIMIT ?)"
    return int(connection.execute(rows, (match, most)).fetchone()[0])


def _affordable(connection: sqlite3.Connection, words: list[str], total: int, counts: dict[str, int]) -> list[str]:
    """The words that are not common, rarest first, as far as ROWS goes; if all are common, the two longest."""
    limit = min(int(COMMON_SHARE * total), COMMON_PASSAGES)
    for word in words:
        if word not in counts:
            # Counting rows of the match stops at the limit, so a common word costs no more than a rare one.
            counts[word] = count_matches(connection, f'"{word}"', limit + 1)
    chosen: list[str] = []
    rows = 0
    for word in sorted(words, key=lambda word: (counts[word], word)):
        count = counts[word]
        if 0 < count <= limit and (not chosen or rows + count <= ROWS):
            chosen.append(word)
            rows += count
    if chosen or limit < COMMON_PASSAGES:
        return chosen or words
    return sorted(words, key=lambda word: (-len(word), word))[:2]
