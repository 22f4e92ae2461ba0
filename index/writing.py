"""Briefs written into the store: what has changed is cut, encoded, and stored, each brief whole or not at all."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice

from ..corpus import Brief, BriefError, BriefLoader, Failure
from ..corpus.chunk import Chunking
from .build import Build
from .copies import forget_copies, names_of, own_name
from .corrections import corrected, forget_correction
from .derived import Derived
from .ingest import (
    Prepared,
    known_encodings,
    make_encodings,
    prepare,
    remove_brief,
    write_brief,
)
from .merging import Merging
from .naming import StoredNames, identified, is_free, with_suffix
from .proof import brief_digest
from .relatives import make_tables
from .store import Store
from .types import AddReport, Encoder, Progress

BATCH_PASSAGES = 64  # encoded and committed together: enough to keep all cores busy, little to lose
SLICE = 2 * BATCH_PASSAGES  # of one long brief encoded before progress is told, and the add can be ended


class OvertakenError(Exception):
    """Another writer changed the brief between reading and writing."""


class Writer:
    """Writes into one store."""

    def __init__(self, store: Store, build: Build, derived: Derived) -> None:
        self._store = store
        self._build = build
        self._derived = derived

    def add(self, briefs: Iterable[Brief], progress: Progress | None, claimed: dict[str, str]) -> AddReport:
        """Do what `Index.add` says."""
        done: dict[str, list[str]] = {"added": [], "unchanged": [], "replaced": []}
        failed: list[Failure] = []
        seen = written = 0
        merging = Merging()
        source = iter(briefs)
        while batch := list(islice(source, BATCH_PASSAGES)):  # reading ahead costs little; encoding is done in parts
            changed = self._changed(batch, done, claimed, failed, merging)
            seen += len(batch) - len(changed)
            for part in self.prepared(changed, failed):
                told = partial(_told, progress, seen, written)
                written += self.write(part, done, told=told)
                seen += len(part)
                if progress:
                    progress(seen, written)
            self._settle(merging, failed)
            if progress:
                progress(seen, written)
        if written:
            self._derived.save()
        return report_of(briefs, done, failed, merging.found, written)

    def remove(self, brief_id: str, before: Callable[[sqlite3.Connection, str], None] | None = None) -> bool:
        """Do what `Index.remove` says; `before` gets the brief's own id in the same transaction, while it is there."""
        with self._store.reading() as connection:  # not the brief itself: one that is damaged can be removed, too
            known = connection.execute("SELECT 1 FROM briefs WHERE id = ?", (brief_id,)).fetchone()
            if known is None and own_name(connection, brief_id) == brief_id:
                return False
        encoder = self._build.encoder
        with self._store.writing() as connection:
            if connection.execute("SELECT 1 FROM briefs WHERE id = ?", (brief_id,)).fetchone() is None:
                brief_id = own_name(connection, brief_id)
            names = {brief_id, *(name.id for name in names_of(connection, brief_id))}
            if before:
                before(connection, brief_id)
            removed = remove_brief(connection, brief_id, encoder)
            forget_copies(connection, brief_id)
            for name in names:  # a document that gets one of them later is another
                forget_correction(connection, name)
        self._derived.save()
        return removed

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
                    brief = corrected(connection, identified(StoredNames(connection), each, claimed))
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
        """Write down which texts have several names."""
        with self._store.reading() as connection:
            settled = merging.is_settled(connection)
        if not settled:
            with self._store.writing() as connection:
                make_tables(connection)
                failed += merging.settle(connection, self._build.encoder)
        merging.done()

    def prepared(self, briefs: Iterable[Brief], failed: list[Failure]) -> Iterator[list[Prepared]]:
        """Yield the briefs cut into passages, in parts of about BATCH_PASSAGES."""
        return cut_briefs(briefs, self._build.encoder, failed)

    def write(
        self,
        part: list[Prepared],
        done: dict[str, list[str]],
        *,
        as_named: bool = False,
        told: Callable[[int], None] | None = None,
        also: Callable[[sqlite3.Connection], None] | None = None,
        known: Mapping[bytes, tuple[bytes, bytes | None]] | None = None,
    ) -> int:
        """Encode and store the briefs, all in one transaction; `as_named` keeps derived ids as they are.

        `told` gets the number of passages encoded so far, where there are many; `also` writes in the same transaction,
        before; whatever it raises ends it. `known` are encodings that another store has.
        """
        self._build.record()
        made = self._store.setting("store")
        encodings = self._encodings(part, told, known)
        with self._store.writing() as connection:
            if self._store.setting("store") != made:  # rebuilt or restored since: its token vectors have another codec
                encodings = self._encodings(part, None)
            if also:
                also(connection)
            states = []
            for prepared in part:
                if prepared.brief.derived_id and not as_named and not is_free(StoredNames(connection), prepared.brief):
                    # Another process has given the id to another file since ours was cut; the encodings stay good.
                    prepared = prepare(
                        with_suffix(StoredNames(connection), prepared.brief, {}), self._build.encoder, Chunking()
                    )
                brief_id = prepared.brief.id
                there = connection.execute("SELECT 1 FROM briefs WHERE id = ?", (brief_id,)).fetchone()
                write_brief(connection, prepared, encodings, self._build.encoder)
                states.append(("replaced" if there else "added", brief_id))
        for state, brief_id in states:
            done[state].append(brief_id)
        return sum(len(prepared.passages) for prepared in part)

    def _encodings(
        self,
        part: list[Prepared],
        told: Callable[[int], None] | None,
        known: Mapping[bytes, tuple[bytes, bytes | None]] | None = None,
    ) -> dict[bytes, tuple[bytes, bytes | None]]:
        """Vector and packed token vectors of each input, by its digest, as the content that is there now has them."""
        self._derived.follow_rebuild()
        inputs = {
            digest: text
            for prepared in part
            for digest, text in zip(prepared.input_digests(), prepared.inputs, strict=True)
        }
        with self._store.reading() as connection:
            encodings = known_encodings(connection, list(inputs)) | dict(known or {})
        texts = list(dict.fromkeys(text for digest, text in inputs.items() if digest not in encodings))
        for start in range(0, len(texts), SLICE):
            if start and told:
                told(start)
            encodings |= make_encodings(texts[start : start + SLICE], self._build.encoder, self._derived.codec())
        return encodings


