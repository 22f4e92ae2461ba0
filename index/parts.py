"""The parts a question is made of: its names, periods, other words; and the general word lists this takes.

No tagger and no model: names come from the name table, periods from one pattern, proper nouns from their capitals, and
what is left over are nouns or common verbs. It is rough, and enough to swap a part for one of the same kind.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from .names import NameTable

_MONTH = (
    r"(?:(?i:jan(?:uary)?|feb(?:ruary)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b\.?|Mar(?:ch)?\b|May\b)"
)
_YEAR = r"(?:19|20)\d\d(?![\d,])"
PERIOD = re.compile(
    r"\b(?:(?:the )?(?:first|second|third|fourth|last) (?:half|quarter) of |(?:early|mid|late)[- ]|"
    r"(?:the )?(?:spring|summer|autumn|fall|winter|end|start|beginning) of )?"
    rf"(?:(?:(?:\d{{1,2}}[-–])?\d{{1,2}} )?{_MONTH}(?: \d{{1,2}}(?!\d),?)? {_YEAR}|"
    rf"\d{{1,2}} {_MONTH}|{_MONTH} \d{{1,2}}\b|"
    rf"(?:(?<=\bin )|(?<=\bof )|(?<=\bsince )){_MONTH}|"
    rf"{_YEAR}(?:년(?: ?\d{{1,2}}월)?(?: ?\d{{1,2}}일)?(?: ?[상하]반기)?|[-–/]\d{{2,4}}\b|s\b)?)"
)
"""A year, month or day as people write it: 2019, early 2020, 7 May 2024, the first half of 2025, 2024년 7월."""

ORDINAL = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\d{1,2}(?:st|nd|rd|th))\b"
    r"|\d{1,2}차(?=\W|$| )",
    re.IGNORECASE,
)


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list written as one text."""
    return frozenset(text.split())


PREPOSITIONS = word_set(
    "about above after against among around as at before behind between by during for from in inside into of off on "
    "onto over regarding since through till to toward towards under until upon via with within without"
)
AUXILIARIES = word_set(
    "am are be been being can could did do does had has have is may might must shall should was were will would "
    "didn't doesn't don't isn't wasn't weren't hasn't haven't hadn't can't couldn't won't wouldn't aren't"
)
QUESTION_WORDS = word_set("how what when where which who whom whose why")
DETERMINERS = word_set("a an another any every her his its my our some that the their these this those your")
FUNCTION_WORDS = (
    PREPOSITIONS
    | AUXILIARIES
    | QUESTION_WORDS
    | DETERMINERS
    | word_set(
        "actually again all already also and anyone anything at because best both but case each either else ever "
        "everyone exactly few first-ever fact here he him however i if instead it just kind last least less like "
        "long lot many me more most much neither next no nor not now of off often old once one ones only or other "
        "others out own part please quite really same she sort so somebody someone something still such than them "
        "then there they thing things today too unless until up us very way ways we well whether while yes yet you "
        "ago apart big different fast far high large tall versus vs charge s else's later earlier afterwards return "
        "forth ok okay thanks question topic"
    )
)
_VERBS = (
    "accept account add admit affect agree allow announce appear apply argue arrive ask assess attend avoid ban "
    "become begin believe blame break bring build buy call carry cause change choose claim climb close collapse come "
    "compare conclude confirm consider contain continue contrast cost create criticise criticize decide deliver deny "
    "depend describe destroy develop die differ discuss drop earn eat employ end enter execute exist expect explain "
    "export fail fall feel find finish follow form get give go grow happen have help hide hold hope hurt improve "
    "include increase inform inspect intend introduce invest join justify keep kill know last lead learn leave let "
    "list live look lose make manage mean meet mention move name need obtain occur offer open order own pass pay "
    "plan play prepare prevent produce promise propose prove provide publish punish push put reach react read "
    "receive recall reduce refuse regard reject release remain remove reopen replace reply require resign respond "
    "result rise run say scale score see seem sell send serve set shift show sign solve speak spend stand start stay "
    "stop suggest summarise summarize support suspend take talk tell think threaten train treat trust try turn "
    "understand unveil use visit vote wait want warn watch win work worry write"
)
_IRREGULAR = (
    "said told thought knew known meant went gone came got gotten made took taken gave given became began begun left "
    "met sent brought bought sold paid built grew grown fell fallen rose risen lost won held ran showed shown saw "
    "seen used wrote written kept tried died found felt spoke spoken spent stood understood broke broken chose "
    "chosen put set let hid hidden led read ate tested born cut fought threw thrown drew drawn hit"
)
AS_NOUNS = word_set(
    "account ban building buildings cause call cost end exports export form help meeting meetings name order orders "
    "plan plans promise promises result results support train trains trust visit visits vote work works writing "
    "opening openings closing closings talks findings developing reading offer offers release"
)


