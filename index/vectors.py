"""Vectors and token vectors out of the SQLite store, each compared with its checksum."""

import json
import sqlite3
from collections.abc import Sequence

import numpy as np

from .damage import BadValue, sound
from .types import Floats, Ints


def read_packed(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
    """Return the brief's title and the packed token vectors of each passage, by passage id, that has any."""
    rows = connection.execute(
        "SELECT p.id, b.title, t.packed, t.crc FROM passages p JOIN tokens t ON t.n = p.n "
        "JOIN briefs b ON b.n = p.brief WHERE p.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {passage_id: (title, sound(packed, crc)) for passage_id, title, packed, crc in rows}


def read_tokens(connection: sqlite3.Connection, numbers: Ints) -> list[bytes]:
    """Return the packed token vectors of the passages with these numbers, in their order; empty where none are."""
    asked = json.dumps(numbers.tolist())
    rows = connection.execute("SELECT n, packed, crc FROM tokens WHERE n IN (SELECT value FROM json_each(?))", (asked,))
    found = {n: sound(packed, crc) for n, packed, crc in rows}
    return [found.get(n, b"") for n in numbers.tolist()]


def read_all_vectors(
    connection: sqlite3.Connection, dimension: int, above: int = 0, most: int = -1
) -> tuple[Ints, Floats]:
    """Return the numbers (n,) and vectors (n, dimension) float32 of all passages with a number over `above`, by number.

    With `most` only so many, so that the vectors of a large index need not all be in memory.
    """
    query = "SELECT n, vector, crc FROM passages WHERE n > ? ORDER BY n LIMIT ?"
    rows = connection.execute(query, (above, most)).fetchall()
    numbers = np.array([row[0] for row in rows], dtype=np.int64)
    return numbers, _matrix([sound(vector, crc) for _, vector, crc in rows], dimension)


def read_present(connection: sqlite3.Connection, numbers: Ints, dimension: int) -> tuple[Ints, Floats]:
    """Return, of the passages with these numbers, the numbers (n,) of those that are there and their vectors (n, d)."""
    asked = json.dumps(numbers.tolist())
    rows = connection.execute(
        "SELECT n, vector, crc FROM passages WHERE n IN (SELECT value FROM json_each(?))", (asked,)
    ).fetchall()
    return np.array([row[0] for row in rows], np.int64), _matrix([sound(row[1], row[2]) for row in rows], dimension)


def read_vectors(connection: sqlite3.Connection, numbers: Ints, dimension: int) -> Floats:
    """Return the vectors (n, dimension) float32 of the passages with these numbers, in their order."""
    asked = json.dumps(numbers.tolist())
    rows = connection.execute(
        "SELECT n, vector, crc FROM passages WHERE n IN (SELECT value FROM json_each(?))", (asked,)
    )
    found = {n: sound(vector, crc) for n, vector, crc in rows}
    if len(found) < len(numbers):
        raise BadValue("the lexical or dense index names passages that are not there")
    return _matrix([found[n] for n in numbers.tolist()], dimension)


def _matrix(blobs: list[bytes], dimension: int) -> Floats:
    try:
        rows = np.frombuffer(b"".join(blobs), dtype=np.float16).reshape(len(blobs), dimension)
    except ValueError as error:
        raise BadValue(f"stored vectors have another size than {dimension} values") from error
    return rows.astype(np.float32)
