"""Korean questions in English words and back, by a glossary of the field and the table of names.

A Korean question is cut into the terms it is made of (`segment`), in one spelling for North and South, with spaces as
its writer put them: "유엔안보리결의안의 채택은?" and "유엔 안보리 결의안 채택" come out alike. What is unknown
is left out.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary

from ..corpus import SettingsError
from .names import NameTable
from .particles import bare, is_predicate
from .parts import word_set
from .segment import Lexicon, segment
from .spelling import HANGUL, Word, letters, southern, words_of

Concept = tuple[str, ...]
"""One idea: the forms any of which a Korean text may give it."""

SHIPPED = Path(__file__).with_name("glossary.tsv")
HEAD = "korean\tenglish\talternatives"
MOST = 12
"""Korean words for an English question, at most: more would drown the rare ones among them."""

FORMS = 6  # ways of putting one idea that are looked for
LONGEST = 6
"""Words of an English phrase that is looked up; all but a handful of the glossary's are no longer."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DATE = re.compile(r"(?<!\d)(?:(\d{4})년(?:\s*(\d\d?)월(?:\s*(\d\d?)일)?)?|(\d\d?)월(?:\s*(\d\d?)일)?)(?!대|차)")
_UNITS = {"년": "years", "개월": "months", "주": "weeks", "일": "days"}


def _ordinal(number: int) -> str:
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


_RULES: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
    (re.compile(r"(?<!\d)((?:19|20)?\d0)년대"), lambda match: f"{'' if len(match[1]) == 4 else 19}{match[1]}s"),
    (
        re.compile(r"(?<!\d)(\d{1,3})\s*(년|개월|주|일)(?:간|째)?(?!대|차)"),
        lambda match: f"{match[1]} {_UNITS[match[2]]}",
    ),
    (re.compile(r"(?:제\s*)?(?<!\d)(\d{1,2})\s*차"), lambda match: _ordinal(int(match[1]))),
    (re.compile(r"[^\W_\uac00-\ud7a3]+(?:[-'’.,·×/&][^\W_\uac00-\ud7a3]+)*%?"), lambda match: match[0]),
]
"""What is read by rule, and its English: decades, spans of time, ordinals, Latin words and numbers as they are."""
_ASKING = re.compile(
    r"^(?:위해|위한|위하여|따라|따른|통해|통한|관련|대한|대해|대하여|무엇|어떻|어떤|어느|얼마|누구|언제|어디|것|수|등|및|그|이|저|더|할|된|한)"
    r"(?:서|서는|이라고|이란|을|를|이|가|은|는|에|의|게)?$|(?:라고|다고|냐고)(?:는|도)?$|^(?:19|20)\d\d년"
)
"""Words by which a Korean question asks and tells when; its window holds the years."""
_FUNCTION_WORDS = word_set(
    "a according after again already an and any are as at be before by can deal dealing dealt did do does first for "
    "from gave give given how in is it last made make making many me most much new of on or said say saying show since "
    "speak spoke spoken state stated take taken tell than that this to told took until was were what when where which "
    "who why will with"
)
"""Words that no Korean term is looked up for: they only ask, tell or join."""


