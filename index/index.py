"""The index: briefs added, removed and listed; one value that scripts, the chat window and the command line share."""

import json
import os
import sqlite3
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import numpy as np
import platformdirs

from ..corpus import Brief, BriefError, BriefLoader, Failure, NorthbriefError, StoreError, StoreMismatch
from ..corpus.chunk import Chunking
from ..corpus.shelf import load_shelf
from .copies import Name, copies_of, drop_source, forget_copies, move_source, names_of, own_name, put_copies
from .corrections import Correction, applied, corrected, correction_of, forget_correction, keep_correction
from .dense import DenseIndex, build_dense, is_large, load_dense
from .encoder import load_encoder
from .export import cache_folder
from .holder import clear_leftovers, scratch_name
from .ingest import (
    Prepared,
    identified,
    is_free,
    known_encodings,
    make_encodings,
    prepare,
    remove_brief,
    replace_content,
    with_suffix,
    write_brief,
)
from .late import PARTS, TokenCodec, codec_from_bytes, train_codec
from .listing import Entry, entries, held
from .merging import Merging
from .proof import brief_digest
from .relatives import Relative, make_tables, relatives_of
from .store import Store, read_briefs
from .types import AddReport, Encoder
from .visits import Visits
from .weights import MINILM

FILE_NAME = "index.db"
BATCH_PASSAGES = 64  # encoded and committed together: enough to keep all cores busy, little to lose
SLICE = 2 * BATCH_PASSAGES  # of one long brief encoded before progress is told, and the add can be ended
CATCH_UP = 3  # times that a rebuild follows what others write meanwhile, before it makes them wait
CODEC_EVERY = 3  # every third passage of the shipped shelf, some 12,000 token vectors, fits the token codec

Progress = Callable[[int, int], None]
"""Called after each commit with the number of briefs seen and of passages written so far; within a long brief, with
those encoded, too. An exception that it raises ends the add; what was committed stays."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A brief that was taken out, with what is needed to put it back: its other names, what was corrected of it."""

    brief: Brief
    copies: tuple[tuple[str, str, str, str], ...] = ()
    correction: Correction = field(default_factory=Correction)


@dataclass(frozen=True, slots=True)
class View:
    """One generation of the index, as one search sees it."""

    store: Store
    dense: DenseIndex
    codec: TokenCodec | None
    counts: dict[str, int]  # of passages that hold a word, as far as they have been asked for


