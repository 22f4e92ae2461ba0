"""Everything that is known of a question before an answer is put together: plan, passages, sentences, evidence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..corpus.language import guess_language
from ..index import Encoder, Filter, Hit, Retriever
from ..index.names import NameTable
from ..index.parts import FUNCTION_WORDS, word_set
from ..index.plan import Inquiry, QueryPlan
from .confidence import confidence, holds, on_topic
from .evidence import Evidence, weigh
from .extract import Reading, read
from .question import Asked, read_question
from .required import constraints, held_text

OWN_WORDS, OWN_FLOOR = 5, 0.31  # dev follow-ups of so many words reach 0.33, off-topic ones and orders at most 0.29
PASSAGES, OF_SIDES = 12, 16  # read for an answer, for one with sides; more find little that these do not
TERMS = 3  # words of a question for a term
TERM_FOUND = 0.75  # probability that a question for one term is answered where a passage holds the term
_GENERIC = word_set(
    "account beginning begin began brief briefs came come define defined definition describe document documents event "
    "events explain happen happened history know known mean meaning means meant origin origins outline overview "
    "recount report said say says shelf sketch sources start started story summarise summarize summary term today word "
    "write"
)
"""Words of a question that do not tell what it is about."""
_TODAY = frozenset(["today", "now", "tomorrow", "yesterday"])


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was found for a question; a reading for each inquiry of the plan, and how likely the briefs answer."""

    plan: QueryPlan
    asked: Asked
    hits: tuple[Hit, ...]
    readings: tuple[Reading, ...]
    evidence: Evidence
    probability: float
    korean: bool
    names: NameTable  # by which the planner knows persons, countries and bodies


def look(
    retriever: Retriever, question: str, history: Sequence[str], where: Filter | None, plan: QueryPlan | None = None
) -> Found:
    """Search for a question, read the passages, and weigh them; a `plan` made before is used as it is."""
    plan = plan or retriever.plan(question, history)
    count = PASSAGES if len(plan.inquiries) == 1 else OF_SIDES
    hits = retriever.search(question, count, history, where, plan=plan)
    asked = read_question(plan)
    readings = tuple(
        read(retriever, inquiry, asked, plan.question, served(hits, inquiry)) for inquiry in plan.inquiries
    )
    names = retriever.planner.names
    evidence = weigh(plan, asked, readings, names)
    probability = confidence(evidence)
    meant = names_its_term(plan.standalone, hits, retriever.index.encoder) or holds_its_names(
        plan.standalone, hits, names
    )
    if on_topic(evidence.similarity) < TERM_FOUND and meant:
        probability = TERM_FOUND * holds(evidence.values()[1:])
    if plan.standalone != plan.question:
        probability *= own_fit(retriever, plan.question, hits)
    korean = guess_language(plan.question) == "ko"
    if korean and plan.standalone == plan.question and only_a_place(plan, names):
        probability = 0.0
    return Found(plan, asked, tuple(hits), readings, evidence, probability, korean, names)


def own_fit(retriever: Retriever, question: str, hits: Sequence[Hit]) -> float:
    """1, or 0 for a follow-up whose own words nothing meets: carried topics must not answer for an order."""
    if len(question.split()) < OWN_WORDS or guess_language(question) == "ko":
        return 1.0
    whole = [[(0, len(hit.passage.text))] for hit in hits]
    best = max((float(score.max()) for score in retriever.score_spans(question, hits, whole)), default=0.0)
    return float(best >= OWN_FLOOR)


def only_a_place(plan: QueryPlan, table: NameTable) -> bool:
    """Whether the glossary knows nothing but a place of a longer Korean question, such as one for its weather."""
    [inquiry, *sides] = plan.inquiries
    left = inquiry.english
    for mention in table.mentions(inquiry.english):
        if mention.name.kind not in ("place", "country"):
            return False
        left = left.replace(mention.text, " ")
    return not sides and len(plan.question.split()) > 2 and not set(_words(left)) - FUNCTION_WORDS - _TODAY


def served(hits: Sequence[Hit], inquiry: Inquiry) -> list[Hit]:
    """Return the hits for one side of a comparison: those of its period alone, where there are any."""
    own = [hit for hit in hits if hit.side == inquiry.label]
    return [hit for hit in own if of_period(hit, inquiry)] or own if inquiry.label and inquiry.window else own


def of_period(hit: Hit, inquiry: Inquiry) -> bool:
    """Whether a brief came out in the window of a side, or, undated, names its year; true where it has no window."""
    window, day = inquiry.window, hit.brief.published
    if window is None:
        return True
    if day:
        return (window.since or date.min) <= day <= (window.until or date.max)
    return bool(years_of(inquiry) & set(re.findall(r"(?:19|20)\d\d", hit.passage.text)))


def years_of(inquiry: Inquiry) -> set[str]:
    """Return the years that the bounds of a side's window lie in."""
    window = inquiry.window
    return {str(day.year) for day in (window.since, window.until) if day} if window else set()


def names_its_term(question: str, hits: Sequence[Hit], encoder: Encoder) -> bool:
    """Whether the question asks for one term ("What are donju?") that a leading passage holds.

    A rare term is cut into pieces that the encoder knows little of; its similarity stays low where the words agree.
    Beside such a term one or two other words may stand that the passage holds as well.
    """
    words = set(_words(question)) - FUNCTION_WORDS - _GENERIC
    rare = len(words) <= TERMS and any(len(encoder.pieces(word)) > 1 for word in words)
    return bool(words) and rare and any(words <= set(_words(hit.passage.text)) for hit in hits[:3])


def holds_its_names(question: str, hits: Sequence[Hit], table: NameTable) -> bool:
    """Whether a leading passage holds all that the question names, and one of that is no place: a person, a missile.

    A request in many words about somebody is seldom met by similarity; a recipe names a city at most.
    """
    if all(mention.name.kind in ("place", "country") for mention in table.mentions(question)):
        return False
    required = constraints(question, table)
    return any(all(each.held_in(held_text(hit), hit.brief.published) for each in required) for hit in hits[:3])


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_][\w'-]*", text.lower())