class Glossary:
    """Korean terms with their English: {term as written: (English, alternatives)}."""

    def __init__(self, terms: dict[str, tuple[str, ...]]) -> None:
        self._senses = terms
        self._terms = {letters(korean)[0]: senses[0] for korean, senses in terms.items()}
        self._lexicons: WeakKeyDictionary[NameTable, Lexicon] = WeakKeyDictionary()

    @classmethod
    def load(cls, *more: Path) -> "Glossary":
        """Return the glossary that ships, extended by the files `more` of the same form; later lines win.

        Raises:
            SettingsError: a file cannot be read, or a line is not of the form.
        """
        terms: dict[str, tuple[str, ...]] = {}
        for path in (SHIPPED, *more):
            terms.update(_read(path))
        return cls(terms)

    def to_english(self, text: str, names: NameTable) -> str:
        """Return a Korean question as English search words in its own order; a question without hangul comes back.

        "2024년 7월 압록강 수해 피해 규모는?" -> "July 2024 Yalu River floods damage scale"
        """
        if not HANGUL.search(text):
            return text
        written, places = letters(text)
        at = {place: i for i, place in enumerate(places)}
        fixed: dict[int, list[tuple[int, str]]] = {}
        for start, end, english in _fixed(text, names):
            inside = [at[place] for place in range(start, end) if place in at]
            fixed.setdefault(inside[0], []).append((inside[-1] + 1, english))
        found = segment(written, places, fixed, self._lexicon(names))
        return " ".join(english for english, before in zip(found, ["", *found], strict=False) if english != before)

    def to_korean(self, text: str, names: NameTable) -> tuple[str, ...]:
        """Return the Korean of the names and terms of an English question, the longest first, at most `MOST`.

        "Sinuiju floods and the Rodong Sinmun" -> ("로동신문", "노동신문", "신의주", "홍수", ...)
        """
        found = sorted(_spans(self, text, names), key=lambda entry: -entry[0])
        kept = (_apart(terms)[:most] for _, terms, most in found)
        return tuple(dict.fromkeys(korean for terms in kept for korean in terms))[:MOST]

    def concepts(self, text: str, names: NameTable) -> tuple[Concept, ...]:
        """Return what an English or Korean question is about, each idea in the ways Korean texts may put it.

        "Which railways were mended?" -> (("철도",), ...); words by which a question only asks are left out.
        """
        if HANGUL.search(text):
            return self._korean_concepts(text, names)
        groups = [tuple(_apart(terms, FORMS)) for _, terms, _ in _spans(self, text, names)]
        groups = [tuple(form for form in forms if not is_predicate(form)) for forms in groups]
        return tuple(dict.fromkeys(forms for forms in groups if forms))

    def _korean_concepts(self, text: str, names: NameTable) -> tuple[Concept, ...]:
        """The words of a Korean question without particles, and behind each term its synonyms."""
        english = self.to_english(text, names)
        groups = [tuple(_apart(terms, FORMS)) for _, terms, _ in _spans(self, english, names)]
        words = [bare(word) for word in text.split() if not (is_predicate(word) or _ASKING.search(word))]
        spelt = [southern(letters(word)[0]) for word in words]
        kept = [
            group for group in groups if any(southern(letters(form)[0]) in word for form in group for word in spelt)
        ]
        held = [southern(letters(form)[0]) for group in kept for form in group]
        rest = [
            self._meant(word, names)
            for word, key in zip(words, spelt, strict=True)
            if key and not any(form in key for form in held)
        ]
        return tuple(dict.fromkeys([*kept, *rest]))

    def _meant(self, word: str, names: NameTable) -> Concept:
        """A word, and the other Korean forms of what its English means: "대남" -> ("대남", "남조선", ...)."""
        found = _spans(self, self.to_english(word, names), names)
        forms = [form for _, terms, _ in found for form in terms] if len(found) <= 2 else []
        return (word, *(form for form in _apart(forms, FORMS) if form != word))

    @cached_property
    def english(self) -> dict[str, list[str]]:
        """Korean terms by the stems of their English, those of which it is the first sense first."""
        found: dict[str, list[str]] = {}
        for rank in range(max(map(len, self._senses.values()), default=0)):
            for korean, senses in self._senses.items():
                if len(senses) > rank:
                    found.setdefault(_stems(words_of(senses[rank])), []).append(korean)
        return {key: terms for key, terms in found.items() if key not in _FUNCTION_WORDS and key.count(" ") < LONGEST}

    def _lexicon(self, names: NameTable) -> Lexicon:
        """The glossary's terms and the names' hangul, made once for a table; where both know a form, the name wins."""
        if names not in self._lexicons:
            self._lexicons[names] = Lexicon(self._terms | names.sure_hangul())
        return self._lexicons[names]


