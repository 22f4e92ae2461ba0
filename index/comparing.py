"""Comparisons by period, and the words that compare, which a side's query and label leave out: they would find passages
that compare other things.

Two or more full periods (each has its year) are the sides where each has a clause of its own, where a phrase of its
own, or where they are listed and something sets them against each other. "Between 2012 and 2015" is one span of time.
"""

import re
from collections.abc import Sequence

from .followup import standalone
from .names import NameTable
from .parts import AUXILIARIES, DETERMINERS, FUNCTION_WORDS, PREPOSITIONS, QUESTION_WORDS, VERBS, Part, parts, word_set
from .types import Side

COMPARES = re.compile(
    r"\bcompar(?:e[sd]?|ing|isons?|ative)\b|\bcontrast(?:s|ed|ing)?\b|\bdiffer(?:s|ed|ent|ently|ences?)?\b|"
    r"\bsimilarit(?:y|ies)\b|"
    r"\b(?:dis)?agree[ds]?\b|\bthe same \w|\bwhich (?:is|was|had|has|were|one|of)\b",
    re.IGNORECASE,
)
CHANGES = re.compile(
    r"\b(?:chang|evol|shift|develop|grow|grew|ris(?:e|en)\b|rose|fall|fell|increas|decreas|declin|differ|compar|mov(?:e|ed)\b|"
    r"improv|worsen|contrast)\w*",
    re.IGNORECASE,
)
_NOISE = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[,:;]? ?(?:how|where|in what way)s? (?:do|does|did|are|were) they (?:differ|compare|agree)\b",
        r"[,:;]? ?\b(?:what (?:is|are|was|were) )?(?:the |a )?(?:(?:main|key|major|biggest) )?"
        r"(?:differences?|similarit(?:y|ies)|comparison)"
        r"(?: (?:and|or) (?:differences?|similarit(?:y|ies)))?(?: (?:between|of|in))?\b",
        r"^(?:please )?(?:compare|contrast)(?: and contrast)?(?: (?:what|how))?\b",
        r"^(?:how|what|in what way)s? (?:do|does|did|is|are|was|were|has|have|sets?|distinguishe[sd])\b",
        r"^(?:do|does|did|is|are|was|were|has|have)\b",
        r"\b(?:differ(?:s|ed|ent)?|compare[ds]?|(?-i:(?:dis)?agree[ds]?)|give the same|the same)\b"
        r"(?: (?:from|on whether))?",
        r"(?<=\w )(?:change|evolve|shift)[ds]?(?= in (?:the |early |late |mid)?\S*\d)",
        r"(?:를|을)? ?(?:비교|차이점?|대비)(?:해\s?줘|해\s?주세요|하면|해서|하라|분석)?"
        r"(?:은|는|이|가|을|를)?(?= |\W|$)",
        r"(?:은|는|이|가)? (?:어떻게|무엇이|뭐가|얼마나|어디가)?\s?"
        r"(?:다른가|다른지|다릅니까|달라졌나|달라졌는가|달라졌습니까|달랐나|"
        r"다르나|다른|다를까|변했나|바뀌었나)요?(?=\W*$)",
    )
]

_REFERS = word_set(
    "attitude approach assessment course emphasis judgement judgment language line message mood picture policy "
    "position rhetoric situation stance state things this tone view views wording anything much"
)
"""Nouns that only point back: "has the tone changed by 2024?"."""

