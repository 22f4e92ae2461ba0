"""Spans of a text that have the form of an answer: a person, a date, a place, an amount, a reason.

By form alone: capitals, numerals with their nouns, the words that introduce a cause. What the question names itself is
no answer to it, so `answers` leaves out spans whose words all stand in the question.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from ..index.parts import FUNCTION_WORDS, PERIOD, word_set
from .question import Asked, Kind

Span = tuple[int, int]

_CAPITALS = re.compile(
    r"(?<![\w-])(?:(?:[A-Z][\w'’-]*|[A-Z]\.)(?: (?:[A-Z][\w'’-]*|[A-Z]\.|de|van|von|bin|al|of the|of|and the))* )?"
    r"[A-Z][\w'’-]*(?<!['’]s)(?<!['’])"
)
_TITLE = re.compile(
    r"\b(?:president|premier|minister|secretary|chairman|chairwoman|director|ambassador|general|marshal|leader|adviser|"
    r"advisor|envoy|spokesman|spokeswoman|spokesperson|commander|chief|deputy|head|governor|king|emperor|professor|"
    r"analyst|expert|researcher|delegate|comrade|mr|mrs|ms|dr|lt|gen|col|sen|sir|rapporteur|judge|scholar|author"
    r"|player|"
    r"wife|sister|brother|daughter|son|uncle|aunt|father|mother|scientist|engineer|official|representative|negotiator)"
    r"s?\.?\b",
    re.IGNORECASE,
)
_NO_PERSON = word_set(
    "academy administration agency agreement air american april army asia august base bank board brigade britain "
    "british "
    "building bureau cabinet campaign center centre central china chinese city command commission committee company "
    "complex conference congress constitution corps council countries county day december declaration democratic "
    "department division dprk east eastern europe european factory farm february fleet force forces foreign foundation "
    "france friday front german germany group hall hospital hotel house hwasong institute institution international "
    "japan japanese january july june kcna korea korean koreans law league liberation line march may ministry mission "
    "missile monday mount nation national nations navy news north northern november nuclear october office "
    "organization "
    "organisation pact park party peninsula people people's peoples plan plant plenary police policy polish port "
    "presidium programme program province pyongyang regiment region republic resolution resort river rodong rok russia "
    "russian saturday school sea security seoul september service sinmun south southern soviet square standing state "
    "states station street study sunday supreme system team telegram television test the thursday tokyo tourism town "
    "treaty tuesday u.n u.s un union united university us village war washington watch wednesday west western work "
    "workers worker's workers' world year york youth zone beijing moscow hanoi singapore kremlin assembly guidelines"
)
_ORDINARY = re.compile(
    r"^(?:The|A|An|In|On|At|As|It|He|She|They|This|That|These|Those|But|And|When|While|After|Before|For|"
    r"By|From|To|If|Some|One|Both|His|Her|Its|Their|With|What|Under|Since|Also|Such|There|So|Not|No|"
    r"According|During|Amid|Despite|Among|Only|Most|Many|Another|All|Now|Then|I|We|Our|My|You)\b ?"
)
_MONTH_DAY = re.compile(
    r"\b(?:New Year[’']s (?:Day|Eve)|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yesterday|"
    r"(?:early|mid|late|the (?:beginning|start|end) of)[- ](?:last |next |this )?(?:January|February|March|April"
    r"|May|June|"
    r"July|August|September|October|November|December|year|month|(?:19|20)\d\d)|(?:January|February|March|April"
    r"|June|July|"
    r"August|September|October|November|December)|(?:last|next|this) (?:year|month|week)|\d{1,2}:\d\d|"
    r"(?:a|one|two|three|four|five|six|seven|ten) (?:day|week|month|year)s? (?:later|earlier|after|before|ago))\b"
    r"|\b(?:19|20)\d\ds?\b(?![,.]\d)"
)
_KO_DATE = re.compile(
    r"(?:(?:19|20)\d\d년|지난해|올해|내년)(?:\s?\d{1,2}월)?(?:\s?\d{1,2}일)?|\d{1,2}월(?:\s?\d{1,2}일)?"
)
_PLACE = re.compile(
    r"\b(?:in|at|to|from|near|outside|off|over|towards?|around|of|on|through|visited|left|reached|entered)\s"
    r"(?P<name>(?:the |central |northern |southern |eastern |western |downtown )?"
    r"[A-Z][\w'’-]*(?:(?:,? (?:and |of )?)[A-Z][\w'’-]*)*)"
)
_NO_PLACE = re.compile(
    r"^(?:January|February|March|April|May|June|July|August|September|October|November|December|Kim|Monday|Tuesday|"
    r"Wednesday|Thursday|Friday|Saturday|Sunday|Comrade|Juche)\b"
)
_INITIALS = re.compile(r"[A-Z]\.")  # "the U" of "the U.S. Congress" is no place
_NUMBER = (
    r"(?:(?<![\w-])(?:US\$|A\$|[$€£₩])? ?\d[\d,.  ]*(?<![,. ])(?!\w)|(?<![\w-])\d+(?=-)|\b(?:two|three|four|five"
    r"|six|seven|"
    r"eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|(?:twenty|thirty"
    r"|forty|"
    r"fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|dozens?|(?:a|one) (?:hundred|thousand|million|billion)|hundreds"
    r"|thousands|"
    r"(?<!first )(?<!second )(?<!latter )half|a (?:third|quarter|fifth|tenth)|two[- ]thirds|twice|once|no one|none"
    r"|zero)\b)"
)
_AMOUNT = re.compile(
    rf"(?:(?:about|around|some|nearly|almost|over|more than|less than|at least|up to|roughly|approximately) )?{_NUMBER}"
    r"(?:(?: |-)?(?:hundred|thousand|million|billion|trillion))*"
    r"(?:\s?(?:%|℃|°|mm\b|cm\b|km\b|kg\b|kt\b|m\b)|(?: |-)(?:US )?(?P<unit>[A-Za-z][\w'’-]*))?",
    re.IGNORECASE,
)
_CAPITAL = r"(?:(?:[A-Z]\.)+|[A-Z][\w'’-]*)"
_NAMED = re.compile(rf"(?P<name>{_CAPITAL}(?: {_CAPITAL})*)(?: (?P<noun>[a-z][\w'’-]*))?")
"""What is counted under a name: "North Korean soldiers"."""
_LABEL = re.compile(
    r"(?:\b(?:Articles?|No|Resolution|resolution|Brief|Figure|Unit|Order|Chapter|Page|Part)\.? |[A-Za-z]-)$"
)
"""What stands before a number that names a thing and counts none."""
_KO_AMOUNT = re.compile(
    r"\d[\d,.]*\s?(?:%|퍼센트|명|개|원|달러|톤|만|억|차례|번|회|여?\s?[가-힣])|[한두세네]\s?(?:차례|번|개|명)"
)
_REASON = re.compile(
    r"\b(?:because(?: of)?|due to|owing to|thanks to|as a result of|resulting from|caused by|in order to|so "
    r"(?:that|as to)|"
    r"in response to|in retaliation for|in protest (?:at|against|over)|for (?:fear|lack|want) of|out of|given "
    r"(?:that|the)|"
    r"on the grounds?|reason(?:s|ed)?|with (?:the aim|a view|the purpose|the intention)|aim(?:s|ed)? (?:at|to)"
    r"|meant to|"
    r"intended to|designed to|purpose|stems? from|stemmed from|therefore|thus|so as|blam(?:es?|ed|ing)|argu(?:es?"
    r"|ed|ing)|"
    r"as (?:it|they|he|she|the)\b|since (?:it|they|he|she|the)\b|to (?:prevent|protest|avoid|ensure|help|show|make|put|"
    r"keep|force|punish|deter|protect|mark|stop|gain|secure|raise|cope|bring|defend|contribute|provide)|for (?:the|its|"
    r"their|his) \w+|wanted|want to|hop(?:es?|ed|ing) to|fear(?:s|ed|ing)?|failed|refused|could not|lack(?:s|ed|ing)?|"
    r"over (?:the|a|its|his|their)|after)\b",
    re.IGNORECASE,
)
_KO_REASON = re.compile(r"때문|위하여|위해|므로|로 인해|까닭|이유|탓|결과")
_WORD = re.compile(r"[\w'’-]+")
MONEY = word_set(
    "cost costs dollar dollars euro euros money price prices revenue salary wage wages worth won yuan yen fee budget"
)
_MONEY = re.compile(
    r"[$€£₩]|\b(?:US )?(?:dollars?|won|euros?|yuan|roubles?|rubles?|yen|renminbi|RMB|pounds?)\b", re.IGNORECASE
)
_PERCENT = re.compile(
    r"%|\bper ?cent\b|\bpercentage\b|\b(?:half|third|quarter|fifth|tenth|two[- ]thirds)\b", re.IGNORECASE
)
SHARES = word_set("percent percentage proportion ratio share rate")
_LENGTH = re.compile(r"\b(?:km|kilomet(?:re|er)s?|met(?:re|er)s?|m|miles?|feet|cm|mm)\b", re.IGNORECASE)
_WEIGHT = re.compile(r"\b(?:t|tons?|tonnes?|kg|kilograms?|kilos?|barrels?|lit(?:re|er)s?)\b", re.IGNORECASE)
_SPAN_OF_TIME = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur\w+)\b", re.IGNORECASE
)
_ADJECTIVES = {"high": _LENGTH, "far": _LENGTH, "deep": _LENGTH, "tall": _LENGTH, "heavy": _WEIGHT}
_NOUNS = {
    **dict.fromkeys(
        word_set("altitude depth distance height kilometers kilometres length meters metres miles range width"), _LENGTH
    ),
    **dict.fromkeys(word_set("barrels kilograms kilos payload tonnage tonnes tons weight"), _WEIGHT),
    **dict.fromkeys(["duration"], _SPAN_OF_TIME),
    **dict.fromkeys(SHARES, _PERCENT),
    **dict.fromkeys(MONEY, _MONEY),
}


def persons(text: str) -> list[Span]:
    """Return names of persons: runs of capitals with nothing in them that names a body, a place or a month."""
    found = []
    for match in _CAPITALS.finditer(text):
        start, end = match.span()
        while ordinary := _ORDINARY.match(text[start:end]):
            start += ordinary.end()
        words = re.findall(r"[\w'’.-]+", text[start:end])
        titles = [number for number, word in enumerate(words) if _TITLE.fullmatch(word)]
        if titles:
            start = start + text[start:end].index(words[titles[-1]]) + len(words[titles[-1]]) + 1
            words = words[titles[-1] + 1 :]
        plain = [word.lower().removesuffix("’s").removesuffix("'s").rstrip(".") for word in words]
        if not words or start >= end or any(word in _NO_PERSON for word in plain):
            continue
        titled = bool(_TITLE.search(text[max(0, start - 15) : start].rstrip().split(" ")[-1]))
        if all(word.isupper() for word in words) or any(any(c.isdigit() for c in word) for word in words):
            continue
        if len(words) >= 2 or titled:
            found.append((start, end))
    return found


def dates(text: str) -> list[Span]:
    """Return days, months, years, hours and the like."""
    return _merged([*_spans(PERIOD, text), *_spans(_MONTH_DAY, text), *_spans(_KO_DATE, text)])


def places(text: str) -> list[Span]:
    """Return names behind a preposition of place that are no month, day or person of the Kim family."""
    return [
        match.span("name")
        for match in _PLACE.finditer(text)
        if not _NO_PLACE.match(match["name"]) and not _INITIALS.match(text, match.end() - 1)
    ]


def amounts(text: str) -> list[Span]:
    """Return numbers with the noun or unit behind them; dates, ordinals and the numbers of names are none."""
    taken = [span for span in dates(text) if re.search(r"\d", text[slice(*span)])]
    found = [
        (match.start() + len(match[0]) - len(match[0].lstrip()), _counted(match))
        for match in _AMOUNT.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in taken)
        and not _LABEL.search(text[max(0, match.start() - 20) : match.start()])
    ]
    return _merged([*found, *_spans(_KO_AMOUNT, text)])


def _counted(match: re.Match[str]) -> int:
    """Where the amount ends: "over half of", "five stayed" count nothing in their last word, and "5,000 North Korean
    soldiers" count soldiers."""
    unit = match["unit"] or ""
    if unit.lower() in FUNCTION_WORDS or unit.endswith("ed"):
        return match.start("unit") - 1
    if not unit[:1].isupper() or not (named := _NAMED.match(match.string, match.start("unit"))):
        return match.end()
    noun = named["noun"] or ""
    people = named["name"].endswith("ns")  # "two North Koreans fled"
    return named.end("name") if people or noun in FUNCTION_WORDS or noun.endswith("ed") else named.end()


