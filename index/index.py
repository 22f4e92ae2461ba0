"""The index: briefs added, removed and listed; one value that scripts, the chat window and the command line share."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from ..corpus import Brief
from ..corpus.chunk import Chunking
from .build import Build
from .copies import Name, copies_of, drop_source, forget_copies, move_source, names_of, original, own_name, put_copies
from .corrections import Correction, applied, correction_of, forget_correction, keep_correction
from .derived import Derived
from .holder import clear_leftovers
from .ingest import prepare, remove_brief
from .listing import Entry, entries, held
from .places import FILE_NAME, chosen, index_file, is_address
from .rebuild import scratch_folder, take_over
from .relatives import Relative, relatives_of
from .rows import read_briefs
from .snapshot import Snapshot
from .store import Store
from .types import AddReport, Encoder, Progress
from .visits import Visits
from .weights import MINILM
from .writing import OvertakenError, Writer


@dataclass(frozen=True, slots=True)
class Removed:
    """A brief that was taken out, with what is needed to put it back: its other names, what was corrected of it."""

    brief: Brief
    copies: tuple[tuple[str, str, str, str], ...] = ()
    correction: Correction = field(default_factory=Correction)


class Index:
    """Briefs, their passages and everything they are found by, in one SQLite file. Safe to share between threads."""

    def __init__(self, store: Store, encoder: Encoder | str, *, late: bool = True) -> None:
        self._store = store
        self._build = Build(store, encoder, late=late)
        self._derived = Derived(store, self._build)
        self._writer = Writer(store, self._build, self._derived)

    @classmethod
    def open(
        cls, path: str | os.PathLike[str] | None = None, *, encoder: Encoder | str | None = None, late: bool = True
    ) -> "Index":
        """Open the index at `path`, a file or a folder for one; it is created when there is none.

        `path` None is the user's data folder, or NORTHBRIEF_HOME. `http://host:19530/collection` is one in Milvus, for
        more than one machine, and `milvus:///path/file.db` one in a file of Milvus Lite. `encoder` is a model's name or
        path, or an object with the methods of `Encoder`; a name is loaded when first needed. `late` false makes a new
        index without token vectors: a quarter of the size, and no re-ranking.

        Raises:
            StoreMismatch: the index was made by another encoder, other chunking or another format.
            StoreDamaged: the file is no index.
            StoreError: the place cannot be written.
        """
        if is_address(named := chosen(path)):
            from .milvus import MilvusIndex  # needs an extra, and is made of this class

            return MilvusIndex.at(named, encoder or MINILM.name, late=late)
        return cls(Store(index_file(path)), encoder or MINILM.name, late=late)

    @classmethod
    def rebuild(
        cls,
        path: str | os.PathLike[str] | None = None,
        *,
        encoder: Encoder | str | None = None,
        late: bool = True,
        progress: Progress | None = None,
    ) -> AddReport:
        """Make the index at `path` again from the briefs it holds, with another encoder or cut in another way.

        The new content is made beside the old, which can be read and written meanwhile, and then takes its place in
        one transaction; what was written meanwhile is brought in before. Handles that are open go on with it, or say
        that it was made by another encoder than theirs. Progress tells briefs and passages made so far.
        """
        store = Store(index_file(path))
        clear_leftovers(store.path)
        with (
            scratch_folder(store.path) as folder,
            cls(Store(Path(folder, FILE_NAME)), encoder or MINILM.name, late=late) as fresh,
        ):
            report = take_over(store, fresh._store, fresh._writer, progress)
        store.close()
        return report

    def close(self) -> None:
        """Release the file; an approximate index that is being built is finished first."""
        self._derived.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The file that holds the index."""
        return self._store.path

    @property
    def store(self) -> Store:
        """The store that holds everything."""
        return self._store

    @property
    def writer(self) -> Writer:
        """What writes into the store."""
        return self._writer

    @property
    def encoder(self) -> Encoder:
        """The encoder, loaded on first use.

        Raises:
            WeightsError: its weights are missing, or are not the pinned ones.
            StoreMismatch: the index was made by another one.
        """
        return self._build.encoder

    def __len__(self) -> int:
        """The number of passages."""
        with self._store.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])

    def briefs(self) -> list[Brief]:
        """Return all briefs, newest first, undated last."""
        with self._store.reading() as connection:
            return read_briefs(connection)

    def brief(self, brief_id: str) -> Brief | None:
        """Return the brief of this id, or None; a text that was added under several names has several."""
        with self._store.reading() as connection:
            found = read_briefs(connection, [brief_id]) or read_briefs(connection, [own_name(connection, brief_id)])
            return next(iter(found), None)

    def names(self, brief_id: str) -> list[Name]:
        """Return the names under which the brief's text was added, with their sources; its own first."""
        with self._store.reading() as connection:
            return names_of(connection, brief_id)

    def relatives(self, brief_id: str) -> list[Relative]:
        """Return the near-duplicates of the brief, such as an updated version, the most alike first."""
        with self._store.reading() as connection:
            return relatives_of(connection, brief_id)

    @property
    def visits(self) -> Visits:
        """What is remembered of web addresses."""
        return Visits(self._store)

    def generation(self) -> int:
        """Return a number that grows with every change, also those that other processes make."""
        return self._store.generation()

    def add(
        self, briefs: Iterable[Brief], progress: Progress | None = None, *, claimed: dict[str, str] | None = None
    ) -> AddReport:
        """Add the briefs; those that are there unchanged cost nothing, changed ones replace their earlier version.

        Each brief is stored whole or not at all, and what was committed stays when the rest is interrupted. Passages
        whose text the index knows already are not encoded again. Failures that a `BriefLoader` met are reported, too.
        `claimed` holds ids that are taken, with their sources, and takes up those of these briefs: for an add in parts.

        Raises:
            StoreLocked: another process kept writing.
            WeightsError: the encoder cannot be loaded.
        """
        return self._writer.add(briefs, progress, {} if claimed is None else claimed)

    def remove(self, brief_id: str) -> bool:
        """Remove the brief from every index at once, whichever of its names is given; False when there is none."""
        return self._writer.remove(brief_id)

    def take_out(self, brief_id: str) -> Removed | None:
        """Remove the brief and return it, so that `put_back` can undo it; None when there is none."""
        taken: list[Removed] = []

        def note(connection: sqlite3.Connection, own_id: str) -> None:
            copies, correction = tuple(copies_of(connection, own_id)), correction_of(connection, own_id)
            taken.extend(Removed(brief, copies, correction) for brief in read_briefs(connection, [own_id]))

        self._writer.remove(brief_id, before=note)
        return next(iter(taken), None)

    def put_back(self, removed: Removed) -> AddReport:
        """Add a brief that was taken out, with its other names and corrections, unless its id has been given away.

        Where another brief has got its text meanwhile, it becomes one more name of that.
        """
        brief = removed.brief
        with self._store.reading() as connection:
            other = original(connection, brief, ())
        if other is not None:
            return self.add([brief])
        prepared, done = prepare(brief, self.encoder, Chunking()), _nothing_done()
        try:
            passages = self._writer.write([prepared], done, as_named=True, also=partial(_put_back, removed))
        except OvertakenError:
            return AddReport(unchanged=(brief.id,))
        self._derived.save()
        return AddReport(added=tuple(done["added"]), passages=passages)

    def correct(self, brief_id: str, correction: Correction) -> Brief | None:
        """Correct fields of a brief, also for when it is added again; return it as it is now, None if there is none.

        Raises:
            BriefError: the title is empty, or a value cannot be stored.
        """
        while (brief := self.brief(brief_id)) is not None:
            made = applied(brief, correction)
            prepared = prepare(made, self.encoder, Chunking())
            also = partial(_correct, brief, correction)
            with suppress(OvertakenError):  # then of the brief as it is now
                self._writer.write([prepared], _nothing_done(), as_named=True, also=also)
                self._derived.save()
                return made
        return None

    def entries(self) -> list[Entry]:
        """Return what is known of every brief, without its text, newest first, undated last."""
        with self._store.reading() as connection:
            return entries(connection)

    def holds(self, brief_ids: Iterable[str]) -> set[str]:
        """Return those of the ids under which there is a brief."""
        with self._store.reading() as connection:
            return held(connection, brief_ids)

    def drop_source(self, source: str) -> tuple[list[str], list[str]]:
        """Forget a file or address; return the ids of the briefs that stay by another source, and of those removed."""
        encoder = self.encoder
        with self._store.writing() as connection:
            kept, lost = drop_source(connection, source)
            for brief_id in lost:
                remove_brief(connection, brief_id, encoder)
                forget_copies(connection, brief_id)
                forget_correction(connection, brief_id)
        self._derived.save()
        return kept, lost

    def move_source(self, old: str, new: str) -> None:
        """Record that what was read from `old` lies at `new` now; nothing else changes."""
        with self._store.writing() as connection:
            move_source(connection, old, new)

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """One unchanging view for the length of a search, whatever is added or removed meanwhile."""
        with self._store.reading() as connection:
            self._derived.follow_rebuild()
            dense = self._derived.dense()
            yield Snapshot(connection, dense, self._derived.codec(), self._derived.counts(dense.generation))

    def forget_derived(self) -> None:
        """Read again, when next needed, what is derived from the store."""
        self._derived.forget()

    def save_dense(self) -> None:
        """Make what is due to be derived of a large index, and wait for it."""
        self._derived.finish()


def _nothing_done() -> dict[str, list[str]]:
    return {"added": [], "replaced": []}


def _put_back(removed: Removed, connection: sqlite3.Connection) -> None:
    """Write what belongs to the brief, before itself; it is not to take the place of another."""
    if held(connection, [removed.brief.id]):
        raise OvertakenError
    put_copies(connection, removed.copies, removed.brief.id)
    if removed.correction:
        keep_correction(connection, removed.brief.id, removed.correction)


def _correct(brief: Brief, correction: Correction, connection: sqlite3.Connection) -> None:
    """Keep the correction, if the brief is still the one that it was made of."""
    if read_briefs(connection, [brief.id]) != [brief]:
        raise OvertakenError
    keep_correction(connection, brief.id, correction)