_ASKS = rf"(?:{'|'.join(sorted(QUESTION_WORDS))})\b"
_ASKED = rf"(?:(?:{'|'.join(sorted(AUXILIARIES))})\b)"
PREPOSITION = rf"(?:{'|'.join(sorted(PREPOSITIONS))})\b"
PHRASE_OF_TIME = re.compile(rf"\b{PREPOSITION} (?:(?:the|a|an|his|her|its|their) )?(?:[\w'’-]+ of )?$", re.IGNORECASE)
_BREAK = re.compile(
    rf"[.;?!] (?:(?:and|but|then|yet|so) )?(?=(?:{PREPOSITION} )?{_ASKS}|{_ASKED}|"
    rf"{PREPOSITION} (?:the )?\S+(?: \S+)?$)|"
    rf",? (?:and|but|yet|or|whereas) (?:then )?(?=(?:{PREPOSITION} )?{_ASKS}|"
    rf"{_ASKED} (?:it|they|he|she|there|{'|'.join(sorted(DETERMINERS))}|(?-i:[A-Z])\w*)\b)|"
    r", (?=(?:what|how|where|why|which|who)\b)",
    re.IGNORECASE,
)
"""Where a second question begins: "...; how", ". When did", ", and what", " and did he"."""
_RELATIVE = re.compile(r"\w (?:that|which|who|whose|where|when)\b")
_TOPIC = re.compile(rf"[^,:;]+[:,] (?=(?:{PREPOSITION} )?{_ASKS}|{_ASKED})", re.IGNORECASE)
_PERSONAL = re.compile(r"\b(?:he|she|him|her|his|they|them|their)\b", re.IGNORECASE)
_AND = re.compile(r",? (?:and|or) | to | (?:as )?against ")
SPANS = re.compile(r"\b(?:between|from)(?: the)? $", re.IGNORECASE)
_EACH = re.compile(r",? (?:each|both|respectively)\b", re.IGNORECASE)
EVENLY = re.compile(r"\brespectively\b|\beach$|\bin each\b|\bboth(?: in| the)* $", re.IGNORECASE)


def label(text: str) -> str:
    """Return a span as a reader would call it, without its article and its 's."""
    return re.sub(r"^(?:the|a|an|his|her|its|their) |['’]s?$", "", text.strip(" ,:"), flags=re.IGNORECASE)


def clean(text: str) -> str:
    """Return the text without the words that compare.

    "How do KINU's views differ?" -> "KINU's views"
    """
    for pattern in _NOISE:
        text = pattern.sub(" ", text.strip(" ,:;?"))
    text = re.sub(r"\s+([,:;])", r"\1", " ".join(text.split()))
    return re.sub(r"\bthe the\b", "the", text).strip(" ,:;?")


def by_clause(text: str, periods: Sequence[Part], names: NameTable) -> tuple[Side, ...]:
    """Questions in a row, each with a period of its own. What stands before the first serves all."""
    bounds, breaks = [(0, 0)], list(_BREAK.finditer(text))
    for number, match in enumerate(breaks):
        left = text[bounds[-1][1] : match.start()]
        comma = match[0] == ", "
        relative = re.match(r"(?:which|who|whose|where|when) (?!(?:did|does|do|was|were|is)\b)", text[match.end() :])
        if (
            comma and (number + 1 == len(breaks) or not re.search(_ASKS, left, re.IGNORECASE) or left[:4] == "When")
        ) or (relative and _RELATIVE.search(left)):
            continue
        bounds.append(match.span())
    topic, clauses, own = "", [], []
    for (_, start), (end, _) in zip(bounds, [*bounds[1:], (len(text), 0)], strict=True):
        inside = [period for period in periods if start <= period.start and period.end <= end]
        if inside:
            clauses.append((start, end))
            own.append(inside)
        elif clauses:
            clauses[-1] = (clauses[-1][0], end)
        else:
            topic = text[:end] + (text[end] if text[end : end + 1] in ("?", ".", ";") else ",") + " "
    texts = [{period.text.lower() for period in inside} for inside in own]
    if len(clauses) < 2 or any(a & b for n, a in enumerate(texts) for b in texts[:n]):
        return ()
    (start, end), first = clauses[0], own[0][0]
    lead = _TOPIC.match(text, start)
    if lead and lead.end() < first.start and not re.match(_ASKS, lead[0], re.IGNORECASE):
        topic, start = topic + lead[0], lead.end()
    left, queries = text[start:end], []
    moved = Part(first.start - start, first.end - start, first.text, "period")
    for (at, stop), inside in zip(clauses[1:], own[1:], strict=True):
        period = Part(inside[0].start - at, inside[0].end - at, inside[0].text, "period")
        queries.append(_completed(left, moved, text[at:stop], period, topic, names))
    sides = [left, *queries]
    return tuple(Side(inside[0].text, tidy(topic + query)) for inside, query in zip(own, sides, strict=True))


