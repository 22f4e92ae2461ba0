"""Quantities as people write them: "20,000", "20 000", "twenty thousand".

A quantity is an interval: "more than 30 percent" is (30, inf), "about 5" is [4.5, 5.5], "between 8 and 13" is [8, 13].
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

ABOUT = 0.1  # "about 1,500" covers what is within a tenth
NEAR = 0.05  # "nearly 95" is 92, not 89; "nearly 4" may be 3.7

_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_SMALL = {word: number for number, word in enumerate(_NAMES.split())}
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_BIG = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
_SHORT = {"bn": 1e9, "mn": 1e6, "tn": 1e12, "k": 1e3, "m": 1e6, "b": 1e9}
_ORDERS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ORDINALS = {word: number for number, word in enumerate(_ORDERS.split(), 1)}
_SHARES = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1}
_TIMES = {"twice": 2.0, "thrice": 3.0, "double": 2.0, "doubled": 2.0, "triple": 3.0, "tripled": 3.0, "both": 2.0}

_UNITS: dict[str, tuple[str, float]] = {}  # word -> dimension, factor
for _dimension, _factor, _names in (
    ("percent", 1.0, "% percent pct"),
    ("points", 1.0, "percentage-points percentage-point"),
    ("usd", 1.0, "$ us$ usd dollar dollars"),
    ("eur", 1.0, "€ eur euro euros"),
    ("gbp", 1.0, "£ gbp pound pounds"),
    ("won", 1.0, "₩ won"),
    ("yuan", 1.0, "yuan rmb renminbi cny"),
    ("yen", 1.0, "¥ yen"),
    ("rouble", 1.0, "rouble roubles ruble rubles"),
    ("length", 1e3, "km kilometre kilometres kilometer kilometers"),
    ("length", 1609.3, "mile miles"),
    ("length", 1852.0, "nautical-mile nautical-miles"),
    ("length", 1.0, "metre metres meter meters"),
    ("length", 0.3048, "foot feet ft"),
    ("length", 0.01, "cm centimetre centimetres centimeter centimeters"),
    ("mass", 1e3, "ton tons tonne tonnes"),
    ("mass", 1.0, "kg kilogram kilograms kilogramme kilogrammes"),
    ("mass", 1e6, "kiloton kilotons kilotonne kilotonnes kt"),
    ("time", 1.0, "second seconds"),
    ("time", 60.0, "minute minutes"),
    ("time", 3600.0, "hour hours"),
    ("time", 86400.0, "day days"),
    ("time", 7 * 86400.0, "week weeks"),
    ("time", 30.44 * 86400.0, "month months"),
    ("time", 365.25 * 86400.0, "year years"),
    ("time", 10 * 365.25 * 86400.0, "decade decades"),
    ("time", 100 * 365.25 * 86400.0, "century centuries"),
    ("degree", 1.0, "degree degrees °c °"),
    ("power", 1.0, "megawatt megawatts mw"),
    ("area", 1.0, "hectare hectares ha"),
    ("barrel", 1.0, "barrel barrels"),
):
    for _name in _names.split():
        _UNITS[_name] = (_dimension, _factor)

_WORDS = "|".join(sorted([*_SMALL, *_TENS], key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+(?![\d,.]\d)|\d+(?:\.\d+)?"
_PARTS = r"half\s+a|(?:a|one)\s+quarter\s+of\s+a|three\s+quarters\s+of\s+a|a"
_SPELT = rf"(?:(?:{_PARTS})(?=\s+(?:hundred|thousand|million|billion|trillion|dozen)\b)|(?:{_WORDS})\b)"
_NUMBER = re.compile(
    rf"(?<![\w.])(?P<sign>US\$|[$€£₩¥])?\s?(?P<minus>(?<=\s)[-−])?(?:(?P<digits>(?<![\d,]){_DIGITS})|(?P<spelt>\b{_SPELT}"
    rf"(?:[\s-]+(?:and\s+)?(?:(?:{_WORDS})\b|hundred\b|thousand\b|million\b|billion\b|trillion\b|dozen\b))*))"
    r"(?P<ordinal>st|nd|rd|th)?(?:\b|(?=bn|mn|tn|[kmb]\b))(?!\.\d)(?:\s?(?P<short>bn|mn|tn|[kmb])\b)?"
    r"(?P<big>(?:[\s-]+(?:hundred|thousand|million|billion|trillion|dozen)\b)*)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"[\s-]?(?:(?P<point>percentage[\s-]points?)|(?P<cent>per\s+cent)|(?P<nautical>nautical\s+miles?)"
    r"|(?:u\.?s\.?|american)\s+(?P<dollar>dollars?)|(?:metric\s+)?(?P<word>%|°c?|[a-z]+))",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?<![\d:])(?P<h>[0-2]?\d)[:.](?P<m>[0-5]\d)(?::[0-5]\d)?(?:\s?(?P<half>[ap])\.?m\b\.?)?(?![\d%])", re.I
)
_HOUR = re.compile(r"(?<![\d:.])(?P<h>1?\d)\s?(?P<half>[ap])\.?m\b\.?", re.I)
_WORD_ORDINAL = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})\b", re.IGNORECASE)
_SHARE = re.compile(
    r"\b(?:(?P<count>one|two|three|four|five|six|seven|eight|nine|a)[\s-]+(?P<part>thirds?|quarters?|fifths?|tenths?)"
    r"|(?<!first )(?<!second )(?<!latter )(?<!other )(?<!and a )(?P<half>half))\b"
    r"(?!\s+of\s+(?:the\s+)?(?:(?:19|20)\d\d|year|month|century))",
    re.IGNORECASE,
)
_OF_MANY = re.compile(
    rf"\bone\s+(?:in|out\s+of)\s+(?:every\s+)?(?P<many>{_WORDS}|\d{{1,3}})\b(?![.,]?\d)", re.IGNORECASE
)
_PAIR = re.compile(r"\ba\s+(?:pair|couple)\s+of\b", re.IGNORECASE)
_TIME = re.compile(rf"\b(?:{'|'.join(_TIMES)})\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"(?:(?P<over>more than|over"
    r"|above|exceed(?:s|ed|ing)?|greater than|in excess of|upwards? of|beyond|surpass(?:es|ed|ing)?"
    r"|larger than|higher than|longer than|older than)"
    r"|(?P<under>less than|fewer than|under|below|short of|lower than|smaller than|younger than)"
    r"|(?P<least>at least|no (?:less|fewer) than|not less than|a minimum of|minimum)"
    r"|(?P<most>at most|no more than|not more than|up to|as (?:many|much) as|a maximum of|maximum)"
    r"|(?P<near>nearly|almost|close to|just under|just below)"
    r"|(?P<about>about|around|roughly|approximately|some|an estimated|estimated at|circa|c\.|~|≈))"
    r"(?:\s+(?:a|an|the|about|some|us|level of))*[\s$€£₩¥]*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s+(?:at\s+(?:the\s+)?(?P<top>most)|at\s+(?P<floor>least)|or\s+(?:(?P<least>more|above|over|longer|older|higher)|(?P<most>less|fewer|below|under)))\b|(?P<plus>\+)",
    re.I,
)
_OVER_WHAT = re.compile(  # "over" that measures nothing
    r"\b(?:presid\w+|ruled?|ruling|reign\w*|power|control|talks?|disputes?|concerns?|worr\w+|clash\w*|differ\w*"
    r"|hand\w*|took|taken?|taking|turn\w*|carried|spread|sovereignty|quarrel\w*|argu\w+|fought|fight|flew|fly|watch\w*"
    r"|all)\s+over\s+(?:an?|the)?\s*$",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no|not|never|nor)\b[^.;,]*$", re.IGNORECASE)
_AFTER_KINDS = {"plus": "least", "floor": "least", "top": "most"}
_RANGE = re.compile(r"\s?(?:[-–—]|to|and|or|through)\s?", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:[A-Za-z]{2,}-|/|\b(?:No|no|nos|art|article|paragraph|resolution|chapter|section|room|number)\.?\s?(?:no\.?\s?)?)$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity at text[start:end], in [low, high] of `unit`; open ends say that the bound itself is left out.

    `unit` is a dimension ("length"), a currency, "ordinal", "clock" (minutes of a day), "label" ("resolution 1718"),
    "share", "times", or "" for a mere number; values are in the dimension's base unit.
    """

    start: int
    end: int
    text: str
    low: float
    high: float
    unit: str
    open_low: bool = False
    open_high: bool = False
    digits: int = 15  # significant ones
    about: bool = False  # the interval is that of a value given as rough
    factor: float = 1.0  # of the unit
    scale: float = 1.0  # magnitude and unit: 3e9 of "3 million tonnes" is 3 at the scale 1e9
    change: bool = False  # a range given as from one value to another

    @property
    def point(self) -> bool:
        """Whether it is one value."""
        return self.low == self.high


