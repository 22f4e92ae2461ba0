"""Quantities of a claim that its quotes do not state but give the terms of: a difference, a multiple, a span, a count.

"Prices doubled" follows from 12,100 and 26,500 won, "half of them" from 50,000 and 100,000, "by almost 10,000 won" from
30,000 and 39,800, "four months" from "January to April", and "three countries" from a list of three names.
"""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations

from .entailed import entails
from .numbers import Quantity
from .texts import Text

DAY = 86400.0  # seconds
YEAR = 365.25 * DAY
FEW = 12  # things at most that a text may list instead of counting them
MOST = 12  # quantities of a quote that are paired with each other
_BY = re.compile(
    r"\b(?:by|difference of|rise of|fall of|gain of|loss of|increase of|drop of)\s+(?:[a-z]+\s+){0,3}\$?$", re.I
)
_TO = re.compile(r"\s*(?:to|through|until|and|[-–—])\s*")
_JOINT = re.compile(r",\s+(?:(and|or)\s+)?|\s+(and|or)\s+")
_PARTS = (("six months", r"\bhalf\b(?: of|-year)"), ("three months", r"\bquarter\b"))
_PAIR = re.compile(r"\s*(?:koreas?|sides?|countries|leaders|states|parties|men|governments)\b")


def reckoned(quantity: Quantity, claim: Text, sentences: Sequence[Text], whole: Text) -> bool:
    """Return whether the quotes give what the claim's quantity was reckoned from, or need not count it."""
    if _counted_pair(quantity, claim):
        return True
    if quantity.unit in ("", "times") and quantity.point and 2 <= quantity.low <= FEW:
        counts = [each for each in whole.quantities if each.unit == quantity.unit and each.low <= FEW]
        count, loosely = int(quantity.low), quantity.text.isalpha() and not counts
        return any(_enumerated(each, count) or (loosely and _listed(each.text, count)) for each in sentences)
    if quantity.unit == "time" and quantity.high >= 60.0 and math.isfinite(quantity.high) and _spans(quantity, whole):
        return True
    if quantity.unit == "time" and re.search(rf"\b{quantity.low / YEAR:.0f}(?:st|nd|rd|th) anniversary", whole.text):
        return True
    before = claim.text[max(0, quantity.start - 40) : quantity.start]
    stated = [each for each in whole.quantities if each.unit not in ("ordinal", "label", "clock")][:MOST]
    if quantity.about and any(_lies(a + b, quantity) for a, b in _sums(stated, quantity.unit)):
        return True
    if quantity.unit == "share":
        return any(_lies(value, quantity) for value in _parts(stated))
    if quantity.unit == "times":
        return any(_lies(value, quantity) for value in _multiples(stated))
    if quantity.unit == "percent" and _BY.search(before):
        return any(_lies(abs(100 * (value - 1)), quantity, 1.0) for value in _multiples(stated))
    if _BY.search(before):
        return any(_lies(abs(a - b), quantity) for a, b in _pairs(stated, quantity.unit))
    return False


def _pairs(stated: Sequence[Quantity], unit: str = "") -> Iterator[tuple[float, float]]:
    """The values of two quantities of one unit; the ends of a range are such a pair."""
    for each in stated:
        if each.unit == unit and not each.about and -math.inf < each.low < each.high < math.inf:
            yield each.low, each.high
    for a, b in permutations(stated, 2):
        if a.unit == b.unit == unit and a.point and b.point and a.low != b.low:
            yield a.low, b.low


def _sums(stated: Sequence[Quantity], unit: str) -> Iterator[tuple[float, float]]:
    """The middle values of each two quantities of one unit, rough ones too."""
    values = [
        (each.low + each.high) / 2 for each in stated if each.unit == unit and math.isfinite(each.high - each.low)
    ]
    yield from permutations(values, 2)


def _multiples(stated: Sequence[Quantity]) -> Iterator[float]:
    """How many times one quantity is another, or what a change by so many percent makes of it."""
    for unit in {each.unit for each in stated}:
        for a, b in _pairs(stated, unit):
            if min(a, b) > 0:
                yield max(a, b) / min(a, b)
    yield from (1 + each.low / 100 for each in stated if each.unit == "percent" and math.isfinite(each.low))


def _parts(stated: Sequence[Quantity]) -> Iterator[float]:
    """Which part of one quantity another is, and by which part the one differs from it; rough ones too."""
    for unit in {each.unit for each in stated} - {"share", "percent", "times"}:
        for a, b in _sums(stated, unit):
            if 0 < a < b:
                yield from (a / b, 1 - a / b)


def _lies(value: float, quantity: Quantity, slack: float = 0.0) -> bool:
    stated = Quantity(0, 0, "", value, value, quantity.unit)
    near = abs(value - quantity.low) <= max(slack, 0.05 * value) if quantity.point else False
    return near or entails(stated, quantity)


def _spans(quantity: Quantity, whole: Text) -> bool:
    """Whether two days of the quotes are so far apart, or a period of theirs is so long."""
    days = [day for day in whole.days if (day.days[1] - day.days[0]).days < 31]
    apart = {abs((a.days[0] - b.days[0]).days) for a in days for b in days} - {0}
    roughly = 0.5 * min(quantity.factor, quantity.low) if quantity.point else 0.0
    if any(quantity.low - roughly <= DAY * gap <= quantity.high + roughly for gap in apart):
        return True
    times = [each.low for each in whole.quantities if each.unit == "clock"]  # minutes of a day
    if any(quantity.low <= 60 * abs(a - b) <= quantity.high for a in times for b in times):
        return True
    if any(quantity.text.lower().endswith(months) and re.search(part, whole.text, re.I) for months, part in _PARTS):
        return True
    lengths = {(day.days[1] - day.days[0]).days + 1 for day in whole.days} - {1}
    for a, b in pairwise(whole.days):  # "from January to April"
        if _TO.fullmatch(whole.text[a.end : b.start]):
            lengths.add((b.days[1] - a.days[0]).days + 1)
    return any(quantity.low - 0.03 * quantity.low <= DAY * n <= 1.03 * quantity.high for n in lengths)


def _counted_pair(quantity: Quantity, claim: Text) -> bool:
    """Whether it is the "two" of "the two Koreas", which the quotes need not count."""
    if not (quantity.point and quantity.low == 2 and quantity.unit in ("", "times")):
        return False
    rest = claim.text[quantity.end : quantity.end + 14].lower()
    the = claim.text[: quantity.start].lower().endswith(("the ", "between "))
    return the or bool(_PAIR.match(rest)) or (quantity.unit == "times" and quantity.text.lower() == "both")


def _enumerated(text: Text, count: int) -> bool:
    """Whether so many names of one kind stand in a row, with commas and "and" between."""
    row = 1
    for last, name in zip(text.names, text.names[1:], strict=False):
        joined = name.kind == last.kind and re.fullmatch(
            r",?\s*(?:and\s+|or\s+)?(?:the\s+)?", text.text[last.end : name.start]
        )
        if not joined and row == count:
            return True
        row = row + 1 if joined else 1
    return row == count > 1


def _listed(text: str, count: int) -> bool:
    """Whether so many things stand in a row, with commas and "and" between, or one more, of another kind."""
    row = 1
    for joint in _JOINT.finditer(text):
        row += 1
        if joint[1] or joint[2]:
            if count in (row, row - 1):
                return True
            row = 1
    return False
