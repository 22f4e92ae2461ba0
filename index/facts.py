"""What a search asks of the SQLite store beside words and vectors: what a filter allows, dates, texts, known names."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import date

import numpy as np

from .moment import years_named
from .types import Filter, Ints
from .view import Known, Moment

MOST_UNDATED = 2_000  # briefs without a date whose years are known; to read all of a large library takes seconds
_FIRST = f"ORDER BY id LIMIT {MOST_UNDATED}"


def allowed_numbers(connection: sqlite3.Connection, where: Filter) -> Ints:
    """Return the numbers of the passages that `where` allows, ascending."""
    clauses: list[str] = []
    parameters: list[str] = []
    if where.since:
        clauses.append("b.published >= ?")
        parameters.append(where.since.isoformat())
    if where.until:
        clauses.append("b.published <= ?")
        parameters.append(where.until.isoformat())
    for column, values in (("institution", where.institutions), ("language", where.languages)):
        if values:
            clauses.append(f"casefold(b.{column}) IN (SELECT value FROM json_each(?))")
            parameters.append(json.dumps([value.casefold() for value in values]))
    if where.briefs:
        named = "(SELECT value FROM json_each(?))"
        clauses.append(f"(b.id IN {named} OR b.id IN (SELECT brief FROM copies WHERE id IN {named}))")
        parameters += [json.dumps(where.briefs)] * 2
    if where.authors:
        clauses.append(
            "EXISTS (SELECT 1 FROM json_each(b.authors) a JOIN json_each(?) w ON casefold(a.value) = w.value)"
        )
        parameters.append(json.dumps([author.casefold() for author in where.authors]))
    connection.create_function("casefold", 1, str.casefold, deterministic=True)
    rows = connection.execute(
        "SELECT p.n FROM passages p JOIN briefs b ON b.n = p.brief WHERE "
        + " AND ".join(clauses or ["1"])
        + " ORDER BY p.n",
        parameters,
    ).fetchall()
    return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))


def read_moments(connection: sqlite3.Connection, numbers: Ints) -> list[Moment]:
    """Return the moments of the passages with these numbers, in their order."""
    asked = json.dumps(numbers.tolist())
    rows = connection.execute(
        "SELECT n, brief, start, stop FROM passages WHERE n IN (SELECT value FROM json_each(?))", (asked,)
    ).fetchall()
    briefs = {
        n: (date.fromisoformat(day) if day else None, title, text)
        for n, day, title, text in connection.execute(
            "SELECT n, published, title, text FROM briefs WHERE n IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted({brief for _, brief, _, _ in rows})),),
        )
    }
    found = {}
    for n, brief, start, stop in rows:
        day, title, text = briefs[brief]
        found[n] = Moment(day, f"{title} {text[start:stop]}", "" if day else text, title)
    return [found[n] for n in numbers.tolist()]


def known_values(connection: sqlite3.Connection) -> Known:
    """Return the institutions and authors of the library, and whether it holds Korean."""

    def column(query: str) -> tuple[str, ...]:
        return tuple(row[0] for row in connection.execute(query))

    return Known(
        column("SELECT DISTINCT institution FROM briefs WHERE institution != '' ORDER BY 1"),
        column("SELECT DISTINCT a.value FROM briefs, json_each(briefs.authors) a ORDER BY 1"),
        bool(column("SELECT 1 FROM briefs WHERE language = 'ko' LIMIT 1")),
        undated_years(connection, column(f"SELECT id FROM briefs WHERE published IS NULL {_FIRST}")),
    )


def undated_years(connection: sqlite3.Connection, briefs: Sequence[str]) -> tuple[tuple[str, frozenset[int]], ...]:
    """Return the ids, each with the years that the brief's title, or else its text, names."""
    rows = connection.execute(
        "SELECT id, title, text FROM briefs WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(briefs),),
    )
    return tuple((brief, years_named(title) or years_named(text)) for brief, title, text in rows)


def briefs_of(connection: sqlite3.Connection, numbers: Ints) -> list[str]:
    """Return the ids of the first MOST_UNDATED briefs, by id, that have one of the passages."""
    rows = connection.execute(
        "SELECT id FROM briefs WHERE n IN "
        f"(SELECT brief FROM passages WHERE n IN (SELECT value FROM json_each(?))) {_FIRST}",
        (json.dumps(numbers.tolist()),),
    )
    return [row[0] for row in rows]


def read_texts(connection: sqlite3.Connection, numbers: Ints) -> list[str]:
    """Return the texts of the passages with these numbers, in their order, each behind its brief's title."""
    rows = connection.execute(
        "SELECT p.n, b.title || ' ' || substr(b.text, p.start + 1, p.stop - p.start) FROM passages p "
        "JOIN briefs b ON b.n = p.brief WHERE p.n IN (SELECT value FROM json_each(?))",
        (json.dumps(numbers.tolist()),),
    )
    found = dict(rows.fetchall())
    return [found[number] for number in numbers.tolist()]


def read_beside(connection: sqlite3.Connection, numbers: Ints) -> list[str]:
    """Return, in their order, what stands before and after each passage in its brief, as much as it holds itself."""
    rows = connection.execute(
        "SELECT p.n, substr(b.text, max(0, 2 * p.start - p.stop) + 1, min(p.start, p.stop - p.start)) || ' ' || "
        "substr(b.text, p.stop + 1, p.stop - p.start) FROM passages p JOIN briefs b ON b.n = p.brief "
        "WHERE p.n IN (SELECT value FROM json_each(?))",
        (json.dumps(numbers.tolist()),),
    )
    found = dict(rows.fetchall())
    return [found[number] for number in numbers.tolist()]


def read_owners(connection: sqlite3.Connection, numbers: Ints) -> list[str]:
    """Return what tells the briefs of the passages with these numbers apart, in their order."""
    asked = json.dumps(numbers.tolist())
    rows = connection.execute("SELECT n, brief FROM passages WHERE n IN (SELECT value FROM json_each(?))", (asked,))
    found = dict(rows.fetchall())
    return [str(found[number]) for number in numbers.tolist()]


def read_piece_counts(connection: sqlite3.Connection, pieces: Ints) -> list[int]:
    """Return the number of passages that hold each word piece."""
    asked = json.dumps(pieces.tolist())
    rows = connection.execute(
        "SELECT piece, passages FROM pieces WHERE piece IN (SELECT value FROM json_each(?))", (asked,)
    )
    found = dict(rows.fetchall())
    return [found.get(piece, 0) for piece in pieces.tolist()]