def quantities(text: str, taken: Iterable[tuple[int, int]] = ()) -> list[Quantity]:
    """Return the quantities of `text` outside the `taken` spans (dates, names), in order.

    >>> [(q.low, q.unit) for q in quantities("some 20,000 troops and thirty-five per cent")]
    [(18000.0, ''), (35.0, 'percent')]
    """
    spans = list(taken)
    found: list[Quantity] = []

    def add(quantity: Quantity, end_of_number: int = 0) -> None:
        stop = end_of_number or quantity.end  # the unit may be in a name: "US dollars"
        if all(stop <= start or end <= quantity.start for start, end in spans):
            spans.append((quantity.start, quantity.end))
            found.append(quantity)

    for pattern in (_CLOCK, _HOUR):
        for match in pattern.finditer(text):
            if pattern is _CLOCK and not (match["half"] or ":" in match[0]):
                continue
            hour = int(match["h"]) % 12 + 12 * (match["half"].lower() == "p") if match["half"] else int(match["h"])
            value = float(60 * hour + int(match.groupdict().get("m") or 0))
            add(Quantity(*match.span(), match[0], value, value, "clock"))
    for match in _OF_MANY.finditer(text):
        many = match["many"].lower()
        add(_hedged(text, match, 1 / (float(many) if many.isdecimal() else _spelt([many])), "share"))
    for match in _PAIR.finditer(text):
        add(Quantity(*match.span(), match[0], 2.0, 2.0, ""))
    for match in _SHARE.finditer(text):
        if re.match(r"\s+(?:(?:of\s+)?an?\s+)?(?:million|billion|hundred|dozen|thousand)", text[match.end() :], re.I):
            continue
        part = (match["part"] or "half").lower().removesuffix("s")
        value = _SHARES[part] * max(1, _SMALL.get((match["count"] or "").lower(), 1))
        add(_hedged(text, match, value, "share"))
    for match in _TIME.finditer(text):
        add(_hedged(text, match, _TIMES[match[0].lower()], "times"))
    for match in _WORD_ORDINAL.finditer(text):
        value = float(_ORDINALS[match[0].lower()])
        add(Quantity(*match.span(), match[0], value, value, "ordinal"))
    for match in _NUMBER.finditer(text):
        if quantity := _quantity(text, match):
            add(quantity, match.end())
    return _ranges(text, sorted(found, key=lambda quantity: quantity.start))


