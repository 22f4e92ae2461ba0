"""Time in ranking: how well a passage fits the window a question names, and how recent its brief is."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np

from .types import Floats, Window
from .view import Moment

WINDOW_WEIGHT = 0.35  # of a perfect fit, added to a score in [0, 1]; 0.15 costs 0.007 MRR, 0.5 adds 0.003
SIDE_WEIGHT = 0.5  # the same for a side of a comparison: what is quoted under a period has to be of that period
OUTSIDE = 0.5  # of its score is left to a passage that nothing ties to its side's period
LATEST_WEIGHT = 0.15  # of the newest brief, likewise
NAMED = 0.9  # of one that names a month or day of a window shorter than PART
SPOKEN = 0.8  # fit of a passage all of whose years, its brief's title included, lie in the window; some: their share
NEXT, NEXT_DAYS = 0.85, 7  # of a brief of the days just after the window, which reports on it
SOON_AFTER = 0.6  # of a brief published soon after the window: it looks back on it
LOOKS_BACK = (92, 366)  # days after a window that are soon: three times its length, within these bounds
PART = 200  # days; the year that a passage names says little of a window that is shorter
UNDATED, UNDATED_NAMING = 0.5, 0.7  # of a brief without a date, and of one that somewhere names a year of the window
TITLED, TITLED_OTHERWISE = 0.9, 0.3  # of an undated brief whose title, or file name, has a year, in the window or not

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(
    r"(?:\b(?P<day>\d{1,2}) )?\b(?P<month>(?:January|February|March|April|May|June|July|August|September|October|"
    r"November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?))(?: (?P<day2>\d{1,2}),?)?,? "
    r"(?P<year>(?:19|20)\d{2})\b|(?P<jahr>(?:19|20)\d{2})년 ?(?P<dal>\d{1,2})월(?: ?(?P<il>\d{1,2})일)?"
)
_YEAR = re.compile(r"(?<![\d,.])(?:19|20)\d{2}(?![\d,]\d)")


def window_fit(window: Window, moment: Moment) -> float:
    """Return how well a passage fits the window, in [0, 1].

    Publication and the years that are spoken of both count: a brief of August 2025 speaks of January 2025, and one
    without a date may say in its text what year it is about. None is thrown away, an undated one only stands lower.
    """
    since, until = window.since or date.min, window.until or date.max
    if moment.published and since <= moment.published <= until:
        return 1.0

    if moment.published is None and (years := _YEAR.findall(moment.title)):
        inside = any(since.year <= int(year) <= until.year for year in years)
        return TITLED if inside else max(TITLED_OTHERWISE, 0.7 * _share(moment.text, since.year, until.year))
    share = _share(moment.text, since.year, until.year)
    length = (until - since).days
    if length < PART and share and _names_a_day_of(moment.text, since, until):
        return NAMED
    if moment.published is None:
        return SPOKEN if share > 0.5 else UNDATED_NAMING if _share(moment.whole, since.year, until.year) else UNDATED
    spoken = SPOKEN * share * (0.5 if length < PART else 1.0)
    soon = min(max(3 * length, LOOKS_BACK[0]), LOOKS_BACK[1])
    late = (moment.published - until).days
    return max(spoken, 0.0 if not 0 < late <= soon else NEXT if late <= NEXT_DAYS else SOON_AFTER)


def _names_a_day_of(text: str, since: date, until: date) -> bool:
    """Whether the text names a day, or a month with its year, that lies in the span: "27 April 2018", "2018년 4월"."""
    for match in _MONTH.finditer(text):
        year = int(match["year"] or match["jahr"])
        month = _MONTHS.index(match["month"][:3].lower()) + 1 if match["month"] else int(match["dal"])
        day = int(match["day"] or match["day2"] or match["il"] or 0)
        if not 1 <= month <= 12 or day > 31:
            continue
        if day and since <= _day(year, month, day) <= until:
            return True
        if not day and _day(year, month, 1) <= until and since <= _day(year, month, 31):
            return True
    return False


def _day(year: int, month: int, day: int) -> date:
    """The day, or the last of its month if it has fewer."""
    return date(year, month, min(day, monthrange(year, month)[1]))


@lru_cache(maxsize=256)  # the whole text of an undated brief is asked about for each of its passages
def _share(text: str, first: int, last: int) -> float:
    """The share of the years that a text names which lie within the bounds; 0 where it names none."""
    years = [int(year) for year in _YEAR.findall(text)]
    return sum(first <= year <= last for year in years) / len(years) if years else 0.0


def years_named(text: str) -> frozenset[int]:
    """Return the years that a text names."""
    return frozenset(int(year) for year in _YEAR.findall(text))


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
