"""The assistant with a language model: it reads before anything is answered, and writes what can be checked.

Plan, evidence, citations and refusal are those of the assistant without a model. When the model fails in whatever way,
that assistant's answer is given, with one line that says why.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..corpus import ModelError
from ..corpus.language import guess_language
from ..index import Filter, Index, Retriever
from ..index.plan import QueryPlan, Step
from . import prompts, wording
from .answering import answers, refusal_of
from .assistant import Assistant
from .calibration import Calibration, load_calibration
from .choosing import chosen_anew, read_sentences
from .completing import answer_so_far, completed, evidence_of, given_way, own_words
from .excerpts import Excerpt, source_of
from .found import Found, look
from .llm import LanguageModel
from .reader import Reader
from .rerank import ReadingRetriever
from .support import Support
from .types import Answer, Verdict
from .writer import Writer, Written

STATED, SURELY = 0.0, 1.0  # log-odds from which a model finds in its quotes what it wrote: in their words, in its own
REWRITTEN = 60  # tokens of a follow-up made to stand alone
OWN_SHARE = 0.6  # of a rewritten question's words, to stand in the conversation
_WORD = re.compile(r"[^\W_]+")


class WritingAssistant(Assistant):
    """Answers with a language model, and without it whenever it fails. Safe to share between threads.

    Where the file `calibrations` says what its reading is worth, the model first reads the leading sentences: that
    decides, with the confidence, whether the question is answered, and which sentences answer. Where it does not
    write, these are quoted. `rewrite` lets it make follow-ups stand alone, when no plan is given. With a
    `rerank_budget`, in seconds, it orders the leading passages by its reading. `evidence` is how many tokens of
    passages it is given for an answer.
    """

    def __init__(
        self,
        index: Index | Retriever,
        model: LanguageModel,
        *,
        calibrations: Path | None = None,
        reader_budget: float = 20.0,
        rerank_budget: float = 0.0,
        rewrite: bool = False,
        writes: bool = True,
        evidence: int = prompts.EVIDENCE,
    ) -> None:
        super().__init__(index)
        self.language_model = model
        self.reader = Reader(model, budget=reader_budget)
        if rerank_budget:
            self.retriever = ReadingRetriever(self.retriever, self.reader, budget=min(rerank_budget, model.timeout))
        self.calibrations = calibrations
        self.writer = Writer(model, self.retriever, evidence=evidence)
        self.rewrite = rewrite
        self.writes = writes

    @property
    def model(self) -> str:
        """The model's name; where the server does not tell it, "a language model"."""
        try:
            return self.language_model.name.rsplit("/", 1)[-1].removesuffix(".gguf")
        except ModelError:
            return "a language model"

    @property
    def address(self) -> str:
        """Where the model is."""
        return self.language_model.address

    def _answers(
        self, question: str, history: Sequence[str], where: Filter | None, plan: QueryPlan | None
    ) -> Iterator[Answer]:
        """Yield the answer as its sentences stand their check, then the whole."""
        deadline = time.monotonic() + self.language_model.timeout
        found = look(self.retriever, question, history, where, plan or self._plan(question, history))
        answered = answers(found)
        try:
            found, answered = self._read(found)
            if not answered:
                yield refusal_of(found)
            elif not self.writes:
                yield from self._quoting(found)
            else:
                sides, ranked = evidence_of(found)
                left = deadline - time.monotonic()
                asked, trusted = found.plan.standalone, self._reads_well()
                for written in self.writer.write(asked, ranked, sides=sides, timeout=left, trusted=trusted):
                    yield answer_so_far(found, written)
                written = self._proofread(written) if trusted else written
                yield completed(found, written, self.retriever.index.brief)
        except ModelError as error:
            *_, default = self._quoting(found) if answered else [refusal_of(found)]
            yield _fallen_back(default, str(error), found.korean)

    def _plan(self, question: str, history: Sequence[str]) -> QueryPlan:
        """The plan; of a follow-up that the model rewrote, both its form and the typed one are searched."""
        plan = self.retriever.plan(question, history)
        if not (self.rewrite and history):
            return plan
        try:
            made = self.language_model.reply(prompts.rewriting(question, history), REWRITTEN)
        except ModelError:
            return plan
        made = made.splitlines()[0].strip() if made else ""
        if not sound(made, question, history):
            return plan
        alone = self.retriever.plan(made)
        step = Step("follow-up", question, made)
        return replace(alone, question=plan.question, steps=(step, *alone.steps))

    def _read(self, found: Found) -> tuple[Found, bool]:
        """What was found, as its reading changes it, and whether that suffices to answer."""
        calibration = self._calibration()
        values = read_sentences(self.reader, found) if calibration else {}
        if calibration is None or not values:
            return found, answers(found)
        found = chosen_anew(found, values, calibration)
        return found, found.probability >= calibration.refuse_below

    def _proofread(self, written: Written) -> Written:
        """What is written by a model that reads well; a sentence that it does not find in its quotes gives way to them.

        It catches what words alone do not: another subject, a plan told as done. One that is far from the words of its
        quotes has to be found there without doubt.
        """
        cited = {citation.number: citation for citation in written.citations}
        support, doubted = Support(self.retriever, ()), []
        for claim in own_words(written):
            quotes = [cited[number] for number in claim.citations]
            near = support.near(claim.text, quotes) == Verdict.SUPPORTED
            text = " ".join(" ".join(quote.quote.split()) for quote in quotes)
            try:
                stated = self.reader.states(claim.text, Excerpt(text, source_of(quotes[0].brief)))
            except ModelError:
                stated = None
            if not near if stated is None else stated < (STATED if near else SURELY):
                doubted.append(claim)
        return given_way(written, doubted)

    def _reads_well(self) -> bool:
        """Whether the model was measured as a reader, and its reading was worth something."""
        calibration = self._calibration()
        return calibration is not None and calibration.reading > 0

    def _calibration(self) -> Calibration | None:
        """What the model's reading is worth; None where nobody measured it, or nothing is to be read."""
        if self.calibrations is None or not self.reader.budget:
            return None
        return load_calibration(self.calibrations, self.model)


def sound(made: str, question: str, history: Sequence[str]) -> bool:
    """Whether a rewritten question may be searched: it is one, of the conversation's words, in its language."""
    words = [word.lower() for word in _WORD.findall(made)]
    told = {word.lower() for word in _WORD.findall(" ".join([*history, question]))}
    own = sum(word in told for word in words)
    return (
        3 <= len(words) <= 60
        and own >= OWN_SHARE * len(words)
        and made.endswith("?")
        and guess_language(made) == guess_language(question)
    )


def _fallen_back(default: Answer, reason: str, korean: bool) -> Answer:
    """The answer without a model, with the line that says why."""
    note = wording.without_model(korean, reason)
    return replace(default, text=f"{default.text}\n\n{note}", notes=(*default.notes, note))