def _completed(left: str, first: Part, right: str, period: Part, topic: str, names: NameTable) -> str:
    """The right clause, made to stand alone: "how many in 2021" takes over the words of the left one."""
    words = {word.lower() for word in re.findall(r"[^\W\d_][\w'’-]+", right[: period.start] + right[period.end :])}
    if words & _REFERS and words - FUNCTION_WORDS - VERBS - _REFERS <= set(left.lower().split()):
        when, then = (PHRASE_OF_TIME.search(t[: p.start]) for t, p in ((left, first), (right, period)))
        if when and then:
            after = re.sub(r"^ \w+", "", left[first.end :]) if when[0].count(" ") > 1 else left[first.end :]
            return left[: when.start()] + then[0] + period.text + after  # "in his 2018 speech", "by 2024"
    if not words & (AUXILIARIES | VERBS) and words - FUNCTION_WORDS <= set(left.lower().split()):
        ours, theirs = (
            re.search(rf"\b{PREPOSITION} (?:the )?$", t[: p.start]) for t, p in ((left, first), (right, period))
        )
        if ours and theirs:
            return left[: ours.start()] + right[theirs.start() :] + left[first.end :]
        return left[: first.start] + right[period.start :] + left[first.end :]
    if topic and not _PERSONAL.search(right):
        return right
    if told := _told_apart(left, right, names):
        return told
    whole = standalone(right + "?", [left + "?"], names).replace("?", "")
    whole = right if first.text in whole or period.text not in whole else whole
    return whole[:1].lower() + whole[1:] if topic else whole


def _told_apart(left: str, right: str, names: NameTable) -> str:
    """The right clause with its person named, where it has a topic of its own: "how did he speak of Seoul by 2024"."""
    agents = [part for part in parts(left, names) if part.kind in ("person", "proper")]
    persons = {part.text for part in agents if re.search(rf"{_ASKED} $", left[: part.start], re.IGNORECASE)}
    own = [part for part in parts(right, names) if part.kind not in ("verb", "period")]
    if len(persons) != 1 or not own or not re.search(r"\b(?:he|she)\b", right):
        return ""
    told = re.sub(r"\b(?:he|she)\b", persons.pop(), right, count=1)
    return told[:1].upper() + told[1:]


def by_phrase(text: str, found: Sequence[Part], periods: Sequence[Part]) -> tuple[Side, ...]:
    """Phrases side by side, each with its period: "the speech of May 2016 and the letter of June 2019 both"."""
    for match in _AND.finditer(text):
        left = next((period for period in reversed(periods) if period.end <= match.start()), None)
        right = next((period for period in periods if period.start >= match.end()), None)
        if not left or not right or left.text.lower() == right.text.lower():
            continue
        heads, lead = text[left.end : match.start()], text[match.end() : right.start]
        verbs = [part.start for part in found if part.kind == "verb"]
        if (
            not _nominal(heads)
            or not _nominal(lead)
            or not (_content(lead) or _content(heads) or "that" in lead + "those")
        ):
            continue
        if any(left.end <= at < match.start() or match.end() <= at < right.start for at in verbs):
            continue
        again = bool(_content(lead)) and text[: left.start].endswith(
            lead
        )  # New Year's Day 2016 and New Year's Day 2017
        start = left.start - len(lead) if again else _begin(text, left.start, verbs)
        end = _end(text, right, found, heads)
        phrases = [text[start : match.start()], text[match.end() : end]]
        if len(_content(lead + text[right.end : end])) == 0:
            if not re.match(r"(?:that|those|the ones?) ", lead):
                continue
            phrases[1] = phrases[0].replace(left.text, right.text)
        a, b = ((_content(phrase.replace(p.text, ""))) for phrase, p in zip(phrases, (left, right), strict=True))
        before, after = text[:start], text[end:]
        compared = COMPARES.search(text) or (_EACH.match(after) or EVENLY.search(before) or EVENLY.search(after))
        ranged = SPANS.search(before)
        if match[0] == " to " and not (ranged and ranged[0].lower().startswith("from") and CHANGES.search(text)):
            continue
        if not compared and (not CHANGES.search(text) if ranged else a != b):
            continue
        block = [left, right]
        while earlier := next((p for p in periods if text[p.end : start].startswith(", ") and p.end < start), None):
            if earlier in block or not text[:start].endswith(", "):
                break
            stop, start = start - 2, _begin(text, earlier.start, verbs)
            phrases.insert(0, text[start:stop])
            block.insert(0, earlier)
        labels = [label(phrase) if a == b else period.text for phrase, period in zip(phrases, block, strict=True)]
        return spread(text[:start], phrases, labels, after)
    return ()


