"""When a mere number is a year: in "2019 missile tests", but not in "2000 tons", "Line 2018", "Human Rights 2023"."""

import re
from datetime import date

from .timewords import Reading

_LABEL = re.compile(
    r"\b(?:resolution|unscr|no|number|room|line|office|vision|unit|article|page|titled|entitled|called|named|chapter|model"
    r"|flight|route|version|agenda|book|novel|film|code|hall)s?\.?\s*$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s?(?:%|percent|(?:metric )?ton|k?m\b|kg\b|kilo|met(?:er|re)s|miles|won\b|dollars|yuan|people|persons|men\b|women"
    r"|soldiers|troops|workers|households|units|times\b|hectares|copies|명|톤|원|달러|가구|대\b|기\b|발\b|호)",
    re.IGNORECASE,
)
_PARTITIVE = re.compile(
    r"\b(?:many|some|most|few|all|none|each|any|half|one|percent)\s+of\s+(?:the\s+)?$", re.IGNORECASE
)
_POSSESSIVE = re.compile(r"(?:\bthe|['’]s|s['’]|\bits|\btheir)\s+$", re.IGNORECASE)
_OPENING = re.compile(r"\W*(?:(?:and|or|but|compare|what about|how about|same for)\s+(?:the\s+)?)?", re.IGNORECASE)
_VERB = re.compile(r"\b(?:does|did|was|is|if|unlike|contrast|compare)\s+$", re.IGNORECASE)
_DESCRIBED = re.compile(r"\s+(?:and\s|[^\W\d_])")
_AMOUNT = re.compile(r"\ban?\s+\w+\s+of\s+$", re.IGNORECASE)  # "a crowd of 2018 delegates"
_PLURAL = re.compile(r"\s[a-z]+s\b")
_CLOSING = re.compile(r"\s*(?:$|[?.!,;)])")
_ONE_NAME = re.compile(r"\b[a-z]\w*\s+(?:[A-Z][\w-]*\s+)?$|\($")  # "tests 2019", "trade with China 2019"


def describes(text: str, reading: Reading) -> bool:
    """Tell whether a year only describes a noun, as in "the 2018 summit" and "North Korea's 2019 tests"."""
    return bool(_DESCRIBED.match(text, reading.end) and _POSSESSIVE.search(text[: reading.start]))


def is_year(text: str, reading: Reading, bound: bool, loose: bool, now: date) -> bool:
    """Tell whether a bare number is a year: not a count, a label or part of a title.

    `bound`: a word such as "since", or another year, stands beside it; `loose`: it only `describes` a noun.
    """
    before, rest = text[max(0, reading.start - 40) : reading.start], text[reading.end :]
    if _LABEL.search(before) or _COUNTED.match(rest) or _PARTITIVE.search(before):
        return False
    if _PLURAL.match(rest) and (reading.days[0].year % 100 == 0 or _AMOUNT.search(before)):  # "2000 bicycles"
        return False
    if bound:
        return True
    if reading.days[0].year > now.year + 1:
        return False
    if loose or _VERB.search(before) or _OPENING.fullmatch(text, 0, reading.start):
        return True
    return bool(_CLOSING.match(rest) and _ONE_NAME.search(before))
