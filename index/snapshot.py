"""The view of an index in SQLite: one read transaction, with the dense index that belongs to its generation."""

import sqlite3
from collections.abc import Sequence

import numpy as np

from ..corpus import Brief, Passage
from .dense import DenseIndex
from .facts import allowed_numbers, known_values, read_beside, read_moments, read_owners, read_piece_counts, read_texts
from .large import Large
from .late import TokenCodec
from .lexical import count_matches, search_terms, terms
from .relatives import newer_versions, read_versions
from .rows import read_passages
from .types import Floats, Ints
from .vectors import read_packed, read_tokens, read_vectors
from .view import Known, Moment, Scope, Version


class Snapshot:
    """A `View`; `remembered` keeps, for the generation, how many passages hold a word."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        dense: DenseIndex | Large,
        codec: TokenCodec | None,
        remembered: dict[str, int],
    ) -> None:
        self.connection = connection
        self.dense = dense
        self.codec = codec
        self.remembered = remembered
        self._scopes: list[tuple[Scope, Ints]] = []  # a list: a filter may have been given lists, which do not hash

    @property
    def generation(self) -> int:
        return self.dense.generation

    def __len__(self) -> int:
        return len(self.dense)

    def allowed(self, scope: Scope) -> Ints | None:
        """Return the numbers of the passages in the scope, ascending; None for all."""
        if not scope:
            return None
        known = next((numbers for each, numbers in self._scopes if each == scope), None)
        if known is None:
            if isinstance(self.dense, Large):
                known = self.dense.allowed(self.connection, scope[-1])
            else:
                known = allowed_numbers(self.connection, scope[-1])
            if (before := self.allowed(scope[:-1])) is not None:
                known = np.intersect1d(known, before, assume_unique=True)
            self._scopes.append((scope, known))
        return known

    def size(self, scope: Scope) -> int:
        allowed = self.allowed(scope)
        return len(self) if allowed is None else len(allowed)

    def nearest(self, vector: Floats, k: int, scope: Scope) -> tuple[Ints, Floats]:
        allowed = self.allowed(scope)
        if isinstance(self.dense, Large):
            return self.dense.nearest(self.connection, vector, k, allowed)
        return self.dense.search(vector, k, allowed)

    def worded(self, text: str, k: int, scope: Scope) -> tuple[Ints, Floats]:
        if isinstance(self.dense, Large):
            return self.dense.worded(self.connection, text, k, scope, self.remembered)
        return search_terms(self.connection, text, k, len(self), self.allowed(scope), self.remembered)

    def counts(self, words: Sequence[str]) -> dict[str, int]:
        return {word: self.remembered[word] for word in words if word in self.remembered}

    def naming(self, ideas: Sequence[Sequence[str]], most: int) -> list[int]:
        found = []
        for forms in ideas:
            match = " OR ".join(f'"{" ".join(words)}"' for form in forms if (words := terms(form.lower())))
            if (key := f"{match} {most}") not in self.remembered:  # counted up to `most` only
                if isinstance(self.dense, Large):
                    self.remembered[key] = self.dense.naming(forms, most)
                else:
                    self.remembered[key] = count_matches(self.connection, match, most)
            found.append(self.remembered[key])
        return found

    def pieces(self, pieces: Ints) -> list[int]:
        return read_piece_counts(self.connection, pieces)

    def vectors(self, numbers: Ints) -> Floats:
        return read_vectors(self.connection, numbers, self.dense.dimension)

    def tokens(self, numbers: Ints) -> list[bytes]:
        return read_tokens(self.connection, numbers)

    def packed(self, passages: Sequence[Passage]) -> dict[str, tuple[str, bytes]]:
        return read_packed(self.connection, [passage.id for passage in passages])

    def texts(self, numbers: Ints) -> list[str]:
        return read_texts(self.connection, numbers)

    def beside(self, numbers: Ints) -> list[str]:
        return read_beside(self.connection, numbers)

    def owners(self, numbers: Ints) -> list[str]:
        return read_owners(self.connection, numbers)

    def moments(self, numbers: Ints) -> list[Moment]:
        return read_moments(self.connection, numbers)

    def passages(self, numbers: Ints) -> dict[int, tuple[Passage, Brief]]:
        return read_passages(self.connection, numbers.tolist())

    def versions(self, numbers: Ints) -> list[Version]:
        return read_versions(self.connection, numbers)

    def newer(self, brief_ids: Sequence[str]) -> dict[str, str]:
        return newer_versions(self.connection, list(brief_ids))

    def known(self) -> Known:
        return self.dense.known(self.connection) if isinstance(self.dense, Large) else known_values(self.connection)
