"""Time in ranking: how well a passage fits the window a question names, and how recent its brief is."""

import re
from collections.abc import Sequence
from datetime import date

import numpy as np

from .store import Moment
from .types import Floats, Window

WINDOW_WEIGHT = 0.15  # of a perfect fit, added to a score in [0, 1]
LATEST_WEIGHT = 0.15  # of the newest brief, likewise
SPOKEN = 0.8  # fit of a passage that names a year of the window, in its text or its brief's title
SOON_AFTER = 0.6  # of a brief published within a year after the window: it looks back on it
UNDATED, UNDATED_NAMING = 0.5, 0.7  # of a brief without a date, and of one that somewhere names a year of the window

_YEAR = re.compile(r"(?<![\d,.])(?:19|20)\d{2}(?![\d,]\d)")


def window_fit(window: Window, moment: Moment) -> float:
    """Return how well a passage fits the window, in [0, 1].

    Publication and the years that are spoken of both count: a brief of August 2025 speaks of January 2025, and one
    without a date may say in its text what year it is about. None is thrown away, an undated one only stands lower.
    """
    since, until = window.since or date.min, window.until or date.max
    if moment.published and since <= moment.published <= until:
        return 1.0

    def named(text: str) -> bool:
        return any(since.year <= int(year) <= until.year for year in _YEAR.findall(text))

    if named(moment.text):
        return SPOKEN
    if moment.published is None:
        return UNDATED_NAMING if named(moment.whole) else UNDATED
    return SOON_AFTER if 0 < (moment.published - until).days <= 366 else 0.0


def recency(published: Sequence[date | None]) -> Floats:
    """Return 1 for the newest of the dates, 0 for the oldest and for none, by age in between."""
    days = [day.toordinal() for day in published if day]
    if not days or max(days) == min(days):
        return np.array([float(day is not None) for day in published], dtype=np.float32)
    span = max(days) - min(days)
    return np.array([(day.toordinal() - min(days)) / span if day else 0.0 for day in published], dtype=np.float32)


def shifted(scores: Floats, fit: Floats, weight: float) -> Floats:
    """Return the scores in [0, 1] with `weight` times the fit added, brought back to [0, 1]."""
    return np.asarray((scores + weight * fit) / (1 + weight), dtype=np.float32)
