"""Of two versions of a text that are both found, the newer is preferred."""

from dataclasses import dataclass

import numpy as np

from .minhash import contained, runs
from .ranking import Ranking
from .types import Window
from .view import Version, View

SAME = 0.8
"""Of a passage's three-word runs in the other's: such two say one thing, and the newer one says it."""
REWORDED = 0.4
"""Such two speak of one thing; the newer comes first, and the older stays."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A passage of a brief that has other versions among those found."""

    place: int
    version: Version
    runs: frozenset[str]


def prefer_newer(view: View, found: Ranking, window: Window | None) -> Ranking:
    """Return the ranking with each passage that a newer version repeats left out, its place taken by that one.

    Where both have one date, or none, the better of the two stays. Where the newer has reworded the passage, the two
    change places, if the older came first. Within the question's `window` counts before newer.
    """
    places = {number: place for place, number in enumerate(found.numbers.tolist())}
    passages = [_Found(places[version.number], version, runs(version.text)) for version in view.versions(found.numbers)]
    if not passages:
        return found
    passages.sort(key=lambda each: each.place)
    scores, keep = found.scores.copy(), np.ones(len(found), dtype=bool)
    for first in passages:  # best first
        for second in passages:
            if second.place <= first.place or second.version.owner not in first.version.others:
                continue
            if not (keep[first.place] and keep[second.place]):
                continue
            shared = contained(first.runs, second.runs)
            newer = _is_preferred(second.version.day, first.version.day, window)
            if shared >= SAME:
                keep[first.place if newer else second.place] = False
                if newer:
                    scores[second.place] = max(scores[first.place], scores[second.place])
            elif shared >= REWORDED and newer and scores[second.place] < scores[first.place]:
                scores[first.place], scores[second.place] = scores[second.place], scores[first.place]
    order = np.argsort(-scores, kind="stable")  # two languages in turn have equal scores, whose order stands
    order = order[keep[order]]
    return Ranking(found.numbers[order], scores[order], found.similar[order])


def _is_preferred(day: str, other: str, window: Window | None) -> bool:
    """Whether a brief of `day` comes before one of `other`: within the window, then newer. ISO dates, "" for none."""
    return bool(day and other) and (_within(day, window), day) > (_within(other, window), other)


def _within(day: str, window: Window | None) -> bool:
    since, until = (window.since, window.until) if window else (None, None)
    return not (since and day < since.isoformat()) and not (until and day > until.isoformat())