def _hedged(text: str, match: re.Match[str], value: float, unit: str) -> Quantity:
    """A share or a multiple with its hedge: "almost half", "more than doubled"."""
    kind = _hedge(text, *match.span()).kind
    low, high, open_low, open_high = _interval(kind, value, ABOUT)
    rough = kind == "about"
    return Quantity(*match.span(), match[0], low, high, unit, open_low, open_high, about=rough)


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    start, end = match.span()
    shown = match[0]
    start += len(shown) - len(shown.lstrip())
    before = text[max(0, start - 50) : start]
    if match["digits"]:
        digits = match["digits"].replace(",", "").replace(" ", "")
        value, significant = float(digits), len(digits.replace(".", "").strip("0")) or 1
        bare = value or 1.0
        if start and (text[start - 1] in "-/" and text[start - 2 : start - 1].isalpha()):
            return None  # "Hwasong-17", "A/HRC/25": parts of names, compared as words
    else:
        spelt = re.split(r"[\s-]+", match["spelt"].lower().strip())
        if spelt in (["one"], ["a"]) and not match["big"]:
            return None  # "one of them"
        value, significant = _spelt(spelt), 15
        bare = _spelt([part for part in spelt if part not in _BIG]) or 1.0
    if match["ordinal"]:
        return Quantity(start, end, text[start:end], value, value, "ordinal")
    for word in (match["big"] or "").lower().replace("-", " ").split():
        value *= _BIG[word]
    unit, factor = (match["sign"] or "").lower(), 1.0
    unit = _UNITS[unit][0] if unit else ""
    short = (match["short"] or "").lower()
    if short:
        if short in ("bn", "mn", "tn") or unit:
            value *= _SHORT[short]
        elif short == "m":
            unit = "length"
        elif short == "k":
            value *= 1e3
        else:
            end = match.start("short")
    if not unit and (follow := _UNIT.match(text, end)):
        name = (follow["point"] or follow["nautical"] or follow["dollar"] or follow["word"] or "percent").lower()
        name = re.sub(r"\s+", "-", name)
        if name in _UNITS:
            (unit, factor), end = _UNITS[name], follow.end()
    if not unit and _LABEL.search(before):
        unit = "label"
    value *= factor
    if match["minus"]:
        value = -value
    hedge = _hedge(text, start, end)
    low, high, open_low, open_high = _interval(hedge.kind, value, NEAR if significant > 1 else ABOUT)
    return Quantity(
        start,
        hedge.end,
        text[start : hedge.end],
        low,
        high,
        unit,
        open_low,
        open_high,
        significant,
        hedge.kind == "about",
        factor,
        abs(value) / bare,
    )


