"""Dense search over the passages' vectors by FAISS, derived from the store and never the only copy.

Up to APPROXIMATE_FROM passages the search is exact, over vectors read from SQLite. Beyond, an approximate index is kept
in `NAME.faiss` beside the store, with a small `NAME.faiss.json` that says which store, generation and checksum it
belongs to. When it is missing, older or damaged it is built again from SQLite; nothing is embedded.
"""

import json
import os
import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from .holder import scratch_name
from .types import Floats, Ints
from .vectors import read_all_vectors, read_vectors

APPROXIMATE_FROM = 60_000
"""From here on an inverted file with 8-bit codes replaces the exact search, which would take over 20 ms a query."""
PROBES = 32  # lists of the inverted file that a query visits
EXACT_FILTER = 5_000
"""A filter that allows no more passages than this is searched exactly: a narrow one starves approximate indexes."""


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

    @property
    def approximate(self) -> bool:
        """Whether the search may miss a neighbour; so it is from APPROXIMATE_FROM passages on."""
        return isinstance(self._index, faiss.IndexIVF)

    def search(self, query: Floats, k: int, allowed: Ints | None = None) -> tuple[Ints, Floats]:
        """Return numbers (n,) and cosines (n,) of the at most `k` nearest passages, nearest first, ties by number."""
        wanted = min(k, len(self) if allowed is None else len(allowed))
        if wanted == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        selector = None if allowed is None else faiss.IDSelectorBatch(allowed)
        with one_thread():
            scores, numbers = self._index.search(query[None, :], wanted, params=self._parameters(selector, allowed))
        found = numbers[0] >= 0
        order = np.lexsort((numbers[0][found], -scores[0][found]))
        return numbers[0][found][order], scores[0][found][order]

    def _parameters(self, selector: Any, allowed: Ints | None) -> Any:
        if not self.approximate:
            return faiss.SearchParameters(sel=selector)
        lists = self._index.nlist
        return faiss.SearchParametersIVF(sel=selector, nprobe=lists if allowed is not None else min(lists, PROBES))

    def search_exactly(
        self, connection: sqlite3.Connection, query: Floats, k: int, allowed: Ints
    ) -> tuple[Ints, Floats]:
        """Return what `search` does, from the stored vectors of the allowed passages."""
        scores = read_vectors(connection, allowed, len(query)) @ query
        order = np.lexsort((allowed, -scores))[:k]
        return allowed[order], scores[order]

    def updated(self, connection: sqlite3.Connection, generation: int, dimension: int) -> "DenseIndex":
        """Return the index of a later generation; only what is new is read."""
        now = np.array([row[0] for row in connection.execute("SELECT n FROM passages ORDER BY n")], dtype=np.int64)
        gone = np.setdiff1d(self.numbers, now, assume_unique=True)
        if len(gone) > len(now) // 2 or (self.approximate and len(now) < APPROXIMATE_FROM):
            return build_dense(connection, generation, dimension)
        index = faiss.clone_index(self._index)  # searches of other threads go on in the old one
        if len(gone):
            index.remove_ids(faiss.IDSelectorBatch(gone))
        fresh, vectors = read_all_vectors(connection, dimension, above=int(self.numbers[-1]) if len(self) else 0)
        if len(fresh):
            index.add_with_ids(vectors, fresh)
        return DenseIndex(index, now, generation)

    def save(self, path: Path, store: str) -> None:
        """Write the index beside the store, each file whole or not at all; the label last."""
        data = faiss.serialize_index(self._index).tobytes()
        _replace(path, data)
        label = {"store": store, "generation": self.generation, "crc32": zlib.crc32(data)}
        _replace(_label(path), json.dumps(label).encode())


def is_large(dense: DenseIndex) -> bool:
    """Whether an index has outgrown exact search."""
    return len(dense) >= APPROXIMATE_FROM


def build_dense(
    connection: sqlite3.Connection, generation: int, dimension: int, *, approximate: bool = False
) -> DenseIndex:
    """Return the index over all vectors of the store: exact, in tenths of a second; approximate, in many seconds."""
    numbers, vectors = read_all_vectors(connection, dimension)
    if not approximate:
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
    else:
        lists = int(4 * np.sqrt(len(numbers)))
        index = faiss.index_factory(dimension, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.cp.min_points_per_centroid = 1  # do not warn on a small sample
        index.train(vectors[:: max(1, len(vectors) // (64 * lists))])  # 64 vectors a list place its centre well enough
    if len(numbers):
        index.add_with_ids(vectors, numbers)
    return DenseIndex(index, numbers, generation)


def load_dense(path: Path, store: str, generation: int, numbers: Ints) -> DenseIndex | None:
    """Return the saved index if it is that of this store and generation and undamaged, else None."""
    label = saved_label(path)
    if label is None or not is_current(path, store, generation):
        return None
    try:
        data = path.read_bytes()
        if zlib.crc32(data) != label["crc32"]:
            return None
        index = faiss.deserialize_index(np.frombuffer(data, np.uint8))
    except (OSError, ValueError, TypeError, RuntimeError):  # RuntimeError: what FAISS raises
        return None
    return DenseIndex(index, numbers, generation) if index.ntotal == len(numbers) else None


def saved_label(path: Path) -> dict[str, Any] | None:
    """Return what is recorded of the saved index: store, generation and checksum; None if nothing can be read."""
    try:
        label = json.loads(_label(path).read_text("utf-8"))
        return label if isinstance(label, dict) and label.keys() >= {"store", "generation", "crc32"} else None
    except (OSError, ValueError):
        return None


def is_current(path: Path, store: str, generation: int) -> bool:
    """Whether the saved index says it is that of this store and generation."""
    label = saved_label(path)
    return label is not None and (label["store"], label["generation"]) == (store, generation)


def _label(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _replace(path: Path, data: bytes) -> None:
    scratch = path.with_name(f"{scratch_name(path.name)}{threading.get_ident()}")
    try:
        scratch.write_bytes(data)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
