"""What is derived from the store and kept in memory: the dense index of the present generation, the token codec."""

import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..corpus import NorthbriefError
from .build import Build
from .dense import DenseIndex, build_dense, is_large, load_dense
from .late import TokenCodec, codec_from_bytes
from .store import Store


class Derived:
    """Safe to share between threads. An approximate index is built behind the searches, which are exact meanwhile."""

    def __init__(self, store: Store, build: Build) -> None:
        self._store = store
        self._build = build
        self._dense: DenseIndex | None = None
        self._codec: TokenCodec | None = None
        self._counts: tuple[int, dict[str, int]] = (-1, {})
        self._made: str | None = None  # which build of the content the derived parts belong to
        self._building = False
        self._builder: threading.Thread | None = None
        self._lock = threading.RLock()

    def close(self) -> None:
        """Wait for an approximate index that is being built."""
        if self._builder is not None:
            self._builder.join()  # a connection must not be closed under a thread that uses it

    def follow_rebuild(self) -> None:
        """Forget what was derived from content that a rebuild has replaced, and refuse another encoder's."""
        made = self._store.setting("store")
        if made != self._made:
            self._build.check()
            with self._lock:
                self._made, self._codec, self._dense = made, None, None

    def counts(self, generation: int) -> dict[str, int]:
        """Return where a generation's searches remember how many passages hold a word."""
        with self._lock:
            if self._counts[0] != generation:
                self._counts = (generation, {})
            return self._counts[1]

    def codec(self) -> TokenCodec | None:
        """Return what packs token vectors, None for an index without them."""
        with self._lock:
            if self._codec is None and (data := self._store.setting("codec")):
                self._codec = codec_from_bytes(self._store.checked("codec", data), self._build.dimension())
            return self._codec

    def dense(self) -> DenseIndex:
        """Return the dense index of the generation that this thread's view sees."""
        with self._store.reading() as connection:
            generation = self._store.generation()
            with self._lock:
                known = self._dense
            if known is not None and known.generation == generation:
                return known
            if known is not None and known.generation > generation:
                return build_dense(connection, generation, self._build.dimension())  # another thread's view is newer
            dimension = self._build.dimension()
            if known is not None:
                dense = known.updated(connection, generation, dimension)
            else:
                rows = connection.execute("SELECT n FROM passages ORDER BY n").fetchall()
                numbers = np.array([row[0] for row in rows], dtype=np.int64)
                saved = load_dense(self._dense_file(), self._store.setting("store") or "", generation, numbers)
                dense = saved or build_dense(connection, generation, dimension)
            with self._lock:
                if self._dense is None or self._dense.generation < generation:
                    self._dense = dense
                start = is_large(dense) and not dense.approximate and not self._building
                self._building = self._building or start
            if start:  # searches go on exactly meanwhile
                self._builder = threading.Thread(target=self._build_behind, name="northbrief-dense", daemon=True)
                self._builder.start()
            return dense

    def _build_behind(self) -> None:
        # The index was closed, or its folder cannot be written: searches stay exact, the next opening tries again.
        with suppress(NorthbriefError, sqlite3.Error, OSError):
            self.save()

    def save(self) -> None:
        """Keep an approximate index in its file, built where due; an exact one is read from the vectors as fast."""
        try:
            with self._store.reading() as connection:
                self._building = True
                dense = self.dense()
                if is_large(dense) and not dense.approximate:
                    dense = build_dense(connection, dense.generation, self._build.dimension(), approximate=True)
                    with self._lock:
                        if self._dense is None or self._dense.generation <= dense.generation:
                            self._dense = dense
                if dense.approximate:
                    dense.save(self._dense_file(), self._store.setting("store") or "")
        finally:
            self._building = False

    def _dense_file(self) -> Path:
        return self._store.path.with_suffix(".faiss")
