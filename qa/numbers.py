"""Quantities as people write them, and whether one follows from another: "20,000", "20 000", "twenty thousand".

A quantity is an interval: "more than 30 percent" is (30, inf), "about 5" is [4.5, 5.5], "between 8 and 13" is [8, 13].
One stated in a quote supports one of a claim when its interval lies within the claim's, so "at least 30" follows from
"35" and "30" does not follow from "more than 30". Units are converted where the factor is fixed (km and miles).
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

ABOUT = 0.1  # "about 1,500" covers what is within a tenth
NEAR = 0.05  # "nearly 95" is 92, not 89; "nearly 4" may be 3.7
CONVERTED = 0.02  # a conversion of units is rounded
ROUNDED = 0.08  # "more than 2,000" is more than 2,014 rounded
FAIR = 1.34  # "more than 30" may be said of 40, not of 300
SHARE_SLACK = 0.015  # "a third" for 32 percent

_SMALL = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_BIG = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
_SHORT = {"bn": 1e9, "mn": 1e6, "tn": 1e12, "k": 1e3, "m": 1e6, "b": 1e9}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
        ],
        1,
    )
}
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

_PHYSICAL = frozenset(["length", "mass", "time"])
_EXACT = frozenset(["ordinal", "label", "clock", "times"])
_WORDS = "|".join(sorted([*_SMALL, *_TENS], key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+(?![\d,.]\d)|\d+(?:\.\d+)?"
_SPELT = rf"(?:(?:half\s+a|(?:a|one)\s+quarter\s+of\s+a|three\s+quarters\s+of\s+a|a)(?=\s+(?:hundred|thousand|million|billion|trillion|dozen)\b)|(?:{_WORDS})\b)"
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
_OF_MANY = re.compile(rf"\bone\s+(?:in|out\s+of)\s+(?:every\s+)?(?P<many>{_WORDS}|\d{{1,3}})\b(?![.,]?\d)", re.IGNORECASE)
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


def supported(claim: Quantity, stated: Sequence[Quantity]) -> bool:
    """Return whether a quantity that is stated entails the claim's."""
    stated = [*stated, *(end for each in stated for end in _ends(each))]
    bounds = [each for each in stated if _bounded(each) == _bounded(claim) != "" and each.unit == claim.unit]
    if bounds:
        return any(entails(quantity, claim) and _same_bound(quantity, claim) for quantity in bounds)
    return any(entails(quantity, claim) for quantity in stated)


def _ends(quantity: Quantity) -> Iterator[Quantity]:
    """Both ends of "from 3,000 to 30,000 won", where each is stated by itself."""
    if quantity.change:
        for value in (quantity.low, quantity.high):
            yield replace(quantity, low=value, high=value, change=False)


def _same_bound(stated: Quantity, claim: Quantity) -> bool:
    """Whether two bounds to one side are the same, the claim's rounded at most."""
    one, other = (q.low if math.isfinite(q.low) else q.high for q in (stated, claim))
    rounder = claim.digits < stated.digits
    return abs(one - other) <= (ROUNDED * abs(one) if rounder else 1e-9 * abs(one) + _slack(claim, stated))


def _bounded(quantity: Quantity) -> str:
    """The side to which a quantity is open: "more than 70" is answered for by a bound, if the quotes give one."""
    if math.isinf(quantity.high - quantity.low):
        return "up" if math.isinf(quantity.high) else "down"
    return ""


def entails(stated: Quantity, claim: Quantity) -> bool:
    """Return whether what is `stated` lies within what is claimed, in a unit that compares.

    >>> at = lambda text: quantities(text)[0]
    >>> entails(at("20 000"), at("twenty thousand")), entails(at("more than 30 percent"), at("30 percent"))
    (True, False)
    """
    factor = _comparable(stated.unit, claim.unit)
    if factor is None:
        return False
    low, high = stated.low * factor, stated.high * factor
    if stated.about:  # "1,500" for "about 1,500" is fair, another number is not
        low = high = (low + high) / 2
    if (claim.about or (claim.open_high and math.isfinite(claim.low))) and math.isinf(high - low):
        low = high = low if math.isfinite(low) else high  # "nearly a third" for "more than 30 percent"
    if claim.about and stated.about:
        return abs(low - (claim.low + claim.high) / 2) <= 1e-9 + _slack(claim, stated)
    ends = [abs(end) for end in (claim.low, claim.high) if math.isfinite(end)]
    slack = 1e-9 * max(ends) + _slack(claim, stated)
    if len(ends) == 2 and not (claim.point or claim.about or claim.open_high):
        return abs(low - claim.low) <= slack and abs(high - claim.high) <= slack  # a range is stated as that range
    if len(ends) == 1 and not _close(*((claim.low, low) if math.isfinite(claim.low) else (claim.high, high))):
        return False  # "more than 30" is not said of 3,000
    if low < claim.low - slack or high > claim.high + slack:
        return False
    if math.isfinite(low) and low <= claim.low and claim.open_low and not stated.open_low:
        return False
    return not (math.isfinite(high) and high >= claim.high and claim.open_high and not stated.open_high)


