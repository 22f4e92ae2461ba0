"""What the index remembers of web addresses, in its own file: where the briefs are, their visits are, too."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple

from ..corpus.visits import Visit
from .schema import VISITS
from .store import Store


class Visits:
    """The `Memory` of an index. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def visit(self, url: str) -> Visit | None:
        """Return the last visit to the address, or None."""
        with self._store.reading() as connection:
            if not _has_table(connection):
                return None
            row = connection.execute(
                "SELECT url, etag, modified, stamp, listing FROM visits WHERE url = ?", (url,)
            ).fetchone()
        return Visit(row[0], row[1], row[2], row[3], bool(row[4])) if row else None

    def holds(self, url: str) -> bool:
        """Whether a brief was read from this address, under whichever name."""
        with self._store.reading() as connection:
            tables = ["briefs"]
            if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'copies'").fetchone():
                tables.append("copies")
            return any(
                connection.execute(f"SELECT 1 FROM {table} WHERE source = ?", (url,)).fetchone() for table in tables
            )

    def save(self, visits: Iterable[Visit]) -> None:
        """Remember the visits; to be called once their briefs are in the index."""
        new = [visit for visit in visits if self.visit(visit.url) != visit]
        if new:
            with self._store.writing(same_content=True) as connection:
                connection.execute(VISITS)
                connection.executemany("INSERT OR REPLACE INTO visits VALUES (?, ?, ?, ?, ?)", map(astuple, new))

    def forget(self, urls: Iterable[str]) -> None:
        """Forget the addresses: next time they are new."""
        asked = json.dumps(list(urls))
        with self._store.writing(same_content=True) as connection:
            connection.execute(VISITS)
            connection.execute("DELETE FROM visits WHERE url IN (SELECT value FROM json_each(?))", (asked,))


def _has_table(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'visits'").fetchone() is not None
