"""Whether one quantity follows from another, and whether a text tells it as of a rise or of a fall.

One stated in a quote supports one of a claim when its interval lies within the claim's, so "at least 30" follows from
"35" and "30" does not follow from "more than 30". Units are converted where the factor is fixed (km and miles).
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .numbers import Quantity

CONVERTED = 0.02  # a conversion of units is rounded
ROUNDED = 0.08  # "more than 2,000" is more than 2,014 rounded
FAIR = 1.34  # "more than 30" may be said of 40, not of 300
SHARE_SLACK = 0.015  # "a third" for 32 percent
_PHYSICAL = frozenset(["length", "mass", "time"])
_EXACT = frozenset(["ordinal", "label", "clock", "times"])


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