def _nominal(text: str) -> bool:
    """Whether words may belong to one noun phrase: no punctuation, no auxiliary, no question word."""
    words = text.lower().split()
    return len(words) < 9 and not re.search(r"[,.;:?!]", text) and not (AUXILIARIES | QUESTION_WORDS) & set(words)


def _content(text: str) -> list[str]:
    """The words that mean something, in order."""
    return [word for word in re.findall(r"\w[\w'’-]*", text.lower()) if word not in FUNCTION_WORDS]


def _begin(text: str, at: int, verbs: Sequence[int]) -> int:
    """Where the noun phrase begins that holds text[at]: at its first article, or else its first word."""
    start = article = at
    for token in reversed(list(re.finditer(r"\S+ ", text[:at]))):
        word = token[0].lower().strip()
        glue = word in ("of", "to", "with") or word == "dated" or (start == at and word in ("in", "from", "on"))
        if word[-1] in ",.;:?!" or token.start() in verbs or (word in FUNCTION_WORDS - DETERMINERS and not glue):
            break
        start = token.start()
        article = start if word in DETERMINERS else article
    if article < at:
        return article
    lead = re.match(rf"{PREPOSITION} ", text[start:])
    return start + (lead.end() if lead else 0)


def _end(text: str, period: Part, found: Sequence[Part], heads: str) -> int:
    """Where the noun phrase ends that holds the period: "the 2013 budget" takes its head along."""
    end = period.end
    last = text[: period.start].lower().split()[-1:]
    if heads and (
        not last or last[0] in DETERMINERS or last[0] in ("and", "or") or last[0].endswith(("'s", "s'", "’s"))
    ):
        for part in (part for part in found if part.start > period.start and part.kind not in ("verb", "period")):
            gap = text[end : part.start]
            inner = re.fullmatch(r" (\w+) (?:the )?", gap)
            if gap != " " and not (inner and inner[1] in PREPOSITIONS and f" {inner[1]} " in heads):
                break
            end = part.end
    return end


def spread(before: str, spans: Sequence[str], labels: Sequence[str], after: str) -> tuple[Side, ...]:
    """One side a span, each put between what stands before all and after all."""
    if match := re.search(r"\b(?:between|from|both|each of)(?: the)? $", before, re.IGNORECASE):
        word = "" if match[0].lower() == "both " else "In " if match.start() == 0 else "in "
        before = before[: match.start()] + word
    before = re.sub(r"\bboth (?=\w+ (?:the )?$)", "", before, flags=re.IGNORECASE)
    after = re.sub(r",? \brespectively\b|^,? (?:each|both)\b|,? (?:in )?each$", "", after)
    return tuple(Side(name, tidy(before + span + after)) for name, span in zip(labels, spans, strict=True))


def tidy(text: str) -> str:
    """The question without words that compare, if it has any."""
    return clean(text) if COMPARES.search(text) or CHANGES.search(text) else " ".join(text.split()).strip(" ,:;?.!")
