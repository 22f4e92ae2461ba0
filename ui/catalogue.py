"""The list of briefs as clients page through it, read again only when the index has changed."""

import threading
from datetime import date

from ..index import Index
from .schemas import BriefRecord, BriefsRecord, brief_record


class Catalogue:
    """What is known of every brief, without texts. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._kept: tuple[int, list[BriefRecord]] = (-1, [])

    def records(self) -> list[BriefRecord]:
        """Return the records, newest first, undated last."""
        with self._lock:  # one reads, the others wait for it
            generation = self._index.generation()
            if self._kept[0] != generation:
                self._kept = (generation, [brief_record(brief) for brief in self._index.briefs()])
            return self._kept[1]

    def page(
        self,
        offset: int,
        limit: int,
        institution: str | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> BriefsRecord:
        """Return at most `limit` records from `offset` on, of those that fit; bounds are inclusive."""
        fitting = [
            record
            for record in self.records()
            if (institution is None or record.institution.casefold() == institution.casefold())
            and (since is None or (record.published is not None and record.published >= since))
            and (until is None or (record.published is not None and record.published <= until))
        ]
        end = offset + limit
        return BriefsRecord(
            total=len(fitting), briefs=fitting[offset:end], next_offset=end if end < len(fitting) else None
        )
