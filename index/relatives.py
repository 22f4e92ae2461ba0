"""Near-duplicates: versions of one text, linked when they are added.

The tables are derived from the briefs. They are made, and filled, with the first change of an index that lacks them.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import date

from .minhash import SURELY, band_keys, estimate, is_near, likeness, runs, signature, text_digest
from .types import Ints
from .view import Version

MOST = 50  # texts compared with a new one, the most alike by estimate; forms may have thousands

_SCHEMA = """
CREATE TABLE IF NOT EXISTS signatures (brief INTEGER PRIMARY KEY, digest BLOB NOT NULL, minhash BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS signatures_digest ON signatures (digest);
CREATE TABLE IF NOT EXISTS bands (key INTEGER, brief INTEGER, PRIMARY KEY (key, brief)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bands_brief ON bands (brief);
CREATE TABLE IF NOT EXISTS relatives (
    brief INTEGER, other INTEGER, similarity REAL NOT NULL, PRIMARY KEY (brief, other)
) WITHOUT ROWID
"""
TABLES = ("signatures", "bands", "relatives")


@dataclass(frozen=True, slots=True)
class Relative:
    """Another version of a brief: `similarity`, in (0, 1], is the share of three-word runs that both have."""

    id: str
    similarity: float
    published: date | None


def has_tables(connection: sqlite3.Connection) -> bool:
    """Whether the index knows of duplicates yet."""
    return connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'relatives'").fetchone() is not None


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables, and fill them from the briefs that are there."""
    if has_tables(connection):
        return
    for statement in _SCHEMA.split(";\n"):
        connection.execute(statement)
    for (number,) in connection.execute("SELECT n FROM briefs ORDER BY n").fetchall():
        record(
            connection, number, *connection.execute("SELECT text, body FROM briefs WHERE n = ?", (number,)).fetchone()
        )


def record(connection: sqlite3.Connection, number: int, text: str, body: int) -> None:
    """Take the brief with this number in, and link it with those it is a version of."""
    make_tables(connection)
    own = runs(text[body:])
    made = signature(own)
    keys = band_keys(made)
    rows = connection.execute(
        "SELECT brief, minhash FROM signatures WHERE brief IN "
        "(SELECT brief FROM bands WHERE key IN (SELECT value FROM json_each(?)))",
        (json.dumps(keys),),
    ).fetchall()
    alike = sorted(((estimate(made, minhash), other) for other, minhash in rows if other != number), reverse=True)
    for guessed, other in alike[:MOST]:
        if guessed < SURELY:
            break
        found = connection.execute("SELECT text, body FROM briefs WHERE n = ?", (other,)).fetchone()
        theirs = runs(found[0][found[1] :])
        if is_near(own, theirs):
            pair = likeness(own, theirs)
            connection.executemany(
                "INSERT OR REPLACE INTO relatives VALUES (?, ?, ?)", [(number, other, pair), (other, number, pair)]
            )
    connection.execute("INSERT OR REPLACE INTO signatures VALUES (?, ?, ?)", (number, text_digest(text), made))
    connection.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", [(key, number) for key in keys])


def forget(connection: sqlite3.Connection, number: int) -> None:
    """Leave out the brief with this number."""
    make_tables(connection)
    connection.execute("DELETE FROM relatives WHERE brief = :n OR other = :n", {"n": number})
    connection.execute("DELETE FROM bands WHERE brief = ?", (number,))
    connection.execute("DELETE FROM signatures WHERE brief = ?", (number,))


def replace_all(connection: sqlite3.Connection) -> None:
    """Make everything anew from the briefs, whose numbers have changed."""
    for table in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    make_tables(connection)


def relatives_of(connection: sqlite3.Connection, brief_id: str) -> list[Relative]:
    """Return the other versions of a brief, the most alike first."""
    if not has_tables(connection):
        return []
    rows = connection.execute(
        "SELECT o.id, r.similarity, o.published FROM briefs b JOIN relatives r ON r.brief = b.n "
        "JOIN briefs o ON o.n = r.other WHERE b.id = ? ORDER BY r.similarity DESC, o.id",
        (brief_id,),
    )
    return [Relative(other, float(pair), date.fromisoformat(day) if day else None) for other, pair, day in rows]


def newer_versions(connection: sqlite3.Connection, brief_ids: list[str]) -> dict[str, str]:
    """Return, for those of the briefs that have a version published later, the id of the latest."""
    if not has_tables(connection):
        return {}
    rows = connection.execute(
        "SELECT b.id, o.id FROM briefs b JOIN relatives r ON r.brief = b.n JOIN briefs o ON o.n = r.other "
        "WHERE b.id IN (SELECT value FROM json_each(?)) AND o.published > b.published ORDER BY o.published, o.id",
        (json.dumps(brief_ids),),
    )
    return dict(rows.fetchall())


def read_versions(connection: sqlite3.Connection, numbers: Ints) -> list[Version]:
    """Return those of the passages with these numbers whose briefs have a version among the briefs of the others."""
    if not has_tables(connection):
        return []
    asked = json.dumps(numbers.tolist())
    rows = connection.execute(
        "WITH own AS (SELECT n, brief, start, stop FROM passages WHERE n IN (SELECT value FROM json_each(?))) "
        "SELECT own.n, own.brief, coalesce(b.published, ''), substr(b.text, own.start + 1, own.stop - own.start) "
        "FROM own JOIN briefs b ON b.n = own.brief WHERE EXISTS (SELECT 1 FROM relatives r "
        "WHERE r.brief = own.brief AND r.other IN (SELECT brief FROM own))",
        (asked,),
    ).fetchall()
    linked: dict[int, set[str]] = {}
    asked = json.dumps(sorted({brief for _, brief, _, _ in rows}))
    for brief, other in connection.execute(
        "SELECT brief, other FROM relatives WHERE brief IN (SELECT value FROM json_each(?))", (asked,)
    ):
        linked.setdefault(brief, set()).add(str(other))
    return [Version(n, str(brief), day, text, frozenset(linked[brief])) for n, brief, day, text in rows]
