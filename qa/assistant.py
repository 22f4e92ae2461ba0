"""The assistant: a question in, an answer made of exact quotes out, or an honest refusal."""

import math
from collections.abc import Iterator, Sequence

from ..index import Filter, Hit, Index, Retriever
from ..index.retriever import with_history
from .extract import Sentence, ranked_sentences, select
from .types import Answer, Citation, Claim, Verdict, reference

REFUSAL = "The briefs do not say."
"""Every refusal begins with this sentence, in one form everywhere."""

# Logistic in the best passage's late-interaction score; tests/benchmarks/README.md has the fit.
SLOPE, MIDDLE = 30.0, 0.33
REFUSE_BELOW = 0.5
PASSAGES = 8  # read for an answer
NEAREST = 2  # briefs named in a refusal


class Assistant:
    """Answers questions from an index, without a language model. Safe to share between threads."""

    def __init__(self, index: Index | Retriever) -> None:
        self.retriever = index if isinstance(index, Retriever) else Retriever(index)

    def ask(self, question: str, history: Sequence[str] = (), where: Filter | None = None) -> Answer:
        """Return the answer; `history` holds the earlier questions, oldest first.

        Raises:
            QuestionError: the question is empty or far too long.
        """
        hits = self.retriever.search(question, k=PASSAGES, history=history, where=where)
        query = with_history(question.strip(), history)
        probability = confidence(hits)
        if probability < REFUSE_BELOW:
            return refusal(query, hits, probability)
        return quoted(query, select(ranked_sentences(self.retriever, query, hits)), probability)

    def stream(self, question: str, history: Sequence[str] = (), where: Filter | None = None) -> Iterator[Answer]:
        """Yield the answer as it grows, claim by claim; each part is an `Answer`, the last is what `ask` returns."""
        answer = self.ask(question, history, where)
        for count in range(1, len(answer.claims)):
            claims = answer.claims[:count]
            cited = {number for claim in claims for number in claim.citations}
            citations = tuple(citation for citation in answer.citations if citation.number in cited)
            yield Answer(_text(claims), answer.question, claims, citations, False, answer.confidence)
        yield answer


def confidence(hits: Sequence[Hit]) -> float:
    """Return the probability, in [0, 1], that the passages found answer the question."""
    best = max((hit.similarity for hit in hits), default=0.0)
    return 1 / (1 + math.exp(-SLOPE * (best - MIDDLE)))


def quoted(query: str, sentences: Sequence[Sentence], probability: float) -> Answer:
    """Return the answer that quotes these sentences, one citation each, neighbours of one passage joined."""
    citations: list[Citation] = []
    claims: list[Claim] = []
    for number, sentence in enumerate(sentences, start=1):
        hit = sentence.hit
        citations.append(Citation(number, hit.passage, hit.brief, sentence.text, sentence.start, sentence.end))
        claims.append(Claim(sentence.text, (number,), Verdict.SUPPORTED))  # its own words: nothing to check
    return Answer(_text(claims), query, tuple(claims), tuple(citations), False, probability)


def refusal(query: str, hits: Sequence[Hit], probability: float) -> Answer:
    """Return the refusal, which names the nearest briefs, so that a reader can look for himself."""
    nearest = list(dict.fromkeys(reference(hit.brief) for hit in hits))[:NEAREST]
    text = f"{REFUSAL} Nearest: {'; '.join(nearest)}." if nearest else f"{REFUSAL} There are no briefs to search yet."
    return Answer(text, query, abstained=True, confidence=probability)


def _text(claims: Sequence[Claim]) -> str:
    return "\n\n".join(f"“{claim.text}” {' '.join(f'[{n}]' for n in claim.citations)}" for claim in claims)
