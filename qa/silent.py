"""Which sentences speak of one side of a comparison, by its name or its time, and are of the matter compared."""

from collections.abc import Sequence

from ..index.names import NameTable
from ..index.parts import FUNCTION_WORDS
from ..index.plan import Inquiry
from .extract import Reading, Sentence
from .found import of_period, years_of
from .required import constraints, held_text, plain, stem

MATTER = 0.65  # of the best late interaction on any side, for a sentence that is of the matter compared
NAMING = 6.0  # of a sentence's score, for one that names the side itself
_TIMES = frozenset(["after", "before", "earlier", "early", "late", "mid", "now", "then", "today"])


def of_side(
    readings: Sequence[Reading], number: int, inquiry: Inquiry, table: NameTable
) -> tuple[list[Sentence], bool]:
    """Return the sentences that speak of the side of this number, best first, and whether any does.

    Those that name it, be they read for another side, else those of passages that do (of a time, behind them); where
    none of the matter does, all that were read for it, and False. A question without sides, one in Korean, and an
    institution's or author's own briefs cannot be told so: all sentences speak of it.
    """
    own = list(readings[number].sentences)
    if not inquiry.label or inquiry.typed_korean or inquiry.where:
        return own, True
    best = max((s.feature("late") for reading in readings for s in reading.sentences), default=0.0)
    known = {(s.hit.passage.id, s.start) for s in own}
    others = [s for each in readings for s in each.sentences if (s.hit.passage.id, s.start) not in known]
    told = [s for s in (*own, *others) if s.feature("late") >= MATTER * best]
    spoken = [s for s in told if _speaks(s, inquiry, table)] or [s for s in told if _later_that_year(s, inquiry)]
    named = [(NAMING * _by_itself(s, inquiry, table) + s.score, s) for s in spoken]
    if not named:
        return own, False
    if not years_of(inquiry) and any(_by_itself(s, inquiry, table) for _, s in named):
        named = [pair for pair in named if _by_itself(pair[1], inquiry, table)]
    return [sentence for _, sentence in sorted(named, key=lambda pair: -pair[0])], True


def _speaks(sentence: Sentence, inquiry: Inquiry, table: NameTable) -> bool:
    """Whether a sentence or its passage names a side; of a time, the passage does or its brief is of then, and it names
    no other."""
    if _by_itself(sentence, inquiry, table):
        return True
    years, hit = years_of(inquiry), sentence.hit
    if not years:
        return _names(held_text(hit), inquiry.label, table)
    timely = of_period(hit, inquiry) or any(year in hit.passage.text for year in years)
    return timely and sentence.feature("year") >= 0


def _later_that_year(sentence: Sentence, inquiry: Inquiry) -> bool:
    """Whether the brief of a sentence that names no other year came out in the year of a side, after its time began."""
    day, since = sentence.hit.brief.published, inquiry.window.since if inquiry.window else None
    late = day is not None and str(day.year) in years_of(inquiry) and not (since and day < since)
    return late and sentence.feature("year") >= 0


def _by_itself(sentence: Sentence, inquiry: Inquiry, table: NameTable) -> bool:
    """Whether a sentence names a side."""
    if years := years_of(inquiry):
        return any(year in sentence.text for year in years)
    return _names(f" {plain(sentence.text)} ", inquiry.label, table)


def _names(text: str, label: str, table: NameTable) -> bool:
    """Whether a text names what a side is called by: its names and numbers in any form, or else one of its words."""
    required = constraints(f"of {label}", table)
    if required:
        return all(each.heard_in(text, None) for each in required)
    roots = [stem(word) for word in plain(label).split() if word not in FUNCTION_WORDS | _TIMES]
    return not roots or any(f" {root}" in text for root in roots)
