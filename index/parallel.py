"""Sides in parallel phrases and clauses: each period with a preposition of its own, "as it did in 2024", and a second
question that leaves out what the first one said ("whom from Belarus and whom from Mongolia").
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from .comparing import PREPOSITION, label, spread, tidy
from .parts import AUXILIARIES, DETERMINERS, FUNCTION_WORDS, PREPOSITIONS, QUESTION_WORDS, VERBS, Part, word_set
from .types import Side

_WHEN = word_set("in on at of during around under for about as")
"""Prepositions before a time at which something was so; "since" and "until" bound a span instead."""
_AND_WHEN = re.compile(rf",? and (?:then |again )?(?P<phrase>{PREPOSITION} (?:[\w'’-]+ )*)")
_AS = re.compile(
    r",? (?:(?:in )?the same(?: \w+)? as|just as|as|like) (?:(?:it|he|she|they|that|those) )?"
    r"(?:(?:was|were|did|had|has|have|does|do|is|are) )?(?:back |then )?"
    rf"(?P<phrase>{PREPOSITION} (?:[\w'’-]+ )*)"
)
_SAME_AS = re.compile(r",? (?:in )?the same (?:way )?as (?P<who>he|she|they|it) (?=\w)", re.IGNORECASE)
_ASKED_AGAIN = re.compile(
    rf",? (?:and|but|or) (?P<again>(?:{PREPOSITION} )?(?:{'|'.join(sorted(QUESTION_WORDS))})\b"
    r"(?: (?:many|much|long|often|far|big))?)(?P<rest> .+)$",
    re.IGNORECASE,
)
_PRONOUNS = word_set("he she it they him her them")
_AUXILIARY = re.compile(rf"\b(?:{'|'.join(sorted(AUXILIARIES))}) (?:the )?$", re.IGNORECASE)


def in_turn(text: str, periods: Sequence[Part]) -> tuple[Side, ...]:
    """Periods each with a preposition of its own: "at the turn of 2020 and in the first half of 2025"."""
    starts, block = [_phrase(text, periods[0].start)], [periods[0]]
    for period in periods[1:]:
        match = _AND_WHEN.fullmatch(text, block[-1].end, period.start)
        if not match or not _is_when(match["phrase"]):
            break
        starts.append(match.start("phrase"))
        block.append(period)
    if len(block) < 2 or not _is_when(text[starts[0] :]) or len({period.text for period in block}) < len(block):
        return ()
    phrases = [text[start : period.end] for start, period in zip(starts, block, strict=True)]
    return spread(text[: starts[0]], phrases, [period.text for period in block], text[block[-1].end :])


def as_then(text: str, periods: Sequence[Part]) -> tuple[Side, ...]:
    """One period likened to another: "Was rice as dear in 2019 as it was in 2024?"."""
    for first, second in pairwise(periods):
        match = _AS.fullmatch(text, first.end, second.start)
        start = _phrase(text, first.start)
        if not match or not _is_when(match["phrase"]) or not _is_when(text[start:]):
            continue
        phrases = [text[start : first.end], text[match.start("phrase") : second.end]]
        return spread(text[:start], phrases, [first.text, second.text], text[second.end :])
    return ()


def same_as(text: str, found: Sequence[Part]) -> tuple[Side, ...]:
    """A clause likened to another one: "speak of arms control in 2018 the same way as he spoke of it to Xi"."""
    match = _SAME_AS.search(text)
    lefts = [part for part in found if match and part.end <= match.start()]
    rights = [part for part in found if match and part.start >= match.end()]
    agent = next((part for part in lefts if _AUXILIARY.search(text[: part.start])), None)
    if not match or not agent or not rights:
        return ()
    left, right = text[: match.start()], f"{agent.text} {text[match.end() :]}"
    mine, theirs = (_told_by(own, other) for own, other in ((lefts, rights), (rights, lefts)))
    return Side(label(mine), tidy(left)), Side(label(theirs), tidy(right))


def _told_by(own: Sequence[Part], other: Sequence[Part]) -> str:
    """What only one side names: its last period or name, or else its last word."""
    texts = {part.text.lower() for part in other}
    alone = [part for part in own if part.text.lower() not in texts] or list(own)
    return next((part.text for part in reversed(alone) if part.kind not in ("noun", "verb")), alone[-1].text)


def asked_twice(text: str, found: Sequence[Part]) -> tuple[Side, ...]:
    """A second question with another name and no words of its own: "When did Putin come, and when did Xi?"."""
    match = _ASKED_AGAIN.search(text)
    if not match or re.search(r"[.?;]", match["rest"]):
        return ()
    left, start = text[: match.start()], match.start("rest")
    lefts = [part for part in found if part.end <= len(left) and part.kind not in ("noun", "verb", "period")]
    rights = [part for part in found if part.start >= start and part.kind not in ("noun", "verb", "period")]
    if not lefts or len(rights) != 1:
        return ()
    other = rights[0]
    rest = text[start : other.start] + " " + text[other.end :]
    words = [word for word in re.findall(r"\w[\w'’-]*", rest.lower()) if word not in FUNCTION_WORDS - _PRONOUNS]
    known = {word[:4] for word in re.findall(r"\w[\w'’-]*", left.lower())}
    if any(word[:4] not in known for word in words) or other.text.lower() in left.lower():
        return ()
    last = text[: other.start].split()[-1].lower()
    same = [part for part in lefts if last in PREPOSITIONS and left[: part.start].lower().endswith(f" {last} ")]
    subject = [part for part in lefts if _AUXILIARY.search(left[: part.start])]
    kind = [part for part in lefts if part.kind == other.kind]
    counterpart = [*same, *([] if last in PREPOSITIONS else subject), *kind]
    if not counterpart:
        return ()
    mine = counterpart[0]
    before = left[: mine.start].removesuffix("the ") if other.kind == "person" else left[: mine.start]
    return Side(label(mine.text), tidy(left)), Side(label(other.text), tidy(before + other.text + left[mine.end :]))


def _phrase(text: str, at: int) -> int:
    """Where the phrase with a preposition begins that ends in text[at]: "in its speech of [2013]"; else `at`."""
    start = at
    for token in reversed(list(re.finditer(r"\S+ ", text[:at]))[-6:]):
        word = token[0].lower().strip()
        if word[-1] in ",.;:?!" or word in AUXILIARIES | QUESTION_WORDS or (word in VERBS and start == at):
            break
        if word in PREPOSITIONS | {"as"}:
            start = token.start()
            if word != "of":
                break
        elif word in FUNCTION_WORDS - DETERMINERS:
            break
    return start


def _is_when(phrase: str) -> bool:
    """Whether the phrase begins with a preposition of time and holds no verb: no clause of its own."""
    words = phrase.lower().split()
    end = next((i for i, word in enumerate(words) if re.search(r"\d", word)), len(words))
    return bool(words) and words[0] in _WHEN and not set(words[:end]) & (AUXILIARIES | QUESTION_WORDS)
