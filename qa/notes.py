"""What a reader has to know beside the quotes: how old they are, whether a later brief differs, what was not found."""

import re
from collections.abc import Callable, Sequence

from ..corpus import Brief
from ..index import Hit
from ..index.names import NameTable
from ..index.plan import QueryPlan
from . import wording
from .extract import Reading, Sentence
from .question import TYPED, Asked, Kind
from .typed import Span, answers
from .types import Claim

AS_GOOD = 0.85  # of what the best sentence meets, for a sentence of another brief to speak of the same
MET = 0.55  # cosine of a word piece of the question that is met
LATER = 30  # days that part a later brief from one of the same time
_NUMBER = re.compile(r"\d[\d,.]*")


def age_note(plan: QueryPlan, briefs: Sequence[Brief], korean: bool) -> str:
    """Return the note on evidence older than the question's window, or on its age where the present is asked for."""
    published = [brief.published for brief in briefs if brief.published]
    if not published or len(published) < len(briefs):
        return ""
    newest, window = max(published), plan.window
    if window and window.since and newest < window.since:
        return wording.older(korean, newest, window.text)
    return wording.as_of(korean, newest) if plan.latest else ""


def newer_notes(quoted: Sequence[Hit], find: Callable[[str], Brief | None], korean: bool) -> list[str]:
    """Return a note on each brief quoted that has a later version, unless that is quoted as well.

    `find` gives the brief of an id, None where it has left the index since.
    """
    briefs = {hit.brief.id: hit for hit in quoted}
    notes = []
    for hit in briefs.values():
        newer = find(hit.newer) if hit.newer and hit.newer not in briefs else None
        if newer:
            notes.append(wording.later_version(korean, newer, hit.brief.title if len(briefs) > 1 else ""))
    return notes


def unanswered_note(asked: Asked, question: str, claims: Sequence[Claim], korean: bool) -> str:
    """Return the note on the kinds asked for that no claim holds, where others are held."""
    kinds = [kind for kind in asked.kinds if kind in TYPED and kind is not Kind.WHY]
    held = [kind for kind in kinds if any(answers(kind, asked, question, claim.text) for claim in claims)]
    lacking = [kind for kind in kinds if kind not in held]
    return wording.unanswered(korean, lacking) if held and lacking else ""


def differing(asked: Asked, question: str, reading: Reading, table: NameTable) -> Sentence | None:
    """Return the best sentence of another brief that answers with another figure or date, as well as the first does.

    Only for amounts and dates with a noun or words in common, of the same ones named: what differs otherwise is for the
    reader to see.
    """
    if asked.kind not in (Kind.AMOUNT, Kind.WHEN) or not reading.sentences:
        return None
    first = reading.sentences[0]
    given = _values(asked, question, first)
    if not given:
        return None
    for other in reading.sentences[1:8]:
        if other.hit.brief.id == first.hit.brief.id or other.feature("late") < AS_GOOD * first.feature("late"):
            continue
        if not _same_matter(reading, first, other) or not _same_names(reading.query, first, other, table):
            continue
        values = _values(asked, question, other)
        if values and not values & given:
            return other
    return None


def _same_matter(reading: Reading, first: Sentence, other: Sentence) -> bool:
    """Whether every word piece of the question that the first sentence meets is met by the other as well."""
    pairs = [(mine, yours) for mine, yours in zip(first.met, other.met, strict=True) if mine >= MET]
    return bool(pairs) and all(yours >= AS_GOOD * mine for mine, yours in pairs)


def _same_names(query: str, first: Sentence, other: Sentence, table: NameTable) -> bool:
    """Whether two sentences are about the same ones: both name those of the question, and beside them not two different
    persons; where the question names none, both name the same."""
    asked, mine, yours = (_named(text, table) for text in (query, first.text, other.text))
    if not asked:
        return mine == yours
    persons = [{name for name, kind in named - asked if kind == "person"} for named in (mine, yours)]
    return asked <= mine & yours and not (all(persons) and persons[0].isdisjoint(persons[1]))


def _named(text: str, table: NameTable) -> set[tuple[str, str]]:
    """The names of a text, each with its kind; without bodies, which mostly tell who says so, and without the country
    that all briefs are on."""
    names = {(mention.name.canonical, mention.name.kind) for mention in table.mentions(text)}
    return {(name, kind) for name, kind in names if kind != "body" and name != "North Korea"}


def differing_note(first: Sentence, other: Sentence, korean: bool) -> str:
    """Return the note on two briefs that differ: a later one puts it otherwise, or they merely differ."""
    mine, yours = first.hit.brief, other.hit.brief
    if mine.published and yours.published and abs((yours.published - mine.published).days) >= LATER:
        return wording.revised(korean, yours if yours.published > mine.published else mine)
    return wording.differing(korean)


def _values(asked: Asked, question: str, sentence: Sentence) -> set[str]:
    spans: list[Span] = answers(asked.kind, asked, question, sentence.text)
    return {number for span in spans for number in _NUMBER.findall(sentence.text[slice(*span)])}
