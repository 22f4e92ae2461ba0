"""Expressions of time as spans of days, whatever stands beside them: "mid-2017", "Q1 2022", "two years ago", "작년".

One pattern a kind of expression, English and Korean; their named groups mean the same in all, so that `_days` reads
them all. `timeframe` decides which of them bound a question and how.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

Days = tuple[date, date]
"""First and last day, both inclusive."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An expression at text[start:end] that means `days`. A `bare` "year" is a mere number, a bare "month" has no year:
    `days` then lie in the latest such month that has begun."""

    start: int
    end: int
    days: Days
    bare: str = ""  # "year", "month" or "" for an expression that is clear alone


def _counted(words: str, first: int) -> dict[str, int]:
    return {word: number for number, word in enumerate(words.split(), first)}


def _all(words: str, number: int) -> dict[str, int]:
    return dict.fromkeys(words.split(), number)


_NUMBERS = _counted("zero one two three four five six seven eight nine ten eleven twelve", 0)
_NUMBERS |= _counted("한 두 세 네 다섯 여섯 일곱 여덟 아홉 열", 1) | _all("few several 몇 수", 3)
_NUMBERS |= _all("a an", 1) | {"couple of": 2, "fifteen": 15, "eighteen": 18, "twenty": 20}
_UNITS = _all("month 개월 달", 1) | _all("quarter 분기", 3) | _all("year 년", 12) | {"decade": 120}  # in months
_SHORT_UNITS = _all("week 주 주일", 7) | _all("day 일", 1)  # in days
_YEARS = _all("this current 올 올해 금년 이 이번", 0) | _all("last previous past 작년 지난해 지난 저번", -1)
_YEARS |= _all("재작년 그러께", -2) | _all("next 내년", 1)
_MONTHS = _counted("jan feb mar apr may jun jul aug sep oct nov dec", 1)
_SEASONS = _all("spring 봄", 3) | _all("summer 여름", 6) | _all("autumn fall 가을", 9) | _all("winter 겨울", 12)
_ORDER = _all("first 1st 상 전 일", 0) | _all("second 2nd 하 후 이", 1) | _all("third 3rd 삼", 2)
_ORDER |= _all("fourth 4th 사", 3) | _all("last final latter", -1)
_PARTS = _all("early beginning start 초 초반 초순 상순 초기 연초", 0)  # thirds
_PARTS |= _all("mid middle 중반 중순", 1) | _all("late end 말 후반 하순 연말", 2)


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


YEAR_NUMBER = r"(?:19\d\d|20[0-4]\d)"  # the UN resolutions numbered 2050 and up are no years
_YEAR = (
    rf"(?<![\w.,$£€₩])(?P<year>{YEAR_NUMBER})(?:\s?[-–—/~]\s?(?P<year2>{YEAR_NUMBER}|\d\d)(?!\d))?(?![\w%]|[.,]\d|-\d)"
)
_N = rf"(?P<n>\d{{1,3}}|{_any(w for w in _NUMBERS if w.isascii())})"
JOIN = r"(?:\s?[-–—/&~]\s?|,?\s+(?:to|and|or|through|versus|vs\.?)\s+|-to-)(?:the\s+)?"
MONTH_NAME = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_MONTH = rf"\b(?P<month>{MONTH_NAME})\b\.?"
_DAY = rf"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?:{JOIN}(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?)?"
_ORD, _PART = _any(w for w in _ORDER if w.isascii()), r"early|mid|middle|late|beginning|start|end"
_OF = r"(?:[-/,’']?\s*(?:(?:of|in)\s+)?(?:the\s+)?(?:year\s+)?)"
_PIECE = (
    rf"(?P<part>\b(?:{_PART}))(?:{JOIN}(?P<part2>{_PART}))?(?=[\s-]){_OF}"
    rf"|\b(?P<ord>{_ORD})(?:{JOIN}(?P<ord2>{_ORD}))?[\s-]+(?:(?P<size>half|halves|quarters?)|{_N}\s+months)\s*{_OF}"
    rf"|\b(?P<q>[qh][1-4]){_OF}"
)
_KO_RANGE, _KO_MONTH = r"\s?[-–~∼]\s?", r"(?P<month>1[0-2]|0?[1-9])"
_KO_PART = rf"(?P<part>{_any(w for w in _PARTS if not w.isascii())})(?=에|엔|부터|까지|의|이후|이전|와|과|[^가-힣]|$)"
_KO_N = rf"(?P<n>\d{{1,2}}|{_any(w for w in _NUMBERS if not w.isascii())})\s*(?P<unit>년|개월|달|주일?|일)"

_SPEECH = r"\s+(?:address|speech|message|greeting)(?:es|s)?"
_NEW_YEAR = rf"(?P<newyear>new year)(?=['’]s|\s+day|{_SPEECH})(?:['’]s)?"

_ENGLISH = (
    rf"\b{_NEW_YEAR}(?:\s+day)?(?:{_SPEECH})?(?:\s+(?:of|for|in)|,)?\s+{_YEAR}",
    rf"{_YEAR}\s+{_NEW_YEAR}(?:\s+day)?{_SPEECH}",
    rf"{_YEAR}\s+{_NEW_YEAR}\s+day\b",
    rf"(?P<year>(?<![\w.-]){YEAR_NUMBER})[-/.](?P<month>0?[1-9]|1[0-2])[-/.](?P<day>[0-3]?\d)(?![\w-])",
    rf"(?P<year>(?<![\w.-]){YEAR_NUMBER})-(?P<month>0[1-9]|1[0-2])(?![\w-])",
    rf"(?<![\w.,-]){_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
    rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
    rf"\b(?P<roll>last|past|previous|recent)\s+(?:{_N}\s+)?(?P<unit>year|decade|month|week|day)(?P<some>s)\b(?!\s+of\b)",
    r"\b(?P<roll>the last|past)\s+(?P<unit>year|decade|month|quarter|week)\b(?!\s+of\b)",
    rf"{_YEAR}\s*(?P<q>[qh][1-4])\b",
    rf"(?:{_PIECE})?(?:(?:{_MONTH}(?:{JOIN}(?P<month2>{MONTH_NAME})\b\.?)?|\b(?P<season>{_any(_SEASONS)})){_OF})?"
    rf"(?:(?<!\w)(?:(?P<decade>19\d0|20[0-4]0)['’]?s\b|['’]?(?P<decade2>[2-9]0)['’]?s\b)|{_YEAR}"
    r"|\b(?P<rel>this|current|last|previous|next) year\b)(?!\s+of\b)",
    rf"\b{_N}\s+(?P<unit>year|decade|month|week|day)s?\s+(?P<ago>ago)\b",
    r"\b(?P<cal>this|current|last|previous)\s+(?P<unit>month|quarter|week|decade)\b(?!\s+of\b)",
    rf"\b(?P<recent>this|last|past)\s+(?P<season>{_any(_SEASONS)})\b(?!\s+of\b)",
    rf"(?<![\w.,-]){_DAY}\s+(?:of\s+)?{_MONTH}",
    rf"(?:\b(?P<recent>last|this|past)\s+)?{_MONTH}(?:\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?!\w))?",
    r"\bthe (?P<before_last>year) before last\b",
    r"\b(?:the day before (?P<day_before>yesterday)|(?P<yesterday>yesterday))\b",
)
_KOREAN = (
    rf"(?<!\d)(?P<year>{YEAR_NUMBER})(?:년도?)?\s*(?P<newyear>신년사|신년\s?연설|새해\s?첫날)",
    rf"(?<!\d)(?P<decade>(?:19|20)?\d0)년대(?:\s*{_KO_PART})?",
    rf"(?<!\d)(?:(?P<year>{YEAR_NUMBER})(?:\s?년도?)?(?:{_KO_RANGE}(?P<year2>{YEAR_NUMBER}|\d\d))?\s?년도?|(?P<rel>올해|금년|작년|지난해"
    rf"|재작년|그러께|내년|올(?=\s?[봄여가겨])))(?:의?\s*(?:{_KO_MONTH}월?(?:{_KO_RANGE}(?P<month2>\d\d?))?월"
    rf"(?:\s*(?P<day>[0-3]?\d)(?:{_KO_RANGE}(?P<day2>[0-3]?\d))?일)?|(?P<ord>[상하전후])반기|(?P<q>[1-4일이삼사])/?[4사]?\s?분기"
    rf"|(?P<season>봄|여름|가을|겨울)))?(?:의?\s*{_KO_PART})?",
    rf"(?<!\d){_KO_N}\s*(?P<ago>전)(?=에|의|보다|부터|과|[^가-힣]|$)",
    rf"(?P<roll>최근|지난|과거)\s*{_KO_N}(?:\s?간|\s?동안)?",
    r"(?P<cal>지난|저번|이번|이)\s?(?P<unit>달|주|분기)(?=[에의은는도]|부터|까지|[^가-힣]|$)",
    r"(?P<recent>지난|이번)\s?(?P<season>봄|여름|가을|겨울)",
    rf"(?:(?P<recent>지난|올)\s*)?(?<!\d){_KO_MONTH}월(?:\s*(?P<day>[0-3]?\d)일)?(?=에|부터|까지|\s*이후|\s*이전|\s*중|\s*말|\s)",
    r"(?P<day_before>그제|그저께)|(?P<yesterday>어제)",
)
_ENGLISH_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _ENGLISH)
_KOREAN_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _KOREAN)


def readings(text: str, now: date, taken: Iterable[tuple[int, int]] = ()) -> list[Reading]:
    """Return the expressions of time in `text` outside the `taken` spans, in order; relative ones start from `now`."""
    spans = list(taken)
    found = []
    for pattern in _ENGLISH_PATTERNS if text.isascii() else (*_KOREAN_PATTERNS, *_ENGLISH_PATTERNS):
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < stop and begin < end for begin, stop in spans):
                continue
            groups = {name: value.lower() for name, value in match.groupdict().items() if value}
            try:
                days = _days(groups, now)
            except (ValueError, OverflowError):  # the 31st of June, 999 decades ago
                continue
            if "month" in groups and not groups.keys() & {"year", "rel"}:
                # Lower case "may" and "march" are verbs more often than months.
                bare = "" if "recent" in groups else "month"
                if groups["month"] in ("may", "mar", "march") and match["month"].islower():
                    continue
            else:
                bare = "year" if groups.keys() == {"year"} and "년" not in match[0] else ""
            if days[0] > days[1]:
                continue
            spans.append((start, end))
            found.append(Reading(start, end, days, bare))
    return sorted(found, key=lambda reading: reading.start)


def in_year(days: Days, year: int) -> Days:
    """Return a month's or a day's span moved to another year."""
    first, last = days
    if first == last:
        moved = months(year, first.month, 1)[0] + timedelta(first.day - 1)
        return moved, moved
    return months(year, first.month, 1)


def hull(spans: Iterable[Days]) -> Days:
    """Return the shortest span that covers all."""
    firsts, lasts = zip(*spans, strict=True)
    return min(firsts), max(lasts)


def months(year: int, month: int, count: int) -> Days:
    """Return `count` months from `month`, which may lie outside 1 to 12: (2025, 0, 1) is December 2024."""
    first, after = (min(max(year * 12 + month - 1 + n, 24), 100_000) for n in (0, count))
    return date(first // 12, first % 12 + 1, 1), date(after // 12, after % 12 + 1, 1) - timedelta(1)


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _NUMBERS[word]


def _days(groups: Mapping[str, str], now: date) -> Days:
    """What the groups of a match mean: a base (year, decade, season, month, days), then the part of it."""
    if "before_last" in groups:
        return months(now.year - 2, 1, 12)
    if "yesterday" in groups or "day_before" in groups:
        day = now - timedelta(2 if "day_before" in groups else 1)
        return day, day
    if "unit" in groups:
        return _relative(groups, now)
    base = _base(groups, now)
    for pair in (("part", "part2"), ("ord", "ord2"), ("q", "q")):
        pieces = [groups[name] for name in dict.fromkeys(pair) if name in groups]
        if pieces:
            return hull([_piece(base, pair[0], piece, groups) for piece in pieces])
    return base


def _piece(base: Days, sort: str, piece: str, groups: Mapping[str, str]) -> Days:
    if sort == "part":
        return _cut(base, _PARTS[piece], 3)
    if sort == "q":  # "q3", "h1", "3", "삼"
        digit = piece[-1]
        return _cut(base, int(digit) - 1 if digit.isdecimal() else _ORDER[digit], 2 if piece[0] == "h" else 4)
    if "n" in groups:  # "the first three months of"
        count = min(_number(groups["n"]), 12)
        first = base[0] if _ORDER[piece] == 0 else months(base[1].year, base[1].month - count + 1, 1)[0]
        return months(first.year, first.month, count)
    return _cut(base, _ORDER[piece], 4 if groups.get("size", "half").startswith("quarter") else 2)


def _base(groups: Mapping[str, str], now: date) -> Days:
    if decade := groups.get("decade") or groups.get("decade2"):
        year = int(decade) if len(decade) == 4 else 2000 + int(decade) - (100 if 2000 + int(decade) > now.year else 0)
        return months(year, 1, 120)
    if "newyear" in groups:
        return date(int(groups["year"]), 1, 1), date(int(groups["year"]), 1, 1)
    year = now.year + _YEARS[groups["rel"]] if "rel" in groups else int(groups.get("year", 0))
    if "season" in groups:
        return _season(_SEASONS[groups["season"]], year, groups.get("recent", ""), now)
    if "month" in groups:
        return _month(groups, year, now)
    span = months(year, 1, 12)
    if year2 := groups.get("year2"):
        last = int(year2) if len(year2) == 4 else year // 100 * 100 + int(year2)
        if not year <= last <= year + 50:
            raise ValueError(f"{year} to {year2} is no span of years")
        return span[0], months(last, 1, 12)[1]
    return span


def _month(groups: Mapping[str, str], year: int, now: date) -> Days:
    first, last = (_MONTHS.get(groups.get(name, groups["month"])[:3]) for name in ("month", "month2"))
    first = first or int(groups["month"])
    last = last or int(groups.get("month2", groups["month"]))
    if not year:
        begun = first < now.month or (first == now.month and groups.get("recent") not in ("last", "past", "지난"))
        year = now.year if begun else now.year - 1
    if "day" in groups:
        return date(year, first, int(groups["day"])), date(year, last, int(groups.get("day2", groups["day"])))
    return months(year if first <= last else year - 1, first, 1)[0], months(year, last, 1)[1]


def _season(start: int, year: int, recent: str, now: date) -> Days:
    if year:
        return months(year, start, 3)
    if recent in ("this", "이번"):
        return months(now.year - (start == 12 and now.month < 3), start, 3)
    spans = [months(now.year - back, start, 3) for back in range(3)]
    return next(span for span in spans if span[1] < now)


def _relative(groups: Mapping[str, str], now: date) -> Days:
    """ "two years ago" is that year, "the last two years" end today, "last month" is the one of the calendar."""
    unit, count = groups["unit"], _number(groups.get("n", "few" if "some" in groups else "1"))
    short, long = _SHORT_UNITS.get(unit, 0), _UNITS.get(unit, 0)
    if "cal" in groups:
        count = -_YEARS[groups["cal"]]
    if "roll" in groups:
        if short:
            return now - timedelta(short * count), now
        month, end = months(now.year, now.month - long * count, 1)
        return month + timedelta(min(now.day, end.day) - 1), now
    if short:
        day = now - timedelta(short * count)
        monday = day - timedelta(day.weekday())
        return (monday, monday + timedelta(6)) if short == 7 else (day, day)
    if long >= 12:
        year = now.year - long // 12 * count
        return months(year // 10 * 10, 1, 120) if "cal" in groups else months(year, 1, 12)
    return months(now.year, (now.month - 1) // long * long + 1 - long * count, long)


def _cut(days: Days, part: int, parts: int) -> Days:
    """One of `parts` equal parts, counted from 0, of a month in days, a year in months, a decade in years."""
    first, last = days
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    step = 12 if count > 12 else 1
    size = last.day if count == 1 else count // step
    start, stop = (round(size * n / parts) for n in (part % parts, part % parts + 1))
    if count == 1:
        return first.replace(day=start + 1), first.replace(day=stop)
    return months(first.year, first.month + start * step, max(stop - start, 1) * step)
