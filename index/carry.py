"""What a question leaves out, put in: parts swapped for parallel ones, pronouns filled, or words carried in brackets.

All functions take the question, cleared of "and what about", and the last one, which stands alone.
"""

import re
from calendar import month_name
from collections.abc import Callable, Sequence

from .dependence import DEFINING
from .names import NameTable
from .parts import AUXILIARIES, DETERMINERS, ORDINAL, PERIOD, PREPOSITIONS, Part, group, parts

MOST_CARRIED = 10
"""So many parts are carried at most, names and periods first: a longer search text drowns the question itself."""

_RELATIVE = re.compile(
    r"\b(?:(the|a|one|two|three|\d+) )?(?:(previous|following|next|last) (year|month)|"
    r"(years?|months?) (before|after|later|earlier))"
    r"(?: that)?\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"\b(?:(his|her(?= (?!to\b|in\b|at\b|for\b|from\b|about\b|on\b|as\b|with\b)\w))|he|she|him|her)\b", re.IGNORECASE
)
_ONLY_ORDINAL = re.compile(rf"(?:(?:at|in|of|on|for|the) )*({ORDINAL.pattern})(?: one)?", re.IGNORECASE)
_THE_ONE = re.compile(r"^(?:(?:the|that) ones?|any)\b(?: (?:in|of|from|for|on))? *", re.IGNORECASE)
_COUNTS = {"two": 2, "three": 3}
_MONTHS = tuple(month_name)[1:]


def swap(fragment: str, last: str, names: NameTable) -> str:
    """`last` with the parts that a fragment is parallel to replaced by the fragment's.

    "and corn?" after "How did rice prices move in 2023?" -> "How did corn prices move in 2023?"
    """
    fragment = _absolute(fragment.strip(" ?.!,"), last)
    fragment = _THE_ONE.sub("", fragment) or fragment
    own = parts(f"of {fragment}", names)  # "of", so that a capital counts as one of a name
    if (new := _ONLY_ORDINAL.fullmatch(fragment)) and (old := ORDINAL.search(last)):
        return last[: old.start()] + new[1] + last[old.end() :]
    edits: list[tuple[int, int, str]] = []
    theirs = [part for part in parts(last, names) if part.kind != "verb"]
    for part in [part for part in own if part.kind not in ("noun", "verb")] or own[-1:]:
        taken = [part for part in theirs if not any(a <= part.start < b for a, b, _ in edits)]
        alone = sum(other.kind not in ("noun", "verb") for other in own) <= 1
        text, place = (fragment, None) if alone else (part.text, None)
        if alone and fragment.split()[0].lower() in PREPOSITIONS and part.kind in ("noun", "proper"):
            place = _same_preposition(fragment, last)
        if place:
            edits.append((*place, fragment))
        elif target := parallel(part, taken):
            edits.append(_edit(text, part, target, last))
    if not edits:
        return (
            f"{last.rstrip(' ?.!')} {fragment}?"
            if fragment.split()[0].lower() in PREPOSITIONS
            else bracketed(fragment, last, names)
        )
    for start, end, text in sorted(edits, reverse=True):
        last = last[:start] + text + last[end:]
    return last


def parallel(part: Part, theirs: Sequence[Part]) -> Part | None:
    """The part that `part` may stand for: one of its kind, of the wider kind, or any name."""
    if part.kind in ("period", "noun"):
        return next((other for other in reversed(theirs) if other.kind == part.kind), None)
    agents = ("person", "land", "body", "proper")
    tests: tuple[Callable[[Part], bool], ...] = (
        lambda other: other.kind == part.kind,
        lambda other: group(other.kind) == group(part.kind),
        lambda other: other.named and group(part.kind) in agents and group(other.kind) in agents,
        lambda other: other.named and "proper" in (part.kind, other.kind),
    )
    for test in tests:
        if matching := [other for other in theirs if test(other)]:
            return matching[0 if part.kind == "proper" else -1]
    return None


def _edit(text: str, part: Part, target: Part, last: str) -> tuple[int, int, str]:
    """(start, end, new text) that puts `text` in the place of `target` and of its article."""
    words = text.split()
    if words[0].lower() in PREPOSITIONS:
        text = " ".join(words[1:])
    start, end = target.start, target.end
    if part.kind == "noun":
        modifier, _, head = target.text.partition(" ")
        if head and " " not in text and not re.search(r"(?:al|ar|ic|ive|ous|ed|ing|ern|an)$", modifier):
            end = start + len(modifier)  # corn for the rice of "rice prices"
    article = re.search(r"\b(\w+) $", last[:start])
    if article and article[1].lower() in DETERMINERS:
        start = article.start()
    if target.text.endswith(("'s", "’s")) and not text.endswith(("'s", "’s")):
        text += "'s"
    return start, end, text


def _same_preposition(fragment: str, last: str) -> tuple[int, int] | None:
    """The span in `last` from the fragment's preposition to the next one: "about the economy"."""
    others = "|".join(PREPOSITIONS)
    match = re.search(rf"\b{fragment.split()[0]}\b.+?(?= (?:{others})\b|[?.!,(]|$)", last, re.IGNORECASE)
    return match.span() if match else None


