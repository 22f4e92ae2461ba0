"""The same text under two names is one brief with two sources.

The first name stays the brief's id, unless only the second is dated or was corrected. Every other one is kept here with
all that is known of it, so that it can become a brief of its own again when the first one's text changes.
"""

import json
import sqlite3
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from ..corpus import Brief, DateSource
from .corrections import correction_of
from .minhash import text_digest
from .relatives import has_tables
from .rows import read_briefs
from .schema import COPIES


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a brief, and the file or address that has it."""

    id: str
    source: str


def has_copies(connection: sqlite3.Connection) -> bool:
    """Whether any text of this index had a second name yet."""
    return connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'copies'").fetchone() is not None


def original(connection: sqlite3.Connection, brief: Brief, changing: Container[str]) -> Brief | None:
    """Return another brief that has this one's text, or None; those that are `changing` are about to lose theirs."""
    if not has_tables(connection):
        return None
    rows = connection.execute(
        "SELECT b.id FROM signatures s JOIN briefs b ON b.n = s.brief WHERE s.digest = ? AND b.id != ? ORDER BY b.n",
        (text_digest(brief.text), brief.id),
    )
    others = read_briefs(connection, [row[0] for row in rows if row[0] not in changing])
    return next((other for other in others if is_one(other, brief, set_right(connection, other, brief))), None)


def set_right(connection: sqlite3.Connection, *briefs: Brief) -> bool:
    """Whether a person corrected the date of any of the briefs."""
    return any("published" in correction_of(connection, brief.id) for brief in briefs)


def is_one(first: Brief, second: Brief, corrected: bool) -> bool:
    """Whether two briefs of one text are one: not if they were given different dates, unless a person corrected one."""
    if corrected:
        return True
    given = first.published_from is second.published_from is DateSource.GIVEN
    return not given or first.published == second.published


def keep_copy(connection: sqlite3.Connection, copy: Brief, brief_id: str) -> None:
    """Note that the copy's name is one more of the brief's; copies of the copy come along."""
    if not has_copies(connection):
        for statement in COPIES:
            connection.execute(statement)
    connection.execute("DELETE FROM copies WHERE id = ?", (brief_id,))
    connection.execute("UPDATE copies SET brief = ? WHERE brief = ?", (brief_id, copy.id))
    connection.execute(
        "INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?)", (copy.id, brief_id, copy.source, known_of(copy))
    )


def is_kept(connection: sqlite3.Connection, copy: Brief, brief_id: str) -> bool:
    """Whether exactly this is noted already."""
    if not has_copies(connection):
        return False
    row = connection.execute("SELECT brief, source, known FROM copies WHERE id = ?", (copy.id,)).fetchone()
    return bool(row == (brief_id, copy.source, known_of(copy)))


def names_of(connection: sqlite3.Connection, brief_id: str) -> list[Name]:
    """Return the names of the brief with this id: its own first."""
    names = [Name(*row) for row in connection.execute("SELECT id, source FROM briefs WHERE id = ?", (brief_id,))]
    if names and has_copies(connection):
        rows = connection.execute("SELECT id, source FROM copies WHERE brief = ? ORDER BY id", (brief_id,))
        names += [Name(*row) for row in rows]
    return names


def own_name(connection: sqlite3.Connection, brief_id: str) -> str:
    """Return the id under which a name's brief is kept: itself, but for a copy's."""
    if not has_copies(connection):
        return brief_id
    row = connection.execute("SELECT brief FROM copies WHERE id = ?", (brief_id,)).fetchone()
    return str(row[0]) if row else brief_id


def forget_name(connection: sqlite3.Connection, brief_id: str) -> None:
    """The name stands for a brief of its own now."""
    if has_copies(connection):
        connection.execute("DELETE FROM copies WHERE id = ?", (brief_id,))


def copies_of(connection: sqlite3.Connection, brief_id: str) -> list[tuple[str, str, str, str]]:
    """Return what is kept of the brief's other names, as `put_copies` takes it."""
    if not has_copies(connection):
        return []
    return connection.execute("SELECT id, brief, source, known FROM copies WHERE brief = ?", (brief_id,)).fetchall()


