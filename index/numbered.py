"""Sides that are numbers of one noun: "Article 58 and Article 59", "Resolutions 1718 and 2397", "Unit 131 vs 500"."""

import re
from datetime import date

from .comparing import COMPARES, clean, label, spread
from .parts import AUXILIARIES, FUNCTION_WORDS, VERBS
from .timewords import Reading
from .types import Side
from .years import is_year

_NOUN = r"[^\W\d_][\w'’.-]*"
_NUMBER = r"\d+(?![\d%°]|[.,-]?\w)"
_JOINT = (
    r"(?:,? (?:and|or|with|to|from|than|as|against|(?P<versus>versus|vs\.?)|compared (?:with|to)|differs? from) |, )"
)
_NUMBERED = re.compile(rf"\b(?P<noun>{_NOUN}) (?P<number>{_NUMBER})", re.IGNORECASE)
_NEXT = re.compile(rf"{_JOINT}(?:the )?(?P<own>(?:{_NOUN} ){{0,3}}?)(?P<number>{_NUMBER})", re.IGNORECASE)


def numbered(text: str) -> tuple[Side, ...]:
    """Return a side for each number that is compared: it belongs to the noun before it, and a noun named once goes with
    all of them.

    "Compare Articles 58 and 59" -> Side("Article 58", "Article 58"), Side("Article 59", "Article 59")
    """
    for match in _NUMBERED.finditer(text):
        if not _labels(match["noun"]) or _is_year(text, match):
            continue
        noun, start, end = match["noun"], match.start(), match.end()
        phrases, several, versus = [f"{noun} {match['number']}"], False, False
        while (following := _NEXT.match(text, end)) and _labels(*following["own"].split()):
            own, end = following["own"].strip(), following.end()
            several, versus = several or not own, versus or bool(following["versus"])
            phrases.append(f"{own or noun} {following['number']}")
            lead = own.rpartition(" ")[0] + " "
            if lead != " " and text[:start].endswith(lead):  # UN Resolution 1718 and UN Resolution 2397
                start, phrases[0] = start - len(lead), lead + phrases[0]
        if len(set(phrases)) < 2 or not (versus or COMPARES.search(text)):
            continue
        if several and noun.endswith("s") and not noun.endswith("ss"):
            phrases = [re.sub(rf"^{re.escape(noun)} ", f"{noun[:-1]} ", phrase) for phrase in phrases]
        sides = spread(text[:start], phrases, [label(phrase) for phrase in phrases], text[end:])
        return tuple(Side(side.label, clean(side.query)) for side in sides)
    return ()


def _labels(*nouns: str) -> bool:
    """Whether the words may be what a number labels: no function word, no verb."""
    return not any(word.lower() in FUNCTION_WORDS | AUXILIARIES | VERBS or COMPARES.fullmatch(word) for word in nouns)


def _is_year(text: str, match: re.Match[str]) -> bool:
    """Whether the number is a year beside a noun and no label of it: "tests 2019", but not "Resolution 2087"."""
    if not re.fullmatch(r"(?:19|20)\d\d", match["number"]):
        return False
    reading = Reading(*match.span("number"), (date(int(match["number"]), 1, 1), date.max), "year")
    return is_year(text, reading, True, False, date.max)
