"""One add's decisions on texts that have a name already: which name is the brief, which is a copy of it."""

import sqlite3

from ..corpus import Brief, Failure
from .copies import heir, inherit, is_kept, is_one, keep_copy, original, set_right
from .corrections import correction_of
from .ingest import remove_brief
from .minhash import text_digest
from .types import Encoder


class Merging:
    """The texts met in one add; `found` holds the source of each copy with the id of the brief that has its text."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self._texts: dict[bytes, Brief] = {}
        self._now: dict[str, bytes] = {}  # the text that each name has in this add
        self._changing: set[str] = set()  # briefs of the index whose text there is no longer to be trusted
        self._copies: list[tuple[Brief, str]] = []
        self._heirs: list[tuple[str, Brief]] = []  # a name that keeps a text, and the brief that loses it

    def unchanged(self, brief: Brief) -> None:
        """Note a brief that is in the index as it is."""
        self._now[brief.id] = text_digest(brief.text)
        self._texts.setdefault(self._now[brief.id], brief)

    def to_write(self, connection: sqlite3.Connection, brief: Brief) -> list[Brief]:
        """Return the briefs to be written for this one: itself, none where it is a copy, and one that keeps the text
        which it had until now, if a copy has it still."""
        digest = text_digest(brief.text)
        other = self._texts.get(digest) or original(connection, brief, self._changing)
        self._now[brief.id] = digest
        self._changing.add(brief.id)
        for stale in [text for text, owner in self._texts.items() if owner.id == brief.id and text != digest]:
            del self._texts[stale]  # it was an heir in this add, and now has another text itself
        writes = self._left_behind(connection, brief)
        if other is not None and other.id != brief.id and is_one(other, brief, set_right(connection, other, brief)):
            if self._leads(connection, other, brief):
                self._copies.append((brief, other.id))
                return writes
            self._copies.append((other, brief.id))
            self._changing.add(other.id)
        self._texts[digest] = brief
        return [*writes, brief]

    @staticmethod
    def _leads(connection: sqlite3.Connection, first: Brief, second: Brief) -> bool:
        """Whether the first of two names of one text is the brief: that which was corrected, else that with a date."""
        was, other_was = (bool(correction_of(connection, brief.id)) for brief in (first, second))
        if was or other_was:
            return was
        return bool(first.published or not second.published)

    def _left_behind(self, connection: sqlite3.Connection, brief: Brief) -> list[Brief]:
        """The copy that becomes a brief because this one's text changes, if any does."""
        digest = text_digest(brief.text)
        waiting = [copy for copy, brief_id in self._copies if brief_id == brief.id and text_digest(copy.text) != digest]
        left = self._heir(connection, brief) or next(iter(waiting), None)
        if left is None or text_digest(left.text) in self._texts:
            return []
        self._copies = [
            (copy, left.id if copy in waiting else brief_id) for copy, brief_id in self._copies if copy.id != left.id
        ]
        self._heirs.append((left.id, brief))
        self._texts[text_digest(left.text)] = left
        return [left]

    def _heir(self, connection: sqlite3.Connection, brief: Brief) -> Brief | None:
        """The copy in the index that keeps the brief's text; of one that is an heir of this add, the next in line."""
        losing = [brief]
        for heir_id, old in reversed(self._heirs):
            if heir_id == losing[-1].id:
                losing.append(old)
        return next((found for each in losing if (found := heir(connection, each, self._now))), None)

    def is_settled(self, connection: sqlite3.Connection) -> bool:
        """Whether the index knows all this already."""
        return not self._heirs and all(is_kept(connection, copy, brief_id) for copy, brief_id in self._copies)

    def settle(self, connection: sqlite3.Connection, encoder: Encoder) -> list[Failure]:
        """Write down what was decided since the last time, once the briefs are written; return what came to nothing."""
        failed = []
        for heir_id, brief in self._heirs:
            inherit(connection, heir_id, brief.id)
        for copy, brief_id in self._copies:
            if connection.execute("SELECT 1 FROM briefs WHERE id = ?", (brief_id,)).fetchone() is None:
                reason = f"found the text of {brief_id!r}, which could not be taken; see the reason there"
                failed.append(Failure(copy.source or copy.id, reason))
                continue
            remove_brief(connection, copy.id, encoder)
            keep_copy(connection, copy, brief_id)
        return failed

    def done(self) -> None:
        """Report the copies of this batch, and begin the next."""
        self.found += [(copy.source or copy.id, brief_id) for copy, brief_id in self._copies]
        self._copies.clear()
        self._heirs.clear()
