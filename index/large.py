"""A large index as one view sees it: the derived base, what has come since, and what has gone.

After a change only the change is read. What has come since the base was made is searched exactly, in memory; what has
gone is left out of every result. When both together are many, the base is extended behind the searches.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from .base import Base, has_outgrown
from .columns import Columns, joined, joined_known, read_columns
from .dense import one_thread
from .facts import allowed_numbers, briefs_of, undated_years
from .ingest import lexical_rows
from .lexical import terms
from .types import Filter, Floats, Ints
from .vectors import read_all_vectors, read_present
from .view import Known, Scope
from .words import Words, conditions, search_words, stems_of

PROBES = 128  # lists of the inverted file that a query visits
UNEVEN = 4  # times as many under a filter as its share asks for: what it lets through may lie together
EXACT = 1_000  # passages that a filter lets through, up to which their vectors are read and compared
AGAIN = 2  # times as many found by the codes as are wanted, to be put in the order of their vectors
DUE = 5_000  # passages come and gone, from which on the base is extended


@dataclass(frozen=True, slots=True)
class Large:
    """One generation. `since` are the passages over `base.top`, with `vectors` (m, d) and words; `gone` (g,) are
    passages of the base that are not there any more. `years` keeps what `known` has read of undated briefs, and is
    handed on for as long as none of them comes or goes."""

    base: Base
    generation: int
    since: Columns
    vectors: Floats
    words: Words | None
    gone: Ints
    years: list[tuple[tuple[str, frozenset[int]], ...]]

    def __len__(self) -> int:
        return len(self.base) - len(self.gone) + len(self.since)

    @property
    def dimension(self) -> int:
        return int(self.base.index.d)

    @property
    def is_due(self) -> bool:
        """Whether so much has come and gone that the base should be made to hold it."""
        return len(self.since) + len(self.gone) > DUE or has_outgrown(self.base, len(self))

    def updated(self, connection: sqlite3.Connection, generation: int) -> "Large":
        """Return the state of a later generation; only what is new is read."""
        return _state(connection, self.base, generation, self)

    def allowed(self, connection: sqlite3.Connection, where: Filter) -> Ints:
        """Return the numbers of the passages that the filter lets through, ascending."""
        base = self.base.columns.numbers[self.base.columns.mask(where)]
        if len(self.gone):
            base = base[~_within(base, self.gone)]
        found = np.concatenate([base, self.since.numbers[self.since.mask(where)]])
        return np.intersect1d(found, named, True) if (named := _of_briefs(connection, where)) is not None else found

    def nearest(
        self, connection: sqlite3.Connection, query: Floats, k: int, allowed: Ints | None
    ) -> tuple[Ints, Floats]:
        """Return numbers (n,) and cosines (n,) of at most `k` passages, nearest first, ties by number.

        Candidates come by their codes; their order and the cosines are those of the stored vectors.
        """
        if allowed is not None and len(allowed) <= EXACT:
            numbers, scores = _compared(connection, query, allowed)
        else:
            found = self._candidates(query, AGAIN * k, allowed)
            numbers, scores = _compared(connection, query, found)
            fresh = (
                np.arange(len(self.since)) if allowed is None else np.flatnonzero(_within(self.since.numbers, allowed))
            )
            numbers = np.concatenate([numbers, self.since.numbers[fresh]])
            scores = np.concatenate([scores, self.vectors[fresh] @ query])
        order = np.lexsort((numbers, -scores))[:k]
        return numbers[order], scores[order]

    def _candidates(self, query: Floats, k: int, allowed: Ints | None) -> Ints:
        """Passages of the base, none of them gone, that are near by their codes."""
        lists = int(self.base.index.nlist)
        probes, selector = min(PROBES, lists), None
        if allowed is not None:
            share = max(1, len(allowed)) / max(1, len(self))
            probes = min(lists, int(UNEVEN * PROBES / share) + 1)
            held = np.zeros(self.base.top + 1, dtype=np.bool_)
            held[allowed[allowed <= self.base.top]] = True
            bits = np.packbits(held, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)
        wanted = k + len(self.gone)
        parameters = faiss.SearchParametersIVF(sel=selector, nprobe=probes)
        with one_thread():
            _, numbers = self.base.index.search(query[None, :], wanted, params=parameters)
            if probes < lists and allowed is not None and (numbers[0] < 0).any():  # they lie together elsewhere
                every = faiss.SearchParametersIVF(sel=selector, nprobe=lists)
                _, numbers = self.base.index.search(query[None, :], wanted, params=every)
        found = numbers[0][numbers[0] >= 0]
        return np.asarray(found[~_within(found, self.gone)][:k])

    def worded(
        self, connection: sqlite3.Connection, text: str, k: int, scope: Scope, counts: dict[str, int]
    ) -> tuple[Ints, Floats]:
        """Return numbers (n,) and BM25 scores (n,), higher is better, of at most `k` passages, best first."""
        words = list(dict.fromkeys(terms(text.lower())))
        for word in words:
            if word not in counts:
                counts[word] = min((self._count(stem) for stem in stems_of([word])), default=0)
        named = [_of_briefs(connection, where) for where in scope]
        asked = conditions(scope, named)
        numbers, scores = search_words(self.base.words, self.words, stems_of(words), k + len(self.gone), asked)
        there = ~_within(numbers, self.gone) & ((numbers <= self.base.top) | _within(numbers, self.since.numbers))
        return numbers[there][:k], scores[there][:k]

    def naming(self, forms: Sequence[str], most: int) -> int:
        """Return how many passages have the words of one of the forms, counted up to `most`."""
        asked = [terms(form.lower()) for form in forms]
        return min(most, self.base.words.naming(asked) + (self.words.naming(asked) if self.words else 0))

    def known(self, connection: sqlite3.Connection) -> Known:
        """Return the names that the briefs carry, and the years that the undated ones name."""
        base, keep = self.base.columns, None
        if len(self.gone):
            keep = ~_within(base.numbers, self.gone)
        undated = np.concatenate([each.numbers[each.days == 0] for each in (base, self.since)])
        if not self.years:
            self.years.append(undated_years(connection, briefs_of(connection, undated)))
        return joined_known([base.known(keep), self.since.known(None)], self.years[0])

    def _count(self, stem: str) -> int:
        return self.base.words.count(stem) + (self.words.count(stem) if self.words else 0)


def state_of(connection: sqlite3.Connection, base: Base, generation: int) -> Large:
    """Return what the connection's view sees of an index with this base."""
    return _state(connection, base, generation, None)


