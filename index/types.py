"""The values of the index layer: what an encoder gives, what a search takes and returns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..corpus import Brief, Failure, Passage

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """Everything that makes two encoders' vectors comparable; recorded in the index, other values are refused."""

    name: str
    weights: str  # SHA-256 of the weights file
    dimension: int
    max_pieces: int  # word pieces the model reads, special ones included
    query_prefix: str = ""
    passage_prefix: str = ""
    precision: str = "int8"  # "int8" or "fp32"


@dataclass(frozen=True, slots=True)
class Encoding:
    """One text encoded: `vector` (d,) float32, unit length; for each of its m word pieces `pieces` (m,) the id in the
    vocabulary and `tokens` (m, d) float32, unit rows. Special pieces and punctuation are left out. Of a question,
    `importance` (m,) says how much more, or less, a piece counts than by how rare it is; None: not known."""

    vector: Floats
    pieces: Ints
    tokens: Floats
    importance: Floats | None = None


class Encoder(Protocol):
    """Turns texts into vectors. `OnnxEncoder` and `TorchEncoder` do; a test may pass five lines of its own."""

    @property
    def spec(self) -> EncoderSpec: ...

    def pieces(self, text: str) -> list[int]:
        """Return the word pieces of `text` as ids in the vocabulary, special ones left out, nothing cut."""

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Return (start, end) in `text` of each piece that `encode` returns a token vector for."""

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Return one encoding a text, in order. A text over the limit is cut at it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a search may return. Bounds are inclusive; an empty tuple does not filter; names compare without case.

    With `since` or `until` set, undated briefs are left out: nothing shows that they lie within the bounds.
    """

    since: date | None = None
    until: date | None = None
    institutions: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    briefs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.since, self.until, self.institutions, self.authors, self.languages, self.briefs))


@dataclass(frozen=True, slots=True)
class Window:
    """A span of days that a question names, bounds inclusive, None where open; `text` holds the words that named it."""

    since: date | None
    until: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: how a reader would call it, and the question asked of this side alone."""

    label: str
    query: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found.

    `score` is in [0, 1], higher is better, comparable within one search only. `similarity`, in [0, 1] too, does not
    depend on what else was found: the mean of cosine and late-interaction score, or the cosine alone. `side` names the
    side of a comparison that the hit serves. `newer` is the id of a version of the brief that was published later,
    whether the filter lets that through or not.
    """

    score: float
    passage: Passage
    brief: Brief
    similarity: float = 0.0
    side: str = ""
    newer: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SpanMatches:
    """How spans of passages meet the m word pieces of a query.

    `places` are the pieces' (start, end) in the query, `weights` (m,) sum to 1. For each hit, `best` is (spans, m), the
    best cosine of each piece within each span, and `nearness` (spans,), the cosine of the query and of the span's mean
    token vector: what the encoder would make of the span in its passage.
    """

    places: tuple[tuple[int, int], ...]
    weights: Floats
    best: tuple[Floats, ...]
    nearness: tuple[Floats, ...]

    def scores(self) -> list[Floats]:
        """Return, for each hit, the late-interaction score of each span, in [0, 1]."""
        return [np.asarray(np.clip(weighed_sum(rows, self.weights), 0.0, 1.0), dtype=np.float32) for rows in self.best]


@dataclass(frozen=True, slots=True)
class AddReport:
    """What `Index.add` did with each brief, by id; `failed` holds what was not taken, with reasons."""

    added: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = field(default=())
    passages: int = 0  # passages written, those of unchanged briefs not counted
    duplicates: tuple[tuple[str, str], ...] = ()  # source of a copy, id of the brief that has its text

    @classmethod
    def of(cls, reports: Sequence["AddReport"], *failed: Failure) -> "AddReport":
        """Return what several adds did together; `failed` is what was not taken beside them."""
        return cls(
            added=tuple(each for report in reports for each in report.added),
            unchanged=tuple(each for report in reports for each in report.unchanged),
            replaced=tuple(each for report in reports for each in report.replaced),
            failed=(*(each for report in reports for each in report.failed), *failed),
            passages=sum(report.passages for report in reports),
            duplicates=tuple(each for report in reports for each in report.duplicates),
        )


Progress = Callable[[int, int], None]
"""Called after each commit with the number of briefs seen and of passages written so far; within a long brief, with
those encoded, too. An exception that it raises ends the add; what was committed stays."""


def weighed_sum(rows: Floats, weights: Floats) -> Floats:
    """Return the sum (n,) of each row's values (n, m), weighed (m,).

    OpenBLAS' kernel for this reads beyond its rows at some sizes and may raise a warning for what it does not use.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(rows @ weights, np.float32)


def unit(rows: Floats) -> Floats:
    """Return the rows (or the one vector) scaled to unit length; zero rows stay zero."""
    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-12), dtype=np.float32)
