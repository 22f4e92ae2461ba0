"""The days that a text speaks of, and whether those of a claim follow from those of its quotes.

"June 24" lies in the year of the brief that says it, or in any year that stands beside it. A coarser date follows from
a finer one ("in May 2016" from "9 May 2016"), not the other way round.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ..index.timewords import Days, readings

_BOUND = re.compile(
    r"\b(?:(?P<since>since|starting (?:in|from|on)|from)|(?P<after>after|following|later than)"
    r"|(?P<before>before|prior to|ahead of|earlier than)|(?P<until>until|till|up to|through|by|no later than))"
    r"\s+(?:(?:early|mid|late|the|year|month|end|of|beginning|start)\s+)*$",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:ago|last|this|past|previous|next|current|recent|yesterday|before last)\b", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:early|mid|middle|late|beginning|start|end|spring|summer|autumn|fall|winter|half|quarter)\b", re.IGNORECASE
)
_YEAR = re.compile(r"(?<=\b[Ii]n )(?:19\d\d|20[0-4]\d)(?= of\b)")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(_WEEKDAYS)})\b")
WEEK = 7  # days from publication in which "on Friday" lies
_NOWHERE = date(2999, 6, 15)  # a year no text speaks of: what is reckoned from it has no year of its own
_CLASH = (
    {"before", "after"},
    {"before", "since"},
    {"until", "since"},
    {"until", "after"},
    {"before", "in"},
    {"after", "in"},
)


@dataclass(frozen=True, slots=True)
class Said:
    """An expression of time at text[start:end]: the `days` it means, whether with a `year`, how they bound it.

    `rough` marks parts of a year or a month ("late 2025"), which two writers cut differently.
    """

    start: int
    end: int
    text: str
    days: Days
    year: bool
    bound: str
    rough: bool


def days_said(text: str, published: date | None = None) -> list[Said]:
    """Return the expressions of time in `text`, in order; relative ones ("last year") only if it is known when it was
    `published`."""
    found = []
    for reading in readings(text, published or _NOWHERE):
        shown = text[reading.start : reading.end].strip()
        relative = bool(_RELATIVE.search(shown))
        if relative and published is None:
            continue
        bound = _BOUND.search(text[max(0, reading.start - 30) : reading.start])
        kind = str(bound.lastgroup) if bound else "in"
        year = reading.bare != "month" and (relative or bool(re.search(r"\d{4}|\d0s", shown)))
        found.append(Said(reading.start, reading.end, shown, reading.days, year, kind, bool(_PART.search(shown))))
    for match in _YEAR.finditer(text):  # "died in 2004 of cancer": questions with "2004 of" are about years' names
        if all(match.end() <= said.start or said.end <= match.start() for said in found):
            days = (date(int(match[0]), 1, 1), date(int(match[0]), 12, 31))
            found.append(Said(*match.span(), match[0], days, True, "in", False))
    return sorted(found, key=lambda said: said.start)


def weekdays(text: str) -> dict[str, int]:
    """Return the days of the week that a text names, Monday 0."""
    return {name: _WEEKDAYS.index(name) for name in _WEEKDAY.findall(text)}


def near(claim: Said, published: date | None) -> bool:
    """Return whether it is a single day within a week of publication, which a day of the week would name."""
    return _told_on(claim, published) is not None


def on_weekday(claim: Said, named: Iterable[int], published: date | None) -> bool:
    """Return whether a day near publication is one of the days of the week `named`."""
    day = _told_on(claim, published)
    return day is not None and day.weekday() in named


def _told_on(claim: Said, published: date | None) -> date | None:
    if published is None or claim.days[0] != claim.days[1]:
        return None
    day = claim.days[0] if claim.year else _moved(claim.days, published.year)[0]
    return day if abs((published - day).days) <= WEEK else None


def supported(claim: Said, stated: Sequence[Said], years: frozenset[int]) -> bool:
    """Return whether one of the dates `stated` entails the claim's; `years` are those that the quotes speak of at all,
    their brief's own among them, empty if none is known."""
    return any(_entails(other, claim, years) for other in stated)


def _entails(stated: Said, claim: Said, years: frozenset[int]) -> bool:
    if {stated.bound, claim.bound} in _CLASH:
        return False
    first, last = claim.days
    if first < last and (last - first).days < 27 and not claim.rough and stated.days[0] < stated.days[1]:
        same = _moved(stated.days, 2000) == _moved(claim.days, 2000)  # "from 8 to 13 October" is these days, no others
        return same and (stated.days == claim.days or not (stated.year and claim.year))
    if stated.year and claim.year:
        return _within(stated.days, claim.days) or (claim.rough and _overlap(stated.days, claim.days) >= 0.5)
    if stated.year:  # the claim has no year: it takes that of the quote
        return _within(stated.days, _moved(claim.days, stated.days[0].year))
    if not claim.year:
        return _within(_moved(stated.days, 2000), _moved(claim.days, 2000))
    year = claim.days[0].year
    return (not years or year in years) and _within(_moved(stated.days, year), claim.days)


def _within(inner: Days, outer: Days) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _overlap(a: Days, b: Days) -> float:
    """The share of the shorter span that lies in the other."""
    shared = (min(a[1], b[1]) - max(a[0], b[0])).days + 1
    return max(0, shared) / (min((x[1] - x[0]).days for x in (a, b)) + 1)


def _moved(days: Days, year: int) -> Days:
    """The same days of another year; 29 February counts as the 28th."""
    shift = year - days[0].year

    def moved(day: date) -> date:
        try:
            return day.replace(year=day.year + shift)
        except ValueError:
            return day.replace(year=day.year + shift, day=28)

    return moved(days[0]), moved(days[1])