@lru_cache(maxsize=32)  # asked for twice a question
def _spans(glossary: Glossary, text: str, names: NameTable) -> tuple[tuple[int, list[str], int], ...]:
    """(words, Korean forms, how many of them are searched as words) of the names and terms in an English text."""
    mentions = names.mentions(text)
    found = [(len(words_of(mention.text)), list(mention.name.hangul), 2) for mention in mentions]
    words, i = words_of(text), 0
    while i < len(words):
        step = 1
        for size in range(min(LONGEST, len(words) - i), 0, -1):
            start, end, key = words[i].start, words[i + size - 1].end, _stems(words[i : i + size])
            if size == 1 and key not in glossary.english and key not in _FUNCTION_WORDS:
                key = _noun(glossary, key)
            if key in glossary.english and all(start < m.start or m.end < end - 2 for m in mentions):
                found.append((size, glossary.english[key], 3))
                step = size
                break
        i += step
    return tuple(found)


def _fixed(text: str, names: NameTable) -> Iterator[tuple[int, int, str]]:
    """(start, end, English) of what is read by rule: names, dates, spans of time, ordinals, numbers, Latin words."""
    for mention in names.mentions(text):
        yield mention.start, mention.end, mention.name.canonical
    for match in _DATE.finditer(text):
        year, month, day = match[1] or "", match[2] or match[4], match[3] or match[5] or ""
        if month is None or 1 <= int(month) <= 12:
            parts = (day, _MONTHS[int(month) - 1] if month else "", year)
            yield *match.span(), " ".join(part for part in parts if part)
    for pattern, english in _RULES:
        for match in pattern.finditer(text):
            yield *match.span(), english(match)


def _read(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read the glossary {path}: {error}; expected a file in UTF-8") from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or line == HEAD:
            continue
        korean, *english = line.split("\t")
        if len(english) not in (1, 2) or not _has_letter(korean) or not _has_letter(english[0]):
            raise SettingsError(
                f"line {number} of {path} is {line!r}; expected Korean, a tab, English, and after another tab "
                "alternatives parted by |"
            )
        alternatives = english[1].split("|") if len(english) == 2 else []
        yield korean, (english[0], *filter(_has_letter, alternatives))


def _has_letter(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _stems(words: list[Word]) -> str:
    """The words in lower case without an 's or a plural s, as a key: "tanks", "tank's" -> "tank"."""
    return " ".join([_stem(word.base or word.key) for word in words])


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return word[:-3] + "y" if word.endswith("ies") else word[:-1]


@lru_cache(maxsize=8192)
def _noun(glossary: Glossary, word: str) -> str:
    """The noun of the glossary that a word comes from, or the word itself."""
    return next((noun for noun in _nouns(word) if noun in glossary.english), word)


def _nouns(word: str) -> Iterator[str]:
    """The nouns that a verb or adjective may come from: "corrupt" -> "corruption", "offered" -> "offer"."""
    stems = [word, *(word.removesuffix(end) for end in ("ed", "d", "ing") if word.endswith(end) and len(word) > 5)]
    for stem in stems:
        if len(stem) < 4:
            continue
        if stem != word:
            yield stem
        for base in (stem, stem.removesuffix("e"), stem.removesuffix("ate"), stem.removesuffix("ic")):
            yield from (base + end for end in ("ion", "ment", "ation", "e", "y", "ity"))


def _apart(terms: Iterable[str], most: int | None = None) -> list[str]:
    """At most so many terms, without those that hold one before them: 김정은, 김정은 위원장 -> 김정은."""
    kept: list[str] = []
    for term in terms:
        if len(kept) == most:
            break
        squeezed = letters(term)[0]
        if all(letters(other)[0] not in squeezed for other in kept):
            kept.append(term)
    return kept
