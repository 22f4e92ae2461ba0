"""An index copied from one store to another, file to Milvus or back, without encoding anything again.

Vectors and token vectors go over as they are, with the codebooks that packed them, and briefs in the order in which
they were added; so the copy ranks as the original does, but for BM25's formula, which Milvus has a little otherwise.
What has no meaning elsewhere stays behind: what is remembered of synced folders and of web addresses.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..corpus import Brief, StoreError, StoreMismatch
from ..corpus.chunk import Chunking
from .build import new_settings
from .copies import copies_of, put_copies
from .corrections import Correction, correction_from, correction_of, keep_correction, plain_fields
from .index import Index
from .ingest import Prepared, prepare
from .milvus import MilvusIndex
from .milvus_catalog import copy_row, link_row
from .milvus_client import in_parts
from .milvus_rows import CORRECTION, catalog_row, owner_of
from .relatives import relatives_of
from .rows import read_briefs
from .store import Store
from .types import Encoder, Progress
from .writing import BATCH_PASSAGES, Writer

Encodings = dict[bytes, tuple[bytes, bytes | None]]
Copies = Sequence[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class MoveReport:
    """What a move did: briefs copied, briefs that were there already, passages written."""

    copied: int
    there: int
    passages: int


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a brief beside itself: further names, a correction, versions as (id, how alike)."""

    copies: Copies
    correction: Correction
    versions: Sequence[tuple[str, float]]


class End(Protocol):
    """One end of a move."""

    def codec(self) -> bytes | None:
        """Return the codebooks that token vectors were packed with."""

    def digests(self) -> dict[str, str]:
        """Return the digest of each brief by its id, in the order in which they were added."""

    def read(self, ids: Sequence[str]) -> tuple[list[Brief], Encodings]:
        """Return the briefs, in this order, and what their passages were encoded to."""

    def beside(self, ids: Sequence[str]) -> dict[str, Beside]:
        """Return what is known of each of the briefs beside itself."""

    def begin(self, codec: bytes | None) -> None:
        """Record what the index is made with, if it is new."""

    def write(self, parts: Sequence[Prepared], encodings: Encodings) -> None:
        """Write the briefs."""

    def keep(self, brief_id: str, beside: Beside) -> None:
        """Keep what is known of a brief beside itself."""

    def finish(self) -> None:
        """Make what is derived."""


def move_index(source: Index, target: Index, progress: Progress | None = None) -> MoveReport:
    """Copy all briefs of one index to another, which may be new or hold some of them already: run again, it goes on.

    Raises:
        StoreMismatch: the target was made with other codebooks for its token vectors.
        StoreError: a brief is not as it was cut when it was added.
    """
    start, goal, encoder = _end(source), _end(target), target.encoder
    codec = start.codec()
    goal.begin(codec)
    if goal.codec() != codec:
        raise StoreMismatch(
            f"{target.path} packs token vectors by other codebooks than {source.path}; move to a new index instead"
        )
    wanted, there = start.digests(), goal.digests()
    missing = [brief_id for brief_id, digest in wanted.items() if there.get(brief_id) != digest]
    seen, written = len(wanted) - len(missing), 0
    for ids in in_parts(missing, BATCH_PASSAGES):
        briefs, encodings = start.read(ids)
        for parts in _cut(briefs, encodings, encoder):
            goal.write(parts, encodings)
            seen += len(parts)
            written += sum(len(prepared.passages) for prepared in parts)
            if progress:
                progress(seen, written)
    for ids in in_parts(wanted):  # links lead to briefs that are there
        for brief_id, beside in start.beside(ids).items():
            if beside.copies or beside.correction or beside.versions:
                goal.keep(brief_id, beside)
    goal.finish()
    return MoveReport(len(missing), len(wanted) - len(missing), written)


def _end(index: Index) -> End:
    return MilvusEnd(index) if isinstance(index, MilvusIndex) else FileEnd(index)


def _cut(briefs: Sequence[Brief], encodings: Encodings, encoder: Encoder) -> Iterator[list[Prepared]]:
    """The briefs cut as they were, in parts of about BATCH_PASSAGES."""
    parts: list[Prepared] = []
    for brief in briefs:
        prepared = prepare(brief, encoder, Chunking())
        if not encodings.keys() >= set(prepared.input_digests()):
            raise StoreError(f"the brief {brief.id!r} is not as it was cut when it was added; add it again there")
        parts.append(prepared)
        if sum(len(each.passages) for each in parts) >= BATCH_PASSAGES:
            yield parts
            parts = []
    if parts:
        yield parts


