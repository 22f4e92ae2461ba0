"""The words of a text as they are compared: where they stand, and their stems.

No tagger and no model. Stems are cut, not analysed: two words are one where their stems agree or most of both is the
same.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from ..index.parts import AUXILIARIES, DETERMINERS, PREPOSITIONS, word_set

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_FOLD = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "\u2009": " ", "‑": "-"})
_CLAUSE = re.compile(r"[,;:()!?]|\.(?=\s|$)|\s[-–—]\s|—|\b(?:but|although|though|while|whereas|because|and then)\b")

SMALL_WORDS = (
    PREPOSITIONS
    | DETERMINERS
    | (AUXILIARIES - {"dare"})
    | word_set(
        "i you he she it we they him them me us himself herself itself themselves who whom whose which what where when "
        "why how there here and or but nor so than then thus if as also too very just only even still yet already "
        "again not no n't never both each all any such same own another other others more most less least much many "
        "several few one ones well however therefore s t per up down out off away back while although though because "
        "since whether either neither none nobody nothing without except about around some approximately roughly now "
        "once time times according do does did doing done having got get p m a.m p.m mr mrs ms dr would will shall "
        "including include includes included namely meanwhile later earlier first second third moreover respectively"
    )
)

_IRREGULAR = (
    "added add|adding add|adds add|"
    "said say|told tell|held hold|met meet|gave give|given give|took take|taken take|made make|rose rise|risen rise|"
    "fell fall|fallen fall|grew grow|grown grow|sent send|built build|led lead|left leave|lost lose|won "
    "win|began begin|"
    "begun begin|broke break|broken break|brought bring|bought buy|came come|went go|gone go|became "
    "become|fought fight|"
    "found find|kept keep|knew know|known know|ran run|saw see|seen see|sold sell|shot shoot|spoke speak|spoken speak|"
    "stood stand|thought think|wrote write|written write|withdrew withdraw|withdrawn withdraw|sought seek|paid pay|"
    "drew draw|drawn draw|drove drive|driven drive|flew fly|flown fly|sank sink|sunk sink|struck strike|threw throw|"
    "thrown throw|chose choose|chosen choose|spent spend|taught teach|caught catch|forbade forbid|forbidden forbid|"
    "hid hide|hidden hide|felt feel|heard hear|laid lay|lay lie|lent lend|meant mean|shown show|showed "
    "show|slept sleep|"
    "swore swear|sworn swear|wore wear|worn wear|undertook undertake|overthrew overthrow|died die|dying die|dead die|"
    "deaths die|death die|sang sing|sung sing|ate eat|eaten eat|bore bear|born bear|men man|women woman|children child|"
    "people person|persons person|talks talk|better good|best good|worse bad|worst bad|lying lie|tying tie|denied deny|"
    "denial deny|tried try|countries country|parties party|armies army|military army|chosen choose"
    "|proved prove|proven prove|blew blow|blown blow|shut close|won win|beat beat|bound bind|"
    "note remark|notes remark|noted remark|noting remark|"
    "split split|lent lend|rode ride|ridden ride|shook shake|stole steal|stolen steal|fed feed|clung cling|"
    "worn wear|dealt deal|dug dig|hung hang|spread spread|tore tear|torn tear"
)
_ROOTS = dict(pair.split() for pair in _IRREGULAR.split("|"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word at text[start:end]; `stem` compares it, `clause` numbers the clause it stands in, from 0."""

    start: int
    end: int
    text: str
    key: str
    stem: str
    clause: int

    @property
    def content(self) -> bool:
        """Whether it says something by itself."""
        return self.key not in SMALL_WORDS and (len(self.key) > 1 or self.key.isdecimal())

    @property
    def capital(self) -> bool:
        """Whether it is written with a capital."""
        return self.text[0].isupper()


def plain(text: str) -> str:
    """Return `text` with one kind of blank, quotation mark and hyphen, composed; no longer than it was needed for."""
    return unicodedata.normalize("NFC", text).translate(_FOLD)


@lru_cache(maxsize=2048)
def words(text: str) -> tuple[Word, ...]:
    """Return the words of a text that went through `plain`."""
    breaks = [match.start() for match in _CLAUSE.finditer(text)]
    found, clause = [], 0
    for match in _WORD.finditer(text):
        while clause < len(breaks) and breaks[clause] <= match.start():
            clause += 1
        shown = match[0]
        key = _unaccented(shown.lower())
        if key.endswith("n't"):  # "didn't" says "did" and "not"
            found.append(Word(match.start(), match.end(), shown, "not", "not", clause))
            continue
        key = key.removesuffix("'s").removesuffix("'")
        found.append(Word(match.start(), match.end(), shown, key, stem(key), clause))
    return tuple(found)


def _unaccented(word: str) -> str:
    if word.isascii():
        return word
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return what the forms of a word have in common: "announces", "announced" -> "announc"; "fell" -> "fall"."""
    word = _ROOTS.get(word, word)
    if len(word) <= 3 or not word.isalpha():
        return word
    for ending, rest in (("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ing", ""), ("edly", ""), ("ed", ""), ("es", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            base = word[: len(word) - len(ending)] + rest
            if ending in ("ing", "ed") and base[-1] == base[-2] and base[-1] not in "lsz":
                base = base[:-1]
            return base.removesuffix("e") if len(base) > 3 else base
    if word.endswith("s") and word[-2] not in "su":
        word = word[:-1]
    word = word.removesuffix("ly") if len(word) > 5 else word
    return word.removesuffix("e") if len(word) > 3 else word


def related(a: str, b: str) -> bool:
    """Return whether two stems are forms of one word: "recogni" and "recognit" share most of both."""
    if a == b:
        return True
    if min(len(a), len(b)) < 4 or a[:4] != b[:4] or a.startswith("un") != b.startswith("un"):
        return False
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return (shared >= 5 and shared >= 0.62 * max(len(a), len(b))) or (shared == 4 and max(len(a), len(b)) <= 6)
