"""The assistant: a question in, an answer made of exact quotes out, or an honest refusal."""

import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from ..corpus.language import guess_language
from ..index import Filter, Hit, Index, Retriever
from ..index.names import NameTable
from ..index.parts import FUNCTION_WORDS
from ..index.plan import Inquiry, QueryPlan
from . import wording
from .compose import Quote, claims_of, markdown
from .confidence import HEDGE_BELOW, REFUSE_BELOW, confidence, holds, on_topic
from .evidence import Evidence, weigh
from .extract import Reading, Sentence, read
from .notes import age_note, differing, differing_note, newer_notes, unanswered_note
from .orders import is_order
from .question import Asked, Kind, read_question
from .select import LONG_SENTENCES, SENTENCES, in_order, in_time, select, word_limit
from .types import Answer, reference

OWN_WORDS, OWN_FLOOR = 5, 0.31  # dev follow-ups of so many words reach 0.33, off-topic ones and orders at most 0.29
PASSAGES, OF_SIDES = 12, 16  # read for an answer, for one with sides; more find little that these do not
TERM_FOUND = 0.75  # probability that a question for one term is answered where a passage holds the term
_DEFINING = frozenset(
    ["define", "defined", "definition", "explain", "mean", "meaning", "means", "meant", "term", "word"]
)
_TODAY = frozenset(["today", "now", "tomorrow", "yesterday"])
NEAREST = 2  # briefs named in a refusal


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """Everything that is known before an answer is put together."""

    plan: QueryPlan
    asked: Asked
    hits: tuple[Hit, ...]
    readings: tuple[Reading, ...]
    evidence: Evidence
    probability: float
    korean: bool


