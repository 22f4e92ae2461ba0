"""The days that a question means: "in early 2020", "since Hanoi", "two years ago", "올해 상반기".

Two steps. First every expression of time becomes a span of days (`timewords.readings`), and every dated event of
`events.tsv` that is named as a bound. Then the word beside it, before it in English and after it in Korean, says how it
bounds: since, after, before, until, or just in. Several spans of a question are combined by `_combined`. A number alone
is a year only where its neighbours let it be one (`years.is_year`); words in quotation marks never count.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .events import Event, event_at, load_events, plain_text
from .timewords import JOIN, Days, hull, in_year, readings
from .types import Window
from .years import describes, is_year

__all__ = ["Event", "find_window", "load_events", "wants_latest"]

Bounds = Mapping[int, re.Match[str]]
"""Bounding words by the offset where they end, which is where the expression that they bound starts."""


@dataclass(frozen=True, slots=True)
class _Point:
    """An expression of time at text[start:end], the bounding word included; `kind` says how `days` bound the window."""

    start: int
    at: int  # where the expression itself starts
    end: int
    days: Days
    kind: str = "in"
    loose: bool = False  # only describes a noun, as in "the 2018 summit"


_BOUND = re.compile(
    r"\b(?:(?P<both>before (?:and|or|versus) after|pre- and post(?=-))"
    r"|(?P<since>(?:ever )?since|starting (?:in|from|with))"
    r"|(?P<after>after|following|in the (?:wake|aftermath) of|later than|post(?=[\s-]))"
    r"|(?P<before>before|prior to|preceding|ahead of|in the run-?up to|leading up to|earlier than|pre(?=-))"
    r"|(?P<until>until|till|up (?:to|until)|as of|no later than)|(?P<by>by|through)|(?P<span>from|between)"
    r"|(?P<in>in|during|throughout|within|on)|(?P<near>of|for|at|over|around|about|with|than|to|versus|vs\.?|against))"
    r"(?:[\s-]+(?:the|about|around|roughly|(?:the )?year))*[\s-]+",
    re.IGNORECASE,
)
_CLOSED = r"(?=\s*(?:$|[?.,;:!)]|it\b|that\b|then\b))"
_KO_END = r"(?=에|엔|의|과|부터|까지|[^가-힣]|$)"
_TAIL = re.compile(
    rf"\s+(?:(?P<onward>onwards?\b|and (?:later|onwards?|beyond)\b|(?:and|or) (?:after|since|later)(?:wards)?{_CLOSED}"
    rf"|on{_CLOSED}|(?:to|until|till|up to|through) (?:now|today|(?:the )?(?:present|date))\b)"
    rf"|(?P<until_then>(?:and|or) (?:before|earlier){_CLOSED}))"
    r"|(?:의|에|이|가|을|를)?\s*(?:(?P<both>(?:이전|전)과\s?(?:이후|후)|전후)|(?P<since>이후|이래|부터|에서(?=.{1,25}까지))"
    rf"|(?P<until>까지|현재|기준|시점)|(?P<before>이전|직전|전{_KO_END})|(?P<after>직후|후{_KO_END}|뒤{_KO_END})"
    r"|(?P<between>사이)|(?P<pair>[와과]\s))"
)
_QUOTED = re.compile(r"[\"“”][^\"“”]+[\"“”]|(?<!\w)['‘](?!\d0s)[^'‘’]+['’](?!\w)|[《〈「『][^》〉」』]+[》〉」』]")
_GAP = re.compile(rf"(?:{JOIN}|\s+than\s+)(?:(?:in|the)\s+)*", re.IGNORECASE)

_BOUND_NOUN = re.compile(  # "since the floods of July 2024"
    r"\b(?P<kind>since|after|before|until|till)\s+(?:the|an?|its|his|her|their)\s+(?:[\w'’-]+\s+){1,4}"
    r"(?:of|in|on)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_KO_NOUN = re.compile(r"의?\s[가-힣]+\s(?:(?P<since>이후|이래)|(?P<until>이전))")  # "2018년 수해 이후"
_WORD_START = re.compile(r"(?<!\w)\w")
_LATEST = re.compile(
    r"\b(?:latest|newest|most recent|recent(?:ly)?|current(?!\s+account)(?:ly)?|nowadays|these days|presently"
    r"|at present|at the moment|today|up[- ]to[- ]date|(?<!until )(?<!till )(?<!by )(?<!to )now(?!\s+that\b))\b"
    r"|최근|최신|(?<!년 )(?<!월 )(?<!일 )현재|지금(?!까지)|요즘|요새|오늘날",
    re.IGNORECASE,
)


def wants_latest(text: str) -> bool:
    """Tell whether the question asks for what is newest: "latest", "now", "current", "최근", "현재"."""
    return bool(_LATEST.search(unicodedata.normalize("NFC", text)))


def find_window(text: str, now: date) -> Window | None:
    """Return the days that a question names, relative ones reckoned from `now`; None if it names none.

    Several spans are covered by one window, "since" and "before" cut it; an event alone is a topic, not a time.

    >>> find_window("tests in mid-2017", date(2025, 8, 15))
    Window(since=datetime.date(2017, 5, 1), until=datetime.date(2017, 8, 31), text='in mid-2017')
    >>> find_window("Why did Hanoi fail?", date(2025, 8, 15)) is None
    True
    """
    text = unicodedata.normalize("NFC", text)
    now = min(max(now, date(1900, 1, 1)), date(2999, 12, 31))  # far from the ends of the calendar
    masked = _QUOTED.sub(lambda quoted: "“" * len(quoted[0]) if len(quoted[0]) < len(text) else quoted[0], text)
    bounds = {bound.end(): bound for bound in _BOUND.finditer(masked)}
    points = _event_points(masked, bounds)
    points += _time_points(masked, now, bounds, points)
    return _combined(sorted(points, key=lambda point: point.start), text)


def _event_points(text: str, bounds: Bounds) -> list[_Point]:
    """The events that are named as bounds; one named alone is the topic of the question."""
    plain = plain_text(text)
    found: list[_Point] = []
    for at, bound in bounds.items():
        kind = str(bound.lastgroup)
        hit = None if kind in ("in", "near", "by") else event_at(plain, at)
        if hit is None:
            continue
        end, event = hit
        if kind == "span":
            gap = _GAP.match(plain, end)
            if gap and (second := event_at(plain, gap.end())):
                days = hull([(event.first, event.last), (second[1].first, second[1].last)])
                found.append(_Point(bound.start(), at, second[0], days))
                continue
            if not gap or not any(r.start == 0 for r in readings(plain[gap.end() : gap.end() + 30], event.first)):
                continue  # a place: "between Singapore and Seoul"
        if (tail := _TAIL.match(plain, end)) and kind != "span" and tail.lastgroup in ("onward", "until_then"):
            end, kind = tail.end(), _tailed(kind, tail.lastgroup)
        found.append(_Point(bound.start(), at, end, (event.first, event.last), kind))
    return found if text.isascii() else found + _korean_events(plain, found)


def _korean_events(plain: str, taken: Sequence[_Point]) -> list[_Point]:
    """Events with a bounding word after them, and pairs of them before "사이"."""
    found: list[_Point] = []
    pair: _Point | None = None
    end = 0
    for word in _WORD_START.finditer(plain):
        at = word.start()
        if at < end or any(point.start <= at < point.end for point in taken) or not (hit := event_at(plain, at)):
            continue
        tail = _TAIL.match(plain, hit[0])
        if tail is None:
            continue
        end, days, kind = tail.end(), (hit[1].first, hit[1].last), str(tail.lastgroup)
        if kind == "between" and pair:
            found.append(_Point(pair.start, pair.at, end, hull([pair.days, days])))
        elif kind not in ("pair", "between", "onward", "until_then"):
            found.append(_Point(at, at, end, days, kind))
        pair = _Point(at, at, end, days) if kind == "pair" else None
    return found


def _time_points(text: str, now: date, bounds: Bounds, events: Sequence[_Point]) -> list[_Point]:
    """The expressions of time that stand as such, each with the kind that its bounding word gives it."""
    found: list[_Point] = []
    read = readings(text, now, [(point.start, point.end) for point in events])
    for number, reading in enumerate(read, 1):
        follower = read[number] if number < len(read) else None
        before = next((p for p in (found + list(events))[::-1] if _GAP.fullmatch(text, p.end, reading.start)), None)
        if follower and not _GAP.fullmatch(text, reading.end, follower.start):
            follower = None
        bound, tail = bounds.get(reading.start), _TAIL.match(text, reading.end)
        if reading.bare == "month":
            lender = follower.days if follower and not follower.bare else before.days if before else None
            if not (lender or tail or text.startswith("에", reading.end) or (bound and bound.lastgroup != "near")):
                continue
            if lender or (tail and found):  # "from March 2021 to June", "2020년 3월부터 6월까지"
                reading = replace(reading, days=in_year(reading.days, (lender or found[-1].days)[0].year))
        loose = reading.bare == "year" and describes(text, reading)
        if reading.bare == "year" and not is_year(text, reading, bool(bound or before or tail or follower), loose, now):
            continue
        if any(event.days[0].year == reading.days[0].year and 0 <= event.at - reading.end <= 2 for event in events):
            continue  # "2019년 하노이 회담 이후": the year only says which
        start, kind = bound.start() if bound else reading.start, str(bound.lastgroup) if bound else "in"
        if bound and kind in ("in", "near") and (noun := _BOUND_NOUN.search(text, max(0, start - 60), bound.end())):
            start, kind = noun.start(), noun["kind"].lower()
        if loose or (bound and start < bound.start()):  # after the 2016 floods is not after 2016
            kind = {"after": "since", "before": "until", "till": "until"}.get(kind, kind)
        end = reading.end
        if tail and tail.lastgroup != "pair":
            end, kind = tail.end(), _tailed(kind, str(tail.lastgroup))
        elif noun := _KO_NOUN.match(text, end):
            end, kind = noun.end(), str(noun.lastgroup)
        if kind in ("until", "by") and found and found[-1].kind == "span":
            found[-1] = replace(found[-1], kind="since")
        found.append(_Point(start, reading.start, end, reading.days, kind, loose and not (before or follower)))
    return found


def _tailed(kind: str, tail: str) -> str:
    """The kind that words after an expression make of `kind`."""
    if tail == "onward":  # "before 2019 and after" is any time
        return "both" if kind == "before" else "since"
    if tail == "until_then":
        return "both" if kind in ("after", "since") else "until"
    return "in" if tail == "between" else tail


def _limits(point: _Point) -> tuple[date | None, date | None]:
    """Since when and until when, as one point alone says it."""
    first, last = point.days
    match point.kind:
        case "since":
            return first, None
        case "after":
            return last + timedelta(1), None
        case "before":
            return None, first - timedelta(1)
        case "until" | "by":
            return None, last
        case "both":
            return None, None
    return first, last


def _combined(points: Sequence[_Point], text: str) -> Window | None:
    """One window for all points: what all allow, or, where they exclude each other, what covers them."""
    firm = [point for point in points if not point.loose] or points
    limits = [_limits(point) for point in firm]
    closed = [(since, until) for since, until in limits if since and until]
    opened = [limit for limit in limits if None in limit]
    every = [*([hull(closed)] if closed else []), *opened]
    since = max((since for since, _ in every if since), default=None)
    until = min((until for _, until in every if until), default=None)
    if since and until and since > until:
        starts, ends = [since for since, _ in limits], [until for _, until in limits]
        since = None if None in starts else min(filter(None, starts))
        until = None if None in ends else max(filter(None, ends))
    if since is None and until is None:
        return None
    return Window(since, until, "; ".join(text[point.start : point.end].strip() for point in firm))