class Index:
    """Briefs, their passages and everything they are found by, in one SQLite file. Safe to share between threads."""

    def __init__(self, store: Store, encoder: Encoder | str, *, late: bool = True) -> None:
        self._store = store
        self._encoder = encoder
        self._late = late
        self._dense: DenseIndex | None = None
        self._counts: tuple[int, dict[str, int]] = (-1, {})
        self._made: str | None = None  # which build of the content the derived parts belong to
        self._building = False
        self._builder: threading.Thread | None = None
        self._codec: TokenCodec | None = None
        self._lock = threading.RLock()
        self._check(encoder)

    @classmethod
    def open(
        cls, path: str | os.PathLike[str] | None = None, *, encoder: Encoder | str | None = None, late: bool = True
    ) -> Self:
        """Open the index at `path`, a file or a folder for one; it is created when there is none.

        `path` None is the user's data folder, or NORTHBRIEF_HOME. `encoder` is a model's name or path, or an object
        with the methods of `Encoder`; a name is loaded when first needed. `late` false makes a new index without
        token vectors: a quarter of the size, and no re-ranking.

        Raises:
            StoreMismatch: the index was made by another encoder, other chunking or another format.
            StoreDamaged: the file is no index.
            StoreError: the place cannot be written.
        """
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
            _scratch_folder(store.path) as folder,
            cls(Store(Path(folder, FILE_NAME)), encoder or MINILM.name, late=late) as fresh,
        ):
            for _ in range(CATCH_UP):
                with store.reading() as connection:
                    fresh._follow(connection, progress)
                    seen = store.generation()
                if store.generation() == seen:
                    break
            with store.writing() as connection:
                fresh._follow(connection, progress)
                sources = connection.execute("SELECT source, id FROM briefs").fetchall()
                with fresh._store.reading() as made:
                    replace_content(connection, made)
                # A file that moved meanwhile changes no digest, so it was not followed.
                connection.executemany("UPDATE briefs SET source = ? WHERE id = ?", sources)
                report = AddReport(added=tuple(brief.id for brief in fresh.briefs()), passages=len(fresh))
        store.close()
        return report

    def _follow(self, other: sqlite3.Connection, progress: Progress | None) -> None:
        """Bring this index in step with the briefs of another store, whose view `other` is."""
        wanted = dict(other.execute("SELECT id, digest FROM briefs").fetchall())
        with self._store.reading() as connection:
            have = dict(connection.execute("SELECT id, digest FROM briefs").fetchall())
        for brief_id in have.keys() - wanted.keys():
            self.remove(brief_id)
        changed = [brief_id for brief_id, digest in wanted.items() if have.get(brief_id) != digest]
        failed: list[Failure] = []
        seen = written = 0
        for part in self._prepared(read_briefs(other, changed), failed):
            written += self._write(part, {"added": [], "replaced": []}, as_named=True)
            seen += len(part)
            if progress:
                progress(seen, written)
        if failed:  # never a rebuilt index with less in it
            raise StoreError(f"cannot make {failed[0].source} again ({failed[0].reason}); the index is as it was")

    def close(self) -> None:
        """Release the file; an approximate index that is being built is finished first."""
        if self._builder is not None:
            self._builder.join()  # a connection must not be closed under a thread that uses it
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
    def encoder(self) -> Encoder:
        """The encoder, loaded on first use.

        Raises:
            WeightsError: its weights are missing, or are not the pinned ones.
            StoreMismatch: the index was made by another one.
        """
        with self._lock:
            if isinstance(self._encoder, str):
                loaded = load_encoder(self._encoder)
                self._check(loaded)
                self._encoder = loaded
            return self._encoder

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
        done: dict[str, list[str]] = {"added": [], "unchanged": [], "replaced": []}
        failed: list[Failure] = []
        claimed = {} if claimed is None else claimed
        seen = written = 0
        merging = Merging()
        source = iter(briefs)
        while batch := list(islice(source, BATCH_PASSAGES)):  # reading ahead costs little; encoding is done in parts
            changed = self._changed(batch, done, claimed, failed, merging)
            seen += len(batch) - len(changed)
            for part in self._prepared(changed, failed):
                told = partial(_told, progress, seen, written)
                written += self._write(part, done, told=told)
                seen += len(part)
                if progress:
                    progress(seen, written)
            self._settle(merging, failed)
            if progress:
                progress(seen, written)
        if written:
            self.save_dense()
        failed += briefs.failed if isinstance(briefs, BriefLoader) else []
        return AddReport(
            added=tuple(done["added"]),
            unchanged=tuple(done["unchanged"]),
            replaced=tuple(done["replaced"]),
            failed=tuple(failed),
            passages=written,
            duplicates=tuple(merging.found),
        )

    def remove(self, brief_id: str) -> bool:
        """Remove the brief from every index at once, whichever of its names is given; False when there is none."""
        with self._store.reading() as connection:  # not the brief itself: one that is damaged can be removed, too
            known = connection.execute("SELECT 1 FROM briefs WHERE id = ?", (brief_id,)).fetchone()
            if known is None and own_name(connection, brief_id) == brief_id:
                return False
        encoder = self.encoder
        with self._store.writing() as connection:
            if connection.execute("SELECT 1 FROM briefs WHERE id = ?", (brief_id,)).fetchone() is None:
                brief_id = own_name(connection, brief_id)
            names = {brief_id, *(name.id for name in names_of(connection, brief_id))}
            removed = remove_brief(connection, brief_id, encoder)
            forget_copies(connection, brief_id)
            for name in names:  # a document that gets one of them later is another
                forget_correction(connection, name)
        self.save_dense()
        return removed

    def take_out(self, brief_id: str) -> Removed | None:
        """Remove the brief and return it, so that `put_back` can undo it; None when there is none."""
        with self._store.reading() as connection:
            found = read_briefs(connection, [own_name(connection, brief_id)])
            if not found:
                return None
            [brief] = found
            removed = Removed(brief, tuple(copies_of(connection, brief.id)), correction_of(connection, brief.id))
        return removed if self.remove(brief.id) else None

    def put_back(self, removed: Removed) -> AddReport:
        """Add a brief that was taken out, with its other names and corrections, unless its id has been given away."""
        if self.holds([removed.brief.id]):
            return AddReport(unchanged=(removed.brief.id,))
        report = self.add([removed.brief])
        with self._store.writing(same_content=True) as connection:
            if report.added == (removed.brief.id,):
                put_copies(connection, removed.copies, removed.brief.id)
                if removed.correction:
                    keep_correction(connection, removed.brief.id, removed.correction)
        return report

    def correct(self, brief_id: str, correction: Correction) -> Brief | None:
        """Correct fields of a brief, also for when it is added again; return it as it is now, None if there is none.

        Raises:
            BriefError: the title is empty, or a value cannot be stored.
        """
        brief = self.brief(brief_id)
        if brief is None:
            return None
        made = applied(brief, correction)

        def also(connection: sqlite3.Connection) -> None:
            keep_correction(connection, brief.id, correction)

        prepared = prepare(made, self.encoder, Chunking())
        self._write([prepared], {"added": [], "replaced": []}, as_named=True, also=also)
        self.save_dense()
        return made

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
        self.save_dense()
        return kept, lost

    def move_source(self, old: str, new: str) -> None:
        """Record that what was read from `old` lies at `new` now; nothing else changes."""
        with self._store.writing() as connection:
            move_source(connection, old, new)

    @contextmanager
    def reading(self) -> Iterator[View]:
        """One unchanging view for the length of a search, whatever is added or removed meanwhile."""
        with self._store.reading():
            self._follow_rebuild()
            dense = self._current_dense()
            with self._lock:
                if self._counts[0] != dense.generation:
                    self._counts = (dense.generation, {})
                counts = self._counts[1]
            yield View(self._store, dense, self._current_codec(), counts)

    # --- adding --------------------------------------------------------------------------------------------------

    def _changed(
        self,
        batch: list[Brief],
        done: dict[str, list[str]],
        claimed: dict[str, str],
        failed: list[Failure],
        merging: Merging,
    ) -> list[Brief]:
        """The briefs that have to be written, under their ids in this index."""
        changed = []
        moved: list[tuple[str, str]] = []
        with self._store.reading() as connection:
            for each in batch:
                try:
                    brief = corrected(connection, identified(connection, each, claimed))
                except BriefError as error:
                    failed.append(Failure(each.source or each.id, str(error)))
                    continue
                row = connection.execute("SELECT digest, source FROM briefs WHERE id = ?", (brief.id,)).fetchone()
                if row is None or row[0] != brief_digest(brief):
                    changed += merging.to_write(connection, brief)
                    continue
                merging.unchanged(brief)
                done["unchanged"].append(brief.id)
                if row[1] != brief.source:
                    moved.append((brief.source, brief.id))
        if moved:
            with self._store.writing() as connection:
                connection.executemany("UPDATE briefs SET source = ? WHERE id = ?", moved)
        return changed

    def _settle(self, merging: Merging, failed: list[Failure]) -> None:
        with self._store.reading() as connection:
            settled = merging.is_settled(connection)
        if not settled:
            with self._store.writing() as connection:
                make_tables(connection)
                failed += merging.settle(connection, self.encoder)
        merging.done()

    def _prepared(self, briefs: Iterable[Brief], failed: list[Failure]) -> Iterator[list[Prepared]]:
        """The briefs cut into passages, in parts of about BATCH_PASSAGES."""
        part: list[Prepared] = []
        for brief in briefs:
            try:
                part.append(prepare(brief, self.encoder, Chunking()))
            except BriefError as error:
                failed.append(Failure(brief.source or brief.id, str(error)))
            if sum(len(prepared.passages) for prepared in part) >= BATCH_PASSAGES:
                yield part
                part = []
        if part:
            yield part

    def _write(
        self,
        part: list[Prepared],
        done: dict[str, list[str]],
        *,
        as_named: bool = False,
        told: Callable[[int], None] | None = None,
        also: Callable[[sqlite3.Connection], None] | None = None,
    ) -> int:
        """Encode and store the briefs, all in one transaction; `as_named` keeps derived ids as they are.

        `told` gets the number of passages encoded so far, where there are many; `also` writes in the same transaction.
        """
        self._record_build()
        with self._store.reading() as connection:
            digests = [digest for prepared in part for digest in prepared.input_digests()]
            encodings = known_encodings(connection, digests)
        fresh = [
            text
            for prepared in part
            for text, digest in zip(prepared.inputs, prepared.input_digests(), strict=True)
            if digest not in encodings
        ]
        texts = list(dict.fromkeys(fresh))
        for start in range(0, len(texts), SLICE):
            if start and told:
                told(start)
            encodings |= make_encodings(texts[start : start + SLICE], self.encoder, self._current_codec())
        with self._store.writing() as connection:
            if also:
                also(connection)
            states = []
            for prepared in part:
                if prepared.brief.derived_id and not as_named and not is_free(connection, prepared.brief):
                    # Another process has given the id to another file since ours was cut; the encodings stay good.
                    prepared = prepare(with_suffix(connection, prepared.brief, {}), self.encoder, Chunking())
                brief_id = prepared.brief.id
                there = connection.execute("SELECT 1 FROM briefs WHERE id = ?", (brief_id,)).fetchone()
                write_brief(connection, prepared, encodings, self.encoder)
                states.append(("replaced" if there else "added", brief_id))
        for state, brief_id in states:
            done[state].append(brief_id)
        return sum(len(prepared.passages) for prepared in part)

    def _record_build(self) -> None:
        """Record, with the first passages, everything that later ones must have in common with them."""
        if self._store.setting("encoder") is not None:
            self._check(self.encoder)  # another process may have been first, with another encoder
            return
        settings: dict[str, str | bytes | int] = {
            "encoder": json.dumps(asdict(self.encoder.spec)),
            "chunking": json.dumps(asdict(Chunking())),
        }
        settings["store"] = uuid4().hex
        if self._late:
            settings["codec"] = codec = fitted_codec(self.encoder).tobytes()
            settings["codec_crc"] = zlib.crc32(codec)
        with self._store.writing() as connection:
            connection.executemany("INSERT OR IGNORE INTO settings VALUES (?, ?)", list(settings.items()))
        self._check(self.encoder)

    def _check(self, encoder: Encoder | str) -> None:
        """Refuse an index that was made otherwise than this program would add to it."""
        made = self._store.json_setting("encoder")
        if made is None:
            return
        if isinstance(encoder, str):
            ours = {"name": encoder} | ({"weights": MINILM.sha256} if encoder == MINILM.name else {})
        else:
            ours = asdict(encoder.spec)
        chunking, expected = self._store.json_setting("chunking"), asdict(Chunking())
        if any(made[key] != value for key, value in ours.items()) or chunking != expected:
            raise StoreMismatch(
                f"{self.path} was built with {_described(made, chunking)}; the settings name "
                f"{_described(ours, expected)}. Run `northbrief rebuild`, or set `encoder` back"
            )

    # --- derived parts -------------------------------------------------------------------------------------------

    def _follow_rebuild(self) -> None:
        """Forget what was derived from content that a rebuild has replaced, and refuse another encoder's."""
        made = self._store.setting("store")
        if made != self._made:
            self._check(self._encoder)
            with self._lock:
                self._made, self._codec, self._dense = made, None, None

    def _current_codec(self) -> TokenCodec | None:
        with self._lock:
            if self._codec is None and (data := self._store.setting("codec")):
                self._codec = codec_from_bytes(self._store.checked("codec", data), self._dimension())
            return self._codec

    def _current_dense(self) -> DenseIndex:
        """The dense index of the generation that this thread's view sees."""
        with self._store.reading() as connection:
            generation = self._store.generation()
            with self._lock:
                known = self._dense
            if known is not None and known.generation == generation:
                return known
            if known is not None and known.generation > generation:
                return build_dense(connection, generation, self._dimension())  # another thread's view is newer
            dimension = self._dimension()
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
            self.save_dense()

    def save_dense(self) -> None:
        """Keep an approximate index in its file, built where due; an exact one is read from the vectors as fast."""
        try:
            with self._store.reading() as connection:
                self._building = True
                dense = self._current_dense()
                if is_large(dense) and not dense.approximate:
                    dense = build_dense(connection, dense.generation, self._dimension(), approximate=True)
                    with self._lock:
                        if self._dense is None or self._dense.generation <= dense.generation:
                            self._dense = dense
                if dense.approximate:
                    dense.save(self._dense_file(), self._store.setting("store") or "")
        finally:
            self._building = False

    def _dense_file(self) -> Path:
        return self.path.with_suffix(".faiss")

    def _dimension(self) -> int:
        made = self._store.json_setting("encoder")
        return int(made["dimension"]) if made else self.encoder.spec.dimension