def reasons(text: str) -> list[Span]:
    """Return the words that introduce a cause or a purpose."""
    return _merged([*_spans(_REASON, text), *_spans(_KO_REASON, text)])


_FINDERS = {
    Kind.WHO: persons,
    Kind.WHEN: dates,
    Kind.WHERE: places,
    Kind.AMOUNT: amounts,
    Kind.WHY: reasons,
}


def answers(kind: Kind, asked: Asked, question: str, text: str) -> list[Span]:
    """Return the spans of `text` that have the form of an answer of this kind and say more than the question."""
    return list(_answers(kind, asked, question, text))


@lru_cache(maxsize=512)  # one answer asks for the same sentences up to four times
def _answers(kind: Kind, asked: Asked, question: str, text: str) -> tuple[Span, ...]:
    finder = _FINDERS.get(kind)
    if finder is None:
        return ()
    known = set(words_of(question))
    spans = finder(text)
    if kind is Kind.AMOUNT and (unit := unit_of(asked, question)):
        spans = [span for span in spans if unit.search(text[span[0] : span[1] + 12]) or unit.search(text[slice(*span)])]
    return tuple(span for span in spans if kind is Kind.WHY or not set(words_of(text[slice(*span)])) <= known)


def unit_of(asked: Asked, question: str) -> re.Pattern[str] | None:
    """Return the units that an amount has to have for this question: kilometres for "how far", or None for any."""
    words = words_of(question)
    for first, second in pairwise(words):
        if first == "how" and second == "long":
            return _SPAN_OF_TIME
        if first == "how" and second in _ADJECTIVES:
            return _ADJECTIVES[second]
    if any(word in ("dollar", "dollars", "usd") for word in words):
        return _MONEY
    return _NOUNS.get(asked.noun)


def words_of(text: str) -> list[str]:
    """Return the words in lower case."""
    return [match[0].lower() for match in _WORD.finditer(text)]


def _spans(pattern: re.Pattern[str], text: str) -> list[Span]:
    return [match.span() for match in pattern.finditer(text) if match[0].strip()]


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap made one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
