"""Pairs in an English question: spans with a comparing word between them, or listed with "and", "or", "to"."""

import re
from collections.abc import Sequence

from .comparing import CHANGES, COMPARES, EVENLY, PREPOSITION, SPANS, clean, label, spread
from .parts import AUXILIARIES, ORDINAL, Part
from .types import Side

_CHOOSES = re.compile(r"\b(?:more|less|most|least|better|worse|which|who|whose|\w{3,}er)\b", re.IGNORECASE)
_STATES = re.compile(
    r"^(?:what|how) (?:do|does|did|have|has) .+\b(?:say|said|think|write|written|argue|conclude|recommend|see|view|"
    r"assess|explain|judge|"
    r"interpret|evaluate|propose|expect|report|estimate)\b",
    re.IGNORECASE,
)
_SPEAKERS = ("person", "body", "land")
_JOINER = re.compile(
    r",? (?:(?P<versus>versus|vs\b\.?)|(?:as |when )?(?:compared|contrasted|opposed) (?:with|to)|"
    r"in (?:comparison|contrast) (?:with|to)|"
    r"different(?:ly)? (?:from|than|to)|differ(?:s|ed)? from|apart from|"
    r"(?P<typed>than|(?:dis)?agree[sd]? with|unlike)) ",
    re.IGNORECASE,
)
_TOLD = re.compile(r"(?<=\w) (?:differ|(?:dis)?agree|compare|say|give)\b")
_SUBJECT = re.compile(r"^((?:what |how )?)(?:he|she|it|they) ", re.IGNORECASE)
_WITH = re.compile(r" (?:with|to|against) ")
_AND = re.compile(
    r",? (?P<word>and|or|to) (?:(?:both|in|with|toward|towards|on|by|of|under|for|at|from|about) )?"
    r"(?:the )?",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:,? (?:on|about|as|in|for|regarding|concerning|over|toward|towards|since|during|at|under|with|after|"
    r"before)\b| ?[:;,?]).*$"
)
_GAP = re.compile(rf"(?:,? (?:and|or|then|and then)|,) (?:again )?(?:{PREPOSITION} )?(?:the )?", re.IGNORECASE)
_OF_TWO = re.compile(
    r"\b(?:(?:each|both) of (?:the|these|those) [^,]+|(?:the|these|those) two [^,]+), $", re.IGNORECASE
)
_REPEATED = re.compile(
    rf"\b(?P<a>(?P<the>the )?(?:{ORDINAL.pattern}) (?P<head>\w[\w'’-]*(?: \w[\w'’-]*){{0,3}}?)),? (?:and|or) "
    rf"(?P<b>(?:the )?(?:{ORDINAL.pattern}) (?P=head))\b",
    re.IGNORECASE,
)
_VERSUS = re.compile(r" (?:(?P<versus>versus|vs\.?)|or) (?:the |an? )?", re.IGNORECASE)
_STANDS_FOR = re.compile(
    r"^(?:the )?(?:that|those|one|ones|it was|they were|it is)?\b ?(?:(?:of|in|by|from|under|during|with|for) )?"
    r"(?:the )?"
)


def joined(text: str, found: Sequence[Part]) -> tuple[Side, ...]:
    """Two sides with a word between them that compares: "A versus B", "how A differs from B", "compare A with B"."""
    if match := _JOINER.search(text):
        left, right = text[: match.start()], text[match.end() :]
        return _opposed(text, left, right, found, bool(match["versus"]), bool(match["typed"]))
    if re.match(r"(?:please )?(?:compare|contrast)\b", text, re.IGNORECASE) and not _pair(text, found, typed=True):
        splits = list(_WITH.finditer(text))
        for match in splits:
            if sides := _opposed(text, text[: match.start()], text[match.end() :], found, False, True):
                return sides
        if splits and not _pair(text, found, typed=False):
            return _opposed(text, text[: splits[-1].start()], text[splits[-1].end() :], found, False, False)
    return ()


def _opposed(text: str, left: str, right: str, found: Sequence[Part], versus: bool, typed: bool) -> tuple[Side, ...]:
    """The sides left and right of a comparing word; `typed` asks for parts of one kind, `versus` for no court case."""
    offset = len(text) - len(right)
    core, tail = _without_tail(left, right, offset, found)
    lefts = [part for part in found if part.end <= len(left)]
    rights = [part for part in found if offset <= part.start and part.end <= offset + len(core)]
    kinds = ("noun", "verb", "proper")
    pairs = [
        (a, b) for b in rights for a in reversed(lefts) if a.kind == b.kind and a.kind not in kinds and a.text != b.text
    ]
    stem = clean(left)
    if not core or not rights or stem.lower() in ("", "it", "this", "that", "they", "he", "she"):
        return ()
    if not pairs:
        shared = set(stem.lower().split()) & set(core.lower().split()) - {"the", "a", "of"}
        capitals = all(p.kind in ("noun", "proper") and p.text[0].isupper() for p in (*lefts[-1:], *rights[:1]))
        if typed or (versus and capitals and not shared) or (versus and not lefts):
            return ()
    else:
        a, b = pairs[0]
        rest = core[: b.start - offset] + core[b.end - offset :]
        if not re.sub(_STANDS_FOR, "", rest).strip(" '’s"):
            other = left[: a.start] + _as(b.text, a.text) + left[a.end :]
            return Side(label(a.text), clean(left + tail)), Side(label(b.text), clean(other + tail))
    owner = re.match(r"(.*?['’]s) (.+)", stem)
    if owner and core.endswith(("'s", "’s")):
        return Side(label(owner[1]), clean(stem + tail)), Side(label(core), clean(f"{core} {owner[2]}{tail}"))
    if owner and (own := re.match(r"(?:his|her|its|their) ", core)):
        core = f"{owner[1]} {core[own.end() :]}"
    agent = next((part.text for part in lefts if part.kind in (*_SPEAKERS, "proper")), "")
    place = next((part.text for part in reversed(lefts) if part.kind == "land"), "")
    core = re.sub(r"\bthere\b(?! (?:is|are|was|were|has|have)\b)", f"in {place}", core) if place else core
    core = _SUBJECT.sub(rf"\g<1>{agent} ", core, count=1) if agent else core
    return Side(label(stem), clean(stem + tail)), Side(label(core), clean(core + tail))


def _without_tail(left: str, right: str, offset: int, found: Sequence[Part]) -> tuple[str, str]:
    """`right` parted from a tail that serves both sides: ("INSS", " on the treaty"). A preposition that the left side
    has, too, is no tail: "the treaty with China" stays whole against "the treaty with Russia"."""
    dated = max((part.end - offset for part in found if part.kind == "period" and part.start >= offset), default=0)
    dated = dated if any(part.kind == "period" and part.end <= len(left) for part in found) else 0
    for match in re.finditer(r" (\w+)(?= )|[:;,]", right):
        if match.start() < dated:  # each side has its own date, and what stands before it
            continue
        inside = any(part.start < offset + match.start() < part.end for part in found)
        if inside or not any(part.start >= offset and part.end <= offset + match.start() + 1 for part in found):
            continue
        if match[1] is None or (_TAIL.match(right[match.start() :]) and not re.search(rf"\b{match[1]}\b", left)):
            return right[: match.start()], right[match.start() :]
    return right, ""


def _as(new: str, old: str) -> str:
    """`new` with or without the 's, as `old` has it."""
    owned = old.endswith(("'s", "’s"))
    bare = re.sub(r"['’]s$", "", new)
    return bare + "'s" if owned else bare


def listed(text: str, found: Sequence[Part]) -> tuple[Side, ...]:
    """Two or more sides in a list: "Do KINU and INSS agree?", "between 2019 and 2023", "A, B and C compared"."""
    block = _pair(text, found, typed=True) or _pair(text, found, typed=False)
    if not block:
        return ()
    start, end = block[0].start, block[-1].end
    before, articles = text[:start], [""] * len(block)
    if block[0].kind not in ("period", "ordinal"):  # "the 2000 and 2007 summits" share the article, names do not
        articles = ["the " if text[: part.start].lower().endswith(" the ") else "" for part in block]
        before = re.sub(r"(?<= )the $", "", before, flags=re.IGNORECASE)
    if between := re.search(r"\b(?:between|from|both) (?P<the>the )?$", before, re.IGNORECASE):
        stated = re.search(
            r"\b(?:differences?|similarity|similarities|both|contrast|comparison) $", before[: between.start()]
        )
        word = (
            "in "
            if block[0].kind in ("period", "land") and not stated and between[0][0] in "bf" and "both" not in between[0]
            else ""
        )
        before = before[: between.start()] + word + (between["the"] or "")
    return tuple(
        Side(label(part.text), clean(before + article + part.text + text[end:]))
        for part, article in zip(block, articles, strict=True)
    )


def _pair(text: str, found: Sequence[Part], *, typed: bool) -> list[Part]:
    """The parts that a conjunction sets side by side, or []: of one kind if `typed`, else any two, which need a word
    that compares."""
    compares, changes = bool(COMPARES.search(text)), bool(CHANGES.search(text))
    joints = sorted(_AND.finditer(text), key=lambda joint: joint.start(), reverse=True)
    if told := _TOLD.search(text):  # "KINU and INSS differ on China and Russia": those who differ are the sides
        joints.sort(key=lambda joint: joint.start() > told.start())
    for match in joints:
        if ordinals := _ordinals(text, match, found) if typed and compares else []:
            return ordinals
        a = next((part for part in found if part.end == match.start()), None)
        b = next((part for part in found if match.start() < part.start <= match.end() < part.end), None)
        if not a or not b or a.text.lower() == b.text.lower():
            continue
        same = a.kind == b.kind and a.kind not in ("noun", "verb", "proper")
        word, period = match["word"].lower(), a.kind == b.kind == "period"
        ranged = period and bool(re.search(r"\b(?:between|from)(?: the)? $", text[: a.start], re.IGNORECASE))
        repeated = re.match(r",? and (in|with|toward|towards|on|by|under) ", match[0])
        twice = bool(repeated) and bool(re.search(rf"\b{repeated[1] if repeated else ''} (?:the )?$", text[: a.start]))
        if word == "to":
            meant = ranged and changes
        elif word == "or":
            meant = bool(_CHOOSES.search(text)) and (same or compares)
        else:
            says = a.kind in _SPEAKERS and bool(_STATES.match(text)) and not re.search(r"\bbetween $", text[: a.start])
            meant = compares or (ranged and changes) or (same and (twice or says))
        if not meant or same != typed or any(COMPARES.search(part.text) for part in (a, b)):
            continue
        block = [a, b]
        while earlier := next(
            (p for p in found if text[p.end : block[0].start] in (", ", ", the ") and p.kind == a.kind), None
        ):
            block.insert(0, earlier)
        return block
    return []


def _ordinals(text: str, match: re.Match[str], found: Sequence[Part]) -> list[Part]:
    """Two ordinals before one noun: "the Seventh and the Eighth Party Congress"."""
    left = re.search(rf"(?:{ORDINAL.pattern})$", text[: match.start()], re.IGNORECASE)
    right = ORDINAL.match(text, match.end())
    if not left or not right:
        return []
    return [Part(*left.span(), left[0], "ordinal"), Part(*right.span(), right[0], "ordinal")]


def by_list(text: str, found: Sequence[Part], periods: Sequence[Part]) -> tuple[Side, ...]:
    """Three or more periods in a row; or two, where nouns are set against each other elsewhere, or each is meant."""
    block = list(periods[:1])
    for period in periods[1:]:
        if _GAP.fullmatch(text, block[-1].end, period.start):
            block.append(period)
        elif len(block) < 2 or (len(block) == 2 and period is not periods[-1]):
            block = [period]
    before, after = text[: block[0].start], text[block[-1].end :]
    if len(block) < 2 or len({period.text for period in block}) < len(block):
        return ()
    if len(block) == 2:
        ranged = SPANS.search(before) and not CHANGES.search(text)
        even = (
            EVENLY.search(before) or re.search(r"\brespectively\b|^,? each\b|\beach$", after) or _OF_TWO.search(before)
        )
        if ranged or not (even or _opposes(before, found) or _opposes(after, found, block[-1].end)):
            return ()
    return spread(before, [period.text for period in block], [period.text for period in block], after)


def _opposes(text: str, found: Sequence[Part], offset: int = 0) -> bool:
    """Whether two nouns or names of this piece of a text are set against each other: "plan versus market", "A or B"."""
    for match in _VERSUS.finditer(text):
        start, end = match.start() + offset, match.end() + offset
        a = next((part for part in found if part.end == start and part.kind not in ("verb", "period")), None)
        b = next((part for part in found if part.start == end and part.kind not in ("verb", "period")), None)
        lead = text[: a.start - offset].lower().removesuffix("the ").split() if a and a.start >= offset else []
        if a and b and (match["versus"] or not lead or lead[-1] in AUXILIARIES or lead[-1][-1] in ",:;"):
            return True
    return False


def repeated(text: str) -> tuple[Side, ...]:
    """One noun said twice, each time with its number: "the Seventh Congress and the Eighth Congress"."""
    match = _REPEATED.search(text)
    if not match or match["a"].lower() == match["b"].lower():
        return ()
    if SPANS.search(text[: match.start()]) and not COMPARES.search(text) and not CHANGES.search(text):
        return ()
    phrases = [match["a"], match["b"]]
    return spread(text[: match.start()], phrases, [label(phrase) for phrase in phrases], text[match.end() :])