class Assistant:
    """Answers questions from an index, without a language model. Safe to share between threads."""

    def __init__(self, index: Index | Retriever) -> None:
        self.retriever = index if isinstance(index, Retriever) else Retriever(index)

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        where: Filter | None = None,
        *,
        plan: QueryPlan | None = None,
    ) -> Answer:
        """Return the answer; `history` holds the earlier questions, oldest first.

        A `plan` made before is used as it is.

        Raises:
            QuestionError: the question is empty or far too long.
        """
        *_, answer = self.stream(question, history, where, plan=plan)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        where: Filter | None = None,
        *,
        plan: QueryPlan | None = None,
    ) -> Iterator[Answer]:
        """Yield the answer as its parts are ready: a comparison side by side, then the whole, as `ask` returns it."""
        if is_order(question):
            made = plan or self.retriever.plan(question, history)
            yield Answer(
                wording.order_refused(guess_language(question) == "ko"), made.standalone, abstained=True, plan=made
            )
            return
        found = self._read(question, history, where, plan)
        if found.probability < REFUSE_BELOW or not any(reading.sentences for reading in found.readings):
            yield _refusal(found)
            return
        quotes: list[Quote] = []
        for inquiry, reading in zip(found.plan.inquiries, found.readings, strict=True):
            side = self._side(found, reading, inquiry.label, quotes)
            quotes += side
            if side and len(found.readings) > 1 and inquiry is not found.plan.inquiries[-1]:
                yield _answer(found, quotes, ())
        notes = _notes(found, quotes)
        notes += newer_notes([quote.sentence for quote in quotes], self.retriever.index.brief, found.korean)
        yield _answer(found, quotes, notes)

    def evidence(self, question: str, history: Sequence[str] = (), where: Filter | None = None) -> Evidence:
        """Return what the confidence of the answer is reckoned from."""
        return self._read(question, history, where).evidence

    def _read(
        self, question: str, history: Sequence[str], where: Filter | None, plan: QueryPlan | None = None
    ) -> _Read:
        plan = plan or self.retriever.plan(question, history)
        count = PASSAGES if len(plan.inquiries) == 1 else OF_SIDES
        hits = self.retriever.search(question, count, history, where, plan=plan)
        asked = read_question(plan)
        readings = tuple(
            read(self.retriever, inquiry, asked, plan.question, served(hits, inquiry)) for inquiry in plan.inquiries
        )
        evidence = weigh(plan, asked, readings, self.retriever.planner.names)
        probability = confidence(evidence)
        if on_topic(evidence.similarity) < TERM_FOUND and names_its_term(plan.standalone, hits):
            probability = TERM_FOUND * holds(evidence.values()[1:])
        if plan.standalone != plan.question:
            probability *= self._own_fit(plan.question, hits)
        korean = guess_language(plan.question) == "ko"
        if korean and plan.standalone == plan.question and only_a_place(plan, self.retriever.planner.names):
            probability = 0.0
        return _Read(plan, asked, tuple(hits), readings, evidence, probability, korean)

    def _own_fit(self, question: str, hits: Sequence[Hit]) -> float:
        """1, or 0 for a follow-up whose own words nothing meets: carried topics must not answer for an order."""
        if len(question.split()) < OWN_WORDS or guess_language(question) == "ko":
            return 1.0
        whole = [[(0, len(hit.passage.text))] for hit in hits]
        best = max((float(score.max()) for score in self.retriever.score_spans(question, hits, whole)), default=0.0)
        return float(best >= OWN_FLOOR)

    async def aask(self, question: str, history: Sequence[str] = (), where: Filter | None = None) -> Answer:
        """Return what `ask` does, from a thread, so that the event loop goes on; a few run at once, others wait."""
        from ..index.asynchronous import in_thread  # not loaded by scripts that do not await

        return await in_thread(self.ask, question, history, where)

    def astream(
        self, question: str, history: Sequence[str] = (), where: Filter | None = None
    ) -> AsyncGenerator[Answer, None]:
        """Yield what `stream` does, from a thread. A consumer that leaves ends it after the part that it is at."""
        from ..index.asynchronous import parts_in_thread

        return parts_in_thread(partial(self.stream, question, history, where))

    def _side(self, found: _Read, reading: Reading, label: str, before: Sequence[Quote]) -> list[Quote]:
        """The quotes for one inquiry, in reading order."""
        sides = len(found.readings)
        words = word_limit(found.asked) // sides
        most = max(2, LONG_SENTENCES // sides) if sides > 1 else SENTENCES
        if found.asked.kind is Kind.LIST:
            most = LONG_SENTENCES
        told = {(quote.sentence.hit.brief.id, quote.sentence.start) for quote in before}
        fresh = [each for each in reading.sentences if (each.hit.brief.id, each.start) not in told]
        timely = [each for each in fresh if each.feature("year") >= 0] if sides > 1 else []
        chosen = select(timely or fresh, words, most)  # two sides may well be told in nearly the same words
        other = differing(found.asked, found.plan.question, reading) if sides == 1 else None
        if other and other not in chosen:
            chosen.append(other)
        shown = sides > 1 or other is not None
        ordered = in_time(chosen) if found.asked.kind is Kind.CHANGE else in_order(chosen)
        return [Quote(sentence, label, shown) for sentence in ordered]


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
    window = inquiry.window
    if not (inquiry.label and window):
        return own
    since, until = window.since or date.min, window.until or date.max
    years = {str(day.year) for day in (window.since, window.until) if day}

    def within(hit: Hit) -> bool:
        day = hit.brief.published
        return since <= day <= until if day else any(year in hit.passage.text for year in years)

    return [hit for hit in own if within(hit)] or own


def names_its_term(question: str, hits: Sequence[Hit]) -> bool:
    """Whether the question asks for one term ("What are donju?") that a leading passage holds.

    A rare term is cut into pieces that the encoder knows little of; its similarity stays low where the words agree.
    """
    words = set(_words(question)) - FUNCTION_WORDS - _DEFINING
    return len(words) == 1 and any(words <= set(_words(hit.passage.text)) for hit in hits[:3])


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_][\w'-]*", text.lower())


def _answer(found: _Read, quotes: Sequence[Quote], notes: Sequence[str]) -> Answer:
    """The answer that quotes these sentences; a doubtful one begins with what is not stated."""
    claims, citations = claims_of(quotes, found.asked, found.plan.question, found.korean)
    hedged = found.probability < HEDGE_BELOW
    lead = wording.not_stated(found.korean, found.evidence.missing) if hedged else ""
    text = markdown(lead, claims, notes, bullets=found.asked.kind is Kind.LIST)
    partial = hedged or bool(_gaps(found, [quote.sentence for quote in quotes]))
    return Answer(
        text,
        found.plan.standalone,
        claims,
        citations,
        confidence=found.probability,
        partial=partial,
        notes=tuple(notes),
        lead=lead,
        plan=found.plan,
        hits=found.hits,
    )


def _notes(found: _Read, quotes: Sequence[Quote]) -> list[str]:
    sentences: list[Sentence] = [quote.sentence for quote in quotes]
    notes = [age_note(found.plan, [sentence.hit.brief for sentence in sentences], found.korean)]
    if len(found.readings) == 1:
        other = differing(found.asked, found.plan.question, found.readings[0])
        if other:
            notes.append(differing_note(found.readings[0].sentences[0], other, found.korean))
    if found.probability >= HEDGE_BELOW:
        notes += _gaps(found, sentences)
    return [note for note in notes if note]


def _gaps(found: _Read, sentences: Sequence[Sentence]) -> list[str]:
    """The notes on what is missing: sides without a passage, and parts of the question that nothing quoted answers."""
    silent = [
        inquiry.label
        for inquiry, reading in zip(found.plan.inquiries, found.readings, strict=True)
        if not reading.sentences
    ]
    notes = [wording.one_sided(found.korean, silent)] if silent else []
    if len(found.readings) == 1:
        notes.append(unanswered_note(found.asked, found.plan.question, sentences, found.korean))
    return [note for note in notes if note]


def _refusal(found: _Read) -> Answer:
    """The refusal, which says what is missing and names the nearest briefs, so that a reader can look for himself."""
    nearest = list(dict.fromkeys(reference(hit.brief) for hit in found.hits))[:NEAREST]
    missing = found.evidence.missing if nearest else ()
    return Answer(
        wording.refusal_text(found.korean, missing, nearest),
        found.plan.standalone,
        abstained=True,
        confidence=found.probability,
        plan=found.plan,
        hits=found.hits,
    )