def _told(progress: Progress | None, seen: int, written: int, encoded: int) -> None:
    if progress:
        progress(seen, written + encoded)


def index_file(path: str | os.PathLike[str] | None) -> Path:
    """Return the file of the index at `path`: itself, or FILE_NAME in it if it is a folder or has no suffix."""
    if path is None:
        home = os.environ.get("NORTHBRIEF_HOME")
        return Path(home or platformdirs.user_data_dir("northbrief", appauthor=False)).expanduser() / FILE_NAME
    place = Path(path).expanduser()
    return place / FILE_NAME if place.is_dir() or not place.suffix else place


@contextmanager
def _scratch_folder(store: Path) -> Iterator[str]:
    """A folder beside the store that is gone afterwards."""
    try:
        folder = tempfile.TemporaryDirectory(prefix=scratch_name(store.name), dir=store.parent)
    except OSError as error:
        raise StoreError(f"cannot write beside {store} ({error.strerror}); check the folder and the space") from error
    with folder as name:
        yield name


def fitted_codec(encoder: Encoder) -> TokenCodec:
    """Return the codec for the encoder's token vectors, fitted once a machine to the shipped shelf and kept.

    The index stores the codec it was made with, so a later fit, or another machine's, changes nothing in it.
    """
    spec = encoder.spec
    kept = cache_folder() / "codecs" / f"{spec.weights[:16]}-{spec.dimension}-{spec.precision}-{PARTS}.bin"
    try:
        return codec_from_bytes(kept.read_bytes(), spec.dimension)
    except (OSError, ValueError):  # missing, or of another size
        pass
    texts = [text for brief in load_shelf() for text in prepare(brief, encoder, Chunking()).inputs][::CODEC_EVERY]
    tokens = np.concatenate([encoding.tokens for encoding in encoder.encode(texts)])
    codec = train_codec(tokens)
    kept.parent.mkdir(parents=True, exist_ok=True)
    scratch = kept.with_name(f".{kept.name}.{os.getpid()}")
    scratch.write_bytes(codec.tobytes())
    os.replace(scratch, kept)
    return codec


def _described(spec: Mapping[str, object], chunking: Mapping[str, object]) -> str:
    details = []
    if "dimension" in spec:
        details = [f"{spec['dimension']} dimensions", spec["precision"], f"weights {str(spec['weights'])[:12]}"]
    return ", ".join(map(str, [spec["name"], *details, f"passages of {chunking['pieces']} word pieces"]))
