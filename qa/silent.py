"""Which sentences speak of one side of a comparison, by its name or its time, and are of the matter compared."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePath

from ..index.names import NameTable
from ..index.parts import FUNCTION_WORDS
from ..index.plan import Inquiry
from .extract import Reading, Sentence
from .found import of_period, years_of
from .required import constraints, held_text, plain, stem

MATTER = 0.65  # of the best late interaction on any side, for a sentence that is of the matter compared
NAMING = 6.0  # of a sentence's score, for one that names the side itself
BESIDE = 0.5  # of that, for one that names the time of another side, too, and was written of that
_NUMBERED = re.compile(r"([^\W\d_]+) (\d+)")
_HANGUL = re.compile(r"[가-힣]")
_TIMES = frozenset(["after", "before", "earlier", "early", "late", "mid", "now", "then", "today"])


def of_side(
    readings: Sequence[Reading], number: int, inquiries: Sequence[Inquiry], table: NameTable
) -> tuple[list[Sentence], bool]:
    """Return the sentences that speak of the side of this number, best first, and whether any does.

    Those that name it, be they read for another side, else those of passages that do (of a time, behind them); where
    none of the matter does, all that were read for it, and False. Of a time, one that names this time alone comes
    first, if there is any. A question without sides, one in Korean whose sides have no English name, and an
    institution's or author's own briefs cannot be told so: all sentences speak of it.
    """
    own, inquiry = list(readings[number].sentences), _in_english(number, inquiries, table)
    if not inquiry.label or inquiry.typed_korean or inquiry.where:
        return own, True
    times = [years_of(each) for each in inquiries]
    best = max((s.feature("late") for reading in readings for s in reading.sentences), default=0.0)
    known = {(s.hit.passage.id, s.start) for s in own}
    others = [s for each in readings for s in each.sentences if (s.hit.passage.id, s.start) not in known]
    told = [s for s in (*own, *others) if s.feature("late") >= MATTER * best]
    spoken = [s for s in told if _speaks(s, inquiry, table)] or [s for s in told if _later_that_year(s, inquiry)]
    if not spoken:
        return own, False
    if not years_of(inquiry) and any(_by_itself(s, inquiry, table) for s in spoken):
        spoken = [s for s in spoken if _by_itself(s, inquiry, table)]
    weight = {
        s: NAMING * _by_itself(s, inquiry, table) * (1.0 if _foremost(s, number, times) else BESIDE) for s in spoken
    }
    ordered = sorted(spoken, key=lambda s: -weight[s] - s.score)
    if not _foremost(ordered[0], number, times):
        alone = [s for s in ordered if _by_itself(s, inquiry, table) and _foremost(s, number, times)][:1]
        ordered = [*alone, *(s for s in ordered if s not in alone)]
    return ordered, True


def _in_english(number: int, inquiries: Sequence[Inquiry], table: NameTable) -> Inquiry:
    """The side with a label that English briefs can be asked for: one in Korean by the names that only its own English
    form has; as it is where there is none, and for a time."""
    inquiry = inquiries[number]
    if not inquiry.typed_korean or not inquiry.label:
        return inquiry
    if years_of(inquiry):
        return replace(inquiry, typed_korean=False)
    names = [{each.shown for each in constraints(f"of {side.english}", table)} for side in inquiries]
    others = set().union(*(found for side, found in enumerate(names) if side != number))
    own = [name for name in names[number] - others if not _HANGUL.search(name)]
    own.sort(key=inquiry.english.find)
    return replace(inquiry, label=" and ".join(own), typed_korean=False) if own else inquiry


def _foremost(sentence: Sentence, number: int, times: Sequence[set[str]]) -> bool:
    """Whether a sentence that names the times of several sides speaks of this one in the first place: of the latest
    that had begun when its brief came out, for it is held against those before. Any other sentence does."""
    last = str((sentence.hit.brief.published or date.max).year)
    named = [max((year for year in years if year in sentence.text), default="") for years in times]
    told = [year for year in named if year]
    return len(told) < 2 or not named[number] or named[number] == max([year for year in told if year <= last] or told)


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
    return _names(f" {plain(sentence.text)} ", inquiry.label, table) or _called(sentence, inquiry.label)


def _called(sentence: Sentence, label: str) -> bool:
    """Whether the brief of a sentence is called by a side's name: by its id, title, file, institution or an author."""
    brief = sentence.hit.brief
    called = (brief.id, brief.title, PurePath(brief.source).stem, brief.institution, *brief.authors)
    return label[:1].isupper() and any(f" {plain(label)} " in f" {plain(name.replace('_', ' '))} " for name in called)


def _names(text: str, label: str, table: NameTable) -> bool:
    """Whether a text names what a side is called by: its names and numbers in any form, or else one of its words.

    A number stands behind its noun, as in "Articles 58 and 59", but for a name that the table knows.
    """
    if (numbered := _NUMBERED.fullmatch(label)) and not table.mentions(label):
        noun, figure = stem(numbered[1].lower()), numbered[2]
        return bool(re.search(rf" {noun}\w* (?:\d+ (?:(?:and|or|to) )?)*{figure} ", text))
    required = constraints(f"of {label}", table)
    if required:
        persons = {mention.text for mention in table.mentions(label) if mention.name.kind == "person"}
        return all(
            # a Hwasong-15 is no Hwasong-18, and one president no other of the same country
            each.held_in(text, None)
            if each.shown in persons or any(map(str.isdigit, each.shown))
            else each.heard_in(text, None)
            for each in required
        )
    roots = [stem(word) for word in plain(label).split() if word not in FUNCTION_WORDS | _TIMES]
    return not roots or any(f" {root}" in text for root in roots)
