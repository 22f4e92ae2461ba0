"""An index in Milvus: the same contract where one machine is not enough. `Index.open` makes one of an address."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, Self

from ..corpus import Brief, StoreError
from ..corpus.chunk import Chunking
from .copies import Name
from .corrections import Correction, applied, correction_from, plain_fields
from .index import Index, Removed
from .ingest import prepare
from .listing import Entry
from .milvus_adding import Adder
from .milvus_address import Address, parse_address
from .milvus_build import MilvusBuild
from .milvus_catalog import Catalog, copy_row
from .milvus_client import Collections, number_of
from .milvus_rows import CORRECTION, Head, catalog_row, moved, owner_of
from .milvus_statistics import Statistics
from .milvus_view import MilvusView
from .milvus_visits import NoVisits
from .milvus_writing import MilvusWriter
from .relatives import Relative
from .store import Store
from .types import AddReport, Encoder, Progress


class MilvusIndex(Index):
    """Briefs, their passages and everything they are found by, in collections of Milvus. Safe to share between threads.

    `alone` says that no other process adds the same briefs meanwhile: so it always is with Milvus Lite, and where each
    worker takes a part of its own.
    """

    def __init__(self, address: Address, encoder: Encoder | str, *, late: bool = True, alone: bool = False) -> None:
        self.address = address
        self.collections = Collections(address)
        self.catalog = Catalog(self.collections)
        self._milvus = MilvusWriter(self.collections, self.catalog, alone=alone or address.local)
        try:
            self.build = MilvusBuild(self.catalog, encoder, self._place, late=late)
        except BaseException:
            self.collections.close()
            raise
        self._lock = threading.RLock()
        self._adder = Adder(self.collections, self.catalog, self._milvus, self.build, self._lock)
        self._statistics = Statistics()

    @classmethod
    def at(cls, address: str, encoder: Encoder | str, *, late: bool = True, alone: bool = False) -> Self:
        """Open the index at an address.

        Raises:
            StoreMismatch: it was made by another encoder, other chunking or another format.
            StoreError: pymilvus is missing, no server answers, or the address names no collection.
        """
        return cls(parse_address(address), encoder, late=late, alone=alone)

    def close(self) -> None:
        self.collections.close()

    @property
    def path(self) -> Path:
        """A file name in the folder for what this machine keeps about the index; the index itself is in Milvus."""
        return self.address.folder / f"{self.address.collection}.milvus"

    @property
    def store(self) -> Store:
        return self._no_file()

    @property
    def writer(self) -> MilvusWriter:  # type: ignore[override]  # what writes into this store
        """What writes into the collections."""
        return self._milvus

    @property
    def encoder(self) -> Encoder:
        return self.build.encoder

    # --- what is there -------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return sum(head.extent.passages for head in self.catalog.all_heads())

    def briefs(self) -> list[Brief]:
        return self.catalog.briefs(self.catalog.all_heads())

    def brief(self, brief_id: str) -> Brief | None:
        head = self.catalog.head(brief_id)
        return next(iter(self.catalog.briefs([head])), None) if head else None

    def names(self, brief_id: str) -> list[Name]:
        head = self.catalog.heads([owner_of(brief_id)]).get(owner_of(brief_id))
        if head is None:
            return []
        copies = self.catalog.copies_of([head.owner])
        return [Name(head.id, head.source), *(Name(copy["id"], copy["source"]) for copy in copies)]

    def relatives(self, brief_id: str) -> list[Relative]:
        links = self.catalog.links([owner_of(brief_id)])
        heads = self.catalog.heads(link.other for link in links)
        found = [
            Relative(heads[link.other].id, link.similarity, heads[link.other].published)
            for link in links
            if link.other in heads
        ]
        return sorted(found, key=lambda each: (-each.similarity, each.id))

    def entries(self) -> list[Entry]:
        edited = self.catalog.all_corrected()
        found = []
        for head in self.catalog.all_heads():
            brief = head.bare()
            found.append(
                Entry(
                    *(brief.id, brief.title, brief.authors, brief.institution, brief.series, brief.published),
                    *(brief.published_from, brief.language, brief.url, brief.source),
                    passages=head.extent.passages,
                    corrected=head.owner in edited,
                )
            )
        return sorted(found, key=lambda each: (-(each.published.toordinal() if each.published else 0), each.id))

    def holds(self, brief_ids: Iterable[str]) -> set[str]:
        owners = {owner_of(brief_id): brief_id for brief_id in brief_ids}
        there = self.catalog.heads(owners).keys() | self.catalog.own_names(owners).keys()
        return {owners[owner] for owner in there}

    @property
    def visits(self) -> "NoVisits":  # type: ignore[override]  # the same questions, without a memory
        """Nothing is remembered of web addresses: they are fetched whole each time."""
        return NoVisits(self.catalog)

    def generation(self) -> int:
        return self.catalog.generation()

    @contextmanager
    def reading(self) -> Iterator[MilvusView]:  # type: ignore[override]  # a View, which is all that a search asks for
        generation = self.catalog.generation()
        with self._lock:
            if generation and not self.collections.made:
                self.collections.create_passages(self.build.dimension())
            if self._statistics.generation != generation:
                self.build.check()
                self._statistics = self._statistics.next(generation, self.catalog, self.collections)
            statistics = self._statistics
        yield MilvusView(self.collections, self.catalog, statistics, self.build.codec(), self.build.dimension())

    # --- changes -------------------------------------------------------------------------------------------------

    def add(
        self, briefs: Iterable[Brief], progress: Progress | None = None, *, claimed: dict[str, str] | None = None
    ) -> AddReport:
        return self._adder.add(briefs, progress, {} if claimed is None else claimed)

    def remove(self, brief_id: str) -> bool:
        head = self.catalog.head(brief_id)
        if head is None:
            return False
        names = [head.owner, *(owner_of(copy["id"]) for copy in self.catalog.copies_of([head.owner]))]
        gone = [f"{kind}{owner}" for owner in names for kind in "ck"]
        self.collections.delete(self.collections.catalog, gone)  # first: no brief that comes later is to have them
        self._milvus.remove([head])
        return True

    def take_out(self, brief_id: str) -> Removed | None:
        brief = self.brief(brief_id)
        if brief is None:
            return None
        owner = owner_of(brief.id)
        copies = [(each["id"], brief.id, each["source"], each["known"]) for each in self.catalog.copies_of([owner])]
        correction = correction_from(self.catalog.corrections([owner]).get(owner, {}))
        return Removed(brief, tuple(copies), correction) if self.remove(brief.id) else None

    def put_back(self, removed: Removed) -> AddReport:
        brief_id = removed.brief.id
        if self.holds([brief_id]):
            return AddReport(unchanged=(brief_id,))
        report = self.add([removed.brief])
        if report.added == (brief_id,):
            taken = self.holds(name for name, *_ in removed.copies)
            rows = [
                copy_row(name, brief_id, place, known) for name, _, place, known in removed.copies if name not in taken
            ]
            self.collections.write(self.collections.catalog, rows)
            self._keep_correction(brief_id, removed.correction)
        return report

    def correct(self, brief_id: str, correction: Correction) -> Brief | None:
        brief = self.brief(brief_id)
        if brief is None:
            return None
        made = applied(brief, correction)
        prepared = prepare(made, self.encoder, Chunking())
        self._keep_correction(brief.id, correction)
        self._adder.write([prepared])
        return made

    def drop_source(self, source: str) -> tuple[list[str], list[str]]:
        number = number_of("source", source)
        copies = [copy for copy in self.catalog.copies_from(number) if copy["source"] == source]
        self.collections.delete(self.collections.catalog, [f"c{owner_of(copy['id'])}" for copy in copies])
        kept, lost = [copy["brief"] for copy in copies], []
        for head in self._from_source(source):
            others = self.catalog.copies_of([head.owner])
            if others:
                self._milvus.rewrite([moved(head, others[0]["source"])])
                kept.append(head.id)
            else:
                lost.append(head.id)
        for brief_id in lost:
            self.remove(brief_id)
        return [brief_id for brief_id in dict.fromkeys(kept) if brief_id not in lost], lost

    def move_source(self, old: str, new: str) -> None:
        self._milvus.rewrite(moved(head, new) for head in self._from_source(old))
        copies = [copy for copy in self.catalog.copies_from(number_of("source", old)) if copy["source"] == old]
        rows = [copy_row(copy["id"], copy["brief"], new, copy["known"]) for copy in copies]
        self.collections.write(self.collections.catalog, rows)

    def save_dense(self) -> None:
        """Milvus keeps its own indexes."""
        self.collections.settle()

    # --- parts ---------------------------------------------------------------------------------------------------

    def _keep_correction(self, brief_id: str, correction: Correction) -> None:
        owner = owner_of(brief_id)
        if fields := self.catalog.corrections([owner]).get(owner, {}) | plain_fields(correction):
            row = catalog_row(f"k{owner}", CORRECTION, fields, owner=owner)
            self.collections.write(self.collections.catalog, [row])

    def _from_source(self, source: str) -> list[Head]:
        return [head for head in self.catalog.from_source([number_of("source", source)]) if head.source == source]

    @property
    def _place(self) -> str:
        return f"{self.address.collection} at {self.address.uri}"

    def _no_file(self) -> NoReturn:
        raise StoreError(
            f"found {self._place}, expected a file, which sync, check, backup, restore and rebuild are only for; "
            "`northbrief move` makes one of it"
        )