def ask(core: str, last: str, names: NameTable) -> str:
    """`last` asked with another question word.

    "Why?" after "When did the border close?" -> "Why did the border close?"
    """
    core = core.strip(" ?.!")
    if relative := _RELATIVE.search(core):
        if _absolute(relative[0], last) == relative[0]:
            return bracketed(core, last, names)
        last = swap(relative[0], last, names)
        core = (core[: relative.start()] + core[relative.end() :]).strip(" ,")
    for period in (part for part in parts(core, names) if part.kind == "period"):
        last = swap(period.text, last, names)
        core = re.sub(rf"(?:\w+ )?{re.escape(period.text)}", "", core).strip(" ,") if " " in core else core
    auxiliaries = "|".join(AUXILIARIES)
    match = re.match(rf"(?:(\w+(?: \w+)*?)(?:['’]s)? )??({auxiliaries}) ", last, re.IGNORECASE)
    head, word = (match[1] or "" if match else last.split()[0]).lower(), core.lower().split()[0]
    asks_noun = word in ("which", "what", "who", "whose") or len(core.split()) > 2
    if asks_noun and not (head.split()[:1] == [word] or (" " in head and " " in core)):
        return bracketed(core, last, names)
    if not match:
        return core + last[len(head) :] if head == word else bracketed(core, last, names)
    return f"{core[0].upper()}{core[1:]} {last[match.start(2)].lower()}{last[match.start(2) + 1 :]}"


def _absolute(text: str, last: str) -> str:
    """`text` with "the year before", "a month later" counted from the last period of `last`, where it has one."""
    match, periods = _RELATIVE.search(text), PERIOD.findall(last)
    if not match or not periods:
        return text
    unit = (match[3] or match[4]).lower().rstrip("s")
    step = int(match[1]) if (match[1] or "").isdigit() else _COUNTS.get((match[1] or "").lower(), 1)
    step = -step if (match[2] or match[5]).lower() in ("previous", "last", "before", "earlier") else step
    year = re.search(r"(?:19|20)\d\d", periods[-1])
    month = next((i for i, name in enumerate(_MONTHS) if name[:3].lower() in periods[-1].lower()), None)
    if not year or (unit == "month" and month is None):
        return text
    total = int(year[0]) * 12 + (month or 0) + (step if unit == "month" else 12 * step)
    whole = month is None or ((match[1] or "the").lower() == "the" and unit == "year")
    return (
        text[: match.start()]
        + (f"{total // 12}" if whole else f"{_MONTHS[total % 12]} {total // 12}")
        + text[match.end() :]
    )


def fill(core: str, last: str, names: NameTable) -> str:
    """A whole question with its pronouns filled where they can mean one thing only, then the carried words."""
    theirs = parts(last, names)
    core = core[0].upper() + core[1:]
    persons = list(dict.fromkeys(part.text for part in theirs if part.kind == "person"))
    if len(persons) == 1:
        core = _PERSONAL.sub(lambda match: persons[0] + ("'s" if match[1] else ""), core, count=1)
    if (ones := re.match(r"(which|what|how many) ones\b", core, re.IGNORECASE)) and theirs:
        same = {part.kind for part in parts(core, names) if part.named}
        head = [theirs[0]]
        for part in theirs[1:]:
            if part.kind == "verb" or last[head[-1].end : part.start] != " ":
                break
            head.append(part)
        core = f"{ones[1]} {' '.join(part.text for part in head)}{core[ones.end() :]}"
        theirs = tuple(part for part in theirs if part.kind not in same)
    elif len(theirs) == 1 and (defined := DEFINING.match(last)):
        subject = defined[1] or defined[2]
        if re.sub(r"^(?:the|an?) ", "", subject, flags=re.IGNORECASE) == theirs[0].text.removeprefix("the "):
            core = re.sub(r"\bit\b", lambda _: subject, core, count=1)
    return bracketed(core, last, names, theirs)


def bracketed(core: str, last: str, names: NameTable, theirs: Sequence[Part] | None = None) -> str:
    """The question, then in brackets those parts of `last` that it does not have; verbs only for "that", "why"."""
    core = core.rstrip(" ?.!") + "?"
    own = parts(core, names)
    verbs = bool(re.search(r"\b(?:that|this|so|why)\b", core, re.IGNORECASE))
    skip = {"period"} if any(part.kind == "period" for part in own) else set()
    carried = [
        part
        for part in (parts(last, names) if theirs is None else theirs)
        if part.kind not in skip
        and (verbs or part.kind != "verb")
        and part.text.lower() not in core.lower()
        and not ORDINAL.fullmatch(part.text)
    ]
    carried = list({part.text.lower(): part for part in carried}.values())
    if len(carried) > MOST_CARRIED:
        ranked = sorted(carried, key=lambda part: part.kind in ("noun", "verb"))[:MOST_CARRIED]
        carried = sorted(ranked, key=lambda part: part.start)
    words = " ".join(part.text.removesuffix("'s") for part in carried)
    return f"{core} ({words})" if words else core
