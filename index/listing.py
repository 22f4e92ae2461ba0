"""What is known of every brief, without its text: what a list of the library is made of."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ..corpus import DateSource
from .copies import has_copies
from .corrections import has_corrections


@dataclass(frozen=True, slots=True)
class Entry:
    """One brief of the list; `passages` is how many it was cut into, `corrected` whether a person changed a field."""

    id: str
    title: str
    authors: tuple[str, ...]
    institution: str
    series: str
    published: date | None
    published_from: DateSource
    language: str
    url: str
    source: str
    passages: int
    corrected: bool


def entries(connection: sqlite3.Connection) -> list[Entry]:
    """Return an entry a brief, newest first, undated last."""
    edited = set[str]()
    if has_corrections(connection):
        edited = {row[0] for row in connection.execute("SELECT id FROM corrections")}
    rows = connection.execute(
        "SELECT id, title, authors, institution, series, published, published_from, language, url, source, "
        "(SELECT count(*) FROM passages WHERE brief = b.n) FROM briefs b ORDER BY published IS NULL, published DESC, id"
    )
    return [
        Entry(
            brief_id,
            title,
            tuple(json.loads(authors)),
            institution,
            series,
            date.fromisoformat(day) if day else None,
            DateSource(day_from),
            *(language, url, source, passages),
            brief_id in edited,
        )
        for brief_id, title, authors, institution, series, day, day_from, language, url, source, passages in rows
    ]


def held(connection: sqlite3.Connection, brief_ids: Iterable[str]) -> set[str]:
    """Return those of the ids under which the index holds a brief."""
    asked = json.dumps(list(brief_ids))
    tables = ["briefs", "copies"] if has_copies(connection) else ["briefs"]
    query = " UNION ".join(
        f"SELECT id FROM {table} WHERE id IN (SELECT value FROM json_each(:ids))" for table in tables
    )
    return {row[0] for row in connection.execute(query, {"ids": asked})}
