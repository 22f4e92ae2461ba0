"""Leading passages put in order by what a language model reads in them. Off unless it is asked for: it takes time.

A passage's place is by its score in the search, a third, and by the probability that the model gives to "it states the
answer", two thirds. Passages that were not read in time keep to the middle: a no puts others behind them, a yes before
them.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ..corpus import ModelError
from ..index import Filter, Hit, Retriever
from ..index.plan import QueryPlan
from .calibration import clipped
from .excerpts import by_side, in_turn, of_passage
from .reader import Reader

READ = 5  # passages of a question; of a comparison these are shared by its sides
UNREAD = 0.5  # the probability where there is none


class ReadingRetriever(Retriever):
    """A retriever whose leading passages a model reads and orders, within `budget` seconds. Safe to share.

    What the model does not read, because it is slow or fails, stays where the search has put it.
    """

    def __init__(self, retriever: Retriever, reader: Reader, *, budget: float = 20.0) -> None:
        super().__init__(retriever.index, rerank=retriever.rerank, cap=retriever.cap, planner=retriever.planner)
        self.reader = reader
        self.budget = budget

    def search(
        self,
        question: str,
        k: int = 8,
        history: Sequence[str] = (),
        where: Filter | None = None,
        *,
        plan: QueryPlan | None = None,
        now: date | None = None,
    ) -> list[Hit]:
        """Return what the search finds, the first READ passages in the order that reading gives them."""
        made = plan or self.plan(question, history, now)
        hits = super().search(question, max(k, READ), history, where, plan=made, now=now)
        asked = {inquiry.label: inquiry.english for inquiry in made.inquiries if inquiry.label}
        return reranked(self.reader, hits, asked or {"": made.standalone}, self.budget)[:k]


def reranked(reader: Reader, hits: Sequence[Hit], asked: dict[str, str], budget: float) -> list[Hit]:
    """Return the hits, best first, their scores mixed with what the reader says; unchanged if it says nothing.

    `asked` has the question of each side, "" for one without sides; sides go on taking turns. Within `budget` seconds.
    """
    leading = in_turn(by_side(hits))[:READ]
    found: dict[tuple[str, str], float] = {}
    share = budget / max(1, len(asked))
    for side, question in asked.items():
        mine = [hit for hit in leading if hit.side == side]
        try:
            values = reader.read(question, [of_passage(hit) for hit in mine], share) if mine else []
        except ModelError:
            continue
        found |= {(side, hit.passage.id): value for hit, value in zip(mine, values, strict=True) if value is not None}
    if not found:
        return list(hits)
    scored = [replace(hit, score=_mixed(hit, found.get((hit.side, hit.passage.id)))) for hit in hits]
    return in_turn([sorted(side, key=lambda hit: -hit.score) for side in by_side(scored)])


def _mixed(hit: Hit, reading: float | None) -> float:
    """The score, in [0, 1], by the search and by the reader."""
    stated = UNREAD if reading is None else 1 / (1 + math.exp(-clipped(reading)))
    return (hit.score + 2 * stated) / 3
