"""What is derived from the store and kept in memory: how the present generation is searched, and the token codec."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..corpus import NorthbriefError, StoreError
from .base import Base, build_base, extend_base, has_outgrown, load_base, saved_label
from .build import Build
from .dense import DenseIndex, build_dense, is_large
from .large import DUE, Large, state_of
from .late import TokenCodec, codec_from_bytes
from .store import Store


class Derived:
    """Safe to share between threads. The base of a large index is made and extended behind the searches; until there
    is one they are exact, and what it does not hold yet is searched beside it."""

    def __init__(self, store: Store, build: Build) -> None:
        self._store = store
        self._build = build
        self._dense: DenseIndex | Large | None = None
        self._base: Base | None = None
        self._codec: TokenCodec | None = None
        self._counts: tuple[int, dict[str, int]] = (-1, {})
        self._made: str | None = None  # which build of the content the derived parts belong to
        self._building = False
        self._builder: threading.Thread | None = None
        self._lock = threading.RLock()

    def close(self) -> None:
        """Wait for what is being made behind the searches."""
        if self._builder is not None:
            self._builder.join()  # a connection must not be closed under a thread that uses it

    def follow_rebuild(self) -> None:
        """Forget what was derived from content that a rebuild has replaced, and refuse another encoder's."""
        made = self._store.setting("store")
        if made != self._made:
            self._build.check()
            with self._lock:
                self._made, self._codec, self._dense, self._base = made, None, None, None

    def forget(self) -> None:
        """Drop what is in memory."""
        with self._lock:
            self._dense = self._base = None

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

    def dense(self) -> DenseIndex | Large:
        """Return how the generation that this thread's view sees is searched."""
        with self._store.reading() as connection:
            generation = self._store.generation()
            with self._lock:  # one thread reads what is new, for all
                known, base = self._dense, self._base
                if known is not None and known.generation == generation and _base_of(known) is base:
                    return known
                dense = self._seen(connection, generation, known, base)
                if known is None or known.generation <= generation:
                    self._dense, self._base = dense, _base_of(dense)
                start = _is_due(dense) and not self._building
                self._building = self._building or start
                if start:
                    self._builder = threading.Thread(target=self._build_behind, name="northbrief-dense", daemon=True)
                    self._builder.start()
            return dense

    def _seen(
        self, connection: sqlite3.Connection, generation: int, known: DenseIndex | Large | None, base: Base | None
    ) -> DenseIndex | Large:
        dimension = self._build.dimension()
        passages = connection.execute("SELECT count(*) FROM passages").fetchone()[0]
        if is_large(passages):
            if known is None and base is None:
                base = load_base(connection, self.file, self._store.setting("store") or "", generation)
            if base is not None:
                if isinstance(known, Large) and known.base is base and known.generation < generation:
                    return known.updated(connection, generation)
                return state_of(connection, base, generation)
        if isinstance(known, DenseIndex) and known.generation < generation:
            return known.updated(connection, generation, dimension)
        return build_dense(connection, generation, dimension)

    def _build_behind(self) -> None:
        # The folder cannot be written, or the like: searches stay as they are, the next opening tries again.
        with suppress(NorthbriefError, sqlite3.Error, OSError, ValueError, RuntimeError):
            self._make()
            self._building = False

    def _make(self) -> None:
        """Make or extend the base, unless another process has done so or is about to."""
        with _alone(self.file) as alone, self._store.reading() as connection:
            if not alone:
                return
            if not is_large(connection.execute("SELECT count(*) FROM passages").fetchone()[0]):
                return  # most was removed meanwhile
            generation, store = self._store.generation(), self._store.setting("store") or ""
            label = saved_label(self.file)
            made = load_base(connection, self.file, store, generation) if label != _label_of(self._base) else self._base
            state = state_of(connection, made, generation) if made else None
            if state is None or has_outgrown(state.base, len(state)):
                build_base(connection, self.file, store, generation, self._build.dimension())
            elif state.is_due:
                extend_base(connection, self.file, state.base, state.gone, generation)
            if state is None or state.is_due:
                made = load_base(connection, self.file, store, generation)
            with self._lock:
                if self._made in (None, store):  # not rebuilt meanwhile
                    self._base = made or self._base

    def save(self) -> None:
        """Start, behind the searches, what has become due to be derived.

        Where nothing has been searched yet and little came since the base was made, nothing is read for it.
        """
        with self._store.reading() as connection:
            if not is_large(connection.execute("SELECT count(*) FROM passages").fetchone()[0]):
                return
            label = saved_label(self.file)
            if self._dense is None and label and label["store"] == self._store.setting("store"):
                newer = "SELECT count(*) FROM passages WHERE n > ?"
                if connection.execute(newer, (label["top"],)).fetchone()[0] <= DUE:
                    return
        self.dense()

    def finish(self) -> None:
        """Derive what is due, and wait for it."""
        self.dense()
        self.close()

    @property
    def file(self) -> Path:
        """The FAISS file, beside which the other parts of the base lie."""
        return self._store.path.with_suffix(".faiss")


def _base_of(dense: DenseIndex | Large) -> Base | None:
    return dense.base if isinstance(dense, Large) else None


def _label_of(base: Base | None) -> object:
    return base.label if base else None


def _is_due(dense: DenseIndex | Large) -> bool:
    return dense.is_due if isinstance(dense, Large) else is_large(len(dense))


@contextmanager
def _alone(file: Path) -> Iterator[bool]:
    """Whether no other process is making the base; none begins to before the block ends."""
    # SQLite's lock ends with the process, however it ends; the empty file stays, since to remove it would be a race.
    place = file.with_name(file.name + "-making")
    try:
        lock = sqlite3.connect(place, timeout=0, isolation_level=None)
    except sqlite3.OperationalError as error:
        raise StoreError(f"cannot write {place} ({error}); check the folder") from error
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise StoreError(f"cannot write {place} ({error}); check the folder") from error
            yield False
            return
        yield True
    finally:
        lock.close()