def _state(connection: sqlite3.Connection, base: Base, generation: int, before: Large | None) -> Large:
    top = base.top if before is None or not len(before.since) else int(before.since.numbers[-1])
    newer = read_columns(connection, top)
    numbers, vectors = read_all_vectors(connection, int(base.index.d), top)
    words = before.words if before else None
    if len(numbers):
        words = (words or Words.in_memory()).with_rows(lexical_rows(connection, top), newer)
    if before is None:
        since, gone = newer, np.empty(0, np.int64)
    else:
        since, vectors, gone = joined(before.since, newer), np.concatenate([before.vectors, vectors]), before.gone
    total = connection.execute("SELECT count(*) FROM passages").fetchone()[0]
    if total != len(base) - len(gone) + len(since):  # some have gone: which of the others are left has to be read
        left = _present(connection)
        gone = base.columns.numbers[~_within(base.columns.numbers, left)]
        keep = _within(since.numbers, left)
        if words is not None and not keep.all():
            words = words.with_rows((), since.only(np.zeros(len(since), np.bool_)), since.numbers[~keep])
        since, vectors = since.only(keep), vectors[keep]
    elif before is not None and newer.days.all():
        return Large(base, generation, since, vectors, words, gone, before.years)
    return Large(base, generation, since, vectors, words, gone, [])


def _present(connection: sqlite3.Connection) -> Ints:
    """The numbers of all passages, as one text: a tenth of the time of a row each."""
    # In any order: by number, SQLite would read the whole table and not the small index that holds the numbers, too.
    text = connection.execute("SELECT group_concat(n) FROM passages").fetchone()[0]
    return np.sort(np.fromstring(text, dtype=np.int64, sep=",")) if text else np.empty(0, np.int64)


def _within(numbers: Ints, among: Ints) -> NDArray[np.bool_]:
    """Whether each number is among others, which are ascending."""
    if not len(among):
        return np.zeros(len(numbers), dtype=np.bool_)
    places = np.minimum(np.searchsorted(among, numbers), len(among) - 1)
    return np.asarray(among[places] == numbers)


def _of_briefs(connection: sqlite3.Connection, where: Filter) -> Ints | None:
    """The passages of the briefs that the filter names, None when it names none."""
    return allowed_numbers(connection, Filter(briefs=where.briefs)) if where.briefs else None


def _compared(connection: sqlite3.Connection, query: Floats, numbers: Ints) -> tuple[Ints, Floats]:
    """Those of the passages that are there, and their cosines."""
    there, vectors = read_present(connection, numbers, len(query))
    return there, vectors @ query
