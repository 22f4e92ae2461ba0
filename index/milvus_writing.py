"""Briefs written to Milvus, which has no transactions: each is there, whole, from the moment its head is written.

First a note says which rows are to come; then come passages, texts and counts, under a version of their own; then the
head, which makes the version count; then the rows of the version before are deleted, and the note. A process that is
killed in between leaves a brief that is as it was, or is new, and a note by which the next writer cleans up.
"""

import json
import threading
import time
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .ingest import Prepared, make_encodings, pack_vector
from .late import TokenCodec
from .milvus_catalog import Catalog
from .milvus_client import Collections, Row, number_of
from .milvus_rows import (
    NAME,
    SETTING,
    WRITING,
    Extent,
    Head,
    Written,
    catalog_row,
    head_row,
    new_head,
    owner_of,
    passage_numbers,
    payload_keys,
    written,
)
from .types import Encoder

GRACE = 900.0  # seconds after which a note is that of a writer that was killed, where several may write
Encodings = dict[bytes, tuple[bytes, bytes | None]]


@dataclass(frozen=True, slots=True)
class Note:
    """What a writer was about to write and to delete, by the brief's number."""

    owner: int
    version: int
    extents: tuple[Extent, ...]


class MilvusWriter:
    """Writes into the collections. Safe to share between threads.

    `alone` says that nobody else writes the same briefs: then a note is never that of a writer at work.
    """

    def __init__(self, collections: Collections, catalog: Catalog, *, alone: bool) -> None:
        self.alone = alone
        self._collections = collections
        self._catalog = catalog
        self._lock = threading.RLock()
        self._named: set[int] = set()
        self._swept = False

    def encodings(self, parts: Sequence[Prepared], encoder: Encoder, codec: TokenCodec | None) -> Encodings:
        """Return the encodings of all passages; those that an earlier version of a brief has are not made again."""
        found = self.stored([owner_of(prepared.brief.id) for prepared in parts])
        inputs = (zip(prepared.inputs, prepared.input_digests(), strict=True) for prepared in parts)
        fresh = dict.fromkeys(text for each in inputs for text, digest in each if digest not in found)
        return found | (make_encodings(list(fresh), encoder, codec) if fresh else {})

    def write(self, parts: Sequence[Prepared], encodings: Encodings, encoder: Encoder) -> list[str]:
        """Write the briefs in place of any earlier ones of their ids; return the ids of those that were there.

        Raises:
            BriefError: the facts of a brief are longer than Milvus takes; none is written.
        """
        now = _now()
        with self._lock:
            old = self._catalog.heads(owner_of(prepared.brief.id) for prepared in parts)
            rows = []
            for number, prepared in enumerate(parts):  # versions keep the order of adding
                known = old.get(owner_of(prepared.brief.id))
                version = max(now + number, known.extent.version + 1 if known else 0)
                rows.append(written(prepared, version, encodings, encoder))
            heads = [new_head(each.brief, each.extent) for each in rows]
            commit = [head_row(head) for head in heads]
            notes = self._note(heads, old)
            self._collections.create_passages(encoder.spec.dimension)
            self._collections.write(self._collections.payload, [row for each in rows for row in each.payload])
            self._collections.write(self._collections.passages, [row for each in rows for row in each.passages])
            self._collections.write(self._collections.catalog, self._names(rows))
            self._collections.write(self._collections.catalog, [*commit, self.changed()])
            self._clean(notes, {head.owner: head.extent.version for head in heads})
        return [head.id for head in heads if head.owner in old]

    def remove(self, heads: Sequence[Head]) -> None:
        """Remove the briefs: they are gone with their heads, the rest is cleaned up."""
        with self._lock:
            notes = self._note([], {head.owner: head for head in heads})
            self._collections.delete(self._collections.catalog, [f"b{head.owner}" for head in heads])
            self._collections.write(self._collections.catalog, [self.changed()])
            self._clean(notes, {})

    def rewrite(self, heads: Iterable[Head]) -> None:
        """Write what is known of briefs anew; their texts and passages stay."""
        if rows := [head_row(head) for head in heads]:
            self._collections.write(self._collections.catalog, [*rows, self.changed()])

    def changed(self) -> Row:
        """Return the row that tells everybody of a change."""
        generation = max(_now(), self._catalog.generation() + 1)
        return catalog_row("sgeneration", SETTING, generation)

    def clean(self, owners: Iterable[int]) -> None:
        """Delete what writers of these briefs left that were killed."""
        with self._lock:
            notes = self._left(owners)
            heads = self._catalog.heads(note.owner for note in notes)
            self._clean(notes, {owner: head.extent.version for owner, head in heads.items()})

    def sweep(self) -> None:
        """Delete, once in a process, what writers left that were killed, of briefs that may never be added again."""
        with self._lock:
            if not self._swept:
                self._swept = True
                condition = f"kind == {WRITING} and version < {_now() - int(GRACE * 1e6)}"
                self.clean(
                    [
                        int(row["owner"])
                        for row in self._collections.scan(self._collections.catalog, condition, ["owner"])
                    ]
                )

    def stored(self, owners: Sequence[int]) -> Encodings:
        """Return the encodings of the briefs' passages as they are now."""
        heads = self._catalog.heads(owners).values()
        numbers = [number for head in heads for number in passage_numbers(head.owner, head.extent)]
        if not numbers:
            return {}
        vectors = self._collections.read(self._collections.passages, numbers, ["n", "vector"])
        made = {int(row["n"]): pack_vector(np.asarray(row["vector"], np.float32)) for row in vectors}
        keys = [f"p{number}" for number in numbers]
        found: Encodings = {}
        for row in self._collections.read(self._collections.payload, keys, ["key", "facts", "packed"]):
            if (n := int(row["key"][1:])) in made:
                digest = bytes.fromhex(json.loads(row["facts"])["input"])
                found[digest] = (made[n], b64decode(row["packed"]) if row["packed"] else None)
        return found

    # --- notes ---------------------------------------------------------------------------------------------------

    def _note(self, heads: Sequence[Head], old: Mapping[int, Head]) -> list[Note]:
        """Note what will be written and deleted, with what earlier notes say of the same briefs."""
        extents: dict[int, list[Extent]] = {owner: [head.extent] for owner, head in old.items()}
        versions = {head.owner: head.extent.version for head in heads}
        for head in heads:
            extents.setdefault(head.owner, []).append(head.extent)
        for note in self._left(extents):
            extents[note.owner] += [each for each in note.extents if each not in extents[note.owner]]
        notes = [Note(owner, versions.get(owner, 0), tuple(each)) for owner, each in extents.items()]
        self._collections.write(self._collections.catalog, [_note_row(note) for note in notes])
        return notes

    def _left(self, owners: Iterable[int]) -> list[Note]:
        """The notes that are there of these briefs, but for those of others at work."""
        keys = [f"w{owner}" for owner in owners]
        rows = self._collections.read(self._collections.catalog, keys, ["owner", "version", "facts"])
        oldest = _now() - int(GRACE * 1e6)
        return [
            Note(int(row["owner"]), int(row["version"]), tuple(Extent(*each) for each in json.loads(row["facts"])))
            for row in rows
            if self.alone or int(row["version"]) < oldest
        ]

    def _clean(self, notes: Sequence[Note], versions: Mapping[int, int]) -> None:
        """Delete all rows that the notes name of other versions than those that count, and the notes."""
        gone = [
            (note.owner, each) for note in notes for each in note.extents if each.version != versions.get(note.owner)
        ]
        if self._collections.made:
            numbers = [number for owner, extent in gone for number in passage_numbers(owner, extent)]
            self._collections.delete(self._collections.passages, numbers)
        self._collections.delete(
            self._collections.payload, [key for owner, extent in gone for key in payload_keys(owner, extent)]
        )
        self._collections.delete(self._collections.catalog, [f"w{note.owner}" for note in notes])

    # --- rows ----------------------------------------------------------------------------------------------------

    def _names(self, rows: Sequence[Written]) -> list[Row]:
        """Rows for names that this process has not met yet."""
        met: dict[int, Row] = {}
        for brief in (each.brief for each in rows):
            authors = [("author", author) for author in brief.authors]
            for kind, name in (("institution", brief.institution), ("language", brief.language), *authors):
                number = number_of("name", kind, name)
                if name and number not in self._named:
                    met[number] = catalog_row(f"n{number}", NAME, [kind, name])
        self._named |= met.keys()
        return list(met.values())


def _now() -> int:
    """Microseconds since 1970: versions and generations are such."""
    return time.time_ns() // 1000


def _note_row(note: Note) -> Row:
    extents = [[each.version, each.passages, each.texts, each.counts] for each in note.extents]
    return catalog_row(f"w{note.owner}", WRITING, extents, owner=note.owner, version=note.version)
