"""The assistant: a question in, an answer made of exact quotes out, or an honest refusal."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import replace
from functools import partial

from ..corpus.language import guess_language
from ..index import Filter, Index, Retriever
from ..index.plan import QueryPlan
from . import wording
from .answering import answer_of, answers, quotes_of, refusal_of
from .compose import Quote, claims_of
from .evidence import Evidence
from .found import Found, look
from .heard import Heard, hear
from .types import Answer


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
        heard = self.hear(question)
        if not heard.question:
            made = plan or self.retriever.plan(question, history)
            yield Answer(
                wording.order_refused(guess_language(question) == "ko"), made.standalone, abstained=True, plan=made
            )
        elif heard.ordered:
            for part in self._answers(heard.question, history, where, None):
                note = wording.question_alone(guess_language(question) == "ko")
                yield replace(part, text=f"{part.text}\n\n{note}", notes=(*part.notes, note))
        else:
            yield from self._answers(heard.question, history, where, plan)

    def hear(self, question: str) -> Heard:
        """Return what is left of a text when the orders in it are not followed; nothing where it asks nothing."""
        return hear(question, self.retriever.index.encoder)

    def _answers(
        self, question: str, history: Sequence[str], where: Filter | None, plan: QueryPlan | None
    ) -> Iterator[Answer]:
        found = look(self.retriever, question, history, where, plan)
        yield from self._quoting(found) if answers(found) else [refusal_of(found)]

    def _quoting(self, found: Found) -> Iterator[Answer]:
        """Yield the answer in the briefs' own words, side by side, then the whole."""
        quotes: list[Quote] = []
        for number in range(len(found.readings)):
            side = quotes_of(found, number)
            quotes += side
            if side and number < len(found.readings) - 1:
                yield self._quoted(found, quotes, whole=False)
        yield self._quoted(found, quotes)

    def _quoted(self, found: Found, quotes: Sequence[Quote], *, whole: bool = True) -> Answer:
        claims, citations = claims_of(quotes, found.asked, found.plan.question, found.korean)
        silent = any(quote.silent for quote in quotes)
        find = self.retriever.index.brief if whole else None
        return answer_of(found, claims, citations, partial=silent, find=find)

    def evidence(self, question: str, history: Sequence[str] = (), where: Filter | None = None) -> Evidence:
        """Return what the confidence of the answer is reckoned from."""
        return look(self.retriever, question, history, where).evidence

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