def _forms(verbs: Iterable[str]) -> Iterable[str]:
    for verb in verbs:
        stem = verb.removesuffix("e")
        yield from (
            verb,
            verb + "s",
            verb + "es",
            stem + "ed",
            stem + "ing",
            verb + verb[-1] + "ing",
            verb + verb[-1] + "ed",
        )
        if verb.endswith("y"):
            yield from (verb[:-1] + "ies", verb[:-1] + "ied")


VERBS = frozenset(_forms(_VERBS.split())) | frozenset(_IRREGULAR.split())

_WORD = re.compile(r"\w+(?:[-&./]\w+)*(?:['’]s?\b)?")
_SENTENCE_START = re.compile(r"(?:^|[.?!:] )\W*$")


@dataclass(frozen=True, slots=True)
class Part:
    """A span of a question, `text == question[start:end]`. `kind` is that of the name ("person", "body", ...), or
    "period", "proper" (capitals, not in the table), "noun" or "verb"."""

    start: int
    end: int
    text: str
    kind: str

    @property
    def named(self) -> bool:
        """Whether this is a name, known or not."""
        return self.kind not in ("period", "noun", "verb")


_GROUPS = {
    "country": "land",
    "place": "land",
    "agreement": "matter",
    "event": "matter",
    "policy": "matter",
    "slogan": "matter",
}


def group(kind: str) -> str:
    """Return the wider kind, parts of which stand for each other: countries and places, agreements and policies."""
    return _GROUPS.get(kind, kind)


@lru_cache(maxsize=128)  # a dialogue is resolved turn by turn, so that one text is taken apart several times
def parts(text: str, names: NameTable) -> tuple[Part, ...]:
    """Return the parts of `text` in order; function words belong to none, runs of nouns and of capitals are one part.

    "How did rice prices move in Wonsan in 2023?" -> noun "rice prices", verb "move", place "Wonsan", period "2023"
    """
    found = [Part(m.start, m.end, m.text, m.name.kind) for m in names.mentions(text)]

    def free(start: int, end: int) -> bool:
        return all(end <= part.start or part.end <= start for part in found)

    found += [Part(*m.span(), m[0], "period") for m in PERIOD.finditer(text) if free(*m.span())]
    words: list[Part] = []
    for match in _WORD.finditer(text):
        start, end, word = *match.span(), match[0]
        if not free(start, end) or len(word) < 2 or word.lower().removesuffix("'s") in FUNCTION_WORDS:
            continue
        kind = "noun"
        if word[0].isupper() and not _SENTENCE_START.search(text[max(0, start - 3) : start]):
            kind = "proper"
        elif word.lower() in VERBS and not _is_noun(word.lower(), text[:start]):
            kind = "verb"
        last = words[-1] if words else None
        if last and kind != "verb" and last.kind == kind and text[last.end : start] == " ":
            words[-1] = Part(last.start, end, text[last.start : end], kind)
        else:
            words.append(Part(start, end, word, kind))
    return tuple(sorted([*found, *words], key=lambda part: part.start))


def _is_noun(word: str, before: str) -> bool:
    """Whether a word that may be a verb or a noun is one: "the plan", "on exports", "plenary meeting"."""
    if word not in AS_NOUNS:
        return False
    last = before.split()[-1] if before.strip() else ""
    if last.lower() in DETERMINERS | PREPOSITIONS or last.endswith(("'s", "s'")):
        return True
    return last.islower() and last not in FUNCTION_WORDS  # "plenary meeting", but "did Trump offer"
