"""One part of a question's plan searched: its period, its author, and both languages where the library has both."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from .concepts import search_concepts
from .moment import LATEST_WEIGHT, OUTSIDE, SIDE_WEIGHT, UNDATED_NAMING, WINDOW_WEIGHT, recency, shifted, window_fit
from .plan import Inquiry
from .rank import ranked
from .ranking import Ranking, blended, interleaved
from .types import Encoding, Filter, Floats, Window
from .view import Scope, View

CERTAIN, OUTDATED, NAMED, TOUCHED, LEAD = 0.55, 0.35, 0.4, 0.3, 4
"""Where passages of both languages meet an English question: below the similarity CERTAIN of the best English one, and
when a Korean one names NAMED of the question's ideas, they take turns after one English passage; when it names TOUCHED,
after LEAD. On questions about English texts that costs 0.007 of R@5. A Korean question begins with a Korean passage
that names NAMED, else with an English one. Below OUTDATED, mostly because the English ones are of another time, LEAD
Korean passages come first."""
OWN = 4  # passages that an institution or author wrote come first on their side of a comparison
OF_PERIOD = 0.5  # fit from which on a passage is of a side's period
ENOUGH = 40  # passages published in a side's period, from which on they are searched by themselves, too


@dataclass(frozen=True, slots=True)
class Search:
    """What the inquiries of one question have in common: where they search, how deep, and what encodes a text."""

    view: View
    scope: Scope
    depth: int
    encoded: Callable[[str], Encoding]
    rerank: bool = True
    undated: tuple[tuple[str, frozenset[int]], ...] = ()

    def ranked(self, text: str, *filters: Filter) -> Ranking:
        """Return the passages for `text` that the filters let through, too."""
        scope = (*self.scope, *filters)
        return ranked(self.view, text, self.encoded(text), self.depth, scope, rerank=self.rerank)


def inquired(search: Search, inquiry: Inquiry, typed: str, *, latest: bool, korean: bool) -> Ranking:
    """Return the passages for one inquiry, in both languages where the library has `korean`; `typed` is searched,
    too, if it is not empty, and with `latest` recent briefs move up."""
    view, scope = search.view, search.scope
    found = search.ranked(inquiry.english)
    if inquiry.label and inquiry.window:  # a year by itself would bring whatever happens to name it
        found = blended([found, search.ranked(inquiry.topic)], [0.5, 0.5])
        for share, inside in _of_period(search, inquiry.window):
            found = blended([found, search.ranked(inquiry.topic, inside)], [1 - share, share])
    if inquiry.where and view.size((*scope, inquiry.where)):
        found = interleaved(search.ranked(inquiry.topic, inquiry.where), found, OWN)
    if typed:
        found = blended([found, search.ranked(typed)], [0.5, 0.5])
    found, fit = _timed(view, found, inquiry, latest)
    if not (inquiry.concepts and korean):
        return found
    named, named_fit = _timed(view, search_concepts(view, inquiry.concepts, scope), inquiry, latest)
    strong, share = _strength(found, fit), _strength(named, named_fit)
    if not inquiry.label or fit is None or named_fit is None:
        return _merged(found, strong, named, share, inquiry)
    within = _merged(found.only(fit >= OF_PERIOD), strong, named.only(named_fit >= OF_PERIOD), share, inquiry)
    return interleaved(within, found.only(fit < OF_PERIOD), len(within))  # of its period first, in either language


def _of_period(search: Search, window: Window) -> Iterator[tuple[float, Filter]]:
    """What lets through the briefs of a side's period, and what share of the ranking they make up by themselves: those
    published in it, where there are enough to choose from, and those without a date that name one of its years."""
    inside = Filter(since=window.since, until=window.until)
    if search.view.size((*search.scope, inside)) >= ENOUGH:
        yield 0.5, inside
    first, last = (window.since or date.min).year, (window.until or date.max).year
    briefs = tuple(brief for brief, years in search.undated if any(first <= year <= last for year in years))
    if briefs and search.view.size((*search.scope, named := Filter(briefs=briefs))):
        yield 0.3, named


def _timed(view: View, found: Ranking, inquiry: Inquiry, latest: bool) -> tuple[Ranking, Floats | None]:
    """The ranking with passages that fit the question's window, or recent briefs, moved up; and how each fits."""
    if not (inquiry.window or latest) or not len(found):
        return found, None
    moments = view.moments(found.numbers)
    scores, fit = found.scores, None
    if inquiry.window:
        fit = np.array([window_fit(inquiry.window, moment) for moment in moments], np.float32)
        scores = shifted(scores, fit, SIDE_WEIGHT if inquiry.label else WINDOW_WEIGHT)
        if inquiry.label:
            scores = np.where(fit > 0, scores, OUTSIDE * scores).astype(np.float32)
    if latest:
        scores = shifted(scores, recency([moment.published for moment in moments]), LATEST_WEIGHT)
    order = np.lexsort((found.numbers, -scores))
    timed = Ranking(found.numbers[order], scores[order], found.similar[order])
    return timed, None if fit is None else fit[order]


def _strength(found: Ranking, fit: Floats | None) -> float:
    """How well the best passage meets the question, in [0, 1]; one outside its window does so less."""
    if not len(found):
        return 0.0
    return float((found.similar * (1.0 if fit is None else np.minimum(1.0, fit / UNDATED_NAMING))).max())


def _merged(found: Ranking, english: float, korean: Ranking, named: float, inquiry: Inquiry) -> Ranking:
    """English and Korean passages in turn; `english` and `named` say how strong the best of each is."""
    if english < OUTDATED and named >= NAMED:
        return interleaved(korean, found, LEAD)
    if inquiry.typed_korean:
        return interleaved(found, korean, 0 if named >= NAMED else 1)
    if english < CERTAIN and named >= NAMED:
        return interleaved(found, korean, 1)
    lead = LEAD // 2 if inquiry.label else LEAD  # a side has half the places
    return interleaved(found, korean, lead) if named >= TOUCHED else found
