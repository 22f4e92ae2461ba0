"""Under which id a brief is kept: the one a user gave, or one that follows from the file's name and stays with it."""

import hashlib
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Protocol

from ..corpus import Brief, BriefError


class Names(Protocol):
    """What an index says of the ids that it holds."""

    def derived_from(self, source: str) -> list[str]:
        """Return the ids that follow from this source's name."""

    def source_of(self, brief_id: str) -> str | None:
        """Return the source of the brief with this id, None if there is none."""

    def text_of(self, brief_id: str) -> str | None:
        """Return the text of the brief with this id, None if there is none."""


@dataclass(frozen=True, slots=True)
class StoredNames:
    """The `Names` of an index in SQLite."""

    connection: sqlite3.Connection

    def derived_from(self, source: str) -> list[str]:
        rows = self.connection.execute("SELECT id FROM briefs WHERE source = ? AND derived_id", (source,))
        return [row[0] for row in rows]

    def source_of(self, brief_id: str) -> str | None:
        return self._value("source", brief_id)

    def text_of(self, brief_id: str) -> str | None:
        return self._value("text", brief_id)

    def _value(self, column: str, brief_id: str) -> str | None:
        row = self.connection.execute(f"SELECT {column} FROM briefs WHERE id = ?", (brief_id,)).fetchone()
        return row[0] if row else None


def identified(names: Names, brief: Brief, claimed: dict[str, str]) -> Brief:
    """Return `brief` under the id it has, or gets, in this index.

    An id that a user gave stands; a second brief that claims it in the same add is refused. One derived from a file
    name stays with its file: the same source keeps the id it got; another file of the same name, with another text,
    gets an id with six digits of its source behind. `claimed` holds who has each id in this add, and takes this one's.

    Raises:
        BriefError: the given id was claimed before.
    """
    if not brief.derived_id:
        if brief.id in claimed:
            raise BriefError(f"found the id {brief.id!r} again, expected each once; {claimed[brief.id]} has it")
        claimed[brief.id] = brief.source or "a brief before it"
        return brief
    rows = names.derived_from(brief.source)
    own = [known for known in rows if claimed.get(known, brief.source) == brief.source]
    kept = next((known for known in own if re.fullmatch(re.escape(brief.id) + "(-[0-9a-f]{6})?", known)), None)
    if kept is None and brief.source and len(rows) == len(own) == 1:
        kept = own[0]  # a file that was renamed
    if kept is not None:
        found = replace(brief, id=kept)
    elif claimed.get(brief.id, brief.source) == brief.source and is_free(names, brief):
        found = brief
    else:
        found = with_suffix(names, brief, claimed)
    claimed[found.id] = brief.source
    return found


def with_suffix(names: Names, brief: Brief, claimed: Mapping[str, str]) -> Brief:
    """Return the brief with six digits of its source behind its id, others if another file got these and moved on."""
    keys = (f"{brief.source}{attempt * chr(0)}".encode("utf-8", "surrogatepass") for attempt in count())
    suffixes = (hashlib.blake2b(key, digest_size=3).hexdigest() for key in keys)
    named = (replace(brief, id=f"{brief.id}-{suffix}") for suffix in suffixes)
    return next(
        found for found in named if claimed.get(found.id, brief.source) == brief.source and is_free(names, found)
    )


def is_free(names: Names, brief: Brief) -> bool:
    """Whether no other file holds the brief's id; one that was moved is not another."""
    source = names.source_of(brief.id)
    if source is None or source == brief.source:
        return True
    return names.text_of(brief.id) == brief.text and not Path(source).exists()