def _close(bound: float, stated: float) -> bool:
    """Whether a bound is a fair one for what is stated: the larger is not a third larger."""
    return (
        math.isfinite(stated) and max(abs(stated), abs(bound)) < FAIR * min(abs(stated), abs(bound))
    ) or stated == bound


def _slack(claim: Quantity, stated: Quantity) -> float:
    """How far the two may be apart by rounding or by the conversion of units."""
    slack = 0.0
    if stated.unit in _PHYSICAL and stated.factor != claim.factor:
        slack = CONVERTED * abs(claim.low if math.isfinite(claim.low) else claim.high)
    if (stated.unit, claim.unit) == ("percent", "share"):
        slack = SHARE_SLACK
    roughly = claim.about and stated.point  # its own tolerance is enough
    if (claim.point or claim.about) and (stated.point or stated.about) and stated.unit not in _EXACT and not roughly:
        slack = max(slack, _rounding(claim, stated))
    return slack


def _comparable(stated: str, claim: str) -> float | None:
    """The factor from one unit to the other, None where they do not compare."""
    if stated == claim:
        return 1.0
    if (stated, claim) == ("share", "percent"):
        return 100.0
    if (stated, claim) == ("percent", "share"):
        return 0.01
    pair = {stated, claim}
    if pair <= {"", "times"} or pair <= {"", "label"} or pair <= {"ordinal", "label"}:
        return 1.0
    # A number whose unit was left out, or that is too rare to be known: "4.8 million (tonnes)".
    return (
        1.0
        if "" in pair and pair & {"usd", "eur", "won", "yuan", "percent", "barrel", "area", "power", "degree"}
        else None
    )


def _rounding(claim: Quantity, stated: Quantity) -> float:
    """Half a unit of the claim's last digit, where it is the rounder of the two and has at least two digits."""
    if claim.digits < 2 or claim.digits >= stated.digits or not claim.low:
        return 0.0
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(claim.low))) - claim.digits + 1)


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
        if last and (last.point or last.about) and quantity.point and _RANGE.fullmatch(gap) and last.unit in ("", quantity.unit):
            between = re.search(r"\b(?:between|from)\s+\S{0,3}$", text[max(0, last.start - 14) : last.start], re.I)
            word = gap.strip().lower()
            change = bool(between) and word == "to"
            if (word != "and" or between) and quantity.unit not in ("ordinal", "clock", "label"):
                low = (last.low + last.high) / 2 * (quantity.scale if last.scale == 1.0 else 1.0)  # "3 to 5 million tonnes"
                if low < quantity.high:
                    span = text[last.start : quantity.end]
                    joined[-1] = replace(quantity, start=last.start, text=span, low=low, change=change)
                    continue
        joined.append(quantity)
    return joined


_UP = (
    r"ris(?:e|es|en|ing)|rose|increas\w*|gr(?:ow|ows|ew|own|owing|owth)|climb\w*|gain\w*|jump\w*|surg\w*|soar\w*"
    r"|expand\w*|rais\w*|higher|up"
)
_DOWN = (
    r"f(?:all|alls|ell|allen|alling)|drop\w*|declin\w*|decreas\w*|shr[aiu]nk\w*|reduc\w*|cut|cuts|cutting|lower\w*|down|plung\w*"
    r"|slump\w*|slid\w*|sank|lost|loses|plummet\w*"
)
_MOVES = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b(?! to\b(?! [\d$€£]))", re.IGNORECASE)
_COMPARED = re.compile(  # "8 percent less than", "8 percent above"
    r"\s+(?:(?P<up>more|above|higher|greater|larger|up)|(?P<down>less|fewer|below|lower|smaller|down))\b", re.IGNORECASE
)
_NEW_CLAUSE = re.compile(r"[;:.]\s|,\s(?!\d)|\b(?:and|but|while|whereas|although)\b", re.IGNORECASE)


def direction(text: str, quantity: Quantity) -> int:
    """Return 1 where a quantity is told as of a rise, -1 as of a fall, 0 where neither word stands by it.

    >>> text = "Imports rose by 30 percent, exports fell by 20 percent."
    >>> [direction(text, each) for each in quantities(text)]
    [1, -1]
    """
    before = _NEW_CLAUSE.split(text[max(0, quantity.start - 60) : quantity.start])[-1]
    compared = _COMPARED.match(text, quantity.end)
    if compared:
        return 1 if compared["up"] else -1
    found = list(_MOVES.finditer(before)) or list(_MOVES.finditer(text[quantity.end : quantity.end + 8]))
    if not found:
        return 0
    return 1 if found[-1]["up"] else -1
