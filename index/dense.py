"""Exact dense search over the passages' vectors by FAISS, derived from the store and never the only copy.

Up to APPROXIMATE_FROM passages every search is exact, over vectors read from SQLite. Beyond, `base` and `large` take
over, and this serves until they are made.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import faiss
import numpy as np

from .types import Floats, Ints
from .vectors import read_all_vectors

APPROXIMATE_FROM = 60_000
"""From here on an approximate index replaces the exact search, which would take over 20 ms a query."""
BLOCK = 50_000  # vectors read at a time


@contextmanager
def one_thread() -> Iterator[None]:
    """FAISS on the calling thread alone: waking others costs more than a single query's work."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)  # of this thread only
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


class DenseIndex:
    """Inner products of unit vectors, which are cosines, over the passages of one generation."""

    def __init__(self, index: Any, numbers: Ints, generation: int) -> None:
        self._index = index
        self.numbers = numbers  # ascending
        self.generation = generation

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def dimension(self) -> int:
        """The number of values of a vector."""
        return int(self._index.d)

    def search(self, query: Floats, k: int, allowed: Ints | None = None) -> tuple[Ints, Floats]:
        """Return numbers (n,) and cosines (n,) of the at most `k` nearest passages, nearest first, ties by number."""
        wanted = min(k, len(self) if allowed is None else len(allowed))
        if wanted == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        selector = None if allowed is None else faiss.IDSelectorBatch(allowed)
        with one_thread():
            parameters = faiss.SearchParameters(sel=selector)
            scores, numbers = self._index.search(query[None, :], wanted, params=parameters)
        found = numbers[0] >= 0
        order = np.lexsort((numbers[0][found], -scores[0][found]))
        return numbers[0][found][order], scores[0][found][order]

    def updated(self, connection: sqlite3.Connection, generation: int, dimension: int) -> "DenseIndex":
        """Return the index of a later generation; only what is new is read."""
        now = np.array([row[0] for row in connection.execute("SELECT n FROM passages ORDER BY n")], dtype=np.int64)
        gone = np.setdiff1d(self.numbers, now, assume_unique=True)
        if len(gone) > len(now) // 2:
            return build_dense(connection, generation, dimension)
        index = faiss.clone_index(self._index)  # searches of other threads go on in the old one
        if len(gone):
            index.remove_ids(faiss.IDSelectorBatch(gone))
        fresh, vectors = read_all_vectors(connection, dimension, above=int(self.numbers[-1]) if len(self) else 0)
        if len(fresh):
            index.add_with_ids(vectors, fresh)
        return DenseIndex(index, now, generation)


def is_large(passages: int) -> bool:
    """Whether an index of so many passages has outgrown exact search."""
    return passages >= APPROXIMATE_FROM


def build_dense(connection: sqlite3.Connection, generation: int, dimension: int) -> DenseIndex:
    """Return the index over all vectors of the store."""
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
    parts, above = [np.empty(0, np.int64)], 0
    while True:
        numbers, vectors = read_all_vectors(connection, dimension, above, BLOCK)
        if not len(numbers):
            return DenseIndex(index, np.concatenate(parts), generation)
        index.add_with_ids(vectors, numbers)
        parts.append(numbers)
        above = int(numbers[-1])
