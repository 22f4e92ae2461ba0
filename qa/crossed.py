"""Words that have changed places: "imports exceeded exports" for "exports exceeded imports", a price of other goods.

Both texts are read as rows of units (`edits`). Three units that a claim has in the very opposite order of its quote, a
verb in the middle, are a deed turned round; a phrase that has only moved never turns three. And where two figures have
each other's words before them, they are told of each other's things.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from .edits import Unit
from .synonyms import LIGHT_WORDS
from .words import Word

_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being)\b", re.IGNORECASE)
_LOOSE = re.compile(  # what joins words in more than one order
    r"[,;:.()]|'s?\b|\b(?:with|met|meets?|between|both|each other|and|or|by|of|in|on|at|for|into|as|but|that|which|who"
    r"|from|to)\b",
    re.IGNORECASE,
)
FAR = 6  # shared units from one to the other
MOST = 60  # units of a sentence that are compared
LONG = 200  # likewise, for the figures


def turned(claim: Sequence[Unit], quote: Sequence[Unit], claim_text: str, quote_text: str) -> tuple[Unit, Unit] | None:
    """Return the two units of the claim that have changed places around a verb that both texts have, or None."""
    mine, theirs = _shared(claim, quote)
    for at, first in enumerate(mine):
        for end, second in enumerate(mine[at + 2 : at + FAR], at + 2):
            if first.sort != second.sort or first.sort not in ("word", "name"):
                continue
            one, other = theirs[first.key].value, theirs[second.key].value
            between = [theirs[unit.key].value.start for unit in mine[at + 1 : end] if _plain(unit)]
            if not any(other.start < start < one.start for start in between):
                continue
            gaps = claim_text[first.value.end : second.value.start], quote_text[other.end : one.start]
            if any(_LOOSE.search(gap) for gap in gaps) or len({bool(_PASSIVE.search(gap)) for gap in gaps}) > 1:
                continue
            return first, second
    return None


def exchanged_figures(claim: Sequence[Unit], quote: Sequence[Unit]) -> tuple[Unit, Unit] | None:
    """Return the two figures of the claim that have each other's words before them in the quote, or None."""
    ours, theirs = dict(_before_figures(claim)), dict(_before_figures(quote))
    figures = [unit for unit in claim[:LONG] if unit.sort in ("quantity", "date") and unit.key in theirs]
    for i, one in enumerate(figures):
        for other in figures[i + 1 :]:
            if one.key != other.key and one.sort == other.sort:
                first, second = ours.get(one.key, set()), ours.get(other.key, set())
                if first & theirs[other.key] and second & theirs[one.key]:
                    return one, other
    return None


def _before_figures(units: Sequence[Unit]) -> Iterator[tuple[str, set[str]]]:
    """Each quantity and date that stands there once, and what stands between it and the one before."""
    before: set[str] = set()
    often = Counter(unit.key for unit in units[:LONG])
    for unit in units[:LONG]:
        if unit.sort in ("quantity", "date") and getattr(unit.value, "unit", "") not in ("ordinal", "label"):
            if often[unit.key] == 1:
                yield unit.key, {key for key in before if often[key] == 1}
            before = set()
        elif unit.sort == "name" or _telling(unit):
            before.add(unit.key)


def _shared(claim: Sequence[Unit], quote: Sequence[Unit]) -> tuple[list[Unit], dict[str, Unit]]:
    """The units of the claim that stand once in both, in order, and by key those of the quote."""
    ours, others = [unit.key for unit in claim[:MOST]], [unit.key for unit in quote[:MOST]]
    once = {key for key in ours if ours.count(key) == 1 and others.count(key) == 1}
    kept = [unit for unit in claim[:MOST] if unit.key in once and (unit.sort != "word" or _telling(unit))]
    return kept, {unit.key: unit for unit in quote[:MOST] if unit.key in once}


def _telling(unit: Unit) -> bool:
    return isinstance(unit.value, Word) and unit.value.content and unit.key not in LIGHT_WORDS


def _plain(unit: Unit) -> bool:
    return isinstance(unit.value, Word) and not unit.value.capital


def converse(claim: Sequence[Word], at: Word, quote: Sequence[Word], other: Word) -> bool:
    """Return whether the words about one of two opposites stand on the other side of the other: "A bought it from B",
    "B sold it to A"."""
    before, after = _sides(claim, at)
    there_before, there_after = _sides(quote, other)
    return bool(before & there_after and after & there_before) and not before & there_before


def _sides(words: Sequence[Word], at: Word) -> tuple[set[str], set[str]]:
    told = [word for word in words if word.content and word.clause == at.clause]
    return {word.stem for word in told if word.end <= at.start}, {word.stem for word in told if word.start >= at.end}
