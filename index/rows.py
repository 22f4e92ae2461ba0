"""Briefs and passages to rows of the SQLite store and back, each compared with its checksum."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from ..corpus import Brief, BriefError, DateSource, Passage
from .damage import BadValue
from .proof import brief_digest, facts_checksum

_COLUMNS = (
    "id, title, text, authors, institution, series, published, published_from, language, url, source, body, "
    "derived_id, pages"
)


def brief_row(brief: Brief, digest: bytes) -> dict[str, Any]:
    """Return the columns of `brief`."""
    return {
        "id": brief.id,
        "title": brief.title,
        "text": brief.text,
        "authors": json.dumps(brief.authors, ensure_ascii=False),
        "institution": brief.institution,
        "series": brief.series,
        "published": brief.published.isoformat() if brief.published else None,
        "published_from": brief.published_from.value,
        "language": brief.language,
        "url": brief.url,
        "source": brief.source,
        "body": brief.body,
        "derived_id": int(brief.derived_id),
        "pages": json.dumps(brief.pages),
        "digest": digest,
    }


def _brief(row: Sequence[Any]) -> Brief:
    """The brief of a row of _COLUMNS and digest, which must agree."""
    *values, digest = row
    fields = dict(zip(_COLUMNS.split(", "), values, strict=True))
    try:
        fields["authors"] = tuple(json.loads(fields["authors"]))
        fields["published"] = date.fromisoformat(fields["published"]) if fields["published"] else None
        fields["published_from"] = DateSource(fields["published_from"])
        fields["derived_id"] = bool(fields["derived_id"])
        fields["pages"] = tuple(json.loads(fields["pages"]))
        brief = Brief(**fields)
    except (ValueError, TypeError, BriefError) as error:  # bytes flipped inside a value
        raise BadValue(f"the brief {fields['id']!a} cannot be read: {error}") from error
    if brief_digest(brief) != digest:
        raise BadValue(f"the brief {fields['id']!a} is not as it was written")
    return brief


def read_briefs(connection: sqlite3.Connection, ids: Iterable[str] | None = None) -> list[Brief]:
    """Return the briefs with these ids, or all, newest first and undated last."""
    query = f"SELECT {_COLUMNS}, digest FROM briefs"
    parameters: tuple[str, ...] = ()
    if ids is not None:
        query, parameters = f"{query} WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
    rows = connection.execute(f"{query} ORDER BY published IS NULL, published DESC, id", parameters)
    return [_brief(row) for row in rows]


def read_passages(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, tuple[Passage, Brief]]:
    """Return passage and brief of each passage number that is there."""
    asked = json.dumps([int(n) for n in numbers])
    rows = connection.execute(
        "SELECT p.n, p.id, p.start, p.stop, p.page, p.heading, b.n, p.input, p.facts "
        "FROM passages p JOIN briefs b ON b.n = p.brief "
        "WHERE p.n IN (SELECT value FROM json_each(?))",
        (asked,),
    ).fetchall()
    briefs = {
        row[0]: _brief(row[1:])
        for row in connection.execute(
            f"SELECT n, {_COLUMNS}, digest FROM briefs WHERE n IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted({row[6] for row in rows})),),
        )
    }
    found = {}
    for n, passage_id, start, stop, page, heading, number, digest, facts in rows:
        if facts_checksum(passage_id, start, stop, page, heading, digest) != facts:
            raise BadValue(f"the passage {passage_id!a} is not as it was written")
        brief = briefs[number]
        passage = Passage(
            id=passage_id,
            brief_id=brief.id,
            start=start,
            end=stop,
            text=brief.text[start:stop],
            page=page,
            heading=heading,
        )
        found[n] = (passage, brief)
    return found
