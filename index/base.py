"""The derived files of a large index: what is searched instead of SQLite, for the passages up to a number.

`NAME.faiss` holds the approximate dense index, mapped into memory; `NAME.columns` what filters ask about; a folder
`NAME.words-N` the words. `NAME.faiss.json`, written last, says to which store they belong, up to which passage they go
and their checksums. Passages never change and their numbers are never given again, so an older base is still right
about all passages that are left; what is newer is searched beside it (`large`). A base that is missing, damaged, or of
another store is made again from SQLite, in blocks, so that the memory it takes does not grow with the vectors.
"""

import glob
import json
import os
import shutil
import sqlite3
import threading
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from .columns import Columns, columns_from_bytes, joined, read_columns
from .holder import scratch_name
from .types import Floats, Ints
from .vectors import read_all_vectors, read_vectors
from .words import Words, words_up_to

BLOCK = 20_000  # vectors read at a time
LISTS = 2  # times the square root of the number of passages: so many lists has the inverted file
A_LIST = 28  # vectors a list that its centre is placed by
ROUNDS = 6  # of k-means
OUTGROWN = 3  # times as many passages as the lists were made for: they are made anew
SAMPLE = 64  # passages whose checksums the label keeps: the last ones, and as many from all


@dataclass(frozen=True, slots=True)
class Base:
    """What was derived of the passages with numbers up to `top`."""

    index: Any
    columns: Columns
    words: Words
    label: dict[str, Any]

    @property
    def top(self) -> int:
        return int(self.label["top"])

    def __len__(self) -> int:
        return len(self.columns)

    def cosine(self, number: int, query: Floats) -> float:
        """Return the cosine of a passage and a query by the passage's codes, -1 for one that is not there."""
        only = faiss.IDSelectorBatch(np.array([number], np.int64))
        parameters = faiss.SearchParametersIVF(sel=only, nprobe=self.index.nlist)
        scores, found = self.index.search(query[None, :], 1, params=parameters)
        return float(scores[0, 0]) if found[0, 0] == number else -1.0


def label_of(path: Path) -> Path:
    """Return where the label of the FAISS file at `path` lies."""
    return path.with_name(path.name + ".json")


