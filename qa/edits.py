"""Small edits of a sentence that a claim otherwise repeats: another number, another name, a "not" or a "may" put in.

Both are read as rows of units, where a name, a date and a quantity are one unit each, whatever they are written like,
and words are stems. What differs between equal neighbours is an edit. A claim in words of its own has few equal
neighbours, and nothing is said of it here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ..index.parts import word_set
from .dates_said import Said
from .entailed import entails
from .named import Named, names_a_kind
from .numbers import Quantity
from .synonyms import LIGHT_WORDS, opposite, synonyms
from .words import Word, related

SHARED = 0.55  # of the claim's units that stand in the sentence in the same order, for it to be a copy with edits
ALIKE = 0.5  # likewise, for one word to have been exchanged
LONGEST = 5  # units of one edit

_NO = word_set("not never no cannot nobody none neither nor without hardly deny denied refuse fail")
_MAYBE = word_set("may might possibly perhaps reportedly allegedly probably likely maybe apparently")
_LATER = frozenset(["will", "plan", "intend", "aim", "hope", "expect", "propose", "shall"])
_KINDS = {"no": _NO, "maybe": _MAYBE, "later": _LATER}
_NOUNS = frozenset(["plan", "aim", "hope", "aimed"])  # "the farming plan", "aimed at tourists"
_ARTICLES = frozenset(["the", "a", "an"])


@dataclass(frozen=True, slots=True)
class Unit:
    """A name, date, quantity or word; `key` compares it, `sort` is "name", "date", "quantity" or "word"."""

    sort: str
    key: str
    text: str
    value: Named | Said | Quantity | Word


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of `sort` "name", "quantity", or a cue of "no", "maybe", "later"; `mine` of the claim."""

    sort: str
    mine: str
    theirs: str


def units(
    text: str, words: Sequence[Word], names: Sequence[Named], days: Sequence[Said], amounts: Sequence[Quantity]
) -> list[Unit]:
    """Return the units of a text in order, articles left out."""
    found: list[tuple[int, int, Unit]] = []
    for amount in amounts:
        key = f"{amount.low}:{amount.high}:{amount.unit}"
        found.append((amount.start, amount.end, Unit("quantity", key, amount.text, amount)))
    for day in days:
        first = day.days[0]
        key = f"{first}" if day.year else f"{first:%m-%d}"
        found.append((day.start, day.end, Unit("date", key, day.text, day)))
    for name in names:
        if not any(start < name.end and name.start < end for start, end, _ in found):
            found.append((name.start, name.end, Unit("name", name.canonical, name.text, name)))
    taken = [(start, end) for start, end, _ in found]
    for word in words:
        if word.key not in _ARTICLES and not any(start <= word.start < end for start, end in taken):
            found.append((word.start, word.end, Unit("word", word.stem, word.text, word)))
    return [unit for _, _, unit in sorted(found, key=lambda each: each[0])]


def edits(claim: Sequence[Unit], quote: Sequence[Unit]) -> Iterator[Edit]:
    """Yield the edits that made the claim of the quote's sentence, if it was made so."""
    matcher = SequenceMatcher(None, [unit.key for unit in claim], [unit.key for unit in quote], autojunk=False)
    steps = matcher.get_opcodes()
    shared = sum(end - start for step, start, end, _, _ in steps if step == "equal")
    if shared < SHARED * len(claim) or shared < 3:
        return
    found: list[Edit] = []
    for number, (step, a, b, c, d) in enumerate(steps):
        if step == "equal" or b - a > LONGEST or d - c > LONGEST:
            continue
        if step == "insert" and number in (0, len(steps) - 1):
            continue  # an adjunct left out, whatever it said
        mine, theirs = claim[a:b], quote[c:d]
        bounded = (number > 0) + (number + 1 < len(steps))
        if bounded < 2 and (a > 0 or c > 0) and (b < len(claim)):
            continue
        yield from _swapped(mine, theirs)
        yield from _instead(mine, theirs, claim, quote)
        found += _cued(mine, theirs)
    for kind in _KINDS:  # a "not" that only moved is put in at one place and left out at another
        of_kind = [edit for edit in found if edit.sort == kind]
        if len({bool(edit.mine) for edit in of_kind}) < 2:
            yield from of_kind


