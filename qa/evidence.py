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
from ..index.parts import word_set
from ..index.plan import QueryPlan
from ..index.types import Window
from . import synonyms, wording
from . import words as told
from .extract import Reading, Sentence
from .question import TYPED, Asked, Kind
from .required import NAMED_YEAR, constraints, held_text, stem
from .typed import answers, unit_of

LEADING = 6  # sentences looked at
GOOD = 0.9  # of the best sentence's late interaction, for one that matches well
YEAR = 366  # days
BEHIND = 40  # characters behind a number in which the noun it counts stands
_ANYBODY = ("people", "person", "individual")
_PERSONS = frozenset(
    stem(word)
    for word in word_set(
        "athletes attendees candidates casualties children citizens civilians defectors delegates deputies detainees "
        "diplomats doctors employees engineers farmers fighters foreigners guests households immigrants inhabitants "
        "labourers laborers members men migrants nationals officers officials participants passengers personnel "
        "persons people players prisoners pupils recruits refugees residents soldiers spectators staff students "
        "teachers tourists travellers travelers troops victims villagers visitors volunteers voters women workers"
    )
)
"""What counts as people: "20,000 people" tells how many guests."""
_SHARES, _PERCENT = ("percentage", "proportion", "share"), re.compile(r"\d ?%|\bper ?cent\b")
_PREPOSITION = re.compile(r"^(?:in|on|during|since|after|from|by|as of|at|for|of) (?:the )?", re.IGNORECASE)


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
    unheard: bool = False  # the question names somebody, or a year, that none of the passages read speaks of

    def values(self) -> list[float]:
        """Return the features as numbers, in order."""
        return [float(getattr(self, name)) for name in names()]


NOTHING = Evidence(0, 1, 0, 0, 0, 0, 1, 0)
"""What there is where no sentence was read."""


def names() -> list[str]:
    """Return the names of the features."""
    return [field.name for field in fields(Evidence) if field.name not in ("missing", "unheard")]


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

    spanned = _spanned(plan.window)
    required = [each for each in constraints(question, table) if not (each.year and each.shown in spanned)]
    best_text = held_text(best.hit)
    lacking = [each for each in required if not each.held_in(best_text, best.hit.brief.published)]
    others = reading.hits if lacking else ()
    told = [(held_text(hit), hit.brief.published) for hit in others]
    nowhere = [each for each in lacking if not any(each.heard_in(*each_told) for each_told in told)]
    missing += [wording.missing_name(korean, each.shown) for each in nowhere if not each.year]
    years = [each for each in required if each.year]
    late = [each.shown for each in lacking if each.year]
    hits = list({sentence.hit.passage.id: sentence.hit for sentence in leading}.values())
    near = [(held_text(hit), hit.brief.published) for hit in hits] if late else []
    silent = [each.shown for each in lacking if each.year and not any(each.held_in(*each_told) for each_told in near)]
    unheard = bool(silent) or any(each.named for each in nowhere)
    before = _older(plan, hits)
    if before or silent:
        missing.append(
            wording.missing_period(korean, before or " and ".join(silent), _newest(hits) if before else None)
        )
    uncounted = asked.kind is Kind.AMOUNT and not _counted(asked, question, leading)
    if uncounted:
        missing.append(wording.missing_count(korean, asked.noun))
    noun = bool(asked.noun) and not korean and not _speaks_of(asked.noun, best_text)
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
        unheard=unheard and not korean,
    )


def _counted(asked: Asked, question: str, leading: Sequence[Sentence]) -> bool:
    """Whether a leading sentence has an amount of the noun asked for, or in the unit asked for, or any if neither."""
    spans = [(s.text, span) for s in leading for span in answers(Kind.AMOUNT, asked, question, s.text)]
    if not asked.noun or unit_of(asked, question) is not None:
        return bool(spans)
    return any(_speaks_of(asked.noun, text[start : end + BEHIND].lower()) for text, (start, end) in spans)


def _speaks_of(noun: str, text: str) -> bool:
    """Whether a passage has the noun in some form, or a word that stands for it: "troops" for "soldiers"."""
    if noun in _SHARES and _PERCENT.search(text):
        return True
    base = told.stem(noun)
    return any(root in text for root in _roots(noun)) or any(
        synonyms.synonyms(base, told.stem(word)) for word in re.findall(r"[a-z]+", text)
    )


def _roots(noun: str) -> tuple[str, ...]:
    """The noun's stem, and for persons of a kind those of any persons."""
    root = stem(noun)
    return (root, *_ANYBODY) if root in _PERSONS else (root,)


def _spanned(window: Window | None) -> set[str]:
    """The years that bound a longer time ("since 2016"): an answer need not name them."""
    if window is None or (window.since and window.until and (window.until - window.since).days <= YEAR):
        return set()
    return set(NAMED_YEAR.findall(window.text))


def _older(plan: QueryPlan, hits: Sequence[Hit]) -> str:
    """The window's own words, where every brief is older than it and its year stands nowhere."""
    window, newest = plan.window, _newest(hits)
    if window is None or window.since is None or newest is None or any(hit.brief.published is None for hit in hits):
        return ""
    years = set(NAMED_YEAR.findall(window.text)) or {str(window.since.year)}
    named = any(years & set(NAMED_YEAR.findall(hit.passage.text)) for hit in hits)
    same = newest.year == window.since.year  # then a month is asked for that the briefs have not seen
    return _PREPOSITION.sub("", window.text) if newest < window.since and (same or not named) else ""


def _newest(hits: Sequence[Hit]) -> date | None:
    return max((hit.brief.published for hit in hits if hit.brief.published), default=None)
