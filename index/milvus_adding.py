"""One add to an index in Milvus: ids, corrections, texts that have a name already; what has changed is written.

It decides as an add to SQLite does, with two questions to the catalog for each batch instead of two for each brief.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ..corpus import Brief, BriefError, Failure
from .copies import fields_of, is_one, known_of
from .corrections import applied, correction_from
from .ingest import Prepared
from .milvus_build import MilvusBuild
from .milvus_catalog import Catalog, copy_row
from .milvus_client import Collections, number_of
from .milvus_rows import Head, check_fits, moved, owner_of, text_number
from .milvus_writing import MilvusWriter
from .naming import identified
from .proof import brief_digest
from .types import AddReport, Progress
from .writing import BATCH_PASSAGES, cut_briefs, report_of

SETTLED = 500  # passages of one add, from which on Milvus Lite is told to write its log into segments


@dataclass(slots=True)
class Decided:
    """What one batch comes to: `write` by id, in order; `copies` from the id of a copy to it and its brief's id."""

    write: dict[str, Brief] = field(default_factory=dict)
    copies: dict[str, tuple[Brief, str]] = field(default_factory=dict)
    heirs: dict[str, str] = field(default_factory=dict)  # id of the copy that becomes a brief: whose text it keeps
    unchanged: list[str] = field(default_factory=list)
    moved: list[tuple[Head, str]] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)


class BatchNames:
    """The `Names` of a batch's briefs, read at once; others when they are asked for."""

    def __init__(self, catalog: Catalog, batch: Sequence[Brief]) -> None:
        self._catalog = catalog
        self._heads: dict[int, Head | None] = dict.fromkeys(owner_of(brief.id) for brief in batch)
        self._heads |= catalog.heads(list(self._heads))
        sources = {number_of("source", brief.source) for brief in batch if brief.derived_id}
        self._derived: dict[str, list[Head]] = {}
        for head in catalog.from_source(sorted(sources)):
            self._heads[head.owner] = head
            if head.known["derived_id"]:
                self._derived.setdefault(head.source, []).append(head)

    def head(self, brief_id: str) -> Head | None:
        """Return the head of the brief with this id."""
        owner = owner_of(brief_id)
        if owner not in self._heads:
            self._heads[owner] = self._catalog.heads([owner]).get(owner)
        return self._heads[owner]

    def derived_from(self, source: str) -> list[str]:
        return [head.id for head in self._derived.get(source, [])]

    def source_of(self, brief_id: str) -> str | None:
        head = self.head(brief_id)
        return head.source if head else None

    def text_of(self, brief_id: str) -> str | None:
        head = self.head(brief_id)
        return self._catalog.texts([head]).get(head.owner) if head else None


def decided(catalog: Catalog, batch: Sequence[Brief], claimed: dict[str, str]) -> Decided:
    """Return what adding the batch comes to; `claimed` holds the ids that this add has met, and takes these up."""
    found, names = Decided(), BatchNames(catalog, batch)
    named = []
    for each in batch:
        try:
            check_fits(each)
            named.append(identified(names, each, claimed))
        except BriefError as error:
            found.failed.append(Failure(each.source or each.id, str(error)))
    corrections = catalog.corrections(owner_of(brief.id) for brief in named)
    for brief in named:
        correction = corrections.get(owner_of(brief.id))
        if correction:
            brief = applied(brief, correction_from(correction))
        head = names.head(brief.id)
        if head is None or head.digest != brief_digest(brief).hex():
            found.write[brief.id] = brief
            continue
        found.unchanged.append(brief.id)
        if head.source != brief.source:
            found.moved.append((head, brief.source))
    if found.write:
        _leave_behind(catalog, names, found)
        _merge(catalog, found)
    return found


def _leave_behind(catalog: Catalog, names: BatchNames, found: Decided) -> None:
    """A text that a brief is about to lose stays under the first other name that still has it."""
    losing = {
        head.owner: head
        for brief in found.write.values()
        if (head := names.head(brief.id)) and head.text != text_number(brief.text)
    }
    left: dict[str, dict[str, str]] = {}
    for copy in catalog.copies_of(list(losing)):
        if copy["id"] not in found.write:
            left.setdefault(copy["brief"], copy)
    if left:
        olds = {brief.id: brief for brief in catalog.briefs([losing[owner_of(brief_id)] for brief_id in left])}
        for brief_id, copy in left.items():
            if brief_id in olds:
                found.write[copy["id"]] = fields_of(olds[brief_id], copy["known"], copy["source"])
                found.heirs[copy["id"]] = brief_id


