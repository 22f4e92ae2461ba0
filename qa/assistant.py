"""The assistant: a question in, an answer made of exact quotes out, or an honest refusal."""

import math
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import replace
from functools import partial

from ..corpus.language import guess_language
from ..index import Filter, Hit, Index, Retriever
from ..index.parts import FUNCTION_WORDS
from ..index.plan import QueryPlan
from .extract import WORDS, Sentence, ranked_sentences, select
from .types import Answer, Citation, Claim, Verdict, reference

REFUSAL = "The briefs do not say."
"""Every refusal begins with this sentence, in one form everywhere."""

# Logistic in the best similarity of a passage, fitted by tests/benchmarks/refusal.py on the shelf's questions.
SLOPE, MIDDLE = 36.0, 0.395
REFUSE_BELOW = 0.5
OWN_WORDS, OWN_FLOOR = 5, 0.31  # dev follow-ups of so many words reach 0.33, off-topic ones and orders at most 0.29
PASSAGES = 8  # read for an answer
TERM_FOUND = 0.75  # probability that a question for one term is answered where a passage holds the term
_DEFINING = frozenset(
    ["define", "defined", "definition", "explain", "mean", "meaning", "means", "meant", "term", "word"]
)
NEAREST = 2  # briefs named in a refusal


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
        plan = plan or self.retriever.plan(question, history)
        hits = self.retriever.search(question, PASSAGES, history, where, plan=plan)
        probability = confidence(hits)
        if names_its_term(plan.standalone, hits):
            probability = max(probability, TERM_FOUND)
        if plan.standalone != plan.question:
            probability *= self._own_fit(plan.question, hits)
        if probability < REFUSE_BELOW:
            return replace(refusal(plan.standalone, hits, probability), plan=plan, hits=tuple(hits))
        sentences: list[Sentence] = []
        for inquiry in plan.inquiries:
            served = [hit for hit in hits if hit.side == inquiry.label]
            ranked = ranked_sentences(self.retriever, inquiry.topic, served)
            sentences += select(ranked, WORDS // len(plan.inquiries), sentences)
        return replace(quoted(plan.standalone, sentences, probability), plan=plan, hits=tuple(hits))

    def _own_fit(self, question: str, hits: Sequence[Hit]) -> float:
        """1, or 0 for a follow-up whose own words nothing meets: carried topics must not answer for an order."""
        if len(question.split()) < OWN_WORDS or guess_language(question) == "ko":
            return 1.0
        whole = [[(0, len(hit.passage.text))] for hit in hits]
        best = max((float(score.max()) for score in self.retriever.score_spans(question, hits, whole)), default=0.0)
        return float(best >= OWN_FLOOR)

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        where: Filter | None = None,
        *,
        plan: QueryPlan | None = None,
    ) -> Iterator[Answer]:
        """Yield the answer as it grows, claim by claim; each part is an `Answer`, the last is what `ask` returns."""
        answer = self.ask(question, history, where, plan=plan)
        for count in range(1, len(answer.claims)):
            claims = answer.claims[:count]
            cited = {number for claim in claims for number in claim.citations}
            citations = tuple(citation for citation in answer.citations if citation.number in cited)
            yield replace(answer, text=_text(claims), claims=claims, citations=citations)
        yield answer

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


def confidence(hits: Sequence[Hit]) -> float:
    """Return the probability, in [0, 1], that the passages found answer the question."""
    best = max((hit.similarity for hit in hits), default=0.0)
    return 1 / (1 + math.exp(-SLOPE * (best - MIDDLE)))


def names_its_term(question: str, hits: Sequence[Hit]) -> bool:
    """Whether the question asks for one term ("What are donju?") that a leading passage holds.

    A rare term is cut into pieces that the encoder knows little of; its similarity stays low where the words agree.
    """
    words = set(_words(question)) - FUNCTION_WORDS - _DEFINING
    return len(words) == 1 and any(words <= set(_words(hit.passage.text)) for hit in hits[:3])


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_][\w'-]*", text.lower())


def quoted(query: str, sentences: Sequence[Sentence], probability: float) -> Answer:
    """Return the answer that quotes these sentences, one citation each."""
    citations: list[Citation] = []
    claims: list[Claim] = []
    for number, sentence in enumerate(sentences, start=1):
        hit = sentence.hit
        citations.append(Citation(number, hit.passage, hit.brief, sentence.text, sentence.start, sentence.end))
        claims.append(Claim(sentence.text, (number,), Verdict.SUPPORTED, hit.side))  # its own words: nothing to check
    return Answer(_text(claims), query, tuple(claims), tuple(citations), False, probability)


def refusal(query: str, hits: Sequence[Hit], probability: float) -> Answer:
    """Return the refusal, which names the nearest briefs, so that a reader can look for himself."""
    nearest = list(dict.fromkeys(reference(hit.brief) for hit in hits))[:NEAREST]
    text = f"{REFUSAL} Nearest: {'; '.join(nearest)}." if nearest else f"{REFUSAL} There are no briefs to search yet."
    return Answer(text, query, abstained=True, confidence=probability)


def _text(claims: Sequence[Claim]) -> str:
    lines = []
    side = ""
    for claim in claims:
        if claim.side != side:
            side = claim.side
            lines.append(f"**{side}**")
        lines.append(f"“{claim.text}” {' '.join(f'[{number}]' for number in claim.citations)}")
    return "\n\n".join(lines)
