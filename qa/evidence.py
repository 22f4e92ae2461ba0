"""How well the sentences read support an answer: the features of its probability, and what is missing.

No score of a passage tells a question that the briefs answer from one that they nearly answer, so all but the first
feature are told by form: a name, year or number of the question that the best passage does not hold, an amount that
counts something else, a kind of answer that no good sentence has, briefs that are older than the time asked about.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from ..corpus.language import guess_language
from ..index import Hit
from ..index.names import NameTable
from ..index.parts import FUNCTION_WORDS
from ..index.plan import QueryPlan
from . import wording
from .extract import Reading, Sentence
from .question import TYPED, Asked, Kind
from .typed import answers, unit_of

LEADING = 6  # sentences looked at
GOOD = 0.9  # of the best sentence's late interaction, for one that matches well
BEHIND = 40  # characters behind a number in which the noun it counts stands
_YEAR = re.compile(r"(?<![\d,.-])(?:19|20)\d\d(?![\d,]|\.\d)")
_NUMBER = re.compile(r"\b\d[\d,]*(?:st|nd|rd|th)?\b")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINAL = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})\b", re.IGNORECASE)
_CAPITALS = re.compile(r"(?<![.?!:] )(?<!^)\b[A-Z][\w-]+(?: [A-Z][\w-]+)*")
_EVERYWHERE = re.compile(
    r"(?:North|South)? ?Korea(?:ns?|’s|'s)?|(?:North|South)|New Years?|Year|Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?"
    r"|Apr(?:il)?|May"
    r"|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
)
"""Capitals that say nothing of whether a passage on North Korea is the one; the months have the window for them."""
_PREPOSITION = re.compile(r"^(?:in|on|during|since|after|from|by|as of|at|for|of) (?:the )?", re.IGNORECASE)
_SUFFIX = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Features of the probability that the briefs answer, each in [0, 1]; `missing` says in words what they lack."""

    similarity: float  # of the best passage
    absent: float  # share of the question's names, years and numbers that the best passage does not hold
    years: float  # share of its years that neither the best passage nor its date names
    uncounted: float  # 1 where none of the leading sentences counts or measures what is to be
    noun: float  # 1 where the best passage does not hold the noun asked for
    amount: float  # 1 where an amount is asked for: briefs seldom have just that one
    untyped: float  # 1 where no sentence that matches well has the form of an answer
    older: float  # 1 where every leading brief is older than the time asked about and none names its year
    missing: tuple[str, ...] = ()

    def values(self) -> list[float]:
        """Return the features as numbers, in order."""
        return [float(getattr(self, name)) for name in names()]


NOTHING = Evidence(0, 1, 0, 0, 0, 0, 1, 0)
"""What there is where no sentence was read."""


def names() -> list[str]:
    """Return the names of the features."""
    return [field.name for field in fields(Evidence) if field.name != "missing"]


def weigh(plan: QueryPlan, asked: Asked, readings: Sequence[Reading], table: NameTable) -> Evidence:
    """Return the evidence for a question; a comparison stands on its best side, and says which one is missing."""
    read = [reading for reading in readings if reading.sentences]
    if not read:
        return NOTHING
    if len(readings) > 1:
        similarity = max(sentence.hit.similarity for reading in read for sentence in reading.sentences[:LEADING])
        return Evidence(similarity, 0, 0, 0, 0, 0, 0, 0)
    [reading] = read
    korean = guess_language(plan.question) == "ko"
    question = reading.query if korean or plan.standalone != plan.question else plan.question
    leading = reading.sentences[:LEADING]
    best, missing = leading[0], list[str]()

    required = constraints(question, table)
    lacking = [each for each in required if not each.held_in(best.hit)]
    missing += [wording.missing_name(korean, each.shown) for each in lacking if not each.year]
    years = [each for each in required if each.year]
    late = [each.shown for each in lacking if each.year]
    hits = list({sentence.hit.passage.id: sentence.hit for sentence in leading}.values())
    before = _older(plan, hits)
    if before or late:
        missing.append(wording.missing_period(korean, before or " and ".join(late), _newest(hits)))
    uncounted = asked.kind is Kind.AMOUNT and not _counted(asked, question, leading)
    if uncounted:
        missing.append(wording.missing_count(korean, asked.noun))
    noun = bool(asked.noun) and not korean and stem(asked.noun) not in held_text(best.hit)
    kinds = [kind for kind in asked.kinds if kind in TYPED][:1]
    good = [s.text for s in leading if s.feature("late") >= GOOD * best.feature("late")]
    untyped = [kind for kind in kinds if not any(answers(kind, asked, question, text) for text in good)]
    if untyped and not uncounted:
        missing += [wording.sought(kind, korean) for kind in untyped]
    if noun and not missing:
        missing.append(wording.missing_word(korean, asked.noun))
    return Evidence(
        similarity=max(sentence.hit.similarity for sentence in leading),
        absent=len(lacking) / len(required) if required else 0.0,
        years=len(late) / len(years) if years else 0.0,
        uncounted=float(uncounted),
        noun=float(noun),
        amount=float(asked.kind is Kind.AMOUNT),
        untyped=float(bool(untyped)),
        older=float(bool(before)),
        missing=tuple(dict.fromkeys(missing))[:3],
    )


