"""Korean text cut into known terms, by dynamic programming over its letters.

The cheapest reading wins: few pieces, so the longest terms, few letters unknown, and behind a term, up to the end of
its word, only what grammar puts there. A term of one syllable has to be a word of its own, particles aside.
"""

import re
from typing import NamedTuple

from .spelling import PARTICLES, alike, southern

UNKNOWN, PIECE, LATE = 10, 3, 6
"""Costs of a letter that nothing explains, of a piece, and of one more for a piece inside a word behind such a letter:
a stray pair of syllables is no term (2 * 10 > 3 + 6, but a tail that fits badly tips it), a longer match is one."""

_PARTICLES = re.compile(PARTICLES)
_TAILS = [
    (0, _PARTICLES),
    # To do, to be done, make do, suffer, be or be not, behind a noun of action: 파병했나, 중단된, 강화시키는
    (
        0,
        re.compile(
            r"(?:하|한|할|함|합|해|했|되|된|될|됨|됩|돼|됐|시키|시킨|시킬|시켰|당하|당한|당했|받|없|있|않|못)[가-힣]{0,6}"
        ),
    ),
    # Nouns that make a noun of another, and the adverb: 핵무기화, 체계적으로, 후계자설에
    (4, re.compile(rf"(?:적|화|성|론|설|식|급|형|용|별|간|상|내|권|력|량|액|률|율|자|측|국|법|난)(?:{PARTICLES})")),
    # Endings of verbs and adjectives behind their stem: 늘었나, 높은가, 다르게
    (
        4,
        re.compile(
            r"(?:었|았|였|는|은|을|나|다|던|고|지|습|며|면|려|기|게|어|아|자|니|냐|까|요|라|으|음|겠|네)[가-힣]{0,5}"
        ),
    ),
]


class Lexicon:
    """Terms and what they mean, by their letters (`spelling.letters`)."""

    def __init__(self, terms: dict[str, str]) -> None:
        self._exact = terms
        self._southern = {southern(term): meaning for term, meaning in terms.items()}
        sizes: dict[str, set[int]] = {}
        for term in self._southern:
            sizes.setdefault(term[0], set()).add(len(term))
        self._sizes = {first: sorted(found, reverse=True) for first, found in sizes.items()}

    def at(self, written: str, folded: str, start: int) -> list[tuple[int, str]]:
        """Return (end, meaning) of the terms that begin at `start`, the longest first; `folded` is in one spelling."""
        found = []
        for size in self._sizes.get(folded[start], ()):
            end = start + size
            meaning = self._exact.get(written[start:end]) or self._southern.get(folded[start:end])
            if meaning and end <= len(written):
                found.append((end, meaning))
        return found


class _Reading(NamedTuple):
    """The cheapest way to read on from a place: its cost up to the end, how far its first piece goes, its meaning."""

    cost: int
    end: int
    meaning: str


def segment(written: str, places: list[int], fixed: dict[int, list[tuple[int, str]]], lexicon: Lexicon) -> list[str]:
    """Return the meanings of the terms that the letters are made of, in order; what is unknown is left out.

    `written` and `places` are from `spelling.letters`; `fixed` has pieces that are in no lexicon, dates and the like,
    by where they begin: (end, meaning).
    """
    count, folded = len(written), southern(written)
    heads = [True] * (count + 1)  # where words begin; the end counts as one
    word_end = [count] * (count + 1)
    for i in range(count - 1, 0, -1):
        heads[i] = places[i] > places[i - 1] + 1 or not alike(written[i - 1], written[i])
        word_end[i - 1] = i if heads[i] else word_end[i]
    known = [_Reading(0, count, "")] * (count + 1)  # from each place, the letter before it being explained
    lost = known.copy()  # the letter before it, in the same word, being not
    for i in range(count - 1, -1, -1):
        skip = best = _Reading(UNKNOWN + lost[i + 1].cost, i + 1, "")
        for end, meaning in [*fixed.get(i, ()), *lexicon.at(written, folded, i)]:
            if not heads[i] and any(heads[i + 1 : end]):
                continue  # the end of one word and the beginning of the next: 전문가들의 의견 holds no 의의
            single = end == i + 1 and i not in fixed
            for cost, after in _ways_on(written, heads[i], heads[end], end, word_end, single):
                cost += PIECE + known[after].cost
                if cost < best.cost:
                    best = _Reading(cost, after, meaning)
        known[i] = lost[i] = best
        if best.meaning and not heads[i]:
            lost[i] = min(skip, best._replace(cost=best.cost + LATE), key=lambda reading: reading.cost)
    return _walk(known, lost)


def _ways_on(
    written: str, head: bool, ended: bool, end: int, word_end: list[int], single: bool
) -> list[tuple[int, int]]:
    """Where reading may go on behind a piece, and at what cost: right there, or behind the tail of its word."""
    if ended:
        return [(0, end)] if head or not single else []
    rest = word_end[end]
    if single:
        return [(0, rest)] if head and _PARTICLES.fullmatch(written, end, rest) else []
    tails = [(cost, rest) for cost, pattern in _TAILS if pattern.fullmatch(written, end, rest)]
    return [(0, end), *tails[:1]]


def _walk(known: list[_Reading], lost: list[_Reading]) -> list[str]:
    meanings, i, readings = [], 0, known
    while i < len(known) - 1:
        reading = readings[i]
        readings = known if reading.meaning else lost
        if reading.meaning:
            meanings.append(reading.meaning)
        i = reading.end
    return meanings