class FileEnd:
    """An index in a file."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._store: Store = index.store

    def codec(self) -> bytes | None:
        data = self._store.setting("codec")
        return self._store.checked("codec", data) if data else None

    def digests(self) -> dict[str, str]:
        with self._store.reading() as connection:
            rows = connection.execute("SELECT id, digest FROM briefs ORDER BY n").fetchall()
        return {brief_id: digest.hex() for brief_id, digest in rows}

    def read(self, ids: Sequence[str]) -> tuple[list[Brief], Encodings]:
        with self._store.reading() as connection:
            briefs = {brief.id: brief for brief in read_briefs(connection, ids)}
            rows = connection.execute(
                "SELECT p.input, p.vector, p.crc, t.packed, t.crc FROM passages p JOIN briefs b ON b.n = p.brief "
                "LEFT JOIN tokens t ON t.n = p.n WHERE b.id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(ids)),),
            ).fetchall()
        sound = {
            digest: (vector, packed)
            for digest, vector, crc, packed, packed_crc in rows
            if zlib.crc32(vector) == crc and (packed is None or zlib.crc32(packed) == packed_crc)
        }
        return [briefs[brief_id] for brief_id in ids if brief_id in briefs], sound

    def beside(self, ids: Sequence[str]) -> dict[str, Beside]:
        found = {}
        with self._store.reading() as connection:
            for brief_id in ids:
                versions = [(each.id, each.similarity) for each in relatives_of(connection, brief_id)]
                copies = copies_of(connection, brief_id)
                found[brief_id] = Beside(copies, correction_of(connection, brief_id), versions)
        return found

    def begin(self, codec: bytes | None) -> None:
        if self._store.setting("encoder") is None:
            settings = new_settings(self._index.encoder, codec)
            with self._store.writing() as connection:
                connection.executemany("INSERT OR IGNORE INTO settings VALUES (?, ?)", list(settings.items()))

    def write(self, parts: Sequence[Prepared], encodings: Encodings) -> None:
        writer: Writer = self._index.writer
        writer.write(list(parts), {"added": [], "replaced": []}, as_named=True, known=encodings)

    def keep(self, brief_id: str, beside: Beside) -> None:
        if beside.copies or beside.correction:  # versions are found when a brief is written
            with self._store.writing(same_content=True) as connection:
                put_copies(connection, beside.copies, brief_id)
                if beside.correction:
                    keep_correction(connection, brief_id, beside.correction)

    def finish(self) -> None:
        self._index.save_dense()


class MilvusEnd:
    """An index in Milvus."""

    def __init__(self, index: MilvusIndex) -> None:
        self._index = index
        self._catalog = index.catalog

    def codec(self) -> bytes | None:
        return self._catalog.blob("codec")

    def digests(self) -> dict[str, str]:
        heads = sorted(self._catalog.all_heads(), key=lambda head: head.extent.version)
        return {head.id: head.digest for head in heads}

    def read(self, ids: Sequence[str]) -> tuple[list[Brief], Encodings]:
        owners = [owner_of(brief_id) for brief_id in ids]
        briefs = {brief.id: brief for brief in self._catalog.briefs(list(self._catalog.heads(owners).values()))}
        encodings = self._index.writer.stored(owners)
        return [briefs[brief_id] for brief_id in ids if brief_id in briefs], encodings

    def beside(self, ids: Sequence[str]) -> dict[str, Beside]:
        owners = {owner_of(brief_id): brief_id for brief_id in ids}
        copies: dict[str, list[tuple[str, str, str, str]]] = {}
        for each in self._catalog.copies_of(list(owners)):
            copies.setdefault(each["brief"], []).append((each["id"], each["brief"], each["source"], each["known"]))
        corrections = self._catalog.corrections(owners)
        links = self._catalog.links(owners)
        others = self._catalog.heads({link.other for link in links})
        versions: dict[str, list[tuple[str, float]]] = {}
        for link in links:
            if link.other in others:
                versions.setdefault(owners[link.owner], []).append((others[link.other].id, link.similarity))
        return {
            brief_id: Beside(
                copies.get(brief_id, ()), correction_from(corrections.get(owner, {})), versions.get(brief_id, ())
            )
            for owner, brief_id in owners.items()
        }

    def begin(self, codec: bytes | None) -> None:
        self._index.build.record(codec or b"")

    def write(self, parts: Sequence[Prepared], encodings: Encodings) -> None:
        self._index.writer.write(parts, encodings, self._index.encoder)

    def keep(self, brief_id: str, beside: Beside) -> None:
        owner = owner_of(brief_id)
        rows = [copy_row(name, brief_id, source, known) for name, _, source, known in beside.copies]
        rows += [link_row(owner, owner_of(other), alike) for other, alike in beside.versions]
        if beside.correction:
            rows.append(catalog_row(f"k{owner}", CORRECTION, plain_fields(beside.correction), owner=owner))
        self._index.collections.write(self._index.collections.catalog, rows)

    def finish(self) -> None:
        self._index.save_dense()