def put_copies(connection: sqlite3.Connection, rows: Iterable[tuple[str, str, str, str]], brief_id: str) -> None:
    """Give the brief those names again that no other brief has got meanwhile."""
    for name, _, source, known in rows:
        if connection.execute("SELECT 1 FROM briefs WHERE id = ?", (name,)).fetchone() is None:
            connection.execute("INSERT OR IGNORE INTO copies VALUES (?, ?, ?, ?)", (name, brief_id, source, known))


def forget_copies(connection: sqlite3.Connection, brief_id: str) -> None:
    """The brief is gone, with all its names."""
    if has_copies(connection):
        connection.execute("DELETE FROM copies WHERE brief = ?", (brief_id,))


def heir(connection: sqlite3.Connection, brief: Brief, now: Mapping[str, bytes]) -> Brief | None:
    """Return the copy that keeps the text which the brief is about to lose, as a brief of its own; None if none does.

    `now` holds the text digests of the names that this add has met: such a copy may have another text by now. One of
    the same file must have been met, because the file may have lost it.
    """
    if not has_copies(connection):
        return None
    for own in read_briefs(connection, [brief.id]):
        text = text_digest(own.text)
        if text != text_digest(brief.text):
            copies = connection.execute("SELECT id, source, known FROM copies WHERE brief = ? ORDER BY id", (brief.id,))
            for copy_id, source, known in copies:
                if now.get(copy_id, b"" if source == brief.source else text) == text:
                    return fields_of(own, known, source)
    return None


def inherit(connection: sqlite3.Connection, heir_id: str, brief_id: str) -> None:
    """Give the heir the brief's other copies, which have its text."""
    if has_copies(connection):
        forget_name(connection, heir_id)
        connection.execute("UPDATE copies SET brief = ? WHERE brief = ?", (heir_id, brief_id))


def drop_source(connection: sqlite3.Connection, source: str) -> tuple[list[str], list[str]]:
    """Forget a file or address. Return the ids of the briefs that keep another source, and of those that do not.

    The latter are left for the caller to remove.
    """
    kept: list[str] = []
    if has_copies(connection):
        rows = connection.execute("SELECT brief FROM copies WHERE source = ?", (source,)).fetchall()
        kept = [row[0] for row in rows]
        connection.execute("DELETE FROM copies WHERE source = ?", (source,))
    lost = []
    for (brief_id,) in connection.execute("SELECT id FROM briefs WHERE source = ?", (source,)).fetchall():
        others = [name.source for name in names_of(connection, brief_id)[1:]]
        if others:
            connection.execute("UPDATE briefs SET source = ? WHERE id = ?", (others[0], brief_id))
            kept.append(brief_id)
        else:
            lost.append(brief_id)
    return [brief_id for brief_id in dict.fromkeys(kept) if brief_id not in lost], lost


def move_source(connection: sqlite3.Connection, old: str, new: str) -> None:
    """Note that what was read from `old` lies at `new` now."""
    connection.execute("UPDATE briefs SET source = ? WHERE source = ?", (new, old))
    if has_copies(connection):
        connection.execute("UPDATE copies SET source = ? WHERE source = ?", (new, old))


def known_of(brief: Brief) -> str:
    """Return what is known of a brief, without its text, as JSON."""
    values: dict[str, Any] = {
        field.name: getattr(brief, field.name) for field in fields(brief) if field.name not in _APART
    }
    values["published"] = brief.published.isoformat() if brief.published else None
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


_APART = ("text", "body", "source", "pages")  # of the text, or in a column of its own


def fields_of(brief: Brief, known: str, source: str) -> Brief:
    """Return the brief under another name that its text has, with what is known of it there."""
    values: dict[str, Any] = json.loads(known)
    values["published"] = date.fromisoformat(values["published"]) if values["published"] else None
    values["published_from"] = DateSource(values["published_from"])
    values["authors"] = tuple(values["authors"])
    return replace(brief, **values, source=source)