@dataclass(frozen=True, slots=True)
class Constraint:
    """Something that a question names, in any of its forms: a passage that answers should hold it."""

    shown: str
    forms: tuple[str, ...]
    year: bool = False

    def held_in(self, hit: Hit) -> bool:
        """Whether the passage, its heading, its brief's title or, for a year, its date has one of the forms."""
        if self.year and hit.brief.published and str(hit.brief.published.year) == self.shown:
            return True
        text = held_text(hit)
        return any(plain(form) in text for form in self.forms)


def constraints(question: str, table: NameTable) -> list[Constraint]:
    """Return the names, years, numbers, ordinals and other words in capitals of a question."""
    found: list[Constraint] = []
    taken: list[tuple[int, int]] = []

    def add(start: int, end: int, *forms: str, year: bool = False) -> None:
        if all(end <= a or b <= start for a, b in taken):
            taken.append((start, end))
            found.append(Constraint(question[start:end], forms, year))

    for mention in table.mentions(question):
        if mention.name.canonical == "North Korea":
            taken.append((mention.start, mention.end))
        else:
            add(mention.start, mention.end, mention.text, *table.alternatives(mention.name))
    for match in _YEAR.finditer(question):
        add(*match.span(), match[0], year=True)
    for match in _NUMBER.finditer(question):
        add(*match.span(), match[0])
    for match in _ORDINAL.finditer(question):
        number = _ORDINALS.index(match[0].lower()) + 1
        add(*match.span(), match[0], f"{number}{_SUFFIX.get(number, 'th')}")
    for match in _CAPITALS.finditer(question):
        if match[0].lower() not in FUNCTION_WORDS and not _EVERYWHERE.fullmatch(match[0]):
            add(*match.span(), *(stem(form) for form in (match[0], match[0].split()[-1])))
    return found


def held_text(hit: Hit) -> str:
    """Return the passage with its heading and its brief's title, as `plain` has it."""
    return plain(f"{hit.brief.title} {hit.passage.heading} {hit.passage.text}")


def plain(text: str) -> str:
    """Return the text in lower case, hyphens, apostrophes and stops as spaces: "Kim Jong-un" is "kim jong un"."""
    return re.sub(r"[\s\-‐-―'’.]+", " ", text).lower()


def stem(word: str) -> str:
    """Return the word without the commonest endings, "tested" and "tests" alike."""
    return re.sub(r"(?:['’]s|ies|ing|ed|es|s|e|y)$", "", word) if len(word) > 4 else word


def _counted(asked: Asked, question: str, leading: Sequence[Sentence]) -> bool:
    """Whether a leading sentence has an amount of the noun asked for, or in the unit asked for, or any if neither."""
    spans = [(s.text, span) for s in leading for span in answers(Kind.AMOUNT, asked, question, s.text)]
    if not asked.noun or unit_of(asked, question) is not None:
        return bool(spans)
    root = stem(asked.noun)
    return any(root in text[start : end + BEHIND].lower() for text, (start, end) in spans)


def _older(plan: QueryPlan, hits: Sequence[Hit]) -> str:
    """The window's own words, where every brief is older than it and its year stands nowhere."""
    window, newest = plan.window, _newest(hits)
    if window is None or window.since is None or newest is None or any(hit.brief.published is None for hit in hits):
        return ""
    years = set(_YEAR.findall(window.text)) or {str(window.since.year)}
    named = any(years & set(_YEAR.findall(hit.passage.text)) for hit in hits)
    same = newest.year == window.since.year  # then a month is asked for that the briefs have not seen
    return _PREPOSITION.sub("", window.text) if newest < window.since and (same or not named) else ""


def _newest(hits: Sequence[Hit]) -> date | None:
    return max((hit.brief.published for hit in hits if hit.brief.published), default=None)