def saved_label(path: Path) -> dict[str, Any] | None:
    """Return what is recorded of the base; None if nothing can be read."""
    try:
        label = json.loads(label_of(path).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return label if isinstance(label, dict) and label.keys() >= _KEYS else None


_KEYS = {"store", "generation", "top", "made_of", "crc32", "columns_crc32", "words", "folder", "sample"}


def build_base(connection: sqlite3.Connection, path: Path, store: str, generation: int, dimension: int) -> None:
    """Make the base of all passages and put it in its place."""
    columns = read_columns(connection)
    lists = max(1, int(LISTS * np.sqrt(len(columns))))
    index = faiss.index_factory(dimension, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.cp.min_points_per_centroid = 1  # do not warn on a small sample
    index.cp.niter = ROUNDS
    step = max(1, len(columns) // (A_LIST * lists))
    index.train(read_vectors(connection, columns.numbers[::step], dimension))
    for numbers, vectors in _blocks(connection, dimension, 0):
        index.add_with_ids(vectors, numbers)
    folder = _words_folder(path, columns, generation)
    words_up_to(connection, folder, columns)
    _save(connection, path, index, columns, folder, {"store": store, "generation": generation, "made_of": len(columns)})


def extend_base(connection: sqlite3.Connection, path: Path, base: Base, gone: Ints, generation: int) -> None:
    """Put what is newer into the base, and take out what is `gone`."""
    newer = read_columns(connection, base.top)
    columns = joined(base.columns.only(~np.isin(base.columns.numbers, gone)), newer)
    index = faiss.read_index(str(path))  # not the mapped one: adding to that ends the process
    if len(gone):
        index.remove_ids(faiss.IDSelectorBatch(gone))
    for numbers, vectors in _blocks(connection, index.d, base.top):
        index.add_with_ids(vectors, numbers)
    folder = _words_folder(path, columns, generation)
    shutil.copytree(path.with_name(base.label["folder"]), folder, ignore=shutil.ignore_patterns("*.lock"))
    words_up_to(connection, folder, newer, gone)  # in a copy: the old one may be in use
    _save(connection, path, index, columns, folder, {**base.label, "generation": generation})


def has_outgrown(base: Base, passages: int) -> bool:
    """Whether there are so many more passages than when the lists were made that these should be made anew."""
    return passages > OUTGROWN * int(base.label["made_of"])


def load_base(connection: sqlite3.Connection, path: Path, store: str, generation: int) -> Base | None:
    """Return the saved base if it is one of this store, not of a later state, and undamaged, else None."""
    label = saved_label(path)
    if label is None or label["store"] != store or label["generation"] > generation:
        return None
    try:
        folder = path.with_name(str(label["folder"]))
        if not _is_of(connection, label) or _checksums(folder) != label["words"]:
            return None
        data = _columns_file(path).read_bytes()
        if zlib.crc32(data) != label["columns_crc32"] or _checksum(path) != label["crc32"]:
            return None
        columns = columns_from_bytes(data)
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        words = Words.kept_at(folder)
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, zipfile.BadZipFile):  # RuntimeError: FAISS'
        return None
    whole = index.ntotal == len(columns) == len(words)
    return Base(index, columns, words, label) if whole else None


def clear_base(path: Path) -> None:
    """Remove the files of the base, the label first."""
    for file in (label_of(path), path, _columns_file(path)):
        file.unlink(missing_ok=True)
    clear_words(path)


def clear_words(path: Path) -> None:
    """Remove the folders of words that the label does not name: of older states, or of builds that were killed."""
    label = saved_label(path)
    for folder in path.parent.glob(f"{glob.escape(path.stem)}.words-*"):
        if label is None or folder.name != label["folder"]:
            shutil.rmtree(folder, ignore_errors=True)  # where it is open still, another time


def _is_of(connection: sqlite3.Connection, label: dict[str, Any]) -> bool:
    """Whether the passages that the label has checksums of are the store's, or are gone from it.

    A file of the store that was put back from a copy of one's own counts on from an earlier number.
    """
    last = connection.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passages'").fetchone()
    if last is None or last[0] < label["top"]:
        return False
    kept = dict(label["sample"])
    return all(kept[n] == crc for n, crc in _sample(connection, np.array(list(kept), np.int64)))


def _sample(connection: sqlite3.Connection, numbers: Ints) -> list[tuple[int, int]]:
    query = "SELECT n, crc FROM passages WHERE n IN (SELECT value FROM json_each(?))"
    return [(n, crc) for n, crc in connection.execute(query, (json.dumps(numbers.tolist()),))]


def _blocks(connection: sqlite3.Connection, dimension: int, above: int) -> Iterator[tuple[Ints, Floats]]:
    while True:
        numbers, vectors = read_all_vectors(connection, dimension, above, BLOCK)
        if not len(numbers):
            return
        yield numbers, vectors
        above = int(numbers[-1])


def _save(
    connection: sqlite3.Connection, path: Path, index: Any, columns: Columns, folder: Path, label: dict[str, Any]
) -> None:
    """Write the files, each whole or not at all, the label last."""
    scratch = _scratch(path)
    try:
        faiss.write_index(index, str(scratch))
        crc = _checksum(scratch)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
    data = columns.tobytes()
    _replace(_columns_file(path), data)
    numbers = columns.numbers
    sample = np.unique(np.concatenate([numbers[-SAMPLE:], numbers[:: max(1, len(numbers) // SAMPLE)]]))
    made = {
        "top": int(numbers[-1]),
        "crc32": crc,
        "columns_crc32": zlib.crc32(data),
        "folder": folder.name,
        "words": _checksums(folder),
        "sample": _sample(connection, sample),
    }
    _replace(label_of(path), json.dumps({**label, **made}).encode())
    clear_words(path)


def _checksum(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return crc


def _checksums(folder: Path) -> dict[str, int]:
    return {file.name: _checksum(file) for file in sorted(folder.iterdir()) if file.suffix != ".lock"}


def _columns_file(path: Path) -> Path:
    return path.with_suffix(".columns")


def _words_folder(path: Path, columns: Columns, generation: int) -> Path:
    """Where the words go: a name that no folder in use has."""
    folder = path.with_name(f"{path.stem}.words-{columns.numbers[-1]}-{generation}-{os.getpid()}")
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _scratch(path: Path) -> Path:
    return path.with_name(f"{scratch_name(path.name)}{threading.get_ident()}")


def _replace(path: Path, data: bytes) -> None:
    scratch = _scratch(path)
    try:
        scratch.write_bytes(data)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