def _told(progress: Progress | None, seen: int, written: int, encoded: int) -> None:
    if progress:
        progress(seen, written + encoded)


def report_of(
    briefs: Iterable[Brief],
    done: Mapping[str, Sequence[str]],
    failed: Sequence[Failure],
    duplicates: Sequence[tuple[str, str]],
    passages: int,
) -> AddReport:
    """Return the report of an add: ids by what was `done` with them, and also what the loader could not read."""
    return AddReport(
        added=tuple(done["added"]),
        unchanged=tuple(done["unchanged"]),
        replaced=tuple(done["replaced"]),
        failed=(*failed, *(briefs.failed if isinstance(briefs, BriefLoader) else ())),
        passages=passages,
        duplicates=tuple(duplicates),
    )


def cut_briefs(briefs: Iterable[Brief], encoder: Encoder, failed: list[Failure]) -> Iterator[list[Prepared]]:
    """Yield the briefs cut into passages, in parts of about BATCH_PASSAGES; `failed` takes up those that cannot be."""
    part: list[Prepared] = []
    for brief in briefs:
        try:
            part.append(prepare(brief, encoder, Chunking()))
        except BriefError as error:
            failed.append(Failure(brief.source or brief.id, str(error)))
        if sum(len(prepared.passages) for prepared in part) >= BATCH_PASSAGES:
            yield part
            part = []
    if part:
        yield part
