"""The seam between ranking and storing: what one search asks of a store.

Ranking, re-ranking, Korean ideas and versions use these questions only, so any store that answers them can be searched.
A passage is known by a number, which is the store's own and means nothing outside one view.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from ..corpus import Brief, Passage
from .late import TokenCodec
from .types import Filter, Floats, Ints

Scope = tuple[Filter, ...]
"""The passages that each of the filters lets through; of no filters, all. A store reads it as numbers or as a condition
of its own, so nothing here lists passages."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What places a passage in time: its brief's date; its text, with the brief's title; the whole text if undated."""

    published: date | None
    text: str
    whole: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Names that the library's briefs carry, whether any of it is Korean, and the ids of briefs without a date, each
    with the years that its title, or else its text, names."""

    institutions: tuple[str, ...]
    authors: tuple[str, ...]
    korean: bool
    undated: tuple[tuple[str, frozenset[int]], ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A passage of a brief that has other versions: `day` is ISO or "", `others` are those versions' owners."""

    number: int
    owner: str
    day: str
    text: str
    others: frozenset[str]


class View(Protocol):
    """One generation of an index, as one search sees it, whatever is added or removed meanwhile."""

    @property
    def generation(self) -> int:
        """Which state of the index this is; another number after each change."""

    @property
    def codec(self) -> TokenCodec | None:
        """What packed the token vectors, None for an index without them."""

    def __len__(self) -> int:
        """The number of passages."""

    def size(self, scope: Scope) -> int:
        """Return the number of passages in the scope."""

    def nearest(self, vector: Floats, k: int, scope: Scope) -> tuple[Ints, Floats]:
        """Return numbers (n,) and cosines (n,) of at most `k` passages, nearest first, ties by number."""

    def worded(self, text: str, k: int, scope: Scope) -> tuple[Ints, Floats]:
        """Return numbers (n,) and BM25 scores (n,) of at most `k` passages, best first, higher is better."""

    def counts(self, words: Sequence[str]) -> dict[str, int]:
        """Return how many passages have each of the words, which are as `terms` gives them, as far as is known.

        For a word that `worded` was asked for in this generation it is; a common one may count as its limit.
        """

    def naming(self, ideas: Sequence[Sequence[str]], most: int) -> list[int]:
        """Return how many passages have one of the forms of each idea, counted up to `most`."""

    def pieces(self, pieces: Ints) -> list[int]:
        """Return how many passages have each word piece."""

    def vectors(self, numbers: Ints) -> Floats:
        """Return the vectors (n, d) of the passages, in their order."""

    def tokens(self, numbers: Ints) -> list[bytes]:
        """Return the packed token vectors of the passages, in their order; empty where there are none."""

    def packed(self, passages: Sequence[Passage]) -> dict[str, tuple[str, bytes]]:
        """Return, by passage id, the brief's title and the packed token vectors of the passages that have any.

        The passages may be from an earlier view; those that have left the index have none.
        """

    def texts(self, numbers: Ints) -> list[str]:
        """Return the texts of the passages, in their order, each behind its brief's title."""

    def beside(self, numbers: Ints) -> list[str]:
        """Return, in their order, what stands around each passage in its brief, as much as it holds on either side."""

    def owners(self, numbers: Ints) -> list[str]:
        """Return what tells the passages' briefs apart, in the passages' order."""

    def moments(self, numbers: Ints) -> list[Moment]:
        """Return the moments of the passages, in their order."""

    def passages(self, numbers: Ints) -> dict[int, tuple[Passage, Brief]]:
        """Return passage and brief, by number, of those passages that are there."""

    def versions(self, numbers: Ints) -> list[Version]:
        """Return those of the passages whose briefs have a version among the briefs of the others."""

    def newer(self, brief_ids: Sequence[str]) -> dict[str, str]:
        """Return, for those of the briefs that have a version published later, the id of the latest."""

    def known(self) -> Known:
        """Return the names that the library's briefs carry."""