def _merge(catalog: Catalog, found: Decided) -> None:
    """A text that another brief has already is one more name of that brief, the dated one first."""
    numbers = {brief.id: text_number(brief.text) for brief in found.write.values()}
    there: dict[int, Brief] = {}
    for head in catalog.with_text(sorted(set(numbers.values()))):
        if head.id not in found.write:
            there.setdefault(head.text, head.bare())
    met = [*found.write.values(), *there.values()]
    corrections = catalog.corrections({owner_of(brief.id) for brief in met})
    dated = {brief.id for brief in met if "published" in corrections.get(owner_of(brief.id), {})}
    for brief in list(found.write.values()):
        number = numbers[brief.id]
        other = there.setdefault(number, brief)
        if other.id == brief.id or not is_one(other, brief, bool(dated & {other.id, brief.id})):
            continue
        if other.published or not brief.published:
            del found.write[brief.id]
            found.copies[brief.id] = (brief, other.id)
        else:  # the one with a date is the brief
            found.write.pop(other.id, None)
            found.copies[other.id] = (other, brief.id)
            there[number] = brief


def without_brief(catalog: Catalog, found: Decided) -> list[Failure]:
    """Leave out the copies of briefs that could not be taken, and return why."""
    there = catalog.heads(owner_of(brief_id) for _, brief_id in found.copies.values())
    lost = {copy_id: pair for copy_id, pair in found.copies.items() if owner_of(pair[1]) not in there}
    for copy_id in lost:
        del found.copies[copy_id]
    reason = "found the text of {!r}, which could not be taken; see the reason there"
    return [Failure(copy.source or copy.id, reason.format(brief_id)) for copy, brief_id in lost.values()]


def copy_rows(catalog: Catalog, found: Decided) -> tuple[list[dict[str, object]], list[str]]:
    """Return the rows of names to write, and the keys of those to delete."""
    rows = {copy_id: copy_row(copy_id, of, copy.source, known_of(copy)) for copy_id, (copy, of) in found.copies.items()}
    new_owner = {old: heir for heir, old in found.heirs.items()} | {old: of for old, (_, of) in found.copies.items()}
    for copy in catalog.copies_of([owner_of(brief_id) for brief_id in new_owner]):
        if copy["id"] not in found.write and copy["id"] not in rows:
            rows[copy["id"]] = copy_row(copy["id"], new_owner[copy["brief"]], copy["source"], copy["known"])
    return list(rows.values()), [f"c{owner_of(brief_id)}" for brief_id in found.write]


@dataclass(frozen=True, slots=True)
class Adder:
    """Adds briefs to the collections; threads decide in turn, and encode at the same time."""

    collections: Collections
    catalog: Catalog
    writer: MilvusWriter
    build: MilvusBuild
    lock: "threading.RLock"

    def add(self, briefs: Iterable[Brief], progress: Progress | None, claimed: dict[str, str]) -> AddReport:
        """Do what `Index.add` says."""
        done: dict[str, list[str]] = {"added": [], "unchanged": [], "replaced": []}
        failed: list[Failure] = []
        duplicates: list[tuple[str, str]] = []
        seen = written = 0
        self.writer.sweep()
        source = iter(briefs)
        while batch := list(islice(source, BATCH_PASSAGES)):
            with self.lock:
                found = decided(self.catalog, batch, claimed)
                self.writer.clean(owner_of(brief_id) for brief_id in found.unchanged)
            self.writer.rewrite(moved(head, place) for head, place in found.moved)
            failed += found.failed
            done["unchanged"] += found.unchanged
            seen += len(batch) - len(found.write)
            for part in cut_briefs(found.write.values(), self.build.encoder, failed):
                replaced = self.write(part)
                written += sum(len(prepared.passages) for prepared in part)
                seen += len(part)
                for prepared in part:
                    done["replaced" if prepared.brief.id in replaced else "added"].append(prepared.brief.id)
                if progress:
                    progress(seen, written)
            failed += without_brief(self.catalog, found)
            rows, gone = copy_rows(self.catalog, found)
            lost = self.catalog.heads(owner_of(copy_id) for copy_id in found.copies)
            self.collections.write(self.collections.catalog, rows)
            self.collections.delete(self.collections.catalog, gone)
            if lost:
                self.writer.remove(list(lost.values()))
            duplicates += [(copy.source or copy.id, of) for copy, of in found.copies.values()]
            if progress:
                progress(seen, written)
        if written >= SETTLED:
            self.collections.settle()
        return report_of(briefs, done, failed, duplicates, written)

    def write(self, part: Sequence[Prepared]) -> list[str]:
        """Encode and store the briefs; return the ids of those that were there."""
        self.build.record()
        encodings = self.writer.encodings(part, self.build.encoder, self.build.codec())
        return self.writer.write(part, encodings, self.build.encoder)
