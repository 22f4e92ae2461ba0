"""What a question names: persons, countries, years, numbers; a passage that answers holds them in some form."""

import re
from dataclasses import dataclass
from datetime import date

from ..index import Hit
from ..index.names import NameTable
from ..index.parts import FUNCTION_WORDS

ROOT = 4  # letters that a country and its people share at least
NAMED_YEAR = re.compile(r"(?<![\d,.-])(?:19|20)\d\d(?![\d,]|\.\d)")
_NUMBER = re.compile(r"\b\d[\d,]*(?:st|nd|rd|th)?\b")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINAL = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})\b", re.IGNORECASE)
_CAPITALS = re.compile(r"(?<![.?!:] )(?<!^)\b[A-Z][\w-]+(?: [A-Z][\w-]+)*")
_EVERYWHERE = re.compile(
    r"(?:North|South)? ?Korea(?:ns?|’s|'s)?|(?:North|South)|New Years?|Year|Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?"
    r"|Apr(?:il)?|May"
    r"|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
)
_OPEN = re.compile(r"\b(?:since|before|after|until|till|from|between|by|to)(?: \w+)? $", re.IGNORECASE)
"""Before a year that bounds a time: what falls into it need not name it."""
_SUFFIX = {1: "st", 2: "nd", 3: "rd"}
"""Capitals that say nothing of whether a passage on North Korea is the one; the months have the window for them."""
_GOVERNMENTS = (
    ("beijing", "china", "chinese", "prc"),
    ("moscow", "russia", "russian", "kremlin", "soviet", "putin"),
    ("washington", "u s", "us", "united states", "american", "america", "white house", "trump", "biden", "obama"),
    ("tokyo", "japan", "japanese"),
    ("london", "united kingdom", "uk", "britain", "british", "england"),
    ("seoul", "south korea", "south korean", "rok", "republic of korea"),
    ("pyongyang", "dprk", "nk", "north korea", "north korean", "north"),
    ("kyiv", "kiev", "ukraine", "ukrainian"),
    ("stockholm", "sweden", "swedish"),
    ("hanoi", "vietnam", "vietnamese"),
    ("berlin", "germany", "german"),
    ("paris", "france", "french"),
    ("brussels", "european union", "eu", "europe", "european"),
    ("new delhi", "india", "indian"),
    ("havana", "cuba", "cuban"),
    ("damascus", "syria", "syrian"),
    ("tehran", "iran", "iranian"),
    ("kuala lumpur", "malaysia", "malaysian"),
    ("warsaw", "poland", "polish"),
    ("minsk", "belarus", "belarusian"),
)
"""Words that stand for one government; of capitals and countries that briefs on North Korea name by turns."""
_KIN = {word: tuple(f" {each} " for each in group) for group in _GOVERNMENTS for word in group}


@dataclass(frozen=True, slots=True)
class Constraint:
    """Something that a question names, in any of its forms: a passage that answers should hold it."""

    shown: str
    forms: tuple[str, ...]
    year: bool = False
    named: bool = False  # a person, body or country, or capitals that the table of names does not know

    def held_in(self, text: str, published: date | None) -> bool:
        """Whether the words that `held_text` has of a passage or, for a year, its date have one of the forms."""
        if self.year and published and str(published.year) == self.shown:
            return True
        return any(f" {plain(form)}" in text for form in self.forms)

    def heard_in(self, text: str, published: date | None) -> bool:
        """Whether a passage speaks of it in any way: by its name, its country's capital, or a word of its root."""
        words = self.shown.split()
        root = [f" {plain(words[0])[:ROOT]}"] if len(words) == 1 and len(words[0]) > ROOT else []
        return self.held_in(text, published) or any(form in text for form in (*root, *_KIN.get(self.shown.lower(), ())))


def constraints(question: str, table: NameTable) -> list[Constraint]:
    """Return the names, years, numbers, ordinals and other words in capitals of a question."""
    found: list[Constraint] = []
    taken: list[tuple[int, int]] = []

    def add(start: int, end: int, *forms: str, year: bool = False, named: bool = False) -> None:
        if all(end <= a or b <= start for a, b in taken):
            taken.append((start, end))
            found.append(Constraint(question[start:end], forms, year, named))

    for mention in table.mentions(question):
        if mention.name.canonical == "North Korea":
            taken.append((mention.start, mention.end))
        else:
            named = mention.name.kind in ("person", "country", "body")
            add(mention.start, mention.end, mention.text, *table.alternatives(mention.name), named=named)
    for match in NAMED_YEAR.finditer(question):
        if _OPEN.search(question[: match.start()]):
            taken.append(match.span())
        else:
            add(*match.span(), match[0], year=True)
    for match in _NUMBER.finditer(question):
        add(*match.span(), match[0])
    for match in _ORDINAL.finditer(question):
        number = _ORDINALS.index(match[0].lower()) + 1
        add(*match.span(), match[0], f"{number}{_SUFFIX.get(number, 'th')}")
    for match in _CAPITALS.finditer(question):
        if match[0].lower() not in FUNCTION_WORDS and not _EVERYWHERE.fullmatch(match[0]):
            last = match[0].split()[-1]  # of "Ban Jong Ho" it tells nothing
            forms = (match[0], last) if len(last) > ROOT else (match[0],)
            add(*match.span(), *map(stem, forms), named=not match[0].isupper())
    return found


def held_text(hit: Hit) -> str:
    """Return the passage with its heading and its brief's title, as `plain` has it, a space at either end."""
    return f" {plain(f'{hit.brief.title} {hit.passage.heading} {hit.passage.text}')} "


def plain(text: str) -> str:
    """Return the words in lower case with a space between: "Kim Jong-un" is "kim jong un"."""
    return re.sub(r"\W+", " ", text).lower().strip()


def stem(word: str) -> str:
    """Return the word without the commonest endings, "tested" and "tests" alike."""
    return re.sub(r"(?:['’]s|ies|ing|ed|es|s|e|y)$", "", word) if len(word) > 4 else word
