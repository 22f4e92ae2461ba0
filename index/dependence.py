"""Whether a question needs the ones before it: pronouns, ellipsis, and too little of its own to be understood."""

import re
from collections.abc import Sequence

from .names import NameTable
from .parts import AUXILIARIES, DETERMINERS, PREPOSITIONS, Part, parts, word_set

_CLAUSE = word_set(
    "that when because since if whether although though than as while after before until how what why where and"
)
_EXPLETIVE = re.compile(
    r"\bit (?:true|possible|likely|clear|important|necessary|legal|illegal|difficult|hard|easy|safe|known|said|"
    r"seem\w*|takes?|since|been since)\b|\btakes? it\b",
    re.IGNORECASE,
)
RELATIONAL = word_set(
    "reaction reactions response responses reply answer comment criticism effect effects consequence consequences "
    "result results outcome reason reasons cause causes background alternative alternatives details example examples "
    "impact 반응 입장 이유 결과 영향 배경 평가 내용 의미 목적 근거 조건 규모 시기 장소"
)
_ELLIPSIS = re.compile(
    r"\b(?:else|ones|the (?:last|first|next|previous|latest|other|same|second|third) one|one$|others|the same$|"
    r"afterwards|instead$|in return|that (?:year|month|day|time)|exactly$|what happened next)\b|"
    r"\b(?:did|does|do) (?:so|that)\b",
    re.IGNORECASE,
)
_THERE = re.compile(
    r"(?<!is )(?<!are )(?<!was )(?<!were )(?<!been )(?<!be )\bthere\b(?! (?:is|are|was|were|any|a|been|be)\b)",
    re.IGNORECASE,
)
DEFINING = re.compile(
    r"^(?:what|who) (?:is|are|was|were) (?:meant by )?(.+?)\W*$|"
    r"^(?:explain|define|describe|tell me about|summari[sz]e) (.+?)\W*$",
    re.IGNORECASE,
)
_ACTOR_ASKED = re.compile(
    r"(?:what|how|why)(?: else)? (?:did|was|were|had|has|have) |(?:do|does|did|has|have|will|would) ", re.IGNORECASE
)
_THE_TEXT = re.compile(
    r"\bthe (?:authors?|briefs?|papers?|articles?|reports?|texts?|documents?|study)\b", re.IGNORECASE
)
_NOT_AFTER_THIS = word_set("year month week quarter decade spring summer autumn winter who with in of from that living")
"""This year is counted from today, and "those who" explains itself."""

_LIGHT = word_set("come do get give go got gave have make made take took went")


def depends(text: str, names: NameTable) -> bool:
    """Whether the question, without a lead such as "and", cannot be understood alone."""
    stripped = text.strip(" ?.!")
    found = parts(text, names)
    if _ELLIPSIS.search(stripped) or _THERE.search(stripped) or _points_back(text, found):
        return True
    words = [word for part in found for word in part.text.lower().split() if word not in _LIGHT]
    of = r"(?: \w+)? (?:to|of|on|for|behind|in)\b"
    if any(word in RELATIONAL and not re.search(rf"\b{word}{of}", text) for word in words) and len(words) < 5:
        return True
    named = [part for part in found if part.kind not in ("noun", "verb")]
    past = bool(re.search(r"\b(?:did|was|were|had)\b", text, re.IGNORECASE)) or any(
        part.kind == "verb" and (part.text.endswith("ed") or part.text in ("got", "won", "lost", "made", "gave"))
        for part in found
    )
    if DEFINING.match(stripped) and words and not past:
        return False
    if not has_verb(text, names):  # a fragment with a question mark, or one that begins like the end of a sentence
        return len(words) < 3 and (text.endswith("?") or stripped.split()[0].lower() in PREPOSITIONS)
    if not named:
        return len(words) <= (2 if past or _THE_TEXT.search(text) else 1)
    # "How did Seoul react?", "What was Pyongyang buying?": an actor, a verb, and nothing it was done to
    return (
        bool(_ACTOR_ASKED.match(text))
        and len(found) <= 2
        and found[0].kind in ("person", "country", "place", "body", "proper")
        and found[-1].end == len(stripped)
        and found[-1].kind in ("verb", *([found[0].kind] if len(found) == 1 else []))
    )


def _points_back(text: str, found: Sequence[Part]) -> bool:
    """Whether a pronoun means something that this question does not name before it."""
    words = list(re.finditer(r"[\w']+", text))
    for i, match in enumerate(words):
        word, before = match[0].lower(), words[i - 1][0].lower() if i else ""
        after = words[i + 1][0].lower() if i + 1 < len(words) else ""
        earlier = any(part.kind != "verb" and part.end <= match.start() for part in found)
        if word in ("he", "she", "they", "it", "him", "them") or (word == "her" and after in ("", *PREPOSITIONS)):
            bound = earlier and (before in _CLAUSE or "," in text[: match.start()] or ":" in text[: match.start()])
            if not bound and not (word == "it" and _EXPLETIVE.search(text)):
                return True
        elif word in ("his", "her", "its", "their", "theirs"):
            if not earlier:
                return True
        elif word == "that":
            if not after or (before in PREPOSITIONS | AUXILIARIES and after not in DETERMINERS):
                return True
        elif word in ("this", "these", "those") and after not in _NOT_AFTER_THIS:
            return True
    return False


def has_verb(text: str, names: NameTable) -> bool:
    """Return whether the text has a verb, so that it is a sentence and no fragment such as "and in 2023?"."""
    words = {word.lower() for word in re.findall(r"[\w']+", text)}
    return bool(words & AUXILIARIES) or any(part.kind == "verb" for part in parts(text, names))