@dataclass(frozen=True, slots=True)
class _Hedge:
    kind: str  # a group of `_BEFORE`, "" for none
    end: int  # where the quantity ends with what stands behind it: "30 or more"


def _hedge(text: str, start: int, end: int) -> _Hedge:
    """How the quantity at text[start:end] is hedged, before it or behind."""
    before = text[max(0, start - 50) : start]
    hedge = _BEFORE.search(before)
    kind = str(hedge.lastgroup) if hedge else ""
    if hedge and kind == "over" and _OVER_WHAT.search(before[: hedge.end()]):
        kind = ""  # "presided over two tests"
    if kind in ("over", "under") and _DENIED.search(before[: hedge.start()] if hedge else ""):
        kind = "most" if kind == "over" else "least"  # "may not serve more than six years"
    after = _AFTER.match(text, end)
    if after:
        kind, end = _AFTER_KINDS.get(str(after.lastgroup), str(after.lastgroup)), after.end()
    return _Hedge(kind, end)


def _interval(kind: str, value: float, near: float) -> tuple[float, float, bool, bool]:
    """(low, high, open below, open above) of a value hedged so."""
    match kind:
        case "over":
            return value, math.inf, True, False
        case "least":
            return value, math.inf, False, False
        case "under":
            return -math.inf, value, False, True
        case "most":
            return -math.inf, value, False, False
        case "near":
            return value * (1 - near), value, False, True
        case "about":
            return value * (1 - ABOUT), value * (1 + ABOUT), False, False
    return value, value, False, False


def _spelt(parts: Sequence[str]) -> float:
    """ "four hundred and twenty thousand" -> 420000."""
    total, current = 0.0, 0.0
    for part in parts:
        if part in _SMALL:
            current += _SMALL[part]
        elif part in _TENS:
            current += _TENS[part]
        elif part == "half":
            current = 0.5
        elif part in ("quarter", "quarters"):
            current = 0.25 * (current or 1.0)
        elif part in ("hundred", "dozen"):
            current = (current or 1.0) * _BIG[part]
        elif part in _BIG:
            total, current = total + (current or 1.0) * _BIG[part], 0.0
    return total + current


def _ranges(text: str, found: list[Quantity]) -> list[Quantity]:
    """Two numbers with "to" between them, or after "between", are one range; the unit of the second is the first's."""
    joined: list[Quantity] = []
    for quantity in found:
        last = joined[-1] if joined else None
        gap = text[last.end : quantity.start] if last else ""
        if (
            last
            and (last.point or last.about)
            and quantity.point
            and _RANGE.fullmatch(gap)
            and last.unit in ("", quantity.unit)
        ):
            between = re.search(r"\b(?:between|from)\s+\S{0,3}$", text[max(0, last.start - 14) : last.start], re.I)
            word = gap.strip().lower()
            change = bool(between) and word == "to"
            if (word != "and" or between) and quantity.unit not in ("ordinal", "clock", "label"):
                low = (
                    (last.low + last.high) / 2 * (quantity.scale if last.scale == 1.0 else 1.0)
                )  # "3 to 5 million tonnes"
                if low < quantity.high:
                    span = text[last.start : quantity.end]
                    joined[-1] = replace(quantity, start=last.start, text=span, low=low, change=change)
                    continue
        joined.append(quantity)
    return joined
