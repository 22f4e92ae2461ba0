"""Indexes of older formats brought to the present one, in one transaction, without encoding anything.

Tables, columns and indexes that a later schema has and the file lacks are added; what has to be filled in is done by
the step of each format. A reader that may not write gets StoreMismatch with the command that helps.
"""

import json
import sqlite3
import zlib
from collections.abc import Callable
from datetime import date

from ..corpus import Brief, DateSource
from .proof import brief_digest, facts_checksum


def add_missing(connection: sqlite3.Connection, schema: str) -> None:
    """Add the tables, indexes and columns of `schema` that the database has not."""
    wanted = sqlite3.connect(":memory:")
    wanted.executescript(schema)
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    objects = wanted.execute(
        "SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
    ).fetchall()
    virtual = tuple(f"{name}_" for name, _, sql in objects if sql.startswith("CREATE VIRTUAL"))
    for name, kind, sql in objects:
        if name.startswith(("sqlite_", *virtual)):  # made by SQLite itself
            continue
        if name not in there:
            connection.execute(sql)
        elif kind == "table" and not sql.startswith("CREATE VIRTUAL"):
            have = {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
            for _, column, type_, not_null, default, _ in wanted.execute(f"PRAGMA table_info({name})"):
                if column not in have:
                    rest = (" NOT NULL" if not_null else "") + (f" DEFAULT {default}" if default is not None else "")
                    connection.execute(f"ALTER TABLE {name} ADD COLUMN {column} {type_}{rest}")
    wanted.close()


def _checksums(connection: sqlite3.Connection) -> None:
    """1 to 2: digests that later fields do not change, and a checksum for each passage, vector and row of tokens."""
    columns = (
        "n, id, title, text, authors, institution, series, published, published_from, language, url, source, body, "
        "derived_id"
    )
    for row in connection.execute(f"SELECT {columns} FROM briefs").fetchall():
        n, *values = row
        known = dict(zip(columns.split(", ")[1:], values, strict=True))
        known["authors"] = tuple(json.loads(known["authors"]))
        known["published"] = date.fromisoformat(known["published"]) if known["published"] else None
        known["published_from"] = DateSource(known["published_from"])
        known["derived_id"] = bool(known["derived_id"])
        connection.execute("UPDATE briefs SET digest = ? WHERE n = ?", (brief_digest(Brief(**known)), n))
    connection.create_function("checksum", 1, zlib.crc32, deterministic=True)
    connection.create_function("facts_of", 6, facts_checksum, deterministic=True)
    connection.execute(
        "UPDATE passages SET crc = checksum(vector), facts = facts_of(id, start, stop, page, heading, input)"
    )
    connection.execute("UPDATE tokens SET crc = checksum(packed)")
    connection.execute(
        "INSERT INTO settings SELECT 'codec_crc', checksum(value) FROM settings WHERE key = 'codec'",
    )


STEPS: dict[int, Callable[[sqlite3.Connection], None]] = {1: _checksums}
"""For each older format, what brings it to the next one, once tables and columns are there."""


def migrate(connection: sqlite3.Connection, found: int, wanted: int, schema: str) -> None:
    """Bring a database of format `found` to `wanted`, within the caller's transaction."""
    add_missing(connection, schema)
    for step in range(found, wanted):
        STEPS[step](connection)
    connection.execute("UPDATE settings SET value = ? WHERE key = 'format'", (wanted,))
