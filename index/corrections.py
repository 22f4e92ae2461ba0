"""What a person corrected of a brief: kept beside the index, so that adding the document again does not undo it.

A correction belongs to the brief's id and lasts until the brief is removed.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypedDict

from ..corpus import Brief, DateSource
from .schema import CORRECTIONS


class Correction(TypedDict, total=False):
    """The fields that are to be other than the document says; `published` None makes the brief undated."""

    title: str
    authors: tuple[str, ...]
    institution: str
    published: date | None


def applied(brief: Brief, correction: Correction) -> Brief:
    """Return the brief with the corrected fields.

    Raises:
        BriefError: the title is empty, or a value cannot be stored.
    """
    fields: dict[str, Any] = dict(correction)
    if "published" in fields:
        fields["published_from"] = DateSource.GIVEN if fields["published"] else DateSource.NONE
    return replace(brief, **fields)


def has_corrections(connection: sqlite3.Connection) -> bool:
    """Whether any brief of this index was corrected yet."""
    return connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'corrections'").fetchone() is not None


def correction_of(connection: sqlite3.Connection, brief_id: str) -> Correction:
    """Return what was corrected of the brief, empty if nothing was."""
    if not has_corrections(connection):
        return {}
    row = connection.execute("SELECT fields FROM corrections WHERE id = ?", (brief_id,)).fetchone()
    return correction_from(json.loads(row[0])) if row else {}


def corrected(connection: sqlite3.Connection, brief: Brief) -> Brief:
    """Return the brief as it was corrected earlier."""
    correction = correction_of(connection, brief.id)
    return applied(brief, correction) if correction else brief


def keep_correction(connection: sqlite3.Connection, brief_id: str, correction: Correction) -> None:
    """Note the correction, on top of earlier ones of the brief."""
    connection.execute(CORRECTIONS)
    fields = plain_fields({**correction_of(connection, brief_id), **correction})
    if fields:
        written = json.dumps(fields, ensure_ascii=False, sort_keys=True)
        connection.execute("INSERT OR REPLACE INTO corrections VALUES (?, ?)", (brief_id, written))


def plain_fields(correction: Correction) -> dict[str, Any]:
    """Return the corrected fields as JSON takes them."""
    fields: dict[str, Any] = dict(correction)
    if "published" in fields:
        fields["published"] = fields["published"].isoformat() if fields["published"] else None
    if "authors" in fields:
        fields["authors"] = list(fields["authors"])
    return fields


def forget_correction(connection: sqlite3.Connection, brief_id: str) -> None:
    """The brief is gone: another one that gets its id has none of its corrections."""
    if has_corrections(connection):
        connection.execute("DELETE FROM corrections WHERE id = ?", (brief_id,))


def correction_from(fields: Mapping[str, Any]) -> Correction:
    """Return the correction that these fields, as JSON has them, are of."""
    made: Correction = {}
    for key in ("title", "institution"):
        if key in fields:
            made[key] = str(fields[key])
    if "authors" in fields:
        made["authors"] = tuple(map(str, fields["authors"]))
    if "published" in fields:
        made["published"] = date.fromisoformat(fields["published"]) if fields["published"] else None
    return made
