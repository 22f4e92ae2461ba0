"""What filters ask about each passage, as arrays: number, day of publication, institution, language, authors.

A filter over a million passages is a few comparisons of arrays, where SQLite would read every brief's row. Derived from
the store like the dense index, and kept in its file: passages never change, they only go and come under new numbers.
"""

import io
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .types import Filter, Ints
from .view import Known

Codes = NDArray[np.int32]
AUTHORS = 2  # the row of `codes` whose values are lists


@dataclass(frozen=True, slots=True)
class Columns:
    """`numbers` (n,), ascending; `days` (n,), ordinals, 0 for undated; `codes` (3, n), places in `values`, which has
    the institutions, the languages and, as JSON lists, the authors."""

    numbers: Ints
    days: Codes
    codes: Codes
    values: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.numbers)

    def names(self, row: int) -> list[list[str]]:
        """Return the names that each value of a row of `codes` stands for."""
        return [json.loads(value) if row == AUTHORS else [value] for value in self.values[row]]

    def mask(self, where: Filter) -> NDArray[np.bool_]:
        """Return which passages the filter, save for its briefs, lets through (n,)."""
        found = np.ones(len(self), dtype=np.bool_)
        if where.since or where.until:
            found &= self.days > 0
        if where.since:
            found &= self.days >= where.since.toordinal()
        if where.until:
            found &= self.days <= where.until.toordinal()
        for row, wanted in enumerate((where.institutions, where.languages, where.authors)):
            if wanted:
                folded = {each.casefold() for each in wanted}
                passing = [bool(folded & {name.casefold() for name in names}) for names in self.names(row)]
                found &= np.array(passing, dtype=np.bool_)[self.codes[row]]
        return found

    def only(self, keep: NDArray[np.bool_]) -> "Columns":
        """Return the passages kept."""
        return Columns(self.numbers[keep], self.days[keep], self.codes[:, keep], self.values)

    def known(self, keep: NDArray[np.bool_] | None) -> tuple[set[str], set[str], bool]:
        """Return institutions, authors and whether there is Korean among the passages kept."""
        sets = []
        for row, values in enumerate(self.values):
            codes = self.codes[row] if keep is None else self.codes[row][keep]
            held = np.bincount(codes, minlength=len(values)) > 0
            sets.append({name for names, there in zip(self.names(row), held, strict=True) if there for name in names})
        institutions, languages, authors = sets
        return institutions - {""}, authors, "ko" in languages

    def tobytes(self) -> bytes:
        """Return everything as one NPZ; `columns_from_bytes` reads it."""
        data = io.BytesIO()
        values = np.frombuffer(json.dumps(self.values).encode(), np.uint8)
        np.savez(data, numbers=self.numbers, days=self.days, codes=self.codes, values=values)
        return data.getvalue()


def columns_from_bytes(data: bytes) -> Columns:
    """Return what `tobytes` wrote.

    Raises:
        ValueError, KeyError: it did not.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        values = tuple(tuple(each) for each in json.loads(found["values"].tobytes()))
        return Columns(found["numbers"], found["days"], found["codes"], values)


def read_columns(connection: sqlite3.Connection, above: int = 0) -> Columns:
    """Return the columns of the passages with a number over `above`."""
    if above:
        query = "SELECT DISTINCT brief FROM passages WHERE n > ?"
        briefs = [brief for (brief,) in connection.execute(query, (above,))]
        rows = connection.execute(
            f"SELECT {_FACTS} FROM briefs WHERE n IN (SELECT value FROM json_each(?))", (json.dumps(briefs),)
        )
    else:
        rows = connection.execute(f"SELECT {_FACTS} FROM briefs")
    number, day, values, coded = _coded(rows)
    pairs = "SELECT n, brief FROM passages WHERE n > ? ORDER BY n"
    held = np.fromiter((value for row in connection.execute(pairs, (above,)) for value in row), dtype=np.int64).reshape(
        -1, 2
    )
    order = np.argsort(number, kind="stable")
    at = order[np.searchsorted(number, held[:, 1], sorter=order)] if len(number) else np.empty(0, np.int64)
    return Columns(np.ascontiguousarray(held[:, 0]), day[at], np.ascontiguousarray(coded[:, at]), values)


_FACTS = "n, published, institution, language, authors"


def _coded(rows: Iterable[Sequence[Any]]) -> tuple[Ints, Codes, tuple[tuple[str, ...], ...], Codes]:
    """Briefs' numbers, days, and the places of their other facts among the values that occur."""
    numbers, days = [], []
    places: list[dict[str, int]] = [{}, {}, {}]
    codes: list[list[int]] = [[], [], []]
    for number, published, *facts in rows:
        numbers.append(number)
        days.append(date.fromisoformat(published).toordinal() if published else 0)
        for known, column, value in zip(places, codes, facts, strict=True):
            column.append(known.setdefault(value, len(known)))
    values = tuple(tuple(known) for known in places)
    return np.array(numbers, np.int64), np.array(days, np.int32), values, np.array(codes, np.int32)


def joined(first: Columns, second: Columns) -> Columns:
    """Return the passages of both, all numbers of the first being lower."""
    values, moved = [], []
    for row in range(len(first.values)):
        places = {value: place for place, value in enumerate(first.values[row])}
        moved.append(np.array([places.setdefault(value, len(places)) for value in second.values[row]], np.int32))
        values.append(tuple(places))
    shifted = [each[codes] if len(codes) else codes for each, codes in zip(moved, second.codes, strict=True)]
    return Columns(
        np.concatenate([first.numbers, second.numbers]),
        np.concatenate([first.days, second.days]),
        np.concatenate([first.codes, np.array(shifted, np.int32).reshape(len(values), -1)], axis=1),
        tuple(values),
    )


def joined_known(
    parts: Sequence[tuple[set[str], set[str], bool]], undated: tuple[tuple[str, frozenset[int]], ...]
) -> Known:
    """Return the names of several columns together, and the undated briefs."""
    institutions = set().union(*(part[0] for part in parts))
    authors = set().union(*(part[1] for part in parts))
    return Known(tuple(sorted(institutions)), tuple(sorted(authors)), any(part[2] for part in parts), undated)
