"""Follow-up questions made to stand alone, by rule: what the question leaves out is taken from the one before.

Each turn is resolved against the resolved turn before it, so that a chain of ellipses ("And in 2023?", "And in 2024?")
keeps its subject. A fragment replaces the part of the last question that it is parallel to, a question word alone takes
the place of the last one's, a person's pronoun becomes the person, and all else is followed by the carried words in
brackets. A question with names and nouns of its own, and one that announces a new topic, carries nothing.
"""

import re
from collections.abc import Sequence

from .carry import MOST_CARRIED, ask, bracketed, fill, parallel, swap
from .dependence import RELATIONAL, depends, has_verb
from .names import NameTable
from .particles import bare, fitted, is_predicate
from .parts import PERIOD, PREPOSITIONS, QUESTION_WORDS, parts

TURNS = 3
"""So many turns are looked back. A resolved turn holds the topic of those before, and each one costs time."""

_SHIFT = re.compile(
    r"^(?:ok(?:ay)?\W+|well\W+|thanks\W+|no\W+)*(?:(?:a |and )?(?:new|different|another|separate|next|unrelated) "
    r"(?:question|topic|thing|subject|matter|one)|forget (?:about )?(?:that|it)|never ?mind(?: that)?|"
    r"let'?s talk about|let'?s move on(?: to)?|moving on(?: to)?|chang(?:e|ing) (?:of |the )?(?:subject|topic)|"
    r"on (?:a|to a) (?:different|new|another) (?:note|topic|subject)|다른 (?:질문|주제|이야기|얘기)\S*|"
    r"새(?:로운)? 질문\S*|주제를 바꿔\S*)(?:[\s:,.;–-]+|$)(?:now\W+)?",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:(?:no|nope|sorry|wait|oh|ok|actually|oops|wrong (?:one|year|name))\W+)*"
    r"(?:i (?:actually )?(?:meant|mean)|(?:i was|i am|i'm) (?:asking|talking) about|make that|rather)"
    r"(?: to (?:say|ask)(?: about)?)?[\s:,]+"
    r"|^(?:no|nope|sorry)[,.!] +(?=\S+(?: \S+){0,3}[.?!]?$)"  # "No, Russia", but not "No, what did Seoul say?"
    r"|^(?:아니|아뇨|아니요|아니오|아니라)[,.]? +",
    re.IGNORECASE,
)
_THANKS = re.compile(r"^(?:(?:thanks|thank you|ok|okay|i see|alright|right|great|now|hm+)\b[\s,.!]+)+", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:and|but|so|also|then)[, ]+)?(?:what about|how about|"
    r"(?:the )?same (?:question )?(?:for|with|in|about))\b\s*"
    r"|^(?:and|but|so|also|then)\b,? +(?:then )?|^(?:그럼|그러면|그리고|그런데|그래서|그렇다면|혹시|근데)[, ]+",
    re.IGNORECASE,
)
_HANGUL = re.compile(r"[가-힣]")
_KO_POINTS = re.compile(
    r"(?:^|\s)(?:그건|그것|그게|그거|그걸|그때|그곳|거기|그는|그가|그를|그의|그녀|그들|그 |그런|그렇게|"
    r"이건|이것|이는|당시|"
    r"그후|이후에는|그중|그 중)|^(?:왜|언제|어디|누가|얼마나|어떻게)\S*(?: \S+)?\W*$|면요\W*$"
)
_KO_DEFINING = re.compile(r"(?:이?란|은|는)? ?(?:무엇|뭐|뭔|누구)")


def standalone(question: str, history: Sequence[str], names: NameTable) -> str:
    """Return the question made to stand alone, or itself when it needs nothing or changes the topic.

    History ["How did trade with Russia change in 2024?"]:
    "And what about China?" -> "How did trade with China change in 2024?"
    "Why?" -> "Why did trade with Russia change in 2024?"
    "Who gained from it?" -> "Who gained from it? (trade Russia 2024)"
    """
    topic = ""
    for turn in history[-TURNS:]:
        topic = _resolve(turn.strip(), topic, names)
    if not parts(topic, names) or _SHIFT.match(question):
        return question
    return _resolve(question.strip(), topic, names) if question.strip() else question


def _resolve(question: str, last: str, names: NameTable) -> str:
    """`question` made to stand alone after `last`, which stands alone already or is empty."""
    if shift := _SHIFT.match(question):
        return question[shift.end() :] or question
    if not last:
        return question
    if (correction := _CORRECTION.match(question)) and (rest := question[correction.end() :].strip()):
        own = re.search(r"[.:?!] +\S", rest) or has_verb(rest, names)
        return rest if own or (_HANGUL.search(rest) and " " in rest) else swap(rest, last, names)
    core = question[thanks.end() :] if (thanks := _THANKS.match(question)) else question
    lead = _LEAD.match(core)
    core = core[lead.end() :] if lead else core
    if not core.strip(" ?.!"):
        return question
    if _HANGUL.search(core):
        return _korean(core, last, names) if lead or _korean_depends(core, names) else question
    if not lead and not depends(core, names):
        return question
    if has_verb(core, names):
        return fill(core, last, names)
    words = re.findall(r"\w+", core.lower())
    if words and (words[0] in QUESTION_WORDS or (words[0] in PREPOSITIONS and words[-1] in QUESTION_WORDS)):
        return ask(core, last, names)
    if QUESTION_WORDS.intersection(words):
        return bracketed(core, last, names)
    return swap(core if lead else core[:1].lower() + core[1:] if _common(core, names) else core, last, names)


def _common(text: str, names: NameTable) -> bool:
    """Whether the text begins with a common noun, the capital of which is that of the sentence."""
    found = parts(text, names)
    return bool(found) and found[0].start == 0 and found[0].kind == "noun"


def _korean_depends(text: str, names: NameTable) -> bool:
    """Whether a Korean question points back or has neither a name nor enough words."""
    if _KO_POINTS.search(text):
        return True
    words = text.strip(" ?.!").split()
    content = [bare(word) for word in words if not is_predicate(word)]
    if content and content[-1] in RELATIONAL and len(content) <= 2 and not words[0].endswith("의"):
        return True
    if any(part.named for part in parts(text, names)):
        return len(words) == 1
    return len(content) <= 2 and not _KO_DEFINING.search(text) and not re.search(r"\d(?!\d*년)", text)


def _korean(text: str, last: str, names: NameTable) -> str:
    """The Korean question with the last one's parts: swapped where parallel, else in front, without their particles."""
    own, theirs = parts(text, names), parts(last, names)
    words, old = text.strip(" ?.!").split(), last.strip(" ?.!").split()
    typed = [part for part in own if part.kind != "noun"]
    if len(words) == 1 and len(typed) == 1 and (target := parallel(typed[0], [p for p in theirs if p.kind != "noun"])):
        return last[: target.start] + fitted(typed[0].text, last[target.end :])
    heads = [bare(word) for word in old]
    if len(words) == 2 and bare(words[1]) in heads[1:]:
        place = heads.index(bare(words[1]), 1)
        return " ".join([*old[: place - 1], *words, *old[place + 1 :]]) + "?"
    period = any(part.kind == "period" for part in own)
    carried = [PERIOD.sub("", word) if period else word for word in old if not is_predicate(word)]
    bares = [bare(word) for word in carried]
    front = [word for word in dict.fromkeys(bares) if word.strip(" 월일년") and word not in text]
    return " ".join([*front[:MOST_CARRIED], text])