def exchanged(claim: Sequence[Unit], quote: Sequence[Unit]) -> Iterator[tuple[Word, list[Word]]]:
    """Yield (word of the claim, words of the quote in its place) where a copy has another word that says something."""
    steps = SequenceMatcher(
        None, [unit.key for unit in claim], [unit.key for unit in quote], autojunk=False
    ).get_opcodes()
    shared = sum(end - start for step, start, end, _, _ in steps if step == "equal")
    if shared < ALIKE * len(claim) or shared < 3:
        return
    ours, theirs = {unit.key for unit in claim}, {unit.key for unit in quote}
    stems = [unit.key for unit in quote if unit.sort == "word"]
    for step, a, b, c, d in steps:
        if step != "replace":
            continue
        mine = [word for unit in claim[a:b] if unit.key not in theirs and (word := _content(unit))]
        others = [word for unit in quote[c:d] if unit.key not in ours and (word := _content(unit))]
        if not others or len(mine) > 1 or len(others) > 3:
            continue
        for word in mine:
            if (
                word.stem not in LIGHT_WORDS
                and not names_a_kind(word)
                and not any(related(word.stem, s) or synonyms(word.stem, s) for s in stems)
            ):
                yield word, others


def inserted(claim: Sequence[Unit], quote: Sequence[Unit]) -> Iterator[Word]:
    """Yield the words that say something and were put between words of the quote: "unanimously adopted"."""
    steps = SequenceMatcher(
        None, [unit.key for unit in claim], [unit.key for unit in quote], autojunk=False
    ).get_opcodes()
    shared = sum(end - start for step, start, end, _, _ in steps if step == "equal")
    if shared < ALIKE * len(claim) or shared < 3:
        return
    stems = [unit.key for unit in quote if unit.sort == "word"]
    for number, (step, a, b, _, _) in enumerate(steps):
        if step != "delete" or b - a > 2 or number in (0, len(steps) - 1):
            continue
        for word in filter(None, map(_content, claim[a:b])):
            if word.stem not in LIGHT_WORDS and not any(related(word.stem, s) or synonyms(word.stem, s) for s in stems):
                yield word


def _instead(
    mine: Sequence[Unit], theirs: Sequence[Unit], claim: Sequence[Unit], quote: Sequence[Unit]
) -> Iterator[Edit]:
    """Somebody without a name, such as "the customs service", in the place of a name."""
    words = [word for unit in mine if (word := _content(unit))]
    names = [unit for unit in theirs if unit.sort == "name"]
    held, said = {unit.key for unit in quote}, {unit.key for unit in claim}
    if len(names) != 1 or names[0].key in said or not 2 <= len(words) <= 3 or len(theirs) > 3:
        return
    if any(unit.sort != "word" or unit.key in held for unit in mine) or any(names_a_kind(word) for word in words):
        return
    if any(word.capital and word.text in names[0].text for word in words):
        return  # "Kim declared" for "Kim Jong Un told"
    yield Edit("name", " ".join(word.text for word in words), names[0].text)


def _content(unit: Unit) -> Word | None:
    return unit.value if isinstance(unit.value, Word) and unit.value.content else None


def _swapped(mine: Sequence[Unit], theirs: Sequence[Unit]) -> Iterator[Edit]:
    """A name or quantity in the place of another of its sort."""
    for sort in ("name", "quantity"):
        ours = [unit for unit in mine if unit.sort == sort]
        others = [unit for unit in theirs if unit.sort == sort]
        if len(ours) != 1 or len(others) != 1 or len(mine) > len(theirs) + 2:
            continue
        one, other = ours[0], others[0]
        if isinstance(one.value, Named) and isinstance(other.value, Named):
            if one.value.kind == other.value.kind and one.key not in other.key and other.key not in one.key:
                yield Edit("name", one.text, other.text)
        elif (
            isinstance(one.value, Quantity)
            and isinstance(other.value, Quantity)
            and one.value.unit == other.value.unit
            and not entails(other.value, one.value)
        ):
            yield Edit("quantity", one.text, other.text)


def _cued(mine: Sequence[Unit], theirs: Sequence[Unit]) -> Iterator[Edit]:
    """A cue put in or left out."""
    ours = {unit.key for unit in mine if unit.sort == "word" and unit.text not in _NOUNS}
    others = {unit.key for unit in theirs if unit.sort == "word" and unit.text not in _NOUNS}
    for kind, cues in _KINDS.items():
        added, dropped = ours & cues, others & cues
        weaker = (others if added else ours) & (_MAYBE | _LATER) if kind != "no" else frozenset()
        if bool(added) == bool(dropped) or weaker - added - dropped:
            continue
        if kind == "no" and ("yet" in ours | others or any(opposite(a, b) for a in ours for b in others)):
            continue  # "has yet to", "impossible" for "not possible"
        rest = (others if added else ours) - cues
        if any(synonyms(next(iter(added or dropped)), word) for word in rest):
            continue
        word = next(unit.text for unit in (mine if added else theirs) if unit.key in cues)
        yield Edit(kind, word if added else "", "" if added else word)
